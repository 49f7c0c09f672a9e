"""How a notice says numbers, months and codes in Chinese, and shows texts that are not its own."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from cadreledger.disclosure.snapshot import Adjustment, FigureRow
from cadreledger.figures import Visibility
from cadreledger.values import Money, Month, Period, Qualifier, Quantity

__all__ = [
    "BREAKDOWNS",
    "HEADERS",
    "MINUS",
    "MONEY",
    "REASONS",
    "UNITS",
    "UNITS_OF",
    "VAGUE",
    "WORDS",
    "amount",
    "day_words",
    "division_of",
    "header_type",
    "mark",
    "month_word",
    "number",
    "period_words",
    "reason_words",
    "record_numbers",
    "unit",
    "visible",
    "word_of",
]

MONEY: Final = "CNY_fen"
MINUS: Final = "−"

UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        MONEY: "元",
        "person-times": "人次",
        "sessions": "次",
        "items": "件",
        "wishes": "个",
        "item-times": "件次",
        "surveys": "次",
        "people": "人",
        "issues": "项",
        "dossiers": "份",
        "opinions": "份",
        "suggestions": "条",
        "teams": "支",
        "rooms": "个",
        "volumes": "册",
        "venues": "处",
        "points": "处",
        "units": "家",
        "documents": "项",
    }
)
"""The measure words of the catalogue's units."""

UNITS_OF: Final[Mapping[str, str]] = MappingProxyType({"notices.published": "期", "performances.items": "个"})
"""Where Chinese counts otherwise than the unit's English name says."""

REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "late_entry": "补记",
        "mistake": "误记",
        "corrected": "更正",
        "replacement": "更正",
        "duplicate": "重复",
        "rested_on_voided": "所依据的记录已撤回",
        "reversed": "撤销",
    }
)
"""Why a record came after a notice."""

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "noted/1": "不计入公开可复核数字的记录，如加入支部、认领心愿、核定党费、说明社区概况",
        "ledger.opened/1": "开立账本",
        "key.rotated/1": "更换签名密钥",
        "catalogue.adopted/1": "更换统计目录",
        "witnesses.named/1": "指定见证人",
    }
)
"""Types of headers that no figure reads."""

BREAKDOWNS: Final[Mapping[tuple[str, str], str]] = MappingProxyType({("fund.spent", "use"): "支出用途"})
"""What a figure's breakdown by a field is called."""

WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "use": MappingProxyType(
            {
                "training": "党员教育培训",
                "subscriptions": "订阅购买资料设备",
                "commendation": "表彰先进",
                "hardship_aid": "困难党员补助",
                "disaster_aid": "受灾补助修缮",
                "party_day": "主题党日",
                "visits": "走访慰问",
                "venues": "活动场所",
                "other": "其他",
            }
        )
    }
)
"""The words of the fields by which figures are broken down."""

_NO_XML: Final = "\ufffe\uffff"  # the two that are in none of these categories, and which XML may not hold
VAGUE: Final[Mapping[Qualifier, str]] = MappingProxyType(
    {Qualifier.EXACT: "", Qualifier.AT_LEAST: "至少 ", Qualifier.ABOUT: "约 "}
)
"""What is said of a number that is not exact."""


def number(value: int, unit_name: str) -> str:
    """A bare number: yuan with two decimals where the unit is money."""
    text = str(Money(value)) if unit_name == MONEY else str(value)
    return text.replace("-", MINUS)


def unit(row: FigureRow) -> str:
    """The measure word of a figure; the unit's own name where there is none."""
    return UNITS_OF.get(row.key) or UNITS.get(row.unit, row.unit)


def amount(row: FigureRow, quantity: Quantity) -> str:
    """A quantity of a figure with its measure word: ``至少 1300 册``, ``1275.00 元``."""
    return f"{VAGUE[quantity.qualifier]}{number(quantity.value, row.unit)} {unit(row)}"


def mark(row: FigureRow) -> str:
    """Who can check a figure."""
    if row.visibility is Visibility.ATTESTED:
        return "经查证"
    return "公开可复核" if row.from_headers else "待汇总公开"


def header_type(name: str) -> str:
    """What a type of header stands for; the type itself where there is no word for it."""
    return HEADERS.get(name, name)


def reason_words(adjustment: Adjustment) -> str:
    """Why a figure has changed: each reason once, in the order of the records."""
    return "、".join(dict.fromkeys(REASONS.get(reason, reason) for reason in adjustment.reasons))


def word_of(field: str, word: str) -> str:
    """What a word of a field stands for; the word itself where there is none for it."""
    return WORDS.get(field, {}).get(word, word)


def division_of(row: FigureRow, field: str) -> str:
    """What a figure's breakdown by a field is called."""
    return BREAKDOWNS.get((row.key, field), f"{row.zh}：{field}")


def record_numbers(leaves: Iterable[int]) -> str:
    """``522、523``: records as a history counts them, from 1, where leaf indices count from 0."""
    return "、".join(str(leaf + 1) for leaf in leaves)


def day_words(day: date) -> str:
    """``2021年7月31日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def month_word(month: Month, period: Period) -> str:
    """``7月``, or ``2021年7月`` in a period that spans years."""
    return f"{month.month}月" if period.first.year == period.last.year else f"{month.year}年{month.month}月"


def period_words(period: Period) -> str:
    """``2021年1月``, ``2021年1月至7月``, ``2020年11月至2021年2月``."""
    first, last = period.first, period.last
    words = f"{first.year}年{first.month}月"
    if first == last:
        return words
    return f"{words}至{month_word(last, period)}"


def visible(text: str) -> str:
    """``text`` with every character that cannot be seen, or changes how others are seen, written as ``[U+202E]``."""
    return "".join(f"[U+{ord(char):04X}]" if _hides(char) else char for char in text)


def _hides(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} or char in _NO_XML

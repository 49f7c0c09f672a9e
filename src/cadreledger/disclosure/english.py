"""How a notice says numbers, months and codes in English."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from cadreledger.disclosure import chinese
from cadreledger.disclosure.snapshot import Adjustment, FigureRow
from cadreledger.figures import Visibility
from cadreledger.values import Month, Period, Qualifier, Quantity

__all__ = [
    "BREAKDOWNS",
    "HEADERS",
    "REASONS",
    "UNITS",
    "VAGUE",
    "WORDS",
    "amount",
    "day_words",
    "division_of",
    "header_type",
    "mark",
    "month_word",
    "period_words",
    "reason_words",
    "record_numbers",
    "unit",
    "word_of",
]

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
SHORT: Final = 3  # letters of a month on a drawing

UNITS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        chinese.MONEY: ("yuan", "yuan"),
        "person-times": ("person-time", "person-times"),
        "sessions": ("session", "sessions"),
        "items": ("item", "items"),
        "wishes": ("wish", "wishes"),
        "item-times": ("item-time", "item-times"),
        "surveys": ("survey", "surveys"),
        "people": ("person", "people"),
        "issues": ("issue", "issues"),
        "dossiers": ("dossier", "dossiers"),
        "opinions": ("opinion", "opinions"),
        "suggestions": ("suggestion", "suggestions"),
        "teams": ("team", "teams"),
        "rooms": ("room", "rooms"),
        "volumes": ("volume", "volumes"),
        "venues": ("venue", "venues"),
        "points": ("point", "points"),
        "units": ("unit", "units"),
        "documents": ("document", "documents"),
    }
)
"""The catalogue's units, of one and of any other number."""

REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "late_entry": "a late entry",
        "mistake": "a mistake",
        "corrected": "a correction",
        "replacement": "a correction",
        "duplicate": "a duplicate",
        "rested_on_voided": "what it rested on was taken back",
        "reversed": "reversed",
    }
)
"""Why a record came after a notice."""

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "noted/1": "Records that no public figure counts, such as joining a branch, taking on a wish, fixing dues",
        "ledger.opened/1": "The ledger was opened",
        "key.rotated/1": "The signing key was changed",
        "catalogue.adopted/1": "The catalogue of figures was changed",
        "witnesses.named/1": "Witnesses were named",
    }
)
"""Types of headers that no figure reads."""

BREAKDOWNS: Final[Mapping[tuple[str, str], str]] = MappingProxyType({("fund.spent", "use"): "What it was spent on"})
"""What a figure's breakdown by a field is called."""

WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "use": MappingProxyType(
            {
                "training": "training of members",
                "subscriptions": "subscriptions and equipment",
                "commendation": "commendations",
                "hardship_aid": "aid in hardship",
                "disaster_aid": "aid after disasters",
                "party_day": "party days",
                "visits": "visits",
                "venues": "venues",
                "other": "other",
            }
        )
    }
)
"""The words of the fields by which figures are broken down."""

VAGUE: Final[Mapping[Qualifier, str]] = MappingProxyType(
    {Qualifier.EXACT: "", Qualifier.AT_LEAST: "at least ", Qualifier.ABOUT: "about "}
)


def unit(row: FigureRow, value: int = 0) -> str:
    """The unit of a figure, for this many; the catalogue's own word where there is no other."""
    one, many = UNITS.get(row.unit, (row.unit, row.unit))
    return one if abs(value) == 1 else many


def amount(row: FigureRow, quantity: Quantity) -> str:
    """A quantity of a figure with its unit: ``at least 1300 volumes``, ``1275.00 yuan``."""
    number = chinese.number(quantity.value, row.unit)
    return f"{VAGUE[quantity.qualifier]}{number} {unit(row, quantity.value)}"


def mark(row: FigureRow) -> str:
    """Who can check a figure."""
    if row.visibility is Visibility.ATTESTED:
        return "attested by an overseer"
    return "public: anyone can check" if row.from_headers else "public once sums are posted"


def header_type(name: str) -> str:
    """What a type of header stands for; the type itself where there is no word for it."""
    return HEADERS.get(name, name)


def reason_words(adjustment: Adjustment) -> str:
    """Why a figure has changed: each reason once, in the order of the records."""
    return ", ".join(dict.fromkeys(REASONS.get(reason, reason) for reason in adjustment.reasons))


def word_of(field: str, word: str) -> str:
    """What a word of a field stands for; the word itself where there is none for it."""
    return WORDS.get(field, {}).get(word, word)


def division_of(row: FigureRow, field: str) -> str:
    """What a figure's breakdown by a field is called."""
    return BREAKDOWNS.get((row.key, field), f"{row.en}, by {field}")


def record_numbers(leaves: Iterable[int]) -> str:
    """``522, 523``: records as a history counts them, from 1, where leaf indices count from 0."""
    return ", ".join(str(leaf + 1) for leaf in leaves)


def day_words(day: date) -> str:
    """``31 July 2021``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def month_word(month: Month, period: Period) -> str:
    """``Jul``, or ``Jul 2021`` in a period that spans years."""
    name = MONTHS[month.month - 1][:SHORT]
    return name if period.first.year == period.last.year else f"{name} {month.year}"


def period_words(period: Period) -> str:
    """``January 2021``, ``January to July 2021``, ``November 2020 to February 2021``."""
    first, last = period.first, period.last
    end = f"{MONTHS[last.month - 1]} {last.year}"
    if first == last:
        return end
    start = MONTHS[first.month - 1]
    return f"{start} to {end}" if first.year == last.year else f"{start} {first.year} to {end}"

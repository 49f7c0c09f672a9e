"""The same figures as a table, and as CSV for any program."""

import csv
import io
from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from cadreledger.disclosure import chinese
from cadreledger.disclosure.headings import section_of
from cadreledger.disclosure.snapshot import FigureRow, Snapshot
from cadreledger.figures import Kind, Visibility
from cadreledger.values import Money, Period, Qualifier

__all__ = ["Cell", "breakdown_rows", "figures_csv", "number_of", "rows"]

Cell = str | int | Decimal | None
"""Money is a Decimal of yuan."""

HEAD: Final = (
    "社区",
    "期间",
    "栏目",
    "项目",
    "代号",
    "本期",
    "单位",
    "精度",
    "口径",
    "核对",
    "记录条数",
    "历来合计（期末数：目前）",
    "未注明日期",
)
BREAKDOWN_HEAD: Final = ("社区", "期间", "栏目", "项目", "代号", "分项", "字段", "词", "本期", "单位", "精度")
_SURE: Final[Mapping[Qualifier, str]] = MappingProxyType(
    {Qualifier.EXACT: "准确", Qualifier.AT_LEAST: "至少", Qualifier.ABOUT: "约"}
)
_KINDS: Final[Mapping[Kind, str]] = MappingProxyType({Kind.FLOW: "本期发生", Kind.STOCK: "期末数"})
_FORMULA: Final = tuple("=+-@＝＋－＠")  # what a spreadsheet may take for the start of a formula


def rows(snapshot: Snapshot) -> Iterator[tuple[Cell, ...]]:
    """The head and a row for each figure, in the catalogue's order; money in yuan."""
    months = tuple(snapshot.period.months())
    yield HEAD + tuple(chinese.period_words(Period(month, month)) for month in months)
    name, period = chinese.visible(snapshot.name), chinese.period_words(snapshot.period)
    for row in snapshot.figures:
        public = row.visibility is Visibility.PUBLIC
        yield (
            name,
            period,
            section_of(row.key).title.zh,
            chinese.visible(row.zh),
            row.key,
            number_of(row, row.value),
            chinese.visible(chinese.unit(row)),
            _SURE[row.qualifier],
            _KINDS[row.kind],
            chinese.mark(row),
            row.events,
            number_of(row, row.all_time.value),
            number_of(row, row.undated.value),
            *((number_of(row, value) for value in row.months) if public else [None] * len(months)),
        )


def breakdown_rows(snapshot: Snapshot) -> Iterator[tuple[Cell, ...]]:
    """A head of their own and a row for each word that a figure is broken down by."""
    held = {row.key: row for row in snapshot.figures}
    yield BREAKDOWN_HEAD
    for part in snapshot.breakdowns:
        row = held[part.key]
        yield (
            chinese.visible(snapshot.name),
            chinese.period_words(snapshot.period),
            section_of(row.key).title.zh,
            chinese.visible(row.zh),
            row.key,
            chinese.visible(chinese.word_of(part.field, part.word)),
            part.field,
            chinese.visible(part.word),
            number_of(row, part.value),
            chinese.visible(chinese.unit(row)),
            _SURE[part.qualifier],
        )


def figures_csv(snapshot: Snapshot) -> bytes:
    """``figures.csv``: the figures, an empty line, their breakdowns.

    UTF-8 with a byte order mark, CRLF; an apostrophe stands before what might be a formula.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (*rows(snapshot), (), *breakdown_rows(snapshot)):
        writer.writerow([_tame(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def number_of(row: FigureRow, value: int) -> int | Decimal:
    """A number of a figure as a table has it: money in yuan."""
    return Decimal(str(Money(value))) if row.unit == chinese.MONEY else value


def _tame(text: str) -> str:
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text

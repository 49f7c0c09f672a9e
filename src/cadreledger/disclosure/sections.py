"""What stands in each part of a notice: numbers, tables, drawings."""

from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from cadreledger.disclosure import chinese, english
from cadreledger.disclosure.bilingual import Said, say
from cadreledger.disclosure.headings import REST, SECTIONS, Section, section_of
from cadreledger.disclosure.snapshot import FigureRow, Snapshot
from cadreledger.figures import Kind, Visibility
from cadreledger.values import Money, Period, Quantity, in_words

__all__ = ["Bar", "Division", "Line", "MonthTable", "Part", "amount_of", "line", "parts", "title_of"]


BARS_MAX: Final = 24
BAR_UNITS: Final = 140  # the longest bar, in units of the drawing
LABEL_UNITS: Final = 13  # a character before it
LETTER_UNITS: Final = 9  # a Latin one
DIGIT_UNITS: Final = 9  # a digit behind it


@attrs.frozen
class Line:
    """A figure as a notice shows it. ``words``: money in 大写, else ""; ``notes``: who can check it, and what else."""

    key: str
    title: Said
    value: Said
    words: str
    all_time: Said
    notes: tuple[Said, ...]


@attrs.frozen
class Bar:
    """A month's bar, ``length`` units long."""

    label: Said
    value: str
    length: int


@attrs.frozen
class MonthTable:
    """Some figures month by month: a head, a row for each month, the sums; and the bars of one of them."""

    unit: Said
    keys: tuple[str, ...]
    head: tuple[Said, ...]
    rows: tuple[tuple[Said, tuple[str, ...]], ...]
    sums: tuple[str, ...]
    bars: tuple[Bar, ...]
    bars_key: str
    bars_title: Said
    bars_left: int  # where they begin, behind the longest label
    bars_width: int  # of the drawing, with the longest value behind the longest bar


@attrs.frozen
class Division:
    """A figure by the words of a field: its title, a row for each word (as said, its amount, the word), the sum."""

    key: str
    field: str
    title: Said
    rows: tuple[tuple[Said, Said, str], ...]
    sum: Said


@attrs.frozen
class Part:
    """A section with what it holds. ``caption``: when; ``head``: what its numbers are, 本期 or 期末.

    ``all_head``: what a flow's or a stock's last column is, 历来合计 or 目前.
    """

    section: Section
    caption: Said
    head: Said
    all_head: Said
    lines: tuple[Line, ...]
    divisions: tuple[Division, ...]
    months: MonthTable | None


def parts(snapshot: Snapshot) -> Iterator[Part]:
    """Every section that has figures, in order; figures of no section come last."""
    last = Period(snapshot.period.last, snapshot.period.last)
    until = say(lambda tongue: tongue.period_words(last))
    for section in (*SECTIONS, REST):
        mine = [row for row in snapshot.figures if section_of(row.key) is section]
        if mine:
            stocks = all(row.kind is Kind.STOCK for row in mine)
            yield Part(
                section=section,
                caption=Said(f"截至{until.zh}底", f"At the end of {until.en}")
                if stocks
                else say(lambda tongue: tongue.period_words(snapshot.period)),
                head=Said("期末", "At the end") if stocks else Said("本期", "In the period"),
                all_head=Said("目前", "At present") if stocks else Said("历来合计", "In all"),
                lines=tuple(line(row, at_end=row.kind is Kind.STOCK and not stocks) for row in mine),
                divisions=tuple(_divisions(snapshot, {row.key: row for row in mine})),
                months=_months(snapshot, section, {row.key: row for row in mine}),
            )


def title_of(row: FigureRow) -> Said:
    """What a figure is called."""
    return Said(row.zh, row.en)


def amount_of(row: FigureRow, quantity: Quantity) -> Said:
    """A quantity of a figure, with its unit."""
    return say(lambda tongue: tongue.amount(row, quantity))


def line(row: FigureRow, *, at_end: bool = False) -> Line:
    """One figure; ``at_end``: it is a stock among flows, which is to be said."""
    notes = [say(lambda tongue: tongue.mark(row))]
    if at_end:
        notes.append(Said("期末数，末列为目前数", "at the end; the last column at present"))
    if row.undated != Quantity():
        undated = amount_of(row, row.undated)
        notes.append(
            Said("登记时未注明日期", "recorded without a date")
            if row.undated == row.all_time
            else Said(f"其中 {undated.zh}未注明日期", f"{undated.en} of it without a date")
        )
    return Line(
        key=row.key,
        title=title_of(row),
        value=amount_of(row, Quantity.of(row.value, row.qualifier)),
        words=in_words(Money(row.value)) if row.unit == chinese.MONEY else "",
        all_time=amount_of(row, row.all_time),
        notes=tuple(notes),
    )


def _divisions(snapshot: Snapshot, held: Mapping[str, FigureRow]) -> Iterator[Division]:
    for key, field in dict.fromkeys((part.key, part.field) for part in snapshot.breakdowns if part.key in held):
        row = held[key]
        yield Division(
            key=key,
            field=field,
            title=Said(chinese.division_of(row, field), english.division_of(row, field)),
            rows=tuple(
                (
                    Said(chinese.word_of(field, part.word), english.word_of(field, part.word)),
                    amount_of(row, Quantity.of(part.value, part.qualifier)),
                    part.word,
                )
                for part in snapshot.breakdowns
                if (part.key, part.field) == (key, field)
            ),
            sum=amount_of(row, Quantity.of(row.value, row.qualifier)),
        )


def _months(snapshot: Snapshot, section: Section, held: Mapping[str, FigureRow]) -> MonthTable | None:
    months = tuple(snapshot.period.months())
    shown = [held[key] for key in section.by_month if key in held and held[key].visibility is Visibility.PUBLIC]
    if len(months) == 1 or not shown:
        return None
    bars = next((row for row in shown if row.key == section.bars), None)
    period = snapshot.period
    labels = [Said(chinese.month_word(month, period), english.month_word(month, period)) for month in months]
    drawn = _bars(bars, labels) if bars else ()
    left = max(max(LABEL_UNITS * len(label.zh), LETTER_UNITS * len(label.en)) for label in labels) + 4
    units = dict.fromkeys((chinese.unit(row), english.unit(row)) for row in shown)
    return MonthTable(
        unit=Said("、".join(zh for zh, _ in units), ", ".join(en for _, en in units)),
        keys=tuple(row.key for row in shown),
        head=tuple(map(title_of, shown)),
        rows=tuple((label, tuple(_cell(row, index) for row in shown)) for index, label in enumerate(labels)),
        sums=tuple(chinese.number(row.value, row.unit) for row in shown),
        bars=drawn,
        bars_key=section.bars,
        bars_title=Said(f"{bars.zh}（{chinese.unit(bars)}）", f"{bars.en} ({english.unit(bars)})")
        if bars
        else Said("", ""),
        bars_left=left,
        bars_width=left + BAR_UNITS + DIGIT_UNITS * max((len(bar.value) for bar in drawn), default=0) + 10,
    )


def _cell(row: FigureRow, index: int) -> str:
    value = row.months[index]
    return chinese.number(value, row.unit) if value else "–"


def _bars(row: FigureRow, labels: list[Said]) -> tuple[Bar, ...]:
    """One bar a month; none where there is nothing to draw, a month below zero, or more months than a page holds."""
    longest = max(row.months)
    if longest <= 0 or min(row.months) < 0 or len(labels) > BARS_MAX:
        return ()
    return tuple(
        Bar(label, _cell(row, index), row.months[index] * BAR_UNITS // longest) for index, label in enumerate(labels)
    )

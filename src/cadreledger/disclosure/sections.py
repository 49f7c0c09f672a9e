"""What a notice is divided into, and what stands in each part."""

from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from cadreledger.disclosure import chinese
from cadreledger.disclosure.snapshot import FigureRow, Snapshot
from cadreledger.figures import Kind, Visibility
from cadreledger.values import Money, Period, Quantity, in_words

__all__ = [
    "DONE",
    "SECTIONS",
    "SPENT",
    "Bar",
    "Division",
    "Line",
    "MonthTable",
    "Part",
    "Section",
    "parts",
    "section_of",
]


@attrs.frozen
class Section:
    """A part of a notice: its anchor and title, the figures it holds (by the first word of their keys).

    ``by_month``: those that are shown month by month; ``bars``: the one that is also drawn ("": none); ``note``: what
    its words mean where they are not plain.
    """

    anchor: str
    title: str
    words: tuple[str, ...]
    by_month: tuple[str, ...] = ()
    bars: str = ""
    note: str = ""


SECTIONS: Final = (
    Section(
        "dues",
        "党费",
        ("dues", "fund"),
        ("dues.collected", "dues.remitted", "dues.returned", "fund.spent"),
        "dues.collected",
        note="党费收缴：当月收到的；按所属月份：按应缴的月份计算；上缴：交给上级；返还：上级返还支部。",
    ),
    Section(
        "study",
        "学习与组织生活",
        ("study", "party_days", "meetings"),
        ("study.sessions", "party_days.held", "meetings.held"),
    ),
    Section(
        "visits",
        "走访与关心",
        ("visits",),
        ("visits.made", "visits.online"),
        "visits.made",
        note="网上补课：不上门，在网上给人补课；与“活动与出勤”里的网上补学不是一回事。",
    ),
    Section(
        "wishes",
        "微心愿",
        ("wishes",),
        ("wishes.made", "wishes.fulfilled"),
        note="一个心愿可能办好几件，所以“件次”与“个”不能相减。",
    ),
    Section(
        "activities",
        "活动与出勤",
        ("recreation", "performances", "ceremonies", "attendance"),
        note="网上补学：没到活动现场，在网上补上；不算现场出勤。",
    ),
    Section(
        "people",
        "人员、队伍与设施",
        (
            "cadres",
            "members",
            "teams",
            "service",
            "rooms",
            "books",
            "equipment",
            "furniture",
            "venues",
            "power",
        ),
        note="隶属党员：组织关系在本社区；参加支部党员：在支部只参加组织生活。一个人可能两项都有。",
    ),
    Section("rules", "制度与共建", ("regulations", "partners")),
    Section(
        "programme",
        "创建工作",
        ("surveys", "observation", "tutoring", "issues", "applications", "recommendations"),
    ),
    Section("notices", "公示与意见", ("notices", "suggestions")),
)

BARS_MAX: Final = 24
BAR_UNITS: Final = 140  # the longest bar, in units of the drawing
LABEL_UNITS: Final = 13  # a character before it
DIGIT_UNITS: Final = 9  # a digit behind it
REST: Final = Section("rest", "其他", ())
SPENT: Final = ("dues.collected", "dues.returned", "fund.spent")
DONE: Final = ("visits.made", "wishes.fulfilled", "study.sessions", "party_days.held")


@attrs.frozen
class Line:
    """A figure as a notice shows it. ``words``: money in 大写, else ""; ``note``: what else is to be said of it."""

    key: str
    title: str
    value: str
    words: str
    all_time: str
    mark: str
    note: str


@attrs.frozen
class Bar:
    """A month's bar, ``length`` units long."""

    label: str
    value: str
    length: int


@attrs.frozen
class MonthTable:
    """Some figures month by month: a head, a row for each month, the sums; and the bars of one of them."""

    unit: str
    keys: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sums: tuple[str, ...]
    bars: tuple[Bar, ...]
    bars_title: str
    bars_left: int  # where they begin, behind the longest label
    bars_width: int  # of the drawing, with the longest value behind the longest bar


@attrs.frozen
class Division:
    """A figure by the words of a field: its title, a row for each word (as said, its amount, the word), the sum."""

    key: str
    field: str
    title: str
    rows: tuple[tuple[str, str, str], ...]
    sum: str


@attrs.frozen
class Part:
    """A section with what it holds. ``caption``: when; ``head``: what its numbers are, 本期 or 期末.

    ``all_head``: what a flow's or a stock's last column is, 历来合计 or 目前.
    """

    section: Section
    caption: str
    head: str
    all_head: str
    lines: tuple[Line, ...]
    divisions: tuple[Division, ...]
    months: MonthTable | None


def section_of(key: str) -> Section:
    """Where a figure belongs; the last one for a figure that belongs nowhere."""
    return next((section for section in SECTIONS if key.partition(".")[0] in section.words), REST)


def parts(snapshot: Snapshot) -> Iterator[Part]:
    """Every section that has figures, in order; figures of no section come last."""
    for section in (*SECTIONS, REST):
        mine = [row for row in snapshot.figures if section_of(row.key) is section]
        if mine:
            stocks = all(row.kind is Kind.STOCK for row in mine)
            last = chinese.period_words(Period(snapshot.period.last, snapshot.period.last))
            yield Part(
                section=section,
                caption=f"截至{last}底" if stocks else chinese.period_words(snapshot.period),
                head="期末" if stocks else "本期",
                all_head="目前" if stocks else "历来合计",
                lines=tuple(line(row, at_end=row.kind is Kind.STOCK and not stocks) for row in mine),
                divisions=tuple(_divisions(snapshot, {row.key: row for row in mine})),
                months=_months(snapshot, section, {row.key: row for row in mine}),
            )


def line(row: FigureRow, *, at_end: bool = False) -> Line:
    """One figure; ``at_end``: it is a stock among flows, which is to be said."""
    notes = ["期末数，末列为目前数"] if at_end else []
    if row.undated != Quantity():
        all_of_them = row.undated == row.all_time
        notes.append("登记时未注明日期" if all_of_them else f"其中 {chinese.amount(row, row.undated)}未注明日期")
    return Line(
        key=row.key,
        title=row.zh,
        value=chinese.amount(row, Quantity.of(row.value, row.qualifier)),
        words=in_words(Money(row.value)) if row.unit == chinese.MONEY else "",
        all_time=chinese.amount(row, row.all_time),
        mark=chinese.mark(row),
        note="；".join(notes),
    )


def _divisions(snapshot: Snapshot, held: Mapping[str, FigureRow]) -> Iterator[Division]:
    for key, field in dict.fromkeys((part.key, part.field) for part in snapshot.breakdowns if part.key in held):
        row = held[key]
        yield Division(
            key=key,
            field=field,
            title=chinese.BREAKDOWNS.get((key, field), f"{row.zh}：{field}"),
            rows=tuple(
                (
                    chinese.word_of(field, part.word),
                    chinese.amount(row, Quantity.of(part.value, part.qualifier)),
                    part.word,
                )
                for part in snapshot.breakdowns
                if (part.key, part.field) == (key, field)
            ),
            sum=chinese.amount(row, Quantity.of(row.value, row.qualifier)),
        )


def _months(snapshot: Snapshot, section: Section, held: Mapping[str, FigureRow]) -> MonthTable | None:
    months = tuple(snapshot.period.months())
    shown = [held[key] for key in section.by_month if key in held and held[key].visibility is Visibility.PUBLIC]
    if len(months) == 1 or not shown:
        return None
    bars = next((row for row in shown if row.key == section.bars), None)
    labels = [chinese.month_word(month, snapshot.period) for month in months]
    drawn = _bars(bars, labels) if bars else ()
    left = LABEL_UNITS * max(map(len, labels)) + 4
    return MonthTable(
        unit="、".join(dict.fromkeys(map(chinese.unit, shown))),
        keys=tuple(row.key for row in shown),
        head=tuple(row.zh for row in shown),
        rows=tuple((label, *(_cell(row, index) for row in shown)) for index, label in enumerate(labels)),
        sums=tuple(chinese.number(row.value, row.unit) for row in shown),
        bars=drawn,
        bars_title=f"{bars.zh}（{chinese.unit(bars)}）" if bars else "",
        bars_left=left,
        bars_width=left + BAR_UNITS + DIGIT_UNITS * max((len(bar.value) for bar in drawn), default=0) + 10,
    )


def _cell(row: FigureRow, index: int) -> str:
    value = row.months[index]
    return chinese.number(value, row.unit) if value else "–"


def _bars(row: FigureRow, labels: list[str]) -> tuple[Bar, ...]:
    """One bar a month; none where there is nothing to draw, a month below zero, or more months than a page holds."""
    longest = max(row.months)
    if longest <= 0 or min(row.months) < 0 or len(labels) > BARS_MAX:
        return ()
    return tuple(
        Bar(label, _cell(row, index), row.months[index] * BAR_UNITS // longest) for index, label in enumerate(labels)
    )

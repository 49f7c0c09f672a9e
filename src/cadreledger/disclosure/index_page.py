"""The index of published notices: one page, oldest last, each edition with what it changed."""

from collections.abc import Sequence

import attrs

from cadreledger.disclosure.bilingual import Said, say
from cadreledger.disclosure.notice import Notice
from cadreledger.disclosure.page import LANGUAGE, render
from cadreledger.disclosure.sections import amount_of, title_of
from cadreledger.disclosure.snapshot import BreakdownRow, FigureRow
from cadreledger.values import Quantity

__all__ = ["changes_between", "index_page", "notice_folder"]


@attrs.frozen
class _Entry:
    """A notice as the index lists it."""

    notice: Notice
    link: str
    period: Said
    until: Said
    changes: tuple[Said, ...]


def notice_folder(number: str, edition: int) -> str:
    """Where an edition lies in a site: of letters, digits, ``.`` and ``-`` alone; the number as headers hold it."""
    plain = "".join(char if char.isalnum() or char in ".-" else f"_{ord(char):x}" for char in number)
    return f"notice/{plain}-R{edition - 1}" if edition > 1 else f"notice/{plain}"


def changes_between(before: Notice, after: Notice) -> tuple[Said, ...]:
    """What two editions tell differently, as sentences: figures, what they are made of, the office's words."""
    held = {row.key: row for row in before.snapshot.figures}
    found = [
        _change(title_of(row), row, held[row.key], row)
        for row in after.snapshot.figures
        if row.key in held and (held[row.key].value, held[row.key].qualifier) != (row.value, row.qualifier)
    ]
    found += _parted(before, after)
    if before.snapshot.period != after.snapshot.period:
        old, new = map(_period, (before, after))
        found.append(Said(f"期间：{old.zh}，改为 {new.zh}", f"Period: {old.en}, now {new.en}"))
    gone = sum(text not in after.texts for text in before.texts)
    come = sum(text not in before.texts for text in after.texts)
    if gone or come:
        found.append(Said(f"文字：删去 {gone} 段，新增 {come} 段", f"Words: {gone} paragraphs gone, {come} new"))
    return tuple(found)


def _parted(before: Notice, after: Notice) -> list[Said]:
    """What words of fields add to figures, where that has changed; a word that one of them has not adds nothing."""
    rows = {row.key: row for row in after.snapshot.figures}
    old, new = (
        {(each.key, each.field, each.word): each for each in said.snapshot.breakdowns} for said in (before, after)
    )
    found = []
    for place in dict.fromkeys((*old, *new)):
        key, field, word = place
        then, now = (held.get(place, BreakdownRow(key, field, word, 0)) for held in (old, new))
        if key in rows and (then.value, then.qualifier) != (now.value, now.qualifier):
            found.append(_change(_title(rows[key], field, word), rows[key], then, now))
    return found


def _title(row: FigureRow, field: str, word: str) -> Said:
    division = say(lambda tongue: tongue.division_of(row, field))
    return division + Said("：", ", ") + say(lambda tongue: tongue.word_of(field, word))


def _period(notice: Notice) -> Said:
    return say(lambda tongue: tongue.period_words(notice.snapshot.period))


def _until(notice: Notice) -> Said:
    return say(lambda tongue: tongue.day_words(notice.snapshot.recorded_on))


def _change(title: Said, row: FigureRow, then: FigureRow | BreakdownRow, now: FigureRow | BreakdownRow) -> Said:
    old, new = (amount_of(row, Quantity.of(each.value, each.qualifier)) for each in (then, now))
    apart = amount_of(row, Quantity(now.value - then.value))
    sign = "+" if now.value > then.value else ""
    return Said(
        f"{title.zh}：{old.zh}，更正为 {new.zh}，差 {sign}{apart.zh}",
        f"{title.en}: {old.en}, corrected to {new.en}, difference {sign}{apart.en}",
    )


def index_page(name: str, notices: Sequence[tuple[Notice, str, Notice | None]]) -> bytes:
    """``index.html``: ``notices`` in the order published, each with its folder and the edition before it.

    Raises ExtraMissingError without jinja2.
    """
    entries = [
        _Entry(
            notice,
            f"{folder}/notice.html",
            _period(notice),
            _until(notice),
            () if before is None else changes_between(before, notice),
        )
        for notice, folder, before in reversed(notices)
    ]
    return render("index.html.j2", LANGUAGE, community=name, entries=entries)

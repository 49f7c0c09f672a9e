"""The index of published notices: one page, oldest last, each edition with what it changed."""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

from cadreledger.disclosure import chinese
from cadreledger.disclosure.notice import Notice
from cadreledger.disclosure.page import resource, template
from cadreledger.values import Quantity

__all__ = ["changes_between", "index_page", "notice_folder"]


def notice_folder(number: str, edition: int) -> str:
    """Where an edition lies in a site: of letters, digits, ``.`` and ``-`` alone; the number as headers hold it."""
    plain = "".join(char if char.isalnum() or char in ".-" else f"_{ord(char):x}" for char in number)
    return f"notice/{plain}-R{edition - 1}" if edition > 1 else f"notice/{plain}"


def changes_between(before: Notice, after: Notice) -> tuple[str, ...]:
    """The figures of which two editions tell different values, as sentences."""
    held = {row.key: row for row in before.snapshot.figures}
    found = []
    for row in after.snapshot.figures:
        old = held.get(row.key)
        if old is None or (old.value, old.qualifier) == (row.value, row.qualifier):
            continue
        then, now = (chinese.amount(row, Quantity.of(each.value, each.qualifier)) for each in (old, row))
        sign = "+" if row.value > old.value else ""
        found.append(f"{row.zh}：{then}，更正为 {now}，差 {sign}{chinese.amount(row, Quantity(row.value - old.value))}")
    return tuple(found)


def index_page(name: str, notices: Sequence[tuple[Notice, str, Notice | None]]) -> bytes:
    """``index.html``: ``notices`` in the order published, each with its folder and the edition before it.

    Raises ExtraMissingError without jinja2.
    """
    style = resource("notice.css")
    rows = [
        (
            notice,
            f"{folder.removeprefix('./')}/notice.html",
            chinese.period_words(notice.snapshot.period),
            chinese.day_words(notice.snapshot.recorded_on),
            () if before is None else changes_between(before, notice),
        )
        for notice, folder, before in reversed(notices)
    ]
    text = template("index.html.j2").render(
        name=name, rows=rows, style=style, style_hash=b64encode(sha256(style.encode()).digest()).decode("ascii")
    )
    return text.encode()

"""A page on paper, read back from the PDF that the browser prints."""

from __future__ import annotations  # Playwright and pypdf may be missing

import unicodedata
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["Paper", "Sheet", "find", "print_out"]

Paper = Literal["A4", "A3"]

# A PDF maps glyphs to characters, and a font may have one glyph for a character and for the radical that looks like it.
# NFKC takes back the radicals of Kangxi, but not those of the Supplement: these are the ones of characters in use. The
# last one is a dash, as long as a digit.
_CHARACTERS: Final = str.maketrans(
    "⺓⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳‒",
    "幺母民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟–",
)


class Sheet(NamedTuple):
    """A printed page: its sides in mm, and its text without white space."""

    width: int
    height: int
    text: str


def print_out(page: Page, paper: Paper) -> tuple[Sheet, ...]:
    """``page`` printed on ``paper``, upright."""
    from pypdf import PdfReader

    found = []
    for each in PdfReader(BytesIO(page.pdf(format=paper))).pages:
        width, height = (round(float(side) / 72 * 25.4) for side in (each.mediabox.width, each.mediabox.height))
        found.append(Sheet(width, height, _plain(each.extract_text())))
    return tuple(found)


def find(text: str, sheets: Iterable[Sheet]) -> bool:
    """Whether ``text`` stands on one of the sheets whole, white space aside."""
    return any(_plain(text) in sheet.text for sheet in sheets)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).translate(_CHARACTERS).split())

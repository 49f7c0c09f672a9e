"""What a reader of an open page meets, measured in the browser, also where a page allows no scripts."""

from __future__ import annotations  # Playwright and pypdf may be missing

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = [
    "Contrast",
    "Stop",
    "broken_numbers",
    "contrasts",
    "heading_levels",
    "overflow",
    "rows",
    "seen_at_once",
    "stops",
    "table_complaints",
    "visible_text",
]

STOPS_MAX: Final = 200
MEASURES: Final = Path(__file__).with_suffix(".js").read_text("utf-8")


class Contrast(NamedTuple):
    """A text, and the contrast of its ink to what is behind it; 0 where that is a picture and cannot be told."""

    text: str
    ratio: float


class Stop(NamedTuple):
    """Where the Tab key stops, and whether one sees that it does."""

    element: str
    is_visible: bool


def overflow(page: Page) -> int:
    """By how many pixels the page, or a text on it, is wider than the screen; 0 if it is not."""
    pixels: int = page.evaluate(f"{MEASURES}.overflow()")
    return pixels


def broken_numbers(page: Page) -> tuple[str, ...]:
    """The numbers that begin in one line and end in another; those in codes aside."""
    found: list[str] = page.evaluate(f"{MEASURES}.brokenNumbers()")
    return tuple(found)


def seen_at_once(page: Page) -> str:
    """The texts that lie on the screen whole, a line each."""
    text: str = page.evaluate(f"{MEASURES}.seenAtOnce()")
    return text


def visible_text(page: Page) -> str:
    """All text that is not hidden in the medium that the page is in."""
    text: str = page.evaluate("document.body.innerText")
    return text


def contrasts(page: Page) -> tuple[Contrast, ...]:
    """Every text with its contrast (WCAG 2.2), the lowest first."""
    found: list[tuple[str, float]] = page.evaluate(f"{MEASURES}.contrasts()")
    return tuple(sorted((Contrast(*each) for each in found), key=lambda each: each.ratio))


def heading_levels(page: Page) -> tuple[int, ...]:
    """The levels of the headings, in the document's order."""
    levels: list[int] = page.evaluate(f"{MEASURES}.headingLevels()")
    return tuple(levels)


def table_complaints(page: Page) -> tuple[str, ...]:
    """Tables without a caption or headers, and headers that do not say what they are the header of."""
    found: list[str] = page.evaluate(f"{MEASURES}.tableComplaints()")
    return tuple(found)


def rows(page: Page) -> tuple[tuple[str, ...], ...]:
    """The texts of the cells of every row of a table that is not hidden in the medium that the page is in."""
    found: list[list[str]] = page.evaluate(f"{MEASURES}.rows()")
    return tuple(map(tuple, found))


def stops(page: Page) -> tuple[Stop, ...]:
    """Where the Tab key stops from the page's start to its end."""
    found: list[Stop] = []
    while len(found) < STOPS_MAX:
        page.keyboard.press("Tab")
        focus: tuple[str, bool] | None = page.evaluate(f"{MEASURES}.focus()")
        if focus is None:
            break
        found.append(Stop(*focus))
    return tuple(found)

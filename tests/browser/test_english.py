"""The same page in English, at its switch, and back."""

from __future__ import annotations  # Playwright may be missing

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.browser.measures import broken_numbers, contrasts, overflow, visible_text
from tests.browser.test_verifying import sealed, verified
from tests.browser.watch import DESKTOP, PHONE, Screen

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["sealed"]

pytestmark = pytest.mark.browser

Open = Callable[..., "Page"]
HAN = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
CONTRAST_MIN = 4.5
CHINESE_LEFT = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    const hidden = parent.closest("script, style, noscript, [lang='zh-CN']");
    if (!hidden && /[\\u4e00-\\u9fff]/.test(walker.currentNode.data)) found.push(walker.currentNode.data.trim());
  }
  return found;
}"""


def english(page: Page) -> Page:
    """The page, once its switch was pressed."""
    page.click("#language")
    assert page.locator("html").get_attribute("lang") == "en"
    return page


def test_nothing_stays_in_chinese_but_names_and_what_is_said_to_be(open_page: Open, sealed: Path) -> None:
    page = english(open_page(sealed))
    assert {text.replace("永兴社区", "").strip(" ·—") for text in page.evaluate(CHINESE_LEFT)} <= {"", "public notice"}
    assert page.title() == "永兴社区 — public notice (January to July 2021)"
    assert not [label for label in page.locator("svg[aria-label]").evaluate_all(LABELS) if HAN.search(label)]


LABELS = "nodes => nodes.map(node => node.getAttribute('aria-label'))"


def test_pressed_twice_the_page_is_as_it_was(open_page: Open, sealed: Path) -> None:
    page = open_page(sealed)
    before = (visible_text(page), page.title(), page.locator("svg").evaluate_all(LABELS))
    english(page)
    assert page.locator("#language").inner_text() == "中文"
    page.click("#language")
    assert (visible_text(page), page.title(), page.locator("svg").evaluate_all(LABELS)) == before


def test_it_verifies_in_english_too_and_says_so_in_either(open_page: Open, sealed: Path) -> None:
    page = english(open_page(sealed))
    verdict, checks = verified(page)
    assert verdict == "holds"
    assert set(checks.values()) == {""}
    said = page.locator("#verdict").inner_text()
    assert said.startswith("Everything holds, as of the first ")
    page.click("#language")
    assert "全部核对通过" in page.locator("#verdict").inner_text()
    assert page.locator("#verified li").first.inner_text().startswith("通过：")


def test_a_number_that_was_changed_in_chinese_is_found_while_english_is_shown(
    open_page: Open, sealed: Path, tmp_path: Path
) -> None:
    text = sealed.read_text("utf-8")
    (tmp_path / "notice.html").write_text(text.replace(">26 人次<", ">62 人次<", 1), "utf-8")
    page = english(open_page(tmp_path / "notice.html"))
    assert verified(page)[1]["shown"] == "shown_wrong"
    assert page.locator("#verdict").inner_text().startswith("This page does not hold: a number on the page was changed")


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nobody_has_to_scroll_sideways_and_numbers_stand_in_one_line(open_page: Open, sealed: Path, width: int) -> None:
    page = english(open_page(sealed, Screen(width, 900)))
    verified(page)
    assert overflow(page) == 0
    assert broken_numbers(page) == ()


@pytest.mark.parametrize("screen", [PHONE, DESKTOP])
def test_all_text_stands_out_and_no_word_is_cut(open_page: Open, sealed: Path, screen: Screen) -> None:
    page = english(open_page(sealed, screen))
    verified(page)
    assert [each for each in contrasts(page) if each.ratio < CONTRAST_MIN] == []


def test_the_switch_is_reached_first_by_the_keyboard_and_worked_by_it(open_page: Open, sealed: Path) -> None:
    page = open_page(sealed)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "language"
    page.keyboard.press("Enter")
    assert page.locator("html").get_attribute("lang") == "en"
    page.keyboard.press("Space")
    assert page.locator("html").get_attribute("lang") == "zh-CN"


def test_without_scripts_there_is_no_switch(open_page: Open, sealed: Path) -> None:
    assert open_page(sealed, scripts=False).locator("#language").is_hidden()

"""What was printed is read back as it stood on the page."""

from __future__ import annotations  # Playwright and pypdf may be missing

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.browser.paper import Paper, Sheet, find, print_out

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# characters whose radicals look like them, and one outside of the first plane
RARE = "幺母民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟月日金𠮷"
HEAD = '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
SCREEN = "<style>@media print { .screen { display: none } }</style>"


@pytest.mark.parametrize(("paper", "width", "height"), [("A4", 210, 297), ("A3", 297, 420)])
def test_a_printed_page_has_its_size_and_its_text(
    open_page: Callable[..., Page], tmp_path: Path, paper: Paper, width: int, height: int
) -> None:
    (tmp_path / "page.html").write_text(f'{HEAD}{SCREEN}<h1>党 费</h1><p>{RARE}<p class="screen">屏幕', "utf-8")
    (sheet,) = print_out(open_page(tmp_path / "page.html"), paper)
    assert sheet[:2] == (width, height)
    assert find("党费", [sheet])
    assert find(f"费\n {RARE}", [sheet])
    assert not find("屏幕", [sheet])
    assert not find("费党", [sheet])


def test_a_row_that_is_cut_is_found_on_neither_page(open_page: Callable[..., Page], tmp_path: Path) -> None:
    row = '<p style="margin-top: {}mm; font-size: 10mm">一<br>二<br>三<br>四<br>五<br>六</p>'
    (tmp_path / "page.html").write_text(HEAD + row.format(10) + row.format(150), "utf-8")
    first, second = print_out(open_page(tmp_path / "page.html"), "A4")
    assert find("一二三四五六", [first])
    assert not find("一二三四五六", [second])
    assert find("六", [second])


def test_a_character_of_another_shape_is_not_found() -> None:
    assert find("8.50元", [Sheet(210, 297, "交8.50元整")])
    assert not find("8.50元", [Sheet(210, 297, "交8.60元整")])
    assert not find("8.50元", [Sheet(210, 297, "交8x50元整")])

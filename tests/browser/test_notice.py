"""The notice as its readers meet it: on a phone, at a desk, on paper on the board, and with texts that mean harm."""

from __future__ import annotations  # Playwright and pypdf may be missing

import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.browser.measures import (
    broken_numbers,
    contrasts,
    heading_levels,
    overflow,
    rows,
    seen_at_once,
    stops,
    table_complaints,
    visible_text,
)
from tests.browser.paper import Paper, find, print_out
from tests.browser.site import Site
from tests.browser.watch import DESKTOP, PHONE, Screen

from cadreledger import Ledger
from cadreledger.disclosure import Snapshot
from cadreledger.intake import import_workbook

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Open = Callable[..., "Page"]

WORKBOOK = Path(__file__).parents[2] / "examples" / "yongxing-2021.xlsx"
PERIOD = "2021-01..2021-07"
CONTRAST_MIN = 4.5  # WCAG 2.2, 1.4.3, for text of any size
DONE = {"visits.made": "人次", "wishes.fulfilled": "件次", "study.sessions": "次", "party_days.held": "次"}
SHEETS_MAX = 5  # on A3 the letters are larger
MARGIN_MM = 13  # at the left and at the right of a sheet
PX_PER_MM = 96 / 25.4

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</title></style></h1><iframe src=//example.org>",
    "{{ 7 * 7 }}{% raw %}&amp;&#60;b&#62;",
    "<!--<svg onload=alert(3)>",
    "']]></code></pre>",
)
RARE = "𠮷野家 㐂 𪚥"
OVERRIDE = "\u202e区社兴永\u202c\u2066\u200f\u0007"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Of the example year."""
    with Ledger.create(tmp_path_factory.mktemp("office") / "yongxing.ledger", name="永兴社区") as ledger:
        import_workbook(ledger, WORKBOOK)
        return ledger.snapshot(PERIOD)


@pytest.fixture(scope="module")
def notice(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's page."""
    return write_page(snapshot, tmp_path_factory.mktemp("notice"))


def write_page(snapshot: Snapshot, folder: Path) -> Path:
    (page,) = (path for path in snapshot.write(folder) if path.suffix == ".html")
    return page


# --- how it is opened ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False])
def test_it_opens_from_a_file_with_scripts_and_without(open_page: Open, notice: Path, *, scripts: bool) -> None:
    page = open_page(notice, scripts=scripts)
    assert page.locator("h1").inner_text() == "永兴社区 公示"
    assert "2021年1月至7月" in page.title()


def test_over_http_it_is_the_only_thing_asked_for(open_page: Open, notice: Path) -> None:
    with Site(notice.parent) as site:
        text = visible_text(open_page(site.url + notice.name))
        assert site.asked == [f"/{notice.name}"]
    assert text == visible_text(open_page(notice))


def test_nothing_in_it_names_another_place(open_page: Open, notice: Path) -> None:
    """Not even what a browser might look up ahead of a request."""
    links = "e => [...e.attributes].filter(a => /^(src|srcset|href|xlink:href|data|poster|action|ping)$/.test(a.name))"
    named: list[str] = open_page(notice).evaluate(
        f"[...document.querySelectorAll('*')].flatMap({links}).map(attribute => attribute.value)"
    )
    assert [place for place in named if not place.startswith("#")] == []
    style = notice.read_text("utf-8").partition("<style>")[2].partition("</style>")[0]
    assert style
    assert not re.search(r"url\(|@import|//", style)


# --- on a screen -----------------------------------------------------------------------------------------------------


def test_a_phone_shows_at_once_what_it_is_about(open_page: Open, notice: Path, snapshot: Snapshot) -> None:
    seen = seen_at_once(open_page(notice, PHONE))
    value = {row.key: row.value for row in snapshot.figures}
    for text in (
        *("永兴社区 公示", "2021年1月至7月", "账本最后入账"),
        *("1275.00 元", "壹仟贰佰柒拾伍元整"),  # collected
        *("892.50 元", "捌佰玖拾贰元伍角"),  # returned
        *("568.30 元", "伍佰陆拾捌元叁角"),  # spent
        *(f"{value[key]} {unit}" for key, unit in DONE.items()),
        "如何核对",
    ):
        assert text in seen


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nobody_has_to_scroll_sideways(open_page: Open, notice: Path, width: int) -> None:
    assert overflow(open_page(notice, Screen(width, 900))) == 0


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_every_number_stands_in_one_line(open_page: Open, notice: Path, width: int) -> None:
    assert broken_numbers(open_page(notice, Screen(width, 900))) == ()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("medium", ["screen", "print"])
def test_all_text_stands_out_from_what_is_behind_it(
    open_page: Open, notice: Path, medium: Literal["screen", "print"], colours: Literal["light", "dark"]
) -> None:
    page = open_page(notice)
    page.emulate_media(media=medium, color_scheme=colours)
    found = contrasts(page)
    assert found
    assert [each for each in found if each.ratio < CONTRAST_MIN] == []


# --- for those who do not look at it ---------------------------------------------------------------------------------


def test_it_says_its_language_and_has_one_main_part(open_page: Open, notice: Path) -> None:
    page = open_page(notice)
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.locator("main").count() == 1
    assert page.evaluate("document.characterSet") == "UTF-8"


def test_it_has_one_title_and_no_heading_skips_a_level(open_page: Open, notice: Path) -> None:
    levels = heading_levels(open_page(notice))
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption_and_its_headers_say_of_what(open_page: Open, notice: Path) -> None:
    page = open_page(notice)
    assert rows(page)
    assert table_complaints(page) == ()


def test_every_drawing_says_what_it_shows(open_page: Open, notice: Path) -> None:
    for drawing in open_page(notice).locator("svg").all():
        assert drawing.get_attribute("role") == "img"
        assert drawing.get_attribute("aria-label")


@pytest.mark.parametrize("screen", [PHONE, DESKTOP])
def test_the_keyboard_is_seen_wherever_it_stops(open_page: Open, notice: Path, screen: Screen) -> None:
    found = stops(open_page(notice, screen))
    assert found
    assert [stop for stop in found if not stop.is_visible] == []


def test_the_keyboard_leads_to_how_it_is_checked(open_page: Open, notice: Path) -> None:
    from playwright.sync_api import expect

    page = open_page(notice)
    page.locator("a", has_text="如何核对").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h2", has_text="如何核对")).to_be_in_viewport(ratio=0.95)


# --- on paper --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", ["A4", "A3"])
def test_it_prints_on_a_few_sheets_that_lack_nothing(open_page: Open, notice: Path, paper: Paper) -> None:
    page = open_page(notice, DESKTOP)
    sheets = print_out(page, paper)
    assert 1 <= len(sheets) <= SHEETS_MAX
    page.emulate_media(media="print")
    everything = "".join(sheet.text for sheet in sheets)
    for line in visible_text(page).splitlines():
        assert find(line, [sheets[0]._replace(text=everything)]), line


@pytest.mark.parametrize("paper", ["A4", "A3"])
def test_no_row_is_cut_between_two_sheets(open_page: Open, notice: Path, paper: Paper) -> None:
    page = open_page(notice, DESKTOP)
    sheets = print_out(page, paper)
    page.emulate_media(media="print")
    assert [row for row in rows(page) if not find("".join(row), sheets)] == []
    breaks = "[...new Set([...document.querySelectorAll('tr')].map(row => getComputedStyle(row).breakInside))]"
    assert page.evaluate(breaks) == ["avoid"]  # wherever the end of a sheet comes to lie in another ledger's notice


@pytest.mark.parametrize("paper", ["A4", "A3"])
def test_no_heading_is_parted_from_its_first_rows(open_page: Open, notice: Path, paper: Paper) -> None:
    page = open_page(notice, DESKTOP)
    sheets = print_out(page, paper)
    beginnings: list[str] = page.evaluate("""() => [...document.querySelectorAll("section")].flatMap(section => {
        const row = section.querySelector("tbody tr:nth-child(2)");
        if (!row) return [];
        const range = document.createRange();
        range.setStart(section, 0);
        range.setEndAfter(row);
        return [range.toString()];
    })""")
    assert len(beginnings) > len(sheets)
    assert [beginning for beginning in beginnings if not find(beginning, sheets)] == []


def test_the_head_of_a_long_table_is_on_every_sheet(open_page: Open, tmp_path: Path, snapshot: Snapshot) -> None:
    notices = tuple(attrs.evolve(snapshot.notices[0], number=f"2021-{number}") for number in range(1, 200))
    page = open_page(write_page(attrs.evolve(snapshot, notices=notices), tmp_path), DESKTOP)
    with_rows = [sheet for sheet in print_out(page, "A4") if sheet.text.count("号2021年1月2021年2月") > 1]
    assert len(with_rows) > 2
    assert all(find("公示 所涉月份 公布", [sheet]) for sheet in with_rows)


@pytest.mark.parametrize("width_mm", [210, 297])
def test_nothing_is_wider_than_the_paper(open_page: Open, notice: Path, width_mm: int) -> None:
    page = open_page(notice, Screen(int((width_mm - 2 * MARGIN_MM) * PX_PER_MM), 1000))
    page.emulate_media(media="print")
    assert overflow(page) == 0
    assert broken_numbers(page) == ()


@pytest.mark.parametrize("paper", ["A4", "A3"])
def test_every_sheet_has_its_number(open_page: Open, notice: Path, paper: Paper) -> None:
    sheets = print_out(open_page(notice), paper)
    for number, sheet in enumerate(sheets, start=1):
        assert find(f"{number} / {len(sheets)}", [sheet])


def test_a_link_looks_like_one_on_a_screen_only(open_page: Open, notice: Path) -> None:
    page = open_page(notice)
    looks = "[...new Set([...document.links].map(link => getComputedStyle(link).textDecorationLine))]"
    assert page.evaluate(looks) == ["underline"]
    page.emulate_media(media="print")
    assert page.evaluate(looks) == ["none"]


# --- texts that mean harm --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*HOSTILE, RARE, "".join(HOSTILE) + RARE])
def test_a_hostile_name_is_shown_and_does_nothing(open_page: Open, tmp_path: Path, name: str) -> None:
    with Ledger.create(tmp_path / "hostile.ledger", name=name) as ledger:
        with ledger.transaction(by="staff:a") as tx:
            branch = tx.branches.establish("B1", name=name, kind="formal")
            tx.cadres.register("C1", kind="retired", name=name, formal=branch)
        written = write_page(ledger.snapshot("2021-07"), tmp_path / "out")
    page = open_page(written)
    assert page.locator("h1").text_content() == f"{name} 公示"
    assert page.title().startswith(" ".join(name.split()))
    assert page.locator("img, iframe, object, embed, form").count() == 0
    assert page.locator("script").count() == 1
    assert overflow(page) == 0


def test_a_name_cannot_turn_the_page_around(open_page: Open, tmp_path: Path, snapshot: Snapshot) -> None:
    page = open_page(write_page(attrs.evolve(snapshot, name=OVERRIDE), tmp_path))
    shown = page.locator("h1").inner_text()
    assert shown == "[U+202E]区社兴永[U+202C][U+2066][U+200F][U+0007] 公示"
    assert not {"Cc", "Cf"} & {unicodedata.category(char) for char in visible_text(page) if char not in "\n\t"}


def test_whatever_the_name_the_page_stays_the_same_but_for_it(
    open_page: Open, notice: Path, snapshot: Snapshot
) -> None:
    page = open_page(notice)
    parse = """html => {
        const parsed = new DOMParser().parseFromString(html, "text/html");
        return [parsed.querySelector("h1").textContent,
                [...parsed.querySelectorAll("*")].map(each => [each.localName, each.getAttributeNames()]).join()];
    }"""
    _, elements = page.evaluate(parse, notice.read_text("utf-8"))

    @given(st.lists(st.sampled_from([*HOSTILE, *"<>&\"'= /-!"]) | st.text(max_size=5), min_size=1).map("".join))
    def check(name: str) -> None:
        html = attrs.evolve(snapshot, name=f"x{name}").files()["notice.html"].decode()
        title, found = page.evaluate(parse, html)
        hidden = re.compile(r"\[U\+([0-9A-F]{4,6})\]")
        assert hidden.sub(lambda match: chr(int(match[1], 16)), title) == f"x{name} 公示"
        assert found == elements

    check()

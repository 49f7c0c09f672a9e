"""The watch and the measures themselves: what they complain of, and what they leave alone."""

from __future__ import annotations  # Playwright and pypdf may be missing

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.browser.measures import (
    broken_numbers,
    contrasts,
    overflow,
    rows,
    seen_at_once,
    stops,
    table_complaints,
    visible_text,
)
from tests.browser.site import Site
from tests.browser.watch import DESKTOP, PHONE, Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

HEAD = '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
QUIET = f"{HEAD}<title>公示</title><style>a:focus {{ outline: 2px solid }}</style><h1>公示</h1>"


@pytest.fixture
def document(tmp_path: Path) -> Callable[[str], Path]:
    """``document("<p>…")``: a quiet page with this in it."""

    def write(body: str) -> Path:
        path = tmp_path / "page.html"
        path.write_text(QUIET + body, "utf-8")
        return path

    return write


@pytest.mark.parametrize("scripts", [True, False])
def test_a_quiet_page_brings_no_complaint(chromium: Browser, document: Callable[[str], Path], *, scripts: bool) -> None:
    body = '<p>党费</p><img alt="" src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><script>console.log("hi")</script>'
    assert Watch(chromium, document(body), scripts=scripts).close() == ()


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ('<img alt="" src="http://example.org/a.png">', "request: http://example.org/a.png"),
        ('<img alt="" src="beside.png">', "request: file:///"),
        ('<link rel="stylesheet" href="https://example.org/a.css">', "request: https://example.org/a.css"),
        ("<style>p { background: url(http://example.org/b.png) }</style><p>x", "request: http://example.org/b.png"),
        ('<iframe src="http://example.org/"></iframe>', "request: http://example.org/"),
        ('<script>fetch("http://example.org/c").catch(() => 0)</script>', "request: http://example.org/c"),
        ('<script>new WebSocket("ws://example.org/")</script>', "web socket: ws://example.org/"),
        ('<script>console.error("boo")</script>', "console error: boo"),
        ('<script>console.warn("hm")</script>', "console warning: hm"),
        ('<script>throw new Error("oh")</script>', "page error: oh"),
        ('<script>alert("hello")</script>', "dialog: hello"),
    ],
)
def test_whatever_else_a_page_does_brings_one(
    chromium: Browser, document: Callable[[str], Path], body: str, complaint: str
) -> None:
    assert any(said.startswith(complaint) for said in Watch(chromium, document(body)).close())


def test_what_a_content_security_policy_stops_brings_one(chromium: Browser, tmp_path: Path) -> None:
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    page = tmp_path / "strict.html"
    page.write_text(QUIET.replace("<title>", f"{policy}<title>") + "<script>1</script>", "utf-8")
    said = Watch(chromium, page).close()
    assert [complaint.partition("violates")[0] for complaint in said] == [
        "console error: Applying inline style ",
        "console error: Executing inline script ",
    ]


def test_a_page_over_http_may_ask_for_itself_only(chromium: Browser, document: Callable[[str], Path]) -> None:
    page = document('<img alt="" src="beside.png">')
    with Site(page.parent) as site:
        complaints = Watch(chromium, site.url + page.name).close()
    assert f"request: {site.url}beside.png" in complaints
    assert site.asked == ["/page.html"]


def test_what_is_too_wide_is_measured(open_page: Callable[..., Page], document: Callable[[str], Path]) -> None:
    wide = document('<div style="width: 400px">.</div>')
    assert overflow(open_page(wide, PHONE)) >= 10
    assert overflow(open_page(wide, DESKTOP)) == 0


def test_a_wide_text_in_a_narrow_box_is_too_wide_though_the_page_does_not_scroll(
    open_page: Callable[..., Page], document: Callable[[str], Path]
) -> None:
    page = document(f'<div style="overflow-x: hidden; white-space: nowrap">{"党" * 100}</div>')
    assert overflow(open_page(page)) > 0


def test_a_page_that_does_not_know_phones_is_too_wide_for_one(open_page: Callable[..., Page], tmp_path: Path) -> None:
    page = tmp_path / "old.html"
    page.write_text(QUIET.replace('<meta name="viewport" content="width=device-width">', ""), "utf-8")
    assert overflow(open_page(page)) > 0


def test_a_number_that_goes_on_in_the_next_line_is_broken(
    open_page: Callable[..., Page], document: Callable[[str], Path]
) -> None:
    narrow = '<div style="overflow-wrap: anywhere; width: 4em">{}</div>'
    page = open_page(document(narrow.format("1234567.89 元 8.50") + narrow.format("<code>1234567890</code>")))
    assert broken_numbers(page) == ("1234567.89",)


def test_only_what_lies_on_the_screen_whole_is_seen_at_once(
    open_page: Callable[..., Page], document: Callable[[str], Path]
) -> None:
    body = '<p>above<p style="visibility: hidden">hidden<p style="position: absolute; top: 840px">cut'
    assert seen_at_once(open_page(document(body + '<p style="margin-top: 2000px">below'))).split() == ["公示", "above"]


@pytest.mark.parametrize(
    ("style", "ratio"),
    [
        ("color: #000; background: #fff", 21),
        ("color: #767676", 4.54),  # the lightest grey that does on white
        ("color: rgb(0 0 0 / 50%)", 3.98),
        ("color: #000; opacity: 50%", 3.98),
        ("color: oklch(1 0 0); background: black", 21),
        ("background: linear-gradient(red, blue)", 0),
    ],
)
def test_contrast_is_that_of_the_colours_as_they_are_drawn(
    open_page: Callable[..., Page], document: Callable[[str], Path], style: str, ratio: float
) -> None:
    lowest, *_ = [each for each in contrasts(open_page(document(f'<p style="{style}">党费'))) if each.text == "党费"]
    assert lowest.ratio == pytest.approx(ratio, abs=0.05)


def test_letters_in_a_drawing_have_a_contrast(open_page: Callable[..., Page], document: Callable[[str], Path]) -> None:
    body = '<svg viewBox="0 0 100 100"><text y="50" fill="#eee">七月</text></svg>'
    lowest = contrasts(open_page(document(body)))[0]
    assert lowest.text == "七月"
    assert lowest.ratio < 1.2


def test_tables_that_say_too_little_bring_complaints(
    open_page: Callable[..., Page], document: Callable[[str], Path]
) -> None:
    head = '<tr><th scope="col">月份<th scope="col">元'
    good = f'<table><caption>党费</caption>{head}<tr><th scope="row">七月<td>8.50</table>'
    poor = "<table><tr><td>1</table><table><caption>走访</caption><tr><th>次</table>"
    page = open_page(document(good + poor + good.replace("<caption>", "<caption hidden>")))
    assert table_complaints(page) == (
        *("table 2: no caption", "table 2: no th", "走访: th without scope: 次"),
        "table 4: no caption",
    )
    assert rows(page) == (("月份", "元"), ("七月", "8.50"), ("1",), ("次",), ("月份", "元"), ("七月", "8.50"))


def test_the_keyboards_stops_are_seen_or_not(open_page: Callable[..., Page], document: Callable[[str], Path]) -> None:
    body = '<a href="#a">one</a><button style="outline: none">two</button><a href="#b" tabindex="-1">not this</a>'
    assert stops(open_page(document(body))) == (("a one", True), ("button two", False))


def test_hidden_text_is_not_visible(open_page: Callable[..., Page], document: Callable[[str], Path]) -> None:
    page = open_page(document("<style>@media print { p { display: none } }</style><p>screens only"))
    assert "screens only" in visible_text(page)
    page.emulate_media(media="print")
    assert visible_text(page).split() == ["公示"]

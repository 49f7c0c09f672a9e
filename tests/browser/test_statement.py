"""A person's statement as its readers meet it: the page that carries one, and the one in which any is opened."""

from __future__ import annotations  # Playwright and pypdf may be missing

import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.browser.measures import (
    broken_numbers,
    contrasts,
    heading_levels,
    overflow,
    stops,
    table_complaints,
    visible_text,
)
from tests.browser.paper import find, print_out
from tests.browser.site import Site
from tests.browser.statements import CHECKS, Office, make_office, outcome, press, put
from tests.browser.test_notice import CONTRAST_MIN, HOSTILE, OVERRIDE, RARE
from tests.browser.watch import DESKTOP, PHONE, Screen

from cadreledger import Ledger, Money
from cadreledger.audit.log_keys import fingerprint
from cadreledger.events import Section, own_fields
from cadreledger.events.void import Void
from cadreledger.export import page_for_statements, page_of_statement, statement

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

Open = Callable[..., "Page"]

WORDED = {"born", "sex"}  # told in words
MIB = 2**20


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The example year's office, with its pages of statements."""
    folder = tmp_path_factory.mktemp("office")
    with Ledger.create(folder / "office.ledger", name="永兴社区") as ledger:
        yield make_office(ledger, folder)


@pytest.fixture(scope="module")
def carried(office: Office) -> Path:
    """The page that carries a statement."""
    return office.carried


# --- what it shows ---------------------------------------------------------------------------------------------------


def test_everybodys_statement_holds_and_is_shown_whole(open_page: Open, office: Office) -> None:
    page = open_page(office.page)
    for stream, made in office.statements.items():
        verdict, checks = put(page, made.to_json())
        assert (verdict, list(checks), set(checks.values())) == ("holds", CHECKS, {""})
        history = [each for each in office.ledger.history(stream) if each.stream == stream]
        assert page.locator("#entries > li").count() == len(history) == len(made.events)
        text = page.locator("#entries").inner_text()
        for recorded in history:
            day = recorded.event.occurred_on
            assert day is None or f"{day.year}年{day.month}月{day.day}日" in text
            for field in own_fields(type(recorded.event)):
                value = getattr(recorded.event, field.name)
                if isinstance(value, Money):
                    assert f"{value} 元" in text
                elif field.metadata["section"] is Section.PERSONAL and value is not None and field.name not in WORDED:
                    assert str(value) in text
        struck = [each.event.of_version for each in history if isinstance(each.event, Void)]
        assert page.locator("#entries > li.voided").count() == len(struck)


def test_the_page_for_one_person_is_read_before_anything_is_pressed(open_page: Open, carried: Path) -> None:
    page = open_page(carried)
    assert page.locator("#verdict").inner_text() == "以下内容尚未核对。"
    before = page.locator("#entries").inner_text()
    assert "登记为服务对象" in before
    verdict, checks = press(page)
    assert (verdict, list(checks), set(checks.values())) == ("holds", CHECKS, {""})
    assert page.locator("#entries").inner_text() == before
    assert page.evaluate("document.activeElement.id") == "verdict"


def test_what_was_taken_back_is_struck_out_with_the_reason(open_page: Open, carried: Path) -> None:
    page = open_page(carried)
    struck = page.locator("#entries > li.voided").first
    assert "已撤回，原因：" in struck.inner_text()
    line = "getComputedStyle(document.querySelector('.voided > dl dd')).textDecorationLine"
    assert page.evaluate(line) == "line-through"


def test_nobody_else_is_told_more_of_than_that_they_are_there(open_page: Open, tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "a.ledger", name="永兴社区") as ledger:
        with ledger.transaction(by="staff:a") as tx:
            member = tx.cadres.register("C1", kind="retired", name="赵某一")
            other = tx.people.enrol("P1", role="volunteer", name="钱某二")
            member.visit(reason="call", on=date(2021, 7, 6), handler=other.stream)
        ledger.seal()
        (tmp_path / "mine.html").write_bytes(page_of_statement(ledger, statement(ledger, "C1")))
        (tmp_path / "theirs.html").write_bytes(page_of_statement(ledger, statement(ledger, "P1")))
    theirs = open_page(tmp_path / "theirs.html")
    assert press(theirs)[0] == "holds"
    assert theirs.locator("[data-fact=name]").text_content() == "钱某二"
    text = visible_text(open_page(tmp_path / "mine.html"))
    assert other.stream.removeprefix("person:") not in text
    assert f"另一人（{other.stream.removeprefix('person:')[:8]}…）" in text


def test_both_languages_are_there_at_the_switch(open_page: Open, office: Office) -> None:
    page = open_page(office.page)
    put(page, office.with_void().to_json())
    chinese, titles = visible_text(page), page.locator(".what").all_inner_texts()
    page.click("#language")
    english = visible_text(page)
    for zh, en in (("走访", "Visited"), ("登记为服务对象", "Entered in the register")):
        assert titles.count(zh) == page.locator(".what").all_inner_texts().count(en) > 0
    for zh, en in (("已撤回", "Taken back"), ("记录", "Entries"), ("全部核对通过", "Everything holds")):
        assert zh in chinese
        assert zh not in english
        assert en in english
    put(page, office.with_void().to_json())  # opened while it is in English
    assert visible_text(page) == english
    page.click("#language")
    assert visible_text(page) == chinese


def test_the_fingerprints_are_those_that_the_command_line_says(open_page: Open, office: Office, carried: Path) -> None:
    for path in (office.page, carried):
        shown = open_page(path).locator("#fingerprints code").all_inner_texts()
        assert shown == [fingerprint(key) for key in office.ledger.sealed.keys]


def test_it_says_what_it_cannot_show(open_page: Open, office: Office, carried: Path) -> None:
    for path in (office.page, carried):
        text = visible_text(open_page(path))
        for said in ("不能说明记录齐全", "检查点以后有没有撤回", "网页不能替自己作证", "一直证明"):
            assert said in text
    assert "不上传" in visible_text(open_page(office.page))


def test_without_scripts_it_says_why_nothing_is_shown(open_page: Open, office: Office, carried: Path) -> None:
    for path in (office.page, carried):
        page = open_page(path, scripts=False)
        assert "此处未运行程序" in visible_text(page)
        assert not page.locator("#drop, #verify").first.is_visible()


# --- what it is opened with ------------------------------------------------------------------------------------------


def test_over_http_nothing_else_is_asked_for_whatever_is_opened(open_page: Open, office: Office) -> None:
    with Site(office.page.parent) as site:
        page = open_page(site.url + office.page.name)
        assert put(page, office.with_void().to_json())[0] == "holds"
        assert put(page, b"{}")[0] == "fails"
        page.click("#language")
        assert site.asked == [f"/{office.page.name}"]


def test_a_file_can_be_dropped_anywhere(open_page: Open, office: Office) -> None:
    page = open_page(office.page)
    drop = """text => {
      const data = new DataTransfer();
      data.items.add(new File([text], "s.json"));
      for (const name of ["dragover", "drop"])
        document.body.dispatchEvent(new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true }));
    }"""
    page.evaluate(drop, office.with_void().to_json().decode())
    assert outcome(page)[0] == "holds"


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "statement_form"),
        (b"\x00\xff\xfe", "statement_form"),
        (b"[" * 500_000, "statement_form"),
        (b'{"a":' * 100_000, "statement_form"),
        (b"%PDF-1.4", "statement_form"),
        (b"{}", "statement_other"),
        (b'{"format":"bundle/1"}', "statement_other"),
        (b'{"format":"statement/1"}', "statement_form"),
    ],
)
def test_a_file_that_is_no_statement_is_refused_in_words(
    open_page: Open, office: Office, data: bytes, fault: str
) -> None:
    page = open_page(office.page)
    put(page, office.with_void().to_json())
    assert put(page, data) == ("fails", {"format": fault})
    assert page.locator("#entries > li").count() == 0  # nothing stays of the one before
    assert "核对不通过" in page.locator("#verdict").inner_text()


def test_a_file_that_is_too_large_is_not_read(open_page: Open, office: Office, tmp_path: Path) -> None:
    page = open_page(office.page)
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(64 * MIB + 1)
    page.set_input_files("#file", tmp_path / "large.json")
    assert outcome(page) == ("fails", {})
    assert "64 MiB" in page.locator("#verdict").inner_text()


def test_one_file_at_a_time(open_page: Open, office: Office) -> None:
    page = open_page(office.page)
    drop = """() => {
      const data = new DataTransfer();
      for (const name of ["a", "b"]) data.items.add(new File(["{}"], name));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }"""
    page.evaluate(drop)
    assert outcome(page) == ("fails", {})
    assert "一次只打开一个" in page.locator("#verdict").inner_text()


def test_where_signatures_cannot_be_verified_it_says_so_and_is_not_green(chromium: Browser, office: Office) -> None:
    page = chromium.new_page()
    page.add_init_script("Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined })")
    page.goto(office.page.as_uri())
    verdict, checks = put(page, office.with_void().to_json())
    assert (verdict, list(checks)) == ("unknown", CHECKS)
    assert page.locator("[data-check=signature]").get_attribute("class") == "unknown"
    assert "cadreledger verify" in page.locator("#verdict").inner_text()
    page.close()


# --- texts that mean harm --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*HOSTILE, RARE, "".join(HOSTILE) + RARE, OVERRIDE])
def test_a_hostile_name_is_shown_and_does_nothing(open_page: Open, tmp_path: Path, name: str) -> None:
    with Ledger.create(tmp_path / "hostile.ledger", name=name if name.isprintable() else "永兴社区") as ledger:
        with ledger.transaction(by="staff:a") as tx:
            person = tx.cadres.register("C1", kind="retired", name=name)
            visit = person.visit(reason="call", on=date(2021, 7, 6), content=name, group=name)
            person.void(visit, words=name)
        ledger.seal()
        made = statement(ledger, "C1")
        (tmp_path / "mine.html").write_bytes(page_of_statement(ledger, made))
        (tmp_path / "any.html").write_bytes(page_for_statements(ledger))
    mine, any_one = open_page(tmp_path / "mine.html"), open_page(tmp_path / "any.html")
    assert press(mine)[0] == put(any_one, made.to_json())[0] == "holds"
    plain = "".join(f"[U+{ord(c):04X}]" if unicodedata.category(c) in {"Cc", "Cf"} else c for c in name)
    for page in (mine, any_one):
        assert page.locator("[data-fact=name]").text_content() == plain
        assert page.locator("img, iframe, object, embed, form, svg").count() == 0
        assert page.locator("script").count() == 2
        assert (page.locator("#entries").text_content() or "").count(plain) >= 4
        assert overflow(page) == 0


# --- on a screen, by keyboard, on paper ------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nobody_has_to_scroll_sideways(open_page: Open, office: Office, carried: Path, width: int) -> None:
    mine, any_one = (open_page(path, Screen(width, 900)) for path in (carried, office.page))
    assert overflow(any_one) == 0
    press(mine)
    put(any_one, office.with_void().to_json())
    for page in (mine, any_one):
        for _ in range(2):
            page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
            assert overflow(page) == 0
            page.click("#language")
    assert broken_numbers(mine) == ()


def test_all_text_stands_out_and_the_form_is_one_that_a_reading_program_follows(
    open_page: Open, office: Office, carried: Path
) -> None:
    mine, any_one = open_page(carried), open_page(office.page)
    press(mine)
    for page in (mine, any_one):
        assert [each for each in contrasts(page) if each.ratio < CONTRAST_MIN] == []
        levels = heading_levels(page)
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert max(after - before for before, after in pairwise(levels)) <= 1
        assert table_complaints(page) == ()
        assert page.locator("main").count() == 1
    assert any_one.locator("label[for=file]").inner_text() == "选择个人明细文件"
    put(any_one, b"{}")
    assert [each for each in contrasts(any_one) if each.ratio < CONTRAST_MIN] == []


@pytest.mark.parametrize("screen", [PHONE, DESKTOP])
def test_the_keyboard_comes_to_everything_and_is_seen(
    open_page: Open, office: Office, carried: Path, screen: Screen
) -> None:
    mine, any_one = open_page(carried, screen), open_page(office.page, screen)
    assert any(stop.element.startswith("input") for stop in stops(any_one))
    found = stops(mine)
    assert [stop for stop in found if not stop.is_visible] == []
    assert sum(stop.element.startswith("summary") for stop in found) == mine.locator("#entries > li").count()
    mine.locator("#verify").focus()
    mine.keyboard.press("Enter")
    assert outcome(mine)[0] == "holds"


def test_it_prints_on_a_few_sheets_that_cut_no_entry(open_page: Open, carried: Path) -> None:
    page = open_page(carried, DESKTOP)
    sheets = print_out(page, "A4")
    assert 1 <= len(sheets) <= 3
    page.emulate_media(media="print")
    for item in page.locator("#entries > li").all():
        lines = [line for line in item.inner_text().splitlines() if line.strip()]
        assert any(all(find(line, [sheet]) for line in lines) for sheet in sheets), lines
    everything = "".join(sheet.text for sheet in sheets)
    assert find(page.locator("#fingerprints code").last.inner_text(), sheets)
    assert "在本机核对" not in everything
    assert find(f"1 / {len(sheets)}", [sheets[0]])

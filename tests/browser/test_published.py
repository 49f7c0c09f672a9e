"""A published notice: the log names it, word for word, and the page proves that."""

from __future__ import annotations  # Playwright may be missing

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.browser.test_verifying import verified

from cadreledger import InputError, Ledger, RuleError
from cadreledger.disclosure import Notice
from cadreledger.intake import import_workbook
from cadreledger.values import Period

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Open = Callable[..., "Page"]

WORKBOOK = Path(__file__).parents[2] / "examples" / "yongxing-2021.xlsx"
PERIOD = Period.parse("2021-07")
TEXTS = ("七月党费已全部上缴。<b>", "如有疑问，请到社区查询：𠮷某处。")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with Ledger.create(tmp_path_factory.mktemp("office") / "office.ledger", name="永兴社区") as ledger:
        import_workbook(ledger, WORKBOOK)
        yield ledger


def approve(ledger: Ledger, edition: int = 1) -> None:
    day = date(2021, 8, 2)
    with ledger.transaction(by="office:notices") as tx:
        tx.community.propose_notice("2021-6", period=PERIOD, on=day, edition=edition, proposer="office:a")
        tx.community.review_notice("2021-6", on=day, edition=edition, reviewer="office:b")
        tx.community.approve_notice("2021-6", on=day, edition=edition, approver="office:c")


@pytest.fixture(scope="module")
def notice(office: Ledger) -> Notice:
    approve(office)
    return office.publish_notice("2021-6", period=PERIOD, by="office:notices", on=date(2021, 8, 3), texts=TEXTS)


def test_nothing_is_published_that_was_not_approved(office: Ledger, notice: Notice) -> None:
    before = office.figures("2021-08")["notices.published"].value
    with pytest.raises(RuleError) as error:
        office.publish_notice("2021-7", period=PERIOD, by="office:notices", on=date(2021, 8, 3))
    assert error.value.rule == "notice_not_approved"
    assert office.figures("2021-08")["notices.published"].value == before == 1
    assert notice.published > notice.snapshot.size - 1


def test_it_comes_out_again_byte_for_byte(office: Ledger, notice: Notice) -> None:
    again = office.notice("2021-6")
    assert again.files() == notice.files()
    office.run(lambda tx: tx.community.receive_suggestion("2021/9", on=date(2021, 8, 4), notice="2021-6"), by="staff:a")
    office.seal()
    assert office.notice("2021-6").files() == notice.files()


def test_a_notice_on_paper_or_none_at_all_is_said_to_be_so(office: Ledger) -> None:
    with pytest.raises(InputError, match="rests on no checkpoint"):
        office.notice("2021-5")
    with pytest.raises(InputError, match="no such notice"):
        office.notice("2021-99")


def test_the_page_proves_that_the_log_names_it(open_page: Open, notice: Notice, tmp_path: Path) -> None:
    notice.write(tmp_path)
    page = open_page(tmp_path / "notice.html")
    verdict, checks = verified(page)
    assert (verdict, checks["published"]) == ("holds", "")
    assert page.locator("h1").inner_text() == "永兴社区 2021-6 号公示"
    assert [page.locator(f"[data-text='{number}']").inner_text() for number in (0, 1)] == list(TEXTS)


@pytest.mark.parametrize(
    ("old", "new"),
    [("七月党费已全部上缴", "七月党费尚未上缴"), ('data-notice="number">2021-6<', 'data-notice="number">2021-7<')],
)
def test_a_word_that_was_changed_turns_it_red(
    open_page: Open, notice: Notice, tmp_path: Path, old: str, new: str
) -> None:
    notice.write(tmp_path)
    page = (tmp_path / "notice.html").read_text("utf-8")
    assert old in page
    (tmp_path / "notice.html").write_text(page.replace(old, new, 1), "utf-8")
    verdict, checks = verified(open_page(tmp_path / "notice.html"))
    assert (verdict, checks["published"]) == ("fails", "words_wrong")


def test_words_that_were_changed_in_page_and_data_are_not_what_was_published(
    open_page: Open, notice: Notice, tmp_path: Path
) -> None:
    notice.write(tmp_path)
    page = (tmp_path / "notice.html").read_text("utf-8")
    escaped = "七月党费已全部上缴".encode("unicode_escape").decode()
    other = "七月党费尚未上缴".encode("unicode_escape").decode()
    changed = page.replace("七月党费已全部上缴", "七月党费尚未上缴").replace(escaped, other)
    (tmp_path / "notice.html").write_text(changed, "utf-8")
    verdict, checks = verified(open_page(tmp_path / "notice.html"))
    assert (verdict, checks["published"]) == ("fails", "notice_unpublished")


def test_a_correction_is_a_new_edition_that_names_the_old_one_and_why(
    open_page: Open, office: Ledger, notice: Notice, tmp_path: Path
) -> None:
    with office.transaction(by="staff:liaison") as tx:
        branch = tx.branches["YXZ1"]
        spent = next(v for v, e in branch.view.standing.items() if getattr(e, "use", None) is not None)
        branch.correct(spent, note="改正")
    approve(office, edition=2)
    second = office.publish_notice(
        "2021-6", period=PERIOD, by="office:notices", on=date(2021, 8, 9), edition=2, reason="支出用途更正"
    )
    assert office.notice("2021-6").edition == 2
    assert office.notice("2021-6", edition=1).digest == notice.digest
    second.write(tmp_path)
    page = open_page(tmp_path / "notice.html")
    verdict, checks = verified(page)
    assert (verdict, checks["published"]) == ("holds", "")
    assert "第 2 版，代替第 1 版。原因：支出用途更正" in page.locator(".edition").inner_text()


@pytest.fixture(scope="module")
def naming(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """An office with a notice that names somebody who agreed to it."""
    with Ledger.create(tmp_path_factory.mktemp("naming") / "office.ledger", name="永兴社区") as ledger:
        with ledger.transaction(by="office:a") as tx:
            home = tx.branches.establish("B1", name="党支部", kind="formal", on=date(2012, 6, 28))
            member = tx.cadres.register("C1", kind="retired", name="𠮷建国", formal=home)
            member.consent("name_in_notice", given=True, on=date(2021, 7, 1))
        approve(ledger)
        ledger.publish_notice(
            "2021-6", period=PERIOD, by="office:c", on=date(2021, 8, 3), texts=["为{C1}发放帮扶金 500.00 元。"]
        )
        yield ledger


def test_the_page_names_whom_it_may(open_page: Open, naming: Ledger, tmp_path: Path) -> None:
    naming.notice("2021-6").write(tmp_path)
    page = open_page(tmp_path / "notice.html")
    assert page.locator(".said").inner_text() == "为𠮷建国发放帮扶金 500.00 元。"
    assert verified(page)[1]["published"] == ""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (">为𠮷建国发放", ">为王建国发放", "words_wrong"),
        ("\\ud842\\udfb7\\u5efa\\u56fd", "\\u738b\\u5efa\\u56fd", "name_wrong"),
        ('\\"salt\\":\\"', '\\"salt\\":\\"A', "name_wrong"),
    ],
)
def test_another_name_is_found_out(
    open_page: Open, naming: Ledger, tmp_path: Path, old: str, new: str, fault: str
) -> None:
    naming.notice("2021-6").write(tmp_path)
    text = (tmp_path / "notice.html").read_text("utf-8")
    assert old in text
    (tmp_path / "notice.html").write_text(text.replace(old, new), "utf-8")
    verdict, checks = verified(open_page(tmp_path / "notice.html"))
    assert (verdict, checks["published"]) == ("fails", fault)


def test_a_name_that_was_withdrawn_leaves_the_page_and_the_page_still_holds(
    open_page: Open, naming: Ledger, tmp_path: Path
) -> None:
    day = date(2021, 9, 1)
    naming.run(lambda tx: tx.cadres["C1"].consent("name_in_notice", given=False, on=day), by="office:a")
    naming.notice("2021-6").write(tmp_path)
    assert "𠮷" not in (tmp_path / "notice.html").read_text("utf-8")
    page = open_page(tmp_path / "notice.html")
    assert page.locator(".said").inner_text() == "为某同志发放帮扶金 500.00 元。"
    assert verified(page)[0] == "holds"

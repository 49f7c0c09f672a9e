"""What the audit finds worth a look: on the example year, all that its makers know of; and each remark on its own."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cadreledger import Ledger, Month, Transaction, yuan
from cadreledger.audit import Finding, Report, Severity, audit
from cadreledger.intake import import_workbook
from cadreledger.ledger import LedgerRecords
from cadreledger.queries.remark import CODES

EXAMPLE = Path(__file__).parents[2] / "examples" / "yongxing-2021.xlsx"
BY = "staff:liaison"
DAY = date(2021, 7, 5)


def audited(place: Path) -> Report:
    with LedgerRecords.open(place) as records:
        return audit(records, as_of=datetime(2022, 1, 10, tzinfo=UTC))


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Report:
    place = tmp_path_factory.mktemp("example") / "office.ledger"
    with Ledger.create(place, name="永兴社区") as office:
        import_workbook(office, EXAMPLE)
        office.seal()
    return audited(place)


def test_of_the_example_year_everything_is_found_that_its_makers_know_of(example: Report) -> None:
    assert example.ok
    found = Counter(finding.code for finding in example.findings)
    assert found == {
        "profile_does_not_multiply": 2,  # 14 grids
        "profile_and_register_differ": 2,  # three branches and 125 members, of which two and 105 are here
        "temporary_not_approved": 1,
        "branch_too_large": 1,
        "members_are_not_the_retired": 1,
        "meeting_missing": 1,  # March
        "visit_waits": 1,  # 走访 17
        "visit_confirmed": 1,  # 走访 28
        "voided": 1,  # 走访 25
        "corrected_after_notice": 1,  # 党费 16
        "voided_after_notice": 1,  # 党费 76
        "late_entry": 2,  # 党费 111, 走访 30
        "dues_paid_ahead": 2,  # June and July, in May
        "dues_handed_over": 1,  # 党费 53
        "dues_months_differ": 1,
        "fund_left": 1,
        "months_without_notice": 1,
        "suggestion_open": 1,
        "wish_made_again": 1,
        "wish_open_long": 9,
        "medal_due": 1,
        "people_and_attendance_differ": 1,
        "items_missing": 2,
    }


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("profile_does_not_multiply", "5908, not 总户数 5906"),
        ("profile_does_not_multiply", "13734, not 人口 13744"),
        ("profile_and_register_differ", "党员 125, the registers hold 105"),
        ("branch_too_large", "83 people, above the usual 50"),
        ("members_are_not_the_retired", "5 are veterans; of the retired, 5"),
        ("meeting_missing", "party_day: 8 held from 2021-01 to 2021-07, and none or too few in 2021-03"),
        ("visit_waits", "2021-04-21"),
        ("visit_confirmed", "2021-06-16"),
        ("corrected_after_notice", "2021-01 was corrected after notice 2021-1"),
        ("voided_after_notice", "2021-04 was taken back after notice 2021-3"),
        ("late_entry", "2021-05 came after notice 2021-4"),
        ("dues_months_differ", "2021-05, 2021-06, 2021-07: 1275.00 and 1275.00"),
        ("fund_left", "892.50 returned, 568.30 are spent, 324.20 are left"),
        ("months_without_notice", "2021-07"),
        ("suggestion_open", "2021/3 on notice 2021-5"),
        ("wish_made_again", "XY029 was cancelled, and XY033"),
        ("medal_due", "due to 8 on 2021-07-01"),
        ("people_and_attendance_differ", "320 people, 41 cadres"),
    ],
)
def test_and_it_says_what(example: Report, code: str, words: str) -> None:
    said = [finding.message for finding in example.findings if finding.code == code]
    assert any(words in message for message in said), said


def test_what_no_regulation_is_behind_is_a_note_and_nothing_is_an_error(example: Report) -> None:
    warned = {finding.code for finding in example.findings if finding.severity is Severity.WARNING}
    assert warned == {"temporary_not_approved", "branch_too_large", "meeting_missing"}
    assert {finding.code for finding in example.findings if finding.position} >= {"late_entry", "visit_waits", "voided"}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.create(tmp_path / "town.ledger", name="永兴社区") as ledger:
        with ledger.transaction(by=BY) as tx:
            home = tx.branches.establish("B1", name="离退休干部党支部", kind="formal", on=date(2012, 6, 28))
            tx.cadres.register("甲", kind="retired", name="甲某", formal=home)
        yield ledger


def remarks(ledger: Ledger, place: Path) -> list[Finding]:
    ledger.seal()
    return [finding for finding in audited(place).findings if finding.code in CODES]


def test_an_office_in_order_gets_no_remark(town: Ledger, tmp_path: Path) -> None:
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].pay_dues(yuan("21.00"), for_month=Month(2021, 7), on=DAY)
        tx.cadres["甲"].visit(reason="study", on=DAY)
    assert remarks(town, tmp_path / "town.ledger") == []


def test_a_closed_month_that_a_late_receipt_changes_is_named(town: Ledger, tmp_path: Path) -> None:
    def pay(tx: Transaction, month: int) -> None:
        tx.cadres["甲"].pay_dues(yuan("21.00"), for_month=Month(2021, month), on=DAY, method="cash")

    with town.transaction(by=BY) as tx:
        pay(tx, 6)
        tx.branches["B1"].close_month(Month(2021, 7), expected=yuan(21), counted=yuan(21), on=date(2021, 8, 1))
    with town.transaction(by=BY) as tx:
        pay(tx, 7)
    found = [each for each in remarks(town, tmp_path / "town.ledger") if each.code == "closed_month_differs"]
    assert [each.message for each in found] == ["2021-07 was closed with receipts of 21.00, they are 42.00 now"]
    assert found[0].position == 6


def test_a_branch_of_51_is_named_and_one_of_50_is_not(town: Ledger, tmp_path: Path) -> None:
    def join(tx: Transaction, start: int, stop: int) -> None:
        for number in range(start, stop):
            tx.cadres.register(f"C{number}", kind="retired", name="赵某", formal=tx.branches["B1"])

    with town.transaction(by=BY) as tx:
        join(tx, 0, 49)
    assert "branch_too_large" not in {each.code for each in remarks(town, tmp_path / "town.ledger")}
    with town.transaction(by=BY) as tx:
        join(tx, 49, 50)
    found = next(each for each in remarks(town, tmp_path / "town.ledger") if each.code == "branch_too_large")
    assert "51 people, above the usual 50" in found.message
    assert "art. 4" in found.message

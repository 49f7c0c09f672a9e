"""Rows about somebody who was erased: known, left out, and said so; whatever else is in the workbook is taken in."""

from collections.abc import Callable

import pytest
from tests.intake.office import BRANCHES, Book, activity, attendance, brief, cadre, dues, values, visit, wish

from cadreledger import Ledger
from cadreledger.errors import IntakeError
from cadreledger.intake import ImportReport

Bring = Callable[..., ImportReport]

GONE, STAYS = "QX0071", "QX0072"
BY = "staff:liaison"
BOOK: Book = {
    "支部": BRANCHES,
    "干部": [cadre(GONE, "欧阳建国", 所属支部="B1"), cadre(STAYS, "上官秀英", 所属支部="B1")],
    "党费": [dues(1, "2021-01-06", GONE, "2021-01", 8.8), dues(2, "2021-01-06", STAYS, "2021-01", 8.8)],
    "走访": [visit(1, "2021-01-07", GONE, 备注="在家"), visit(2, "2021-01-07", STAYS)],
    "微心愿": [wish("W1", GONE, "2021-01-05", 内容="想听戏")],
}


@pytest.fixture
def erased(ledger: Ledger, bring: Bring) -> Ledger:
    """The book is in the ledger; then one of its people is erased."""
    bring(BOOK)
    ledger.erase(GONE, by=BY, reason="request")
    return ledger


def left_out(report: ImportReport) -> list[tuple[str, str, str]]:
    return [found for found in brief(report.warnings) if found[2] == "row_erased"]


def test_the_same_workbook_again_records_nothing_and_says_whose_rows_it_left_out(erased: Ledger, bring: Bring) -> None:
    figures, position = values(erased), erased.position
    report = bring(BOOK)
    assert (report.events, erased.position, values(erased)) == (0, position, figures)
    assert left_out(report) == [
        ("干部", "A2", "row_erased"),
        ("党费", "D2", "row_erased"),
        ("走访", "E2", "row_erased"),
        ("微心愿", "B2", "row_erased"),
    ]
    assert all(said.known == said.rows for said in report.sheets.values())


def test_new_rows_about_them_are_left_out_and_those_about_others_are_not(erased: Ledger, bring: Bring) -> None:
    position = erased.position
    changed = [{**BOOK["干部"][0], "住址": "别处"}, BOOK["干部"][1]]
    more = [dues(3, "2021-02-06", GONE, "2021-02", 8.8), dues(4, "2021-02-06", STAYS, "2021-02", 8.8)]
    seen = [visit(3, "2021-02-07", GONE)]
    wishes = [*BOOK["微心愿"], wish("W2", GONE, "2021-02-05", 内容="想听书")]
    book = {**BOOK, "干部": changed, "党费": [*BOOK["党费"], *more], "走访": [*BOOK["走访"], *seen], "微心愿": wishes}
    report = bring(book)
    assert (report.events, erased.position) == (1, position + 1)
    assert left_out(report) == [
        ("干部", "A2", "row_erased"),
        ("党费", "D2", "row_erased"),
        ("党费", "D4", "row_erased"),
        ("走访", "E2", "row_erased"),
        ("走访", "E4", "row_erased"),
        ("微心愿", "B2", "row_erased"),
        ("微心愿", "B3", "row_erased"),
    ]
    assert bring(book).events == 0


def test_somebody_a_program_registered_and_erased_is_left_out_of_an_import(ledger: Ledger, bring: Bring) -> None:
    ledger.run(lambda tx: tx.cadres.register(GONE, kind="retired", name="欧阳建国"), by=BY)
    ledger.erase(GONE, by=BY, reason="death")
    report = bring(BOOK)
    assert len(left_out(report)) == 4
    assert all(said.recorded + said.known == said.rows for said in report.sheets.values())
    assert [record.event.wire for record in ledger.events()].count("cadre.registered/1") == 2


def test_without_the_row_of_the_person_a_journal_about_them_is_left_out_too(erased: Ledger, bring: Bring) -> None:
    position = erased.position
    book = {
        "支部": BRANCHES,
        "干部": [BOOK["干部"][1]],
        "党费": [*BOOK["党费"], dues(3, "2021-02-06", GONE, "2021-02", 8.8)],
    }
    assert left_out(bring(book)) == [("党费", "D2", "row_erased"), ("党费", "D4", "row_erased")]
    assert erased.position == position


@pytest.mark.parametrize(
    ("sheet", "row", "found"),
    [
        # what was recorded about somebody else cannot become theirs
        ("党费", dues(2, "2021-01-06", GONE, "2021-01", 8.8), ("党费", "D2", "unknown_person")),
        # nor can what was recorded about them become somebody else's
        ("党费", dues(3, "2021-01-06", STAYS, "2021-01", 8.8, 更正序号=1), ("党费", "J2", "correction_not_standing")),
    ],
)
def test_what_would_have_to_be_moved_from_or_to_them_is_an_error(
    erased: Ledger, bring: Bring, sheet: str, row: dict[str, object], found: tuple[str, str, str]
) -> None:
    position = erased.position
    with pytest.raises(IntakeError) as caught:
        bring({"支部": BRANCHES, "干部": BOOK["干部"], sheet: [row]})
    assert brief(caught.value.problems) == [found]
    assert erased.position == position


@pytest.mark.usefixtures("erased")
def test_attendance_of_the_erased_is_left_out(bring: Bring) -> None:
    book = {"支部": BRANCHES, "活动": [activity("H1", "2021-01-09")], "出勤": [attendance("H1", GONE)]}
    report = bring(book)
    assert left_out(report) == [("出勤", "B2", "row_erased")]
    assert report.events == 1

"""A whole workbook: what is read, and every single thing that is wrong with it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from cadreledger.errors import IntakeProblem
from cadreledger.intake import problems, read_workbook
from cadreledger.intake.format import SheetForm
from cadreledger.intake.sheets import (
    BRANCHES,
    CADRES,
    DUES,
    FUNDS,
    SHEET_NAMES,
    SHEETS,
    VISITS,
    CadreColumns,
    DuesColumns,
)
from cadreledger.intake.words import BranchKind, CadreKind, FundKind, FundUse, Method, Sex, VisitMode, VisitReason
from cadreledger.values import Month, Period, yuan

Book = Callable[..., Path]
Change = Callable[[Workbook], None]
Cells = Mapping[str, Mapping[str, object]]


def brief(found: tuple[IntakeProblem, ...]) -> list[tuple[str, str, str]]:
    return [(problem.sheet, problem.cell, problem.code) for problem in found]


def test_a_sound_workbook_says_what_was_typed(book: Book) -> None:
    found = read_workbook(book())
    assert found.errors == found.warnings == ()
    assert tuple(found.rows_count) == tuple(found.keys) == SHEET_NAMES
    assert {name: count for name, count in found.rows_count.items() if count} == {
        "支部": 2,
        "干部": 2,
        "党费": 4,
        "党费收支": 3,
        "走访": 2,
    }
    assert found.keys["干部"] == {"C1", "C2"}
    assert found.keys["党费"] == {"2021/1", "2021/2", "2021/3", "2021/4"}

    formal, temporary = found.branches
    assert (formal.key, formal.name, formal.kind) == ("B1", "第一支部", BranchKind.FORMAL)
    assert (formal.established, formal.approval, formal.secretary) == (date(2012, 6, 28), "某字1号", "书记岗")
    assert (temporary.kind, temporary.established, temporary.liaison) == (BranchKind.TEMPORARY, Month(2021, 3), None)

    first, second = found.cadres
    assert (first.key, first.name, first.sex, first.born) == ("C1", "甲某", Sex.MALE, Month(1930, 11))
    assert (first.kind, first.smartphone, first.frail, first.member) == (CadreKind.VETERAN, False, True, True)
    assert (first.full_member_on, first.formal_branch, first.joined_branch) == (date(1950, 7, 1), "B1", None)
    assert (first.dues_base, first.dues_base_from) == (yuan("1760"), Month(2021, 1))
    assert (second.formal_branch, second.joined_branch, second.phone) == ("外地支部", "B2", None)
    assert (second.smartphone, second.frail, second.member, second.full_member_on) == (True, False, True, None)

    paid, wrong, right, void = found.dues
    assert (paid.number, paid.registered_on, paid.received_on) == (1, date(2021, 1, 6), date(2021, 1, 6))
    assert (paid.cadre, paid.for_month, paid.amount) == ("C1", Month(2021, 1), yuan("8.80"))
    assert (paid.method, paid.receipt, paid.collector, paid.note) == (Method.CASH, "S1", "组织委员岗", None)
    assert (wrong.registered_on, wrong.corrects, wrong.is_void) == (date(2021, 2, 7), None, False)
    assert (right.key, right.corrects, right.is_void, right.amount) == ("2021/3", "2021/2", False, yuan("8.80"))
    assert (void.corrects, void.is_void, void.amount) == ("2021/1", True, None)

    sent, returned, spent = found.funds
    assert (sent.branch, sent.kind, sent.amount, sent.use) == ("B1", FundKind.REMITTED, yuan("17.60"), None)
    assert (returned.kind, returned.base) == (FundKind.RETURNED, Period(Month(2021, 1), Month(2021, 3)))
    assert (spent.kind, spent.use, spent.use_word, spent.base) == (FundKind.SPENT, FundUse.PARTY_DAY, "主题党日", None)

    visit, again = found.visits
    assert (visit.key, visit.on, visit.registered_on) == ("2021/1", date(2021, 1, 7), date(2021, 1, 7))
    assert (visit.cadre, visit.group, visit.content) == ("C2", "一组", "读报")
    assert (visit.reason, visit.mode, visit.is_distinct) == (VisitReason.STUDY, VisitMode.DOOR, False)
    assert (again.registered_on, again.is_distinct, again.is_void) == (date(2021, 1, 9), True, False)


# --- bad cells: each by itself, with sheet, cell and code

BAD_CELLS: tuple[tuple[str, str, object, str], ...] = (
    ("支部", "A2", None, "missing_value"),
    ("支部", "A3", "B1", "duplicate_key"),
    ("支部", "A3", "Ｂ１ ", "duplicate_key"),
    ("支部", "A2", "B 1", "code_unreadable"),
    ("支部", "A2", date(2021, 1, 1), "code_unreadable"),
    ("支部", "B2", "  ", "missing_value"),
    ("支部", "B2", "名" * 6000, "text_too_long"),
    ("支部", "C2", "联合", "unknown_word"),
    ("支部", "C2", "#REF!", "error_value"),
    ("支部", "D3", 2021.3, "month_is_number"),
    ("支部", "D2", "二〇一二", "date_unreadable"),
    ("干部", "A2", None, "missing_value"),
    ("干部", "A3", "Ｃ１", "duplicate_key"),
    ("干部", "B3", "\u3000", "missing_value"),
    ("干部", "C2", "M", "unknown_word"),
    ("干部", "D2", 1930.1, "month_is_number"),
    ("干部", "D2", "1899年12月", "date_too_early"),
    ("干部", "E2", None, "missing_value"),
    ("干部", "E2", "在职", "unknown_word"),
    ("干部", "H2", "有", "unknown_word"),
    ("干部", "I2", "1", "unknown_word"),
    ("干部", "K2", "1899-12-31", "date_too_early"),
    ("干部", "N2", "面议", "amount_not_a_number"),
    ("干部", "O2", "一月", "month_unreadable"),
    ("党费", "A2", None, "missing_value"),
    ("党费", "A2", "1-1", "number_unreadable"),
    ("党费", "A2", 0, "number_unreadable"),
    ("党费", "A3", "１", "duplicate_key"),
    ("党费", "B2", "昨天", "date_unreadable"),
    ("党费", "C2", None, "missing_value"),
    ("党费", "C3", 44202, "date_unreadable"),
    ("党费", "C2", time(10), "date_unreadable"),
    ("党费", "D2", None, "missing_value"),
    ("党费", "E2", None, "missing_value"),
    ("党费", "E2", 2021.1, "month_is_number"),
    ("党费", "E2", "2021-07-05", "month_unreadable"),
    ("党费", "E2", "2021-07", "month_too_far"),
    ("党费", "F2", None, "missing_value"),
    ("党费", "F2", "十二", "amount_not_a_number"),
    ("党费", "F2", -8.8, "amount_negative"),
    ("党费", "F2", "8.805", "amount_decimals"),
    ("党费", "F2", 1e15, "amount_too_large"),
    ("党费", "F2", "=4.4*2", "formula"),
    ("党费", "F2", "#N/A", "error_value"),
    ("党费", "G2", "支票", "unknown_word"),
    ("党费", "J2", "第2号", "number_unreadable"),
    ("党费", "J4", 3, "correction_loop"),
    ("党费", "J5", 2, "corrected_twice"),
    ("党费", "J5", None, "void_without_correction"),
    ("党费", "K2", "补" * 30_000, "text_too_long"),
    ("党费收支", "A3", 1, "duplicate_key"),
    ("党费收支", "C2", None, "missing_value"),
    ("党费收支", "D2", "结转", "unknown_word"),
    ("党费收支", "E2", None, "missing_value"),
    ("党费收支", "E2", "1,76.0", "amount_not_a_number"),
    ("党费收支", "J2", "作废", "void_without_correction"),
    ("走访", "C2", None, "missing_value"),
    ("走访", "E2", "X\u200bY", "code_unreadable"),
    ("走访", "F2", "送温暖", "unknown_word"),
    ("走访", "H2", "电话", "unknown_word"),
    ("走访", "J2", 1, "correction_loop"),
    ("走访", "A3", "=1+1", "formula"),
)


@pytest.mark.parametrize(("sheet", "cell", "value", "code"), BAD_CELLS)
def test_a_bad_cell(book: Book, sheet: str, cell: str, value: object, code: str) -> None:
    found = read_workbook(book({sheet: {cell: value}}))
    assert brief(found.errors) == [(sheet, cell, code)]
    assert all(problem.expected for problem in found.errors)


def test_a_bad_row_is_left_out_and_its_key_is_known(book: Book) -> None:
    found = read_workbook(book({"干部": {"E2": "在职"}, "党费": {"F2": "十二"}}))
    assert [row.key for row in found.cadres] == ["C2"]
    assert [row.key for row in found.dues] == ["2021/2", "2021/3", "2021/4"]
    assert "C1" in found.keys["干部"]
    assert "2021/1" in found.keys["党费"]


BY_THEMSELVES = [bad for bad in BAD_CELLS if bad[1][0] in "BCDEFGHIK" and bad[3] != "month_too_far"]


@given(st.sets(st.sampled_from(BY_THEMSELVES), max_size=8))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_all_errors_come_at_once_in_order(book: Book, bad: set[tuple[str, str, object, str]]) -> None:
    cells: dict[str, dict[str, object]] = {}
    for sheet, cell, value, _ in bad:
        cells.setdefault(sheet, {})[cell] = value
    found = brief(read_workbook(book(cells)).errors)
    assert {(sheet, cell) for sheet, cell, _ in found} == {(sheet, cell) for sheet in cells for cell in cells[sheet]}
    assert found == sorted(found, key=lambda place: (SHEET_NAMES.index(place[0]), int(place[1][1:]), place[1][0]))


# --- what is personal stays so


def test_found_values_are_masked_in_personal_columns(book: Book) -> None:
    secret = "某某的秘密"
    for form in (register.form for register in (BRANCHES, CADRES, DUES, FUNDS, VISITS)):
        for number, column in enumerate(form.columns):
            letter = chr(ord("A") + number)
            found = read_workbook(book({form.name: {f"{letter}2": f"={secret}", f"{letter}3": secret * 8000}}))
            assert len(found.errors) == 2
            assert [problem.found == "***" for problem in found.errors] == [column.personal] * 2
            if column.personal:
                assert secret not in repr(found)


def test_nothing_typed_shows_when_rows_are_printed(book: Book) -> None:
    found = read_workbook(book())
    printed = repr((found, *found.branches, *found.cadres, *found.dues, *found.funds, *found.visits))
    for personal in ("甲某", "1000001", "某路", "C1", "1760", "读报", "组织委员岗"):
        assert personal not in printed


def test_a_sheet_without_header_does_not_show_its_first_person(book: Book) -> None:
    def behead(workbook: Workbook) -> None:
        workbook["干部"].delete_rows(1)

    found = read_workbook(book(change=behead))
    assert {problem.code for problem in found.errors} == {"missing_column"}
    assert {(problem.code, problem.found) for problem in found.warnings} == {("unknown_column", "***")}
    assert "甲某" not in repr(found)


def test_rows_say_where_they_stand(book: Book) -> None:
    found = read_workbook(book())
    row = found.dues[1]
    assert (row.sheet, row.row, row.cell(DuesColumns.AMOUNT)) == ("党费", 3, "F3")
    problem = row.problem(DuesColumns.CADRE, "unknown_cadre", found=row.cadre, expected="a 编号 of 干部")
    assert (problem.cell, problem.found, problem.code) == ("D3", "***", "unknown_cadre")
    problem = found.cadres[0].problem(CadreColumns.FORMAL_BRANCH, "unknown_branch", found="B9")
    assert (problem.sheet, problem.cell, problem.found) == ("干部", "L2", "B9")


# --- warnings


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "code"),
    [
        ("党费", "C2", datetime(2021, 1, 6, 10, 30), "time_ignored"),  # noqa: DTZ001
        ("党费", "H2", "-12", "formula_like_text"),
        ("党费", "H2", date(2021, 1, 2), "date_in_text"),
        ("党费", "K2", "补" * 2001, "long_text"),
        ("走访", "G2", "@所有人", "formula_like_text"),
        ("党费收支", "F4", "会议费", "unknown_word"),
        ("党费收支", "F4", None, "use_missing"),
        ("党费收支", "F2", "主题党日", "value_unused"),
        ("党费", "M3", "边注", "unknown_column"),
        ("党费", "L1", "签名", "unknown_column"),
        ("制度", "F1", "签名", "unknown_column"),
    ],
)
def test_a_warning_stops_nothing(book: Book, sheet: str, cell: str, value: object, code: str) -> None:
    found = read_workbook(book({sheet: {cell: value}}))
    assert found.errors == ()
    assert brief(found.warnings) == [(sheet, cell, code)]
    assert len(found.dues) == 4


def test_text_that_looks_like_a_formula_is_data(book: Book) -> None:
    def type_text(workbook: Workbook) -> None:
        workbook["走访"]["G2"].value = "=1+1"
        workbook["走访"]["G2"].data_type = "s"

    found = read_workbook(book(change=type_text))
    assert found.visits[0].content == "=1+1"
    assert brief(found.warnings) == [("走访", "G2", "formula_like_text")]


def test_another_use_is_counted_as_other(book: Book) -> None:
    spent = read_workbook(book({"党费收支": {"F4": "会议费"}})).funds[2]
    assert (spent.use, spent.use_word) == (FundUse.OTHER, "会议费")


# --- sheets and headers


def removed(name: str) -> Change:
    def change(workbook: Workbook) -> None:
        workbook.remove(workbook[name])

    return change


@pytest.mark.parametrize("name", SHEET_NAMES)
def test_a_missing_sheet(book: Book, name: str) -> None:
    found = read_workbook(book(change=removed(name)))
    assert brief(found.errors) == [(name, "", "missing_sheet")]


@pytest.mark.parametrize("form", SHEETS, ids=SHEET_NAMES)
def test_a_missing_column(book: Book, form: SheetForm) -> None:
    found = read_workbook(book({form.name: {"B1": None}}))
    assert [(problem.sheet, problem.code, problem.expected) for problem in found.errors] == [
        (form.name, "missing_column", form.headers[1])
    ]


def test_a_renamed_sheet_is_missing_and_unknown(book: Book) -> None:
    def rename(workbook: Workbook) -> None:
        workbook["走访"].title = "走访登记"

    found = read_workbook(book(change=rename))
    assert brief(found.errors) == [("走访", "", "missing_sheet")]
    assert brief(found.warnings) == [("走访登记", "", "unknown_sheet")]
    assert found.visits == ()
    assert found.rows_count["走访"] == 0


def test_a_sheet_twice(book: Book) -> None:
    def twice(workbook: Workbook) -> None:
        workbook.create_sheet("走访 ")

    assert brief(read_workbook(book(change=twice)).errors) == [("走访", "", "duplicate_sheet")]


def test_a_column_twice(book: Book) -> None:
    found = read_workbook(book({"党费": {"L1": " 金额"}, "活动": {"J1": "日期"}}))
    assert brief(found.errors) == [("党费", "L1", "duplicate_column"), ("活动", "J1", "duplicate_column")]


def test_a_header_that_is_a_formula(book: Book) -> None:
    found = read_workbook(book({"党费": {"K1": '="备注"'}}))
    assert brief(found.errors) == [("党费", "", "missing_column"), ("党费", "K1", "formula")]


@given(st.data())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_columns_and_sheets_stand_in_any_order(book: Book, data: st.DataObject) -> None:
    def shuffle(workbook: Workbook) -> None:
        for moved in data.draw(st.permutations(workbook.worksheets)):
            workbook.move_sheet(moved, len(SHEETS) - 1 - workbook.index(moved))  # to the end
        for sheet in workbook.worksheets:
            rows = [list(row) for row in sheet.iter_rows(values_only=True)]
            order = data.draw(st.permutations(range(len(rows[0]))))
            sheet.delete_rows(1, len(rows))  # formats too: a number in a cell for dates is a date
            for number, row in enumerate(rows, 1):
                for column, source in enumerate(order, 1):
                    sheet.cell(number, column, row[source])
            sheet.cell(1, 1).value = f"\u3000{sheet.cell(1, 1).value} "

    plain, shuffled = read_workbook(book()), read_workbook(book(change=shuffle))
    assert shuffled == plain


def test_blank_rows_are_no_rows(book: Book) -> None:
    def insert(workbook: Workbook) -> None:
        workbook["党费"].insert_rows(3, 2)
        workbook["党费"]["B3"].value = "\u3000"
        workbook["党费"]["D9"].value = " "

    found = read_workbook(book(change=insert))
    assert found.errors == ()
    assert [row.row for row in found.dues] == [2, 5, 6, 7]
    assert found.rows_count["党费"] == 4


def test_a_workbook_of_headers_only_is_sound(book: Book) -> None:
    def empty(workbook: Workbook) -> None:
        for sheet in workbook.worksheets:
            sheet.delete_rows(2, 100)

    found = read_workbook(book(change=empty))
    assert found.errors == found.warnings == ()
    assert set(found.rows_count.values()) == {0}


def test_dates_of_the_1904_calendar(book: Book) -> None:
    def old_mac(workbook: Workbook) -> None:
        workbook.epoch = CALENDAR_MAC_1904

    assert read_workbook(book(change=old_mac)).dues[0].received_on == date(2021, 1, 6)


# --- merged cells


def merged(reference: str) -> Change:
    def change(workbook: Workbook) -> None:
        workbook["党费"].merge_cells(reference)

    return change


@pytest.mark.parametrize(("reference", "cell"), [("H3:H4", "H3"), ("F2:G2", "F2"), ("A1:B1", "A1"), ("H4:H90", "H4")])
def test_merged_cells_over_data(book: Book, reference: str, cell: str) -> None:
    errors = read_workbook(book(change=merged(reference))).errors
    assert [problem.found for problem in errors if problem.code == "merged_cell"] == [reference]
    assert [problem.cell for problem in errors if problem.code == "merged_cell"] == [cell]


@pytest.mark.parametrize("reference", ["A7:K9", "M1:P3", "B2:B2"])
def test_merged_cells_over_nothing(book: Book, reference: str) -> None:
    assert read_workbook(book(change=merged(reference))).errors == ()


# --- rows among themselves


def test_numbers_start_again_each_year(book: Book) -> None:
    again = {"A6": 1, "C6": "2022-01-05", "D6": "C1", "E6": "2022-01", "F6": 8.8}
    found = read_workbook(book({"党费": again}))
    assert found.errors == ()
    assert found.dues[-1].key == "2022/1"


def test_a_duplicate_names_the_row_that_came_first(book: Book) -> None:
    (problem,) = read_workbook(book({"干部": {"A3": "C1"}})).errors
    assert (problem.cell, problem.found, problem.hint) == ("A3", "***", "Row 2 has it already.")


def test_a_correction_may_be_corrected(book: Book) -> None:
    more = {"A6": 5, "C6": "2021-02-06", "D6": "C1", "E6": "2021-02", "F6": "8.88", "J6": 3}
    found = read_workbook(book({"党费": more}))
    assert found.errors == ()
    assert [row.corrects for row in found.dues] == [None, None, "2021/2", "2021/1", "2021/3"]


def test_a_number_that_is_not_there_is_for_the_ledger_to_judge(book: Book) -> None:
    found = read_workbook(book({"党费": {"J5": 99}}))
    assert found.errors == ()
    assert found.dues[3].corrects == "2021/99"


def test_a_long_loop_is_found_with_all_its_rows_and_no_others(book: Book) -> None:
    found = read_workbook(book({"党费": {"J2": 3, "J3": 1, "J4": 2, "J5": 90}}))
    assert brief(found.errors) == [("党费", f"J{row}", "correction_loop") for row in (2, 3, 4)]


@pytest.mark.parametrize(
    ("amount", "note", "is_void"),
    [(None, None, True), (" ", "改", True), (8, "此行作废。", True), (8, "改", False), (8, None, False)],
)
def test_what_voids_without_replacement(book: Book, amount: object, note: str | None, is_void: bool) -> None:  # noqa: FBT001
    found = read_workbook(book({"党费": {"F4": amount, "K4": note}}))
    assert found.errors == ()
    assert found.dues[2].is_void is is_void


def test_a_visit_is_voided_by_a_word(book: Book) -> None:
    found = read_workbook(book({"走访": {"J3": 1, "K3": "作废"}}))
    assert found.errors == ()
    assert (found.visits[1].corrects, found.visits[1].is_void) == ("2021/1", True)
    found = read_workbook(book({"走访": {"K3": "作废"}}))
    assert brief(found.errors) == [("走访", "J3", "void_without_correction")]


@pytest.mark.parametrize("note", ["不是非重复", "非重复？", None])
def test_a_visit_is_distinct_by_that_very_word(book: Book, note: str | None) -> None:
    assert not read_workbook(book({"走访": {"K3": note}})).visits[1].is_distinct


@pytest.mark.parametrize(("month", "errors"), [("2021-06", 0), ("2021-07", 1), ("2020-01", 0), ("2022-01", 1)])
def test_dues_are_prepaid_for_six_months_in_all(book: Book, month: str, errors: int) -> None:
    assert len(read_workbook(book({"党费": {"E2": month}})).errors) == errors


@pytest.mark.parametrize("note", ["2021-01至2021-03", "一季度", None, "2021-03..2021-01"])
def test_a_base_period_in_other_words_is_unknown(book: Book, note: str | None) -> None:
    returned = read_workbook(book({"党费收支": {"J3": note}})).funds[1]
    assert (returned.base, returned.note) == (None, note)


def test_a_list_of_problems_ends_somewhere(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book({"党费": {f"F{row}": "十二" for row in range(2, 6)}})
    monkeypatch.setattr(problems, "PROBLEMS_MAX", 3)
    errors = read_workbook(path).errors
    assert brief(errors) == [("党费", "F2", errors[0].code), *brief(errors[1:3]), ("", "", "more_problems")]
    assert errors[-1].found == "1"

"""A workbook into a ledger: all of it or nothing, each row once."""

import json
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from tests.intake.office import BRANCHES, PEOPLE, Book, brief, cadre, dues, fund, new_ledger, take_in, values, visit

from cadreledger import Ledger
from cadreledger.errors import IntakeError
from cadreledger.intake import ImportReport, import_workbook
from cadreledger.intake.format import SHEETS

Bring = Callable[..., ImportReport]
Write = Callable[..., Path]

EXAMPLES = Path(__file__).parents[2] / "examples"
EXAMPLE = EXAMPLES / "yongxing-2021.xlsx"
EXPECTED = json.loads((EXAMPLES / "yongxing-2021.expected.json").read_text("utf-8"))
ROOMS = ("dues.", "fund.", "visits.", "cadres.", "members.")
SOUND: Book = {
    **PEOPLE,
    "党费": (
        dues(1, "2021-01-06", "C1", "2021-01", 8.8, 收据号="S1", 备注="本人交"),
        dues(2, "2021-02-06", "C1", "2021-02", 88, 收据号="S2"),
        dues(3, "2021-02-06", "C1", "2021-02", 8.8, 登记日期="2021-02-09", 更正序号=2),
        dues(4, "2021-03-06", "C2", "2021-03", 12.5, 方式="代缴", 备注="老伴代交"),
    ),
    "党费收支": (
        fund(1, "2021-03-31", "上缴", 30.1, 备注="2021-01..2021-03"),
        fund(2, "2021-04-12", "返还", 21.07, 备注="2021-01..2021-03"),
        fund(3, "2021-04-20", "支出", 10),
    ),
    "走访": (visit(1, "2021-01-07", "C3", 内容="读报"), visit(2, "2021-01-08", "C1", 方式="网上")),
}


def refused(bring: Callable[[], ImportReport], ledger: Ledger) -> IntakeError:
    """What an import is refused with; and nothing is recorded."""
    before = ledger.position
    with pytest.raises(IntakeError) as caught:
        bring()
    assert ledger.position == before
    return caught.value


# --- the example year


def test_the_example_year_gives_its_published_figures(ledger: Ledger) -> None:
    report = import_workbook(ledger, EXAMPLE)
    figures = ledger.figures(EXPECTED["period"])
    expected = {key: said["value"] for key, said in EXPECTED["figures"].items() if key.startswith(ROOMS)}
    assert len(expected) > len(ROOMS)
    assert {key: figures[key].value for key in expected} == expected
    assert {sheet: (said.rows, said.recorded) for sheet, said in report.sheets.items()} == {
        "支部": (2, 2),
        "干部": (113, 113),
        "党费": (156, 156),
        "党费收支": (10, 10),
        "走访": (36, 36),
    }
    assert report.events == ledger.position - 1


def test_the_example_year_month_by_month_as_somebody_else_would_add_it_up(ledger: Ledger) -> None:
    import_workbook(ledger, EXAMPLE)
    by_month = ledger.figures(EXPECTED["period"]).by_month()
    added = naive_months(EXAMPLE)
    assert {figure for _, figure in added} == {
        *("dues.collected", "dues.credited", "dues.remitted", "dues.returned"),
        *("fund.spent", "visits.made", "visits.online"),
    }
    for month, found in by_month.items():
        for figure in {figure for _, figure in added}:
            assert (str(month), figure, found[figure]) == (str(month), figure, added[str(month), figure])


def naive_months(path: Path) -> Counter[tuple[str, str]]:
    """Figures by month, read off the sheets with another pair of eyes."""
    totals: Counter[tuple[str, str]] = Counter()
    rows = sheet_rows(path, "党费")
    gone = {plain(row["更正序号"]) for row in rows}
    for row in rows:
        if plain(row["序号"]) in gone or not plain(row["金额"]) or "作废" in plain(row["备注"]):
            continue
        fen = int(Decimal(re.sub("[¥,]", "", plain(row["金额"]))) * 100)
        totals[month_of(row["收款日期"]), "dues.collected"] += fen
        totals[month_of(row["所属月份"]), "dues.credited"] += fen
    figures = {"上缴": "dues.remitted", "返还": "dues.returned", "支出": "fund.spent"}
    for row in sheet_rows(path, "党费收支"):
        amount = Decimal(re.sub("[¥,]", "", plain(row["金额"])))
        totals[month_of(row["日期"]), figures[plain(row["类别"])]] += int(amount * 100)
    rows = sheet_rows(path, "走访")
    gone = {plain(row["更正序号"]) for row in rows}
    seen = set()
    for row in sorted(rows, key=lambda row: int(plain(row["序号"]))):
        if plain(row["序号"]) in gone or "作废" in plain(row["备注"]):
            continue
        key = (numbers(row["日期"]), plain(row["编号"]), plain(row["事由"]), plain(row["方式"]))
        if key not in seen or plain(row["备注"]) == "非重复":
            totals[month_of(row["日期"]), "visits.online" if key[-1] == "网上" else "visits.made"] += 1
        seen.add(key)
    return totals


def sheet_rows(path: Path, sheet: str) -> list[dict[str, object]]:
    header, *rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows if any(row)]


def plain(cell: object) -> str:
    return unicodedata.normalize("NFKC", "" if cell is None else str(cell)).strip()


def numbers(day: object) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall("[0-9]+", plain(day)))[:3]


def month_of(day: object) -> str:
    return "{:04}-{:02}".format(*numbers(day))


# --- again


def test_the_same_workbook_again_records_nothing(ledger: Ledger, bring: Bring) -> None:
    first = bring(SOUND)
    position, figures = ledger.position, values(ledger)
    again = bring(SOUND)
    assert (again.events, ledger.position, values(ledger)) == (0, position, figures)
    assert first.events == position - 1
    for sheet, said in first.sheets.items():
        assert (said.recorded, said.known) == (len(SOUND[sheet]), 0)
        assert (again.sheets[sheet].recorded, again.sheets[sheet].known) == (0, len(SOUND[sheet]))


def test_rows_and_columns_in_another_order_and_typed_in_another_way_are_the_same(
    ledger: Ledger, tmp_path: Path
) -> None:
    import_workbook(ledger, EXAMPLE)
    position = ledger.position
    for seed in range(3):
        report = import_workbook(ledger, disguised(EXAMPLE, tmp_path / "again.xlsx", random.Random(seed)))
        assert (report.events, ledger.position) == (0, position)
        assert all(said.known == said.rows > 0 for said in report.sheets.values())


def disguised(path: Path, copy: Path, chance: random.Random) -> Path:
    """The same workbook: rows and columns shuffled, digits full-width, space around, dates and amounts as text."""
    workbook = openpyxl.load_workbook(path)
    for sheet in workbook.worksheets:
        header, *rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        order = list(range(len(header)))
        chance.shuffle(order)
        chance.shuffle(rows)
        sheet.delete_rows(1, sheet.max_row)
        sheet.append([header[place] for place in order])
        for row in rows:
            sheet.append([retyped(str(header[place]), row[place]) for place in order])
            if chance.random() < 0.2:
                sheet.append([None] * len(order))
    workbook.save(copy)
    return copy


def retyped(header: str, cell: object) -> object:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    if not plain(cell) or header in {"姓名", "手机", "住址", "备注", "内容", "收据号", "依据", "批准文号", "名称"}:
        return cell
    if isinstance(cell, datetime):
        return f"\u3000{cell.year}年{cell.month}月{cell.day}日".translate(wide)
    if header in {"金额", "党费基数"}:
        amount = Decimal(re.sub("[¥,]", "", plain(cell)))
        return f"￥{amount:,.2f} ".translate(wide)
    return f" {cell}\u3000".translate(wide)


def test_a_blank_registration_date_is_the_rows_own(ledger: Ledger, bring: Bring) -> None:
    bring({**PEOPLE, "党费": [dues(1, "2021-01-06", "C1", "2021-01", 8.8)]})
    position = ledger.position
    bring({**PEOPLE, "党费": [dues(1, "2021.1.6", "Ｃ１", "2021年1月", "8.80", 登记日期="2021/1/6")]})
    assert ledger.position == position


def test_numbers_start_again_each_year(ledger: Ledger, bring: Bring) -> None:
    first = [dues(1, "2020-12-30", "C1", "2020-12", 8), visit(1, "2020-12-30", "C1")]
    second = [dues(1, "2021-01-06", "C1", "2021-01", 9), visit(1, "2021-01-06", "C1")]
    bring({**PEOPLE, "党费": [first[0]], "走访": [first[1]]})
    report = bring({**PEOPLE, "党费": [first[0], second[0]], "走访": [first[1], second[1]]})
    assert (report.sheets["党费"].recorded, report.sheets["走访"].recorded) == (1, 1)
    assert values(ledger)["dues.collected"] == 900


def test_a_row_that_has_changed_is_refused_and_both_are_named(ledger: Ledger, bring: Bring) -> None:
    bring(SOUND)
    first, *others = SOUND["党费"]
    error = refused(lambda: bring({**SOUND, "党费": [*others, {**first, "金额": 8.9}]}), ledger)
    (problem,) = error.problems
    assert (problem.sheet, problem.cell, problem.code) == ("党费", "F5", "row_changed")
    assert "row 5" in problem.found
    assert re.search(r"党费 2021/1 at position \d+", problem.expected)
    assert "更正序号" in problem.hint


@pytest.mark.parametrize(
    ("sheet", "row", "change", "cell"),
    [
        ("党费", 0, {"收据号": "S9"}, "A2"),
        ("党费", 0, {"编号": "C2"}, "A2"),
        ("党费", 0, {"备注": "说不清"}, "A2"),
        ("党费", 2, {"登记日期": "2021-02-10"}, "A4"),
        ("党费", 2, {"备注": "作废"}, "A4"),
        ("党费收支", 0, {"金额": 30.2}, "E2"),
        ("党费收支", 2, {"用途": "走访慰问"}, "A4"),
        ("走访", 0, {"编号": "C2"}, "A2"),
        ("走访", 0, {"小组": "二组"}, "A2"),
        ("走访", 1, {"方式": "上门"}, "A3"),
    ],
)
def test_any_change_to_a_journals_row_is_refused(
    ledger: Ledger, bring: Bring, sheet: str, row: int, change: Mapping[str, object], cell: str
) -> None:
    bring(SOUND)
    rows = list(SOUND[sheet])
    rows[row] = {**rows[row], **change}
    error = refused(lambda: bring({**SOUND, sheet: rows}), ledger)
    assert brief(error.problems) == [(sheet, cell, "row_changed")]


# --- reports


def test_a_workbook_of_headers_alone(ledger: Ledger, bring: Bring) -> None:
    report = bring({})
    assert (report.workbook, report.events, report.warnings, ledger.position) == ("book.xlsx", 0, (), 1)
    assert all((said.rows, said.recorded, said.known) == (0, 0, 0) for said in report.sheets.values())


def test_a_rehearsal_says_what_would_be_recorded(ledger: Ledger, bring: Bring) -> None:
    rehearsed = bring(SOUND, dry_run=True)
    assert ledger.position == 1
    with ledger.transaction(by="staff:liaison") as tx:
        assert tx.cadres.get("C1") is None
    assert bring(SOUND) == rehearsed


def test_progress_is_told_row_by_row(ledger: Ledger, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    take_in(ledger, tmp_path, SOUND)
    import_workbook(ledger, tmp_path / "book.xlsx", progress=lambda done, total: told.append((done, total)))
    rows = sum(map(len, SOUND.values()))
    assert told == [(done, rows) for done in range(1, rows + 1)]


def test_who_imports_is_recorded_and_so_is_the_row_behind_each_entry(ledger: Ledger, bring: Bring) -> None:
    bring(SOUND)
    history = ledger.history("C1")
    assert {recorded.entry.by for recorded in history} == {"office:import"}
    sources = [recorded.entry.source for recorded in history]
    assert sources[0] == "干部"
    assert sources[-2:] == ["党费 2021/3"] * 2
    assert str(history[-1].entry.registered_on) == "2021-02-09"
    assert str(history[-1].event.occurred_on) == "2021-02-06"


def test_warnings_stand_beside_the_sheet_they_are_of(bring: Bring) -> None:
    rows = [visit(1, "2021-01-07", "C1", 内容="=1+1"), visit(2, "2021-01-07", "C1", 小组="二组")]
    report = bring({**PEOPLE, "走访": rows, "制度": [{"制度编号": "Z1"}]})
    assert brief(report.warnings) == [
        ("走访", "G2", "formula_like_text"),
        ("走访", "A3", "possible_duplicate"),
        ("制度", "", "sheet_not_read"),
    ]
    assert {sheet: said.warnings for sheet, said in report.sheets.items() if said.warnings} == {"走访": 2}


# --- errors


def test_every_error_is_told_at_once_and_nothing_is_recorded(ledger: Ledger, bring: Bring) -> None:
    bring({**PEOPLE, "党费": [dues(1, "2021-01-06", "C1", "2021-01", 8.8)]})
    rows = {
        **PEOPLE,
        "干部": [*PEOPLE["干部"], cadre("C4", "丁一鸣", 性别="不详"), cadre("C1", "甲建国")],
        "党费": [
            dues(1, "2021-01-06", "C1", "2021-01", 9.8),
            dues(2, "2021-01-06", "C1", "2021-02", "十二"),
            dues(3, "2021-01-06", "C9", "2021-02", 12),
            dues(4, "2021-01-06", "C3", "2021-02", 12),
            dues(5, "2022-01-06", "C8", "2022-01", 12),
            dues(6, "2021-01-06", "C1", "2021-03", 12, 更正序号=77),
            dues(7, "2021-01-06", "C4", "2021-03", 12),
            dues(8, "2021-01-06", "C1", "2021-03", 12, 更正序号=2),
        ],
        "党费收支": [fund(1, "2022-03-31", "上缴", 1, 支部编号="B9"), fund(2, "2021-03-31", "上交", 1)],
        "走访": [visit(1, "2021-01-07", "C7"), visit(2, "2021-01-07", "C1", 备注="作废")],
    }
    error = refused(lambda: bring(rows), ledger)
    assert brief(error.problems) == [
        ("干部", "C5", "unknown_word"),
        ("干部", "A6", "duplicate_key"),
        ("党费", "F2", "row_changed"),
        ("党费", "F3", "amount_not_a_number"),
        ("党费", "D4", "unknown_person"),
        ("党费", "D5", "no_formal_branch"),
        ("党费", "C6", "date_in_future"),
        ("党费", "D6", "unknown_person"),
        ("党费", "J7", "correction_unknown"),
        ("党费收支", "B2", "date_in_future"),
        ("党费收支", "C2", "unknown_branch"),
        ("党费收支", "D3", "unknown_word"),
        ("走访", "E2", "unknown_person"),
        ("走访", "J3", "void_without_correction"),
    ]
    assert error.what.startswith("the workbook has 14 errors")


def test_an_error_in_a_branch_is_told_once_and_not_again_with_every_row_that_needs_it(
    ledger: Ledger, bring: Bring
) -> None:
    rows = {**SOUND, "支部": [{**BRANCHES[0], "类型": "联合"}, {**BRANCHES[1], "类型": "联合"}]}
    error = refused(lambda: bring(rows), ledger)
    assert brief(error.problems) == [("支部", "C2", "unknown_word"), ("支部", "C3", "unknown_word")]
    assert error.warnings == ()


def test_a_persons_error_is_told_once_too(ledger: Ledger, bring: Bring) -> None:
    first, *others = PEOPLE["干部"]
    for change, cell, code in (
        ({"性别": "不详"}, "C2", "unknown_word"),
        ({"转正日期": "2022-07-01"}, "K2", "date_in_future"),
    ):
        rows = {**SOUND, "干部": [{**first, **change}, *others]}
        assert brief(refused(lambda rows=rows: bring(rows), ledger).problems) == [("干部", cell, code)]  # type: ignore[misc]


FUTURE: Sequence[tuple[str, Mapping[str, object], str]] = (
    ("支部", {"支部编号": "B5", "名称": "五", "类型": "正式", "成立日期": "2022-01-01"}, "D4"),
    ("支部", {"支部编号": "B5", "名称": "五", "类型": "正式", "成立日期": "2022-02"}, "D4"),
    ("干部", cadre("C5", "戊某", 转正日期="2022-01-01"), "K5"),
    ("干部", cadre("C5", "戊某", 出生年月="2022-01"), "D5"),
    ("党费", dues(9, "2022-01-01", "C1", "2022-01", 1), "C6"),
    ("党费", dues(9, "2021-12-31", "C1", "2022-01", 1, 登记日期="2022-01-01"), "B6"),
    ("党费收支", fund(9, "2022-01-01", "上缴", 1), "B5"),
    ("走访", visit(9, "2022-01-01", "C1"), "C4"),
    ("走访", visit(9, "2021-12-31", "C1", 登记日期="2022-01-01"), "B4"),
)


@pytest.mark.parametrize(("sheet", "row", "cell"), FUTURE)
def test_what_has_not_come_yet_is_refused(
    ledger: Ledger, bring: Bring, sheet: str, row: Mapping[str, object], cell: str
) -> None:
    error = refused(lambda: bring({**SOUND, sheet: [*SOUND[sheet], row]}), ledger)
    assert brief(error.problems) == [(sheet, cell, "date_in_future")]


def test_the_day_is_the_ledgers_own_in_its_time_zone(tmp_path: Path) -> None:
    late = datetime(2021, 12, 31, 20, tzinfo=UTC)  # the morning of the first of January in Shanghai
    with new_ledger(tmp_path, late) as ledger:
        report = take_in(ledger, tmp_path, {**PEOPLE, "党费": [dues(1, "2022-01-01", "C1", "2022-01", 5)]})
        assert report.sheets["党费"].recorded == 1


def test_dues_for_months_ahead_are_no_plans(ledger: Ledger, bring: Bring) -> None:
    bring({**PEOPLE, "党费": [dues(1, "2021-12-30", "C1", "2022-05", 5)]})
    assert values(ledger, "2022")["dues.credited"] == 500


BAD_CELLS: Sequence[tuple[str, str, object, str]] = (
    ("支部", "A2", None, "missing_value"),
    ("支部", "A2", "branch:B1", "row_refused"),
    ("支部", "A3", "Ｂ１", "duplicate_key"),
    ("支部", "B2", " ", "missing_value"),
    ("支部", "C2", "联合", "unknown_word"),
    ("支部", "D2", "#REF!", "error_value"),
    ("干部", "A2", "C 1", "code_unreadable"),
    ("干部", "A3", "C1", "duplicate_key"),
    ("干部", "A2", "cadre:" + "a" * 32, "row_refused"),
    ("干部", "B2", None, "missing_value"),
    ("干部", "D2", 1930.1, "month_is_number"),
    ("干部", "E2", "在职", "unknown_word"),
    ("干部", "G2", "址" * 30_000, "text_too_long"),
    ("干部", "H2", "好", "unknown_word"),
    ("干部", "N2", "很多", "amount_not_a_number"),
    ("党费", "A2", 0, "number_unreadable"),
    ("党费", "A3", 1, "duplicate_key"),
    ("党费", "A2", "=A3", "formula"),
    ("党费", "C2", "2021-02-30", "date_unreadable"),
    ("党费", "C2", "1821-01-06", "date_too_early"),
    ("党费", "C2", "2099-01-06", "date_in_future"),
    ("党费", "D2", "C99", "unknown_person"),
    ("党费", "D2", "C2", "no_formal_branch"),
    ("党费", "E2", 2021.1, "month_is_number"),
    ("党费", "E2", "2021-13", "month_unreadable"),
    ("党费", "E2", "2021-07", "month_too_far"),
    ("党费", "F2", "十二", "amount_not_a_number"),
    ("党费", "F2", -1, "amount_negative"),
    ("党费", "F2", 1.005, "amount_decimals"),
    ("党费", "F2", 1e15, "amount_too_large"),
    ("党费", "F2", None, "missing_value"),
    ("党费", "G2", "支票", "unknown_word"),
    ("党费", "J5", 2, "corrected_twice"),
    ("党费", "J4", 3, "correction_loop"),
    ("党费", "J4", 99, "correction_unknown"),
    ("党费", "K2", "作废", "void_without_correction"),
    ("党费收支", "C2", "B9", "unknown_branch"),
    ("党费收支", "D2", "上交", "unknown_word"),
    ("党费收支", "E2", None, "missing_value"),
    ("党费收支", "G2", "据" * 6_000, "text_too_long"),
    ("走访", "C2", "某日", "date_unreadable"),
    ("走访", "E2", "C9", "unknown_person"),
    ("走访", "F2", "送礼", "unknown_word"),
    ("走访", "H2", "电话", "unknown_word"),
    ("走访", "J3", 77, "correction_unknown"),
    ("走访", "K3", "作废", "void_without_correction"),
)


@pytest.mark.parametrize(("sheet", "cell", "value", "code"), BAD_CELLS)
def test_one_bad_cell_is_named_and_nothing_is_recorded(
    ledger: Ledger, book: Write, sheet: str, cell: str, value: object, code: str
) -> None:
    error = refused(lambda: import_workbook(ledger, book({sheet: {cell: value}})), ledger)
    where = {"void_without_correction": cell.replace("K", "J")}.get(code, cell)
    assert (sheet, where, code) in brief(error.problems)
    with ledger.transaction(by="staff:liaison") as tx:
        assert tx.stream_of("C1") is None  # no key either


def test_what_stands_in_the_table_of_bad_cells_is_enough() -> None:
    assert len({code for _, _, _, code in BAD_CELLS}) >= 26 or len(BAD_CELLS) >= 26


LONG_ROWS: Sequence[tuple[str, Mapping[str, object], str]] = (
    ("党费", dues(9, "2021-05-06", "C1", "2021-05", 1, 方式="代缴", 备注="注" * 15_000), "K6"),
    ("党费", dues(9, "2021-05-06", "C1", "2021-05", 1, 收据号="据" * 3_000, 经办人="经" * 3_000), "K6"),
    ("党费收支", fund(9, "2021-05-06", "支出", 1, 依据="据" * 3_000, 经办人="经" * 3_000), "J5"),
    ("走访", visit(9, "2021-05-06", "C1", 内容="内" * 15_000, 备注="注" * 15_000), "K4"),
    ("走访", visit(9, "2021-05-06", "C1", 备注='"' * 32_700, 内容="\n" * 32_700 + "内"), "K4"),
    ("干部", cadre("C9", "名" * 15_000, 住址="址" * 15_000), "G5"),
)


@pytest.mark.parametrize(("sheet", "row", "cell"), LONG_ROWS)
def test_texts_that_are_too_long_together_are_refused(
    ledger: Ledger, bring: Bring, sheet: str, row: Mapping[str, object], cell: str
) -> None:
    error = refused(lambda: bring({**SOUND, sheet: [*SOUND[sheet], row]}), ledger)
    assert brief(error.problems) == [(sheet, cell, "text_too_long")]


def test_texts_as_long_as_they_may_be_are_kept_and_can_be_taken_back(ledger: Ledger, bring: Bring) -> None:
    long = dues(1, "2021-05-06", "C1", "2021-05", 1, 收据号="据" * 2_500, 经办人="经" * 2_500, 备注="注" * 21_000)
    bring({**PEOPLE, "党费": [long]})
    kept = ledger.history("C1")[-1].event
    assert getattr(kept, "note", "") == "注" * 21_000
    bring({**PEOPLE, "党费": [long, dues(2, "2021-05-06", "C1", "2021-05", None, 更正序号=1)]})
    assert "dues.collected" not in values(ledger)


def test_text_that_looks_like_a_formula_is_kept_as_it_is(ledger: Ledger, bring: Bring) -> None:
    rows = [dues(1, "2021-05-06", "C1", "2021-05", 1, 收据号="=1+1", 经办人="+甲", 备注="@SUM(A1)")]
    visits = [visit(1, "2021-05-06", "C1", 内容="-读报", 小组="=一组")]
    report = bring({**PEOPLE, "党费": rows, "走访": visits})
    assert {problem.code for problem in report.warnings} == {"formula_like_text"}
    assert len(report.warnings) == 5
    paid, visited = (recorded.event for recorded in ledger.history("C1")[-2:])
    assert [getattr(paid, name) for name in ("receipt", "collector", "note")] == ["=1+1", "+甲", "@SUM(A1)"]
    assert [getattr(visited, name) for name in ("content", "group")] == ["-读报", "=一组"]


def test_all_sheets_of_the_format_are_asked_for(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "bare.xlsx"
    openpyxl.Workbook().save(path)
    error = refused(lambda: import_workbook(ledger, path), ledger)
    assert brief(error.problems) == [(form.name, "", "missing_sheet") for form in SHEETS]

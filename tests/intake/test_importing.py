"""A workbook into a ledger: all of it or nothing, each row once."""

import random
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from tests.intake.office import (
    BRANCHES,
    PEOPLE,
    Book,
    activity,
    attendance,
    brief,
    cadre,
    dues,
    facility,
    fund,
    new_ledger,
    notice,
    partner,
    profile,
    regulation,
    step,
    suggestion,
    take_in,
    team,
    values,
    visit,
    wish,
)

from cadreledger import Ledger
from cadreledger.errors import IntakeError
from cadreledger.intake import ImportReport, import_workbook, kinds
from cadreledger.intake.sheets import SHEET_NAMES, SHEETS

Bring = Callable[..., ImportReport]
Write = Callable[..., Path]

EXAMPLE = Path(__file__).parents[2] / "examples" / "yongxing-2021.xlsx"
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
    "概况": (profile("网格", 14, 单位="个", 期间="2021-07"),),
    "活动": (activity("H1", "2021-01-09", 组织者="B1"), activity("H2", "2021-02-09", "集中学习", 组织者="社区")),
    "出勤": (attendance("H1", "C1"), attendance("H2", "C1", "网上补学"), attendance("H2", "C3")),
    "微心愿": (
        wish(
            "W1", "C3", "2021-01-05", "已完成", 认领人="志愿者岗", 认领日期="2021-01-06", 完成日期="2021-03-07", 件次=2
        ),
        wish("W2", "C1", "2021-02-05", "已取消"),
    ),
    "队伍": (team("T1", 成立日期="2020-05", 人数=12, 负责人="队长岗"), team("T2", "服务", 人数=3, 社工师人数=1)),
    "设施": (facility("F1"), facility("F2", "图书", 1000, 精度="以上", 单位="册")),
    "共建单位": (partner("P1", 类别="学校"),),
    "制度": (regulation("Z1", 日期="2021-03-01"), regulation("Z2", "修订")),
    "创建工作": (
        step(1, "2021-01-19", "调研", 数量=2),
        step(2, "2021-02-24", "自查问题", 内容="场所不足"),
        step(3, "2021-03-10", "整改", 关联序号=2),
        step(4, "2021-03-31", "验收", 关联序号=2, 责任人="街道"),
    ),
    "公示": (
        notice("2021-1", "2021-02-08", "2021-01", "2021-01", 提出人="联络员岗", 审核人="委员岗", 审批人="书记岗"),
    ),
    "意见建议": (suggestion(1, "2021-02-20", 期号="2021-1", 内容="字号放大", 答复日期="2021-03-03", 答复="已改"),),
}


def refused(bring: Callable[[], ImportReport], ledger: Ledger) -> IntakeError:
    """What an import is refused with; and nothing is recorded."""
    before = ledger.position
    with pytest.raises(IntakeError) as caught:
        bring()
    assert ledger.position == before
    return caught.value


# --- again


def test_the_same_workbook_again_records_nothing(ledger: Ledger, bring: Bring) -> None:
    first = bring(SOUND)
    position, figures = ledger.position, values(ledger)
    again = bring(SOUND)
    assert (again.events, ledger.position, values(ledger)) == (0, position, figures)
    assert first.events == position - 1
    assert (first.warnings, again.warnings) == ((), ())
    assert set(first.sheets) == set(SOUND) == set(SHEET_NAMES)
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
            sheet.append([retyped(sheet.title, str(header[place]), row[place]) for place in order])
            if chance.random() < 0.2:
                sheet.append([None] * len(order))
    workbook.save(copy)
    return copy


AS_TYPED = {
    (form.name, column.header)
    for form in SHEETS
    for column in form.columns
    if column.kind in (kinds.TEXT, kinds.PERSONAL_TEXT, kinds.DECIMAL_OR_TEXT) and column.header != "项目"
}


def retyped(sheet: str, header: str, cell: object) -> object:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    if cell is None or (sheet, header) in AS_TYPED:
        return cell
    if isinstance(cell, datetime):
        return f"\u3000{cell.year}年{cell.month}月{cell.day}日".translate(wide)
    if header in {"金额", "党费基数"} and str(cell).strip():
        amount = Decimal(re.sub("[¥,]", "", unicodedata.normalize("NFKC", str(cell)).strip()))
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
        ("出勤", 0, {"方式": "网上补学"}, "C2"),
        ("出勤", 2, {"备注": "迟到"}, "C4"),
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
    assert sources[-3:] == ["党费 2021/3", "党费 2021/3", "出勤 H2"]
    assert str(history[-2].entry.registered_on) == "2021-02-09"
    assert str(history[-2].event.occurred_on) == "2021-02-06"


def test_warnings_stand_beside_the_sheet_they_are_of(bring: Bring) -> None:
    rows = [visit(1, "2021-01-07", "C1", 内容="=1+1"), visit(2, "2021-01-07", "C1", 小组="二组")]
    report = bring({**PEOPLE, "走访": rows, "公示": [notice("1", "2021-02-08", "2021-01", "2021-01", 审批人="书记岗")]})
    assert brief(report.warnings) == [
        ("走访", "G2", "formula_like_text"),
        ("走访", "A3", "possible_duplicate"),
        ("公示", "G2", "notice_not_reviewed"),
    ]
    assert {sheet: said.warnings for sheet, said in report.sheets.items() if said.warnings} == {"走访": 2, "公示": 1}


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
        "活动": [activity("H1", "2021-01-07"), activity("H2", "某日")],
        "出勤": [
            attendance("H1", "C1"),
            attendance("H2", "C1"),  # H2 is in error itself
            attendance("H3", "C1"),
            attendance("H3", "C9"),
            attendance("H1", "C4"),  # so is C4
        ],
        "微心愿": [wish("W1", "C9", "2021-01-07"), wish("W2", "C1", "2022-01-07")],
        "创建工作": [
            step(1, "2021-01-07", "调研"),
            step(2, "2021-01-08", "整改", 关联序号=9),
            step(3, "2021-01-08", "验收", 关联序号=1),
            step(4, "2021-01-08", "验收", 关联序号=4),
            step(5, "2021-01-08", "自查问题", 数量="一"),
            step(6, "2021-01-08", "整改", 关联序号=5),  # 5 is in error itself
        ],
        "公示": [
            notice("第 1 期（补）", "2021-02-08", "2021-01", "2021-01"),
            notice("#1", "2021-02-08", "2021-01", "2021-01"),
        ],
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
        ("活动", "B3", "date_unreadable"),
        ("出勤", "A4", "unknown_activity"),
        ("出勤", "A5", "unknown_activity"),
        ("出勤", "B5", "unknown_person"),
        ("微心愿", "B2", "unknown_person"),
        ("微心愿", "C3", "date_in_future"),
        ("创建工作", "I3", "unknown_issue"),
        ("创建工作", "I4", "unknown_issue"),
        ("创建工作", "I5", "unknown_issue"),
        ("创建工作", "E6", "number_unreadable"),
        ("公示", "A3", "row_refused"),
    ]
    assert error.what.startswith("the workbook has 25 errors")


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
    ("活动", activity("H9", "2022-01-01"), "B4"),
    ("微心愿", wish("W9", "C1", "2022-01-01"), "C4"),
    ("微心愿", wish("W9", "C1", "2021-12-31", "已认领", 认领人="某岗", 认领日期="2022-01-01"), "F4"),
    ("微心愿", wish("W9", "C1", "2021-12-31", "已完成", 完成日期="2022-01-01"), "G4"),
    ("队伍", team("T9", 成立日期="2022-01"), "D4"),
    ("制度", regulation("Z9", 日期="2022-01-01"), "D4"),
    ("创建工作", step(9, "2022-01-01", "会议"), "B6"),
    ("公示", notice("2", "2022-01-01", "2021-12", "2021-12"), "B3"),
    ("意见建议", suggestion(9, "2022-01-01"), "B3"),
    ("意见建议", suggestion(9, "2021-12-31", 答复日期="2022-01-01", 答复="好"), "E3"),
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
    ("概况", profile("项" * 3_000, "值" * 3_000), "F3"),
    ("活动", activity("H9", "2021-05-06", 名称="名" * 3_000, 组织者="甲" * 3_000), "I4"),
    ("队伍", team("T9", 名称="名" * 3_000, 负责人="甲" * 3_000), "H4"),
    ("设施", facility("F9", 名称="名" * 3_000, 开放条件="甲" * 3_000), "J4"),
    ("共建单位", partner("P9", 名称="名" * 3_000, 支持内容="甲" * 3_000), "D3"),
    ("创建工作", step(9, "2021-05-06", "会议", 责任人="名" * 3_000, 依据="甲" * 3_000), "D6"),
    ("公示", notice("2", "2021-05-06", "2021-04", "2021-04", 栏目="名" * 3_000, 提出人="甲" * 3_000), "E3"),
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

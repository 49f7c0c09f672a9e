"""The registers of what an office does, beside people and money: what is read of them, and what is wrong with it."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from tests.intake.office import (
    Book,
    Line,
    activity,
    attendance,
    brief,
    facility,
    notice,
    partner,
    profile,
    regulation,
    step,
    suggestion,
    team,
    wish,
    write_book,
)

from cadreledger.intake import OfficeBook, read_workbook
from cadreledger.intake.format import SheetForm
from cadreledger.intake.sheets import SHEETS
from cadreledger.intake.words import (
    MATTERS,
    WISH_STATUSES,
    ActivityKind,
    AttendanceMode,
    FacilityKind,
    Matter,
    RegulationWay,
    TeamKind,
    WishStatus,
)
from cadreledger.values import Month, Period, Qualifier

Cells = Mapping[str, Mapping[str, object]]
Read = Callable[..., OfficeBook]

SECRET = "某某的秘密"
SOUND: Book = {
    "概况": [
        profile("小区", 28, 单位="个", 精度="准确", 期间="2021年7月", 依据="论文"),
        profile("成立年月", "2003年1月"),
        profile("总户数", " ５，９０６ ", 精度="约"),
    ],
    "活动": [
        activity("HD1", "2021.1.8", "三会一课", 名称="支委会（1月）", 组织者=" Ｂ１", 场地编号="ＳＳ01", 参加人数=3),
        activity("HD2", "2021-06-26", "演出", 参加人数="３２０", 节目数=17, 备注="含居民观众"),
    ],
    "出勤": [
        attendance("HD1", "C1"),
        attendance("HD1", "C2", "网上补学", 备注="在外地"),
        attendance("HD2", "Ｃ１"),
    ],
    "微心愿": [
        wish(
            "XY1",
            "C1",
            "2021-01-06",
            "已完成",
            内容="代购药品",
            认领人="岗8",
            认领日期="2021-01-11",
            完成日期="2021-01-22",
            件次="2",
        ),
        wish("XY2", "C2", "2021-02-06", 内容="更换灯泡"),
        wish("XY3", "C2", "2021-02-07", "已认领", 认领人="岗9", 认领日期="2021-02-07"),
        wish("XY4", "C1", "2021-02-08", "已取消"),
        wish("XY5", "C1", "2021-02-09", "已完成", 完成日期="2021-02-09"),
    ],
    "队伍": [
        team("DW1", "服务", 成立日期="2021-03-01", 负责人="组长岗", 人数="50", 社工师人数=3, 备注="志愿者"),
        team("DW2", 成立日期="2016.5"),
    ],
    "设施": [
        facility("SS1", 面积=135, 单位="个", 提供单位="社区", 开放条件="工作日", 备注="新"),
        facility("SS2", "图书", "1000", 精度="以上", 面积="约一百"),
    ],
    "共建单位": [partner("G1", 类别="学校", 支持内容="操场"), partner("G2")],
    "制度": [regulation("Z1", "修订", 日期="2021.3.10"), regulation("Z2")],
    "创建工作": [
        step(1, "2021-01-19", "调研", 内容="实地调研", 数量=2, 单位="个社区", 责任人="业务岗", 依据="12号"),
        step(2, "2021-02-24", "自查问题", 内容="图书种类少", 数量=1),
        step(3, "2021-03-10", "整改", 关联序号="2 "),
    ],
    "公示": [
        notice(
            "２０２１－１",
            "2021-04-08",
            "2021-01",
            "2021年3月",
            栏目="党费",
            提出人="甲岗",
            审核人="乙岗",
            审批人="丙岗",
        ),
        notice("2021-2", "2021-05-10", "2021-04", "2021-04"),
    ],
    "意见建议": [
        suggestion(1, "2021-02-20", 期号=" 2021－1", 内容="字号放大", 答复日期="2021-03-03", 答复="已放大"),
        suggestion(2, "2021-05-17", 内容="增加送学"),
    ],
}

SETTLES = {"整改": 9, "验收": 9}
ROWS = {name: len(rows) for name, rows in SOUND.items()}


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """``read({"队伍": {"C2": "歌唱"}})``: what is read of a sound workbook with cells typed over."""
    path = write_book(tmp_path / "sound.xlsx", SOUND)

    def change(cells: Cells) -> OfficeBook:
        workbook = load_workbook(path)
        for sheet, typed in cells.items():
            for cell, value in typed.items():
                workbook[sheet][cell].value = value
        workbook.save(tmp_path / "book.xlsx")
        return read_workbook(tmp_path / "book.xlsx")

    return change


def read_rows(folder: Path, rows: Book) -> OfficeBook:
    return read_workbook(write_book(folder / "rows.xlsx", rows))


def rows_counted(found: OfficeBook) -> dict[str, int]:
    return {name: count for name, count in found.rows_count.items() if count}


def address(sheet: str, header: str, row: int = 2) -> str:
    (form,) = (form for form in SHEETS if form.name == sheet)
    return f"{get_column_letter(form.headers.index(header) + 1)}{row}"


# --- what is read


def test_nothing_is_wrong_with_sound_registers(read: Read) -> None:
    found = read({})
    assert found.errors == found.warnings == ()
    assert rows_counted(found) == ROWS


def test_a_profile_says_what_was_typed(read: Read) -> None:
    estates, since, homes = read({}).profile
    assert (estates.key, estates.item, estates.value, estates.unit) == ("小区", "小区", "28", "个")
    assert (estates.qualifier, estates.as_of, estates.basis) == (Qualifier.EXACT, Month(2021, 7), "论文")
    assert (since.value, since.qualifier, since.as_of) == ("2003年1月", Qualifier.EXACT, None)
    assert (homes.value, homes.qualifier) == ("5906", Qualifier.ABOUT)


def test_an_item_is_kept_as_typed_and_its_key_is_normalised(read: Read) -> None:
    found = read({"概况": {"A2": " ＡＢ㎡ "}}).profile[0]
    assert (found.item, found.key) == ("ＡＢ㎡", "ABm2")


def test_activities_and_attendance_say_what_was_typed(read: Read) -> None:
    found = read({})
    meeting, show = found.activities
    assert (meeting.key, meeting.on, meeting.kind) == ("HD1", date(2021, 1, 8), ActivityKind.MEETING)
    assert (meeting.title, meeting.organiser, meeting.venue) == ("支委会（1月）", "B1", "SS01")
    assert (meeting.people, meeting.items, meeting.note) == (3, None, None)
    assert (show.kind, show.organiser, show.people, show.items) == (ActivityKind.PERFORMANCE, None, 320, 17)
    assert show.note == "含居民观众"
    there, online, again = found.attendance
    assert (there.key, there.activity, there.cadre, there.mode) == ("HD1/C1", "HD1", "C1", AttendanceMode.IN_PERSON)
    assert (online.mode, online.note, again.key) == (AttendanceMode.MADE_UP, "在外地", "HD2/C1")
    assert found.keys["出勤"] == {"HD1/C1", "HD1/C2", "HD2/C1"}


def test_wishes_say_what_was_typed(read: Read) -> None:
    done, new, taken, gone, _ = read({}).wishes
    assert (done.key, done.cadre, done.on, done.content) == ("XY1", "C1", date(2021, 1, 6), "代购药品")
    assert (done.claimant, done.claimed_on, done.fulfilled_on) == ("岗8", date(2021, 1, 11), date(2021, 1, 22))
    assert (done.status, done.items) == (WishStatus.FULFILLED, 2)
    assert (new.status, new.claimant, new.items) == (WishStatus.OPEN, None, None)
    assert (taken.status, gone.status) == (WishStatus.CLAIMED, WishStatus.CANCELLED)


def test_teams_and_facilities_say_what_was_typed(read: Read) -> None:
    found = read({})
    service, other = found.teams
    assert (service.key, service.name, service.kind, service.leader) == ("DW1", "DW1队", TeamKind.SERVICE, "组长岗")
    assert (service.founded, service.people, service.social_workers) == (date(2021, 3, 1), 50, 3)
    assert (service.note, other.founded, other.people) == ("志愿者", Month(2016, 5), None)
    room, books = found.facilities
    assert (room.key, room.kind, room.count, room.unit) == ("SS1", FacilityKind.ROOM, 1, "个")
    assert (room.area, room.provider, room.opening, room.note) == ("135", "社区", "工作日", "新")
    assert (books.kind, books.count, books.qualifier) == (FacilityKind.BOOKS, 1000, Qualifier.AT_LEAST)
    assert (books.area, room.qualifier) == ("约一百", Qualifier.EXACT)


def test_partners_and_regulations_say_what_was_typed(read: Read) -> None:
    found = read({})
    school, other = found.partners
    assert (school.key, school.name, school.kind, school.support) == ("G1", "G1单位", "学校", "操场")
    assert (other.kind, other.support) == (None, None)
    revised, new = found.regulations
    assert (revised.key, revised.name, revised.way) == ("Z1", "Z1制度", RegulationWay.REVISED)
    assert (revised.on, new.way, new.on) == (date(2021, 3, 10), RegulationWay.ESTABLISHED, None)


def test_the_programme_says_what_was_typed(read: Read) -> None:
    survey, issue, settled = read({}).programme
    assert (survey.key, survey.number, survey.on, survey.matter) == ("2021/1", 1, date(2021, 1, 19), Matter.SURVEY)
    assert (survey.text, survey.count, survey.unit) == ("实地调研", 2, "个社区")
    assert (survey.responsible, survey.basis, survey.related) == ("业务岗", "12号", None)
    assert (issue.matter, issue.count, settled.matter, settled.related) == (Matter.ISSUE, 1, Matter.RECTIFICATION, 2)


def test_notices_and_suggestions_say_what_was_typed(read: Read) -> None:
    found = read({})
    first, second = found.notices
    assert (first.key, first.on, first.period) == ("2021-1", date(2021, 4, 8), Period(Month(2021, 1), Month(2021, 3)))
    assert (first.sections, first.proposer, first.reviewer, first.approver) == ("党费", "甲岗", "乙岗", "丙岗")
    assert (second.period, second.approver) == (Period(Month(2021, 4), Month(2021, 4)), None)
    answered, open_one = found.suggestions
    assert (answered.key, answered.notice, answered.content) == ("2021/1", first.key, "字号放大")
    assert (answered.answered_on, answered.answer) == (date(2021, 3, 3), "已放大")
    assert (open_one.notice, open_one.answered_on, open_one.answer) == (None, None, None)


# --- bad cells: each by itself, with sheet, cell and code

BAD_CELLS: tuple[tuple[str, str, object, str], ...] = (
    ("概况", "A2", None, "missing_value"),
    ("概况", "A3", "小区 ", "duplicate_key"),
    ("概况", "B2", "\u3000", "missing_value"),
    ("概况", "B2", "=14*2", "formula"),
    ("概况", "C2", "个" * 6000, "text_too_long"),
    ("概况", "D2", "大概", "unknown_word"),
    ("概况", "E2", 2021.1, "month_is_number"),
    ("概况", "E2", "七月", "month_unreadable"),
    ("活动", "A2", None, "missing_value"),
    ("活动", "A3", "ＨＤ１", "duplicate_key"),
    ("活动", "A2", date(2021, 1, 8), "code_unreadable"),
    ("活动", "B2", None, "missing_value"),
    ("活动", "B2", "1899-12-31", "date_too_early"),
    ("活动", "B3", 44202, "date_unreadable"),
    ("活动", "C2", "聚餐", "unknown_word"),
    ("活动", "D2", " ", "missing_value"),
    ("活动", "G2", "十余人", "number_unreadable"),
    ("活动", "G3", -1, "number_unreadable"),
    ("活动", "H3", 1.5, "number_unreadable"),
    ("活动", "H3", "#DIV/0!", "error_value"),
    ("出勤", "A2", None, "missing_value"),
    ("出勤", "B2", None, "missing_value"),
    ("出勤", "B3", "C1", "duplicate_key"),
    ("出勤", "B2", "C 1", "code_unreadable"),
    ("出勤", "C2", "电话", "unknown_word"),
    ("出勤", "C4", None, "missing_value"),
    ("微心愿", "A3", "XY1", "duplicate_key"),
    ("微心愿", "B2", None, "missing_value"),
    ("微心愿", "C3", None, "missing_value"),
    ("微心愿", "D2", "愿" * 30_000, "text_too_long"),
    ("微心愿", "E4", "=1", "formula"),
    ("微心愿", "F2", "下周", "date_unreadable"),
    ("微心愿", "G2", None, "missing_value"),
    ("微心愿", "G2", "已完成", "date_unreadable"),
    ("微心愿", "G3", "2021-02-07", "status_contradicted"),
    ("微心愿", "G4", "2021-02-08", "status_contradicted"),
    ("微心愿", "G5", "2021-02-09", "status_contradicted"),
    ("微心愿", "H2", "办理中", "unknown_word"),
    ("微心愿", "H2", None, "missing_value"),
    ("微心愿", "I2", "两件", "number_unreadable"),
    ("微心愿", "I2", 0, "number_unreadable"),
    ("队伍", "A3", "DW1", "duplicate_key"),
    ("队伍", "B2", None, "missing_value"),
    ("队伍", "C2", "歌唱", "unknown_word"),
    ("队伍", "D3", 2016.1, "month_is_number"),
    ("队伍", "D2", "2016-02-30", "date_unreadable"),
    ("队伍", "F2", "五十", "number_unreadable"),
    ("队伍", "G2", "=3", "formula"),
    ("设施", "A3", "SS1", "duplicate_key"),
    ("设施", "C2", "场馆", "unknown_word"),
    ("设施", "D2", None, "missing_value"),
    ("设施", "D3", "1000多", "number_unreadable"),
    ("设施", "F2", "多", "unknown_word"),
    ("共建单位", "A3", "Ｇ１", "duplicate_key"),
    ("共建单位", "B2", None, "missing_value"),
    ("共建单位", "D2", "物" * 6000, "text_too_long"),
    ("制度", "A2", None, "missing_value"),
    ("制度", "C2", "废止", "unknown_word"),
    ("制度", "D2", "2021-03", "date_unreadable"),
    ("创建工作", "A3", 1, "duplicate_key"),
    ("创建工作", "A2", 0, "number_unreadable"),
    ("创建工作", "B2", None, "missing_value"),
    ("创建工作", "C2", "检查", "unknown_word"),
    ("创建工作", "E2", "若干", "number_unreadable"),
    ("创建工作", "I4", None, "missing_value"),
    ("创建工作", "I4", "第2号", "number_unreadable"),
    ("公示", "A2", None, "missing_value"),
    ("公示", "A2", datetime(2021, 1, 1), "code_unreadable"),  # noqa: DTZ001 - what a spreadsheet makes of 2021-1
    ("公示", "A2", 2021.1, "code_unreadable"),
    ("公示", "A3", "2021-1", "duplicate_key"),
    ("公示", "B2", time(9), "date_unreadable"),
    ("公示", "C2", None, "missing_value"),
    ("公示", "C2", 2021.1, "month_is_number"),
    ("公示", "D2", "2020-12", "period_reversed"),
    ("意见建议", "A3", "１", "duplicate_key"),
    ("意见建议", "B2", "1899.12.31", "date_too_early"),
    ("意见建议", "C2", "期" * 65, "code_unreadable"),
    ("意见建议", "E2", "已答复", "date_unreadable"),
    ("意见建议", "F2", "答" * 30_000, "text_too_long"),
)


@pytest.mark.parametrize(("sheet", "cell", "value", "code"), BAD_CELLS)
def test_a_bad_cell(read: Read, sheet: str, cell: str, value: object, code: str) -> None:
    found = read({sheet: {cell: value}})
    assert brief(found.errors) == [(sheet, cell, code)]
    assert found.errors[0].expected
    assert found.warnings == ()
    assert rows_counted(found) == ROWS


def test_a_word_may_make_another_cell_necessary(read: Read) -> None:
    assert brief(read({"创建工作": {"C3": "验收"}}).errors) == [("创建工作", "I3", "missing_value")]
    assert brief(read({"微心愿": {"H3": "已完成"}}).errors) == [("微心愿", "G3", "missing_value")]


def test_a_sheet_of_bad_cells_names_every_one_and_no_other_sheet_suffers(read: Read) -> None:
    bad = {"B2": "C 1", "C2": "昨天", "F2": "下周", "H2": "办理中", "I2": "两件", "C3": "明天", "G4": "2021-02-08"}
    found = read({"微心愿": bad})
    assert [(problem.cell, problem.code) for problem in found.errors] == [
        ("B2", "code_unreadable"),
        ("C2", "date_unreadable"),
        ("F2", "date_unreadable"),
        ("H2", "unknown_word"),
        ("I2", "number_unreadable"),
        ("C3", "date_unreadable"),
        ("G4", "status_contradicted"),
    ]
    assert [row.key for row in found.wishes] == ["XY4", "XY5"]
    assert found.keys["微心愿"] == {"XY1", "XY2", "XY3", "XY4", "XY5"}
    assert len(found.attendance) == len(SOUND["出勤"])


@given(st.sets(st.sampled_from([bad for bad in BAD_CELLS if bad[3] != "duplicate_key"]), max_size=9))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_all_errors_come_at_once_in_order(read: Read, bad: set[tuple[str, str, object, str]]) -> None:
    cells: dict[str, dict[str, object]] = {}
    for sheet, cell, value, _ in sorted(bad, key=repr):
        cells.setdefault(sheet, {})[cell] = value
    typed = {(sheet, cell) for sheet, row in cells.items() for cell in row}
    errors = read(cells).errors
    places = [(problem.sheet, problem.cell) for problem in errors]
    rank = [form.name for form in SHEETS]
    # a status that cannot be read says nothing about a date, nor does a matter about what it settles
    assert set(places) <= typed
    assert typed - set(places) <= {("微心愿", "G2"), ("微心愿", "I2"), ("创建工作", "I4"), ("公示", "D2")}
    assert places == sorted(places, key=lambda place: (rank.index(place[0]), int(place[1][1:]), place[1][0]))


# --- warnings


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "code"),
    [
        ("概况", "B2", date(2003, 1, 1), "date_in_text"),
        ("概况", "B2", "-5", "formula_like_text"),
        ("概况", "F2", "文" * 2001, "long_text"),
        ("活动", "B2", datetime(2021, 1, 8, 14, 30), "time_ignored"),  # noqa: DTZ001
        ("活动", "D2", "例会", "meeting_unnamed"),
        ("活动", "E2", "@全体", "formula_like_text"),
        ("微心愿", "E3", "岗1", "status_contradicted"),
        ("微心愿", "F3", "2021-02-06", "status_contradicted"),
        ("微心愿", "E2", None, "claim_incomplete"),
        ("微心愿", "F2", None, "claim_incomplete"),
        ("微心愿", "E4", None, "claim_incomplete"),
        ("微心愿", "F2", "2021-01-05", "dates_out_of_order"),
        ("微心愿", "G2", "2021-01-05", "dates_out_of_order"),
        ("微心愿", "G6", "2021-02-08", "dates_out_of_order"),
        ("微心愿", "I3", 1, "value_unused"),
        ("队伍", "D2", datetime(2021, 3, 1, 8), "time_ignored"),  # noqa: DTZ001
        ("设施", "G2", "+135", "formula_like_text"),
        ("创建工作", "I2", 2, "value_unused"),
        ("创建工作", "E3", 6, "value_unused"),
        ("创建工作", "E4", 0, "value_unused"),
        ("意见建议", "E2", None, "answer_incomplete"),
        ("意见建议", "F2", None, "answer_incomplete"),
        ("意见建议", "E2", "2021-02-19", "dates_out_of_order"),
        ("制度", "F1", "签名", "unknown_column"),
        ("队伍", "J3", "边注", "unknown_column"),
    ],
)
def test_a_warning_stops_nothing(read: Read, sheet: str, cell: str, value: object, code: str) -> None:
    found = read({sheet: {cell: value}})
    assert found.errors == ()
    assert brief(found.warnings) == [(sheet, cell, code)]
    assert rows_counted(found) == ROWS


def test_a_warning_names_the_later_date_and_the_blank_cell(read: Read) -> None:
    assert brief(read({"微心愿": {"F2": "2021-01-23"}}).warnings) == [("微心愿", "G2", "dates_out_of_order")]
    assert brief(read({"意见建议": {"F3": "会增加"}}).warnings) == [("意见建议", "E3", "answer_incomplete")]


def test_a_claim_of_which_nothing_is_known_is_one_warning(read: Read) -> None:
    found = read({"微心愿": {"E4": None, "F4": None}})
    assert brief(found.warnings) == [("微心愿", "E4", "claim_incomplete")]


def test_a_claim_that_cannot_be_read_is_not_said_to_be_missing(read: Read) -> None:
    found = read({"微心愿": {"E4": None, "F4": "下周"}})
    assert (brief(found.errors), found.warnings) == ([("微心愿", "F4", "date_unreadable")], ())


@pytest.mark.parametrize("word", MATTERS)
def test_a_number_that_is_not_summed_is_warned_of(tmp_path: Path, word: str) -> None:
    """Six problems in one row of 自查问题 would count as one."""
    found = read_rows(tmp_path, {"创建工作": [step(1, "2021-01-05", word, 数量=6, 关联序号=SETTLES.get(word))]})
    assert found.errors == ()
    is_summed = word in {"调研", "观摩", "辅导"}
    assert brief(found.warnings) == ([] if is_summed else [("创建工作", "E2", "value_unused")])


def test_what_is_not_settled_by_a_row_is_not_read(read: Read) -> None:
    assert read({"创建工作": {"I2": 2}}).programme[0].related is None


@pytest.mark.parametrize("title", ["支部党员大会（一季度）", "支部委员会", "党小组会", "党课：百年党史", "3月支委会"])
def test_a_title_names_its_meeting(read: Read, title: str) -> None:
    assert read({"活动": {"D2": title}}).warnings == ()


# --- one story: the status of a wish, and its dates

days = st.none() | st.dates(date(2021, 1, 1), date(2021, 1, 4))


@given(st.sampled_from(sorted(WISH_STATUSES)), days, days, st.none() | st.just("岗1"), st.none() | st.integers(0, 2))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_wish_is_read_if_it_came_true_exactly_when_it_says_so(
    tmp_path: Path, word: str, claimed: date | None, fulfilled: date | None, claimant: str | None, items: int | None
) -> None:
    made = date(2021, 1, 2)
    row = wish("XY1", "C1", str(made), word, 认领人=claimant, 认领日期=claimed, 完成日期=fulfilled, 件次=items)
    found = read_rows(tmp_path, {"微心愿": [row]})
    is_done = word == "已完成"
    is_sound = (fulfilled is not None) is is_done and not (is_done and items == 0)
    assert (bool(found.wishes), bool(found.errors)) == (is_sound, not is_sound)
    warned = {problem.code for problem in found.warnings}
    late = {problem.cell for problem in found.warnings if problem.code == "dates_out_of_order"}
    assert ("F2" in late) is (claimed is not None and claimed < made)
    assert ("G2" in late) is (fulfilled is not None and fulfilled < max(made, claimed or made))
    assert ("status_contradicted" in warned) is (word == "待认领" and (claimed is not None or claimant is not None))
    halved = (claimed is None) is not (claimant is None)
    unknown = word == "已认领" and claimed is None and claimant is None
    assert ("claim_incomplete" in warned) is ((word != "待认领" and halved) or unknown)
    assert ("value_unused" in warned) is (not is_done and bool(items))


@given(st.builds(Month, st.integers(2020, 2022), st.integers(1, 12)), st.integers(-30, 30))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_period_ends_no_earlier_than_it_starts(tmp_path: Path, first: Month, months: int) -> None:
    last = first.plus(months)
    found = read_rows(tmp_path, {"公示": [notice("1", "2023-01-01", str(first), str(last))]})
    if months < 0:
        assert brief(found.errors) == [("公示", "D2", "period_reversed")]
        assert found.errors[0].expected == f"{first} or later"
    else:
        assert [row.period for row in found.notices] == [Period(first, last)]


# --- keys


@given(st.lists(st.tuples(st.sampled_from(["HD1", "HD2"]), st.sampled_from(["C1", "C2", "C3"])), max_size=6))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_person_attends_an_activity_once(tmp_path: Path, pairs: list[tuple[str, str]]) -> None:
    found = read_rows(tmp_path, {"出勤": [attendance(*pair) for pair in pairs]})
    again = [f"B{row}" for row, pair in enumerate(pairs, 2) if pair in pairs[: row - 2]]
    assert brief(found.errors) == [("出勤", cell, "duplicate_key") for cell in again]
    assert {problem.found for problem in found.errors} <= {"***"}
    assert found.keys["出勤"] == {"/".join(pair) for pair in pairs}


@pytest.mark.parametrize("make", [lambda on: step(1, on, "会议"), lambda on: suggestion(1, on)])
def test_numbers_start_again_each_year(tmp_path: Path, make: Callable[[str], Line]) -> None:
    sheet = "创建工作" if "事项" in make("2021-01-01") else "意见建议"
    found = read_rows(tmp_path, {sheet: [make("2021-12-31"), make("2022-01-01")]})
    assert found.errors == ()
    assert found.keys[sheet] == {"2021/1", "2022/1"}


# --- any office


texts = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=12)
wide = st.sampled_from((lambda text: text, lambda text: f"\u3000{text} "))
counts = st.none() | st.integers(0, 999)


@given(st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_typed_is_what_is_read(tmp_path: Path, data: st.DataObject) -> None:
    """Whatever the texts and numbers, however they are spaced, in columns of any order."""
    names = data.draw(st.lists(texts, min_size=1, max_size=4), label="names")
    numbers = data.draw(st.lists(counts, min_size=4, max_size=4), label="numbers")
    pad = data.draw(wide)
    rows: Book = {
        "概况": [profile(f"项{place}", pad(name)) for place, name in enumerate(names)],
        "活动": [
            activity(f"HD{place}", "2021-01-05", 名称=pad(name), 参加人数=numbers[0], 节目数=numbers[1])
            for place, name in enumerate(names)
        ],
        "队伍": [
            team(f"DW{place}", 名称=pad(name), 人数=numbers[2], 社工师人数=numbers[3])
            for place, name in enumerate(names)
        ],
        "设施": [
            facility(f"SS{place}", 名称=pad(name), 数量=place, 面积=numbers[0]) for place, name in enumerate(names)
        ],
        "共建单位": [partner(f"G{place}", 名称=pad(name), 支持内容=name) for place, name in enumerate(names)],
        "制度": [regulation(f"Z{place}", 名称=pad(name)) for place, name in enumerate(names)],
        "创建工作": [
            step(place + 1, "2021-01-05", "观摩", 内容=pad(name), 数量=numbers[0]) for place, name in enumerate(names)
        ],
        "意见建议": [suggestion(place + 1, "2021-01-05", 内容=pad(name)) for place, name in enumerate(names)],
    }
    headers = {form.name: data.draw(st.permutations(form.headers), label=form.name) for form in SHEETS}
    found = read_workbook(write_book(tmp_path / "any.xlsx", rows, headers))
    assert found.errors == found.warnings == ()
    kept = [name.strip() for name in names]
    assert [row.title for row in found.activities] == [row.name for row in found.teams] == kept
    assert [row.name for row in found.facilities] == [row.name for row in found.regulations] == kept
    assert [row.text for row in found.programme] == [row.content for row in found.suggestions] == kept
    assert [(row.name, row.support) for row in found.partners] == list(zip(kept, kept, strict=True))
    assert [row.count for row in found.facilities] == list(range(len(names)))
    assert {(row.people, row.items) for row in found.activities} == {(numbers[0], numbers[1])}
    assert {(row.people, row.social_workers) for row in found.teams} == {(numbers[2], numbers[3])}
    assert {row.area for row in found.facilities} == {None if numbers[0] is None else str(numbers[0])}
    assert {row.count for row in found.programme} == {numbers[0]}


# --- what is personal stays so


def test_found_values_are_masked_in_personal_columns(read: Read) -> None:
    for form in SHEETS:
        for column in form.columns if form.name in SOUND else ():
            first, second = address(form.name, column.header), address(form.name, column.header, 3)
            found = read({form.name: {first: f"={SECRET}", second: SECRET * 8000}})
            assert brief(found.errors)[0][:2] == (form.name, first)
            assert [problem.found == "***" for problem in found.errors] == [column.personal] * 2
            if column.personal:
                assert SECRET not in repr(found)


def test_nothing_typed_shows_when_rows_are_printed(read: Read) -> None:
    found = read({})
    printed = repr((found, *found.attendance, *found.wishes, *found.teams, *found.notices, *found.suggestions))
    for personal in ("C1", "岗8", "代购药品", "组长岗", "志愿者", "甲岗", "字号放大", "已放大"):
        assert personal not in printed


def test_columns_that_name_people_or_quote_them_are_personal() -> None:
    personal = {(form.name, column.header) for form in SHEETS for column in form.columns if column.personal}
    everywhere = {"编号", "备注", "责任人", "负责人", "认领人", "提出人", "审核人", "审批人", "经办人", "内容", "答复"}
    assert {(form.name, header) for form in SHEETS for header in form.headers if header in everywhere} <= personal


@pytest.mark.parametrize("form", SHEETS, ids=[form.name for form in SHEETS])
def test_the_reference_lists_every_column_and_which_must_be_filled_in(form: SheetForm) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "workbook.md").read_text("utf-8")
    without_words = re.sub(r" \([^)]*\)", "", page)
    columns = (f"**{column.header}**" if column.required else column.header for column in form.columns)
    assert f"| {form.name} | {', '.join(columns)} |" in without_words

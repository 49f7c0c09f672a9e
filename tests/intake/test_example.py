"""The example year's workbook, as the office would hand it in, and what the ledger makes of it."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from tests.intake.office import brief

from cadreledger import Ledger
from cadreledger.intake import ImportReport, import_workbook, read_workbook

EXAMPLES = Path(__file__).parents[2] / "examples"
WORKBOOK = EXAMPLES / "yongxing-2021.xlsx"
EXPECTED = json.loads((EXAMPLES / "yongxing-2021.expected.json").read_text("utf-8"))
BOOK = read_workbook(WORKBOOK)
SHEETS = openpyxl.load_workbook(WORKBOOK)
ROWS = {
    "概况": 36,
    "支部": 2,
    "干部": 113,
    "党费": 156,
    "党费收支": 10,
    "走访": 36,
    "活动": 40,
    "出勤": 888,
    "微心愿": 58,
    "队伍": 8,
    "设施": 25,
    "共建单位": 16,
    "制度": 8,
    "创建工作": 32,
    "公示": 5,
    "意见建议": 3,
}

Totals = Counter[tuple[str, str]]
"""Value by month and figure."""


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ledger, ImportReport]]:
    with Ledger.create(tmp_path_factory.mktemp("example") / "a.ledger", name="永兴社区") as ledger:
        yield ledger, import_workbook(ledger, WORKBOOK)


def test_nothing_is_wrong_with_it() -> None:
    assert BOOK.errors == BOOK.warnings == ()
    assert BOOK.rows_count == ROWS


def test_all_of_it_is_recorded_and_one_visit_waits_for_a_decision(imported: tuple[Ledger, ImportReport]) -> None:
    ledger, report = imported
    assert {sheet: (said.rows, said.recorded, said.known) for sheet, said in report.sheets.items()} == {
        sheet: (rows, rows, 0) for sheet, rows in ROWS.items()
    }
    assert report.events == ledger.position - 1
    assert brief(report.warnings) == [("走访", "I19", "possible_duplicate")]


def test_every_figure_is_the_published_one(imported: tuple[Ledger, ImportReport]) -> None:
    ledger, _ = imported
    found = ledger.figures(EXPECTED["period"])
    said = {
        key: {"value": figure.value} | ({"qualifier": figure.qualifier.value} if "qualifier" in expected else {})
        for key, expected in EXPECTED["figures"].items()
        for figure in [found[key]]
    }
    assert said == EXPECTED["figures"]
    assert set(found) == set(EXPECTED["figures"])


def test_it_is_recorded_in_the_order_in_which_it_was_written_down(imported: tuple[Ledger, ImportReport]) -> None:
    ledger, _ = imported
    first = ("branch.", "post.", "team.", "regulation.")  # what is said in other sheets is about them
    told = [
        (recorded.entry.registered_on, recorded.event.wire)
        for recorded in ledger.events()
        if recorded.entry.registered_on and not recorded.event.wire.startswith((*first, "wish.cancelled"))
    ]
    days = [day for day, _ in told]
    assert len(days) > 1000
    assert days == sorted(days)


def test_everybody_who_is_named_in_another_sheet_is_in_the_register() -> None:
    people = {row.cadre for row in BOOK.dues} | {row.cadre for row in BOOK.visits}
    people |= {row.cadre for row in BOOK.attendance} | {row.cadre for row in BOOK.wishes}
    assert people <= BOOK.keys["干部"]


# --- month by month, as somebody else would add it up


def test_every_flow_is_month_by_month_what_the_sheets_add_up_to(imported: tuple[Ledger, ImportReport]) -> None:
    ledger, _ = imported
    months = ledger.figures(EXPECTED["period"]).by_month()
    added = money() + visits() + held() + attended() + wished() + worked() + published()
    flows = {figure for _, figure in added}
    assert len(flows) == 30
    assert {(str(month), figure): found[figure] for month, found in months.items() for figure in flows} == {
        (str(month), figure): added[str(month), figure] for month in months for figure in flows
    }


def money() -> Totals:
    totals: Totals = Counter()
    for row in standing("党费"):
        fen = int(Decimal(re.sub("[¥,]", "", plain(row["金额"]))) * 100)
        totals[month_of(row["收款日期"]), "dues.collected"] += fen
        totals[month_of(row["所属月份"]), "dues.credited"] += fen
    figures = {"上缴": "dues.remitted", "返还": "dues.returned", "支出": "fund.spent"}
    for row in rows_of("党费收支"):
        amount = Decimal(re.sub("[¥,]", "", plain(row["金额"])))
        totals[month_of(row["日期"]), figures[plain(row["类别"])]] += int(amount * 100)
    return totals


def visits() -> Totals:
    totals: Totals = Counter()
    seen = set()
    for row in sorted(standing("走访"), key=lambda row: int(plain(row["序号"]))):
        key = (numbers(row["日期"]), plain(row["编号"]), plain(row["事由"]), plain(row["方式"]))
        if key not in seen or plain(row["备注"]) == "非重复":
            totals[month_of(row["日期"]), "visits.online" if key[-1] == "网上" else "visits.made"] += 1
        seen.add(key)
    return totals


def held() -> Totals:
    figures = {
        "主题党日": "party_days.held",
        "集中学习": "study.sessions",
        "学习交流": "study.exchanges",
        "文体活动": "recreation.held",
        "演出": "performances.held",
        "仪式": "ceremonies.held",
        "三会一课": "meetings.held",
    }
    totals: Totals = Counter()
    for row in rows_of("活动"):
        totals[month_of(row["日期"]), figures[plain(row["类别"])]] += 1
        if plain(row["类别"]) == "演出":
            totals[month_of(row["日期"]), "performances.items"] += int(plain(row["节目数"]) or 0)
    return totals


def attended() -> Totals:
    months = {plain(row["活动编号"]): month_of(row["日期"]) for row in rows_of("活动")}
    modes = {"现场": "attendance.in_person", "网上补学": "attendance.made_up"}
    return Counter((months[plain(row["活动编号"])], modes[plain(row["方式"])]) for row in rows_of("出勤"))


def wished() -> Totals:
    totals: Totals = Counter((month_of(row["提出日期"]), "wishes.made") for row in rows_of("微心愿"))
    for row in rows_of("微心愿"):
        if plain(row["状态"]) == "已完成":
            totals[month_of(row["完成日期"]), "wishes.fulfilled"] += int(plain(row["件次"]) or 1)
    return totals


def worked() -> Totals:
    summed = {"调研": "surveys.made", "观摩": "observation.people", "辅导": "tutoring.given"}
    counted = {"自查问题": "issues.found", "整改": "issues.rectified", "验收": "issues.verified"}
    counted |= {"申报": "applications.submitted", "推荐": "recommendations.made"}
    totals: Totals = Counter()
    for row in rows_of("创建工作"):
        matter, month = plain(row["事项"]), month_of(row["日期"])
        if matter in summed:
            totals[month, summed[matter]] += int(plain(row["数量"]) or 1)
        elif matter in counted:
            totals[month, counted[matter]] += 1
    return totals


def published() -> Totals:
    notices: Totals = Counter((month_of(row["公示日期"]), "notices.published") for row in rows_of("公示"))
    received: Totals = Counter((month_of(row["日期"]), "suggestions.received") for row in rows_of("意见建议"))
    answers = [row["答复日期"] for row in rows_of("意见建议") if plain(row["答复日期"])]
    return notices + received + Counter((month_of(day), "suggestions.answered") for day in answers)


Cells = dict[str, object]


def standing(sheet: str) -> list[Cells]:
    """The rows that no other one takes back, and that take none back without a word in its place."""
    gone = {plain(row["更正序号"]) for row in rows_of(sheet)}
    rows = [row for row in rows_of(sheet) if plain(row["序号"]) not in gone and "作废" not in plain(row["备注"])]
    return [row for row in rows if plain(row.get("金额", "1"))]


def rows_of(sheet: str) -> list[Cells]:
    header, *rows = SHEETS[sheet].iter_rows(values_only=True)
    typed: list[Cells] = [dict(zip(map(str, header), row, strict=True)) for row in rows]
    return [row for row in typed if any(map(plain, row.values()))]


def plain(cell: object) -> str:
    return unicodedata.normalize("NFKC", "" if cell is None else str(cell)).strip()


def numbers(day: object) -> tuple[int, ...]:
    text = day.date().isoformat() if isinstance(day, datetime) else plain(day)
    return tuple(int(digits) for digits in re.findall("[0-9]+", text))


def month_of(day: object) -> str:
    return "{:04}-{:02}".format(*numbers(day))

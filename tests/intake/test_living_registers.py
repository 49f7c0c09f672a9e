"""A living register counts what it says now, whatever it said before; and what it said before can still be seen."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.intake.office import (
    PEOPLE,
    Book,
    Line,
    activity,
    attendance,
    cadre,
    facility,
    new_ledger,
    notice,
    partner,
    regulation,
    step,
    suggestion,
    take_in,
    team,
    wish,
    write_book,
)

from cadreledger import Ledger
from cadreledger.intake import read_workbook
from cadreledger.intake.private import PrivateWords
from cadreledger.intake.recorder import Recorder
from cadreledger.intake.recording import record

DAYS = [f"2021-{month:02}-{day:02}" for month in (1, 2, 3) for day in (4, 17)]
PERIOD = "2020-12..2021-12"
days = st.sampled_from(DAYS)
texts = st.sampled_from([None, "甲", "乙"])
codes = st.sampled_from(["C1", "C2", "C3"])


@st.composite
def activities(draw: st.DrawFn, code: str) -> Line:
    kind = draw(st.sampled_from(["主题党日", "集中学习", "演出", "三会一课"]))
    organiser = draw(st.sampled_from([None, "B1", "B2", "T1", "社区"]))
    items = draw(st.sampled_from([None, 0, 7]))
    return activity(code, draw(days), kind, 组织者=organiser, 节目数=items, 备注=draw(texts))


@st.composite
def wishes(draw: st.DrawFn, code: str) -> Line:
    made, claimed, fulfilled = sorted(draw(st.tuples(days, days, days)))
    status = draw(st.sampled_from(["待认领", "已认领", "已完成", "已完成", "已取消"]))
    row = dict(wish(code, draw(codes), made, status, 内容=draw(texts)))
    if status != "待认领" and draw(st.booleans()):
        row |= {"认领人": draw(st.sampled_from(["甲岗", "乙岗", "丙卫东"])), "认领日期": claimed}
    return row | ({"完成日期": fulfilled, "件次": draw(st.sampled_from([None, 3]))} if status == "已完成" else {})


@st.composite
def suggestions(draw: st.DrawFn, number: int) -> Line:
    received, answered = sorted(draw(st.tuples(days, days)))
    answer: Line = {"答复日期": answered, "答复": draw(texts)} if draw(st.booleans()) else {}
    return suggestion(number, received, 内容=draw(texts), 期号=draw(st.sampled_from([None, "1"])), **answer)


@st.composite
def notices(draw: st.DrawFn, number: str) -> Line:
    people = {header: draw(st.sampled_from([None, "甲岗", "乙岗"])) for header in ("提出人", "审核人", "审批人")}
    last = draw(st.sampled_from(["2020-12", "2021-01"]))
    return notice(number, draw(days), "2020-12", last, 栏目=draw(texts), **people)


@st.composite
def programmes(draw: st.DrawFn) -> list[Line]:
    """Rows 1 and 2 may be issues; what comes later may settle them, if they are."""
    rows: list[Line] = []
    for number in range(1, 6):
        matters = ["调研", "观摩", "会议", "申报", "推荐", "自查问题", "自查问题"]
        issues = [row["序号"] for row in rows if row["事项"] == "自查问题"]
        matter = draw(st.sampled_from(matters + (["整改", "整改", "验收"] if issues else [])))
        row = dict(step(number, draw(days), matter, 内容=draw(texts), 数量=draw(st.sampled_from([None, 1]))))
        rows.append(row | ({"关联序号": draw(st.sampled_from(issues))} if matter in {"整改", "验收"} else {}))
    return rows


@st.composite
def teams(draw: st.DrawFn, code: str) -> Line:
    numbers = {header: draw(st.sampled_from([None, 0, 3, 9])) for header in ("人数", "社工师人数")}
    founded = draw(st.sampled_from([None, "2019-05", "2020-05-04"]))
    kind = draw(st.sampled_from(["服务", "文体"]))
    return team(code, kind, 成立日期=founded, 负责人=draw(texts), 备注=draw(texts), **numbers)


@st.composite
def facilities(draw: st.DrawFn, code: str) -> Line:
    kind, count = draw(st.sampled_from(["功能室", "图书"])), draw(st.integers(0, 20))
    qualifier = draw(st.sampled_from([None, "准确", "约", "以上"]))
    return facility(code, kind, count, 精度=qualifier, 单位=draw(texts), 备注=draw(texts))


@st.composite
def regulations(draw: st.DrawFn, code: str) -> Line:
    return regulation(
        code, draw(st.sampled_from(["建立", "修订"])), 日期=draw(st.none() | days), 名称=draw(st.sampled_from("子丑"))
    )


@st.composite
def books(draw: st.DrawFn) -> Book:
    """The same rows by their keys, and something else in them each time; but the journal of attendance stays."""
    return {
        **PEOPLE,
        "队伍": [draw(teams("T1")), draw(teams("T2"))],
        "活动": [draw(activities("H1")), draw(activities("H2"))],
        "出勤": [attendance("H1", "C1"), attendance("H1", "C2", "网上补学"), attendance("H2", "C1")],
        "微心愿": [draw(wishes(code)) for code in ("W1", "W2", "W3")],
        "意见建议": [draw(suggestions(1)), draw(suggestions(2))],
        "公示": [draw(notices("1")), draw(notices("第2期"))],
        "创建工作": draw(programmes()),
        "设施": [draw(facilities("F1")), draw(facilities("F2"))],
        "共建单位": [partner("P1", 类别=draw(texts), 支持内容=draw(texts))],
        "制度": [draw(regulations("Z1")), draw(regulations("Z2"))],
    }


def figures(ledger: Ledger) -> dict[object, object]:
    """Every figure month by month, and how sure the sums are at the end."""
    found = ledger.figures(PERIOD)
    flows = {(str(month), key): value for month, by in found.by_month().items() for key, value in by.items()}
    kinds = {key: figure.kind for key, figure in found.items()}
    return {
        **{(month, key): value for (month, key), value in flows.items() if kinds[key] == "flow" and value},
        **{key: (figure.value, figure.qualifier) for key, figure in found.items() if kinds[key] == "stock"},
    }


def said(states: Sequence[Book]) -> dict[object, object]:
    """The figures after these workbooks, one after the other; each is known afterwards."""
    with tempfile.TemporaryDirectory() as place, new_ledger(Path(place)) as ledger:
        for book in states:
            take_in(ledger, Path(place), book)
            again = take_in(ledger, Path(place), book)
            assert again.events == 0
            assert all(sheet.known == sheet.rows for sheet in again.sheets.values())
        return figures(ledger)


@settings(max_examples=30)
@given(st.lists(books(), min_size=2, max_size=3))
def test_a_register_counts_what_it_says_now_whatever_it_said_before(states: list[Book]) -> None:
    assert said(states) == said(states[-1:])


def test_a_death_is_not_undone_by_the_old_row_of_the_register(tmp_path: Path) -> None:
    """A changed phone number in the row of somebody who died does not bring them back."""
    with new_ledger(tmp_path) as ledger:
        take_in(ledger, tmp_path, {"干部": [cadre("C1", "王某")]})
        ledger.run(lambda tx: tx.cadres["C1"].leave(cause="death", on=date(2021, 6, 14)), by="staff:a")
        report = take_in(ledger, tmp_path, {"干部": [cadre("C1", "王某", 手机="10000000999")]})
        assert [problem.code for problem in report.warnings] == ["has_died"]
        assert report.events == 0
        assert ledger.figures("2021-07")["cadres.retired"].value == 0


def test_a_change_that_was_cut_off_behind_the_keys_is_made_the_next_time(tmp_path: Path) -> None:
    """Keys commit before events: what they knew of recorded rows holds on until the new events are there."""
    before = {"活动": [activity("A1", "2021-01-04")], "创建工作": [step(1, "2021-01-05", "调研", 数量=3)]}
    after = {"活动": [activity("A1", "2021-01-04", "集中学习")], "创建工作": [step(1, "2021-01-05", "调研", 数量=4)]}
    with new_ledger(tmp_path) as ledger:
        take_in(ledger, tmp_path, before)
        position = ledger.position
        book = read_workbook(write_book(tmp_path / "after.xlsx", after))
        with ledger.transaction(by="staff:a", lenient=True) as tx:
            record(Recorder(tx, PrivateWords(()), book), lambda _done, _total: None)
            tx.reader.keys.commit(rows=tx.rows.new)  # and here the lights go out
            tx.abandon()
        assert ledger.position == position
        take_in(ledger, tmp_path, after)
        figures = ledger.figures("2021")
        counted = {key: figures[key].value for key in ("party_days.held", "study.sessions", "surveys.made")}
        assert counted == {"party_days.held": 0, "study.sessions": 1, "surveys.made": 4}
        assert take_in(ledger, tmp_path, after).events == 0

"""概况, 队伍, 设施, 共建单位, 制度, 公示, 意见建议, 创建工作: what rows of them become, and what changed rows do."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import pytest
from tests.intake.office import (
    Line,
    brief,
    facility,
    notice,
    partner,
    profile,
    regulation,
    step,
    suggestion,
    team,
    values,
    wires,
)

from cadreledger import Ledger, Period
from cadreledger.errors import IntakeError
from cadreledger.intake import ImportReport

Bring = Callable[..., ImportReport]

TODAY = date(2021, 12, 31)
PERIOD = Period.parse("2021-01")
SIGNED = {"提出人": "联络员岗", "审核人": "委员岗", "审批人": "书记岗"}


def problems_of(bring: Callable[[], ImportReport]) -> list[tuple[str, str, str]]:
    with pytest.raises(IntakeError) as caught:
        bring()
    return brief(caught.value.problems)


def said(event: object, *names: str) -> tuple[object, ...]:
    plain = [getattr(event, name) for name in names]
    return tuple(getattr(value, "value", value) for value in plain)


def dates(ledger: Ledger, subject: str) -> tuple[date | None, date | None]:
    """When the last entry happened, and when it was written down."""
    last = ledger.history(subject)[-1]
    return last.event.occurred_on, last.entry.registered_on


# --- 概况


def test_what_a_source_says_of_the_community(ledger: Ledger, bring: Bring) -> None:
    bring(
        {
            "概况": [
                profile("图书", 1000, 单位="册", 精度="以上", 期间="2021-07", 依据="论文"),
                profile("成立", "2003年1月"),
            ]
        }
    )
    books, founded = (recorded.event for recorded in ledger.history("community"))
    assert said(books, "item", "value", "unit", "qualifier", "basis") == ("图书", "1000", "册", "at_least", "论文")
    assert str(getattr(books, "as_of", "")) == "2021-07"
    assert said(founded, "item", "value", "qualifier") == ("成立", "2003年1月", "exact")


def test_another_word_of_a_source_takes_nothing_back(ledger: Ledger, bring: Bring) -> None:
    bring({"概况": [profile("网格", 14)]})
    assert bring({"概况": [profile(" 网格 ", "１４")]}).events == 0
    bring({"概况": [profile("网格", 15)]})
    assert wires(ledger, "community") == ["profile.stated", "profile.stated"]
    assert dates(ledger, "community") == (None, TODAY)


# --- 队伍

SINGERS = team("T1", 成立日期="2020.9", 负责人="队长岗", 人数=24, 备注="周三")


def test_a_team(ledger: Ledger, bring: Bring) -> None:
    bring({"队伍": [SINGERS, team("T2", "服务", 人数=50, 社工师人数=3)]})
    first, second = ledger.history("T1")[0], ledger.history("T2")[0]
    assert said(first.event, "code", "name", "leader", "people", "social_workers", "note") == (
        *("T1", "T1队", "队长岗"),
        *(24, 0, "周三"),
    )
    assert dates(ledger, "T1") == (date(2020, 9, 1), date(2020, 9, 1))
    assert dates(ledger, "T2") == (None, None)
    assert second.event.occurred_on is None
    assert values(ledger) == {
        "teams.cultural": 1,
        "teams.service": 1,
        "service.people": 50,
        "service.social_workers": 3,
    }


TEAM_CHANGES: Sequence[tuple[Mapping[str, object], Sequence[str], Mapping[str, object]]] = (
    ({"人数": 30}, ["team.changed"], {"people": 6}),
    ({"人数": None}, ["team.changed"], {"people": -24}),
    ({"名称": "合唱队", "社工师人数": 1}, ["team.changed"], {"name": "合唱队", "social_workers": 1, "people": 0}),
    ({"负责人": None, "备注": None}, ["team.changed"], {"leader": "", "note": None, "people": 0}),
    ({"备注": "周四"}, ["team.changed"], {"note": "周四", "leader": "队长岗"}),
    ({"类别": "服务"}, ["team.changed", "team.changed"], {"teams": 1, "people": 24}),
    ({"成立日期": "2020-10-01"}, ["void", "team.founded"], {"people": 24, "note": "周三"}),
)


@pytest.mark.parametrize(("change", "events", "now"), TEAM_CHANGES)
def test_a_changed_team(
    ledger: Ledger, bring: Bring, change: Mapping[str, object], events: Sequence[str], now: Mapping[str, object]
) -> None:
    bring({"队伍": [SINGERS]})
    report = bring({"队伍": [{**SINGERS, **change}]})
    assert (wires(ledger, "T1")[1:], report.warnings) == (list(events), ())
    last = ledger.history("T1")[-1]
    assert said(last.event, *now) == tuple(now.values())
    assert last.entry.registered_on == TODAY
    assert last.event.occurred_on == (date(2020, 10, 1) if "成立日期" in change else TODAY)
    assert bring({"队伍": [{**SINGERS, **change}]}).events == 0


def test_the_founding_day_of_a_team_stays_once_others_speak_of_it(ledger: Ledger, bring: Bring) -> None:
    bring({"队伍": [SINGERS]})
    bring({"队伍": [{**SINGERS, "人数": 30}]})
    report = bring({"队伍": [{**SINGERS, "人数": 31, "成立日期": "2020-10"}]})
    assert brief(report.warnings) == [("队伍", "D2", "value_unused")]
    assert wires(ledger, "T1") == ["team.founded", "team.changed", "team.changed"]


def test_a_team_that_disbanded_is_left_alone_until_its_row_changes(ledger: Ledger, bring: Bring) -> None:
    bring({"队伍": [SINGERS]})
    with ledger.transaction(by="staff:liaison") as tx:
        tx.teams["T1"].disband(on=date(2021, 6, 1))
    assert bring({"队伍": [SINGERS]}).events == 0
    assert "teams.cultural" not in values(ledger)
    report = bring({"队伍": [{**SINGERS, "人数": 8}]})
    assert brief(report.warnings) == [("队伍", "A2", "registered_again")]
    assert values(ledger)["teams.cultural"] == 1
    assert dates(ledger, "T1") == (TODAY, TODAY)


def test_a_team_of_a_program_is_brought_up_to_date(ledger: Ledger, bring: Bring) -> None:
    with ledger.transaction(by="staff:liaison") as tx:
        tx.teams.found("T1", kind="cultural", name="T1队", people=24, leader="队长岗", note="周三")
        tx.facilities.enter("F1", kind="books", name="图书F1", count=9)
        tx.community.add_partner("P1", name="P1单位")
        tx.community.adopt_regulation("Z1", title="旧名")
    position = ledger.position
    bring({"队伍": [{**SINGERS, "成立日期": None}], "设施": [facility("F1", "图书", 9)], "共建单位": [partner("P1")]})
    assert ledger.position == position
    bring({"设施": [facility("F1", "图书", 10)], "制度": [regulation("Z1")]})
    assert (values(ledger)["books.volumes"], values(ledger)["regulations.in_force"]) == (10, 1)


# --- 设施

BOOKS = facility("F1", "图书", 1000, 精度="以上", 单位="册", 提供单位="社区", 备注="1000多册")


def test_a_facility(ledger: Ledger, bring: Bring) -> None:
    bring({"设施": [BOOKS, facility("F2", "图书", 300, 精度="以上"), facility("F3", 面积="12.5", 开放条件="工作日")]})
    assert said(ledger.history("F1")[0].event, "code", "name", "unit", "provider", "note") == (
        *("F1", "图书F1", "册", "社区", "1000多册"),
    )
    assert said(ledger.history("F3")[0].event, "kind", "area", "opening") == ("room", "12.5", "工作日")
    assert dates(ledger, "F1") == (None, None)
    books = ledger.figures("2021")["books.volumes"]
    assert (books.value, str(books.qualifier)) == (1300, "Qualifier.AT_LEAST")


@pytest.mark.parametrize(
    ("change", "events", "value", "qualifier"),
    [
        ({"数量": 1100}, ["facility.recounted"], 1100, "at_least"),
        ({"数量": 900, "精度": "约"}, ["facility.recounted"], 900, "about"),
        ({"精度": "准确"}, ["facility.withdrawn", "facility.recounted"], 1000, "exact"),
        ({"单位": None, "备注": None}, ["facility.recounted"], 1000, "at_least"),
        ({"备注": "另有期刊"}, ["facility.recounted"], 1000, "at_least"),
    ],
)
def test_a_changed_facility(
    ledger: Ledger, bring: Bring, change: Mapping[str, object], events: Sequence[str], value: int, qualifier: str
) -> None:
    bring({"设施": [BOOKS]})
    report = bring({"设施": [{**BOOKS, **change}]})
    assert (wires(ledger, "F1")[1:], report.warnings) == (list(events), ())
    found = ledger.figures("2021")["books.volumes"]
    assert (found.value, found.qualifier.value) == (value, qualifier)
    assert dates(ledger, "F1") == (TODAY, TODAY)
    assert bring({"设施": [{**BOOKS, **change}]}).events == 0


def test_a_facility_of_another_kind_is_counted_there_since_today(ledger: Ledger, bring: Bring) -> None:
    bring({"设施": [BOOKS]})
    bring({"设施": [{**BOOKS, "类别": "器材", "数量": 3, "精度": None}]})
    assert wires(ledger, "F1") == ["facility.listed", "facility.withdrawn", "facility.listed"]
    assert values(ledger) == {"equipment.items": 3}
    assert ledger.figures("2021-11")["books.volumes"].value == 1000


def test_a_facility_that_was_withdrawn_is_left_alone_until_its_row_changes(ledger: Ledger, bring: Bring) -> None:
    bring({"设施": [BOOKS]})
    with ledger.transaction(by="staff:liaison") as tx:
        tx.facilities["F1"].withdraw(on=date(2021, 6, 1))
    assert bring({"设施": [BOOKS]}).events == 0
    report = bring({"设施": [{**BOOKS, "数量": 7, "精度": None}]})
    assert brief(report.warnings) == [("设施", "A2", "registered_again")]
    assert values(ledger)["books.volumes"] == 7


# --- 共建单位, 制度


def test_a_partner_and_what_changes_about_it(ledger: Ledger, bring: Bring) -> None:
    bring({"共建单位": [partner("P1", 类别="学校", 支持内容="操场")]})
    assert dates(ledger, "community") == (None, None)
    for change, now in (
        ({"支持内容": "操场、音响"}, ("P1单位", "学校", "操场、音响")),
        ({"名称": "三中", "类别": None}, ("三中", "", "操场")),
    ):
        row = {**partner("P1", 类别="学校", 支持内容="操场"), **change}
        assert bring({"共建单位": [row]}).events == 1
        assert said(ledger.history("community")[-1].event, "name", "kind", "support") == now
        assert dates(ledger, "community") == (TODAY, TODAY)
        assert bring({"共建单位": [row]}).events == 0
    assert values(ledger) == {"partners.count": 1}


def test_a_partner_that_left_comes_back_when_its_row_changes(ledger: Ledger, bring: Bring) -> None:
    bring({"共建单位": [partner("P1")]})
    with ledger.transaction(by="staff:liaison") as tx:
        tx.community.drop_partner("P1", on=date(2021, 6, 1))
    assert bring({"共建单位": [partner("P1")]}).events == 0
    report = bring({"共建单位": [partner("P1", 类别="学校")]})
    assert brief(report.warnings) == [("共建单位", "A2", "registered_again")]
    assert [found["partners.count"] for found in ledger.figures("2021-11..2021-12").by_month().values()] == [0, 1]


REGULATION_CHANGES: Sequence[tuple[Mapping[str, object], Sequence[str], date]] = (
    ({"名称": "新名"}, ["void", "regulation.adopted"], date(2021, 3, 1)),
    ({"日期": "2021-02-01"}, ["void", "regulation.adopted"], date(2021, 2, 1)),
    ({"方式": "修订"}, ["void", "regulation.adopted"], date(2021, 3, 1)),
    ({"方式": "修订", "日期": "2021-05-01"}, ["regulation.adopted"], date(2021, 5, 1)),
)


@pytest.mark.parametrize(("change", "events", "day"), REGULATION_CHANGES)
def test_a_regulation_is_put_right_or_revised(
    ledger: Ledger, bring: Bring, change: Mapping[str, object], events: Sequence[str], day: date
) -> None:
    row = regulation("Z1", 日期="2021-03-01")
    bring({"制度": [row]})
    assert dates(ledger, "community") == (date(2021, 3, 1), date(2021, 3, 1))
    assert bring({"制度": [{**row, **change}]}).warnings == ()
    assert wires(ledger, "community")[1:] == list(events)
    assert dates(ledger, "community") == (day, day if len(events) == 1 else TODAY)
    assert values(ledger) == {"regulations.in_force": 1}
    assert bring({"制度": [{**row, **change}]}).events == 0


def test_a_regulation_without_a_day_holds_from_the_start(ledger: Ledger, bring: Bring) -> None:
    bring({"制度": [regulation("Z1", "修订")]})
    assert ledger.figures("1950")["regulations.in_force"].value == 1


# --- 公示

NOTICE = notice("2021-1", "2021-02-08", "2021-01", "2021-01", 栏目="学习、党费", **SIGNED)
STEPS = ["notice.proposed", "notice.reviewed", "notice.approved", "notice.published"]


@pytest.mark.parametrize(
    ("number", "header", "title"),
    [
        ("２０２１－１", "2021-1", "2021-1"),
        ("第 3 期", "xn--3-i56b550d", "第3期"),
        (20211, "20211", "20211"),
    ],
)
def test_a_notice_takes_all_its_steps_on_its_day(
    ledger: Ledger, bring: Bring, number: object, header: str, title: str
) -> None:
    report = bring({"公示": [{**NOTICE, "期号": number}]})
    assert (wires(ledger, "community"), report.warnings) == (STEPS, ())
    told = ledger.history("community")
    assert {recorded.event.occurred_on for recorded in told} == {date(2021, 2, 8)}
    assert {getattr(recorded.event, "number", "") for recorded in told} == {header}
    assert said(told[0].event, "period", "sections", "proposer") == ("2021-01..2021-01", "学习、党费", "联络员岗")
    assert said(told[-1].event, "title", "edition", "supersedes", "size", "digest") == (title, 1, 0, 0, "")
    assert values(ledger) == {"notices.published": 1}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"审批人": None}, [("H2", "notice_not_approved")]),
        ({"审核人": None}, [("G2", "notice_not_reviewed")]),
        ({"审核人": None, "审批人": None}, [("H2", "notice_not_approved")]),
        ({"审核人": "联络员岗"}, [("G2", "same_person")]),
        ({"审批人": "委员岗"}, [("H2", "same_person")]),
        ({"提出人": None}, []),
        (
            {"提出人": "书记岗", "审核人": "书记岗"},
            [("G2", "same_person"), ("H2", "same_person")],
        ),
    ],
)
def test_what_a_notice_lacks_is_a_warning_at_its_cell(
    ledger: Ledger, bring: Bring, change: Mapping[str, object], found: Sequence[tuple[str, str]]
) -> None:
    report = bring({"公示": [{**NOTICE, **change}]})
    assert brief(report.warnings) == [("公示", cell, code) for cell, code in found]
    assert values(ledger) == {"notices.published": 1}


@pytest.mark.parametrize(
    ("change", "events"),
    [
        ({"公示日期": "2021-03-08"}, ["void"] * 4 + STEPS),
        ({"期间止": "2021-02"}, ["void"] * 4 + STEPS),
        ({"栏目": None}, ["void"] * 4 + STEPS),
        ({"审核人": "另一岗"}, ["void"] * 3 + STEPS[1:]),
        ({"审批人": "另一岗"}, ["void"] * 2 + STEPS[2:]),
        ({"审批人": None}, ["void"] * 2 + STEPS[3:]),
    ],
)
def test_a_notice_is_put_right_from_the_first_step_that_reads_otherwise(
    ledger: Ledger, bring: Bring, change: Mapping[str, object], events: Sequence[str]
) -> None:
    bring({"公示": [NOTICE]})
    bring({"公示": [{**NOTICE, **change}]})
    assert wires(ledger, "community")[4:] == list(events)
    assert values(ledger, "2021-03" if "公示日期" in change else "2021-02") == {"notices.published": 1}
    assert bring({"公示": [{**NOTICE, **change}]}).events == 0
    with ledger.transaction(by="staff:liaison") as tx:
        (taken,) = tx.community.view.notices.values()
        assert (taken.proposer, taken.approver) == ("联络员岗", change.get("审批人", "书记岗"))


def test_a_notice_that_a_program_made_stays_as_it_is(ledger: Ledger, bring: Bring) -> None:
    with ledger.transaction(by="staff:liaison") as tx:
        tx.community.propose_notice("2021-1", period=PERIOD, on=date(2021, 2, 1), proposer="staff:a")
        tx.community.review_notice("2021-1", on=date(2021, 2, 2), reviewer="staff:b")
    report = bring({"公示": [NOTICE]})
    assert brief(report.warnings) == [("公示", "A2", "notice_step_taken")]
    assert wires(ledger, "community") == STEPS
    assert bring({"公示": [NOTICE]}).events == 0


def test_a_notice_that_was_superseded_is_not_changed_any_more(ledger: Ledger, bring: Bring) -> None:
    bring({"公示": [NOTICE]})
    with ledger.transaction(by="staff:liaison", lenient=True) as tx:
        tx.community.publish_notice("2021-1", period=PERIOD, on=date(2021, 3, 1), edition=2)
    position = ledger.position
    report = bring({"公示": [{**NOTICE, "栏目": "学习"}]})
    assert (brief(report.warnings), ledger.position) == ([("公示", "A2", "notice_step_taken")], position)


# --- 意见建议


def test_a_suggestion_is_answered_on_another_day(ledger: Ledger, bring: Bring) -> None:
    row = suggestion(1, "2021-02-20", 期号="2021-1", 内容="字号放大")
    answer = {"答复日期": "2021-03-03", "答复": "已改"}
    bring({"意见建议": [row]})
    assert values(ledger) == {"suggestions.received": 1}
    assert bring({"意见建议": [{**row, **answer}]}).events == 1
    received, answered = ledger.history("community")
    assert said(received.event, "code", "notice", "content") == ("2021/1", "2021-1", "字号放大")
    assert (*said(answered.event, "answer"), answered.entry.registered_on) == ("已改", date(2021, 3, 3))
    found = ledger.figures("2021-02..2021-03").by_month()
    assert [month["suggestions.answered"] for month in found.values()] == [0, 1]


SUGGESTED = suggestion(1, "2021-02-20", 内容="字号放大", 答复日期="2021-03-03", 答复="已改")


@pytest.mark.parametrize(
    ("change", "events", "answered"),
    [
        ({"答复": "已改为大字版"}, ["void", "suggestion.answered"], 1),
        ({"答复日期": None, "答复": None}, ["void"], 0),
        ({"内容": "放大"}, ["void", "void", "suggestion.received", "suggestion.answered"], 1),
        ({"日期": "2021-02-21", "答复日期": None}, ["void", "void", "suggestion.received"], 0),
    ],
)
def test_a_changed_suggestion(
    ledger: Ledger, bring: Bring, change: Mapping[str, object], events: Sequence[str], answered: int
) -> None:
    bring({"意见建议": [SUGGESTED]})
    row = {**SUGGESTED, **change}
    bring({"意见建议": [row]})
    assert wires(ledger, "community")[2:] == list(events)
    assert {recorded.entry.registered_on for recorded in ledger.history("community")[2:]} == {TODAY}
    assert (values(ledger)["suggestions.received"], values(ledger).get("suggestions.answered", 0)) == (1, answered)
    before = ledger.figures("2021", as_known=date(2021, 12, 30))
    assert (before["suggestions.received"].value, before["suggestions.answered"].value) == (1, 1)


def test_an_answer_without_its_day_is_none_yet(ledger: Ledger, bring: Bring) -> None:
    report = bring({"意见建议": [{**SUGGESTED, "答复日期": None}]})
    assert brief(report.warnings) == [("意见建议", "E2", "answer_incomplete")]
    assert values(ledger) == {"suggestions.received": 1}


# --- 创建工作

STEPS_OF_ONE: Sequence[Line] = (
    step(1, "2021-02-24", "自查问题", 内容="场所不足", 责任人="社区", 数量=1, 单位="项"),
    step(2, "2021-03-10", "整改", 关联序号=1, 内容="腾出一间"),
    step(3, "2021-03-31", "验收", 关联序号=1, 责任人="街道"),
    step(4, "2021-05-18", "申报", 依据="某通知"),
    step(5, "2021-05-25", "推荐"),
    step(6, "2021-01-19", "调研", 数量=2, 单位="个社区"),
    step(7, "2021-03-04", "观摩", 数量=4, 单位="人"),
    step(8, "2021-03-11", "辅导"),
    step(9, "2021-02-04", "会议", 数量=1),
    step(10, "2021-03-02", "计划"),
)


def test_what_was_done_on_the_way(ledger: Ledger, bring: Bring) -> None:
    assert bring({"创建工作": STEPS_OF_ONE}).warnings == ()
    assert values(ledger) == {
        "surveys.made": 2,
        "observation.people": 4,
        "tutoring.given": 1,
        "issues.found": 1,
        "issues.rectified": 1,
        "issues.verified": 1,
        "applications.submitted": 1,
        "recommendations.made": 1,
    }
    told = {getattr(recorded.event, "code", ""): recorded for recorded in ledger.history("programme")}
    assert said(told["2021/1"].event, "text", "responsible") == ("场所不足", "社区")
    assert said(told["2021/2"].event, "issue", "text") == (told["2021/1"].version, "腾出一间")
    assert said(told["2021/6"].event, "kind", "count", "unit") == ("survey", 2, "个社区")
    assert told["2021/6"].entry.source == "创建工作 2021/6"
    assert [recorded.event.occurred_on for recorded in told.values()] == sorted(
        recorded.event.occurred_on for recorded in told.values() if recorded.event.occurred_on
    )


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([STEPS_OF_ONE[0], STEPS_OF_ONE[2]], [("I3", "issue_not_rectified")]),
        ([*STEPS_OF_ONE[:2], {**STEPS_OF_ONE[1], "序号": 3}], [("I4", "issue_settled_already")]),
        ([*STEPS_OF_ONE[:2], STEPS_OF_ONE[3]], [("C4", "issues_open")]),
        ([STEPS_OF_ONE[4]], [("C2", "no_application")]),
        ([STEPS_OF_ONE[0], {**STEPS_OF_ONE[1], "日期": "2021-02-23"}], [("B3", "before_what_it_follows")]),
    ],
)
def test_what_breaks_a_rule_of_the_programme_is_a_warning_at_its_cell(
    bring: Bring, rows: Sequence[Line], found: Sequence[tuple[str, str]]
) -> None:
    report = bring({"创建工作": rows})
    assert brief(report.warnings) == [("创建工作", cell, code) for cell, code in found]
    assert report.sheets["创建工作"].recorded == len(rows)


def test_an_issue_that_was_settled_before_it_is_in_the_register_is_recorded_first(ledger: Ledger, bring: Bring) -> None:
    bring({"创建工作": [{**STEPS_OF_ONE[1], "日期": "2021-01-10"}, STEPS_OF_ONE[0]]})
    assert wires(ledger, "programme") == ["issue.found", "issue.rectified"]


def test_an_issue_found_in_december_is_settled_in_january(ledger: Ledger, bring: Bring) -> None:
    rows = [step(1, "2020-12-24", "自查问题"), step(2, "2020-12-28", "会议"), step(1, "2021-01-10", "整改", 关联序号=1)]
    bring({"创建工作": rows})
    assert values(ledger)["issues.rectified"] == 1


def test_an_issue_of_the_same_year_goes_before_one_of_that_number_earlier(ledger: Ledger, bring: Bring) -> None:
    rows = [
        step(1, "2020-12-24", "自查问题"),
        step(1, "2021-01-05", "自查问题"),
        step(2, "2021-01-10", "整改", 关联序号=1),
    ]
    bring({"创建工作": rows})
    rectified = [event.event for event in ledger.history("programme") if event.event.wire == "issue.rectified/1"]
    found = [event.entry.version for event in ledger.history("programme") if event.entry.source == "创建工作 2021/1"]
    assert [getattr(event, "issue", 0) for event in rectified] == found


@pytest.mark.parametrize("matter", ["会议", "调研"])
def test_what_is_no_issue_is_settled_by_nothing(bring: Bring, matter: str) -> None:
    rows = [step(1, "2021-01-04", matter), step(2, "2021-01-10", "整改", 关联序号=1)]
    assert problems_of(lambda: bring({"创建工作": rows})) == [("创建工作", "I3", "unknown_issue")]


def test_an_issue_of_an_earlier_workbook_need_not_be_listed_again(ledger: Ledger, bring: Bring) -> None:
    bring({"创建工作": STEPS_OF_ONE[:1]})
    bring({"创建工作": STEPS_OF_ONE[1:3]})
    assert values(ledger) == {"issues.found": 1, "issues.rectified": 1, "issues.verified": 1}


def test_what_settled_an_issue_settles_it_still_when_it_is_put_right(ledger: Ledger, bring: Bring) -> None:
    rows = STEPS_OF_ONE[:3]
    bring({"创建工作": rows})
    bring({"创建工作": [{**rows[0], "内容": "场所小"}, *rows[1:]]})
    assert wires(ledger, "programme")[3:] == [
        *["void", "void", "void", "issue.found", "issue.rectified", "issue.verified"],
    ]
    assert values(ledger) == {"issues.found": 1, "issues.rectified": 1, "issues.verified": 1}
    last = ledger.history("programme")[-1]
    assert (*said(last.event, "code", "responsible"), last.event.occurred_on) == ("2021/3", "街道", date(2021, 3, 31))
    changed = [{**rows[0], "内容": "场所小"}, {**rows[1], "责任人": "社区"}, rows[2]]
    assert bring({"创建工作": changed}).events == 2  # a void, and the rectification anew
    assert bring({"创建工作": changed}).events == 0


def test_what_is_no_issue_any_more_settles_nothing(ledger: Ledger, bring: Bring) -> None:
    rows = STEPS_OF_ONE[:2]
    bring({"创建工作": rows})
    position = ledger.position
    assert problems_of(lambda: bring({"创建工作": [{**rows[0], "事项": "会议"}, rows[1]]})) == [
        ("创建工作", "I3", "unknown_issue")
    ]
    assert ledger.position == position


def test_an_issue_that_a_program_took_back_is_gone_with_what_settled_it(ledger: Ledger, bring: Bring) -> None:
    rows = STEPS_OF_ONE[:2]
    bring({"创建工作": rows})
    with ledger.transaction(by="staff:liaison") as tx:
        tx.programme.void(1)
    assert bring({"创建工作": rows}).events == 0
    assert values(ledger) == {}
    assert problems_of(lambda: bring({"创建工作": [*rows, STEPS_OF_ONE[2]]})) == [("创建工作", "I4", "unknown_issue")]


@pytest.mark.parametrize(
    ("change", "events"),
    [
        ({"数量": 3}, ["void", "programme.worked"]),
        ({"事项": "观摩"}, ["void", "programme.worked"]),
        ({"事项": "申报"}, ["void", "application.submitted"]),
        ({"日期": "2021-01-20"}, ["void", "programme.worked"]),
    ],
)
def test_a_changed_step(ledger: Ledger, bring: Bring, change: Mapping[str, object], events: Sequence[str]) -> None:
    bring({"创建工作": [STEPS_OF_ONE[5]]})
    bring({"创建工作": [{**STEPS_OF_ONE[5], **change}]})
    assert wires(ledger, "programme")[1:] == list(events)
    assert bring({"创建工作": [{**STEPS_OF_ONE[5], **change}]}).events == 0

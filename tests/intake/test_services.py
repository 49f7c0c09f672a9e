"""活动, 出勤, 微心愿: who held what, who took part, and wishes from the day they are made to the day they come true."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import attrs
import pytest
from tests.intake.office import (
    PEOPLE,
    Book,
    activity,
    attendance,
    branch,
    brief,
    cadre,
    team,
    values,
    wires,
    wish,
    write_book,
)

from cadreledger import Ledger
from cadreledger.errors import InputError, IntakeError
from cadreledger.intake import ImportReport, read_workbook
from cadreledger.intake.importing import import_book

Bring = Callable[..., ImportReport]

TEAMS: Book = {**PEOPLE, "队伍": (team("T1"),)}
HELD = activity("H1", "2021-01-09", 组织者="B1", 场地编号="SS01", 参加人数=14, 备注="雨天")
CLAIMED = {"认领人": "志愿者岗", "认领日期": "2021-01-20"}
DONE = {"状态": "已完成", "完成日期": "2021-03-07"}


def problems_of(bring: Callable[[], ImportReport]) -> list[tuple[str, str, str]]:
    with pytest.raises(IntakeError) as caught:
        bring()
    return brief(caught.value.problems)


def by_month(ledger: Ledger, figure: str, period: str = "2021-01..2021-03") -> list[int]:
    return [found[figure] for found in ledger.figures(period).by_month().values()]


def said(event: object, *names: str) -> tuple[object, ...]:
    return tuple(getattr(event, name) for name in names)


# --- activities


@pytest.mark.parametrize(
    ("organiser", "subject", "kept"),
    [
        ("B1", "branch:B1", None),
        (" Ｂ１\u3000", "branch:B1", None),
        ("T1", "team:T1", None),
        (None, "community", None),
        ("社区 居委会", "community", "社区 居委会"),
        ("B9", "community", "B9"),
        ("branch:B1", "community", "branch:B1"),
    ],
)
def test_an_activity_is_in_the_stream_of_who_held_it(
    ledger: Ledger, bring: Bring, organiser: str | None, subject: str, kept: str | None
) -> None:
    bring({**TEAMS, "活动": [{**HELD, "组织者": organiser}]})
    recorded = ledger.history(subject)[-1]
    assert said(recorded.event, "code", "title", "organiser", "venue", "people", "items", "note") == (
        *("H1", "主题党日H1", kept),
        *("SS01", 14, 0, "雨天"),
    )
    assert (recorded.entry.source, str(recorded.entry.registered_on)) == ("活动 H1", "2021-01-09")
    assert values(ledger)["party_days.held"] == 1


def test_a_branch_goes_before_a_team_of_the_same_code(ledger: Ledger, bring: Bring) -> None:
    bring({**PEOPLE, "队伍": (team("B1"),), "活动": [HELD]})
    assert wires(ledger, "branch:B1")[-1] == "activity.held"


def test_a_branch_or_a_team_of_an_earlier_workbook_holds_activities_too(ledger: Ledger, bring: Bring) -> None:
    bring(TEAMS)
    bring({"活动": [HELD, activity("H2", "2021-01-10", 组织者="T1")]})
    assert wires(ledger, "branch:B1")[-1] == wires(ledger, "team:T1")[-1] == "activity.held"


def test_an_activity_whose_branch_is_in_error_is_no_second_error(ledger: Ledger, bring: Bring) -> None:
    rows = {**TEAMS, "支部": [branch("B1", "联合"), branch("B2", "临时")], "活动": [HELD]}
    assert problems_of(lambda: bring(rows)) == [("支部", "C2", "unknown_word")]
    assert ledger.position == 1


def test_an_activity_that_reads_otherwise_is_put_right_where_it_is(ledger: Ledger, bring: Bring) -> None:
    bring({**PEOPLE, "活动": [HELD]})
    report = bring({**PEOPLE, "活动": [{**HELD, "类别": "演出", "节目数": 5, "备注": None}]})
    assert (report.events, report.sheets["活动"].recorded, report.warnings) == (2, 1, ())
    assert wires(ledger, "B1")[-3:] == ["activity.held", "void", "activity.held"]
    assert (values(ledger)["performances.items"], "party_days.held" in values(ledger)) == (5, False)
    registered = [recorded.entry.registered_on for recorded in ledger.history("B1")[-3:]]
    assert registered == [date(2021, 1, 9), date(2021, 12, 31), date(2021, 12, 31)]


def test_an_activity_that_somebody_else_held_moves_and_who_took_part_stays(ledger: Ledger, bring: Bring) -> None:
    rows = {**TEAMS, "活动": [HELD], "出勤": [attendance("H1", "C1")]}
    bring(rows)
    for organiser, before, after in (("T1", "B1", "T1"), ("街道", "T1", "community")):
        report = bring({**rows, "活动": [{**HELD, "组织者": organiser}]})
        assert (report.events, report.warnings) == (2, ())
        assert (wires(ledger, before)[-1], wires(ledger, after)[-1]) == ("void", "activity.held")
    found = values(ledger)
    assert (found["party_days.held"], found["attendance.in_person"]) == (1, 1)


def test_what_a_team_held_after_its_end_is_a_warning(ledger: Ledger, bring: Bring) -> None:
    bring(TEAMS)
    with ledger.transaction(by="staff:liaison") as tx:
        tx.teams["T1"].disband(on=date(2021, 1, 8))
    report = bring({**TEAMS, "活动": [{**HELD, "组织者": "T1"}]})
    assert brief(report.warnings) == [("活动", "E2", "team_disbanded")]
    assert values(ledger)["party_days.held"] == 1


def test_a_part_of_a_book_that_leaves_rows_out_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    book = read_workbook(write_book(tmp_path / "book.xlsx", {**TEAMS, "活动": [{**HELD, "组织者": "T1"}]}))
    with pytest.raises(InputError, match="rows were left out"):
        import_book(ledger, attrs.evolve(book, teams=()))
    assert ledger.position == 1


def test_an_activity_that_a_program_took_back_is_held_anew_when_its_row_changes(ledger: Ledger, bring: Bring) -> None:
    bring({**PEOPLE, "活动": [HELD]})
    with ledger.transaction(by="staff:liaison") as tx:
        tx.branches["B1"].void(ledger.history("B1")[-1].version)
    assert bring({**PEOPLE, "活动": [HELD]}).events == 0
    assert "party_days.held" not in values(ledger)
    bring({**PEOPLE, "活动": [{**HELD, "参加人数": 15}]})
    assert values(ledger)["party_days.held"] == 1


def test_an_activity_that_a_program_recorded_is_not_held_twice(ledger: Ledger, bring: Bring) -> None:
    bring(PEOPLE)
    with ledger.transaction(by="staff:liaison") as tx:
        tx.branches["B1"].hold("party_day", code="H1", title="党日", on=date(2021, 1, 8))
        tx.cadres["C1"].attend(tx.branches["B1"], "H1")
    rows = {**PEOPLE, "活动": [HELD], "出勤": [attendance("H1", "C1"), attendance("H1", "C2")]}
    report = bring(rows)
    assert brief(report.warnings) == [("出勤", "B2", "attended_already")]
    assert (values(ledger)["party_days.held"], values(ledger)["attendance.in_person"]) == (1, 2)
    assert bring(rows).events == 0


# --- attendance


def test_who_took_part_takes_the_day_of_the_activity(ledger: Ledger, bring: Bring) -> None:
    rows = [attendance("H1", "C1"), attendance("H1", "C2", "网上补学", 备注="住院")]
    bring({**PEOPLE, "活动": [HELD], "出勤": rows})
    recorded = ledger.history("C2")[-1]
    assert said(recorded.event, "activity", "note", "occurred_on") == ("H1", "住院", date(2021, 1, 9))
    assert (recorded.entry.source, recorded.entry.registered_on) == ("出勤 H1", date(2021, 1, 9))
    assert by_month(ledger, "attendance.in_person") == by_month(ledger, "attendance.made_up") == [1, 0, 0]


def test_when_the_activity_was_on_another_day_so_was_who_took_part(ledger: Ledger, bring: Bring) -> None:
    rows = {**PEOPLE, "活动": [HELD], "出勤": [attendance("H1", "C1"), attendance("H1", "C2")]}
    bring(rows)
    moved = {**rows, "活动": [{**HELD, "日期": "2021-02-09"}], "出勤": [*rows["出勤"], attendance("H1", "C3")]}
    report = bring(moved)
    assert (report.sheets["出勤"].recorded, report.sheets["出勤"].known, report.warnings) == (1, 2, ())
    assert by_month(ledger, "party_days.held") == [0, 1, 0]
    assert by_month(ledger, "attendance.in_person") == [0, 3, 0]
    assert bring(moved).events == 0


def test_an_activity_of_an_earlier_workbook_need_not_be_listed_again(ledger: Ledger, bring: Bring) -> None:
    bring({**TEAMS, "活动": [{**HELD, "组织者": "T1"}]})
    bring({"出勤": [attendance("H1", "C1")]})
    assert by_month(ledger, "attendance.in_person") == [1, 0, 0]


@pytest.mark.parametrize("holder", ["community", "branch:B1", "team:T1"])
def test_an_activity_that_only_a_program_recorded_is_found(ledger: Ledger, bring: Bring, holder: str) -> None:
    bring(TEAMS)
    with ledger.transaction(by="staff:liaison") as tx:
        held = {"community": tx.community, "branch:B1": tx.branches["B1"], "team:T1": tx.teams["T1"]}
        held[holder].hold("party_day", code="H7", title="党日", on=date(2021, 3, 8))
    bring({**TEAMS, "出勤": [attendance("H7", "C1")]})
    assert by_month(ledger, "attendance.in_person") == [0, 0, 1]


def test_an_activity_that_nobody_held(ledger: Ledger, bring: Bring) -> None:
    rows = {**PEOPLE, "活动": [HELD], "出勤": [attendance("H2", "C1"), attendance("H2", "C9")]}
    assert problems_of(lambda: bring(rows)) == [
        *[("出勤", "A2", "unknown_activity"), ("出勤", "A3", "unknown_activity"), ("出勤", "B3", "unknown_person")],
    ]
    assert ledger.position == 1


def test_an_activity_that_was_taken_back_has_nobody_more(ledger: Ledger, bring: Bring) -> None:
    rows = {**PEOPLE, "活动": [HELD], "出勤": [attendance("H1", "C1")]}
    bring(rows)
    with ledger.transaction(by="staff:liaison") as tx:
        tx.branches["B1"].void(ledger.history("B1")[-1].version)
    assert bring(rows).events == 0
    more = {**rows, "出勤": [*rows["出勤"], attendance("H1", "C2")]}
    assert problems_of(lambda: bring(more)) == [("出勤", "A3", "unknown_activity")]


def test_the_same_person_at_the_same_activity_twice_is_an_error(bring: Bring) -> None:
    rows = [attendance("H1", "C1"), attendance("Ｈ１", " C1 ", "网上补学")]
    assert problems_of(lambda: bring({**PEOPLE, "活动": [HELD], "出勤": rows})) == [("出勤", "B3", "duplicate_key")]


def test_a_changed_attendance_names_both_and_nobody(bring: Bring) -> None:
    rows = {**PEOPLE, "活动": [HELD], "出勤": [attendance("H1", "C1")]}
    bring(rows)
    with pytest.raises(IntakeError) as caught:
        bring({**rows, "出勤": [attendance("H1", "C1", "网上补学")]})
    (problem,) = caught.value.problems
    assert (problem.cell, problem.code, problem.found) == ("C2", "row_changed", "出勤 row 2 (H1) with other content")
    assert problem.expected.startswith("what was recorded as 出勤 H1 at position ")


def test_the_order_of_who_took_part_tells_nothing_of_their_codes(ledger: Ledger, bring: Bring) -> None:
    codes = [f"D{number:02}" for number in range(60)]
    people = [cadre(code, f"某{code}") for code in codes]
    bring({**PEOPLE, "干部": people, "活动": [HELD], "出勤": [attendance("H1", code) for code in codes]})
    streams = {ledger.stream_of(code): number for number, code in enumerate(codes)}
    recorded = [item for item in ledger.events() if item.event.wire == "attendance.recorded/1"]
    order = [streams[item.stream] for item in recorded]
    assert sorted(order) == list(range(60))
    assert sum(number == place for place, number in enumerate(order)) < 10  # by chance: about one
    assert {item.entry.source for item in recorded} == {"出勤 H1"}


# --- wishes


def test_a_wish_is_in_the_ledger_on_each_of_its_days(ledger: Ledger, bring: Bring) -> None:
    first = wish("W1", "C1", "2021-01-05", "已完成", **CLAIMED, 完成日期="2021-03-07", 件次=2, 内容="理发")
    second = wish("W2", "C2", "2021-02-05", "已认领", 认领人="甲岗", 认领日期="2021-02-06")
    bring({**PEOPLE, "微心愿": [second, first], "活动": [activity("H1", "2021-02-10")]})
    told = [item for item in ledger.events() if item.event.wire.startswith(("wish", "activity"))]
    assert [(str(item.event.occurred_on), item.event.wire) for item in told] == [
        ("2021-01-05", "wish.made/1"),
        ("2021-01-20", "wish.claimed/1"),
        ("2021-02-05", "wish.made/1"),
        ("2021-02-06", "wish.claimed/1"),
        ("2021-02-10", "activity.held/1"),
        ("2021-03-07", "wish.fulfilled/1"),
    ]
    assert all(item.entry.registered_on == item.event.occurred_on for item in told)
    assert by_month(ledger, "wishes.made") == [1, 1, 0]
    assert by_month(ledger, "wishes.fulfilled") == [0, 0, 2]


GROWTH: Sequence[tuple[str, Mapping[str, object], Mapping[str, object], Sequence[str]]] = (
    ("claimed", {}, {"状态": "已认领", **CLAIMED}, ["wish.claimed"]),
    (
        "fulfilled",
        {"状态": "已认领", **CLAIMED},
        {"状态": "已完成", **CLAIMED, "完成日期": "2021-03-07"},
        ["wish.fulfilled"],
    ),
    ("all at once", {}, {"状态": "已完成", **CLAIMED, "完成日期": "2021-03-07"}, ["wish.claimed", "wish.fulfilled"]),
    ("cancelled", {"状态": "已认领", **CLAIMED}, {"状态": "已取消", **CLAIMED}, ["wish.cancelled"]),
    ("claimed after all", DONE, {**DONE, **CLAIMED}, ["wish.claimed"]),
    ("released", {"状态": "已认领", **CLAIMED}, {}, ["wish.claimed"]),
    ("another content", {}, {"内容": "修门锁"}, ["void", "wish.made"]),
    (
        "another content of one that was claimed",
        {"状态": "已认领", **CLAIMED},
        {"状态": "已认领", **CLAIMED, "内容": "修门锁"},
        ["void", "void", "wish.made", "wish.claimed"],
    ),
    (
        "another claimant",
        {"状态": "已认领", **CLAIMED},
        {"状态": "已认领", **CLAIMED, "认领人": "乙岗"},
        ["void", "wish.claimed"],
    ),
    ("fulfilled on another day", DONE, {**DONE, "完成日期": "2021-03-08"}, ["void", "wish.fulfilled"]),
    ("fulfilled in more pieces", DONE, {**DONE, "件次": 4}, ["void", "wish.fulfilled"]),
    ("not fulfilled after all", DONE, {}, ["void"]),
    ("cancelled and not fulfilled", DONE, {"状态": "已取消"}, ["void", "wish.cancelled"]),
    ("fulfilled and not cancelled", {"状态": "已取消"}, DONE, ["void", "wish.fulfilled"]),
    ("nobody claimed it", {**DONE, **CLAIMED}, DONE, ["void"]),
)


@pytest.mark.parametrize(("before", "after", "events"), [each[1:] for each in GROWTH], ids=[each[0] for each in GROWTH])
def test_a_wish_grows_by_what_is_new_and_what_was_wrong_is_put_right(
    ledger: Ledger, bring: Bring, before: Mapping[str, object], after: Mapping[str, object], events: Sequence[str]
) -> None:
    made = wish("W1", "C1", "2021-01-05", 内容="理发")
    bring({**PEOPLE, "微心愿": [{**made, **before}]})
    recorded = len(ledger.history("C1"))
    report = bring({**PEOPLE, "微心愿": [{**made, **after}]})
    assert wires(ledger, "C1")[recorded:] == list(events)
    assert (report.sheets["微心愿"].recorded, report.warnings) == (1, ())
    assert bring({**PEOPLE, "微心愿": [{**made, **after}]}).events == 0
    assert values(ledger).get("wishes.fulfilled", 0) == (after.get("件次", 1) if after.get("状态") == "已完成" else 0)


def test_what_is_new_is_known_from_its_own_day_and_what_was_put_right_from_today(ledger: Ledger, bring: Bring) -> None:
    made = wish("W1", "C1", "2021-01-05")
    bring({**PEOPLE, "微心愿": [made]})
    bring({**PEOPLE, "微心愿": [{**made, **DONE}]})
    bring({**PEOPLE, "微心愿": [{**made, **DONE, "件次": 4}]})
    for day, items in ((date(2021, 3, 6), 0), (date(2021, 3, 7), 1), (date(2021, 12, 30), 1), (date(2021, 12, 31), 4)):
        assert ledger.figures("2021", as_known=day)["wishes.fulfilled"].value == items


@pytest.mark.parametrize("path", [["C2"], ["C2", "C1"], ["C2", "C3"], ["C2", "C3", "C1"], ["C2", "C1", "C3", "C2"]])
def test_a_wish_follows_whose_it_is(ledger: Ledger, bring: Bring, path: Sequence[str]) -> None:
    made = wish("W1", "C1", "2021-01-05", "已完成", **CLAIMED, 完成日期="2021-03-07")
    bring({**PEOPLE, "微心愿": [made]})
    for code in path:
        report = bring({**PEOPLE, "微心愿": [{**made, "编号": code}]})
        assert (report.sheets["微心愿"].recorded, report.warnings) == (1, ())
        with ledger.transaction(by="staff:liaison") as tx:
            assert [owner for owner in ("C1", "C2", "C3") if tx.cadres[owner].view.wishes] == [code]
        assert (values(ledger)["wishes.made"], values(ledger)["wishes.fulfilled"]) == (1, 1)
        assert bring({**PEOPLE, "微心愿": [{**made, "编号": code}]}).events == 0


def test_a_claim_without_a_day_counts_from_the_day_of_the_wish(ledger: Ledger, bring: Bring) -> None:
    report = bring({**PEOPLE, "微心愿": [wish("W1", "C1", "2021-01-05", "已认领", 认领人="甲岗")]})
    assert brief(report.warnings) == [("微心愿", "F2", "claim_incomplete")]
    assert said(ledger.history("C1")[-1].event, "claimant", "occurred_on") == ("甲岗", date(2021, 1, 5))


def test_a_claim_by_nobody_is_none(ledger: Ledger, bring: Bring) -> None:
    report = bring({**PEOPLE, "微心愿": [wish("W1", "C1", "2021-01-05", "已认领", 认领日期="2021-01-06")]})
    assert brief(report.warnings) == [("微心愿", "E2", "claim_incomplete")]
    assert wires(ledger, "C1")[-1] == "wish.made"


def test_dates_out_of_order_are_told_once(ledger: Ledger, bring: Bring) -> None:
    row = wish("W1", "C1", "2021-03-05", "已完成", 认领人="甲岗", 认领日期="2021-03-04", 完成日期="2021-03-01")
    report = bring({**PEOPLE, "微心愿": [row]})
    assert brief(report.warnings) == [
        *[("微心愿", "F2", "dates_out_of_order"), ("微心愿", "G2", "dates_out_of_order")],
    ]
    assert wires(ledger, "C1")[-3:] == ["wish.made", "wish.claimed", "wish.fulfilled"]


@pytest.mark.parametrize("code", ["C1", "C1-1", "愿C1", "Ｃ１/2"])
def test_a_wish_that_is_named_for_its_person_has_another_name_in_the_ledger(
    ledger: Ledger, bring: Bring, code: str
) -> None:
    row = wish(code, "C1", "2021-01-05")
    report = bring({**PEOPLE, "微心愿": [row]})
    assert brief(report.warnings) == [("微心愿", "A2", "personal_text")]
    for change in ({"状态": "已认领", **CLAIMED}, {**DONE, "内容": "理发"}, {}):
        bring({**PEOPLE, "微心愿": [{**row, **change}]})
        assert bring({**PEOPLE, "微心愿": [{**row, **change}]}).events == 0
    recorded = [item for item in ledger.history("C1") if item.event.wire.startswith("wish")]
    assert {getattr(item.event, "code", "(sealed)").partition(" ")[0] for item in recorded} == {"(sealed)"}
    assert {item.entry.source for item in recorded} == {"微心愿"}
    assert values(ledger)["wishes.made"] == 1


def test_a_wish_that_is_named_for_its_person_keeps_its_other_name_when_it_moves(ledger: Ledger, bring: Bring) -> None:
    row = wish("C1", "C1", "2021-01-05")
    for code in ("C1", "C2", "C1", "C3"):
        bring({**PEOPLE, "微心愿": [{**row, "编号": code}]})
        assert values(ledger)["wishes.made"] == 1
    told = [item for item in ledger.history("C1") if (item.entry.source or "").startswith("微心愿")]
    assert {item.entry.source for item in told} == {"微心愿"}
    assert "C1" not in {getattr(item.event, "code", "") for item in told}


def test_numbers_that_happen_to_be_in_a_wishs_code_tell_nothing(ledger: Ledger, bring: Bring) -> None:
    people = [cadre("12", "某甲")]
    report = bring({**PEOPLE, "干部": people, "微心愿": [wish("W12-12", "12", "2021-01-05")]})
    assert report.warnings == ()
    assert said(ledger.history("12")[-1].event, "code") == ("W12-12",)

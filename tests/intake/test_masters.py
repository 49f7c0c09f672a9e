"""The living registers: what the office now says otherwise becomes a change."""

from collections.abc import Callable, Mapping

import pytest
from tests.intake.office import BRANCHES, PEOPLE, Line, branch, brief, cadre, dues, values, wires

from cadreledger import Ledger
from cadreledger.errors import IntakeError
from cadreledger.intake import ImportReport

Bring = Callable[..., ImportReport]

STOCKS = {
    "cadres.veteran": 1,
    "cadres.retired": 2,
    "cadres.smartphone": 1,
    "cadres.frail": 1,
    "members.affiliated": 2,
    "members.participating": 1,
}


def changed(code: str, **change: object) -> list[Line]:
    return [{**row, **change} if row["编号"] == code else row for row in PEOPLE["干部"]]


def test_people_and_their_branches(ledger: Ledger, bring: Bring) -> None:
    report = bring(PEOPLE)
    assert values(ledger) == STOCKS
    assert report.warnings == ()
    assert wires(ledger, "C1") == ["cadre.registered", "member.joined", "dues.assessed"]
    assert wires(ledger, "C2") == ["cadre.registered", "member.joined"]
    assert wires(ledger, "C3") == ["cadre.registered", "member.joined"]
    joined = ledger.history("C3")[-1].event
    assert (getattr(joined, "branch", ""), str(getattr(joined, "relation", ""))) == (
        "branch:B2",
        "Relation.PARTICIPATING",
    )


CHANGES: tuple[tuple[str, Mapping[str, object], Mapping[str, int], tuple[str, ...]], ...] = (
    ("C1", {"智能手机": "√", "行动不便": None}, {"cadres.smartphone": 1, "cadres.frail": -1}, ("cadre.changed",)),
    ("C2", {"智能手机": "否", "行动不便": "Y"}, {"cadres.smartphone": -1, "cadres.frail": 1}, ("cadre.changed",)),
    ("C2", {"手机": "13900000000", "姓名": "乙秀瑛"}, {}, ("cadre.changed",)),
    ("C2", {"所属支部": None}, {"members.affiliated": -1}, ("member.left",)),
    ("C2", {"所属支部": "外地支部"}, {"members.affiliated": -1}, ("member.left",)),
    ("C2", {"党员": None}, {"members.affiliated": -1}, ("member.left",)),
    ("C3", {"所属支部": "B1"}, {"members.affiliated": 1}, ("member.joined",)),
    ("C3", {"参加支部": "B1"}, {}, ("member.left", "member.joined")),
    ("C3", {"参加支部": None}, {"members.participating": -1}, ("member.left",)),
    (
        "C1",
        {"类别": "退休"},
        {"cadres.veteran": -1, "cadres.retired": 1},
        ("cadre.left", "cadre.registered"),
    ),
    ("C1", {"党费基数": 5200}, {}, ("dues.assessed",)),
    ("C1", {"党费基数": 1760.5}, {}, ("dues.assessed",)),  # owes as much, on another base
    ("C1", {"基数起始月": "2021-05"}, {}, ("dues.assessed",)),
    ("C1", {"党费基数": None, "基数起始月": None}, {}, ()),
    ("C2", {"党费基数": 3000, "基数起始月": "2021-05"}, {}, ("dues.assessed",)),
)


@pytest.mark.parametrize(("code", "change", "stocks", "events"), CHANGES)
def test_a_changed_person(
    ledger: Ledger,
    bring: Bring,
    code: str,
    change: Mapping[str, object],
    stocks: Mapping[str, int],
    events: tuple[str, ...],
) -> None:
    bring(PEOPLE)
    position, before = ledger.position, len(ledger.history(code))
    rows = {**PEOPLE, "干部": changed(code, **change)}
    report = bring(rows)
    assert (report.sheets["干部"].recorded, report.sheets["干部"].known) == ((1, 2) if events else (0, 3))
    assert tuple(wires(ledger, code)[before:]) == events
    assert ledger.position == position + len(events)
    found = ledger.figures("2021")
    assert {key: found[key].value for key in STOCKS} == {
        key: value + stocks.get(key, 0) for key, value in STOCKS.items()
    }
    assert bring(rows).events == 0
    bring(PEOPLE)  # and back
    assert {key: figure.value for key, figure in ledger.figures("2021").items() if key in STOCKS} == STOCKS


def test_the_flags_deltas_and_what_reads_otherwise_are_in_the_change(ledger: Ledger, bring: Bring) -> None:
    bring(PEOPLE)
    bring({**PEOPLE, "干部": changed("C1", 智能手机="是", 行动不便="否", 手机="13911112222")})
    change = ledger.history("C1")[-1].event
    assert [getattr(change, name) for name in ("smartphone_delta", "frail_delta", "phone")] == [1, -1, "13911112222"]


def test_dues_go_to_the_branch_of_their_day(ledger: Ledger, bring: Bring) -> None:
    rows = {**PEOPLE, "支部": [*BRANCHES, branch("B3")]}
    paid = [dues(1, "2021-01-06", "C2", "2021-01", 5)]
    bring({**rows, "党费": paid})
    moved = changed("C2", 所属支部="B3")
    bring({**rows, "干部": moved, "党费": [*paid, dues(2, "2021-02-06", "C2", "2021-02", 5)]})
    payments = [recorded.event for recorded in ledger.history("C2") if recorded.event.wire == "dues.received/1"]
    assert [getattr(payment, "branch", "") for payment in payments] == ["branch:B1", "branch:B1"]  # by its day


def test_somebody_who_lost_the_formal_relation_pays_nothing_more(bring: Bring) -> None:
    paid = [dues(1, "2021-01-06", "C2", "2021-01", 5)]
    bring({**PEOPLE, "党费": paid})
    gone = changed("C2", 所属支部=None)
    assert bring({**PEOPLE, "干部": gone, "党费": paid}).sheets["党费"].known == 1
    with pytest.raises(IntakeError) as caught:
        bring({**PEOPLE, "干部": gone, "党费": [*paid, dues(2, "2021-02-06", "C2", "2021-02", 5)]})
    assert brief(caught.value.problems) == [("党费", "D3", "no_formal_branch")]


def test_somebody_registered_by_hand_is_brought_up_to_date(ledger: Ledger, bring: Bring) -> None:
    with ledger.transaction(by="staff:liaison") as tx:
        tx.cadres.register("C1", kind="retired", name="甲建国")
        tx.branches.establish("B1", name="别名", kind="formal")
    bring(PEOPLE)
    assert values(ledger) == STOCKS


def test_somebody_who_left_is_left_alone_until_their_row_changes(ledger: Ledger, bring: Bring) -> None:
    bring(PEOPLE)
    with ledger.transaction(by="staff:liaison") as tx:
        tx.cadres["C2"].leave(cause="moved")
    assert bring(PEOPLE).events == 0
    assert values(ledger)["cadres.retired"] == 1
    report = bring({**PEOPLE, "干部": changed("C2", 住址="某路2号")})
    assert brief(report.warnings) == [("干部", "A3", "registered_again")]
    assert values(ledger)["cadres.retired"] == 2


ODD: tuple[tuple[str, Mapping[str, object], tuple[str, str]], ...] = (
    ("C2", {"党员": "否"}, ("L3", "not_a_member")),
    ("C3", {"党员": "否", "所属支部": None}, ("M4", "not_a_member")),
    ("C3", {"参加支部": "B9"}, ("M4", "unknown_branch")),
    ("C2", {"党费基数": 3000}, ("O3", "base_incomplete")),
    ("C2", {"基数起始月": "2021-01"}, ("N3", "base_incomplete")),
)


@pytest.mark.parametrize(("code", "change", "found"), ODD)
def test_what_is_odd_about_a_person_is_a_warning(
    bring: Bring, code: str, change: Mapping[str, object], found: tuple[str, str]
) -> None:
    assert brief(bring({**PEOPLE, "干部": changed(code, **change)}).warnings) == [("干部", *found)]


@pytest.mark.parametrize("elsewhere", ["外地 支部", "某市某局（二）离退休党支部" * 10, "branch:B1", "=B1", "\u3000B 1"])
def test_any_text_that_is_no_code_is_a_branch_elsewhere(ledger: Ledger, bring: Bring, elsewhere: str) -> None:
    bring({**PEOPLE, "干部": [cadre("C2", "乙秀英", 所属支部=elsewhere)]})
    assert "members.affiliated" not in values(ledger)


def test_a_branchs_code_is_found_however_it_is_typed(ledger: Ledger, bring: Bring) -> None:
    bring({**PEOPLE, "干部": [cadre("C2", "乙秀英", 所属支部=" Ｂ１\u3000", 参加支部="Ｂ２")]})
    assert (values(ledger)["members.affiliated"], values(ledger)["members.participating"]) == (1, 1)


# --- branches

ANNEX = branch("B3", 成立日期="2021-03-16", 批准文号="某字1号", 联络员="联络员岗")


@pytest.mark.parametrize(
    ("change", "events"),
    [
        ({"名称": "新名"}, ("branch.established",)),
        ({"类型": "临时"}, ("branch.established",)),
        ({"成立日期": "2021-03-17"}, ("branch.established",)),
        ({"批准文号": "某字2号"}, ("branch.approved",)),
        ({"书记": "副书记岗"}, ("post.assigned",)),
        ({"书记": None, "组织委员": "组织委员岗"}, ("post.assigned", "post.assigned")),
    ],
)
def test_a_changed_branch(ledger: Ledger, bring: Bring, change: Mapping[str, object], events: tuple[str, ...]) -> None:
    bring({"支部": [ANNEX]})
    assert wires(ledger, "B3") == ["branch.established", "branch.approved", "post.assigned", "post.assigned"]
    report = bring({"支部": [{**ANNEX, **change}]})
    assert tuple(wires(ledger, "B3")[4:]) == events
    assert (report.sheets["支部"].recorded, report.warnings) == (1, ())
    assert bring({"支部": [{**ANNEX, **change}]}).events == 0


def test_a_month_is_its_first_day(ledger: Ledger, bring: Bring) -> None:
    bring({"支部": [{**ANNEX, "成立日期": "2021.3"}]})
    first = ledger.history("B3")[0]
    assert str(first.event.occurred_on) == str(first.entry.registered_on) == "2021-03-01"

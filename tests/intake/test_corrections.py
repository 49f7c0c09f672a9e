"""Journals: rows that take others' place, second payments, the same visit told twice."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import pytest
from tests.intake.office import BRANCHES, PEOPLE, Line, brief, dues, fund, values, visit, wires

from cadreledger import Ledger
from cadreledger.errors import IntakeError
from cadreledger.intake import ImportReport

Bring = Callable[..., ImportReport]

FIRST = dues(1, "2021-01-06", "C1", "2021-01", 88, 收据号="S1")
SECOND = dues(2, "2021-01-06", "C1", "2021-01", 8.8, 登记日期="2021-02-01", 更正序号=1, 收据号="S1")
THIRD = dues(3, "2021-01-06", "C1", "2021-01", 8.9, 登记日期="2021-03-01", 更正序号=2, 收据号="S1")


def problems_of(bring: Callable[[], ImportReport]) -> list[tuple[str, str, str]]:
    with pytest.raises(IntakeError) as caught:
        bring()
    return brief(caught.value.problems)


def paid(ledger: Ledger, period: str = "2021") -> tuple[int, int]:
    """What was collected, and what was credited to the months owed."""
    found = ledger.figures(period)
    return found["dues.collected"].value, found["dues.credited"].value


# --- corrections


def test_a_correction_of_a_correction_is_right_and_all_of_it_can_be_seen(ledger: Ledger, bring: Bring) -> None:
    report = bring({**PEOPLE, "党费": [FIRST, SECOND, THIRD]})
    assert paid(ledger) == (890, 890)
    assert ledger.figures("2021-01")["dues.collected"].events == 5
    assert wires(ledger, "C1")[-5:] == ["dues.received", "void", "dues.received", "void", "dues.received"]
    reasons = [getattr(recorded.event, "reason", None) for recorded in ledger.history("C1")]
    assert [reason.value for reason in reasons if reason] == ["corrected", "corrected"]
    assert report.warnings == ()  # the month was free each time


def test_as_the_registers_stood_on_a_day(ledger: Ledger, bring: Bring) -> None:
    bring({**PEOPLE, "党费": [FIRST, SECOND, THIRD]})
    for day, fen in (((2021, 1, 5), 0), ((2021, 1, 31), 8800), ((2021, 2, 28), 880), ((2021, 3, 1), 890)):
        assert ledger.figures("2021", as_known=date(*day))["dues.collected"].value == fen


@pytest.mark.parametrize("split", [1, 2])
def test_a_row_of_an_earlier_workbook_is_corrected_in_a_later_one(ledger: Ledger, bring: Bring, split: int) -> None:
    rows = [FIRST, SECOND, THIRD]
    bring({**PEOPLE, "党费": rows[:split]})
    bring({"党费": rows[split:]})  # the people and the branches are known
    assert paid(ledger) == (890, 890)
    assert bring({**PEOPLE, "党费": rows}).events == 0


@pytest.mark.parametrize(
    "how", [{"金额": None}, {"备注": "作废"}, {"备注": "重复，作废。"}, {"金额": None, "备注": "作废"}]
)
def test_a_row_is_void_and_nothing_takes_its_place(ledger: Ledger, bring: Bring, how: Mapping[str, object]) -> None:
    void = {**SECOND, **how}
    bring({**PEOPLE, "党费": [FIRST, void]})
    assert paid(ledger) == (0, 0)
    assert wires(ledger, "C1")[-2:] == ["dues.received", "void"]
    assert bring({**PEOPLE, "党费": [FIRST, void]}).events == 0


@pytest.mark.parametrize("split", [2, 3])
def test_what_was_wrongly_taken_back_is_entered_anew_by_correcting_the_void(
    ledger: Ledger, bring: Bring, split: int
) -> None:
    rows = [FIRST, {**SECOND, "金额": None}, THIRD]
    bring({**PEOPLE, "党费": rows[:split]})
    bring({**PEOPLE, "党费": rows})
    assert paid(ledger) == (890, 890)
    assert wires(ledger, "C1")[-3:] == ["dues.received", "void", "dues.received"]


def test_a_void_that_is_not_in_the_workbook_is_not_corrected(ledger: Ledger, bring: Bring) -> None:
    # another workbook may have corrected it already
    bring({**PEOPLE, "党费": [FIRST, {**SECOND, "金额": None}]})
    assert problems_of(lambda: bring({**PEOPLE, "党费": [THIRD]})) == [("党费", "J2", "correction_of_void")]
    assert paid(ledger) == (0, 0)


def test_a_void_is_not_itself_voided(ledger: Ledger, bring: Bring) -> None:
    rows = [FIRST, {**SECOND, "金额": None}, {**THIRD, "金额": None}]
    assert problems_of(lambda: bring({**PEOPLE, "党费": rows})) == [("党费", "J4", "correction_of_void")]
    assert ledger.position == 1


@pytest.mark.parametrize("split", [1, 2])
def test_a_payment_moves_to_the_person_who_made_it(ledger: Ledger, bring: Bring, split: int) -> None:
    rows = [FIRST, {**SECOND, "编号": "C2"}]
    bring({**PEOPLE, "党费": rows[:split]})
    bring({**PEOPLE, "党费": rows})
    assert paid(ledger) == (880, 880)
    assert wires(ledger, "C1")[-2:] == ["dues.received", "void"]
    assert wires(ledger, "C2")[-1:] == ["dues.received"]
    assert bring({**PEOPLE, "党费": rows}).events == 0


def test_a_correction_that_was_registered_before_its_target_comes_after_it(ledger: Ledger, bring: Bring) -> None:
    first = {**FIRST, "登记日期": "2021-04-01"}
    between = dues(4, "2021-03-02", "C2", "2021-03", 5)
    assert bring({**PEOPLE, "党费": [THIRD, SECOND, between, first]}).warnings == ()
    assert paid(ledger) == (1390, 1390)
    assert wires(ledger, "C1")[-5:] == ["dues.received", "void", "dues.received", "void", "dues.received"]


def test_a_correction_to_another_month_frees_the_first(ledger: Ledger, bring: Bring) -> None:
    rows = [
        dues(1, "2021-03-06", "C1", "2021-03", 5),
        dues(2, "2021-03-06", "C1", "2021-02", 5, 登记日期="2021-03-07", 更正序号=1),
        dues(3, "2021-03-08", "C1", "2021-03", 6),
    ]
    assert bring({**PEOPLE, "党费": rows}).warnings == ()
    by_month = ledger.figures("2021-02..2021-03").by_month()
    assert [found["dues.credited"] for found in by_month.values()] == [500, 600]
    assert [found["dues.collected"] for found in by_month.values()] == [0, 1100]


CHAINS: Sequence[tuple[Sequence[Line], Sequence[tuple[str, str, str]]]] = (
    ([{**FIRST, "更正序号": 1}], [("党费", "J2", "correction_loop")]),
    (
        [{**FIRST, "更正序号": 3}, SECOND, THIRD],
        [("党费", f"J{row}", "correction_loop") for row in (2, 3, 4)],
    ),
    (
        [{**FIRST, "更正序号": 2}, SECOND, dues(4, "2021-01-06", "C1", "2021-01", 1, 更正序号=2)],
        [("党费", "J2", "correction_loop"), ("党费", "J3", "correction_loop"), ("党费", "J4", "corrected_twice")],
    ),
    ([{**FIRST, "更正序号": 77}], [("党费", "J2", "correction_unknown")]),
    ([FIRST, {**SECOND, "收款日期": "2020-12-31"}], [("党费", "J3", "correction_unknown")]),  # numbers of another year
    ([FIRST, SECOND, {**THIRD, "更正序号": 1}], [("党费", "J4", "corrected_twice")]),
    ([FIRST, {**SECOND, "更正序号": None, "备注": "作废"}], [("党费", "J3", "void_without_correction")]),
)


@pytest.mark.parametrize(("rows", "found"), CHAINS)
def test_corrections_that_lead_nowhere(
    ledger: Ledger, bring: Bring, rows: Sequence[Line], found: Sequence[tuple[str, str, str]]
) -> None:
    assert problems_of(lambda: bring({**PEOPLE, "党费": rows})) == found
    assert ledger.position == 1


def test_a_row_that_leads_into_a_loop_adds_no_error_of_its_own(ledger: Ledger, bring: Bring) -> None:
    rows = [visit(1, "2021-01-07", "C1", 更正序号=2), visit(2, "2021-01-07", "C1", 更正序号=1)]
    others = [visit(3, "2021-01-07", "C1", 更正序号=4), visit(4, "2021-01-07", "C1", 更正序号=2)]
    found = problems_of(lambda: bring({**PEOPLE, "走访": [*rows, *others]}))
    assert found == [
        ("走访", "J2", "correction_loop"),
        ("走访", "J3", "correction_loop"),
        ("走访", "J5", "corrected_twice"),
    ]
    assert ledger.position == 1


def test_a_row_that_was_taken_back_is_not_corrected_again_later(bring: Bring) -> None:
    bring({**PEOPLE, "党费": [FIRST, SECOND]})
    found = problems_of(lambda: bring({"党费": [{**THIRD, "更正序号": 1}]}))
    assert found == [("党费", "J2", "correction_not_standing")]


def test_a_row_that_was_taken_back_by_hand_cannot_be_corrected(ledger: Ledger, bring: Bring) -> None:
    bring({**PEOPLE, "党费": [FIRST]})
    with ledger.transaction(by="staff:liaison") as tx:
        tx.cadres["C1"].void(ledger.history("C1")[-1].version)
    found = problems_of(lambda: bring({**PEOPLE, "党费": [FIRST, SECOND]}))
    assert found == [("党费", "J3", "correction_not_standing")]


# --- dues


def test_dues_of_somebody_who_is_not_in_the_register(bring: Bring) -> None:
    found = problems_of(
        lambda: bring({**PEOPLE, "党费": [{**FIRST, "编号": "C9"}], "走访": [visit(1, "2021-01-07", "C9")]})
    )
    assert found == [("党费", "D2", "unknown_person"), ("走访", "E2", "unknown_person")]


def test_somebody_of_an_earlier_workbook_need_not_be_listed_again(ledger: Ledger, bring: Bring) -> None:
    bring(PEOPLE)
    bring({"党费": [FIRST], "走访": [visit(1, "2021-01-07", "C3")]})
    assert paid(ledger) == (8800, 8800)
    assert values(ledger)["visits.made"] == 1


def test_dues_without_a_formal_branch_here(ledger: Ledger, bring: Bring) -> None:
    assert problems_of(lambda: bring({**PEOPLE, "党费": [{**FIRST, "编号": "C3"}]})) == [
        ("党费", "D2", "no_formal_branch")
    ]
    assert ledger.position == 1


def test_somebody_affiliated_with_a_temporary_branch_is_a_warning(ledger: Ledger, bring: Bring) -> None:
    """It is against the rules, but nothing that the workbook's format calls an error."""
    _, second, third = PEOPLE["干部"]
    report = bring({**PEOPLE, "干部": [second, {**third, "所属支部": "B2"}], "党费": [{**FIRST, "编号": "C3"}]})
    assert brief(report.warnings) == [("干部", "L3", "temporary_branch")]
    assert paid(ledger) == (8800, 8800)


def test_a_second_payment_for_a_month_is_held(ledger: Ledger, bring: Bring) -> None:
    again = dues(2, "2021-02-06", "C1", "2021-01", 7)
    report = bring({**PEOPLE, "党费": [FIRST, again]})
    assert brief(report.warnings) == [("党费", "E3", "payment_held")]
    assert paid(ledger) == (9500, 8800)
    allocate_held(ledger)
    assert paid(ledger) == (9500, 9500)
    assert bring({**PEOPLE, "党费": [FIRST, again]}).events == 0


def allocate_held(ledger: Ledger) -> None:
    with ledger.transaction(by="staff:liaison") as tx:
        member = tx.cadres["C1"]
        held, payment = next(item for item in member.state.payments.items() if item[1].held)
        member.allocate(held, payment.for_month.plus(1), payment.amount, on=date(2021, 2, 7))


def test_a_held_payment_that_was_allocated_is_taken_back_with_its_allocation(ledger: Ledger, bring: Bring) -> None:
    again = dues(2, "2021-02-06", "C1", "2021-01", 7)
    bring({**PEOPLE, "党费": [FIRST, again]})
    allocate_held(ledger)
    bring({**PEOPLE, "党费": [FIRST, again, dues(3, "2021-02-06", "C1", "2021-01", None, 更正序号=2)]})
    assert paid(ledger) == (8800, 8800)


def test_dues_long_after_their_month_are_a_warning(ledger: Ledger, bring: Bring) -> None:
    report = bring({**PEOPLE, "党费": [{**FIRST, "所属月份": "2020-01"}]})
    assert brief(report.warnings) == [("党费", "E2", "paid_late")]
    assert paid(ledger) == (8800, 0)
    assert paid(ledger, "2020") == (0, 8800)


def test_nothing_may_be_paid_and_counts_as_nothing(ledger: Ledger, bring: Bring) -> None:
    bring({**PEOPLE, "党费": [{**FIRST, "金额": 0}]})
    assert paid(ledger) == (0, 0)
    assert wires(ledger, "C1")[-1] == "dues.received"


# --- the fund


def test_what_breaks_a_rule_of_the_fund_is_a_warning(ledger: Ledger, bring: Bring) -> None:
    rows = [
        fund(1, "2021-01-05", "返还", 10),
        fund(2, "2021-01-06", "支出", 10.01),
        fund(3, "2021-01-07", "支出", 0, 依据=None),
        fund(4, "2021-01-08", "支出", 1, 用途="宴请"),
        fund(5, "2021-01-09", "上缴", 1, 支部编号="B2"),
    ]
    report = bring({**PEOPLE, "党费收支": rows})
    assert brief(report.warnings) == [
        ("党费收支", "E3", "fund_overdrawn"),
        ("党费收支", "E4", "fund_overdrawn"),
        ("党费收支", "G4", "no_decision"),
        ("党费收支", "E5", "fund_overdrawn"),
        ("党费收支", "F5", "unknown_word"),
        ("党费收支", "F5", "use_not_permitted"),
        ("党费收支", "C6", "temporary_branch"),
    ]
    found = values(ledger)
    assert (found["dues.returned"], found["fund.spent"], found["dues.remitted"]) == (1000, 1101, 100)
    spent = ledger.history("B1")[-1].event
    assert (str(getattr(spent, "use", "")), getattr(spent, "note", "")) == ("FundUse.OTHER", "用途：宴请")


@pytest.mark.parametrize(
    ("kind", "note", "base_period", "kept"),
    [
        ("返还", "2021-01..2021-03", "2021-01..2021-03", None),
        ("返还", "2021Ｑ1", "2021-01..2021-03", None),
        ("返还", "上一年度", "上一年度", None),
        ("返还", None, None, None),
        ("上缴", "2021-01..2021-03", "2021-01..2021-03", None),
        ("上缴", "由老伴送交", None, "由老伴送交"),
        ("支出", "2021-01..2021-03", None, "2021-01..2021-03"),
    ],
)
def test_a_note_is_a_base_period_or_locked_away(
    ledger: Ledger, bring: Bring, kind: str, note: str | None, base_period: str | None, kept: str | None
) -> None:
    bring({**PEOPLE, "党费收支": [fund(1, "2021-01-05", kind, 10, 备注=note)]})
    event = ledger.history("B1")[-1].event
    assert (getattr(event, "base_period", None), getattr(event, "note", None)) == (base_period, kept)


@pytest.mark.parametrize(
    ("code", "problem"), [("B9", "unknown_branch"), ("外地 支部", "code_unreadable"), ("branch:B1", "unknown_branch")]
)
def test_money_of_a_branch_that_nobody_knows(bring: Bring, code: str, problem: str) -> None:
    found = problems_of(lambda: bring({**PEOPLE, "党费收支": [fund(1, "2021-01-05", "上缴", 1, 支部编号=code)]}))
    assert found == [("党费收支", "C2", problem)]


def test_a_branch_of_an_earlier_workbook_need_not_be_listed_again(ledger: Ledger, bring: Bring) -> None:
    bring({"支部": BRANCHES})
    bring({"党费收支": [fund(1, "2021-01-05", "上缴", 1)]})
    assert values(ledger)["dues.remitted"] == 100


# --- visits

TOLD = visit(1, "2021-01-07", "C1", 内容="读报")
AGAIN = visit(2, "2021-01-07", "C1", 小组="二组")


def test_a_visit_told_by_two_groups_counts_once(ledger: Ledger, bring: Bring) -> None:
    report = bring({**PEOPLE, "走访": [TOLD, AGAIN]})
    assert brief(report.warnings) == [("走访", "A3", "possible_duplicate")]
    assert values(ledger)["visits.made"] == 1
    assert bring({**PEOPLE, "走访": [TOLD, AGAIN]}).warnings == ()


def test_the_earlier_row_counts_by_its_registration(ledger: Ledger, bring: Bring) -> None:
    report = bring({**PEOPLE, "走访": [{**TOLD, "登记日期": "2021-01-09"}, AGAIN]})
    assert brief(report.warnings) == [("走访", "A2", "possible_duplicate")]
    assert values(ledger)["visits.made"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"编号": "C2"},
        {"日期": "2021-01-08"},
        {"事由": "看望"},
        {"方式": "网上"},
        {"备注": "非重复"},
        {"备注": " 非重复\u3000"},
    ],
)
def test_a_visit_of_its_own_counts(ledger: Ledger, bring: Bring, change: Mapping[str, object]) -> None:
    assert bring({**PEOPLE, "走访": [TOLD, {**AGAIN, **change}]}).warnings == ()
    assert values(ledger)["visits.made"] + values(ledger).get("visits.online", 0) == 2


def test_a_note_that_says_more_than_that_does_not(ledger: Ledger, bring: Bring) -> None:
    bring({**PEOPLE, "走访": [TOLD, {**AGAIN, "备注": "应为非重复"}]})
    assert values(ledger)["visits.made"] == 1


@pytest.mark.parametrize("split", [2, 3])
def test_where_the_first_is_voided_the_other_counts(ledger: Ledger, bring: Bring, split: int) -> None:
    rows = [TOLD, AGAIN, visit(3, "2021-01-07", "C1", 更正序号=1, 备注="作废", 登记日期="2021-02-01")]
    bring({**PEOPLE, "走访": rows[:split]})
    bring({**PEOPLE, "走访": rows})
    assert values(ledger)["visits.made"] == 1
    assert wires(ledger, "C1")[-2:] == ["void", "visit.confirmed"]
    assert bring({**PEOPLE, "走访": rows}).events == 0


def test_where_the_repetition_is_voided_the_first_counts_still(ledger: Ledger, bring: Bring) -> None:
    rows = [TOLD, AGAIN, visit(3, "2021-01-07", "C1", 更正序号=2, 备注="作废", 登记日期="2021-02-01")]
    bring({**PEOPLE, "走访": rows})
    assert values(ledger)["visits.made"] == 1
    assert wires(ledger, "C1")[-1] == "void"


def test_where_both_are_voided_nothing_counts(ledger: Ledger, bring: Bring) -> None:
    voids = [visit(n + 2, "2021-01-07", "C1", 更正序号=n, 备注="作废", 登记日期="2021-02-01") for n in (1, 2)]
    bring({**PEOPLE, "走访": [TOLD, AGAIN, *voids]})
    assert "visits.made" not in values(ledger)


def test_a_visit_moved_to_another_day_and_another_person(ledger: Ledger, bring: Bring) -> None:
    moved = visit(3, "2021-02-07", "C2", 更正序号=1, 登记日期="2021-02-08")
    bring({**PEOPLE, "走访": [TOLD, AGAIN, moved]})
    by_month = ledger.figures("2021-01..2021-02").by_month()
    assert [found["visits.made"] for found in by_month.values()] == [1, 1]
    assert wires(ledger, "C2")[-1] == "visit.made"


def test_what_comes_after_a_payment_that_moved_away_is_known_from_its_own_day_on(ledger: Ledger, bring: Bring) -> None:
    later = dues(3, "2021-01-07", "C1", "2021-01", 5, 登记日期="2021-06-01")
    bring({**PEOPLE, "党费": [FIRST, {**SECOND, "编号": "C2"}, later]})
    for day, fen in (
        (date(2021, 1, 31), 8800),
        (date(2021, 2, 1), 880),
        (date(2021, 5, 31), 880),
        (date(2021, 6, 1), 1380),
    ):
        assert ledger.figures("2021", as_known=day)["dues.collected"].value == fen

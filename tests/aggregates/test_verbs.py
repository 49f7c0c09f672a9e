"""What single verbs make of odd cases: corrections, duplicates, leaving, and values of the wrong type."""

from collections.abc import Callable
from datetime import date

import pytest

from cadreledger.aggregates import Batch, Branch, BranchFold, Cadre, CadreFold
from cadreledger.errors import InputError, RuleError
from cadreledger.events.branch import FundSpent
from cadreledger.events.cadre import VisitMade
from cadreledger.events.dues import DuesAllocated, DuesReceived, DuesRefunded
from cadreledger.values import Month, Period, StreamId, fen, yuan

TODAY = date(2021, 12, 31)
DAY, OTHER_DAY = date(2021, 7, 5), date(2021, 7, 6)
JULY = Month(2021, 7)


@pytest.fixture(params=[False, True], ids=["strict", "lenient"])
def batch(request: pytest.FixtureRequest) -> Batch:
    return Batch(TODAY, lenient=request.param)


@pytest.fixture
def strict() -> Batch:
    return Batch(TODAY)


def branch_of(batch: Batch, code: str = "B1", kind: str = "formal") -> Branch:
    made = Branch(StreamId(f"branch:{code}"), BranchFold(), batch)
    made.establish(kind=kind, code=code, name="一支部", on=date(2012, 6, 28))
    return made


def cadre_of(batch: Batch) -> Cadre:
    made = Cadre(StreamId("cadre:" + "0" * 32), CadreFold(), batch)
    made.register(kind="retired", code="C1", name="某")
    made.join(branch_of(batch))
    return made


def counted(cadre: Cadre) -> int:
    return sum(cadre.state.counts(visit) for visit in cadre.state.visits)


# --- visits ----------------------------------------------------------------------------------------------------------


def test_the_remark_on_one_of_two_alike_is_corrected_and_still_one_counts(batch: Batch) -> None:
    cadre = cadre_of(batch)
    first, second = (cadre.visit(reason="call", on=DAY, group=group) for group in ("G1", "G2"))
    corrected = cadre.correct(first, group="G3")
    assert cadre.state.counts(corrected)
    assert not cadre.state.counts(second)
    again = cadre.correct(second, group="G4")
    assert not cadre.state.counts(again)
    assert counted(cadre) == 1


def test_the_counted_one_of_two_moves_to_another_day_and_both_count(batch: Batch) -> None:
    cadre = cadre_of(batch)
    first, second = (cadre.visit(reason="call", on=DAY) for _ in range(2))
    moved = cadre.correct(first, occurred_on=OTHER_DAY)
    assert cadre.state.counts(moved)
    assert cadre.state.counts(second)


def test_the_duplicate_moves_to_another_day_and_both_count(batch: Batch) -> None:
    cadre = cadre_of(batch)
    cadre.visit(reason="call", on=DAY)
    moved = cadre.correct(cadre.visit(reason="call", on=DAY), occurred_on=OTHER_DAY)
    assert cadre.state.counts(moved)
    assert counted(cadre) == 2


def test_a_visit_moved_onto_another_one_waits_for_a_decision(batch: Batch) -> None:
    cadre = cadre_of(batch)
    cadre.visit(reason="call", on=DAY)
    moved = cadre.correct(cadre.visit(reason="call", on=OTHER_DAY), occurred_on=DAY)
    assert not cadre.state.counts(moved)
    assert counted(cadre) == 1


def test_a_confirmed_visit_stays_confirmed_when_corrected(batch: Batch) -> None:
    cadre = cadre_of(batch)
    cadre.visit(reason="call", on=DAY)
    second = cadre.visit(reason="call", on=DAY)
    cadre.confirm_visit(second)
    corrected = cadre.correct(second, group="G2")
    assert cadre.state.counts(corrected)
    assert counted(cadre) == 2


def test_the_caller_may_say_that_a_corrected_visit_is_distinct(batch: Batch) -> None:
    cadre = cadre_of(batch)
    cadre.visit(reason="call", on=DAY)
    moved = cadre.correct(cadre.visit(reason="call", on=OTHER_DAY), occurred_on=DAY, repeated=False)
    assert cadre.state.counts(moved)


def test_a_visit_counts_once_however_often_it_is_confirmed(batch: Batch) -> None:
    cadre = cadre_of(batch)
    visit = cadre.visit(reason="call", on=DAY)
    with pytest.raises(RuleError) as refused:
        cadre.confirm_visit(visit)
    assert refused.value.rule == "visit_counts_already"


def test_a_wrong_visit_to_somebody_who_has_died_since_can_be_taken_back(strict: Batch) -> None:
    cadre = cadre_of(strict)
    first, second = (cadre.visit(reason="call", on=OTHER_DAY) for _ in range(2))
    cadre.leave(cause="death", on=DAY)
    cadre.void(first)
    assert cadre.state.counts(second)


# --- dues ------------------------------------------------------------------------------------------------------------


def test_a_corrected_payment_keeps_its_allocations_and_refunds(batch: Batch) -> None:
    cadre = cadre_of(batch)
    cadre.assess_dues(yuan(1400), valid_from=Month(2021, 1), on=DAY)
    payment = cadre.pay_dues(yuan(14), for_month=Period.parse("2021-07..2021-08"), on=DAY, receipt="0042")
    corrected = cadre.correct(payment, receipt="0043")
    assert dict(cadre.state.credited) == {JULY: yuan(7), Month(2021, 8): yuan(7)}
    assert {event.payment for event in cadre.state.standing.values() if isinstance(event, DuesAllocated)} == {corrected}
    single = cadre.pay_dues(yuan(7), for_month=Month(2021, 9), on=DAY)
    cadre.refund(single, yuan(2), decision="R1", on=DAY, note="n")
    single = cadre.correct(single, for_month=Month(2021, 10))
    (refund,) = (event for event in cadre.state.standing.values() if isinstance(event, DuesRefunded))
    assert (refund.payment, refund.for_month, refund.note) == (single, Month(2021, 10), "n")
    assert Month(2021, 9) not in cadre.state.credited
    assert cadre.state.credited[Month(2021, 10)] == yuan(5)


def test_a_correction_that_what_rests_on_it_forbids_changes_nothing(strict: Batch) -> None:
    cadre = cadre_of(strict)
    payment = cadre.pay_dues(yuan(21), for_month=JULY, on=DAY)
    cadre.refund(payment, yuan(15), decision="R1", on=DAY)
    before, pending = cadre.state, list(strict.pending)
    with pytest.raises(RuleError) as refused:
        cadre.correct(payment, amount=yuan(10))
    assert refused.value.rule == "more_than_is_left"
    assert (cadre.state, strict.pending) == (before, pending)


def test_a_period_that_nothing_is_owed_for_cannot_be_paid(batch: Batch) -> None:
    cadre = cadre_of(batch)
    with pytest.raises(RuleError) as refused:
        cadre.pay_dues(fen(0), for_month=Period.parse("2021-07..2021-08"), on=DAY)
    assert refused.value.rule == "not_what_is_owed"
    assert not cadre.state.payments


def test_a_payment_for_several_months_is_recorded_whole_or_not_at_all(strict: Batch) -> None:
    cadre = cadre_of(strict)
    cadre.assess_dues(yuan(1400), valid_from=Month(2021, 1), on=DAY)
    cadre.pay_dues(yuan(7), for_month=Month(2021, 8), on=DAY)
    before, pending = cadre.state, list(strict.pending)
    with pytest.raises(RuleError) as refused:
        cadre.pay_dues(yuan(21), for_month=Period.parse("2021-07..2021-09"), on=DAY)
    assert (refused.value.rule, refused.value.expected) == ("not_what_is_owed", "14.00")
    assert refused.value.found == "21.00, and nothing is lacking in 2021-08"
    assert (cadre.state, strict.pending) == (before, pending)


def test_what_was_refunded_whole_can_be_paid_again(batch: Batch) -> None:
    cadre = cadre_of(batch)
    payment = cadre.pay_dues(yuan(7), for_month=JULY, on=DAY)
    cadre.refund(payment, yuan(7), decision="R1", on=DAY)
    cadre.pay_dues(yuan(8), for_month=JULY, on=DAY)
    assert dict(cadre.state.credited) == {JULY: yuan(8)}
    assert not batch.warnings


@pytest.mark.parametrize("amount", ["1000", "1000.01", "99999"])
def test_a_voluntary_payment_is_no_dues(batch: Batch, amount: str) -> None:
    cadre = cadre_of(batch)
    version = cadre.volunteer(yuan(amount), on=DAY, forwarded_by="组织部", note="n")
    assert version in cadre.state.standing
    assert not cadre.state.payments
    assert not cadre.state.credited


@pytest.mark.parametrize("amount", ["0", "1", "999.99"])
def test_a_small_voluntary_payment_is_refused_with_the_article(strict: Batch, amount: str) -> None:
    with pytest.raises(RuleError) as refused:
        cadre_of(strict).volunteer(yuan(amount), on=DAY)
    assert (refused.value.rule, refused.value.expected) == ("voluntary_too_small", "at least 1000.00")
    assert "art. 11" in refused.value.citation


def test_an_import_notes_a_small_voluntary_payment() -> None:
    batch = Batch(TODAY, lenient=True)
    cadre_of(batch).volunteer(yuan(1), on=DAY)
    assert [violation.rule for violation, _ in batch.warnings] == ["voluntary_too_small"]


# --- leaving, and what was counted -----------------------------------------------------------------------------------


@pytest.mark.parametrize("on", [DAY, date(2021, 1, 1), OTHER_DAY, None])
def test_nobody_leaves_twice(strict: Batch, on: date | None) -> None:
    cadre = cadre_of(strict)
    cadre.leave(cause="death", on=DAY)
    with pytest.raises(RuleError) as refused:
        cadre.leave(cause="moved", on=on)
    assert refused.value.rule == "left_the_register"


def test_somebody_who_left_is_counted_as_nothing_more(strict: Batch) -> None:
    cadre = cadre_of(strict)
    cadre.leave(cause="moved", on=DAY)
    with pytest.raises(RuleError):
        cadre.change(smartphone=True, on=date(2021, 1, 1))
    cadre.change(phone="1", on=date(2021, 1, 1))  # a late entry about an earlier day, which no stock counts


def test_entries_that_changed_what_somebody_is_counted_as_are_taken_back_latest_first(batch: Batch) -> None:
    cadre, branch = cadre_of(batch), branch_of(batch, "B2")
    joined = cadre.join(branch, relation="participating")
    ended = cadre.leave_branch(branch, relation="participating")
    with pytest.raises(RuleError) as refused:
        cadre.void(joined)
    assert refused.value.rule == "changed_since"
    assert f"version {ended}" in refused.value.hint
    cadre.void(ended)
    cadre.void(joined)
    assert not cadre.state.participating


def test_flags_are_taken_back_latest_first(batch: Batch) -> None:
    cadre = cadre_of(batch)
    learned = cadre.change(smartphone=True)
    fell = cadre.change(frail=True)
    forgot = cadre.change(smartphone=False)
    with pytest.raises(RuleError):
        cadre.void(learned)
    cadre.void(fell)
    cadre.void(forgot)
    cadre.void(learned)
    assert (cadre.state.smartphone, cadre.state.frail) == (False, False)


# --- several things at once ------------------------------------------------------------------------------------------


def test_handles_of_two_people_keep_their_own_decisions_when_one_is_undone(strict: Batch) -> None:
    cadre, branch = cadre_of(strict), branch_of(strict, "B2")
    pending = len(strict.pending)
    with pytest.raises(RuleError), cadre.at_once():  # noqa: PT012 - the block is what is undone
        cadre.visit(reason="call", on=DAY)
        branch.return_dues(yuan(1), on=DAY)
        cadre.confirm_visit(99)
    assert [entry.stream for entry in strict.pending[pending:]] == [branch.stream]
    assert branch.state.balance == yuan(1)
    assert not cadre.state.visits
    assert cadre.version == len([entry for entry in strict.pending if entry.stream == cadre.stream])


def test_a_handle_of_a_transaction_that_is_over_decides_nothing(strict: Batch) -> None:
    cadre = cadre_of(strict)
    before = cadre.state
    strict.close()
    with pytest.raises(InputError, match="over"):
        cadre.visit(reason="call", on=DAY)
    assert cadre.state == before


def test_a_branch_of_another_transaction_is_not_taken(strict: Batch) -> None:
    cadre, foreign = cadre_of(strict), branch_of(Batch(TODAY))
    decides: list[Callable[[], object]] = [
        lambda: cadre.join(foreign, relation="participating"),
        lambda: cadre.leave_branch(foreign),
        lambda: cadre.pay_dues(yuan(1), for_month=JULY, on=DAY, branch=foreign),
    ]
    for decide in decides:
        with pytest.raises(InputError, match=r"tx\.branches"):
            decide()


def test_nothing_can_be_decided_about_somebody_unknown(strict: Batch) -> None:
    stranger = Cadre(StreamId("cadre:" + "1" * 32), CadreFold(), strict)
    decides: list[Callable[[], object]] = [
        lambda: stranger.change(smartphone=True),
        lambda: stranger.leave(cause="death"),
        lambda: stranger.join(branch_of(strict)),
        lambda: stranger.assess_dues(yuan(1), valid_from=JULY, on=DAY),
        lambda: stranger.visit(reason="call", on=DAY),
        lambda: stranger.volunteer(yuan(1000), on=DAY),
    ]
    for decide in decides:
        with pytest.raises(RuleError):
            decide()
    assert stranger.version == 0


@pytest.mark.parametrize("version", [0, -1, 99, 2**60, 2**80, True, 1.0, "1", None, [1]])
def test_there_is_nothing_to_take_back_under_a_number_that_is_none(batch: Batch, version: int) -> None:
    cadre, branch = cadre_of(batch), branch_of(batch, "B2")
    pending = list(batch.pending)
    for decide in (cadre.void, cadre.correct, cadre.confirm_visit, branch.void, branch.correct):
        with pytest.raises((RuleError, InputError)):
            decide(version)
    assert batch.pending == pending


@pytest.mark.parametrize("on", ["", 0, False, [], "2021-07-05"])
def test_what_is_no_date_is_not_taken_for_none_given(batch: Batch, on: date) -> None:
    cadre = cadre_of(batch)
    before = cadre.state
    decides: list[Callable[[], object]] = [
        lambda: cadre.change(phone="1", on=on),
        lambda: cadre.leave(cause="moved", on=on),
        lambda: cadre.leave_branch(branch_of(batch), on=on),
        lambda: cadre.visit(reason="call", on=on),
        lambda: cadre.assess_dues(yuan(1), valid_from=JULY, on=on),
    ]
    for decide in decides:
        with pytest.raises(InputError, match=r"date|type"):
            decide()
    assert cadre.state == before


def test_a_correction_names_fields_that_there_are(batch: Batch) -> None:
    cadre = cadre_of(batch)
    visit = cadre.visit(reason="call", on=DAY)
    pending = list(batch.pending)
    for changes in (
        {"colour": "red"},
        {"occurred_on": "2021"},
        {"occurred_on": None},
        {"occurred_on": date(2022, 1, 1)},
    ):
        with pytest.raises(InputError):
            cadre.correct(visit, **changes)
    assert batch.pending == pending


def test_what_is_no_word_of_ours_is_not_repeated(strict: Batch) -> None:
    cadre = cadre_of(strict)
    with pytest.raises(InputError) as refused:
        cadre.visit(reason="赵某017", on=DAY)
    assert "赵某017" not in str(refused.value)
    assert "study, comfort, call" in str(refused.value)
    with pytest.raises(InputError, match="found vsit"):
        cadre.visit(reason="vsit", on=DAY)


# --- the branch's fund -----------------------------------------------------------------------------------------------


def test_a_fund_is_what_came_less_what_went(batch: Batch) -> None:
    branch = branch_of(batch)
    returned = branch.return_dues(share="0.70", base=yuan(1275), on=DAY, base_period="2021H1")
    assert branch.state.balance == yuan("892.50")
    interest = branch.credit(yuan("0.50"), on=DAY)
    branch.spend(yuan(300), use="training", decision="R1", on=DAY)
    branch.remit_dues(yuan(1275), on=DAY)
    assert branch.state.balance == yuan(593)
    branch.void(interest)
    branch.correct(returned, base_period="2021-01..2021-06")
    assert branch.state.balance == yuan("592.50")


def test_no_amount_is_so_large_that_a_sum_cannot_hold_it(batch: Batch) -> None:
    cadre, branch = cadre_of(batch), branch_of(batch, "B2")
    branch.credit(yuan(10**9), on=DAY)
    pending = list(batch.pending)
    too_much = yuan(10**9) + fen(1)
    decides: list[Callable[[], object]] = [
        lambda: branch.credit(too_much, on=DAY),
        lambda: branch.remit_dues(too_much, on=DAY),
        lambda: cadre.pay_dues(too_much, for_month=JULY, on=DAY),
        lambda: cadre.volunteer(fen(2**53 - 1), on=DAY),
    ]
    for decide in decides:
        with pytest.raises(InputError, match="too large"):
            decide()
    assert batch.pending == pending


def test_a_return_is_its_share_of_its_base(batch: Batch) -> None:
    branch = branch_of(batch)
    with pytest.raises(InputError, match=r"892\.50"):
        branch.return_dues(yuan(900), share="0.70", base=yuan(1275), on=DAY)
    for arguments in ({}, {"share": "0.70"}, {"base": yuan(1)}):
        with pytest.raises(InputError, match="needs its amount"):
            branch.return_dues(on=DAY, **arguments)
    assert branch.state.balance == fen(0)


def test_posts_are_held_until_they_are_vacant(batch: Batch) -> None:
    branch = branch_of(batch)
    first = branch.assign("书记", "post:1")
    branch.assign("书记", "post:2", on=DAY)
    assert dict(branch.state.posts) == {"书记": "post:2"}
    branch.void(first)
    assert dict(branch.state.posts) == {"书记": "post:2"}
    branch.assign("书记", None, on=DAY)
    assert dict(branch.state.posts) == {}


def test_a_temporary_branch_neither_remits_nor_is_returned_dues(strict: Batch) -> None:
    branch = branch_of(strict, "T1", "temporary")
    for decide in (branch.remit_dues, branch.return_dues):
        with pytest.raises(RuleError) as refused:
            decide(yuan(1), on=DAY)
        assert refused.value.rule == "temporary_branch"


def test_event_types_that_the_tests_name_are_recorded(strict: Batch) -> None:
    """One look at what the verbs leave behind."""
    cadre, branch = cadre_of(strict), branch_of(strict, "B2")
    cadre.pay_dues(yuan(7), for_month=JULY, on=DAY)
    cadre.visit(reason="comfort", on=DAY, mode="online")
    branch.return_dues(yuan(9), on=DAY)
    branch.spend(yuan(9), use="visits", decision="R1", on=DAY, beneficiary=cadre.stream)
    kinds = [type(pending.event) for pending in strict.pending]
    assert {DuesReceived, VisitMade, FundSpent} <= set(kinds)


def test_what_a_wrong_clock_let_in_can_be_taken_back_and_corrected() -> None:
    before = Batch(date(2031, 1, 1))
    cadre = cadre_of(before)
    visits = [cadre.visit(reason="call", on=date(2030, 7, 5)), cadre.visit(reason="study", on=date(2030, 7, 5))]
    fold = CadreFold(cadre.state)
    after = Cadre(cadre.stream, fold, Batch(TODAY))
    after.void(visits[0])
    after.correct(visits[1], occurred_on=DAY)
    assert [visit.occurred_on for visit in after.state.visits.values()] == [DAY]


def test_a_correction_is_said_as_the_verb_says_it(strict: Batch) -> None:
    cadre = cadre_of(strict)
    visit = cadre.visit(reason="call", on=DAY)
    corrected = cadre.correct(visit, mode="online", reason="study", on=OTHER_DAY)
    made = cadre.state.visits[corrected]
    assert (made.mode.value, made.reason.value, made.occurred_on) == ("online", "study", OTHER_DAY)
    with pytest.raises(InputError, match="one of door, online"):
        cadre.correct(corrected, mode="by phone")

"""A branch's cash box and its resolutions: what blocks a closing, when a meeting counts and when a matter passes."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadreledger.aggregates import Batch, Branch, BranchFold
from cadreledger.errors import InputError, RuleError
from cadreledger.events.branch import CashCounted, MonthClosed, ResolutionPassed
from cadreledger.values import Month, StreamId, fen, yuan

JULY = Month(2021, 7)
DAY = date(2021, 7, 31)


def branch_of(batch: Batch, kind: str = "formal") -> Branch:
    branch = Branch(StreamId("branch:B1"), BranchFold(), batch)
    branch.establish(kind=kind, code="B1", name="支部", on=date(2012, 6, 28))
    return branch


@pytest.fixture
def batch() -> Batch:
    return Batch(date(2021, 12, 31))


@pytest.fixture
def branch(batch: Batch) -> Branch:
    return branch_of(batch)


def refused(decide: Callable[[], object]) -> RuleError:
    with pytest.raises(RuleError) as refusal:
        decide()
    return refusal.value


# --- the cash box ----------------------------------------------------------------------------------------------------


def close(branch: Branch, expected: str = "312.00", counted: str = "312.00", code: str | None = None) -> int:
    return branch.close_month(JULY, expected=yuan(expected), counted=yuan(counted), on=DAY, explanation_code=code)


def test_what_was_counted_is_noted_whatever_it_is(branch: Branch) -> None:
    version = branch.count_cash(JULY, expected=yuan("312.00"), counted=yuan("302.00"), on=DAY, explanation="少十元")
    counted = branch.state.standing[version]
    assert isinstance(counted, CashCounted)
    assert (counted.expected, counted.counted_amount, counted.month) == (yuan("312.00"), yuan("302.00"), JULY)
    assert not branch.state.closed


def test_a_month_is_closed_once_and_again_when_that_was_taken_back(branch: Branch) -> None:
    version = close(branch)
    assert dict(branch.state.closed) == {JULY: version}
    refusal = refused(lambda: close(branch))
    assert (refusal.rule, refusal.found) == ("month_closed_already", "2021-07")
    branch.void(version)
    assert not branch.state.closed
    assert branch.state.closed.get(JULY) != close(branch)
    assert list(branch.state.closed) == [JULY]


@pytest.mark.parametrize(("counted", "variance"), [("302.00", "-10.00"), ("311.99", "-0.01"), ("312.01", "0.01")])
def test_a_difference_blocks_the_closing_until_somebody_explains_it(
    branch: Branch, counted: str, variance: str
) -> None:
    refusal = refused(lambda: close(branch, counted=counted))
    assert (refusal.rule, refusal.found) == ("variance_unexplained", f"a variance of {variance}")
    assert refusal.policy_version == "cn-2008/1"
    assert refused(lambda: close(branch, counted=counted, code="")).rule == "variance_unexplained"
    version = close(branch, counted=counted, code="receipt_missing")
    closed = branch.state.standing[version]
    assert isinstance(closed, MonthClosed)
    assert (closed.counted_amount, closed.explanation_code) == (yuan(counted), "receipt_missing")


def test_words_alone_explain_nothing(branch: Branch) -> None:
    """They are sealed: an auditor would see a difference without a reason."""
    refusal = refused(lambda: branch.close_month(JULY, expected=yuan(2), counted=yuan(1), on=DAY, explanation="少一元"))
    assert refusal.rule == "variance_unexplained"


@pytest.mark.parametrize(("on", "rule"), [(date(2021, 6, 30), "month_not_begun"), (date(2021, 7, 1), "")])
def test_a_month_is_not_closed_before_it_has_begun(branch: Branch, on: date, rule: str) -> None:
    def close_early() -> int:
        return branch.close_month(JULY, expected=fen(0), counted=fen(0), on=on)

    if rule:
        assert refused(close_early).rule == rule
    else:
        assert close_early() in branch.state.standing


def test_an_import_closes_what_differs_and_warns() -> None:
    batch = Batch(DAY, lenient=True)
    branch = branch_of(batch)
    close(branch, counted="302.00")
    close(branch)
    assert [violation.rule for violation, _ in batch.warnings] == ["variance_unexplained", "month_closed_already"]


@pytest.mark.parametrize(
    "changes",
    [{"counted": fen(-1)}, {"counted": 31_200}, {"expected": "312.00"}, {"on": "2021-07-31"}, {"month": "2021-07"}],
)
def test_what_is_no_amount_no_month_or_no_day_settles_nothing(branch: Branch, changes: dict[str, object]) -> None:
    before = branch.state
    given = {"month": JULY, "expected": fen(0), "counted": fen(0), "on": DAY} | changes
    for settle in (branch.close_month, branch.count_cash):
        with pytest.raises(InputError):
            settle(**given)  # type: ignore[arg-type] # what is tried
    assert branch.state == before


# --- resolutions -----------------------------------------------------------------------------------------------------


def resolve(branch: Branch, entitled: int, present: int, in_favour: int) -> int:
    return branch.resolve("评议", entitled=entitled, present=present, in_favour=in_favour, on=DAY)


@pytest.mark.parametrize(
    ("entitled", "present", "in_favour", "rule"),
    [
        (25, 13, 13, ""),
        (25, 12, 12, "not_quorate"),
        (25, 25, 13, ""),
        (25, 25, 12, "not_passed"),
        (25, 13, 12, "not_passed"),
        (24, 12, 12, "not_passed"),  # half are enough to meet, half are not enough to decide
        (24, 13, 13, ""),
        (24, 11, 11, "not_quorate"),
        (1, 1, 1, ""),
        (1, 0, 0, "not_quorate"),
        (2, 1, 1, "not_passed"),
        (2, 2, 2, ""),
    ],
)
def test_half_or_more_meet_and_more_than_half_of_those_entitled_decide(
    branch: Branch, entitled: int, present: int, in_favour: int, rule: str
) -> None:
    if rule:
        refusal = refused(lambda: resolve(branch, entitled, present, in_favour))
        assert refusal.rule == rule
        assert "支部工作条例" in refusal.citation
    else:
        version = resolve(branch, entitled, present, in_favour)
        passed = branch.state.standing[version]
        assert isinstance(passed, ResolutionPassed)
        assert (passed.entitled, passed.present, passed.in_favour) == (entitled, present, in_favour)


def test_a_refusal_says_how_many_it_takes(branch: Branch) -> None:
    few = refused(lambda: resolve(branch, 25, 12, 12))
    assert (few.expected, few.found) == ("13 of 25 or more", "12")
    even = refused(lambda: resolve(branch, 24, 12, 12))
    assert (even.expected, even.found) == ("13 of 24 entitled or more", "12 in favour")


@pytest.mark.parametrize(("entitled", "present", "in_favour"), [(25, 26, 13), (25, 13, 14), (2, 3, 3)])
def test_nobody_votes_who_is_not_there_and_nobody_is_counted_who_may_not_vote(
    branch: Branch, entitled: int, present: int, in_favour: int
) -> None:
    assert refused(lambda: resolve(branch, entitled, present, in_favour)).rule == "no_such_vote"


@given(st.integers(1, 200), st.data())
def test_a_resolution_stands_just_where_plain_counting_says(entitled: int, data: st.DataObject) -> None:
    present = data.draw(st.integers(0, entitled))
    in_favour = data.draw(st.integers(0, present))
    branch = branch_of(Batch(DAY))
    if present + present < entitled:
        assert refused(lambda: resolve(branch, entitled, present, in_favour)).rule == "not_quorate"
    elif in_favour + in_favour <= entitled:
        assert refused(lambda: resolve(branch, entitled, present, in_favour)).rule == "not_passed"
    else:
        assert resolve(branch, entitled, present, in_favour) in branch.state.standing


@given(st.integers(0, 10**9), st.integers(0, 10**9) | st.none())
def test_a_month_closes_without_a_word_only_where_nothing_differs(expected: int, other: int | None) -> None:
    branch = branch_of(Batch(DAY))
    counted = fen(expected if other is None else other)
    if counted == fen(expected):
        assert branch.close_month(JULY, expected=fen(expected), counted=counted, on=DAY)
    else:
        assert (
            refused(lambda: branch.close_month(JULY, expected=fen(expected), counted=counted, on=DAY)).rule
            == "variance_unexplained"
        )


# --- the fund is never negative --------------------------------------------------------------------------------------


def funded() -> tuple[Branch, int, int]:
    """A branch with 100.00 returned, and 80.00 of it spent: with the versions of both."""
    branch = branch_of(Batch(DAY))
    returned = branch.return_dues(yuan("100.00"), on=DAY)
    spent = branch.spend(yuan("80.00"), use="training", decision="R1", on=DAY)
    return branch, returned, spent


def test_what_came_in_and_was_spent_is_not_taken_back() -> None:
    branch, returned, spent = funded()
    with pytest.raises(RuleError) as error:
        branch.void(returned)
    assert (error.value.rule, error.value.expected) == ("fund_overdrawn", "at most 20.00 to take back")
    assert branch.state.balance == yuan("20.00")
    branch.void(spent)
    branch.void(returned)
    assert branch.state.balance == yuan("0.00")


@pytest.mark.parametrize(("amount", "holds"), [("80.00", True), ("79.99", False), ("100.01", True)])
def test_a_return_is_corrected_to_no_less_than_was_spent(amount: str, *, holds: bool) -> None:
    branch, returned, _ = funded()
    if holds:
        branch.correct(returned, amount=yuan(amount))
        assert branch.state.balance == yuan(amount) - yuan("80.00")
        return
    with pytest.raises(RuleError) as error:
        branch.correct(returned, amount=yuan(amount))
    assert (error.value.rule, error.value.found) == ("fund_overdrawn", amount)
    assert branch.state.balance == yuan("20.00")


def test_an_import_notes_it_and_goes_on() -> None:
    batch = Batch(DAY, lenient=True)
    branch = branch_of(batch)
    returned = branch.return_dues(yuan("100.00"), on=DAY)
    branch.spend(yuan("80.00"), use="training", decision="R1", on=DAY)
    branch.void(returned)
    assert [violation.rule for violation, _ in batch.warnings] == ["fund_overdrawn"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["return", "credit", "spend", "void", "correct"]), st.integers(0, 40)), max_size=25
    )
)
def test_no_sequence_of_decisions_makes_the_fund_negative(steps: list[tuple[str, int]]) -> None:
    branch = branch_of(Batch(DAY))
    for what, number in steps:
        with suppress(RuleError):
            match what:
                case "return":
                    branch.return_dues(fen(number), on=DAY)
                case "credit":
                    branch.credit(fen(number), on=DAY)
                case "spend":
                    branch.spend(fen(number), use="training", decision="R1", on=DAY)
                case "void":
                    branch.void(1 + number)
                case _:
                    branch.correct(2 + number % 12, amount=fen(number))
        assert branch.state.balance >= fen(0)

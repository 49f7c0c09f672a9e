"""What an office asks of its ledger, a sentence a test: coverage, cadence, wishes, bookings, notices, the programme."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cadreledger import Ledger, Period, RuleError, Transaction, yuan
from cadreledger.audit import Severity, audit
from cadreledger.ledger import LedgerRecords

BY = "staff:liaison"
DAY = date(2021, 7, 5)


class Clock:
    """Stands still."""

    def __call__(self) -> datetime:
        return datetime(2022, 1, 10, 4, tzinfo=UTC)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Ledger]:
    """A formal and a temporary branch; 甲 belongs to the formal one, 乙 too, and is frail."""
    with Ledger.create(tmp_path / "town.ledger", name="永兴社区", clock=Clock()) as ledger:
        with ledger.transaction(by=BY) as tx:
            home = tx.branches.establish("B1", name="离退休干部党支部", kind="formal", on=date(2012, 6, 28))
            tx.branches.establish("T1", name="临时党支部", kind="temporary", on=date(2021, 3, 1))
            tx.cadres.register("甲", kind="retired", name="甲某", formal=home)
            tx.cadres.register("乙", kind="retired", name="乙某", formal=home, frail=True)
        yield ledger


def value(ledger: Ledger, key: str, period: str = "2021") -> int:
    return ledger.figures(period)[key].value


def refused(ledger: Ledger, decide: Callable[[Transaction], object]) -> RuleError:
    """The refusal of a decision, of which nothing is recorded."""
    before = ledger.position
    with pytest.raises(RuleError) as error:
        ledger.run(decide, by=BY)
    assert ledger.position == before
    return error.value


# --- 18: a temporary branch without an approval ----------------------------------------------------------------------


def test_a_temporary_branch_of_83_without_approval_is_named_twice(town: Ledger, tmp_path: Path) -> None:
    with town.transaction(by=BY) as tx:
        for number in range(83):
            tx.cadres.register(f"C{number}", kind="retired", name="赵某", participating=tx.branches["T1"])
    with LedgerRecords.open(tmp_path / "town.ledger") as records:
        report = audit(records, as_of=datetime(2022, 1, 10, tzinfo=UTC))
    warned = {finding.code: finding for finding in report.findings if finding.severity is Severity.WARNING}
    assert "83 people, above the usual 50" in warned["branch_too_large"].message
    assert warned["temporary_not_approved"].stream == "branch:T1"
    with town.transaction(by=BY) as tx:
        tx.branches["T1"].approve("临街党字〔2021〕5号", on=date(2021, 4, 1))
    with LedgerRecords.open(tmp_path / "town.ledger") as records:
        report = audit(records, as_of=datetime(2022, 1, 10, tzinfo=UTC))
    assert "temporary_not_approved" not in {finding.code for finding in report.findings}


# --- 23, 24: coverage ------------------------------------------------------------------------------------------------


def hold_studies(ledger: Ledger, count: int = 9) -> None:
    with ledger.transaction(by=BY) as tx:
        for number in range(count):
            day = date(2021, 1 + number % 7, 9)
            tx.branches["B1"].hold("group_study", code=f"S{number}", title="集中学习", on=day)


def attend(ledger: Ledger, person: str, modes: list[str]) -> None:
    with ledger.transaction(by=BY) as tx:
        for number, mode in enumerate(modes):
            if mode:
                tx.cadres[person].attend(tx.branches["B1"], f"S{number}", mode=mode)


def test_9_studies_7_attended_2_made_up_are_9_of_9_covered(town: Ledger) -> None:
    hold_studies(town)
    attend(town, "甲", ["in_person"] * 7 + ["made_up"] * 2)
    one = next(each for each in town.coverage("2021") if each.stream == town.stream_of("甲"))
    assert (one.attended, one.made_up, one.covered, one.sessions) == (7, 2, 9, 9)
    assert (value(town, "attendance.in_person"), value(town, "attendance.made_up")) == (7, 2)


def test_a_frail_member_who_is_not_there_is_excused_and_not_absent(town: Ledger) -> None:
    hold_studies(town, 2)
    attend(town, "甲", ["in_person", ""])
    by_stream = {each.stream: each for each in town.coverage("2021")}
    well, frail = (by_stream[town.stream_of(person)] for person in ("甲", "乙"))
    assert (well.attended, well.excused, well.absent) == (1, 0, 1)
    assert (frail.attended, frail.excused, frail.absent) == (0, 2, 0)


def test_who_became_frail_later_is_absent_before_and_excused_after(town: Ledger) -> None:
    hold_studies(town, 3)  # in January, February and March
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].change(frail=True, on=date(2021, 2, 1))
    one = next(each for each in town.coverage("2021") if each.stream == town.stream_of("甲"))
    assert (one.absent, one.excused) == (1, 2)
    before = next(each for each in town.coverage("2021-01") if each.stream == town.stream_of("甲"))
    assert (before.absent, before.excused) == (1, 0)


def test_a_branchs_study_concerns_its_members_of_that_day(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        tx.cadres.register("丙", kind="retired", name="丙某", on=date(2021, 1, 1))
        tx.cadres["丙"].join(tx.branches["T1"], relation="participating", on=date(2021, 3, 5))
        tx.branches["T1"].hold("group_study", code="T-1", title="集中学习", on=date(2021, 3, 4))
        tx.branches["T1"].hold("group_study", code="T-2", title="集中学习", on=date(2021, 3, 5))
        tx.community.hold("group_study", code="C-1", title="集中学习", on=date(2021, 3, 6))
    by_stream = {each.stream: each.sessions for each in town.coverage("2021")}
    assert by_stream[town.stream_of("丙")] == 2  # the day it joined, and the community's
    assert by_stream[town.stream_of("甲")] == 1


# --- 25: cadence -----------------------------------------------------------------------------------------------------


def test_8_party_days_two_in_june_none_in_march_march_is_named(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        for number, month in enumerate((1, 2, 4, 5, 6, 6, 7, 8)):
            tx.branches["B1"].hold("party_day", code=f"P{number}", title="主题党日", on=date(2021, month, 10 + number))
    kept = {(one.holder, one.rule): one for one in town.cadence("2021-01..2021-08")}
    days = kept["branch:B1", "meeting.party_day"]
    assert (days.held, days.lacking) == (8, (Period.parse("2021-03"),))
    assert dict(days.by_month)[Period.parse("2021-06").first] == 2
    assert ("branch:T1", "meeting.party_day") not in kept  # a temporary branch need not
    general = kept["branch:B1", "meeting.general"]
    assert general.lacking == (Period.parse("2021Q1"), Period.parse("2021Q2"))  # the third quarter is not over


def test_a_branch_lacks_nothing_before_it_was_there(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        tx.branches.establish("B2", name="第二支部", kind="formal", on=date(2021, 5, 20))
    kept = {(one.holder, one.rule): one for one in town.cadence("2021-01..2021-06")}
    assert [str(span.first) for span in kept["branch:B2", "meeting.party_day"].lacking] == ["2021-05", "2021-06"]


# --- 26, 27: wishes and bookings -------------------------------------------------------------------------------------


def test_a_wish_claimed_cancelled_put_again_and_fulfilled_counts_once(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        cadre = tx.cadres["甲"]
        cadre.wish("W1", on=date(2021, 3, 1))
        cadre.claim_wish("W1", claimant="volunteer:1", on=date(2021, 3, 2))
        cadre.cancel_wish("W1", on=date(2021, 3, 3))
        cadre.wish("W2", on=date(2021, 3, 4))
        cadre.fulfil_wish("W2", on=date(2021, 4, 1))
    assert (value(town, "wishes.made"), value(town, "wishes.fulfilled")) == (2, 1)
    assert value(town, "wishes.fulfilled", "2021-04") == 1


def test_a_room_booked_from_14_to_16_is_free_at_16_and_not_at_15(town: Ledger) -> None:
    at = datetime.fromisoformat
    with town.transaction(by=BY) as tx:
        room = tx.facilities.enter("R1", kind="room", name="活动室", count=1)
        room.book(start=at("2021-07-05T14:00"), end=at("2021-07-05T16:00"), on=DAY)

    def book(tx: Transaction, start: str, end: str) -> int:
        return tx.facilities["R1"].book(start=at(start), end=at(end), on=DAY)

    error = refused(town, lambda tx: book(tx, "2021-07-05T15:00", "2021-07-05T17:00"))
    assert error.rule == "booked_already"
    town.run(lambda tx: book(tx, "2021-07-05T16:00", "2021-07-05T17:00"), by=BY)


# --- 29, 34: notices and suggestions ---------------------------------------------------------------------------------


def test_a_draft_without_approval_is_not_published(town: Ledger) -> None:
    period = Period.parse("2021-06")
    with town.transaction(by=BY) as tx:
        tx.community.propose_notice("3", period=period, on=DAY, proposer="office:a")
        tx.community.review_notice("3", on=DAY, reviewer="office:b")
    error = refused(town, lambda tx: tx.community.publish_notice("3", period=period, on=DAY))
    assert error.rule == "notice_not_approved"
    assert "art. 15" in error.citation


def test_reviewer_and_approver_are_two(town: Ledger) -> None:
    period = Period.parse("2021-06")
    with town.transaction(by=BY) as tx:
        tx.community.propose_notice("3", period=period, on=DAY, proposer="office:a")
        tx.community.review_notice("3", on=DAY, reviewer="office:b")
    error = refused(town, lambda tx: tx.community.approve_notice("3", on=DAY, approver="office:b"))
    assert error.rule == "same_person"


def test_of_3_suggestions_one_answered_two_are_open(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        for number in (1, 2, 3):
            tx.community.receive_suggestion(f"2021/{number}", on=date(2021, 6, number))
        tx.community.answer_suggestion("2021/2", on=date(2021, 7, 1))
    assert (value(town, "suggestions.received"), value(town, "suggestions.answered")) == (3, 1)
    state = town.picture().community
    assert sorted(set(state.suggestions) - {code for code, v in state.suggestions.items() if v in state.answered}) == [
        "2021/1",
        "2021/3",
    ]


# --- 32: an erased person --------------------------------------------------------------------------------------------


def test_when_a_persons_key_is_destroyed_every_total_stays(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].pay_dues(
            yuan("1275.00"), for_month=Period.parse("2021-05").first, on=date(2021, 5, 9), note="x"
        )
        for number in range(26):
            tx.cadres["甲"].visit(reason="study", on=date(2021, 6, 1 + number), content="一切安好")
    before, stream = dict(town.figures("2021")), town.stream_of("甲")
    town.erase("甲", by="office:archive", reason="request")
    assert dict(town.figures("2021")) == before
    history = town.history(stream)
    assert sum(recorded.sealed for recorded in history) == 1 + 1 + 26  # who they were, a note, what was said
    assert all(getattr(recorded.event, "content", None) is None for recorded in history)


# --- 35: the programme -----------------------------------------------------------------------------------------------


def test_who_has_5_of_6_issues_verified_cannot_apply_and_with_6_can(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        for number in range(6):
            tx.programme.find_issue(f"I{number}", on=date(2021, 2, 1), responsible="永兴社区")
            tx.programme.rectify_issue(f"I{number}", code=f"R{number}", on=date(2021, 3, 1), responsible="永兴社区")
            if number < 5:
                tx.programme.verify_issue(f"I{number}", code=f"V{number}", on=date(2021, 3, 9), responsible="街道")

    def apply(tx: Transaction) -> int:
        return tx.programme.submit_application("A1", on=date(2021, 5, 18), responsible="永兴社区")

    assert refused(town, apply).rule == "issues_open"
    early = refused(town, lambda tx: tx.programme.recommend("E1", on=date(2021, 5, 25), responsible="老干部局"))
    assert early.rule == "no_application"
    town.run(lambda tx: tx.programme.verify_issue("I5", code="V5", on=date(2021, 4, 1), responsible="街道"), by=BY)
    town.run(apply, by=BY)
    assert value(town, "applications.submitted") == 1

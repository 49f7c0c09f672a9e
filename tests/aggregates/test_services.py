"""What is done for and with a cadre: wishes in any order, against a naive model; activities, medals, letters."""

from collections.abc import Callable
from datetime import date

import attrs
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.aggregates.sums import Auditor

from cadreledger.aggregates import Batch, Branch, BranchFold, Cadre, CadreFold, Community, Team, TeamFold
from cadreledger.aggregates.cadre_fold import fold
from cadreledger.aggregates.community import CommunityFold
from cadreledger.aggregates.holding import HoldingHandle, HoldingState
from cadreledger.errors import InputError, RuleError
from cadreledger.events.cadre import AttendanceRecorded, Medal, TransferSent, WishCancelled, WishFulfilled
from cadreledger.values import Month, Quantity, StreamId

TODAY = date(2021, 12, 31)
PERSON = StreamId("cadre:" + "0" * 32)
MARCH, JUNE, SEPTEMBER = date(2021, 3, 1), date(2021, 6, 1), date(2021, 9, 1)
DAYS = st.sampled_from([MARCH, JUNE, SEPTEMBER])
CODES = st.sampled_from(["W1", "W2"])


def cadre_of(batch: Batch, **more: object) -> Cadre:
    cadre = Cadre(PERSON, CadreFold(), batch)
    given: dict[str, object] = {"kind": "retired", "code": "C1", "name": "赵某"}
    cadre.register(**(given | more))  # type: ignore[arg-type] # what a test says otherwise
    return cadre


def branch_of(batch: Batch, code: str = "B1") -> Branch:
    branch = Branch(StreamId(f"branch:{code}"), BranchFold(), batch)
    branch.establish(kind="formal", code=code, name="支部")
    return branch


@pytest.fixture
def batch() -> Batch:
    return Batch(TODAY)


@pytest.fixture
def cadre(batch: Batch) -> Cadre:
    return cadre_of(batch)


def refused(decide: Callable[[], object]) -> str:
    with pytest.raises(RuleError) as refusal:
        decide()
    return refusal.value.rule


# --- wishes, in any order --------------------------------------------------------------------------------------------


@attrs.frozen
class Step:
    """What somebody did about a wish, by an entry of that version."""

    version: int
    what: str
    claimant: str | None = None
    items: int = 0
    on: date | None = None


class Wishing(RuleBasedStateMachine):
    """Two wishes of one person, as the steps that stand; the latest step is the first to be taken back."""

    @initialize()
    def begin(self) -> None:
        self.batch = Batch(TODAY)
        self.cadre = cadre_of(self.batch)
        self.auditor = Auditor(self.batch)
        self.made: dict[str, tuple[int, date]] = {}
        self.steps: dict[str, list[Step]] = {"W1": [], "W2": []}

    def attempt(self, decide: Callable[[], object], *, possible: bool) -> tuple[int, ...]:
        """The versions that a decision took; it is refused if, and only if, it is not ``possible``."""
        state, pending = self.cadre.state, list(self.batch.pending)
        try:
            decide()
        except RuleError:
            assert not possible
            assert (self.cadre.state, self.batch.pending) == (state, pending)
            return ()
        assert possible
        return tuple(entry.version for entry in self.batch.pending[len(pending) :])

    def is_open(self, code: str, on: date | None) -> bool:
        ended = any(step.what in {"fulfilled", "cancelled"} for step in self.steps[code])
        return code in self.made and not ended and (on is None or on >= self.made[code][1])

    def claimant(self, code: str) -> str | None:
        claims = [step.claimant for step in self.steps[code] if step.what == "claimed"]
        return claims[-1] if claims else None

    @rule(code=CODES, on=DAYS)
    def wish(self, code: str, on: date) -> None:
        made = self.attempt(lambda: self.cadre.wish(code, on=on), possible=code not in self.made)
        if made:
            self.made[code] = made[0], on

    @rule(code=CODES, claimant=st.sampled_from(["post:1", "post:2", None]), on=DAYS)
    def claim(self, code: str, claimant: str | None, on: date) -> None:
        free = (self.claimant(code) is None) is (claimant is not None)
        came_true = [step.on for step in self.steps[code] if step.what == "fulfilled" and step.on is not None]
        said_later = claimant is not None and bool(came_true) and self.made[code][1] <= on <= came_true[0]
        made = self.attempt(
            lambda: self.cadre.claim_wish(code, claimant, on=on),
            possible=free and (self.is_open(code, on) or said_later),
        )
        self.steps[code] += [Step(version, "claimed", claimant) for version in made]

    @rule(code=CODES, on=DAYS, items=st.integers(1, 5))
    def fulfil(self, code: str, on: date, items: int) -> None:
        made = self.attempt(lambda: self.cadre.fulfil_wish(code, on=on, items=items), possible=self.is_open(code, on))
        self.steps[code] += [Step(version, "fulfilled", items=items, on=on) for version in made]

    @rule(code=CODES, on=st.none() | DAYS)
    def cancel(self, code: str, on: date | None) -> None:
        made = self.attempt(lambda: self.cadre.cancel_wish(code, on=on), possible=self.is_open(code, on))
        self.steps[code] += [Step(version, "cancelled") for version in made]

    @precondition(lambda self: self.made)
    @rule(data=st.data())
    def take_the_last_step_back(self, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from(sorted(self.made)))
        version = self.steps[code].pop().version if self.steps[code] else self.made.pop(code)[0]
        self.attempt(lambda: self.cadre.void(version), possible=True)

    @precondition(lambda self: self.made)
    @rule(data=st.data())
    def take_a_wish_back_and_all_that_came_of_it(self, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from(sorted(self.made)))
        voids = self.attempt(lambda: self.cadre.void(self.made[code][0]), possible=True)
        assert len(voids) == 1 + len(self.steps[code])
        del self.made[code]
        self.steps[code] = []

    @precondition(lambda self: self.made)
    @rule(data=st.data())
    def say_a_wish_otherwise(self, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from(sorted(self.made)))
        steps = self.steps[code]
        entries = self.attempt(lambda: self.cadre.correct(self.made[code][0], content="一束花"), possible=True)
        anew = entries[len(steps) + 1 :]  # behind the voids of the wish and of its steps
        self.made[code] = anew[0], self.made[code][1]
        self.steps[code] = [attrs.evolve(step, version=at) for step, at in zip(steps, anew[1:], strict=True)]

    @invariant()
    def figures_and_state_agree(self) -> None:
        steps = [step for several in self.steps.values() for step in several]
        assert self.auditor.total("wishes.made") == Quantity(len(self.made))
        assert self.auditor.total("wishes.fulfilled") == Quantity(sum(step.items for step in steps))
        state = self.cadre.state
        assert set(state.wishes) == set(self.made)
        for code, wish in state.wishes.items():
            what = {step.what: step.version for step in self.steps[code]}
            assert (wish.version, wish.made_on) == self.made[code]
            assert (wish.fulfilled, wish.cancelled) == (what.get("fulfilled"), "cancelled" in what)
            assert (wish.claimed, wish.claimant) == (self.claimant(code) is not None, self.claimant(code))

    @invariant()
    def the_handle_is_what_a_replay_gives(self) -> None:
        history = [(pending.version, pending.event) for pending in self.batch.pending]
        assert fold(None, history) == self.cadre.state


TestWishing = Wishing.TestCase


# --- wishes, single cases --------------------------------------------------------------------------------------------


def test_a_wish_claimed_cancelled_put_again_and_fulfilled_counts_once(batch: Batch, cadre: Cadre) -> None:
    cadre.wish("W1", on=MARCH, content="修水管")
    cadre.claim_wish("W1", "post:1", on=MARCH)
    cadre.cancel_wish("W1", on=JUNE, reason="自己修好了")
    assert refused(lambda: cadre.wish("W1", on=JUNE)) == "wish_made_already"
    cadre.wish("W2", on=JUNE, content="修水管")
    cadre.fulfil_wish("W2", on=SEPTEMBER)
    sums = Auditor(batch).sums()
    assert sums["wishes.fulfilled"] == {Month(2021, 9): Quantity(1)}
    assert sums["wishes.made"] == {Month(2021, 3): Quantity(1), Month(2021, 6): Quantity(1)}


def test_a_fulfilment_can_be_revoked(batch: Batch, cadre: Cadre) -> None:
    cadre.wish("W1", on=MARCH)
    fulfilled = cadre.fulfil_wish("W1", on=JUNE, items=3)
    assert refused(lambda: cadre.fulfil_wish("W1", on=JUNE)) == "wish_fulfilled_already"
    cadre.void(fulfilled, reason="reversed")
    assert Auditor(batch).total("wishes.fulfilled") == Quantity()
    cadre.correct(cadre.fulfil_wish("W1", on=JUNE), items=2)
    assert [event.items for event in cadre.state.standing.values() if isinstance(event, WishFulfilled)] == [2]


def test_a_wish_that_is_none_is_neither_claimed_nor_fulfilled_nor_cancelled(cadre: Cadre) -> None:
    assert refused(lambda: cadre.claim_wish("W1", "post:1", on=JUNE)) == "unknown_wish"
    assert refused(lambda: cadre.fulfil_wish("W1", on=JUNE)) == "unknown_wish"
    assert refused(lambda: cadre.cancel_wish("W1")) == "unknown_wish"


@pytest.mark.parametrize("items", [0, -1, True, 1.0, "1"])
def test_pieces_are_counted_in_whole_numbers_from_1(cadre: Cadre, items: int) -> None:
    cadre.wish("W1", on=MARCH)
    with pytest.raises(InputError):
        cadre.fulfil_wish("W1", on=JUNE, items=items)


def test_an_import_notes_a_wish_that_came_true_twice() -> None:
    batch = Batch(TODAY, lenient=True)
    cadre = cadre_of(batch)
    cadre.wish("W1", on=JUNE)
    cadre.fulfil_wish("W1", on=MARCH)
    cadre.fulfil_wish("W1", on=SEPTEMBER)
    assert [violation.rule for violation, _ in batch.warnings] == ["before_what_it_follows", "wish_fulfilled_already"]


def test_an_open_wish_ends_with_a_death_and_goes_on_where_that_is_taken_back(batch: Batch, cadre: Cadre) -> None:
    cadre.wish("W1", on=MARCH)
    cadre.wish("W2", on=SEPTEMBER)
    cadre.wish("W3", on=MARCH)
    cadre.fulfil_wish("W3", on=MARCH)
    cadre.claim_wish("W1", "post:1", on=MARCH)
    before = dict(cadre.state.wishes)
    death = cadre.leave(cause="death", on=JUNE)
    assert {code: wish.cancelled for code, wish in cadre.state.wishes.items()} == {"W1": True, "W2": True, "W3": False}
    given_up = [event.occurred_on for event in cadre.state.standing.values() if isinstance(event, WishCancelled)]
    assert given_up == [JUNE, SEPTEMBER]  # no wish ends before it was made
    cadre.void(death)
    assert dict(cadre.state.wishes) == before
    assert not batch.warnings


def test_a_death_that_is_put_right_ends_wishes_anew(cadre: Cadre) -> None:
    cadre.wish("W1", on=MARCH)
    moved = cadre.correct(cadre.leave(cause="death", on=JUNE), on=SEPTEMBER)
    assert cadre.state.wishes["W1"].cancelled
    assert [event.occurred_on for event in cadre.state.standing.values() if isinstance(event, WishCancelled)] == [
        SEPTEMBER
    ]
    cadre.correct(moved, cause="moved")
    assert not cadre.state.wishes["W1"].cancelled


def test_whoever_moves_away_keeps_their_wishes(cadre: Cadre) -> None:
    cadre.wish("W1", on=MARCH)
    cadre.leave(cause="moved", on=JUNE)
    assert not cadre.state.wishes["W1"].cancelled


def test_a_wish_that_had_come_true_before_a_death_can_be_said_to_have(cadre: Cadre) -> None:
    cadre.wish("W1", on=MARCH)
    death = cadre.leave(cause="death", on=JUNE)
    cadre.void(death + 1)
    cadre.fulfil_wish("W1", on=MARCH)
    assert cadre.state.wishes["W1"].fulfilled


# --- attendance ------------------------------------------------------------------------------------------------------


def holders(batch: Batch) -> list[HoldingHandle[HoldingState]]:
    team = Team(StreamId("team:T1"), TeamFold(), batch)
    team.found(kind="cultural", code="T1", name="歌唱队")
    return [branch_of(batch), team, Community(StreamId("community"), CommunityFold(), batch)]


def test_nine_studies_of_which_seven_were_attended_and_two_made_up(batch: Batch, cadre: Cadre) -> None:
    branch = branch_of(batch)
    for number in range(9):
        branch.hold("group_study", code=f"H{number}", title="学习", on=date(2021, 1 + number, 5))
        cadre.attend(branch, f"H{number}", mode="in_person" if number < 7 else "made_up")
    auditor = Auditor(batch)
    assert auditor.total("attendance.in_person") == Quantity(7)
    assert auditor.sums()["attendance.made_up"] == {Month(2021, 8): Quantity(1), Month(2021, 9): Quantity(1)}
    assert len(cadre.state.attended) == 9


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_activity_is_attended_on_its_day_whoever_held_it_and_once(batch: Batch, cadre: Cadre, place: int) -> None:
    holder = holders(batch)[place]
    holder.hold("performance", code="H1", title="演出", on=JUNE, items=3)
    attended = cadre.attend(holder, "H1", note="合唱")
    event = cadre.state.standing[attended]
    assert isinstance(event, AttendanceRecorded)
    assert (event.occurred_on, event.activity) == (JUNE, "H1")
    assert refused(lambda: cadre.attend(holder, "H1", mode="made_up")) == "attended_already"
    assert refused(lambda: cadre.attend(holder, "H2")) == "unknown_activity"
    cadre.void(attended)
    cadre.attend(holder, "H1", mode="made_up")
    assert Auditor(batch).total("attendance.in_person") == Quantity()


def test_sixteen_attended_and_one_did_not(batch: Batch) -> None:
    branch = branch_of(batch)
    branch.hold("party_day", code="H1", title="主题党日", on=JUNE)
    people = [Cadre(StreamId(f"cadre:{number:032x}"), CadreFold(), batch) for number in range(16)]
    for number, person in enumerate(people):
        person.register(kind="retired", code=f"C{number}", name="某")
        person.attend(branch, "H1")
    people[3].void(people[3].state.attended[branch.stream, "H1"])
    assert Auditor(batch).total("attendance.in_person") == Quantity(15)


def test_an_activity_of_another_transaction_or_of_nobody_is_not_attended(batch: Batch, cadre: Cadre) -> None:
    foreign = branch_of(Batch(TODAY))
    foreign.hold("party_day", code="H1", title="主题党日", on=JUNE)
    with pytest.raises(InputError, match="of this transaction"):
        cadre.attend(foreign, "H1")
    with pytest.raises(InputError, match="of this transaction"):
        cadre.attend(cadre, "H1")  # type: ignore[arg-type] # nobody who holds activities
    branch = branch_of(batch)
    branch.void(branch.hold("party_day", code="H1", title="主题党日", on=JUNE))
    assert refused(lambda: cadre.attend(branch, "H1")) == "unknown_activity"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_code_names_one_activity(batch: Batch, place: int) -> None:
    holder = holders(batch)[place]
    held = holder.hold("exchange", code="H1", title="交流", on=JUNE)
    assert refused(lambda: holder.hold("ceremony", code="H1", title="仪式", on=JUNE)) == "activity_held_already"
    corrected = holder.correct(held, code="H2", kind="ceremony")
    assert dict(holder.state.activities) == {"H2": corrected}
    auditor = Auditor(batch)
    assert (auditor.total("study.exchanges"), auditor.total("ceremonies.held")) == (Quantity(), Quantity(1))


# --- medals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("since", "due"), [("1971-07-01", True), ("1971-07-02", False), ("1950-01-01", True)])
def test_fifty_years_of_full_membership_are_due_a_medal_once(batch: Batch, since: str, due: bool) -> None:  # noqa: FBT001
    cadre = cadre_of(batch, full_member_on=date.fromisoformat(since))
    if not due:
        assert refused(lambda: cadre.award(year=2021, on=SEPTEMBER)) == "medal_not_due"
        return
    cadre.award(year=2021, on=SEPTEMBER)
    assert cadre.state.medals == {Medal.PARTY_50}
    assert refused(lambda: cadre.award("party_50", year=2021, on=TODAY)) == "medal_awarded_already"
    cadre.award("other", year=2021, on=TODAY)


def test_a_medal_of_somebody_whose_membership_nobody_dated_is_noted(batch: Batch, cadre: Cadre) -> None:
    awarded = cadre.award(year=2021, on=SEPTEMBER)
    assert [violation.rule for violation, _ in batch.warnings] == ["medal_not_due"]
    cadre.void(awarded)
    assert not cadre.state.medals


def test_a_medal_is_of_a_year_that_a_calendar_has(batch: Batch) -> None:
    cadre = cadre_of(batch, full_member_on=date(1950, 1, 1))
    with pytest.raises((InputError, RuleError)):
        cadre.award(year=99_999, on=SEPTEMBER)


# --- letters and consent ---------------------------------------------------------------------------------------------


def test_a_letter_leaves_the_member_where_they_are_until_they_leave(batch: Batch, cadre: Cadre) -> None:
    branch = branch_of(batch)
    cadre.join(branch)
    sent = cadre.transfer("外地支部", paid_to=Month(2021, 5), on=date(2021, 5, 17))
    letter = cadre.state.standing[sent]
    assert isinstance(letter, TransferSent)
    assert (letter.from_branch, letter.expires_on) == (branch.stream, date(2021, 8, 17))
    assert cadre.state.formal == branch.stream
    cadre.leave_branch(branch, cause="transfer", on=date(2021, 6, 2))
    assert cadre.state.formal is None
    assert refused(lambda: cadre.transfer("x", paid_to=Month(2021, 5), on=JUNE)) == "no_formal_branch"


@pytest.mark.parametrize(
    ("on", "expires_on", "is_valid"),
    [
        ("2021-05-17", "2021-08-17", True),
        ("2021-05-17", "2021-08-18", False),
        ("2021-05-17", "2021-05-18", True),
        ("2021-05-17", "2021-05-17", False),
        ("2020-11-30", "2021-02-28", True),
        ("2020-11-30", "2021-03-01", False),
        ("2019-11-30", "2020-02-29", True),
        ("2021-10-31", "2022-01-31", True),
    ],
)
def test_a_letter_is_valid_for_three_months_at_most(
    batch: Batch,
    cadre: Cadre,
    on: str,
    expires_on: str,
    is_valid: bool,  # noqa: FBT001 - what is expected
) -> None:
    cadre.join(branch_of(batch))

    def send() -> int:
        return cadre.transfer(
            "x", paid_to=Month(2021, 5), on=date.fromisoformat(on), expires_on=date.fromisoformat(expires_on)
        )

    if is_valid:
        assert send() in cadre.state.standing
    else:
        assert refused(send) == "letter_valid_too_long"


@pytest.mark.parametrize(
    ("accepted_on", "rule"), [("2021-05-17", ""), ("2021-08-17", ""), ("2021-08-18", "letter_expired")]
)
def test_a_letter_is_accepted_before_it_expires(batch: Batch, cadre: Cadre, accepted_on: str, rule: str) -> None:
    branch = branch_of(batch)
    cadre.join(branch, on=date(2021, 1, 4))
    cadre.transfer("外地支部", paid_to=Month(2021, 5), on=date(2021, 5, 17))

    def leave() -> int:
        return cadre.leave_branch(branch, cause="transfer", on=date.fromisoformat(accepted_on))

    if rule:
        with pytest.raises(RuleError) as refusal:
            leave()
        assert (refusal.value.rule, refusal.value.expected) == (rule, "an acceptance up to 2021-08-17")
        assert refusal.value.citation
        cadre.transfer("外地支部", paid_to=Month(2021, 7), on=date(2021, 8, 18))
    leave()
    assert cadre.state.formal is None
    assert not batch.warnings


def test_an_expired_letter_of_an_earlier_membership_does_not_matter(batch: Batch, cadre: Cadre) -> None:
    branch = branch_of(batch)
    for on in (date(2021, 1, 4), date(2021, 2, 1)):
        cadre.join(branch, on=on)
        cadre.transfer("外地支部", paid_to=Month(2021, 1), on=on, expires_on=date(2021, 2, 10))
        cadre.leave_branch(branch, cause="transfer", on=date(2021, 2, 1))
    cadre.join(branch, on=date(2021, 3, 1))
    cadre.leave_branch(branch, cause="transfer", on=SEPTEMBER)  # nobody knows of a letter
    cadre.join(branch, on=SEPTEMBER)
    cadre.transfer("外地支部", paid_to=Month(2021, 9), on=date(2021, 9, 2), expires_on=date(2021, 9, 3))
    cadre.leave_branch(branch, cause="ended", on=date(2021, 10, 1))  # no transfer
    assert cadre.state.formal is None


def test_an_import_notes_that_a_letter_had_expired() -> None:
    batch = Batch(TODAY, lenient=True)
    cadre, branch = cadre_of(batch), branch_of(batch)
    cadre.join(branch)
    cadre.transfer("外地支部", paid_to=Month(2021, 3), on=MARCH)
    cadre.leave_branch(branch, cause="transfer", on=SEPTEMBER)
    assert [violation.rule for violation, _ in batch.warnings] == ["letter_expired"]


def test_the_last_word_on_a_purpose_holds_and_the_one_before_comes_back(cadre: Cadre) -> None:
    cadre.consent("name_in_notice", given=True, on=MARCH)
    cadre.consent("photo", given=True, on=MARCH)
    withdrawn = cadre.consent("name_in_notice", given=False, on=JUNE)
    assert cadre.state.consents == {"name_in_notice": False, "photo": True}
    cadre.void(withdrawn)
    assert cadre.state.consents["name_in_notice"]


@pytest.mark.parametrize("purpose", ["", "Name", "为赵某公示", None, "a" * 33])
def test_a_purpose_is_a_word(cadre: Cadre, purpose: str) -> None:
    with pytest.raises(InputError):
        cadre.consent(purpose, given=True, on=MARCH)


@pytest.mark.parametrize("given", [1, None, "yes"])
def test_consent_is_given_or_it_is_not(cadre: Cadre, given: bool) -> None:  # noqa: FBT001 - what is tried
    with pytest.raises(InputError):
        cadre.consent("photo", given=given, on=MARCH)

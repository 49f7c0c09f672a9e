"""A branch's verbs in any order: the fund is what a few lines of arithmetic say, and a refusal changes nothing."""

from collections.abc import Callable
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.aggregates.folding import VOIDS
from tests.strategies import CLASSES, events_of_a_small_world

from cadreledger.aggregates import Batch, Branch, BranchFold, BranchState
from cadreledger.aggregates.branch_fold import fold
from cadreledger.errors import InputError, RuleError
from cadreledger.events.activity import ActivityHeld, ActivityKind
from cadreledger.events.branch import (
    BranchApproved,
    BranchDissolved,
    BranchEstablished,
    BranchKind,
    FundCredited,
    FundReturned,
    FundSpent,
    FundUse,
    MonthClosed,
    PostAssigned,
)
from cadreledger.events.sections import Event
from cadreledger.events.void import Void
from cadreledger.values import Money, Month, StreamId, StreamKind, fen

STREAM = StreamId("branch:B1")
DAY = date(2021, 7, 5)
AMOUNTS = st.sampled_from([fen(100), fen(250), fen(700)])
MONTHS = st.sampled_from([Month(2021, 6), Month(2021, 7), Month(2021, 8)])


class Keeping(RuleBasedStateMachine):
    """One branch and its fund."""

    @initialize(lenient=st.booleans(), kind=st.none() | st.sampled_from(BranchKind))
    def begin(self, *, lenient: bool, kind: BranchKind | None) -> None:
        self.batch = Batch(date(2021, 12, 31), lenient=lenient)
        self.branch = Branch(STREAM, BranchFold(), self.batch)
        self.before, self.said = self.branch.state, repr(self.branch.state)
        if kind is not None:
            self.establish(kind)

    def attempt(self, decide: Callable[[], object]) -> None:
        state, pending, warnings = self.branch.state, list(self.batch.pending), list(self.batch.warnings)
        try:
            decide()
        except (RuleError, InputError):
            assert (self.branch.state, self.batch.pending, self.batch.warnings) == (state, pending, warnings)

    @rule(kind=st.sampled_from(BranchKind))
    def establish(self, kind: BranchKind) -> None:
        self.attempt(lambda: self.branch.establish(kind=kind, code="B1", name="支部"))

    @rule(document=st.sampled_from(["1号", "2号"]))
    def approve(self, document: str) -> None:
        self.attempt(lambda: self.branch.approve(document, on=DAY))

    @precondition(lambda self: self.branch.version > 8)
    @rule()
    def dissolve(self) -> None:
        self.attempt(lambda: self.branch.dissolve("end", on=DAY))

    @rule(post=st.sampled_from(["书记", "组织委员"]), holder=st.none() | st.sampled_from(["post:1", "post:2"]))
    def assign(self, post: str, holder: str | None) -> None:
        self.attempt(lambda: self.branch.assign(post, holder, on=DAY))

    @rule(amount=AMOUNTS)
    def remit(self, amount: Money) -> None:
        self.attempt(lambda: self.branch.remit_dues(amount, on=DAY))

    @rule(base=AMOUNTS, share=st.sampled_from(["0.70", "0.5", "1"]))
    def be_returned(self, base: Money, share: str) -> None:
        self.attempt(lambda: self.branch.return_dues(base=base, share=share, on=DAY))

    @rule(amount=AMOUNTS)
    def credit(self, amount: Money) -> None:
        self.attempt(lambda: self.branch.credit(amount, on=DAY))

    @rule(amount=AMOUNTS, use=st.sampled_from(FundUse), decision=st.sampled_from(["R1", "R2", None]))
    def spend(self, amount: Money, use: FundUse, decision: str | None) -> None:
        held, lenient = self.branch.state.balance, self.batch.lenient
        self.attempt(lambda: self.branch.spend(amount, use=use, decision=decision, on=DAY))
        if not lenient and self.branch.state.balance < held:
            assert amount <= held
            assert decision
            assert use is not FundUse.OTHER

    @rule(month=MONTHS, expected=AMOUNTS, counted=AMOUNTS, closes=st.booleans(), code=st.sampled_from(["lost", None]))
    def settle(self, *, month: Month, expected: Money, counted: Money, closes: bool, code: str | None) -> None:
        settle = self.branch.close_month if closes else self.branch.count_cash
        before = self.branch.state.closed
        self.attempt(lambda: settle(month, expected=expected, counted=counted, on=DAY, explanation_code=code))
        now = self.branch.state.closed
        assert closes or now == before
        if now != before and not self.batch.lenient:
            assert month not in before
            assert code or expected == counted
            assert month <= Month.of(DAY)

    @rule(present=st.integers(0, 5), in_favour=st.integers(0, 5))
    def resolve(self, present: int, in_favour: int) -> None:
        before = self.branch.version
        self.attempt(lambda: self.branch.resolve("评议", entitled=4, present=present, in_favour=in_favour, on=DAY))
        assert self.batch.lenient or self.branch.version == before or (present >= 2 and in_favour >= 3)

    @rule(code=st.sampled_from(["A1", "A2"]), kind=st.sampled_from(ActivityKind), times=st.integers(1, 2))
    def hold(self, code: str, kind: ActivityKind, times: int) -> None:
        for _ in range(times):
            held = code in self.branch.state.activities
            before = self.branch.version
            self.attempt(lambda: self.branch.hold(kind, code=code, title="主题党日", on=DAY, people=12, note="n"))
            assert self.batch.lenient or not held or self.branch.version == before
        if code in self.branch.state.activities:
            assert self.branch.activity(code).code == code
        else:
            self.attempt(lambda: self.branch.activity(code))

    @precondition(lambda self: self.branch.version)
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        version = data.draw(st.integers(1, self.branch.version + 1))
        self.attempt(lambda: self.branch.void(version))

    @precondition(lambda self: self.branch.state.standing)
    @rule(data=st.data(), amount=AMOUNTS)
    def correct(self, data: st.DataObject, amount: Money) -> None:
        version = data.draw(st.sampled_from(sorted(self.branch.state.standing)))
        changes = {"amount": amount} if hasattr(self.branch.state.standing[version], "amount") else {}
        self.attempt(lambda: self.branch.correct(version, occurred_on=DAY, **changes))

    @invariant()
    def the_handle_is_what_a_replay_gives(self) -> None:
        history = self.history()
        assert [version for version, _ in history] == list(range(1, self.branch.version + 1))
        assert fold(None, history) == self.branch.state
        assert fold(fold(None, history[:5]), history[5:]) == self.branch.state

    @invariant()
    def a_naive_model_agrees(self) -> None:
        model = naive(self.standing())
        assert {name: getattr(self.branch.state, name) for name in model} == model

    @invariant()
    def an_earlier_state_stays_as_it_was(self) -> None:
        assert repr(self.before) == self.said
        self.before, self.said = self.branch.state, repr(self.branch.state)

    def history(self) -> list[tuple[int, Event]]:
        return [(pending.version, pending.event) for pending in self.batch.pending]

    def standing(self) -> dict[int, Event]:
        gone = {event.of_version for _, event in self.history() if isinstance(event, Void)}
        return {
            version: event for version, event in self.history() if version not in gone and not isinstance(event, Void)
        }


def _dissolved(events: list[Event]) -> bool:
    life = [event for event in events if isinstance(event, BranchEstablished | BranchDissolved)]
    return bool(life) and isinstance(life[-1], BranchDissolved)


def naive(standing: dict[int, Event]) -> dict[str, object]:
    """The state, each field in its own plain way."""
    events = list(standing.values())
    signs = {FundReturned: 1, FundCredited: 1, FundSpent: -1}
    sums = [signs[type(event)] * event.amount.fen for event in events if type(event) in signs]  # type: ignore[attr-defined]
    ends = [place for place, event in enumerate(events) if isinstance(event, BranchDissolved)]
    begins = [place for place, event in enumerate(events) if isinstance(event, BranchEstablished)]
    anew = max((place for place in begins if ends and place > ends[0] and _dissolved(events[:place])), default=0)
    assigned = {event.post: event.holder for event in events[anew:] if isinstance(event, PostAssigned)}
    life = [event for event in events if isinstance(event, BranchEstablished | BranchDissolved)]
    set_up = [event for event in life if isinstance(event, BranchEstablished)]
    approved = [event.document for event in events[anew:] if isinstance(event, BranchApproved)]
    return {
        "standing": standing,
        "kind": set_up[-1].kind if set_up else None,
        "name": set_up[-1].name if set_up else "",
        "approval": approved[-1] if approved else None,
        "dissolved": bool(life and isinstance(life[-1], BranchDissolved)),
        "dissolved_on": life[-1].occurred_on if life and isinstance(life[-1], BranchDissolved) else None,
        "posts": {post: holder for post, holder in assigned.items() if holder is not None},
        "balance": fen(sum(sums)),
        "activities": {event.code: v for v, event in standing.items() if isinstance(event, ActivityHeld)},
        "closed": {event.month: v for v, event in standing.items() if isinstance(event, MonthClosed)},
    }


def test_a_new_field_of_the_state_wants_a_line_in_the_model() -> None:
    assert {"version", *naive({})} == {field.name for field in BranchState.__attrs_attrs__}


ANYTHING = st.one_of([VOIDS, *(events_of_a_small_world(cls) for cls in CLASSES if StreamKind.BRANCH in cls.streams)])


@given(st.lists(ANYTHING, max_size=16))
def test_the_model_agrees_whatever_history_says(events: list[Event]) -> None:
    """Also where no verb would have decided so."""
    standing: dict[int, Event] = {}
    for version, event in enumerate(events, start=1):
        if isinstance(event, Void):
            standing.pop(event.of_version, None)
        else:
            standing[version] = event
    state, model = fold(None, enumerate(events, start=1)), naive(standing)
    assert {name: getattr(state, name) for name in model} == model


TestKeeping = Keeping.TestCase

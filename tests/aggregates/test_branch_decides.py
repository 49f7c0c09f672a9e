"""A branch's verbs in any order: the fund is what a few lines of arithmetic say, and a refusal changes nothing."""

from collections.abc import Callable
from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cadreledger.aggregates import Batch, Branch, BranchFold
from cadreledger.aggregates.branch import fold
from cadreledger.errors import InputError, RuleError
from cadreledger.events.branch import (
    BranchDissolved,
    BranchEstablished,
    BranchKind,
    FundCredited,
    FundReturned,
    FundSpent,
    FundUse,
    PostAssigned,
)
from cadreledger.events.sections import Event
from cadreledger.events.void import Void
from cadreledger.values import Money, StreamId, fen

STREAM = StreamId("branch:B1")
DAY = date(2021, 7, 5)
AMOUNTS = st.sampled_from([fen(100), fen(250), fen(700)])


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
        state, events = self.branch.state, list(self.standing().values())
        balance = 0
        posts: dict[str, str] = {}
        for event in events:
            if isinstance(event, FundReturned | FundCredited):
                balance += event.amount.fen
            elif isinstance(event, FundSpent):
                balance -= event.amount.fen
            elif isinstance(event, PostAssigned):
                posts.pop(event.post, None)
                posts |= {} if event.holder is None else {event.post: event.holder}
        life = [event for event in events if isinstance(event, BranchEstablished | BranchDissolved)]
        kinds = [event.kind for event in life if isinstance(event, BranchEstablished)]
        assert (state.balance, dict(state.posts)) == (fen(balance), posts)
        assert state.kind is (kinds[-1] if kinds else None)
        assert state.dissolved is bool(life and isinstance(life[-1], BranchDissolved))
        assert state.standing == self.standing()

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


TestKeeping = Keeping.TestCase

"""No fen is made or lost between what came, went back, is credited and is held, in whatever order it is entered."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.aggregates.sums import Auditor, Sums
from tests.queries.town import JAN, Town

from cadreledger.aggregates import CadreState
from cadreledger.errors import CadreLedgerError, RuleError
from cadreledger.events.dues import DuesAllocated, DuesReceived, DuesRefunded, PaymentMethod
from cadreledger.queries import arrears, cash_close
from cadreledger.values import Money, Month, Quantity, fen

MOVES = (DuesReceived, DuesAllocated, DuesRefunded)
MONTHS = st.integers(0, 11).map(JAN.plus)
DAYS = st.integers(0, 364).map(lambda days: date.fromordinal(date(2021, 1, 1).toordinal() + days))
AMOUNTS = st.integers(1, 5000).map(fen)


class Paying(RuleBasedStateMachine):
    """Payments, allocations, refunds, voids and corrections, in any order."""

    @initialize()
    def begin(self) -> None:
        self.town = Town()
        self.cadre = self.town.member()
        self.auditor = Auditor(self.town.batch)

    def attempt(self, decide: Callable[[], object]) -> None:
        with suppress(CadreLedgerError):
            decide()

    @rule(amount=AMOUNTS, month=MONTHS, on=DAYS, method=st.none() | st.sampled_from(PaymentMethod))
    def pay(self, amount: Money, month: Month, on: date, method: PaymentMethod | None) -> None:
        self.attempt(lambda: self.cadre.pay_dues(amount, for_month=month, on=on, method=method, if_paid="hold"))

    @precondition(lambda self: self.cadre.view.payments)
    @rule(data=st.data(), month=MONTHS, amount=AMOUNTS, on=DAYS, back=st.booleans())
    def spend(self, *, data: st.DataObject, month: Month, amount: Money, on: date, back: bool) -> None:
        payment = data.draw(st.sampled_from(sorted(self.cadre.view.payments)))
        if back:
            self.attempt(lambda: self.cadre.refund(payment, amount, decision="R1", on=on))
        else:
            self.attempt(lambda: self.cadre.allocate(payment, month, amount, on=on))

    @precondition(lambda self: self.cadre.view.payments)
    @rule(data=st.data(), amount=AMOUNTS, month=MONTHS, on=DAYS)
    def correct(self, data: st.DataObject, amount: Money, month: Month, on: date) -> None:
        payment = data.draw(st.sampled_from(sorted(self.cadre.view.payments)))
        changes: list[dict[str, object]] = [{"amount": amount}, {"for_month": month}, {"on": on}]
        change = data.draw(st.sampled_from(changes))
        self.attempt(lambda: self.cadre.correct(payment, **change))

    @precondition(lambda self: self.cadre.view.payments)
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        moves = [version for version, event in self.cadre.view.standing.items() if isinstance(event, MOVES)]
        version = data.draw(st.sampled_from(moves))
        self.attempt(lambda: self.cadre.void(version))

    @rule(amount=AMOUNTS, month=MONTHS, on=DAYS)
    def pay_and_take_it_back(self, amount: Money, month: Month, on: date) -> None:
        before, sums = money_of(self.cadre.state), summed(self.auditor.sums())
        try:
            paid = self.cadre.pay_dues(amount, for_month=month, on=on, if_paid="hold")
        except RuleError:  # too far ahead
            return
        self.cadre.refund(paid, fen(1), decision="R1", on=date(2021, 12, 31))
        assert money_of(self.cadre.state) != before
        self.cadre.void(paid)
        assert money_of(self.cadre.state) == before
        assert summed(self.auditor.sums()) == sums

    @invariant()
    def what_came_went_back_or_is_credited_or_is_held(self) -> None:
        received, refunded, credited, held = money_of(self.cadre.view)
        assert received == refunded + credited + held
        assert held >= 0

    @invariant()
    def what_figures_sum_is_what_the_state_holds(self) -> None:
        received, refunded, credited, _ = money_of(self.cadre.view)
        assert self.auditor.total("dues.collected").value == received - refunded
        assert self.auditor.total("dues.credited").value == credited

    @invariant()
    def cash_boxes_hold_what_came_in_cash(self) -> None:
        picture, state = self.town.picture, self.cadre.view
        boxes = (cash_close(picture, self.town.home.stream, JAN.plus(number)) for number in range(12))
        cash = {version: paid for version, paid in state.payments.items() if paid.method is not PaymentMethod.TRANSFER}
        refunds = [event for event in state.standing.values() if isinstance(event, DuesRefunded)]
        came = sum(paid.amount.fen for paid in cash.values())
        assert sum(box.expected.fen for box in boxes) == came - sum(
            refund.amount.fen for refund in refunds if refund.payment in cash
        )


def money_of(state: CadreState) -> tuple[int, int, int, int]:
    """Received, refunded, credited, held; in fen."""
    events = state.standing.values()
    held = (
        payment.amount.fen - state.spent_of.get(version, fen(0)).fen
        for version, payment in state.payments.items()
        if payment.held
    )
    return (
        sum(event.amount.fen for event in events if isinstance(event, DuesReceived)),
        sum(event.amount.fen for event in events if isinstance(event, DuesRefunded)),
        sum(amount.fen for amount in state.credited.values()),
        sum(held),
    )


def summed(sums: Sums) -> dict[tuple[str, Month | None], Quantity]:
    """What is not nothing, by figure and month."""
    flat = {(key, month): quantity for key, by_month in sums.items() for month, quantity in by_month.items()}
    return {place: quantity for place, quantity in flat.items() if quantity.value}


TestPaying = Paying.TestCase


@given(st.lists(st.tuples(AMOUNTS, DAYS, st.booleans()), min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_the_order_in_which_entries_come_in_does_not_matter_to_totals(
    payments: list[tuple[Money, date, bool]], chance: Random
) -> None:
    """Each month is paid once, on any day; entered by the book, or late and pell-mell."""
    entries = [(JAN.plus(number), *payment) for number, payment in enumerate(payments)]
    shuffled = list(entries)
    chance.shuffle(shuffled)
    assert totals(entries) == totals(shuffled)


def totals(entries: Iterable[tuple[Month, Money, date, bool]]) -> tuple[object, ...]:
    """Everything that is summed over payments, of which some were given back in part."""
    town = Town(lenient=True)
    cadre = town.member()
    auditor = Auditor(town.batch)
    for month, amount, on, back in entries:
        paid = cadre.pay_dues(amount, for_month=month, on=on)
        if back:
            cadre.refund(paid, fen(1), decision="R1", on=on)
    picture = town.picture
    boxes = tuple(cash_close(picture, town.home.stream, JAN.plus(number)) for number in range(12))
    unpaid = arrears(picture, Month(2021, 12))
    return money_of(cadre.state), dict(cadre.state.credited), unpaid, boxes, summed(auditor.sums())

"""What touches several streams at once: a death, the end of a branch, a month's closing, a transfer.

Each is decided on the whole ledger as it stands at one position (`Transaction.picture`), or on the handles alone where
these are enough; all of it is recorded, or nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from cadreledger.aggregates import Branch, Cadre, Facility, Handle, Violation
from cadreledger.aggregates.base import exactly
from cadreledger.aggregates.branch import require_handle
from cadreledger.errors import InputError, RuleError
from cadreledger.events.cadre import LeaveCause, MembershipEnd, Relation
from cadreledger.events.dues import ArrearsStep
from cadreledger.events.facility import BookingMade
from cadreledger.queries import Picture, arrears, cash_close, paid_to, prepaid_beyond
from cadreledger.rules import declared
from cadreledger.values import Money, Month, StreamId, code

if TYPE_CHECKING:
    from cadreledger.ledger.transaction import Transaction

__all__ = ["close_month", "dissolve", "record_death", "transfer"]


def record_death(tx: "Transaction", cadre: Cadre, on: date, circumstances: str | None) -> int:
    """See `Transaction.record_death`."""
    _require_cadre(cadre, tx)
    exactly(date, on, "the day of a death")
    open_bookings = list(_bookings_of(tx.picture(), cadre.stream, on, tx.stream_of))
    rooms = {stream: tx.handle(Facility, stream) for stream, _, _ in open_bookings}
    with _all_or_none([cadre, *rooms.values()]):
        left = cadre.leave(cause=LeaveCause.DEATH, on=on, circumstances=circumstances)
        for stream, booking, asked_on in open_bookings:
            rooms[stream].cancel(booking, on=max(on, asked_on))
        _note_what_was_prepaid(tx, cadre, on)
    return left


def dissolve(tx: "Transaction", branch: Branch, cause: str, on: date) -> int:
    """See `Transaction.dissolve`."""
    require_handle(branch, tx.batch)
    people = list(tx.picture().cadres())
    members = sum(1 for _, state in people if state.formal == branch.stream)
    if members:
        what, hint = "a branch is not dissolved while people belong to it formally", "Transfer them first."
        raise RuleError(what, "no formal member", str(members), hint, "branch_has_members")
    takes_part = [tx.cadre(stream) for stream, state in people if branch.stream in state.participating]
    with _all_or_none([branch, *takes_part]):
        for cadre in takes_part:
            cadre.leave_branch(branch, relation=Relation.PARTICIPATING, cause=MembershipEnd.ENDED, on=on)
        return branch.dissolve(cause, on=on)


def close_month(
    tx: "Transaction",
    branch: Branch,
    month: Month,
    counted: Money,
    on: date,
    explanation_code: str | None,
    explanation: str | None,
) -> int:
    """See `Transaction.close_month`."""
    require_handle(branch, tx.batch)
    exactly(Month, month, "the month to close")
    branch.require_open()
    picture = tx.picture()
    expected = cash_close(picture, branch.stream, month).expected
    found = [one for one in arrears(picture, month) if one.review_due and one.branch == branch.stream]
    due = [(tx.cadre(one.stream), len(one.row)) for one in found]
    with _all_or_none([branch, *(cadre for cadre, _ in due)]):
        closed = branch.close_month(
            month,
            expected=expected,
            counted=counted,
            on=on,
            explanation_code=explanation_code,
            explanation=explanation,
        )
        for cadre, months in due:
            cadre.review_arrears(ArrearsStep.OPENED, months=months, on=on)
    return closed


def transfer(
    tx: "Transaction",
    cadre: Cadre,
    to: Branch,
    letter_on: date,
    accepted_on: date,
    letter: str | None,
    paid: Month | None,
) -> int:
    """See `Transaction.transfer`."""
    _require_cadre(cadre, tx)
    require_handle(to, tx.batch)
    exactly(date, letter_on, "the day of a letter")
    exactly(date, accepted_on, "the day of an acceptance")
    home = cadre.view.formal
    if home is None:
        what, hint = "there is no formal relation here to transfer", "Let the person join the branch."
        raise RuleError(what, "a member of a formal branch", hint=hint, rule="no_formal_branch")
    if home == to.stream:
        raise RuleError("a transfer leads to another branch", "another branch", to.stream, rule="same_branch")
    if accepted_on < letter_on:
        what = "a letter is accepted before it is written"
        expected = f"{letter_on} or later"
        raise RuleError(what, expected, str(accepted_on), rule="before_what_it_follows")
    stated = paid_to(cadre.view, Month.of(letter_on), tx.policy()) if paid is None else paid
    if stated is None:
        hint = "Say paid_to, or assess the dues first."
        raise InputError("a letter states to which month dues are paid", "a month", "nothing is assessed", hint)
    with _all_or_none([cadre]):
        cadre.transfer(to.stream, paid_to=stated, on=letter_on)
        cadre.leave_branch(tx.branch(home), cause=MembershipEnd.TRANSFER, on=accepted_on)
        return cadre.join(to, relation=Relation.FORMAL, on=accepted_on, letter=letter)


def _bookings_of(
    picture: Picture, person: StreamId, since: date, stream_of: Callable[[str], StreamId | None]
) -> Iterator[tuple[StreamId, int, date]]:
    """Bookings for ``person`` that were not over when the day ``since`` began: facility, version, day of asking."""
    midnight = datetime.combine(since, time.min)
    for stream, facility in picture.facilities():
        for version, booking in facility.bookings.items():
            made = facility.standing[version]
            if booking.cancelled or booking.end <= midnight or not isinstance(made, BookingMade):
                continue
            if booking.booked_for is not None and _names(booking.booked_for, person, stream_of):
                yield stream, version, made.occurred_on or since


def _names(text: str, person: StreamId, stream_of: Callable[[str], StreamId | None]) -> bool:
    """Whether ``text`` is the stream of ``person``, or the office's code for them."""
    if text == person:
        return True
    try:
        return stream_of(code(text)) == person
    except InputError:  # no code; or the code of somebody who was erased
        return False


def _note_what_was_prepaid(tx: "Transaction", cadre: Cadre, died_on: date) -> None:
    prepaid = prepaid_beyond(cadre.view)
    after = tx.policy().find(declared.AFTER_DEATH, Month.of(died_on))
    if prepaid == Money(0) or after is None or after.value:
        return
    noted = Violation(
        "prepaid_beyond_death",
        "dues were prepaid beyond a death",
        f"nothing after {Month.of(died_on)}",
        str(prepaid),
        "Decide: refund them, or leave them.",
        after.citation,
        "noted",
        after.version,
    )
    tx.batch.admit((noted,))


def _require_cadre(cadre: Cadre, tx: "Transaction") -> None:
    """Raise InputError unless ``cadre`` is a retired cadre's handle of this transaction."""
    if not isinstance(cadre, Cadre) or not cadre.decides_in(tx.batch):
        expected, hint = "a person's handle of this transaction", "Take it from tx.cadres."
        raise InputError("a person cannot be decided about", expected, type(cadre).__name__, hint)


@contextmanager
def _all_or_none(handles: Iterable[Handle[Any]]) -> Iterator[None]:
    """Decisions of several handles as one: where one of them is refused, none is kept."""
    with ExitStack() as stack:
        for handle in handles:
            stack.enter_context(handle.at_once())
        yield

"""The rules of what is done for and with a retired cadre: wishes, attendance, the medal, an introduction letter."""

from cadreledger.aggregates.cadre_state import CadreState, Wish
from cadreledger.aggregates.order import check_after
from cadreledger.aggregates.violation import Violation
from cadreledger.events.cadre import (
    AttendanceRecorded,
    Medal,
    MedalAwarded,
    TransferSent,
    WishCancelled,
    WishClaimed,
    WishFulfilled,
    WishMade,
)
from cadreledger.events.sections import Event

__all__ = ["check_service"]


def check_service(state: CadreState, event: Event) -> tuple[Violation, ...]:
    """What an event about services would break; nothing where it is about something else.

    An activity is attended once, the medal given once, a letter comes from the member's own branch.
    """
    match event:
        case WishMade() | WishClaimed() | WishCancelled() | WishFulfilled():
            return _check_wish(state, event)
        case AttendanceRecorded():
            what, hint = "this person is recorded as having taken part", "Correct the entry that is there."
            twice = Violation("attended_already", what, hint=hint)
            return (twice,) if (event.holder, event.activity) in state.attended else ()
        case MedalAwarded(medal=Medal.PARTY_50):
            return _check_medal(state, event)
        case TransferSent():
            return _check_letter(state, event)
        case _:
            return ()


def _check_wish(
    state: CadreState, event: WishMade | WishClaimed | WishCancelled | WishFulfilled
) -> tuple[Violation, ...]:
    """A wish is made once, has at most one live claim, and ends once: fulfilled or cancelled."""
    if isinstance(event, WishMade):
        hint = "Put it again under another code."
        twice = Violation("wish_made_already", "a wish has that code already", hint=hint, weight="senseless")
        return (twice,) if event.code in state.wishes else ()
    wish = next((wish for wish in state.wishes.values() if wish.version == event.wish), None)
    if wish is None:
        return (Violation("unknown_wish", "there is no such wish", "a wish of this person", weight="senseless"),)
    return _check_open(state, wish, event) + _check_claim(wish, event) + _after(state, wish, event)


def _check_open(
    state: CadreState, wish: Wish, event: WishClaimed | WishCancelled | WishFulfilled
) -> tuple[Violation, ...]:
    if wish.fulfilled is not None:
        came_true = state.standing[wish.fulfilled].occurred_on
        claimed = event.occurred_on if isinstance(event, WishClaimed) and event.claimant else None
        if claimed is not None and came_true is not None and claimed <= came_true:
            return ()  # who made it come true may be said later
        hint = f"If it was not, take version {wish.fulfilled} back."
        return (Violation("wish_fulfilled_already", "this wish came true already", "an open wish", hint=hint),)
    what, hint = "this wish was cancelled", "Put it again under another code, or take its cancelling back."
    return (Violation("wish_cancelled_already", what, "an open wish", hint=hint),) if wish.cancelled else ()


def _after(state: CadreState, wish: Wish, event: Event) -> tuple[Violation, ...]:
    """A wish may be given up on a day that nobody knows; all else lies after its making."""
    return () if event.occurred_on is None else check_after(state.standing[wish.version], event)


def _check_claim(wish: Wish, event: WishClaimed | WishCancelled | WishFulfilled) -> tuple[Violation, ...]:
    if not isinstance(event, WishClaimed):
        return ()
    if event.claimant is not None and wish.claimed:
        what, hint = "somebody has taken this wish on", "Let them release it first."
        return (Violation("wish_claimed_already", what, "a wish without a claim", hint=hint),)
    if event.claimant is None and not wish.claimed:
        return (Violation("wish_not_claimed", "nobody has taken this wish on", "a claimed wish"),)
    return ()


def _check_medal(state: CadreState, event: MedalAwarded) -> tuple[Violation, ...]:
    if event.medal in state.medals:
        return (Violation("medal_awarded_already", "the medal 光荣在党50年 is given once"),)
    handed_over = event.occurred_on
    if handed_over is not None and handed_over.year < event.year:
        what, expected = "a medal is handed over before its year", f"a day of {event.year} or later"
        return (Violation("medal_not_due", what, expected, str(handed_over)),)
    return ()


def _check_letter(state: CadreState, event: TransferSent) -> tuple[Violation, ...]:
    if state.formal == event.from_branch:
        return ()
    what = "an introduction letter comes from the branch of the formal relation"
    return (Violation("not_the_formal_branch", what),)

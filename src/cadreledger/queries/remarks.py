"""What is worth a remark in one stream: a cadre's, a branch's, the community's."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Final

from cadreledger.aggregates import BranchState, CadreState, CommunityState
from cadreledger.events.branch import BranchKind
from cadreledger.events.community import NoticePublished, ProfileStated, SuggestionReceived
from cadreledger.events.dues import PaymentMethod
from cadreledger.queries.remark import Remark, of_rule
from cadreledger.rules import Policy, declared, months_later
from cadreledger.values import Month, StreamId

__all__ = ["named_without_consent", "on_branch", "on_cadre", "on_community", "profile_and_register"]

PRODUCTS: Final = (
    # as the office's profile (概况) names them: grids, what each of them has, and the whole
    ("网格", "每名网格员负责户数", "总户数"),
    ("网格", "每名网格员负责人数", "人口"),
)
BRANCHES, MEMBERS = "社区党委下设支部", "党员"


def on_cadre(stream: StreamId, state: CadreState, policy: Policy, today: date) -> Iterator[Remark]:
    """Visits that wait for a decision, wishes that are open for long, money handed over or paid ahead."""
    for version in (version for alike in state.alike.values() if len(alike) > 1 for version in alike[1:]):
        day = state.visits[version].occurred_on
        if state.counts(version):
            what = f"two visits look the same ({day}), and somebody said that both were made"
            yield Remark("visit_confirmed", what, stream, version)
        else:
            what = f"two visits look the same ({day}): the second is not counted until somebody decides"
            yield Remark("visit_waits", what, stream, version)
    yield from _wishes(stream, state, policy, today)
    for version, event in state.payments.items():
        if event.method is PaymentMethod.PROXY:
            what = "dues were handed over by somebody else: the member's own money, not an advance"
            handed = policy.find(declared.HANDED_OVER, event.for_month)
            yield Remark("dues_handed_over", what, stream, version, citation=handed.citation if handed else "")
        day = event.occurred_on
        if day is not None and (day.year, day.month) < (event.for_month.year, event.for_month.month):
            what = f"dues for {event.for_month} came in {Month.of(day)}"
            yield Remark("dues_paid_ahead", what, stream, version)


def _wishes(stream: StreamId, state: CadreState, policy: Policy, today: date) -> Iterator[Remark]:
    wishes = sorted(state.wishes.items(), key=lambda item: item[1].version)
    for (code, wish), (later, _) in pairwise(wishes):
        if wish.cancelled:
            what = f"wish {code} was cancelled, and {later} made after it: if they are one, it was put forward twice"
            yield Remark("wish_made_again", what, stream, wish.version)
    for code, wish in wishes:
        if wish.cancelled or wish.fulfilled is not None or wish.made_on is None:
            continue
        limit = policy.find(declared.WISH_MONTHS_OPEN, Month.of(wish.made_on))
        if limit is not None and months_later(wish.made_on, limit.value) < today:
            claimed = "claimed, and open" if wish.claimed else "open, and nobody has taken it on"
            what = f"wish {code} of {wish.made_on} is {claimed}"
            yield of_rule(limit, "wish_open_long", what, stream, wish.version)


def on_branch(stream: StreamId, state: BranchState, policy: Policy, today: date) -> Iterator[Remark]:
    """A temporary branch without an approval."""
    approved = policy.find(declared.TEMPORARY_APPROVED, Month.of(today))
    if state.kind is BranchKind.TEMPORARY and not state.approval and approved is not None and approved.value:
        what = "a temporary branch has no approval of the higher committee; an application alone is none"
        yield of_rule(approved, "temporary_not_approved", what, stream)


def on_community(stream: StreamId, state: CommunityState) -> Iterator[Remark]:
    """Suggestions without an answer, and products that do not come out."""
    for code, version in sorted(state.suggestions.items()):
        made = state.standing.get(version)
        if version not in state.answered and isinstance(made, SuggestionReceived):
            about = f" on notice {made.notice}" if made.notice else ""
            yield Remark("suggestion_open", f"suggestion {code}{about} has no answer", stream, version)
    for parts, each, whole in PRODUCTS:
        numbers = [_number(state, item) for item in (parts, each, whole)]
        if None in numbers:
            continue
        count, share, total = (number for number in numbers if number is not None)
        if count * share != total:
            what = f"{parts} {count} x {each} {share} = {count * share}, not {whole} {total}"
            yield Remark("profile_does_not_multiply", what, stream, state.profile[whole])


def named_without_consent(state: CommunityState, consenting: frozenset[str], policy: Policy) -> Iterator[Remark]:
    """Notices, each in its last edition, that name somebody who does not allow it, or not any more."""
    last = {number: notice.published for (number, _), notice in sorted(state.notices.items()) if notice.published}
    for number, version in sorted(last.items()):
        event = state.standing.get(version)
        if not isinstance(event, NoticePublished) or consenting.issuperset(event.people):
            continue
        asked = policy.find(declared.SEPARATE_CONSENT, Month.parse(event.period[:7]))
        what = f"notice {number} names somebody who has withdrawn their consent: a new edition leaves the name out"
        yield Remark("name_without_consent", what, "community", version, citation=asked.citation if asked else "")


def profile_and_register(state: CommunityState, branches: int, members: int) -> Iterator[Remark]:
    """Where the profile names more branches or members than the registers hold."""
    for item, held in ((BRANCHES, branches), (MEMBERS, members)):
        said = _number(state, item)
        if said is not None and said != held:
            what = f"the profile says {item} {said}, the registers hold {held}"
            yield Remark("profile_and_register_differ", what, "community", state.profile[item])


def _number(state: CommunityState, item: str) -> Decimal | None:
    stated = state.standing.get(state.profile.get(item, 0))
    if not isinstance(stated, ProfileStated):
        return None
    try:
        number = Decimal(stated.value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None

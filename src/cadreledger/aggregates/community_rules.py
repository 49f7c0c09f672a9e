"""The state of the community as a whole, and the rules that a new event about it is held against."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Self

import attrs

from cadreledger.aggregates.holding import HoldingState, check_held
from cadreledger.aggregates.order import changed_since, check_after
from cadreledger.aggregates.violation import Violation
from cadreledger.errors import InputError
from cadreledger.events.activity import ActivityHeld
from cadreledger.events.community import (
    NoticeApproved,
    NoticeProposed,
    NoticePublished,
    NoticeReviewed,
    PartnerChanged,
    PartnerJoined,
    PartnerLeft,
    RegulationAdopted,
    RegulationRepealed,
    SuggestionAnswered,
    SuggestionReceived,
)
from cadreledger.events.sections import Event
from cadreledger.events.void import Void, VoidReason
from cadreledger.values import Period

__all__ = ["CommunityState", "Notice", "check", "check_void"]

OPENNESS: Final = "《中国共产党党务公开条例(试行)》 art. 15"
NoticeEvent = NoticeProposed | NoticeReviewed | NoticeApproved | NoticePublished


@attrs.frozen
class Notice:
    """How far an edition of a notice has come: the version of each step (0: not yet), and who took it."""

    proposed: int = 0
    reviewed: int = 0
    approved: int = 0
    published: int = 0
    proposer: str | None = None
    reviewer: str | None = None
    approver: str | None = None

    def after(self, version: int, event: NoticeEvent) -> Self:
        """The notice after one step more."""
        match event:
            case NoticeProposed():
                return attrs.evolve(self, proposed=version, proposer=event.proposer)
            case NoticeReviewed():
                return attrs.evolve(self, reviewed=version, reviewer=event.reviewer)
            case NoticeApproved():
                return attrs.evolve(self, approved=version, approver=event.approver)
            case NoticePublished():
                return attrs.evolve(self, published=version)


@attrs.frozen(kw_only=True)
class CommunityState(HoldingState):
    """What is known of the community as a whole; versions are those of the entry that says so.

    ``profile`` by item, ``partners`` and ``regulations`` (in force) by code, ``notices`` by number (as in headers) and
    edition, ``suggestions`` by code, ``answered`` by the version of the suggestion, ``described`` what was
    said last of a partner, by the version of its joining. ``ended``: the last leaving of a ``partner`` or repeal of a
    ``regulation``, by that word and code.
    """

    profile: Mapping[str, int] = MappingProxyType({})
    partners: Mapping[str, int] = MappingProxyType({})
    regulations: Mapping[str, int] = MappingProxyType({})
    notices: Mapping[tuple[str, int], Notice] = MappingProxyType({})
    suggestions: Mapping[str, int] = MappingProxyType({})
    answered: Mapping[int, int] = MappingProxyType({})
    described: Mapping[int, int] = MappingProxyType({})
    ended: Mapping[tuple[str, str], int] = MappingProxyType({})


def check(state: CommunityState, event: Event) -> tuple[Violation, ...]:
    """What ``event`` would break, given ``state``. Pure; an audit asks the same question of history."""
    match event:
        case ActivityHeld():
            return check_held(state.activities, event)
        case PartnerJoined() | PartnerChanged() | PartnerLeft():
            return _check_partner(state, event)
        case RegulationAdopted() | RegulationRepealed():
            return _check_regulation(state, event)
        case NoticeProposed() | NoticeReviewed() | NoticeApproved() | NoticePublished():
            return _check_notice(state, event)
        case SuggestionReceived() | SuggestionAnswered():
            return _check_suggestion(state, event)
        case _:
            return ()


def check_void(state: CommunityState, void: Void) -> tuple[Violation, ...]:
    """What speaks of what came before it is taken back the latest first: regulations, partners, steps of a notice."""
    if void.reason is VoidReason.RESTED_ON_VOIDED:
        return ()  # what it rested on goes with it
    target = state.standing[void.of_version]
    same = [
        version
        for version, event in state.standing.items()
        if version > void.of_version and _follows(state, target, event)
    ]
    return changed_since(same[-1]) if same else ()


def _follows(state: CommunityState, target: Event, event: Event) -> bool:
    """Whether ``event``, which came later, would mean something else without ``target``."""
    match target:
        case RegulationAdopted() | RegulationRepealed():
            return isinstance(event, RegulationAdopted | RegulationRepealed) and event.code == target.code
        case PartnerLeft():
            joined = state.standing.get(target.partner)
            return isinstance(event, PartnerJoined) and event.code == getattr(joined, "code", None)
        case NoticePublished():
            return isinstance(event, NoticePublished) and event.number == target.number
        case NoticeProposed() | NoticeReviewed() | NoticeApproved():
            steps = NoticeReviewed | NoticeApproved | NoticePublished
            return isinstance(event, steps) and (event.number, event.edition) == (target.number, target.edition)
        case _:
            return False


def _check_partner(state: CommunityState, event: PartnerJoined | PartnerChanged | PartnerLeft) -> tuple[Violation, ...]:
    if isinstance(event, PartnerJoined):
        what = "a partner has that code already"
        twice = Violation("partner_joined_already", what, weight="senseless")
        left = state.standing.get(state.ended.get(("partner", event.code), 0))
        return (twice,) if event.code in state.partners else check_after(left, event, counted=True)
    joined = state.standing.get(event.partner)
    if not isinstance(joined, PartnerJoined) or state.partners.get(joined.code) != event.partner:
        return (Violation("unknown_partner", "there is no such partner", weight="senseless"),)
    return check_after(joined, event, counted=True)


def _check_regulation(state: CommunityState, event: RegulationAdopted | RegulationRepealed) -> tuple[Violation, ...]:
    last = state.regulations.get(event.code)
    if isinstance(event, RegulationRepealed):
        unknown = Violation("unknown_regulation", "no regulation of that code is in force", weight="senseless")
        return check_after(state.standing[last], event, counted=True) if last and event.in_force == -1 else (unknown,)
    if event.in_force == int(not last):
        before = last or state.ended.get(("regulation", event.code), 0)
        return check_after(state.standing.get(before), event, counted=not last)
    what, expected = "a regulation is counted once", f"in_force {int(not last)}"
    return (Violation("regulation_counted_wrongly", what, expected, str(event.in_force), weight="senseless"),)


def _check_notice(state: CommunityState, event: NoticeEvent) -> tuple[Violation, ...]:
    notice = state.notices.get((event.number, event.edition), Notice())
    found: list[Violation] = []
    done, before, lacking = _step(notice, event)
    if done or (notice.published and not isinstance(event, NoticePublished)):
        what, hint = "this edition of the notice has taken that step", "A correction is a new edition."
        found.append(Violation("notice_step_taken", what, found=f"edition {event.edition}", hint=hint))
    if lacking:
        what = f"a notice is {lacking} first"
        found.append(Violation(f"notice_not_{lacking}", what, f"a notice that was {lacking}", citation=OPENNESS))
    if before:
        found += check_after(state.standing[before], event)
    if isinstance(event, NoticePublished) and event.supersedes != _edition_before(state, event):
        what = "an edition supersedes the one published before it"
        found.append(Violation("edition_out_of_order", what, found=f"edition {event.edition}", weight="senseless"))
    if isinstance(event, NoticePublished):
        found += _check_published(event)
    proposed = state.standing.get(notice.proposed)
    if isinstance(event, NoticePublished) and isinstance(proposed, NoticeProposed) and proposed.period != event.period:
        found.append(Violation("another_period", "a notice is of the period proposed", proposed.period, event.period))
    return (*found, *_check_people(notice, event))


def _check_published(event: NoticePublished) -> tuple[Violation, ...]:
    """What a reader of headers could not make sense of."""
    try:
        Period.parse(event.period)
    except InputError as error:
        return (Violation("no_such_period", error.what, error.expected, event.period, weight="senseless"),)
    if bool(event.size) is not bool(event.digest):
        what = "a notice rests on a checkpoint and has a digest, or is on paper"
        return (Violation("rests_on_nothing", what, "a size and a digest, or neither", weight="senseless"),)
    return ()


def _edition_before(state: CommunityState, event: NoticePublished) -> int:
    """The edition that a notice must supersede: the one before it, 0 for the first; -1 where that was not published."""
    before = state.notices.get((event.number, event.edition - 1), Notice())
    return 0 if event.edition == 1 else event.edition - 1 if before.published else -1


def _step(notice: Notice, event: NoticeEvent) -> tuple[int, int, str]:
    """The version of the same step, if it was taken (else 0); that of the step before it, or what it is called."""
    match event:
        case NoticeProposed():
            return notice.proposed, 0, ""
        case NoticeReviewed():
            return notice.reviewed, notice.proposed, "" if notice.proposed else "proposed"
        case NoticeApproved():
            return notice.approved, notice.reviewed, "" if notice.reviewed else "reviewed"
        case NoticePublished():
            return notice.published, notice.approved, "" if notice.approved else "approved"


def _check_people(notice: Notice, event: NoticeEvent) -> tuple[Violation, ...]:
    """Whoever reviews has not proposed, and whoever approves has done neither."""
    person: str | None
    others: tuple[str | None, ...]
    if isinstance(event, NoticeReviewed):
        person, others = event.reviewer, (notice.proposer,)
    elif isinstance(event, NoticeApproved):
        person, others = event.approver, (notice.proposer, notice.reviewer)
    else:
        return ()
    if person is None:
        what = "a notice is reviewed and approved by somebody"
        return (Violation("nobody_named", what, "a post or an account", citation=OPENNESS),)
    if person not in others:
        return ()
    what = "a notice is proposed, reviewed and approved by different people"
    return (Violation("same_person", what, "somebody else", citation=OPENNESS),)


def _check_suggestion(state: CommunityState, event: SuggestionReceived | SuggestionAnswered) -> tuple[Violation, ...]:
    if isinstance(event, SuggestionReceived):
        what = "a suggestion has that code already"
        twice = Violation("suggestion_received_already", what, weight="senseless")
        return (twice,) if event.code in state.suggestions else ()
    received = state.standing.get(event.suggestion)
    if not isinstance(received, SuggestionReceived):
        return (Violation("unknown_suggestion", "there is no such suggestion", weight="senseless"),)
    if event.suggestion in state.answered:
        return (Violation("suggestion_answered_already", "this suggestion was answered already"),)
    return check_after(received, event)

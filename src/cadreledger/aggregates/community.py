"""The community as a whole: what it is like, its partners, its rules, its notices, and what people say of them."""

from collections.abc import Iterable
from datetime import date
from types import MappingProxyType

from cadreledger.aggregates.base import choose, exactly
from cadreledger.aggregates.community_rules import CommunityState, Notice, check, check_void
from cadreledger.aggregates.holding import HoldingHandle
from cadreledger.aggregates.standing import Fold, folded, thawed
from cadreledger.aggregates.violation import Violation
from cadreledger.errors import InputError, RuleError
from cadreledger.events.activity import ActivityHeld
from cadreledger.events.community import (
    NoticeApproved,
    NoticeProposed,
    NoticePublished,
    NoticeReviewed,
    PartnerChanged,
    PartnerJoined,
    PartnerLeft,
    ProfileStated,
    RegulationAdopted,
    RegulationRepealed,
    RegulationWay,
    SuggestionAnswered,
    SuggestionReceived,
)
from cadreledger.events.sections import Event
from cadreledger.events.void import Void
from cadreledger.values import Month, Period, Qualifier, StreamKind, ascii_code

__all__ = ["Community", "CommunityFold", "fold"]

NoticeKey = tuple[str, int]


class CommunityFold(Fold[CommunityState]):
    """The community's state under construction."""

    _activities: dict[str, int]
    _profile: dict[str, int]
    _partners: dict[str, int]
    _regulations: dict[str, int]
    _notices: dict[NoticeKey, Notice]
    _suggestions: dict[str, int]
    _answered: dict[int, int]
    _described: dict[int, int]
    _ended: dict[tuple[str, str], int]

    def _view(self) -> CommunityState:
        """The state as it stands; valid until the next `take`."""
        return CommunityState(
            version=self.version,
            standing=self.standing(),
            activities=MappingProxyType(self._activities),
            profile=MappingProxyType(self._profile),
            partners=MappingProxyType(self._partners),
            regulations=MappingProxyType(self._regulations),
            notices=MappingProxyType(self._notices),
            suggestions=MappingProxyType(self._suggestions),
            answered=MappingProxyType(self._answered),
            described=MappingProxyType(self._described),
            ended=MappingProxyType(self._ended),
        )

    def _reset(self) -> None:
        self._activities, self._profile, self._partners, self._regulations = {}, {}, {}, {}
        self._notices, self._suggestions, self._answered, self._described = {}, {}, {}, {}
        self._ended = {}

    def _thaw(self, state: CommunityState) -> None:
        self._activities, self._profile = thawed(state.activities), thawed(state.profile)
        self._partners, self._regulations = thawed(state.partners), thawed(state.regulations)
        self._notices = thawed(state.notices)
        self._suggestions, self._answered = thawed(state.suggestions), thawed(state.answered)
        self._described, self._ended = thawed(state.described), thawed(state.ended)

    def _apply(self, version: int, event: Event) -> None:
        match event:
            case ActivityHeld():
                self._activities[event.code] = version
            case ProfileStated():
                self._profile[event.item] = version
            case PartnerJoined():
                self._partners[event.code] = self._described[version] = version
            case PartnerChanged() if event.partner in self._described:
                self._described[event.partner] = version
            case PartnerLeft():
                self._leave(version, event)
            case RegulationAdopted():
                self._regulations[event.code] = version
            case RegulationRepealed():
                self._regulations.pop(event.code, None)
                self._ended["regulation", event.code] = version
            case NoticeProposed() | NoticeReviewed() | NoticeApproved() | NoticePublished():
                key = (event.number, event.edition)
                self._notices[key] = self._notices.get(key, Notice()).after(version, event)
            case SuggestionReceived():
                self._suggestions[event.code] = version
            case SuggestionAnswered():
                self._answered[event.suggestion] = version
            case _:
                pass  # nothing else stands in this stream

    def _leave(self, version: int, event: PartnerLeft) -> None:
        joined = self.standing().get(event.partner) if event.partner in self._described else None
        if isinstance(joined, PartnerJoined):  # one that had joined by then
            self._ended["partner", joined.code] = version
            if self._partners.get(joined.code) == event.partner:
                del self._partners[joined.code]

    def _check(self, event: Event) -> tuple[Violation, ...]:
        return check(self.view(), event)

    def _check_void(self, void: Void) -> tuple[Violation, ...]:
        return check_void(self.view(), void)

    def _begins_with_its_first(self) -> bool:
        return False


class Community(HoldingHandle[CommunityState]):
    """The community inside a transaction. Every verb returns the version of the entry it records.

    Verbs raise RuleError where a rule refuses the decision and InputError for a value of the wrong form.
    """

    kind = StreamKind.COMMUNITY
    fold = CommunityFold

    def state_profile(
        self,
        item: str,
        value: str,
        *,
        unit: str | None = None,
        qualifier: Qualifier | str = Qualifier.EXACT,
        as_of: Month | None = None,
        basis: str | None = None,
    ) -> int:
        """Note what a source says of the community: a decimal, or text. What was said before stays as it is."""
        return self._record(
            ProfileStated(
                item=item,
                value=value,
                unit=unit,
                qualifier=choose(Qualifier, qualifier),
                as_of=as_of,
                basis=basis,
            )
        )

    def add_partner(
        self, code: str, *, name: str, kind: str | None = None, support: str | None = None, on: date | None = None
    ) -> int:
        """Enter a partner unit (共建单位); without ``on`` it counts from the start, or, coming back, from today."""
        day = self._anew(("partner", code), on)
        return self._record(PartnerJoined(occurred_on=day, code=code, name=name, kind=kind, support=support))

    def change_partner(
        self,
        code: str,
        *,
        name: str | None = None,
        kind: str | None = None,
        support: str | None = None,
        on: date | None = None,
    ) -> int:
        """Note what the register says of a partner now; what is not given stays. Without ``on``: since today."""
        made = self._partner(code)
        state = self._fold.view()
        before = state.standing[state.described[made]]
        said = {name: getattr(before, name) for name in ("name", "kind", "support")}
        said |= {
            name: text for name, text in (("name", name), ("kind", kind), ("support", support)) if text is not None
        }
        return self._record(
            PartnerChanged(
                occurred_on=self._batch.today if on is None else on,
                partner=made,
                **said,
            )
        )

    def drop_partner(self, code: str, *, on: date | None = None) -> int:
        """Note that a unit helps no longer; without ``on``, from today."""
        day = self._batch.today if on is None else on
        return self._record(PartnerLeft(occurred_on=day, partner=self._partner(code)))

    def adopt_regulation(
        self,
        code: str,
        *,
        title: str,
        way: RegulationWay | str = RegulationWay.ESTABLISHED,
        on: date | None = None,
    ) -> int:
        """Set up or revise a regulation (制度). One that is in force already is not counted again."""
        exactly(str, code, "a regulation's code")
        added = int(code not in self._fold.view().regulations)
        day = self._anew(("regulation", code), on) if added else on
        return self._record(
            RegulationAdopted(occurred_on=day, in_force=added, code=code, title=title, way=choose(RegulationWay, way))
        )

    def repeal_regulation(self, code: str, *, on: date | None = None) -> int:
        """Let a regulation hold no longer; without ``on``, from today."""
        day = self._batch.today if on is None else on
        return self._record(RegulationRepealed(occurred_on=day, in_force=-1, code=code))

    def propose_notice(
        self,
        number: str,
        *,
        period: Period,
        on: date,
        edition: int = 1,
        sections: str | None = None,
        proposer: str | None = None,
    ) -> int:
        """Ask for a notice (公示) of ``period`` to be made. ``proposer`` is a post or an account, no name."""
        return self._record(
            NoticeProposed(
                occurred_on=on,
                number=ascii_code(number),
                edition=edition,
                period=_months(period),
                sections=sections,
                proposer=proposer,
            )
        )

    def review_notice(self, number: str, *, on: date, edition: int = 1, reviewer: str | None = None) -> int:
        """Note that somebody else looked a proposed notice over for secrets and privacy."""
        return self._record(
            NoticeReviewed(occurred_on=on, number=ascii_code(number), edition=edition, reviewer=reviewer)
        )

    def approve_notice(self, number: str, *, on: date, edition: int = 1, approver: str | None = None) -> int:
        """Note that a third one lets a reviewed notice go out."""
        return self._record(
            NoticeApproved(occurred_on=on, number=ascii_code(number), edition=edition, approver=approver)
        )

    def publish_notice(
        self,
        number: str,
        *,
        period: Period,
        on: date,
        edition: int = 1,
        reason: str | None = None,
        size: int = 0,
        digest: str = "",
        texts: str | None = None,
    ) -> int:
        """Note that a notice went up. A later ``edition`` supersedes the one before it.

        On paper it has neither ``size`` nor ``digest``; `Ledger.publish_notice` makes one that anybody can check.
        """
        exactly(int, edition, "an edition")
        known = ascii_code(number)
        return self._record(
            NoticePublished(
                occurred_on=on,
                number=known,
                edition=edition,
                supersedes=edition - 1,
                period=_months(period),
                size=size,
                digest=digest,
                title=number.strip(),
                reason=reason,
                texts=texts,
            )
        )

    def receive_suggestion(self, code: str, *, on: date, notice: str | None = None, content: str | None = None) -> int:
        """Note what somebody suggests (意见建议), about the ``notice`` of that number where it is about one."""
        return self._record(SuggestionReceived(occurred_on=on, code=code, notice=notice, content=content))

    def answer_suggestion(self, code: str, *, on: date, answer: str | None = None) -> int:
        """Answer the suggestion with that ``code``."""
        exactly(str, code, "a suggestion's code")
        made = self._fold.view().suggestions.get(code)
        if made is None:
            what, hint = "there is no such suggestion", "Name the code that it was received under."
            raise RuleError(what, "the code of a standing suggestion", hint=hint, rule="unknown_suggestion")
        return self._record(SuggestionAnswered(occurred_on=on, suggestion=made, answer=answer))

    def _anew(self, what: tuple[str, str], on: date | None) -> date | None:
        """``on``; without it, today for what is there again after it had ended."""
        return self._batch.today if on is None and what in self._fold.view().ended else on

    def _partner(self, code: str) -> int:
        exactly(str, code, "a partner's code")
        made = self._fold.view().partners.get(code)
        if made is None:
            what, hint = "there is no such partner", "Name the code that it was entered under."
            raise RuleError(what, "the code of a partner", hint=hint, rule="unknown_partner")
        return made


def fold(state: CommunityState | None, events: Iterable[tuple[int, Event]]) -> CommunityState:
    """``state`` (None: nothing yet) after ``events`` (versions and events, in order). Accepts all recorded history."""
    return folded(CommunityFold, state, events)


def _months(period: Period) -> str:
    if not isinstance(period, Period):
        raise InputError("a notice needs its period", "a Period", type(period).__name__)
    return f"{period.first}..{period.last}"

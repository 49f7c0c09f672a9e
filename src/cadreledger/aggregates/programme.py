"""The programme (创建工作): surveys and lessons, the issues that were found and settled, the application."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

import attrs

from cadreledger.aggregates.base import Handle, choose, exactly
from cadreledger.aggregates.order import changed_since, check_after
from cadreledger.aggregates.standing import Fold, State, folded, thawed
from cadreledger.aggregates.violation import Violation
from cadreledger.errors import RuleError
from cadreledger.events.programme import (
    ApplicationSubmitted,
    IssueFound,
    IssueRectified,
    IssueVerified,
    ProgrammeWorked,
    RecommendationMade,
    WorkKind,
)
from cadreledger.events.sections import Event
from cadreledger.events.void import Void, VoidReason
from cadreledger.values import StreamKind

__all__ = ["Programme", "ProgrammeFold", "ProgrammeState", "check", "fold"]


@attrs.frozen(kw_only=True)
class ProgrammeState(State):
    """How far the programme has come.

    ``issues`` are versions by code, ``rectified`` and ``verified`` versions by that of the issue; ``application`` and
    ``recommendation`` the versions of the last ones, 0 where there is none.
    """

    issues: Mapping[str, int] = MappingProxyType({})
    rectified: Mapping[int, int] = MappingProxyType({})
    verified: Mapping[int, int] = MappingProxyType({})
    application: int = 0
    recommendation: int = 0

    @property
    def open_issues(self) -> int:
        """How many issues nobody has verified yet."""
        return len(self.issues) - len(self.verified)


class ProgrammeFold(Fold[ProgrammeState]):
    """The programme's state under construction."""

    _issues: dict[str, int]
    _rectified: dict[int, int]
    _verified: dict[int, int]
    _application: int
    _recommendation: int

    def _view(self) -> ProgrammeState:
        """The state as it stands; valid until the next `take`."""
        return ProgrammeState(
            version=self.version,
            standing=self.standing(),
            issues=MappingProxyType(self._issues),
            rectified=MappingProxyType(self._rectified),
            verified=MappingProxyType(self._verified),
            application=self._application,
            recommendation=self._recommendation,
        )

    def _reset(self) -> None:
        self._issues, self._rectified, self._verified = {}, {}, {}
        self._application = self._recommendation = 0

    def _thaw(self, state: ProgrammeState) -> None:
        self._issues, self._rectified = thawed(state.issues), thawed(state.rectified)
        self._verified = thawed(state.verified)
        self._application, self._recommendation = state.application, state.recommendation

    def _apply(self, version: int, event: Event) -> None:
        match event:
            case IssueFound():
                self._issues[event.code] = version
            case IssueRectified():
                self._rectified[event.issue] = version
            case IssueVerified():
                self._verified[event.issue] = version
            case ApplicationSubmitted():
                self._application = version
            case RecommendationMade():
                self._recommendation = version
            case _:
                pass  # surveys and lessons leave nothing that these rules read

    def _check(self, event: Event) -> tuple[Violation, ...]:
        return check(self.view(), event)

    def _check_void(self, void: Void) -> tuple[Violation, ...]:
        """What others speak of stays, unless that goes too or another takes its place."""
        if void.reason in {VoidReason.RESTED_ON_VOIDED, VoidReason.CORRECTED}:
            return ()
        match self.standing()[void.of_version]:
            case IssueRectified(issue=issue) if issue in self._verified:
                return changed_since(self._verified[issue])
            case ApplicationSubmitted() if self._recommendation > void.of_version:
                return changed_since(self._recommendation)
            case _:
                return ()

    def _begins_with_its_first(self) -> bool:
        return False


class Programme(Handle[ProgrammeState]):
    """The programme inside a transaction. Every verb returns the version of the entry it records.

    ``code`` is the office's number of the entry, ``responsible`` a post or an account, ``text`` what was done in words.
    Verbs raise RuleError where a rule refuses the decision and InputError for a value of the wrong form.
    """

    kind = StreamKind.PROGRAMME
    fold = ProgrammeFold

    def work(
        self,
        kind: WorkKind | str,
        *,
        code: str,
        on: date,
        count: int = 1,
        unit: str | None = None,
        responsible: str | None = None,
        basis: str | None = None,
        text: str | None = None,
    ) -> int:
        """Record a survey, a meeting, a plan, an observation or a lesson; ``count`` of them, or of people."""
        return self._record(
            ProgrammeWorked(
                occurred_on=on,
                kind=choose(WorkKind, kind),
                count=count,
                code=code,
                unit=unit,
                responsible=responsible,
                basis=basis,
                text=text,
            )
        )

    def find_issue(
        self, code: str, *, on: date, responsible: str | None = None, basis: str | None = None, text: str | None = None
    ) -> int:
        """Record what the community's own inspection found wanting (自查问题)."""
        return self._record(IssueFound(occurred_on=on, code=code, responsible=responsible, basis=basis, text=text))

    def rectify_issue(
        self,
        issue: str,
        *,
        code: str,
        on: date,
        responsible: str | None = None,
        basis: str | None = None,
        text: str | None = None,
    ) -> int:
        """Record that the ``issue`` (its code) was put right (整改)."""
        return self._record(
            IssueRectified(
                occurred_on=on, issue=self._issue(issue), code=code, responsible=responsible, basis=basis, text=text
            )
        )

    def verify_issue(
        self,
        issue: str,
        *,
        code: str,
        on: date,
        responsible: str | None = None,
        basis: str | None = None,
        text: str | None = None,
    ) -> int:
        """Record that somebody saw that the ``issue`` (its code) was put right (验收)."""
        return self._record(
            IssueVerified(
                occurred_on=on, issue=self._issue(issue), code=code, responsible=responsible, basis=basis, text=text
            )
        )

    def submit_application(
        self, code: str, *, on: date, responsible: str | None = None, basis: str | None = None, text: str | None = None
    ) -> int:
        """Apply for the title (申报), once every issue is verified."""
        return self._record(
            ApplicationSubmitted(occurred_on=on, code=code, responsible=responsible, basis=basis, text=text)
        )

    def recommend(
        self, code: str, *, on: date, responsible: str | None = None, basis: str | None = None, text: str | None = None
    ) -> int:
        """Give the bureau's opinion on an application (推荐)."""
        return self._record(
            RecommendationMade(occurred_on=on, code=code, responsible=responsible, basis=basis, text=text)
        )

    def _issue(self, code: str) -> int:
        exactly(str, code, "an issue's number")
        found = self._fold.view().issues.get(code)
        if found is None:
            what, hint = "there is no such issue", "Name the number that it was found under."
            raise RuleError(what, "the number of a standing issue", hint=hint, rule="unknown_issue")
        return found


def fold(state: ProgrammeState | None, events: Iterable[tuple[int, Event]]) -> ProgrammeState:
    """``state`` (None: nothing yet) after ``events`` (versions and events, in order). Accepts all recorded history."""
    return folded(ProgrammeFold, state, events)


def check(state: ProgrammeState, event: Event) -> tuple[Violation, ...]:
    """What ``event`` would break, given ``state``. Pure; an audit asks the same question of history."""
    match event:
        case IssueFound() if event.code in state.issues:
            return (Violation("issue_found_already", "an issue has that number already", weight="senseless"),)
        case IssueRectified() | IssueVerified():
            return _check_settled(state, event)
        case ApplicationSubmitted() if state.open_issues:
            what, expected = "an application waits until every issue is verified", "no open issue"
            return (Violation("issues_open", what, expected, f"{state.open_issues} open"),)
        case RecommendationMade() if not state.application:
            return (Violation("no_application", "an opinion follows an application", "an application"),)
        case _:
            return ()


def _check_settled(state: ProgrammeState, event: IssueRectified | IssueVerified) -> tuple[Violation, ...]:
    issue = state.standing.get(event.issue)
    if not isinstance(issue, IssueFound):
        return (Violation("unknown_issue", "there is no such issue", weight="senseless"),)
    found = []
    if event.issue in (state.rectified if isinstance(event, IssueRectified) else state.verified):
        found.append(Violation("issue_settled_already", "this step is recorded for the issue already"))
    if isinstance(event, IssueVerified) and event.issue not in state.rectified:
        found.append(Violation("issue_not_rectified", "an issue is rectified before it is verified"))
    return (*found, *check_after(issue, event))

"""Somebody else than a retired cadre (其他人员): who holds a post, helps, reviews or approves."""

from collections.abc import Iterable
from datetime import date

import attrs

from cadreledger.aggregates.erasure import ErasableHandle, check_erasure, check_not_erasure
from cadreledger.aggregates.standing import Fold, State, folded
from cadreledger.aggregates.violation import Violation
from cadreledger.events.ledger import SubjectErased
from cadreledger.events.person import PersonEnrolled
from cadreledger.events.sections import Event
from cadreledger.events.void import Void
from cadreledger.values import StreamKind

__all__ = ["Person", "PersonFold", "PersonState", "check", "fold"]


@attrs.frozen(kw_only=True)
class PersonState(State):
    """Somebody as the ledger knows them, without a word of personal data: the ``role`` they take, None for nobody.

    ``erased``: their key is destroyed.
    """

    role: str | None = None
    erased: bool = False


class PersonFold(Fold[PersonState]):
    """A person's state under construction."""

    _role: str | None
    _erased: bool

    def _view(self) -> PersonState:
        """The state as it stands; valid until the next `take`."""
        return PersonState(version=self.version, standing=self.standing(), role=self._role, erased=self._erased)

    def _reset(self) -> None:
        self._role = None
        self._erased = False

    def _thaw(self, state: PersonState) -> None:
        self._role, self._erased = state.role, state.erased

    def _apply(self, version: int, event: Event) -> None:  # noqa: ARG002 - no state names the entry
        if isinstance(event, PersonEnrolled):
            self._role = event.role
        elif isinstance(event, SubjectErased):
            self._erased = True

    def _check(self, event: Event) -> tuple[Violation, ...]:
        return check(self.view(), event)

    def _check_void(self, void: Void) -> tuple[Violation, ...]:
        return check_not_erasure(self.standing(), void)


class Person(ErasableHandle[PersonState]):
    """Somebody inside a transaction. Every verb returns the version of the entry it records.

    Verbs raise RuleError where a rule refuses the decision and InputError for a value of the wrong form.
    """

    kind = StreamKind.PERSON
    fold = PersonFold

    def enrol(
        self, *, role: str, name: str, code: str | None = None, contact: str | None = None, on: date | None = None
    ) -> int:
        """Note who takes part in the work, in a ``role`` (no name); without ``on``, from the start."""
        return self._record(PersonEnrolled(occurred_on=on, role=role, code=code, name=name, contact=contact))


def fold(state: PersonState | None, events: Iterable[tuple[int, Event]]) -> PersonState:
    """``state`` (None: nothing yet) after ``events`` (versions and events, in order). Accepts all recorded history."""
    return folded(PersonFold, state, events)


def check(state: PersonState, event: Event) -> tuple[Violation, ...]:
    """What ``event`` would break, given ``state``. Pure; an audit asks the same question of history."""
    if isinstance(event, PersonEnrolled) and state.role is not None:
        what, hint = "this person is enrolled already", "Correct the entry that is there."
        return (Violation("already_enrolled", what, hint=hint),)
    return check_erasure(erased=state.erased) if isinstance(event, SubjectErased) else ()

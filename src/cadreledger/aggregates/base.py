"""What every aggregate shares: the batch of decisions that a transaction gathers, and handles."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from enum import Enum
from typing import Any, ClassVar, Final, Generic, TypeVar

import attrs

from cadreledger.aggregates.standing import NOTHING, Fold, PolicyInForce, State
from cadreledger.aggregates.violation import Violation
from cadreledger.errors import InputError, RuleError
from cadreledger.events.sections import Event, evolve, own_fields, resting_field
from cadreledger.events.void import Void, VoidReason
from cadreledger.rules import national
from cadreledger.values import Money, StreamId, StreamKind, well_formed, yuan

__all__ = ["Batch", "Handle", "Pending", "Place", "choose", "exactly", "spoken"]

E = TypeVar("E", bound=Enum)
T = TypeVar("T")
S_co = TypeVar("S_co", bound=State, covariant=True)
AMOUNT_MAX: Final = yuan(10**9)  # of one entry, so that no sum of a stream outgrows what Money holds
COUNT_MAX: Final = 999_999_999
COUNTS: Final = ("count", "items", "people", "social_workers")  # what a sum might be made of
_WORD: Final = re.compile(r"[a-z_]{1,32}\Z", re.ASCII)


Place = tuple[StreamId, int]
"""A stream, and the version of an entry in it."""


@attrs.frozen
class Pending:
    """An event that was decided and is not stored yet, with the document behind it.

    ``replaces``: the entry that was taken back and whose place it takes.
    """

    stream: StreamId
    version: int
    event: Event
    source: str | None
    registered_on: date | None
    replaces: Place | None = None


class Batch:
    """The decisions of one transaction, in order. It belongs to one thread and does no I/O.

    ``today`` is the ledger's civil date, ``policy`` gives what is in force. A ``lenient`` batch records what breaks a
    rule and keeps the violation in ``warnings``, as an import must: history is what it is.
    """

    def __init__(self, today: date, *, lenient: bool = False, policy: PolicyInForce = national) -> None:
        self.today = today
        self.lenient = lenient
        self.policy = policy
        self.pending: list[Pending] = []
        self.warnings: list[tuple[Violation, str | None]] = []
        self.over = False
        self._replaces: Place | None = None
        self._source: str | None = None
        self._registered_on: date | None = None

    @contextmanager
    def entry(self, source: str, registered_on: date | None = None) -> Iterator[None]:
        """Name the document behind what follows, and the day on which the office wrote it down."""
        if type(source) is not str or not source.strip() or not well_formed(source):
            raise InputError("an entry needs a source", "text such as 'dues register 2021, row 17'")
        if registered_on is not None:
            exactly(date, registered_on, "a registration date")
            if registered_on > self.today:
                expected = f"a date up to {self.today}"
                raise InputError("an entry has a wrong registration date", expected, str(registered_on))
        before = self._source, self._registered_on
        self._source, self._registered_on = source, registered_on
        try:
            yield
        finally:
            self._source, self._registered_on = before

    @contextmanager
    def replacing(self, stream: StreamId, version: int) -> Iterator[None]:
        """Say that the first entry decided in this block takes the place of one that was taken back."""
        self._replaces = stream, version
        try:
            yield
        finally:
            self._replaces = None

    @contextmanager
    def attempting(self) -> Iterator[None]:
        """Keep no warning of a decision that is refused after all."""
        before = len(self.warnings)
        try:
            yield
        except BaseException:
            del self.warnings[before:]
            raise

    def admit(self, violations: tuple[Violation, ...]) -> None:
        """Refuse, or note, what breaks a rule. Raises RuleError for the first violation that is refused."""
        for violation in violations:
            if violation.weight == "senseless" or (violation.weight == "refused" and not self.lenient):
                raise RuleError(
                    violation.what,
                    violation.expected,
                    violation.found,
                    violation.hint,
                    violation.rule,
                    violation.citation,
                    violation.policy_version,
                )
        self.warnings += [(violation, self._source) for violation in violations]

    def add(self, stream: StreamId, version: int, event: Event) -> None:
        """Keep a decided event, under the entry that is open now."""
        replaces = None if isinstance(event, Void) else self._replaces
        if replaces is not None:
            self._replaces = None
        self.pending.append(Pending(stream, version, event, self._source, self._registered_on, replaces))

    def close(self) -> None:
        """Take no more decisions: they would be lost."""
        self.over = True


class Handle(Generic[S_co]):
    """One aggregate inside one transaction: its verbs are the decisions. It does no I/O.

    Each class says which ``kind`` of stream it decides for, and the ``fold`` that its state comes from.
    """

    kind: ClassVar[StreamKind]
    fold: ClassVar[type[Fold[Any]]]  # of S, which a class variable cannot name

    def __init__(
        self,
        stream: StreamId,
        fold: Fold[S_co],
        batch: Batch,
        whole: Callable[[int], Event | None] = lambda _version: None,
    ) -> None:
        """``whole`` gives a stored entry by version with its personal fields, where their key is at hand."""
        self.stream = stream
        self._fold = fold
        self._batch = batch
        self._whole = whole
        self._before: S_co | None = None  # the state as it stood when several decisions were first taken as one

    @property
    def state(self) -> S_co:
        """The aggregate's state, with what this transaction has decided so far, for keeps."""
        return self._fold.freeze()

    @property
    def view(self) -> S_co:
        """The same without a copy: to be read before the next decision."""
        return self._fold.view()

    @property
    def version(self) -> int:
        """The number of the aggregate's last event, pending ones included; 0 where there is none."""
        return self._fold.version

    @property
    def stands(self) -> bool:
        """Whether the aggregate has any entry that was not taken back."""
        return bool(self._fold.standing())

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Several decisions of this handle as one: where one of them is refused, none is kept."""
        batch = self._batch
        if self._before is None:
            self._before = self._fold.freeze()  # once: what was decided since can be taken again from the batch
        pending, warnings = len(batch.pending), len(batch.warnings)
        try:
            yield
        except BaseException:
            kept = [other for other in batch.pending[pending:] if other.stream != self.stream]
            batch.pending[pending:], batch.warnings[warnings:] = kept, []
            self._fold = type(self._fold)(self._before)
            for other in batch.pending:
                if other.stream == self.stream and other.version > self._before.version:
                    self._fold.take(other.version, other.event)
            raise

    def decides_in(self, batch: Batch) -> bool:
        """Whether this is a handle of the transaction that ``batch`` belongs to."""
        return self._batch is batch

    def void(
        self, version: int, *, reason: VoidReason | str = VoidReason.MISTAKE, words: str | None = None
    ) -> tuple[int, ...]:
        """Take back the entry ``version`` of this stream and, first, what rests on it.

        Returns the versions of the voids. Raises RuleError if there is no such standing entry, or if it cannot be
        taken back.
        """
        exactly(int, version, "a version")
        cause = choose(VoidReason, reason)
        if cause is VoidReason.RESTED_ON_VOIDED:
            raise InputError("that reason is the ledger's own", "another reason", cause.value)
        return self._void(version, cause, words)

    def _void(self, version: int, cause: VoidReason, words: str | None = None) -> tuple[int, ...]:
        made: list[int] = []
        with self.at_once():
            for other in filter(version.__lt__, self._fold.resting_on(version)):
                made += self._void(other, VoidReason.RESTED_ON_VOIDED)
            target = self._fold.standing().get(version)
            day = target.occurred_on if target is not None else None
            made.append(self._record(Void(occurred_on=day, of_version=version, reason=cause, words=words)))
        return tuple(made)

    def correct(self, version: int, **changes: object) -> int:
        """Take back the entry ``version`` and record it anew with ``changes`` to its fields; returns the new version.

        What rests on it is recorded anew on the new entry. Changes may be said as the verbs say them: ``on`` for the
        date, words for members of an enumeration. Raises RuleError as `void` and the rules of the new entries do,
        InputError for a field it does not have.
        """
        exactly(int, version, "a version")
        standing = self._fold.standing()
        target = standing.get(version)
        if target is None:
            raise RuleError("there is nothing to correct", "a standing entry", f"version {version}", rule=NOTHING)
        corrected = evolve(self._whole(version) or target, **spoken(target, changes))
        resting = [self._whole(other) or standing[other] for other in self._fold.resting_on(version)]
        with self.at_once():
            self._void(version, VoidReason.CORRECTED)  # what else a void brings about, a subclass decides
            with self._batch.replacing(self.stream, version):
                made = self._record(corrected)
            for event in resting:
                self._rest_on(made, event)
        return made

    def _rest_on(self, made: int, event: Event) -> None:
        """Record ``event``, which rested on an entry that was corrected, so that it rests on ``made``."""
        self._record(evolve(event, **{resting_field(type(event)): made}))

    def _record(self, event: Event) -> int:
        if self._batch.over:
            hint = "Take the handle from a new transaction."
            raise InputError("this transaction is over", "a handle of an open one", hint=hint)
        planned = event.occurred_on is not None and event.occurred_on > self._batch.today
        if planned and not isinstance(event, Void):  # what a wrong clock let in can be taken back
            raise InputError(
                "an entry lies in the future",
                f"a date up to {self._batch.today}",
                str(event.occurred_on),
                "Record what has happened; plans are no events.",
            )
        for name in COUNTS:
            number = getattr(event, name, None)
            if isinstance(number, int) and abs(number) > COUNT_MAX:
                raise InputError(f"{event.wire} {name} is too large", f"at most {COUNT_MAX}", str(number))
        amount = getattr(event, "amount", None)
        if isinstance(amount, Money) and amount > AMOUNT_MAX:
            raise InputError("an amount is too large", f"at most {AMOUNT_MAX}", str(amount))
        self._batch.admit(self._fold.check(event, self._batch.policy))
        version = self._fold.version + 1
        self._fold.take(version, event)
        self._batch.add(self.stream, version, event)
        return version


def choose(words: type[E], value: E | str) -> E:
    """``value`` as a member of ``words``. Raises InputError, naming the words there are."""
    try:
        return words(value)
    except ValueError:
        expected = "one of " + ", ".join(str(word.value) for word in words)
        # what is no word of ours may be anything, somebody's name too
        found = value if isinstance(value, str) and _WORD.match(value) else f"another {type(value).__name__}"
        raise InputError(f"{words.__name__} has no such word", expected, found) from None


def spoken(target: Event, changes: Mapping[str, object]) -> dict[str, object]:
    """``changes`` to ``target``, said as verbs say them, as fields. Raises InputError for a word that there is not."""
    kinds = {field.name: field.metadata["kind"].exact for field in own_fields(type(target))}
    words = {name: kind for name, kind in kinds.items() if issubclass(kind, Enum)}
    fields = {"occurred_on" if name == "on" else name: value for name, value in changes.items()}
    return {
        name: choose(words[name], value) if name in words and isinstance(value, str) else value
        for name, value in fields.items()
    }


def exactly(kind: type[T], value: T, what: str) -> T:
    """``value``. Raises InputError unless it is a ``kind``, whatever its annotation says; a bool is no int here."""
    if type(value) is not kind:
        raise InputError(f"{what} has a wrong type", kind.__name__, type(value).__name__)
    return value

"""A transaction: what is decided together is recorded together, or not at all."""

from contextlib import AbstractContextManager
from datetime import date
from types import MappingProxyType
from typing import Any, Final, TypeVar

import attrs

from cadreledger.aggregates import Batch, Branch, Cadre, Community, Handle, Log, Person, Programme, Violation
from cadreledger.errors import InputError
from cadreledger.ledger import together
from cadreledger.ledger.reader import Reader
from cadreledger.ledger.rows import Rows
from cadreledger.ledger.subjects import Branches, Cadres, Facilities, People, Teams
from cadreledger.queries import Picture
from cadreledger.rules import Policy
from cadreledger.store import NewKey
from cadreledger.values import Actor, Money, Month, StreamId, StreamKind, stream_id, stream_kind

__all__ = ["Receipt", "Transaction"]

H = TypeVar("H", bound=Handle[Any])
KEY_BYTES: Final = 32
STREAM_BYTES: Final = 16


@attrs.frozen
class Receipt:
    """What became of a transaction.

    ``tx`` is its id, ``positions`` the places its events took (empty: there was nothing to record), ``value`` what
    ``decide`` returned; ``repeated``: the key was known, and these are the positions of the first time. ``warnings``:
    what was recorded all the same, though a rule has something to say about it.
    """

    tx: str
    positions: range
    value: object = None
    repeated: bool = False
    warnings: tuple[Violation, ...] = ()


class Transaction:
    """Handles, and the decisions made through them. Use `Ledger.transaction` or `Ledger.run`; one thread each.

    ``receipt`` is there once it is over. With ``upto``, everything is read as it stood at that position.
    """

    def __init__(self, reader: Reader, by: Actor, tx: str, batch: Batch, upto: int | None = None) -> None:
        self.by = by
        self.tx = tx
        self.batch = batch
        batch.policy = self.policy
        self.cadres = Cadres(self)
        self.branches = Branches(self)
        self.teams = Teams(self)
        self.facilities = Facilities(self)
        self.people = People(self)
        self.rows = Rows(reader, tx)
        self.receipt: Receipt | None = None
        self.new_keys: dict[str, NewKey] = {}
        self.reader = reader
        self._upto = upto
        self._codes: dict[str, StreamId] = {}
        self._handles: dict[StreamId, Handle[Any]] = {}  # each of its own kind of state
        self._read: dict[str, int] = {}
        self._recorded: Picture | None = None
        self.follows: int | None = None  # the position right after which the decisions must come to lie

    @property
    def community(self) -> Community:
        """The community as a whole: its profile, partners, regulations, notices, and activities of no one else."""
        return self.handle(Community, stream_id(StreamKind.COMMUNITY))

    @property
    def log(self) -> Log:
        """The ledger itself: which catalogue it follows."""
        return self.handle(Log, stream_id(StreamKind.LEDGER))

    @property
    def programme(self) -> Programme:
        """The community's way to a title: surveys, issues, the application."""
        return self.handle(Programme, stream_id(StreamKind.PROGRAMME))

    def policy(self) -> Policy:
        """The policy in force, by month; with what this transaction adopts."""
        log = stream_id(StreamKind.LEDGER)
        if log in self._handles:
            return self.log.view.policy
        return self.reader.fold(Log, log, self._upto).view().policy  # not as read: others may seal meanwhile

    def entry(self, source: str, registered_on: date | None = None) -> AbstractContextManager[None]:
        """Name the document behind what follows, and the day on which the office wrote it down.

        ``source`` is kept in the clear for auditors: name a register and a row, never a person.
        Raises InputError for an empty source or a registration date after today.
        """
        return self.batch.entry(source, registered_on)

    def picture(self) -> Picture:
        """Everybody and everything: as recorded at one position, with what this transaction has decided so far.

        It reads the whole ledger, once. What rests on it is recorded right after that position or not at all: where
        somebody else records meanwhile, the transaction ends in a ConflictError, and `Ledger.run` tries again.
        """
        if self._recorded is None:
            self.follows = self.reader.store.position() if self._upto is None else self._upto
            self._recorded = Picture.of(map(self.reader.decode, self.reader.store.replay(upto=self.follows)))
        decided = {stream: handle.state for stream, handle in self._handles.items() if handle.version}
        states = {**self._recorded.states, **decided}
        return Picture(MappingProxyType({stream: states[stream] for stream in sorted(states)}), self.policy())

    def record_death(self, cadre: Cadre, *, on: date, circumstances: str | None = None) -> int:
        """Take a person who died on the day ``on`` out of the register; the version of that entry.

        With them end their memberships, the wishes that were open, and the bookings for them (by their code or stream)
        that were not over when that day began. Dues that were prepaid beyond are noted in the receipt's ``warnings``
        (`prepaid_beyond_death`). Where the death is taken back (`Cadre.void`), memberships and wishes go on without a
        gap; bookings do not come back, since the room may be taken: book it again.
        """
        return together.record_death(self, cadre, on, circumstances)

    def dissolve(self, branch: Branch, cause: str, *, on: date) -> int:
        """End ``branch``, and everybody's taking part in it; the version of that entry.

        So ends a temporary branch with its occasion. Raises RuleError (`branch_has_members`) where somebody's formal
        relation is there.
        """
        return together.dissolve(self, branch, cause, on)

    def close_month(
        self,
        branch: Branch,
        month: Month,
        *,
        counted: Money,
        on: date,
        explanation_code: str | None = None,
        explanation: str | None = None,
    ) -> int:
        """Settle the month's cash of ``branch``: ``counted`` against what its receipts say; the version of that entry.

        Opens a review for each of its members for whom one falls due at that month's end, and removes nobody. Raises
        RuleError (`variance_unexplained`) for a difference that nothing explains.
        """
        return together.close_month(self, branch, month, counted, on, explanation_code, explanation)

    def transfer(
        self,
        cadre: Cadre,
        *,
        to: Branch,
        letter_on: date,
        accepted_on: date,
        letter: str | None = None,
        paid_to: Month | None = None,
    ) -> int:
        """Let the formal relation go over to the branch ``to`` of this ledger; the version of the new membership.

        The letter of ``letter_on`` states ``paid_to``, the month to which dues are paid (None: as the ledger knows it);
        ``letter`` is its number. The old branch stays responsible until the new one accepts. Raises RuleError
        (`letter_expired`) for an acceptance after the letter has expired, InputError where nobody knows to which month
        dues are paid. A letter to another ledger: `Cadre.transfer`, and `Cadre.leave_branch` when it is accepted.
        """
        return together.transfer(self, cadre, to, letter_on, accepted_on, letter, paid_to)

    def handle(self, kind: type[H], stream: StreamId) -> H:
        """The handle of a stream, loaded once a transaction."""
        found = self._handles.get(stream)
        if found is None:
            whole = self.reader.whole
            folding = self.reader.fold(kind, stream, self._upto)
            self._read[stream] = folding.version
            found = kind(stream, folding, self.batch, lambda version: whole(stream, version))
            self._handles[stream] = found
        if not isinstance(found, kind):
            raise InputError("a stream is of another kind", kind.kind.value, stream)
        return found

    def cadre(self, stream: StreamId) -> Cadre:
        """The handle of a retired cadre's stream, whatever stands in it."""
        return self.handle(Cadre, stream)

    def branch(self, stream: StreamId) -> Branch:
        """The handle of a branch's stream, whatever stands in it."""
        return self.handle(Branch, stream)

    def person(self, stream: StreamId) -> Cadre | Person:
        """The handle of a person's stream, a retired cadre's or another's, whatever stands in it."""
        return self.cadre(stream) if stream_kind(stream) is StreamKind.CADRE else self.handle(Person, stream)

    def key_of(self, subject: str) -> bytes | None:
        """A subject's key, one made in this transaction included; None for a person whose erasure is recorded.

        Their stream counts as read: where the erasure is recorded meanwhile, the transaction is not.
        """
        made = self.new_keys.get(subject)
        if made is not None:
            return made.key
        if stream_kind(subject).is_random and self.person(StreamId(subject)).view.erased:
            return None  # though it may not be destroyed yet
        return self.reader.key_of(subject)

    def stream_of(self, person: str, kind: StreamKind | None = None) -> StreamId | None:
        """The stream of a person's code (of that ``kind``), one made in this transaction included.

        Raises ErasedError if the person was erased.
        """
        found = self._codes.get(person) or self.reader.stream_of(person)
        return found if found is None or kind in {None, stream_kind(found)} else None

    def stream_for(self, person: str, kind: StreamKind = StreamKind.CADRE) -> StreamId:
        """The stream of a person's code, made if need be: 128 random bits, and a key of its own.

        Raises InputError if somebody of another kind has that code, ErasedError if whoever had it was erased.
        """
        found = self.stream_of(person)
        if found is None:
            found = stream_id(kind, self.reader.random(STREAM_BYTES).hex())
            self._codes[person] = found
            self.new_keys[found] = NewKey(found, self.reader.random(KEY_BYTES), person)
        elif stream_kind(found) is not kind:
            raise InputError("somebody else has that code", "a code of their own")
        return found

    def give_key(self, stream: StreamId) -> bytes:
        """A key for what is personal in a stream that is nobody's own, made as the first such thing is recorded."""
        self.new_keys[stream] = NewKey(stream, self.reader.random(KEY_BYTES), None)
        return self.new_keys[stream].key

    def abandon(self) -> None:
        """Forget what was decided: nothing will be recorded. For a rehearsal."""
        self.batch.pending.clear()
        self.batch.close()

    def unchanged(self) -> dict[str, int]:
        """The streams that were read and not written, with the version read."""
        written = {pending.stream for pending in self.batch.pending}
        return {stream: version for stream, version in self._read.items() if stream not in written}

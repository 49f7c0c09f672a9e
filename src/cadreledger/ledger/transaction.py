"""A transaction: what is decided together is recorded together, or not at all."""

from contextlib import AbstractContextManager
from datetime import date
from enum import Enum
from typing import Final

import attrs

from cadreledger.aggregates import Batch, Branch, Cadre
from cadreledger.errors import InputError, UnknownSubjectError
from cadreledger.events.branch import BranchKind
from cadreledger.events.cadre import CadreKind, Relation
from cadreledger.ledger.reader import Reader
from cadreledger.store import NewKey, NewRow, RowEntry
from cadreledger.values import Actor, StreamId, StreamKind, code, names_stream, stream_id

__all__ = ["Branches", "Cadres", "Receipt", "RowEntry", "RowFound", "RowState", "Rows", "Transaction", "stream_named"]

KEY_BYTES: Final = 32
STREAM_BYTES: Final = 16


@attrs.frozen
class Receipt:
    """What became of a transaction.

    ``tx`` is its id, ``positions`` the places its events took (empty: there was nothing to record), ``value`` what
    ``decide`` returned; ``repeated``: the key was known, and these are the positions of the first time.
    """

    tx: str
    positions: range
    value: object = None
    repeated: bool = False


class Transaction:
    """Handles, and the decisions made through them. Use `Ledger.transaction` or `Ledger.run`; one thread each.

    ``receipt`` is there once it is over. With ``upto``, everything is read as it stood at that position.
    """

    def __init__(self, reader: Reader, by: Actor, tx: str, batch: Batch, upto: int | None = None) -> None:
        self.by = by
        self.tx = tx
        self.batch = batch
        self.cadres = Cadres(self)
        self.branches = Branches(self)
        self.rows = Rows(self)
        self.receipt: Receipt | None = None
        self.new_keys: dict[str, NewKey] = {}
        self.reader = reader
        self._upto = upto
        self._codes: dict[str, StreamId] = {}
        self._cadres: dict[StreamId, Cadre] = {}
        self._branches: dict[StreamId, Branch] = {}
        self._read: dict[str, int] = {}

    def entry(self, source: str, registered_on: date | None = None) -> AbstractContextManager[None]:
        """Name the document behind what follows, and the day on which the office wrote it down.

        ``source`` is kept in the clear for auditors: name a register and a row, never a person.
        Raises InputError for an empty source or a registration date after today.
        """
        return self.batch.entry(source, registered_on)

    def cadre(self, stream: StreamId) -> Cadre:
        """The handle of a person's stream, loaded once a transaction."""
        if stream not in self._cadres:
            folding = self.reader.cadre(stream, self._upto)
            self._read[stream] = folding.version
            whole = self.reader.whole
            self._cadres[stream] = Cadre(stream, folding, self.batch, lambda version: whole(stream, version))
        return self._cadres[stream]

    def branch(self, stream: StreamId) -> Branch:
        """The handle of a branch's stream, loaded once a transaction."""
        if stream not in self._branches:
            folding = self.reader.branch(stream, self._upto)
            self._read[stream] = folding.version
            whole = self.reader.whole
            self._branches[stream] = Branch(stream, folding, self.batch, lambda version: whole(stream, version))
        return self._branches[stream]

    def key_of(self, subject: str) -> bytes | None:
        """A subject's key, one made in this transaction included."""
        made = self.new_keys.get(subject)
        return made.key if made is not None else self.reader.key_of(subject)

    def stream_of(self, person: str) -> StreamId | None:
        """The stream of a person's code, one made in this transaction included."""
        return self._codes.get(person) or self.reader.stream_of(person)

    def stream_for(self, person: str) -> StreamId:
        """The stream of a person's code, made if need be: 128 random bits, and a key of its own."""
        found = self.stream_of(person)
        if found is None:
            found = stream_id(StreamKind.CADRE, self.reader.random(STREAM_BYTES).hex())
            self._codes[person] = found
            self.new_keys[found] = NewKey(found, self.reader.random(KEY_BYTES), person)
        return found

    def give_key(self, stream: StreamId) -> None:
        """See that a branch has a key for what is personal in its stream."""
        if self.key_of(stream) is None:
            self.new_keys[stream] = NewKey(stream, self.reader.random(KEY_BYTES), None)

    def abandon(self) -> None:
        """Forget what was decided: nothing will be recorded. For a rehearsal."""
        self.batch.pending.clear()
        self.batch.close()

    def unchanged(self) -> dict[str, int]:
        """The streams that were read and not written, with the version read."""
        written = {pending.stream for pending in self.batch.pending}
        return {stream: version for stream, version in self._read.items() if stream not in written}


class Cadres:
    """The retired cadres of a ledger, by the office's code or by stream."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def register(
        self,
        person: str,
        *,
        kind: CadreKind | str,
        name: str,
        formal: Branch | None = None,
        participating: Branch | None = None,
        on: date | None = None,
        smartphone: bool = False,
        frail: bool = False,
        full_member_on: date | None = None,
        sex: str | None = None,
        born: str | None = None,
        phone: str | None = None,
        address: str | None = None,
    ) -> Cadre:
        """Enter a person under the office's code, and in their branches. Returns the handle.

        Raises RuleError if they are registered already, InputError for a code or a value of the wrong form.
        """
        known = _new_code(person)
        cadre = self._tx.cadre(self._tx.stream_for(known))
        with cadre.at_once():
            cadre.register(
                kind=kind,
                code=known,
                name=name,
                on=on,
                smartphone=smartphone,
                frail=frail,
                full_member_on=full_member_on,
                sex=sex,
                born=born,
                phone=phone,
                address=address,
            )
            if formal is not None:
                cadre.join(formal, relation=Relation.FORMAL, on=on)
            if participating is not None:
                cadre.join(participating, relation=Relation.PARTICIPATING, on=on)
        return cadre

    def get(self, subject: str) -> Cadre | None:
        """The person with that code (or stream), if one is registered."""
        stream = stream_named(subject, StreamKind.CADRE) or self._tx.stream_of(code(subject))
        if stream is None:
            return None
        cadre = self._tx.cadre(stream)
        return cadre if cadre.stands else None

    def __getitem__(self, subject: str) -> Cadre:
        found = self.get(subject)
        if found is None:
            raise UnknownSubjectError("no such person is registered", hint="Check the code, or register them first.")
        return found

    def __contains__(self, subject: str) -> bool:
        return self.get(subject) is not None


class Branches:
    """The branches of a ledger, by code or by stream."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def establish(self, number: str, *, name: str, kind: BranchKind | str, on: date | None = None) -> Branch:
        """Set up a branch under the office's code. Returns the handle. Raises RuleError if it is there already."""
        known = _new_code(number)
        stream = stream_id(StreamKind.BRANCH, known)
        self._tx.give_key(stream)
        branch = self._tx.branch(stream)
        branch.establish(kind=kind, code=known, name=name, on=on)
        return branch

    def get(self, subject: str) -> Branch | None:
        """The branch with that code (or stream), if it is established."""
        stream = stream_named(subject, StreamKind.BRANCH) or stream_id(StreamKind.BRANCH, subject)
        branch = self._tx.branch(stream)
        return branch if branch.stands else None

    def __getitem__(self, subject: str) -> Branch:
        found = self.get(subject)
        if found is None:
            raise UnknownSubjectError("no such branch is established", hint="Check the code, or establish it first.")
        return found

    def __contains__(self, subject: str) -> bool:
        return self.get(subject) is not None


class RowState(Enum):
    """What the ledger knows of a row of a register."""

    NEW = "new"
    KNOWN = "known"  # recorded, with the same content
    CHANGED = "changed"  # recorded, with other content or under somebody else
    ERASED = "erased"  # recorded once; the keys of the person are gone


@attrs.frozen
class RowFound:
    """A row's state, and where it was recorded, if it was."""

    state: RowState
    entry: RowEntry | None


class Rows:
    """Which rows of the office's registers are in the ledger already; what knows it lives and dies with the keys."""

    def __init__(self, tx: Transaction) -> None:
        self.new: list[NewRow] = []  # to be remembered with this transaction
        self._tx = tx

    def judge(self, register: str, row_key: str, content: str, subject: StreamId | None) -> RowFound:
        """Whether the row is in the ledger already, under ``subject`` (None: a row about nobody), and as it is now."""
        reader = self._tx.reader
        kept = reader.keys.find_row(register, row_key, subject)
        found = reader.committed(kept)
        if found is not None:
            same = found.fingerprint == reader.keys.fingerprint(content, subject)
            return RowFound(RowState.KNOWN if same else RowState.CHANGED, found)
        # kept, but not committed: it was cut off, and was new then; no need to try every key for each row of a workbook
        if kept is not None or not reader.keys.row_seen(register, row_key):
            return RowFound(RowState.NEW, None)
        anywhere = reader.keys.find_row_anywhere(register, row_key)
        if anywhere is None:
            return RowFound(RowState.ERASED, None)
        found = reader.committed(anywhere)  # None: it was cut off before its events were there
        return RowFound(RowState.NEW if found is None else RowState.CHANGED, found)

    def where(self, register: str, row_key: str, subject: StreamId | None) -> RowEntry | None:
        """Where the row was recorded, under ``subject`` or anybody else whose key is alive; None if nowhere."""
        reader = self._tx.reader
        found = reader.committed(reader.keys.find_row(register, row_key, subject))
        if found is None and reader.keys.row_seen(register, row_key):
            found = reader.committed(reader.keys.find_row_anywhere(register, row_key))
        return found

    def keep(
        self, register: str, row_key: str, content: str, *, subject: StreamId | None, stream: StreamId, version: int
    ) -> None:
        """Remember, with this transaction, that the row is recorded as ``version`` of ``stream``."""
        self.new.append(NewRow(register, row_key, subject, self._tx.tx, stream, version, content))


def stream_named(text: str, kind: StreamKind | None = None) -> StreamId | None:
    """``text`` as a stream (of that ``kind``), if it is the name of one."""
    return StreamId(text) if isinstance(text, str) and names_stream(text, kind) else None


def _new_code(text: str) -> str:
    known = code(text)
    if names_stream(known):
        hint = "Give it another code: by this one it could not be found."
        raise InputError("a code looks like the name of a stream", "a code of another form", hint=hint)
    return known

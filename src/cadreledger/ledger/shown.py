"""What can be read of a ledger: what happened, what it adds up to, what the public is shown. Nothing here records."""

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import attrs

from cadreledger.aggregates import Log
from cadreledger.disclosure import Evidence, Notice, Snapshot, take
from cadreledger.errors import (
    ErasedError,
    InputError,
    KeyStoreError,
    StoreError,
    UnknownSubjectError,
    VerificationError,
)
from cadreledger.events import Recorded
from cadreledger.events.ledger import LedgerOpened
from cadreledger.figures import Catalogue, Figures, View, contributing, evaluate, figures
from cadreledger.ledger.asked import Asked, period_of
from cadreledger.ledger.known import AsKnown, KnownBy, sections
from cadreledger.ledger.noticed import notice, notices
from cadreledger.ledger.reader import Reader
from cadreledger.ledger.seals import Seal, SealedLog
from cadreledger.ledger.subjects import stream_named
from cadreledger.queries import Picture
from cadreledger.rules import Policy
from cadreledger.sealing import open_sections
from cadreledger.values import Month, Period, StreamId, StreamKind, code, stream_id

__all__ = ["Shown"]


class Shown(Asked):
    """The reading half of a ledger; `Ledger` adds the verbs that record."""

    def __init__(self, reader: Reader, opened: LedgerOpened) -> None:
        self._reader = reader
        self.name = opened.name
        self.origin = opened.origin
        self.key_store = opened.key_store
        self.zone = ZoneInfo(opened.time_zone)

    @property
    def position(self) -> int:
        """The position of the last event, from 1."""
        return self._reader.store.position()

    def position_as_known(self, as_known: AsKnown = None) -> int:
        """The last position that lies in the cut ``as_known``; by a date, the last one there is."""
        upto = KnownBy(as_known, self._reader.store, self.zone).upto
        return self.position if upto is None else min(upto, self.position)

    def history(self, subject: str, *, as_known: AsKnown = None) -> tuple[Recorded, ...]:
        """What happened to a person or a branch, in the order recorded, other streams' events that mention them too.

        ``subject`` is the office's code, or a stream. Personal sections are opened where the key is at hand.
        Raises UnknownSubjectError where there is nothing of that name.
        """
        stream = self.stream_of(subject)
        known = KnownBy(as_known, self._reader.store, self.zone)
        store = self._reader.store
        own = store.stream(stream, upto=known.upto)
        found = sorted([*own, *store.mentioning(stream, upto=known.upto)], key=lambda record: record.position)
        with self._naming_the_position():
            return tuple(self._reader.decode(record, opened=True) for record in known.keeps(found))

    def stream_of(self, subject: str) -> StreamId:
        """The stream of the office's code for a person or a thing, or of a stream's own name.

        Raises UnknownSubjectError where there is nothing of that name, or more than one.
        """
        named = stream_named(subject)
        found = [named] if named else self._streams_of(code(subject))
        recorded = [stream for stream in found if self._reader.store.record(stream, 1) is not None]
        if len(recorded) > 1:
            hint = f"Name the stream, such as {recorded[-1]}."
            raise UnknownSubjectError("several have this code", hint=hint)
        if not recorded:
            raise UnknownSubjectError("nobody and nothing of that name is in the ledger", hint="Check the code.")
        return recorded[0]

    def code_of(self, stream: str) -> str | None:
        """The code of the person of a stream; None where nobody knows it any more, or no key store is there."""
        return None if self._reader.no_keys is not None else self._reader.keys.code_of(stream)

    def _streams_of(self, name: str) -> list[StreamId]:
        coded = [stream_id(kind, name) for kind in StreamKind if not kind.is_random and not kind.is_single]
        try:
            person = self._reader.stream_of(name)
        except (KeyStoreError, ErasedError):
            if all(self._reader.store.record(stream, 1) is None for stream in coded):
                raise
            return coded
        return coded if person is None else [person, *coded]

    def events(self, *, after: int = 0, upto: int | None = None) -> Iterator[Recorded]:
        """Every event with ``after`` < position <= ``upto``, in order, opened where keys are at hand."""
        for record in self._reader.store.replay(after=after, upto=upto):
            yield self._reader.decode(record, opened=True)

    def picture(self, *, as_known: AsKnown = None) -> Picture:
        """The state of everybody and everything, as known then (None: now); what the ledger's questions are asked of.

        Raises InputError for an ``as_known`` that is none.
        """
        known = KnownBy(as_known, self._reader.store, self.zone)
        return Picture.of(map(self._reader.decode, known.keeps(self._reader.store.replay(upto=known.upto))))

    def figures(self, period: Period | Month | str, *, as_known: AsKnown = None, view: View = View.OFFICE) -> Figures:
        """Every figure of the catalogue in ``period``: the office's view, or the public's (headers alone).

        ``period`` may be text: ``2021``, ``2021-07``, ``2021Q3``, ``2021H1``, ``2021-01..2021-07``.
        """
        known = KnownBy(as_known, self._reader.store, self.zone)
        with self._naming_the_position():
            totals = evaluate(known.sections(), self._catalogue(), view)
        return figures(totals, self._catalogue(), period_of(period))

    def trail(self, key: str, period: Period | Month | str, *, as_known: AsKnown = None) -> tuple[Recorded, ...]:
        """The events behind the figure ``key`` in ``period``, in order: as many as its ``events`` says.

        Raises InputError for a key that the catalogue has not.
        """
        known = KnownBy(as_known, self._reader.store, self.zone)
        with self._naming_the_position():
            records = list(known.keeps(self._reader.store.replay(upto=known.upto)))
            found = tuple(contributing(map(sections, records), self._catalogue(), key, period_of(period)))
        return tuple(self._reader.decode(records[index], opened=True) for index in found)

    def snapshot(self, period: Period | Month | str, *, at: Seal | int | None = None) -> Snapshot:
        """What the public is shown of ``period``: figures, and what they change of earlier notices.

        ``at`` is a checkpoint or a position: the snapshot is of what the ledger held there (None: now).
        ``snapshot(…).write(folder)`` writes it as JSON, a page, CSV and XLSX, and beside them the checkpoint of that
        size, where one is signed.
        Raises InputError for a position that there is not, and for another ledger's checkpoint.
        """
        if isinstance(at, Seal) and at.checkpoint.origin != self.origin:
            raise InputError("that checkpoint is another ledger's", self.origin, at.checkpoint.origin)
        upto = self.position if at is None else at.size if isinstance(at, Seal) else at
        if type(upto) is not int or not 1 <= upto <= self.position:
            raise InputError("a snapshot cannot be taken there", f"a position from 1 to {self.position}")
        store = self._reader.store
        with self._naming_the_position():
            taken = take(
                origin=self.origin,
                name=self.name,
                period=period_of(period),
                records=lambda: map(open_sections, store.states(upto=upto)),
                catalogue=self._catalogue(),
            )
        notes = {checkpoint.size: checkpoint.note for checkpoint in store.tree.checkpoints() if checkpoint.size <= upto}
        if upto not in notes:
            return taken
        headers = (open_sections(state)[0] for state in store.states(upto=upto))
        evidence = Evidence.of(headers, notes.values(), Catalogue.file_of)
        return attrs.evolve(taken, note=notes[upto], evidence=evidence)

    def headers(self, *, upto: int) -> Iterator[bytes]:
        """The public header of every event up to that position, as stored."""
        return (open_sections(state)[0] for state in self._reader.store.states(upto=upto))

    def notices(self) -> tuple[tuple[str, int], ...]:
        """Number and edition of every notice that was published from here and stands, in order; not those on paper."""
        return notices(self)

    def notice(self, number: str, *, edition: int | None = None) -> Notice:
        """A published notice, made again from the ledger, byte for byte; the last edition where none is named.

        Raises InputError where there is none, or it was on paper; StoreError where it does not come out as published.
        """
        return notice(self, self._reader, number, edition)

    @property
    def sealed(self) -> SealedLog:
        """The checkpoints of this ledger, and proofs by them."""
        return SealedLog(self._reader)

    @property
    def policy(self) -> Policy:
        """What the regulations, and the place's own policies that were adopted, say in each month.

        What was known of it at an earlier time: ``ledger.picture(as_known=…).policy``.
        """
        return self._reader.fold(Log, stream_id(StreamKind.LEDGER)).view().policy

    def _catalogue(self) -> Catalogue:
        """The catalogue of this release, which must be the one in force in the ledger."""
        shipped = Catalogue.load()
        in_force = self._reader.fold(Log, stream_id(StreamKind.LEDGER)).view().catalogue
        if in_force != shipped.digest:
            hint = "Adopt this release's (`cadreledger adopt`), or use the release that the ledger was made with."
            raise StoreError("the ledger follows another catalogue of figures", in_force, shipped.digest, hint)
        return shipped

    @contextmanager
    def _naming_the_position(self) -> Iterator[None]:
        """Where stored bytes cannot be summed, say which event it is: DecodeError instead of VerificationError."""
        try:
            yield
        except VerificationError:
            for record in self._reader.store.replay():
                self._reader.decode(record)
            raise

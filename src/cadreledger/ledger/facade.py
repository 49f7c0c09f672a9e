"""The ledger: one file of events, one of keys, and the few verbs that an application needs."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from zoneinfo import ZoneInfo

import attrs

from cadreledger.aggregates import Batch, Log, Violation
from cadreledger.disclosure import Evidence, Notice, Snapshot, take
from cadreledger.errors import (
    ConflictError,
    ErasedError,
    InputError,
    KeyStoreError,
    RuleError,
    StoreError,
    UnknownSubjectError,
    VerificationError,
)
from cadreledger.events import Recorded
from cadreledger.events.ledger import ErasureReason, LedgerOpened
from cadreledger.figures import Catalogue, Figures, View, contributing, evaluate, figures
from cadreledger.ledger.asked import Asked, period_of
from cadreledger.ledger.commit import commit, same_as_recorded
from cadreledger.ledger.erasing import carry_out_erasures, erase, opened_reader
from cadreledger.ledger.known import AsKnown, KnownBy, sections
from cadreledger.ledger.making import Random, first_event, make, open_keys
from cadreledger.ledger.noticing import notice, notices, publish
from cadreledger.ledger.reader import Reader
from cadreledger.ledger.sealer import Sealer, promote_signed
from cadreledger.ledger.seals import Seal, SealedLog
from cadreledger.ledger.subjects import stream_named
from cadreledger.ledger.transaction import Receipt, Transaction
from cadreledger.queries import Picture
from cadreledger.rules import Policy
from cadreledger.sealing import NoteSigner, open_sections
from cadreledger.store import EventStore
from cadreledger.values import Month, Period, StreamId, StreamKind, actor, code, stream_id

__all__ = ["Ledger"]

ATTEMPTS_MAX: Final = 8  # of `run`, each after somebody else was quicker
TX_BYTES: Final = 16

Clock = Callable[[], datetime]
Decide = Callable[[Transaction], object]


def _now() -> datetime:
    return datetime.now(UTC)


class Ledger(Asked):
    """A community's service record. Use `create` or `open`, and close it, best by ``with``."""

    def __init__(self, reader: Reader, opened: LedgerOpened, clock: Clock) -> None:
        self._reader = reader
        self._opened = opened
        self._clock = clock
        self.name = opened.name
        self.origin = opened.origin
        self.key_store = opened.key_store
        self.zone = ZoneInfo(opened.time_zone)

    @classmethod
    def create(
        cls,
        path: str | Path,
        *,
        name: str,
        origin: str | None = None,
        time_zone: str = "Asia/Shanghai",
        kek_dir: str | Path | None = None,
        clock: Clock = _now,
        random: Random = secrets.token_bytes,
    ) -> Self:
        """Make a ledger at ``path``, and its key store beside it (``.keys``), with a new signing key.

        ``origin`` names the log for the world, by default by its name and key; ``time_zone`` is the one that civil
        dates are in; ``kek_dir`` holds the file that the key store needs (see the how-to on keys). ``clock`` gives
        the time (UTC), ``random`` bytes by count. Raises StoreError if something is there already, and InputError
        for a name, an origin or a time zone of the wrong form.
        """
        place = Path(path)
        make(place, name, origin, time_zone, None if kek_dir is None else Path(kek_dir), clock, random)
        return cls.open(place, kek_dir=kek_dir, clock=clock, random=random)

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        kek_dir: str | Path | None = None,
        clock: Clock = _now,
        random: Random = secrets.token_bytes,
    ) -> Self:
        """The ledger at ``path``. Raises StoreError if there is none, or it cannot be read.

        Without its key store, figures and histories by stream can be read all the same, with what is personal sealed;
        whatever needs a key then raises KeyStoreError.
        """
        place = Path(path)
        store = EventStore.open(place)
        try:
            opened = first_event(store)
            keys = open_keys(place, opened, None if kek_dir is None else Path(kek_dir), random)
        except BaseException:
            store.close()
            raise
        return cls(opened_reader(store, keys, random), opened, clock)

    def close(self) -> None:
        """Close the files."""
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def position(self) -> int:
        """The position of the last event, from 1."""
        return self._reader.store.position()

    def position_as_known(self, as_known: AsKnown = None) -> int:
        """The last position that lies in the cut ``as_known``; by a date, the last one there is."""
        upto = KnownBy(as_known, self._reader.store, self.zone).upto
        return self.position if upto is None else min(upto, self.position)

    @contextmanager
    def transaction(self, *, by: str, lenient: bool = False) -> Iterator[Transaction]:
        """Decide several things, and record them all when the block ends; an exception records nothing.

        ``by`` is a post or an account, ``staff:liaison``. A ``lenient`` transaction, as of an import, records what
        breaks a rule and keeps a warning. Raises ConflictError if somebody else has recorded on a stream that was
        read, RuleError, InputError or StoreError as the verbs do.
        """
        tx = self._begin(by, self._reader.random(TX_BYTES).hex(), lenient=lenient)
        with closing(tx.batch):
            yield tx
            tx.receipt = self._finish(tx, None, None)

    def run(self, decide: Decide, *, by: str, key: str | None = None, lenient: bool = False) -> Receipt:
        """Let ``decide`` decide in a transaction, and record it; again on fresh state where somebody was quicker.

        ``key`` makes it safe to ask twice: a known key replays ``decide`` on the ledger as it stood before the first
        result. The same events give that result back; others raise ConflictError. ``decide`` must depend on nothing
        but the transaction. Raises what `transaction` raises.
        """
        if key is not None and (type(key) is not str or not key):
            raise InputError("an idempotency key has a wrong form", "text", type(key).__name__)
        for attempts_left in reversed(range(ATTEMPTS_MAX)):
            first_tx, positions = self._first(key)
            if positions is not None:
                return self._repeat(decide, by, positions, lenient=lenient)
            before = self.position
            # a known key without a result: the first try was cut off between the keys and the events
            tx = self._begin(by, first_tx or self._reader.random(TX_BYTES).hex(), lenient=lenient)
            try:
                with closing(tx.batch):
                    value = decide(tx)
                receipt = self._finish(tx, value, key)
            except ConflictError:
                if not attempts_left:
                    raise
            except Exception:
                # where a twin was quicker, what it decided may forbid the same, or leave nothing to decide; and whoever
                # decides while others record may have seen half of what they did
                recorded_meanwhile = attempts_left and self.position != before
                if self._first(key)[1] is None and not recorded_meanwhile:
                    raise
            else:
                if receipt.positions or self._first(key)[1] is None:
                    return receipt
        raise StoreError("a transaction was tried in vain", hint="Ask again.")

    def erase(self, subject: str, *, by: str, reason: ErasureReason | str) -> Receipt:
        """Destroy a person's key: what is personal about them can never be read again. Every figure and event stays.

        ``subject`` is the office's code, or a stream; ``reason`` one of request, death and retention. Copies of the key
        store, in backups too, do not bring them back. Raises UnknownSubjectError where there is nobody of that name,
        ErasedError where they were erased before, KeyStoreError without the key store, and then nothing is recorded;
        KeyStoreError too where the key could not be destroyed at once: it is as soon as somebody opens the ledger.
        """
        account = actor(by)
        return erase(self._reader, self.stream_of(subject), reason, lambda decide: self.run(decide, by=account))

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

    def publish_notice(
        self,
        number: str,
        *,
        period: Period | Month | str,
        by: str,
        on: date | None = None,
        edition: int = 1,
        texts: Sequence[str] = (),
        reason: str | None = None,
    ) -> Notice:
        """Publish an approved notice of ``period``: seal, record its digest, seal again. Write it with `Notice.write`.

        ``on``: today. ``texts`` are paragraphs of the office's own; ``reason`` says why an edition was corrected.
        Before anything is recorded, every stored header is hashed again and compared with the checkpoint. Raises
        RuleError where it was not proposed, reviewed and approved, and what `seal` and `snapshot` raise.
        """
        day = self._clock().astimezone(self.zone).date() if on is None else on
        made = period_of(period)
        return publish(self, number, made, by=by, on=day, edition=edition, texts=texts, reason=reason)

    def notices(self) -> tuple[tuple[str, int], ...]:
        """Number and edition of every notice that was published from here and stands, in order; not those on paper."""
        return notices(self)

    def notice(self, number: str, *, edition: int | None = None) -> Notice:
        """A published notice, made again from the ledger, byte for byte; the last edition where none is named.

        Raises InputError where there is none, or it was on paper; StoreError where it does not come out as published.
        """
        return notice(self, number, edition)

    def seal(self, *, first: bool = False) -> Seal:
        """Sign a checkpoint over every event so far, after posting what payments add up to; see `Ledger.sealed`.

        Where nothing was recorded since the last checkpoint, that one is returned. ``first``: the ledger was never
        sealed, and the file beside the key-encrypting key that says so is lost. Raises StoreError where the ledger is
        not the one that was sealed before, KeyStoreError where that file or the signing key is not at hand, and
        InputError for ``first`` where it was sealed.
        """

        def post(decide: Decide, follows: int) -> Receipt:
            tx = self._begin("system:seal", self._reader.random(TX_BYTES).hex(), lenient=False)
            with closing(tx.batch):
                decide(tx)
            return self._finish(tx, None, None, follows)

        with self._naming_the_position():
            return Sealer(self._reader, self.origin, self.zone, self._clock(), post).seal(first=first)

    @property
    def sealed(self) -> SealedLog:
        """The checkpoints of this ledger, and proofs by them."""
        return SealedLog(self._reader)

    def rotate_key(self, *, by: str) -> str:
        """Let the ledger sign with a new key; its verifier key. The next checkpoint carries both signatures.

        Raises RuleError where an earlier rotation waits for its checkpoint, KeyStoreError without the key store.
        """
        promote_signed(self._reader, self.origin)  # a seal may have been cut off before it could
        latest = self._reader.store.tree.latest()
        signed = self._reader.fold(Log, stream_id(StreamKind.LEDGER), 1 if latest is None else latest.size).view()
        if len(self.sealed.keys) > len(signed.keys):
            what = "a new key waits for the checkpoint that it signs together with the old one"
            raise RuleError(what, hint="Seal the ledger first.", rule="rotation_pending")
        following = self._reader.keys.next_signing_seed(create=True)
        key = NoteSigner(self.origin, following).vkey
        self.run(lambda tx: tx.log.rotate_key(key), by=by)
        return key

    def name_witnesses(self, keys: Sequence[str], *, by: str) -> Receipt:
        """From here on, these witnesses cosign: their verifier keys (C2SP tlog-cosignature). The change is an event.

        Raises InputError for what is no such key.
        """
        return self.run(lambda tx: tx.log.name_witnesses(keys), by=by)

    def adopt_catalogue(self, *, by: str) -> Receipt:
        """Let a ledger that was made with an earlier release follow this release's catalogue of figures.

        The change is an event. Raises RuleError if it does already, VerificationError if this release cannot sum what
        the ledger holds.
        """
        shipped = Catalogue.load()
        with self._naming_the_position():
            evaluate(KnownBy(None, self._reader.store, self.zone).sections(), shipped, View.OFFICE)
        return self.run(lambda tx: tx.log.adopt_catalogue(shipped.digest), by=by)

    @property
    def policy(self) -> Policy:
        """What the regulations, and the place's own policies that were adopted, say in each month.

        What was known of it at an earlier time: ``ledger.picture(as_known=…).policy``.
        """
        return self._reader.fold(Log, stream_id(StreamKind.LEDGER)).view().policy

    def adopt_policy(self, text: str, *, valid_from: Month, on: date | None = None, by: str) -> Receipt:
        """Let the policy file with that ``text`` hold from the month ``valid_from`` on; decided ``on`` (today).

        The text stands in the event. What was decided before stays as it is. Raises InputError for a file that is not
        right, RuleError where a policy of that version was adopted already.
        """
        return self.run(
            lambda tx: tx.log.adopt_policy(text, valid_from=valid_from, on=tx.batch.today if on is None else on), by=by
        )

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

    def _first(self, key: str | None) -> tuple[str | None, range | None]:
        """The transaction that ``key`` led to, and its positions, if it was committed."""
        tx = None if key is None else self._reader.keys.request_tx(key)
        return tx, None if tx is None else self._reader.store.positions(tx)

    def _begin(
        self, by: str, tx: str, *, lenient: bool, upto: int | None = None, moment: datetime | None = None
    ) -> Transaction:
        today = (moment or self._clock()).astimezone(self.zone).date()
        return Transaction(self._reader, actor(by), tx, Batch(today, lenient=lenient), upto)

    def _finish(self, tx: Transaction, value: object, key: str | None, follows: int | None = None) -> Receipt:
        warnings = _warnings(tx)
        if not tx.batch.pending:
            return Receipt(tx.tx, range(0), value, warnings=warnings)
        positions = commit(self._reader, tx, self._clock(), key, tx.follows if follows is None else follows)
        if positions is None:
            raise ConflictError("the same key was used by somebody else at this moment", hint="Ask again.")
        carry_out_erasures(self._reader, tx)
        return Receipt(tx.tx, positions, value, warnings=warnings)

    def _repeat(self, decide: Decide, by: str, positions: range, *, lenient: bool) -> Receipt:
        first = self._reader.decode(next(self._reader.store.replay(after=positions.start - 1)))
        moment = first.entry.recorded_at  # "today" is what it was then
        tx = self._begin(by, first.entry.tx, lenient=lenient, upto=positions.start - 1, moment=moment)
        with closing(tx.batch):
            value = decide(tx)
        if not same_as_recorded(self._reader, tx, positions):
            raise ConflictError(
                "this key was used before, for something else",
                "the same decision as the first time",
                "another one",
                "Use a new key for a new decision.",
            )
        return Receipt(first.entry.tx, positions, value, repeated=True, warnings=_warnings(tx))


def _warnings(tx: Transaction) -> tuple[Violation, ...]:
    return tuple(violation for violation, _ in tx.batch.warnings)

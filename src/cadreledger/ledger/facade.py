"""The ledger: one file of events, one of keys, and the few verbs that an application needs."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from cadreledger.aggregates import Batch, Log, Violation
from cadreledger.disclosure import Notice
from cadreledger.errors import ConflictError, InputError, RuleError, StoreError
from cadreledger.events.ledger import ErasureReason, LedgerOpened
from cadreledger.figures import Catalogue, View, evaluate
from cadreledger.ledger.asked import period_of
from cadreledger.ledger.commit import commit, same_as_recorded
from cadreledger.ledger.erasing import carry_out_erasures, erase, opened_reader
from cadreledger.ledger.known import KnownBy
from cadreledger.ledger.making import Random, first_event, make, open_keys
from cadreledger.ledger.noticing import publish
from cadreledger.ledger.reader import Reader
from cadreledger.ledger.sealer import Sealer, promote_signed
from cadreledger.ledger.seals import Seal
from cadreledger.ledger.shown import Shown
from cadreledger.ledger.transaction import Receipt, Transaction
from cadreledger.sealing import NoteSigner
from cadreledger.store import EventStore
from cadreledger.values import Month, Period, StreamKind, actor, stream_id

__all__ = ["Ledger"]

ATTEMPTS_MAX: Final = 8  # of `run`, each after somebody else was quicker
TX_BYTES: Final = 16

Clock = Callable[[], datetime]
Decide = Callable[[Transaction], object]


def _now() -> datetime:
    return datetime.now(UTC)


class Ledger(Shown):
    """A community's service record. Use `create` or `open`, and close it, best by ``with``."""

    def __init__(self, reader: Reader, opened: LedgerOpened, clock: Clock) -> None:
        super().__init__(reader, opened)
        self._clock = clock

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

        ``on``: today. ``texts`` are paragraphs of the office's own, in which ``{C0031}`` stands for the name of the
        person of that code; ``reason`` says why an edition was corrected.
        Before anything is recorded, every stored header is hashed again and compared with the checkpoint. Raises
        RuleError where it was not proposed, reviewed and approved, or names somebody without their consent, InputError
        where somebody's name stands in the words themselves, and what `seal` and `snapshot` raise.
        """
        day = self._clock().astimezone(self.zone).date() if on is None else on
        made = period_of(period)
        return publish(self, self._reader, number, made, by=by, on=day, edition=edition, texts=texts, reason=reason)

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

    def adopt_policy(self, text: str, *, valid_from: Month, on: date | None = None, by: str) -> Receipt:
        """Let the policy file with that ``text`` hold from the month ``valid_from`` on; decided ``on`` (today).

        The text stands in the event. What was decided before stays as it is. Raises InputError for a file that is not
        right, RuleError where a policy of that version was adopted already.
        """
        return self.run(
            lambda tx: tx.log.adopt_policy(text, valid_from=valid_from, on=tx.batch.today if on is None else on), by=by
        )

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

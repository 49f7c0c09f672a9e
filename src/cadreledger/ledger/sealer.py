"""The sealer: a projection that follows the ledger in order, posts what payments add up to, and signs.

Each step can be cut off anywhere and is gone on with by the next seal; two sealers at once do the same:

1. Walk through all events. What was sealed must be as it was; the stored tree grows over the rest.
2. Post the tallies of the payments since the last tally, right after the last event, or look again.
3. Walk on over the tallies: this is the size to be sealed.
4. Under the ledger's write lock: whatever was signed before must lie in this tree. Sign, write the checkpoint to the
   file outside the database, then into the ledger. One that stands outside alone was cut off here, and is taken over.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from cadreledger.aggregates import Log, LogState
from cadreledger.errors import ConflictError, InputError, KeyStoreError, StoreError, VerificationError
from cadreledger.events import utc_text
from cadreledger.figures import MonthTally
from cadreledger.ledger.owed import Owed
from cadreledger.ledger.reader import Reader
from cadreledger.ledger.seals import Seal, open_seal, unsealed
from cadreledger.ledger.transaction import Receipt, Transaction
from cadreledger.ledger.walking import RESTORE, Walk
from cadreledger.sealing import Checkpoint, NoteSigner, join_note, node_reader, root_of
from cadreledger.store import KeyStore, LastSigned, StoredCheckpoint
from cadreledger.values import Month, StreamKind, fen, stream_id, stream_kind

__all__ = ["Sealer", "promote_signed"]

ATTEMPTS_MAX: Final = 100  # to come right after the last event, while others record
PERSONAL_EVENTS_MIN: Final = 30  # between two checkpoints of one month, lest a tree's size tells somebody's day
LOG: Final = stream_id(StreamKind.LEDGER)

Post = Callable[[Callable[[Transaction], object], int], Receipt]
"""Records what is decided right after a position. Raises ConflictError if something else came to lie there."""


@attrs.frozen
class Sealer:
    """Seals one ledger, once. ``moment`` is the time (UTC), pinned for the whole of it."""

    reader: Reader
    origin: str
    zone: ZoneInfo
    moment: datetime
    post: Post

    def seal(self, *, first: bool) -> Seal:
        """A signed checkpoint over every event so far, or the last one where nothing was recorded since.

        ``first``: nothing was ever signed, and the file that would say so is lost. Raises StoreError where the ledger
        is not the one that was sealed before, KeyStoreError where that file or a key is not at hand, InputError for
        ``first`` where it was sealed, and ConflictError where others record so fast that no tally finds its place.
        """
        keys, store = self.reader.keys, self.reader.store
        outside = keys.last_signed
        if first:
            self._begin(outside)
        owed = Owed(store, self._log(None).tallied)
        walk = Walk(store, owed)
        walk.to(store.position())
        self._take_over(self._check_signed(outside))
        self._settle(walk, owed)
        size, root = walk.size, walk.root()
        before = store.tree.latest()
        sealed_on = self._day_of(before)

        def make(latest: StoredCheckpoint | None) -> StoredCheckpoint | None:
            signed = self._check_signed(outside)
            held = 0 if latest is None else latest.size
            if signed.size >= size:
                return None if held >= size else StoredCheckpoint(signed.size, signed.note, utc_text(self.moment))
            note = self._sign(keys, Checkpoint(self.origin, size, root), max(held, signed.size))
            outside.write(note)
            return StoredCheckpoint(size, note, utc_text(self.moment))

        with outside.held():  # the ledger's own lock does not keep out a copy of it
            stored = store.tree.sign(make)
        if stored is None:
            raise StoreError("a checkpoint was signed and is not there", hint="Seal the ledger again.")
        promote_signed(self.reader, self.origin)
        return attrs.evolve(open_seal(stored, self._keys(None)), advice=self._advice(before, sealed_on, stored.size))

    def _begin(self, outside: LastSigned) -> None:
        """Put the file in its place that a ledger has from its first day on. Raises InputError where more is known."""
        if outside.read() is not None or self.reader.store.tree.latest() is not None:
            what = "this ledger was sealed before, or the file that says so is there"
            raise InputError(what, "a ledger that was never sealed", hint="Seal it without --first.")
        outside.write(unsealed(self.origin, self.reader.keys.signing_seed))

    def _check_signed(self, outside: LastSigned) -> Seal:
        """The checkpoint that stands outside. Raises StoreError unless all that was signed lies in the stored tree."""
        tree, size = self.reader.store.tree, self.reader.store.position()
        log_keys = self._keys(None)
        found = outside.read()
        if found is None:
            what = "the file with the last signed checkpoint is missing"
            hint = "Put it back. Where it is lost, put the last checkpoint that was published in its place"
            if tree.latest() is None:
                hint += ", or, if this ledger was never sealed, begin: `cadreledger seal --first`"
            raise KeyStoreError(what, str(outside.path), "no file", f"{hint}.")
        last = self._opened(StoredCheckpoint(0, found, ""), log_keys, str(outside.path))
        seals = [self._opened(stored, log_keys, f"size {stored.size}") for stored in tree.checkpoints()]
        for seal in (*seals, last):
            if seal.size > size:
                what = "the ledger has fewer events than were sealed: it was restored from an older backup, or cut"
                raise StoreError(what, f"{seal.size} events", str(size), RESTORE)
            if root_of(seal.size, node_reader(seal.size, tree.read)) != seal.root:
                what = "the ledger is not the one that was sealed"
                raise StoreError(what, "the root that was signed", f"another one over {seal.size} events", RESTORE)
        return last

    def _take_over(self, signed: Seal) -> None:
        """Keep the checkpoint that stands outside, where a seal was cut off before it stood in the ledger."""
        tree = self.reader.store.tree
        if signed.size and signed.size not in {checkpoint.size for checkpoint in tree.checkpoints()}:
            tree.sign(lambda _latest: StoredCheckpoint(signed.size, signed.note, utc_text(self.moment)))

    def _opened(self, stored: StoredCheckpoint, log_keys: tuple[str, ...], where: str) -> Seal:
        try:
            return open_seal(stored, log_keys)
        except VerificationError as error:
            what = "a checkpoint that was signed is damaged, or another ledger's"
            raise StoreError(what, "one that this ledger's key signed", where, "Put the published one back.") from error

    def _settle(self, walk: Walk, owed: Owed) -> None:
        """Post tallies until no payment is without one, and walk up to where that holds."""
        for _ in range(ATTEMPTS_MAX):
            end = self.reader.store.position()
            walk.to(end)
            tallied = self._log(end).tallied
            if self._log(None).tallied != tallied:
                continue  # another sealer has just posted tallies behind that end: walk on over them
            months = owed.after(tallied, end)
            if not months:
                return
            try:
                receipt = self._post(months, tallied, end)
            except ConflictError:
                continue  # somebody recorded in between, or posted the same
            walk.to(receipt.positions.stop - 1)
            return
        raise ConflictError("others record so fast that nothing can be sealed", hint="Try again at a quieter time.")

    def _post(self, months: tuple[MonthTally, ...], tallied: int, end: int) -> Receipt:
        def decide(tx: Transaction) -> None:
            for month in months:
                tx.log.tally(
                    month=month.month,
                    amount=fen(month.amount_fen),
                    payments=month.payments,
                    refunds=month.refunds,
                    first=tallied + 1,
                    last=end,
                )

        return self.post(decide, end)

    def _sign(self, keys: KeyStore, checkpoint: Checkpoint, signed_size: int) -> bytes:
        """The signed note: by the key of the last checkpoint, and by each that came to be in force since."""
        in_force = self._keys(checkpoint.size)
        known = len(self._keys(signed_size)) if signed_size else 1
        seeds = [keys.signing_seed, keys.next_signing_seed(create=False)]
        signers = {signer.vkey: signer for signer in (NoteSigner(self.origin, seed) for seed in seeds if seed)}
        wanted = in_force[known - 1 :]
        if not set(wanted) <= signers.keys():
            what = "the key that signs this ledger is not in the key store"
            raise KeyStoreError(what, hint="Restore the key store and its key-encrypting key from one backup.")
        return join_note(checkpoint.text, [signers[key].sign(checkpoint.text) for key in wanted])

    def _day_of(self, stored: StoredCheckpoint | None) -> date | None:
        """The day on which a checkpoint was signed; None where the file, signed by nobody, does not tell."""
        try:
            if stored is None or not stored.sealed_at:  # one that was collected
                return None
            return datetime.fromisoformat(stored.sealed_at).astimezone(self.zone).date()
        except (ValueError, TypeError, OverflowError):
            return None

    def _advice(self, before: StoredCheckpoint | None, sealed_on: date | None, size: int) -> tuple[str, ...]:
        """What would be better next time."""
        if before is None or sealed_on is None or before.size >= size:
            return ()
        same_month = Month.of(sealed_on) == Month.of(self.moment.astimezone(self.zone).date())
        new = self.reader.store.replay(after=before.size, upto=size)
        personal = sum(1 for record in new if stream_kind(record.stream).is_random)
        if not same_month or not 0 < personal < PERSONAL_EVENTS_MIN:
            return ()
        what = f"entries about people lie between this checkpoint and the one before, of the same month: {personal}."
        why = "The sizes of trees then tell who was visited when."
        return (f"Few {what} {why} Publish by the month, or after {PERSONAL_EVENTS_MIN} such entries.",)

    def _keys(self, upto: int | None) -> tuple[str, ...]:
        return self._log(upto).keys

    def _log(self, upto: int | None) -> LogState:
        return self.reader.fold(Log, LOG, upto).view()


def promote_signed(reader: Reader, origin: str) -> None:
    """A new key that has signed a checkpoint takes the old one's place in the key store, where it has not yet."""
    following = reader.keys.next_signing_seed(create=False)
    latest = reader.store.tree.latest()
    if following is None or latest is None:
        return
    if NoteSigner(origin, following).vkey == reader.fold(Log, LOG, latest.size).view().keys[-1]:
        reader.keys.promote_signing_seed()

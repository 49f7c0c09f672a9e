"""Checkpoints that a ledger's key has signed, what they prove, and how cosignatures come to them."""

from base64 import b64decode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import attrs

from cadreledger.aggregates import Log
from cadreledger.errors import InputError, StoreError, VerificationError
from cadreledger.events import Event
from cadreledger.events.ledger import CatalogueAdopted, KeyRotated, LedgerOpened, WitnessesNamed
from cadreledger.ledger.reader import Reader
from cadreledger.sealing import (
    Checkpoint,
    Frame,
    NoteSigner,
    NoteVerifier,
    ProofFile,
    Tile,
    consistency_proof,
    decode_frame,
    decrypt_personal,
    inclusion_proof,
    join_note,
    leaf_hash,
    node_reader,
    open_note,
    parse_checkpoint,
    root_of,
    split_note,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from cadreledger.store import StoredCheckpoint
from cadreledger.values import StreamId, StreamKind, stream_id

__all__ = ["Seal", "SealedLog", "open_seal", "unsealed"]

KEY_ID_BYTES: Final = 4
AUDIT: Final = "Audit the ledger: `cadreledger audit`."


@attrs.frozen
class Seal:
    """A signed checkpoint over a ledger's first ``size`` events.

    ``note`` is the C2SP signed note, with the cosignatures that it has got; ``advice``: what would be better next time,
    in words.
    """

    checkpoint: Checkpoint
    note: bytes = attrs.field(repr=False)
    advice: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many events it covers, from the first: the position of the last one."""
        return self.checkpoint.size

    @property
    def root(self) -> bytes:
        """The root of the tree over their headers, 32 bytes."""
        return self.checkpoint.root

    def __str__(self) -> str:
        return self.note.decode("utf-8")


def open_seal(stored: StoredCheckpoint, log_keys: tuple[str, ...]) -> Seal:
    """A stored checkpoint (size 0: of whatever size) that one of the log's keys has signed.

    Raises VerificationError otherwise.
    """
    verifiers = [NoteVerifier.parse(key) for key in log_keys]
    checkpoint = parse_checkpoint(open_note(stored.note, verifiers).text)
    if verifiers and checkpoint.origin != verifiers[0].name:
        raise VerificationError("a checkpoint is another log's", verifiers[0].name, "another origin")
    if stored.size not in {0, checkpoint.size}:
        raise VerificationError("a checkpoint stands for another size", str(checkpoint.size), str(stored.size))
    return Seal(checkpoint, stored.note)


def unsealed(origin: str, seed: bytes) -> bytes:
    """The signed checkpoint over nothing, which a ledger has before its first seal; ``seed`` is the signing key."""
    signer = NoteSigner(origin, seed)
    text = Checkpoint(origin, 0, tree_root(())).text
    return join_note(text, [signer.sign(text)])


class SealedLog:
    """What is sealed of a ledger: `Ledger.sealed`. Every method raises StoreError if the file cannot be used."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    @property
    def keys(self) -> tuple[str, ...]:
        """The log's verifier keys, in the order they came into force; the last one signs."""
        return self._reader.fold(Log, stream_id(StreamKind.LEDGER)).view().keys

    @property
    def witnesses(self) -> tuple[str, ...]:
        """The verifier keys of the witnesses that the ledger names."""
        return self._reader.fold(Log, stream_id(StreamKind.LEDGER)).view().witnesses

    def checkpoints(self) -> tuple[Seal, ...]:
        """Every checkpoint, the smallest first. Raises StoreError for one that the ledger's keys did not sign."""
        keys = self.keys
        return tuple(self._open(stored, keys) for stored in self._reader.store.tree.checkpoints())

    def latest(self) -> Seal:
        """The last checkpoint. Raises StoreError where the ledger was never sealed."""
        stored = self._reader.store.tree.latest()
        if stored is None:
            raise StoreError("this ledger was never sealed", hint="Seal it: `cadreledger seal`, or Ledger.seal().")
        return self._open(stored, self.keys)

    def published(self) -> tuple[Seal, ...]:
        """`checkpoints`, each with the signatures by keys that the sealed events name, and no others.

        A witness that was named since the last checkpoint is known to nobody who reads what is sealed. Raises
        StoreError where the ledger was never sealed.
        """
        known = _known_by(self._said(self.latest().size))
        return tuple(attrs.evolve(seal, note=_signed_by(known, seal.note)) for seal in self.checkpoints())

    def catalogues(self) -> tuple[str, ...]:
        """The digests of the catalogues that the sealed events name, in the order they came into force."""
        said = self._said(self.latest().size)
        return tuple(dict.fromkeys(e.catalogue for e in said if isinstance(e, LedgerOpened | CatalogueAdopted)))

    def states(self, start: int, stop: int) -> Iterator[bytes]:
        """The stored bytes of the events with ``start`` <= leaf index < ``stop``, in order.

        Raises StoreError, naming the position, where one is missing.
        """
        last = start
        for position, state in self._reader.store.numbered(after=start, upto=stop):
            if position != last + 1:
                break
            last = position
            yield state
        if last != stop:
            raise StoreError("an event of the ledger is missing", f"position {last + 1}", "none", AUDIT)

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """The headers of those events: what is published. Raises StoreError for a damaged one, too."""
        for position, state in enumerate(self.states(start, stop), start + 1):
            try:
                yield decode_frame(state).header
            except VerificationError as error:
                found = f"position {position}: {error.what}"
                raise StoreError("an event of the ledger is damaged", "bytes as written", found, AUDIT) from error

    def opened(self, stream: StreamId, *, upto: int) -> Iterator[tuple[int, Frame, bytes | None]]:
        """The events of a stream up to a position: position, sections, and the personal one with its salt, opened.

        None where there is no personal section, or its key was destroyed. Raises KeyStoreError without the key store,
        DecodeError for an event that was not written so.
        """
        keys = self._reader.keys
        for record in self._reader.store.stream(stream, upto=upto):
            recorded, frame = self._reader.decode(record, opened=True), decode_frame(record.state)
            key = None if recorded.subject is None else keys.key_of(recorded.subject)
            opened = None if key is None else decrypt_personal(key, frame.personal, stream, record.version)
            yield record.position, frame, opened

    def tile(self, tile: Tile) -> bytes:
        """The hashes of a tile (C2SP tlog-tiles)."""
        return self._reader.store.tree.read(tile)

    def inclusion(self, position: int, *, at: Seal | None = None) -> ProofFile:
        """That the event at ``position`` is in the tree of a checkpoint, by default the last (C2SP tlog-proof).

        Raises InputError for a position that it does not cover, and for another ledger's checkpoint.
        """
        seal = self._at(at)
        if type(position) is not int or not 1 <= position <= seal.size:
            hint = "What came later is proved after the next seal."
            raise InputError("there is no proof for that event", f"a position from 1 to {seal.size}", hint=hint)
        proof = inclusion_proof(position - 1, seal.size, node_reader(seal.size, self.tile))
        (header,) = self.entries(position - 1, position)
        with _proved():
            verify_inclusion(leaf_hash(header), position - 1, seal.size, proof, seal.root)
        return ProofFile(position - 1, proof, seal.note)

    def consistency(self, old_size: int, *, at: Seal | None = None) -> tuple[bytes, ...]:
        """That the tree of a checkpoint, by default the last, goes on from the one over the first ``old_size`` events.

        Raises InputError for a size that it does not cover, and for another ledger's checkpoint.
        """
        seal = self._at(at)
        if type(old_size) is not int or not 1 <= old_size <= seal.size:
            hint = "Name the size of an earlier checkpoint."
            raise InputError("there is no proof from that size", f"a size from 1 to {seal.size}", hint=hint)
        node = node_reader(seal.size, self.tile)
        proof = consistency_proof(old_size, seal.size, node)
        with _proved():
            verify_consistency(old_size, seal.size, root_of(old_size, node), seal.root, proof)
        return proof

    def collect(self, note: bytes) -> Seal:
        """Take over ``note``, a checkpoint of this ledger, with the cosignatures that it has got from its witnesses.

        A checkpoint that is missing in the ledger, or damaged, is put back so. Raises VerificationError for a note that
        the ledger's key has not signed, that is not over these events, or that brings no cosignature by one of them.
        """
        signed = open_seal(StoredCheckpoint(0, note, ""), self.keys)
        tree, size = self._reader.store.tree, signed.size
        if not 1 <= size <= self._reader.store.position() or root_of(size, node_reader(size, tree.read)) != signed.root:
            raise VerificationError("a cosigned checkpoint is not this ledger's", "one over its own events")
        own = {(key.name, key.key_id) for key in map(NoteVerifier.parse, self.keys)}
        text, lines = split_note(note)
        verifiers = [NoteVerifier.parse(key) for key in (*self.keys, *self.witnesses)]
        verified = {(one.name, one.key_id) for one in open_note(note, verifiers).signatures}

        def put(stored: bytes | None) -> bytes:
            held = self._held(stored, size, text)
            there = set(map(_signer, held))
            new = {_signer(line): line for line in lines if _signer(line) in verified - there}
            if there and not verified - own:
                what = "a checkpoint brings no cosignature"
                hint = "Name whoever cosigns: `cadreledger witnesses`."
                raise VerificationError(what, "one by a witness that the ledger names", hint=hint)
            return join_note(text, [*held, *new.values()])

        collected = self._open(tree.change(size, put), self.keys)
        latest = tree.latest()
        if verified <= _known_by(self._said(latest.size if latest else 0)):
            return collected
        what = (
            "A witness was named after the last checkpoint: its cosignature is published once the next one is sealed."
        )
        return attrs.evolve(collected, advice=(what,))

    def _held(self, stored: bytes | None, size: int, text: str) -> list[str]:
        """The signature lines of a stored checkpoint; none where it is missing or damaged."""
        try:
            open_seal(StoredCheckpoint(size, stored or b"", ""), self.keys)
        except VerificationError:
            return []
        held, lines = split_note(stored or b"")
        if held != text:
            raise VerificationError("a cosigned checkpoint is not this ledger's", "its text, unchanged")
        return list(lines)

    def _at(self, at: Seal | None) -> Seal:
        own = self.latest()
        if at is not None and at.checkpoint.origin != own.checkpoint.origin:
            hint = "Take it from this ledger's `sealed`."
            raise InputError("that checkpoint is another ledger's", own.checkpoint.origin, at.checkpoint.origin, hint)
        return at or own

    def _said(self, upto: int) -> Iterator[Event]:
        """What the ledger says of itself up to a position."""
        for record in self._reader.store.stream(stream_id(StreamKind.LEDGER), upto=upto):
            yield self._reader.decode(record).event

    def _open(self, stored: StoredCheckpoint, keys: tuple[str, ...]) -> Seal:
        try:
            return open_seal(stored, keys)
        except VerificationError as error:
            what = "a stored checkpoint is damaged"
            hint = "Seal the ledger again; audit it first."
            raise StoreError(what, "one that the ledger's key signed", f"size {stored.size}", hint) from error


def _known_by(said: Iterable[Event]) -> set[tuple[str, bytes]]:
    """Names and ids of the keys that the ledger has named, its own and those of witnesses."""
    known: set[str] = set()
    for event in said:
        match event:
            case LedgerOpened() | WitnessesNamed():
                known.update(event.keys)
            case KeyRotated():
                known.add(event.key)
    return {(key.name, key.key_id) for key in map(NoteVerifier.parse, known)}


def _signed_by(known: set[tuple[str, bytes]], note: bytes) -> bytes:
    """The note, without signatures by others."""
    text, lines = split_note(note)
    return join_note(text, [line for line in lines if _signer(line) in known])


@contextmanager
def _proved() -> Iterator[None]:
    """A proof is given out only if it proves what it is for."""
    try:
        yield
    except VerificationError as error:
        raise StoreError("the stored tree does not prove this", found=error.what, hint=AUDIT) from error


def _signer(line: str) -> tuple[str, bytes]:
    """Name and id of the key that a signature line is by."""
    _dash, name, signature = line.split()
    return name, b64decode(signature)[:KEY_ID_BYTES]

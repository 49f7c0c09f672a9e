"""A witness: cosigns a log's checkpoints, each only if it goes on from the one it cosigned last.

The rules are those of C2SP tlog-witness, *add-checkpoint*; the state is one small JSON file:

``{"format": "witness/1", "logs": {origin: {"keys": [vkey, …], "note": cosigned note, "size": n, "root": base64}}}``

``keys`` are the log's, in the order they came into force; the last one must have signed.

1. The checkpoint is signed by the key that this witness trusts for its origin; which, it is told the first time.
2. One smaller than the last is refused: the log was put back, or it is an old one. One of its size with another root is
   a fork, and a larger one needs a consistency proof. Where it is not shown to go on, both notes are kept beside the
   state.
3. The new state is on the disk before the cosignature is released. Two processes wait for each other, under whatever
   names they know the state.
4. A state that cannot be read is never taken for an empty one, and neither is one that is gone: the lock file beside it
   says that there was one. Whoever takes both away takes the witness's memory.
5. Each note that is held carries this witness's own cosignature: the state of another witness is refused.
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from cadreledger.errors import CadreLedgerError, InputError, StoreError, VerificationError
from cadreledger.placing import put, sync_folder
from cadreledger.sealing import (
    COSIGNATURE,
    ED25519,
    TILE_WIDTH,
    Checkpoint,
    NoteSigner,
    NoteVerifier,
    Tile,
    consistency_proof,
    cosign,
    join_note,
    node_reader,
    open_note,
    parse_checkpoint,
    root_of,
    split_note,
    verify_consistency,
)

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no such locks
    fcntl = None  # type: ignore[assignment]

__all__ = ["ForkError", "ProofOf", "Witness", "parse_proof", "proof_text", "site_proof", "text_proof"]

FORMAT: Final = "witness/1"
STATE_BYTES_MAX: Final = 16 * 2**20  # a note has at most 1 MiB, and mostly a thousandth of that
PROOF_HASHES_MAX: Final = 63  # C2SP tlog-witness
HASH_BYTES: Final = 32
KEY_ID_BYTES: Final = 4
WRITTEN: Final = b"witness/1: the state beside this file was written\n"
ASK_FOR_PROOF: Final = "Ask the office for one: `cadreledger prove LEDGER --since SIZE`."

ProofOf = Callable[[int, Checkpoint], Sequence[bytes]]
"""Gives the consistency proof from an old size to a checkpoint."""


class ForkError(VerificationError):
    """A log's key has signed what contradicts what was cosigned, or is not shown to go on from it.

    Two roots of one size prove two histories; a proof that fails may also just be a wrong one.
    """


@dataclass(frozen=True, slots=True)
class _Held:
    """What is held of a log: its keys, the last in force, and the checkpoint that was cosigned last."""

    keys: tuple[str, ...]
    note: bytes
    size: int
    root: bytes


class Witness:
    """Cosigns as ``signer`` (a key of type 4), and remembers in the file ``state``, or in the one that this links to.

    Raises InputError for a key of another type, and for a path that names no file.
    """

    def __init__(self, signer: NoteSigner, state: Path) -> None:
        if signer.kind != COSIGNATURE:
            hint = "Make one: `cadreledger witness-key`."
            raise InputError("a witness needs a key of its own kind", "a cosigner's key, type 4", "a log's key", hint)
        self._signer = signer
        self._key = NoteVerifier.parse(signer.vkey)
        self._state = _real(state)

    def cosign(
        self, note: bytes, proof_of: ProofOf, time: int, *, log_key: str | None = None, anew: bool = False
    ) -> bytes:
        """``note`` with this witness's cosignature of ``time`` (POSIX seconds).

        ``log_key`` is the log's verifier key: needed the first time, and for a new key, which must have signed beside
        the one in force. With ``anew``, a state that is gone is begun again. Raises InputError where a key is missing
        or is none of the log's, VerificationError for a checkpoint that is not signed by the key in force or is older
        than the last, ForkError for one that is not shown to go on from it, and StoreError for a state that cannot be
        used, or is another witness's.
        """
        text, lines = split_note(note)
        checkpoint = parse_checkpoint(text)
        with self._locked() as lock:
            logs = self._read(is_gone=bool(os.pread(lock, 1, 0)) and not anew)
            held = logs.get(checkpoint.origin)
            keys = _trusted(note, checkpoint.origin, held, log_key)
            if held is None:
                first(checkpoint)
            else:
                try:
                    follows(held.size, held.root, checkpoint, proof_of)
                except ForkError as fork:
                    self._keep_evidence(held.note, note, fork)
                    raise
            others = [line for line in lines if not _is_by(line, self._key)]
            cosigned = join_note(text, [*others, cosign(text, self._signer, time)])
            # The state comes first: a cosignature that got out and was forgotten would let a fork be cosigned.
            self._write({**logs, checkpoint.origin: _Held(keys, cosigned, checkpoint.size, checkpoint.root)})
            self._remember(lock)
        return cosigned

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Nobody else uses this state meanwhile. Gives the lock file, open."""
        if fcntl is None:  # pragma: no cover - Windows
            hint = "Run the witness on Linux, macOS or another Unix."
            raise StoreError("this system has no locks that a witness could trust", hint=hint)
        try:
            descriptor = os.open(self._state.with_name(f"{self._state.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unusable(self._state, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)

    def _remember(self, lock: int) -> None:
        """Say in the lock file that there is a state: one that is gone later was taken away."""
        try:
            if os.pread(lock, len(WRITTEN) + 1, 0) != WRITTEN:
                os.pwrite(lock, WRITTEN, 0)
                os.fsync(lock)
        except OSError as error:
            raise _unusable(self._state, error) from error

    def _read(self, *, is_gone: bool) -> dict[str, _Held]:
        """What is held. ``is_gone``: where there is no state, there was one."""
        try:
            with self._state.open("rb") as file:
                data = file.read(STATE_BYTES_MAX + 1)
        except FileNotFoundError as error:
            if not is_gone:
                return {}
            hint = "Restore it; begun anew (--anew), this witness could be made to cosign two histories."
            raise StoreError(f"the witness's state at {self._state} is gone", "the file it wrote", hint=hint) from error
        except OSError as error:
            raise _unusable(self._state, error) from error
        hint = "Restore it; with an empty one, this witness could be made to cosign two histories."
        if len(data) > STATE_BYTES_MAX:
            raise StoreError(f"{self._state} is no witness's state", f"at most {STATE_BYTES_MAX} bytes", "more", hint)
        try:
            document = json.loads(data)
            logs = {origin: _held(origin, entry) for origin, entry in document["logs"].items()}
            if document["format"] != FORMAT or not logs:
                raise ValueError(FORMAT)  # noqa: TRY301 - caught with whatever else is wrong
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, CadreLedgerError) as error:
            raise StoreError(f"{self._state} is no witness's state", FORMAT, "another file", hint) from error
        try:
            for held in logs.values():
                open_note(held.note, [self._key])
        except VerificationError as error:
            hint = "Name the state that goes with this key (--state); a new key begins with a state of its own."
            expected = f"notes that {self._key.vkey} cosigned"
            raise StoreError(f"{self._state} is another witness's state", expected, error.what, hint) from error
        return logs

    def _write(self, logs: dict[str, _Held]) -> None:
        entries = {
            origin: {
                "keys": list(held.keys),
                "note": held.note.decode("utf-8"),
                "size": held.size,
                "root": b64encode(held.root).decode("ascii"),
            }
            for origin, held in sorted(logs.items())
        }
        data = json.dumps({"format": FORMAT, "logs": entries}, ensure_ascii=False, indent=1).encode("utf-8")
        if len(data) > STATE_BYTES_MAX:  # it could not be read again
            hint = "Watch further logs with another key and another state."
            raise StoreError("the witness's state is full", f"at most {STATE_BYTES_MAX} bytes", f"{len(data)}", hint)
        _replace(self._state, data)

    def _keep_evidence(self, held: bytes, shown: bytes, fork: ForkError) -> None:
        """Keep the two notes, signed by one key, which do not go on from each other; ``fork`` is said anyway."""
        pair = sha256(held + shown).hexdigest()[:16]
        try:
            for name, note in (("held", held), ("shown", shown)):
                _replace(self._state.with_name(f"{self._state.name}.fork-{pair}.{name}"), note)
        except StoreError as error:
            fork.hint += (
                f" The two could not be kept beside the state ({error.found or error.what}): keep them yourself."
            )


def first(checkpoint: Checkpoint) -> None:
    """Whether a log's first checkpoint may be cosigned: any of size 1 or more, since nothing contradicts it."""
    if checkpoint.size < 1:
        hint = "Wait until the log shows a larger one."
        raise VerificationError("a witness starts at size 1", "a checkpoint over an event or more", "none", hint)


def follows(old_size: int, old_root: bytes, checkpoint: Checkpoint, proof_of: ProofOf) -> None:
    """Whether ``checkpoint`` goes on from what was cosigned.

    Raises VerificationError for an older one, which contradicts nothing by itself, ForkError where it does not go on.
    """
    if checkpoint.size < old_size:
        what = f"a checkpoint goes back behind the one of size {old_size} that was cosigned last"
        hint = "Take the log's latest. If this is the latest, the log was put back: tell the office, and cosign none."
        raise VerificationError(what, f"size {old_size} or more", f"size {checkpoint.size}", hint)
    if checkpoint.size == old_size:
        if checkpoint.root != old_root:
            what = "two checkpoints of one size have two roots: the log shows two histories"
            hint = "Cosign none. Both are kept beside the state: show them to whoever oversees the log."
            raise ForkError(what, f"the root cosigned at size {old_size}", "another", hint)
        return
    proof = list(proof_of(old_size, checkpoint))
    try:
        verify_consistency(old_size, checkpoint.size, old_root, checkpoint.root, proof)
    except VerificationError as error:
        what = f"the checkpoint is not shown to go on from the one of size {old_size} that was cosigned"
        hint = "A wrong proof, or a log that shows two histories. Get another proof; both checkpoints are kept."
        raise ForkError(what, "a consistency proof", error.what, hint) from error


def site_proof(folder: Path) -> ProofOf:
    """Proofs out of a published log (C2SP tlog-tiles) in ``folder``, whose tiles are not trusted."""

    def proof_of(old_size: int, checkpoint: Checkpoint) -> Sequence[bytes]:
        def read(tile: Tile) -> bytes:
            return _tile(folder, tile)

        node = node_reader(checkpoint.size, read)
        try:  # damaged tiles are no fork: what they prove must hold in itself, whatever was cosigned before
            proof = consistency_proof(old_size, checkpoint.size, node)
            verify_consistency(old_size, checkpoint.size, root_of(old_size, node), checkpoint.root, proof)
        except VerificationError as error:
            what, hint = "the site's tiles are not those of the checkpoint", "Get the whole site once more."
            raise VerificationError(what, "tiles that lead to its root", error.what, hint) from error
        return proof

    return proof_of


def text_proof(data: bytes) -> ProofOf:
    """The proof in the body of *add-checkpoint*, which is for one old size and one checkpoint."""
    old, hashes, note = parse_proof(data)

    def proof_of(old_size: int, checkpoint: Checkpoint) -> Sequence[bytes]:
        if old != old_size:
            hint = f"Ask the office for one from size {old_size}."
            raise InputError("the proof starts from another size", f"old {old_size}", f"old {old}", hint)
        if split_note(note)[0] != checkpoint.text:
            hint = "Name the proof and the checkpoint that came together."
            raise InputError("the proof is for another checkpoint", "the one to be cosigned", "another", hint)
        return hashes

    return proof_of


def parse_proof(data: bytes) -> tuple[int, tuple[bytes, ...], bytes]:
    """Old size, hashes and checkpoint of the body of *add-checkpoint* (C2SP tlog-witness).

    Raises VerificationError for anything else.
    """
    head, empty, note = data.partition(b"\n\n")
    lines = head.split(b"\n")
    try:
        hashes = tuple(b64decode(line, validate=True) for line in lines[1:])
        old = lines[0].decode("ascii").removeprefix("old ")
    except ValueError as error:
        what = "a consistency proof cannot be read"
        raise VerificationError(what, "C2SP add-checkpoint", "bytes of another form", ASK_FOR_PROOF) from error
    whole = bool(empty) and old.isdigit() and all(len(each) == HASH_BYTES for each in hashes)
    if not whole or len(hashes) > PROOF_HASHES_MAX or proof_text(int(old[:20] or 0), hashes, note) != data:
        what = "a consistency proof cannot be read"
        raise VerificationError(what, "C2SP add-checkpoint", "bytes of another form", ASK_FOR_PROOF)
    return int(old), hashes, note


def proof_text(old_size: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """The body of *add-checkpoint* (C2SP tlog-witness): that ``note`` goes on from the tree of ``old_size`` leaves."""
    lines = [f"old {old_size}", *(b64encode(each).decode("ascii") for each in proof), "", ""]
    return "\n".join(lines).encode("ascii") + note


def _tile(folder: Path, tile: Tile) -> bytes:
    """The hashes of a tile; of a partial one that is gone, by the full one."""
    for path in (tile.path, Tile(tile.level, tile.index, TILE_WIDTH).path):
        with suppress(FileNotFoundError, NotADirectoryError):
            try:
                with (folder / path).open("rb") as file:
                    return file.read(TILE_WIDTH * HASH_BYTES)[: tile.width * HASH_BYTES]
            except (FileNotFoundError, NotADirectoryError):
                raise
            except OSError as error:
                hint = "Check the folder and its permissions."
                raise StoreError(f"{folder / path} cannot be read", "a tile", error.strerror or "", hint) from error
    hint = "Name the folder of the published log, as far as this checkpoint."
    raise InputError("the site lacks a tile", tile.path, hint=hint)


def _trusted(note: bytes, origin: str, held: _Held | None, log_key: str | None) -> tuple[str, ...]:
    """The log's keys from now on, the last in force; the one in force until now has signed ``note``."""
    named = () if log_key is None else (_key_of(log_key, origin).vkey,)
    keys = named if held is None else held.keys
    if not keys:
        hint = "Learn it from the office by another way than the checkpoint, and name it: --log-key."
        raise InputError("this witness does not know the log yet", "the log's verifier key", hint=hint)
    for key in (keys[-1], *named):  # of a new key, too: then the old one and the new one have signed
        if key in keys[:-1]:
            continue
        try:
            open_note(note, [NoteVerifier.parse(key)])
        except VerificationError as error:
            hint = "If the log has a new key: name it (--log-key) for the checkpoint that the old one signed as well."
            raise VerificationError("a checkpoint is not signed by its log", "its key", error.what, hint) from error
    return keys if not named or named[0] in keys else (*keys, *named)


def _key_of(vkey: str, origin: str) -> NoteVerifier:
    try:
        key = NoteVerifier.parse(vkey)
    except VerificationError as error:
        hint = "Copy it whole, as the office gave it: name+id+key."
        raise InputError("the log's verifier key cannot be read", error.expected, error.what, hint) from error
    if (key.name, key.kind) != (origin, ED25519):
        what, hint = "a verifier key is not that of the checkpoint's log", "Name the key of this very log."
        raise InputError(what, f"a signing key named {origin}", f"type {key.kind[0]}, {key.name}", hint)
    return key


def _is_by(line: str, key: NoteVerifier) -> bool:
    """Whether a signature line is by that very key; names alone can be shared."""
    _dash, name, signature = line.split()
    return (name, b64decode(signature)[:KEY_ID_BYTES]) == (key.name, key.key_id)


def _held(origin: str, entry: dict[str, object]) -> _Held:
    """What a state says of a log. Raises one of many errors for what no witness wrote."""
    keys, note, size, root = (entry[name] for name in ("keys", "note", "size", "root"))
    if not isinstance(keys, list) or type(note) is not str or type(size) is not int or type(root) is not str:
        raise TypeError(FORMAT)
    held = _Held(tuple(map(str, keys)), note.encode("utf-8"), size, b64decode(root, validate=True))
    said = parse_checkpoint(split_note(note)[0])
    if size < 1 or (said.origin, said.size, said.root) != (origin, size, held.root) or not keys:
        raise ValueError(FORMAT)
    for key in held.keys:
        _key_of(key, origin)
    return held


def _real(state: Path) -> Path:
    """The file itself: whatever it is called by, it has one lock, and is written where it lies."""
    try:
        if "\0" not in str(state) and not state.is_dir():
            return Path(os.path.realpath(state))
    except OSError as error:
        raise _unusable(state, error) from error
    hint = "Name a file, such as witness.state."
    raise InputError("a witness's state is no file", "a file, or one to be made", "a folder or a zero byte", hint)


def _replace(path: Path, data: bytes) -> None:
    """Put ``data`` in the file's place, on the disk before this returns."""
    try:
        put(path, data, mode=0o600)
    except OSError as error:
        raise _unusable(path, error) from error
    sync_folder(path.parent)


def _unusable(path: Path, error: OSError) -> StoreError:
    hint = "Check the folder, its permissions and the disk."
    return StoreError(f"the witness's state at {path} cannot be used", found=error.strerror or "", hint=hint)

"""Writing a bundle: a ledger's events up to its last checkpoint, without what is personal, in one file."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import attrs

from cadreledger.disclosure.bundle import MAGIC, BundleWriter, ChunkKind
from cadreledger.errors import StoreError, VerificationError
from cadreledger.export.catalogues import catalogue_files
from cadreledger.export.folder import writing
from cadreledger.ledger import Ledger
from cadreledger.ledger.seals import Seal
from cadreledger.placing import placed, sync_folder
from cadreledger.sealing import Frame, GrowingTree, decode_frame, encode_frame, leaf_hash

__all__ = ["BundleReport", "write_bundle"]

BATCH_LEAVES: Final = 4_096
COUNT_BYTES: Final = 8


@attrs.frozen
class BundleReport:
    """What was written: the file, how many events and bytes it has, and the checkpoint (its root has 32 bytes)."""

    path: Path
    size: int
    root: bytes
    length: int


def write_bundle(ledger: Ledger, out: str | Path) -> BundleReport:
    """Write the bundle of ``ledger`` at its last checkpoint to the file ``out`` (mode 0600), whole or not at all.

    A bundle that is there is replaced; anything else is not. Raises StoreError for that, where the ledger was never
    sealed, is not as it was sealed, or nothing can be written there.
    """
    place = Path(out)
    hint = "Name a file in a folder that you may write, on a disk with room."
    with writing(f"a bundle cannot be written to {place}", hint):
        _check_place(place)
        with placed(place, mode=0o600) as stream:
            seal = _write(ledger, stream)
            length = stream.tell()
        sync_folder(place.parent)
    return BundleReport(place, seal.size, seal.root, length)


def _check_place(place: Path) -> None:
    """Never over something else: a slip of the hand must not cost a ledger."""
    if os.path.lexists(place):
        with place.open("rb") as file:
            begin = file.read(len(MAGIC))
        if begin != MAGIC:
            hint = "Choose another name."
            raise StoreError(f"something else is at {place}", "a bundle, or nothing", "another file", hint)


def _write(ledger: Ledger, stream: BinaryIO) -> Seal:
    sealed = ledger.sealed
    seals = sealed.published()
    latest = seals[-1]
    writer = BundleWriter(stream)
    for data in catalogue_files(sealed.catalogues()).values():
        writer.put(ChunkKind.CATALOGUE, data)
    for seal in seals:
        writer.put(ChunkKind.CHECKPOINT, seal.note)
    tree = GrowingTree()
    leaves: list[bytes] = []
    for header, frame in _events(sealed.states(0, latest.size)):
        writer.put(ChunkKind.EVENT, frame)
        leaves.append(leaf_hash(header))
        if len(leaves) == BATCH_LEAVES:
            tree.extend(leaves)
            leaves.clear()
    tree.extend(leaves)
    if tree.root() != latest.root:
        hint = "Nothing was written. Audit the ledger: `cadreledger audit`."
        raise StoreError("the ledger is not the one that was sealed", "the root that was signed", "another one", hint)
    writer.put(ChunkKind.END, latest.size.to_bytes(COUNT_BYTES, "big"))
    return latest


def _events(states: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Each event's header, and its frame without its personal part."""
    for position, state in enumerate(states, 1):
        try:
            frame = decode_frame(state)
            yield frame.header, encode_frame(Frame(frame.header, frame.internal))
        except VerificationError as error:
            found = f"position {position}: {error.what}"
            hint = "Audit the ledger: that says what is wrong."
            raise StoreError("an event of the ledger is damaged", "bytes as written", found, hint) from error

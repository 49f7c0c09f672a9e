"""Logs made by hand: headers of our choice, signed by whom we like, as a site."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any

from cadreledger.disclosure.site import LogTiles, catalogue_path, checkpoint_path, sizes_file
from cadreledger.figures import Catalogue
from cadreledger.sealing import COSIGNATURE, Checkpoint, NoteSigner, base64url, canonical, cosign, join_note

ORIGIN = "office.example/log"
OLD, NEW, STOLEN = (NoteSigner(ORIGIN, bytes([number]) * 32) for number in (11, 12, 13))
WITNESS = NoteSigner("bureau.example/witness", bytes([14]) * 32, COSIGNATURE)
CATALOGUE = Catalogue.load().digest
CATALOGUE_FILE = files("cadreledger.figures").joinpath("catalogue.json").read_bytes()

Notes = Mapping[int, Sequence[NoteSigner]]
"""Who signs each checkpoint, by its size."""

_SALT = count(1)


def header(wire: str, **fields: Any) -> bytes:  # noqa: ANN401 - fields of any type
    """A header with a commitment of its own."""
    return canonical({"internal": base64url(next(_SALT).to_bytes(32, "big")), "type": wire, **fields})


def opening(*keys: str) -> bytes:
    return header("ledger.opened/1", origin=ORIGIN, suite="sha256-ed25519", keys=list(keys), catalogue=CATALOGUE)


def noted(number: int) -> list[bytes]:
    return [header("noted/1") for _ in range(number)]


def publish(
    folder: Path,
    headers: Sequence[bytes],
    notes: Notes,
    *,
    cosigned_at: int = 0,
    catalogues: Iterable[str] = (CATALOGUE,),
) -> Path:
    """A site of these headers, as `write_site` would leave it, whatever they say."""
    tiles = LogTiles(notes)
    latest = max(notes)
    found: dict[str, bytes] = {}
    for tile, data in tiles.make(headers):
        found[tile.path] = data
        if tile.width == 256:
            for width in range(1, 256):
                found.pop(f"{tile.path}.p/{width}", None)
    for size, signers in notes.items():
        text = Checkpoint(ORIGIN, size, tiles.roots[size]).text
        lines = [
            cosign(text, signer, cosigned_at) if signer.kind == COSIGNATURE else signer.sign(text) for signer in signers
        ]
        found[checkpoint_path(size)] = join_note(text, lines)
    found["checkpoint"] = found[checkpoint_path(latest)]
    found["checkpoints/sizes"] = sizes_file(sorted(notes))
    found |= {catalogue_path(digest): CATALOGUE_FILE for digest in catalogues}
    for name, data in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "catalogue").mkdir(exist_ok=True)
    return folder

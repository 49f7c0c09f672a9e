"""Valid examples for every parser: the golden files, and what our own encoders write."""

import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Final

from cadreledger.disclosure.bundle import BundleWriter, ChunkKind
from cadreledger.sealing import (
    COSIGNATURE,
    Checkpoint,
    Frame,
    HeaderSchema,
    NoteSigner,
    NoteVerifier,
    Policy,
    ProofFile,
    base64url,
    canonical,
    consistency_proof,
    cosign,
    decode_frame,
    encode_frame,
    inclusion_proof,
    join_note,
    leaf_hash,
    node_hash,
    parse_canonical,
    tree_root,
)

__all__ = [
    "CATALOGUES",
    "CHECKED",
    "CONSISTENCY",
    "EVENTS",
    "FRAMES",
    "HEADERS",
    "INCLUSION",
    "KEYS",
    "KNOWN_HEADERS",
    "LEAF",
    "NOTES",
    "OPENED_EVENTS",
    "POLICY",
    "PROOF_FILES",
    "SCHEMA",
    "SIGNERS",
    "STATEMENTS",
    "VERIFIERS",
    "joined",
    "small_bundle",
]

GOLDENS: Final = Path(__file__).parents[1] / "goldens"
VERSION: Final = 3  # of every golden event

LOG: Final = NoteSigner("log.example/a", bytes(32))
WITNESS: Final = NoteSigner("witness.example", bytes([1]) * 32, COSIGNATURE)
VERIFIERS: Final = tuple(NoteVerifier.parse(signer.vkey) for signer in (LOG, WITNESS))
POLICY: Final = Policy(origin=LOG.name, keys=(LOG.vkey,), witnesses=(WITNESS.vkey,), quorum=1)

LEAVES: Final = tuple(leaf_hash(b"%d" % number) for number in range(7))
LEAF: Final = LEAVES[4]


def _node(level: int, index: int) -> bytes:
    """A node of the tree over LEAVES."""
    if level == 0:
        return LEAVES[index]
    return node_hash(_node(level - 1, 2 * index), _node(level - 1, 2 * index + 1))


def _signed(size: int) -> bytes:
    text = Checkpoint(LOG.name, size, tree_root(LEAVES[:size])).text
    return join_note(text, [LOG.sign(text), cosign(text, WITNESS, 1_630_000_000)])


def joined(parts: Iterable[bytes]) -> bytes:
    """Each part behind its length, 2 bytes: headers that are checked together."""
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def _numbered(numbers: Sequence[int], hashes: Iterable[bytes]) -> bytes:
    """Numbers of 9 bytes each, then hashes: what a proof is made of, in one piece."""
    return b"".join([*(number.to_bytes(9, "big") for number in numbers), *hashes])


def _goldens() -> Iterable[tuple[bytes, bytes, bytes]]:
    """Of each golden event: type, stream and version on a line; the three sections, on a line each; the state."""
    for path in sorted((GOLDENS / "events").glob("*.txt")):
        header, internal, personal, *lines = path.read_bytes().split(b"\n")
        said = json.loads(internal)
        place = f"{said['type']} {said['stream']} {VERSION}".encode()
        yield place, b"\n".join((header, internal, personal)), bytes.fromhex(b"".join(lines).decode())


_EVENTS: Final = tuple(_goldens())
EVENTS: Final = tuple(place + b"\n" + state for place, _, state in _EVENTS)
OPENED_EVENTS: Final = tuple(place + b"\n" + sections for place, sections, _ in _EVENTS)
FRAMES: Final = tuple(state for _, _, state in _EVENTS)
HEADERS: Final = tuple(decode_frame(state).header for state in FRAMES)

NOTES: Final = (
    _signed(6),
    _signed(7),
    *((GOLDENS / "sealing" / name).read_bytes() for name in ("note.txt", "checkpoint.txt")),
)
KEYS: Final = (
    *(verifier.vkey.encode() for verifier in VERIFIERS),
    *(GOLDENS / "sealing" / "keys.txt").read_bytes().splitlines(),
)
SIGNERS: Final = tuple(signer.text().encode() for signer in (LOG, WITNESS))
_PROOF: Final = inclusion_proof(4, 7, _node)
PROOF_FILES: Final = (
    ProofFile(4, _PROOF, _signed(7)).encode(),
    ProofFile(4, _PROOF, _signed(7), b"extra").encode(),
    (GOLDENS / "sealing" / "proof.tlog-proof").read_bytes(),
)
INCLUSION: Final = (
    _numbered((4, 7), (LEAF, tree_root(LEAVES), *_PROOF)),
    _numbered((0, 1), (LEAVES[0], tree_root(LEAVES[:1]))),
)
CONSISTENCY: Final = tuple(
    _numbered((old, 7), (tree_root(LEAVES[:old]), tree_root(LEAVES), *consistency_proof(old, 7, _node)))
    for old in (3, 4, 6, 7)
)
STATEMENTS: Final = ((GOLDENS / "disclosure" / "statement.json").read_bytes(),)


# --- catalogues, and headers that keep their rules -------------------------------------------------------------------

_FORMS: Final = ("count", "amount", "delta", "boolean")
_SMALL: Final = {
    "format": "catalogue/1",
    "headers": [
        {"type": "noted/1", "role": "noted", "month": "absent"},
        {"type": "ledger.opened/1", "role": "control", "month": "absent"},
        {"type": "paid/1", "role": "counted", "month": "required"},
        {"type": "summed/1", "role": "control", "month": "required"},
    ],
    "fields": [
        {"type": "ledger.opened/1", "field": "catalogue", "form": "text", "pattern": "[A-Za-z0-9_-]{43}"},
        {"type": "ledger.opened/1", "field": "keys", "form": "texts", "pattern": "[a-z]{1,9}|[0-9]{2}"},
        {"type": "paid/1", "field": "how", "form": "word", "values": ["cash", "transfer"]},
        *({"type": "summed/1", "field": form, "form": form} for form in _FORMS),
    ],
    "checks": [{"type": "summed/1", "field": "count", "counts": "paid/1"}],
    "figures": [],
    "terms": [],
}
_PUBLISHED: Final = files("cadreledger.figures").joinpath("catalogue.json").read_bytes()
CATALOGUES: Final = (json.dumps(_SMALL).encode(), json.dumps(_SMALL, separators=(",", ":")).encode(), _PUBLISHED)
SCHEMA: Final = HeaderSchema.parse(_PUBLISHED)


def _kept() -> tuple[bytes, ...]:
    """Headers of a ledger that is in order: opened, what was noted, a visit and its void."""
    by_type = {json.loads(header)["type"]: header for header in HEADERS if b"voids" not in header}
    opened = {**parse_canonical(by_type["ledger.opened/1"]), "catalogue": SCHEMA.digest}
    visit = by_type["visit.made/1"]
    voided = base64url(leaf_hash(visit))
    void = {**parse_canonical(visit), "internal": base64url(bytes(32)), "sign": -1, "voids": voided}
    return canonical(opened), by_type["noted/1"], visit, canonical(void)


CHECKED: Final = (joined(_kept()), joined(_kept()[:1]))
KNOWN_HEADERS: Final = (*(header for header in HEADERS if b"voids" not in header), *_kept())


def _without_personal(state: bytes) -> bytes:
    frame = decode_frame(state)
    return encode_frame(Frame(frame.header, frame.internal))


def small_bundle() -> bytes:
    """A bundle of two checkpoints over seven events."""
    out = BytesIO()
    writer = BundleWriter(out)
    writer.put(ChunkKind.CATALOGUE, CATALOGUES[1])
    for note in NOTES[:2]:
        writer.put(ChunkKind.CHECKPOINT, note)
    for state in FRAMES[:7]:
        writer.put(ChunkKind.EVENT, _without_personal(state))
    writer.put(ChunkKind.END, (7).to_bytes(8, "big"))
    return out.getvalue()

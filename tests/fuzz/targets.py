"""Every parser of untrusted bytes as a target: what to call, what must hold of what it reads, and valid examples.

A target takes any bytes. It returns where they are refused by VerificationError (DecodeError: events), or read and
written again as the same bytes. Whatever it raises is a defect. `test_parsers` tries some hundreds of inputs for each,
`campaign` (``make fuzz``) as many as it is told.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import BytesIO
from types import MappingProxyType
from typing import Final, NamedTuple

from tests.audit.headers import check_headers
from tests.fuzz import seeds

from cadreledger.disclosure.bundle import BundleWriter, read_bundle
from cadreledger.disclosure.statement import Statement
from cadreledger.errors import DecodeError, VerificationError
from cadreledger.events import VOCABULARY, Codec
from cadreledger.sealing import (
    INTERNAL_TAG,
    PERSONAL_TAG,
    Frame,
    HeaderSchema,
    NoteSigner,
    NoteVerifier,
    ProofFile,
    Tile,
    canonical,
    commitment,
    decode_entries,
    decode_frame,
    decrypt_personal,
    encode_entries,
    encode_frame,
    encrypt_personal,
    open_note,
    open_sections,
    parse_canonical,
    parse_checkpoint,
    split_note,
    split_salt,
    verify_checkpoint,
    verify_consistency,
    verify_inclusion,
    verify_proof_file,
)

__all__ = ["TARGETS", "Target", "try_one"]

HASH_BYTES: Final = 32
NUMBER_BYTES: Final = 9  # one more than the size of a tree can have
SALT_BYTES, NONCE_BYTES = 32, 12
KEY: Final = bytes(range(32))  # of everybody in the golden events


class Target(NamedTuple):
    """``read`` takes any bytes, ``seeds`` are such as it reads; ``refuses`` is what it may raise."""

    read: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    refuses: tuple[type[Exception], ...] = (VerificationError,)


def try_one(target: Target, data: bytes) -> bool:
    """Whether ``target`` reads ``data``. Raises whatever it should not have raised."""
    with suppress(*target.refuses):
        target.read(data)
        return True
    return False


def _same(written: bytes, read: bytes) -> None:
    """Not a VerificationError, so that nothing takes it for a refusal."""
    if written != read:
        raise AssertionError(f"what was read is written otherwise: {written!r}")


def _text(data: bytes) -> str:
    """Any bytes as text, lone surrogates too."""
    return data.decode("utf-8", "surrogateescape")


def _proof(data: bytes) -> tuple[int, int, bytes, bytes, tuple[bytes, ...]]:
    """Any bytes as the arguments of a proof: two numbers, two hashes, and more of them."""
    one, two = data[:NUMBER_BYTES], data[NUMBER_BYTES : 2 * NUMBER_BYTES]
    rest = data[2 * NUMBER_BYTES :]
    first, second, *more = [rest[at : at + HASH_BYTES] for at in range(0, max(len(rest), 64), HASH_BYTES)]
    return int.from_bytes(one, "big"), int.from_bytes(two, "big"), first, second, tuple(more)


# --- events ----------------------------------------------------------------------------------------------------------


def _canonical(data: bytes) -> None:
    _same(canonical(parse_canonical(data)), data)


def _frame(data: bytes) -> None:
    _same(encode_frame(decode_frame(data)), data)


def _sections(data: bytes) -> None:
    header, section = open_sections(data)
    frame = decode_frame(data)
    _same(header, frame.header)
    _same(section, split_salt(frame.internal)[1])


def _event(data: bytes) -> None:
    """A line says where the event is looked for: its type, stream and version."""
    line, _, state = data.partition(b"\n")
    topic, stream, number = _place(line)
    recorded = Codec(VOCABULARY).decode((1, stream, number, topic, state), lambda _subject: KEY)
    frame = decode_frame(state)
    chance = [split_salt(frame.internal)[0]]
    if frame.personal:
        salt, _ = split_salt(decrypt_personal(KEY, frame.personal, stream, number))
        chance += [frame.personal[:NONCE_BYTES], salt]
    encoded = Codec(VOCABULARY, lambda _count: chance.pop()).encode(recorded.event, recorded.entry, KEY)
    _same(encoded.state, state)


def _resealed(data: bytes) -> None:
    """Lines: where it is looked for, header, internal and personal section, in a frame that commits to them."""
    line, header, section, personal, *_ = [*data.split(b"\n"), b"", b"", b""]
    part, salt = b"", bytes(SALT_BYTES)
    if personal:
        stream, number = _place(line)[1:]
        part = encrypt_personal(KEY, bytes(NONCE_BYTES), salt + personal, stream, number)
        section = _committed(section, b"personal", commitment(PERSONAL_TAG, salt + personal))
    header = _committed(header, b"internal", commitment(INTERNAL_TAG, salt + section))
    _event(line + b"\n" + encode_frame(Frame(header, salt + section, part)))


def _committed(section: bytes, name: bytes, to: str) -> bytes:
    return re.sub(rb'"%b":"[^"]*"' % name, b'"%b":"%b"' % (name, to.encode()), section, count=1)


def _place(line: bytes) -> tuple[str, str, int]:
    """Type, stream and version."""
    topic, stream, version, *_ = [*_text(line).split(" "), "", "", ""]
    return topic, stream, int(version) if re.fullmatch(r"[0-9]{1,20}", version, re.ASCII) else 0


# --- notes, checkpoints, proofs --------------------------------------------------------------------------------------


def _split(data: bytes) -> None:
    text, lines = split_note(data)
    _same(f"{text}\n{''.join(lines)}".encode(), data)


def _opened(data: bytes) -> None:
    _same(open_note(data, seeds.VERIFIERS).text.encode(), data.rpartition(b"\n\n")[0] + b"\n")


def _checkpoint(data: bytes) -> None:
    _same(parse_checkpoint(data).text.encode(), data)


def _believed(data: bytes) -> None:
    _same(verify_checkpoint(data, seeds.POLICY).text.encode(), data.rpartition(b"\n\n")[0] + b"\n")


def _verifier(data: bytes) -> None:
    _same(NoteVerifier.parse(_text(data)).vkey.encode(), data)


def _signer(data: bytes) -> None:
    _same(NoteSigner.parse(_text(data)).text().encode(), data)


def _proof_file(data: bytes) -> None:
    _same(ProofFile.parse(data).encode(), data)


def _believed_proof(data: bytes) -> None:
    verify_proof_file(data, seeds.LEAF, seeds.POLICY)


def _inclusion(data: bytes) -> None:
    index, size, leaf, root, proof = _proof(data)
    verify_inclusion(leaf, index, size, proof, root)


def _consistency(data: bytes) -> None:
    old, new, old_root, new_root, proof = _proof(data)
    verify_consistency(old, new, old_root, new_root, proof)


# --- the published log, bundles, statements --------------------------------------------------------------------------


def _tile(data: bytes) -> None:
    _same(Tile.parse(_text(data)).path.encode(), data)


def _entries(data: bytes) -> None:
    """The first two bytes say how many entries there should be."""
    _same(encode_entries(decode_entries(data[2:], int.from_bytes(data[:2], "big"))), data[2:])


def _schema(data: bytes) -> None:
    HeaderSchema.parse(data)


def _header(data: bytes) -> None:
    _same(canonical(seeds.SCHEMA.read(data)), data)


def _headers(data: bytes) -> None:
    headers = []
    while data:
        end = 2 + int.from_bytes(data[:2], "big")
        headers.append(data[2:end])
        data = data[end:]
    check_headers(lambda: headers, {seeds.SCHEMA.digest: seeds.SCHEMA}, "2021-08")


def _bundle(data: bytes) -> None:
    out = BytesIO()
    writer = BundleWriter(out)
    for chunk in read_bundle(BytesIO(data)):
        writer.put(chunk.kind, chunk.payload)
    _same(out.getvalue(), data)


def _statement(data: bytes) -> None:
    _same(Statement.parse(data).to_json(), data)


_TEXTS: Final = tuple(note.rpartition(b"\n\n")[0] + b"\n" for note in (*seeds.NOTES[:2], seeds.NOTES[3]))
_PATHS: Final = (b"tile/0/000", b"tile/1/x001/234.p/17", b"tile/entries/x123/x456/789", b"tile/63/000.p/1")
_BUNDLES: Final = (b"\0\3" + encode_entries(seeds.HEADERS[:3]), b"\0\0")

TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {
        "canonical": Target(_canonical, (*seeds.HEADERS, *seeds.STATEMENTS)),
        "frame": Target(_frame, seeds.FRAMES),
        "sections": Target(_sections, seeds.FRAMES),
        "event": Target(_event, seeds.EVENTS, (DecodeError,)),
        "resealed": Target(_resealed, seeds.OPENED_EVENTS, (DecodeError, VerificationError)),
        "split_note": Target(_split, seeds.NOTES),
        "open_note": Target(_opened, seeds.NOTES[:2]),
        "checkpoint": Target(_checkpoint, _TEXTS),
        "verify_checkpoint": Target(_believed, seeds.NOTES[:2]),
        "verifier_key": Target(_verifier, seeds.KEYS),
        "signer_key": Target(_signer, seeds.SIGNERS),
        "proof_file": Target(_proof_file, seeds.PROOF_FILES),
        "verify_proof_file": Target(_believed_proof, seeds.PROOF_FILES[:2]),
        "inclusion": Target(_inclusion, seeds.INCLUSION),
        "consistency": Target(_consistency, seeds.CONSISTENCY),
        "tile": Target(_tile, _PATHS),
        "entries": Target(_entries, _BUNDLES),
        "schema": Target(_schema, seeds.CATALOGUES),
        "header": Target(_header, seeds.KNOWN_HEADERS),
        "headers": Target(_headers, seeds.CHECKED),
        "bundle": Target(_bundle, (seeds.small_bundle(),)),
        "statement": Target(_statement, seeds.STATEMENTS),
    }
)

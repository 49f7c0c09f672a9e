"""A statement (个人明细): one person's events, opened, each with a proof that it is in the log.

``statement/1`` is canonical JSON (see `sealing.canonical`):

- ``origin``, ``stream`` (the person's), ``checkpoint`` (a signed note, as text);
- ``events``, in ledger order: ``index`` of the leaf, ``header`` (text), ``internal`` and ``personal`` (base64url of
  salt ‖ JSON; ``personal`` only where there is one), ``proof`` (base64 hashes, from the leaf's sibling up; RFC 6962).
"""

from base64 import b64decode, b64encode, urlsafe_b64decode
from binascii import Error as Base64Error
from typing import Final

import attrs

from cadreledger.errors import VerificationError
from cadreledger.sealing import base64url, canonical, parse_canonical
from cadreledger.sealing.canonical import JsonObject, JsonValue

__all__ = ["Statement", "StatementEvent"]

FORMAT: Final = "statement/1"
HASH_BYTES: Final = 32
PROOF_HASHES_MAX: Final = 64
_NAMES: Final = ("format", "origin", "stream", "checkpoint")


@attrs.frozen
class StatementEvent:
    """One event: its leaf ``index``, its sections as bytes (the two inner ones with their salts), and its proof."""

    index: int
    header: bytes
    internal: bytes = attrs.field(repr=False)
    personal: bytes | None = attrs.field(repr=False)
    proof: tuple[bytes, ...]

    def json(self) -> JsonObject:
        """As it stands in the file."""
        proof: list[JsonValue] = [b64encode(each).decode("ascii") for each in self.proof]
        row: JsonObject = {
            "index": self.index,
            "header": self.header.decode("utf-8"),
            "internal": base64url(self.internal),
            "proof": proof,
        }
        return row if self.personal is None else {**row, "personal": base64url(self.personal)}


@attrs.frozen
class Statement:
    """What one person is given. ``note`` is the signed checkpoint that the proofs lead to."""

    origin: str
    stream: str
    note: bytes = attrs.field(repr=False)
    events: tuple[StatementEvent, ...]

    def to_json(self) -> bytes:
        """The file. Raises VerificationError for what JSON cannot hold."""
        return canonical(
            {
                "format": FORMAT,
                "origin": self.origin,
                "stream": self.stream,
                "checkpoint": self.note.decode("utf-8"),
                "events": [event.json() for event in self.events],
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> "Statement":
        """The statement in a file's bytes. Raises VerificationError unless `to_json` gives these very bytes."""
        document = parse_canonical(data)
        try:
            form, origin, stream, note = (str(document[name]) for name in _NAMES)
            events = document["events"]
            if form != FORMAT or not isinstance(events, list):
                raise ValueError(FORMAT)  # noqa: TRY301 - caught with whatever else is wrong
            read = cls(origin, stream, note.encode("utf-8"), tuple(map(_event, events)))
            same = read.to_json() == data
        except (KeyError, TypeError, ValueError, AttributeError, Base64Error) as error:
            raise VerificationError("a statement cannot be read", FORMAT, "another form") from error
        if not same:
            raise VerificationError("a statement cannot be read", "its members and no others, each in one form")
        return read


def _event(row: JsonValue) -> StatementEvent:
    if not isinstance(row, dict):
        raise TypeError(FORMAT)
    index, header, internal, proof = (row[name] for name in ("index", "header", "internal", "proof"))
    if type(index) is not int or index < 0 or not isinstance(proof, list) or len(proof) > PROOF_HASHES_MAX:
        raise ValueError(FORMAT)
    hashes = tuple(b64decode(str(each), validate=True) for each in proof)
    if any(len(each) != HASH_BYTES for each in hashes):
        raise ValueError(FORMAT)
    return StatementEvent(
        index=index,
        header=str(header).encode("utf-8"),
        internal=_unbase64url(internal),
        personal=_unbase64url(row["personal"]) if "personal" in row else None,
        proof=hashes,
    )


def _unbase64url(text: JsonValue) -> bytes:
    return urlsafe_b64decode(str(text) + "=" * (-len(str(text)) % 4))

"""Names: of streams, of the office's codes, of who did something."""

import re
import unicodedata
from enum import Enum
from typing import Final, NewType

from cadreledger.errors import InputError

__all__ = [
    "Actor",
    "StreamId",
    "StreamKind",
    "actor",
    "code",
    "names_stream",
    "stream_id",
    "stream_kind",
    "well_formed",
]

CODE_CHARS_MAX: Final = 64
_ACTOR: Final = re.compile(r"[a-z][a-z0-9_]{0,15}:[A-Za-z0-9][A-Za-z0-9._@/-]{0,63}\Z", re.ASCII)
_PERSON: Final = re.compile(r"[0-9a-f]{32}\Z", re.ASCII)

Actor = NewType("Actor", str)
"""A post or an account, ``staff:liaison``: ASCII on purpose, so that nobody's name ends up in it."""

StreamId = NewType("StreamId", str)
"""``ledger``, ``branch:YXZ1`` (the office's code) or ``cadre:`` and 32 random hexadecimal digits."""


class StreamKind(Enum):
    """What a stream is the record of."""

    LEDGER = "ledger"
    BRANCH = "branch"
    CADRE = "cadre"


def actor(text: str) -> Actor:
    """``text`` as an Actor: a kind, a colon, a name. Raises InputError for any other form."""
    if not isinstance(text, str) or not _ACTOR.match(text):
        raise InputError(
            "an actor cannot be read",
            "a kind and an ASCII name, such as staff:liaison",
            type(text).__name__ if not isinstance(text, str) else "another form",
            "Name a post or an account, not a person.",
        )
    return Actor(text)


def code(text: str) -> str:
    """An office's code for a person or a thing, normalised (NFKC, no surrounding space).

    Raises InputError unless it then has 1 to 64 printable characters without space.
    """
    if not isinstance(text, str):
        raise InputError("a code cannot be read", "text", type(text).__name__)
    normal = unicodedata.normalize("NFKC", text).strip()
    printable = all(unicodedata.category(char)[0] not in "CZ" for char in normal)
    if not 1 <= len(normal) <= CODE_CHARS_MAX or not printable:
        raise InputError("a code cannot be used", f"1 to {CODE_CHARS_MAX} printable characters without space")
    return normal


def stream_id(kind: StreamKind, name: str = "") -> StreamId:
    """The stream of a ``kind``: ``name`` is a branch's code or a person's 32 random hexadecimal digits."""
    if kind is StreamKind.LEDGER:
        return StreamId("ledger")
    if kind is StreamKind.CADRE and not _PERSON.match(name):
        raise InputError("a person's stream is a random id", "32 hexadecimal digits")
    return StreamId(f"{kind.value}:{code(name)}")


def stream_kind(stream: str) -> StreamKind:
    """What ``stream`` is the record of. Raises InputError if ``stream`` is no stream's name."""
    kind, colon, name = stream.partition(":")
    if stream == "ledger":
        return StreamKind.LEDGER
    if colon and kind == "branch" and code(name) == name:
        return StreamKind.BRANCH
    if colon and kind == "cadre" and _PERSON.match(name):
        return StreamKind.CADRE
    raise InputError("no stream has such a name", "ledger, branch:CODE or cadre:ID")


def names_stream(text: str, kind: StreamKind | None = None) -> bool:
    """Whether ``text`` has the form of a stream's name (of that ``kind``)."""
    try:
        return kind in {None, stream_kind(text)}
    except InputError:
        return False


def well_formed(text: str) -> bool:
    """Whether ``text`` can be stored: no lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

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
    "ascii_code",
    "code",
    "names_stream",
    "readable_code",
    "stream_id",
    "stream_kind",
    "well_formed",
]

CODE_CHARS_MAX: Final = 64
_ACTOR: Final = re.compile(r"[a-z][a-z0-9_]{0,15}:[A-Za-z0-9][A-Za-z0-9._@/-]{0,63}\Z", re.ASCII)
_PUNYCODE: Final = "xn--"
_ASCII_CODE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/()-]{0,99}\Z", re.ASCII)
_PERSON: Final = re.compile(r"[0-9a-f]{32}\Z", re.ASCII)

Actor = NewType("Actor", str)
"""A post or an account, ``staff:liaison``: ASCII on purpose, so that nobody's name ends up in it."""

StreamId = NewType("StreamId", str)
"""``ledger``, ``community``, ``programme``; ``branch:YXZ1`` (the office's code); ``cadre:`` and 32 random digits."""


class StreamKind(Enum):
    """What a stream is the record of.

    There is one ledger, community and programme in a ledger; people's streams are random ids; all others are named by
    the office's code.
    """

    LEDGER = "ledger"
    BRANCH = "branch"
    CADRE = "cadre"
    TEAM = "team"
    FACILITY = "facility"
    COMMUNITY = "community"
    PROGRAMME = "programme"
    PERSON = "person"

    @property
    def is_single(self) -> bool:
        """Whether a ledger has one stream of this kind, named like the kind."""
        return self in _SINGLE

    @property
    def is_random(self) -> bool:
        """Whether such a stream is a person's, and so named by chance."""
        return self in _RANDOM


_SINGLE: Final = frozenset({StreamKind.LEDGER, StreamKind.COMMUNITY, StreamKind.PROGRAMME})
_RANDOM: Final = frozenset({StreamKind.CADRE, StreamKind.PERSON})
_KINDS: Final = {kind.value: kind for kind in StreamKind}


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


def ascii_code(text: str) -> str:
    """An office's code as a header can hold it: ASCII text as it is, other text in Punycode (RFC 3492) behind ``xn--``.

    Raises InputError for what is no code, holds other signs than ``. _ / ( ) -``, or gets too long.
    """
    known = code(text)
    found = known if known.isascii() else f"{_PUNYCODE}{known.encode('punycode').decode('ascii')}"
    if not _ASCII_CODE.match(found) or (known.isascii() and known.startswith(_PUNYCODE)):
        raise InputError("a code cannot stand in a header", "letters, digits and . _ / ( ) -, such as 2021-1")
    return found


def readable_code(text: str) -> str:
    """What `ascii_code` was given. Text that it cannot have made is given back as it is."""
    if not text.startswith(_PUNYCODE):
        return text
    try:
        found = text[len(_PUNYCODE) :].encode("ascii").decode("punycode")
        return found if ascii_code(found) == text else text
    except (UnicodeError, InputError):
        return text


def stream_id(kind: StreamKind, name: str = "") -> StreamId:
    """The stream of a ``kind``: ``name`` is the office's code, or a person's 32 random hexadecimal digits."""
    if kind.is_single:
        return StreamId(kind.value)
    if kind.is_random and not _PERSON.match(name):
        raise InputError("a person's stream is a random id", "32 hexadecimal digits")
    return StreamId(f"{kind.value}:{code(name)}")


def stream_kind(stream: str) -> StreamKind:
    """What ``stream`` is the record of. Raises InputError if ``stream`` is no stream's name."""
    word, colon, name = stream.partition(":")
    kind = _KINDS.get(word)
    if kind is not None and (_is_name_of(kind, name) if colon else kind.is_single):
        return kind
    raise InputError("no stream has such a name", "such as ledger, branch:CODE or cadre:ID")


def _is_name_of(kind: StreamKind, name: str) -> bool:
    if kind.is_random:
        return _PERSON.match(name) is not None
    return not kind.is_single and code(name) == name


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

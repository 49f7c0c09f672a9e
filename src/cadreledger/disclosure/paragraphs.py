"""The office's own words in a notice, and how somebody is named in them so that the name can leave again.

A notice is for ever, and a name in it is not: consent is withdrawn, keys are destroyed. So what is digested holds a
commitment in the name's place, SHA-256 of a salt of 16 bytes and the name; salt and name travel beside the notice, as
long as they may. Without them the notice is as provable as before, and says 某同志.
"""

import json
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Final

import attrs

from cadreledger.errors import InputError, VerificationError
from cadreledger.sealing import base64url, canonical, parse_canonical
from cadreledger.sealing.canonical import JsonValue
from cadreledger.values import StreamKind, names_stream, well_formed

__all__ = [
    "WITHHELD",
    "Named",
    "Paragraph",
    "checked_texts",
    "commitment",
    "names_json",
    "public_json",
    "read_names",
    "read_texts",
    "shown",
    "texts_json",
]

WITHHELD: Final = "某同志"
NAMES_FORMAT: Final = "names/1"
SALT_BYTES: Final = 16
DIGEST_CHARACTERS: Final = 43
TEXTS_MAX: Final = 20
TEXT_CHARACTERS_MAX: Final = 500
NAME_CHARACTERS_MAX: Final = 200


@attrs.frozen
class Named:
    """Somebody in a paragraph: by their ``stream``, and to the public by a ``commitment`` (base64url).

    ``salt`` and ``name`` open it: empty where the name may not be shown.
    """

    stream: str
    commitment: str
    salt: bytes = attrs.field(default=b"", repr=False)
    name: str = attrs.field(default="", repr=False)


Paragraph = tuple[str | Named, ...]
"""What is said, in order: plain text, and people."""


def commitment(salt: bytes, name: str) -> str:
    """What stands for a name: base64url of SHA-256 of the salt and the name in UTF-8."""
    return base64url(sha256(salt + name.encode("utf-8")).digest())


def checked_texts(texts: Iterable[str | Paragraph]) -> tuple[Paragraph, ...]:
    """``texts`` as paragraphs. Raises InputError for too many, too long, empty, or no text."""
    found = tuple((text,) if isinstance(text, str) else tuple(text) for text in texts)
    if len(found) > TEXTS_MAX:
        raise InputError("a notice has too many paragraphs", f"at most {TEXTS_MAX}", str(len(found)))
    for paragraph in found:
        plain = [part for part in paragraph if not isinstance(part, Named)]
        whole = "".join(part for part in plain if isinstance(part, str))
        if (
            not whole.strip()
            or not all(type(part) is str and part and well_formed(part) for part in plain)
            or len(whole) > TEXT_CHARACTERS_MAX
        ):
            expected = f"well-formed text of 1 to {TEXT_CHARACTERS_MAX} characters"
            raise InputError("a paragraph of a notice has a wrong form", expected)
    return found


def texts_json(texts: tuple[Paragraph, ...]) -> str | None:
    """``texts`` as the event keeps them: people by their streams, no names; None where there is no text."""
    kept = [_written(paragraph, lambda named: {"name": named.commitment, "who": named.stream}) for paragraph in texts]
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else None


def _written(paragraph: Paragraph, named: Callable[[Named], JsonValue]) -> JsonValue:
    if all(isinstance(part, str) for part in paragraph):
        return shown(paragraph)
    return [part if isinstance(part, str) else named(part) for part in paragraph]


def read_texts(kept: str | None) -> tuple[Paragraph, ...]:
    """What `texts_json` kept. Raises InputError for another form."""
    if kept is None:
        return ()
    try:
        found = json.loads(kept)
        if not isinstance(found, list):
            raise TypeError(type(found).__name__)  # noqa: TRY301 - caught with whatever else is wrong
        return checked_texts(text if isinstance(text, str) else tuple(map(_part, text)) for text in found)
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise InputError("a notice's paragraphs cannot be read", "a JSON list of paragraphs") from error


def _part(kept: object) -> str | Named:
    if isinstance(kept, str):
        return kept
    if not isinstance(kept, dict) or set(kept) != {"name", "who"}:
        raise TypeError(type(kept).__name__)
    stream, name = kept["who"], kept["name"]
    if not isinstance(stream, str) or not isinstance(name, str) or not names_stream(stream, StreamKind.CADRE):
        raise ValueError(stream)
    if len(name) != DIGEST_CHARACTERS:
        raise ValueError(name)
    return Named(stream, name)


def public_json(texts: tuple[Paragraph, ...]) -> list[JsonValue]:
    """``texts`` as ``notice.json`` has them: a paragraph is text, or a list of text and ``{"name": commitment}``."""
    return [_written(paragraph, lambda named: {"name": named.commitment}) for paragraph in texts]


def shown(paragraph: Paragraph) -> str:
    """A paragraph as it is read: with names where they may be shown."""
    return "".join(part if isinstance(part, str) else part.name or WITHHELD for part in paragraph)


def names_json(texts: tuple[Paragraph, ...]) -> bytes | None:
    """``names.json``: what opens the commitments whose names may be shown; None where nobody is named at all."""
    people = [part for paragraph in texts for part in paragraph if isinstance(part, Named)]
    if not people:
        return None
    rows: list[JsonValue] = [
        {"commitment": each.commitment, "salt": base64url(each.salt), "name": each.name} for each in people if each.name
    ]
    return canonical({"format": NAMES_FORMAT, "names": rows})


def read_names(data: bytes) -> Mapping[str, str]:
    """The names of ``names.json`` by commitment. Raises VerificationError for another form, and one that opens none."""
    document = parse_canonical(data)
    rows = document.get("names")
    if document.get("format") != NAMES_FORMAT or not isinstance(rows, list):
        raise VerificationError("names cannot be read", NAMES_FORMAT, "another form")
    found: dict[str, str] = {}
    for row in rows:
        if not isinstance(row, dict) or set(row) != {"commitment", "salt", "name"}:
            raise VerificationError("names cannot be read", "commitment, salt and name of each", "another form")
        name, salt = str(row["name"]), _salt(str(row["salt"]))
        if not 0 < len(name) <= NAME_CHARACTERS_MAX or commitment(salt, name) != row["commitment"]:
            raise VerificationError("a name is not the one that was committed to", "the name that was published")
        found[commitment(salt, name)] = name
    return found


def _salt(text: str) -> bytes:
    try:
        salt = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, Base64Error) as error:
        raise VerificationError("names cannot be read", "a salt in base64url", "another form") from error
    if len(salt) != SALT_BYTES or base64url(salt) != text:
        raise VerificationError("names cannot be read", f"a salt of {SALT_BYTES} bytes", f"{len(salt)}")
    return salt

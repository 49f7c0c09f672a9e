"""A notice (公示): a snapshot with a number, an edition and the office's words; once published, it cannot change."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

import attrs

from cadreledger.disclosure.snapshot import Snapshot
from cadreledger.errors import InputError
from cadreledger.sealing import base64url, canonical
from cadreledger.sealing.canonical import JsonObject, JsonValue
from cadreledger.values import well_formed

__all__ = ["Notice", "read_texts", "texts_json"]

FORMAT: Final = "notice/1"
TEXTS_MAX: Final = 20
TEXT_CHARACTERS_MAX: Final = 500


@attrs.frozen(kw_only=True)
class Notice:
    """``number`` (as written) and ``edition``; ``texts`` are paragraphs; ``reason`` says why an edition was corrected.

    ``published``: the leaf (from 0) of the event that says so, where it is; a draft has -1. Raises InputError for texts
    of another form.
    """

    number: str
    edition: int
    snapshot: Snapshot
    texts: tuple[str, ...] = ()
    reason: str | None = None
    published: int = -1

    def __attrs_post_init__(self) -> None:
        checked_texts(self.texts)

    def to_json(self) -> bytes:
        """What the digest in the ledger is of: canonical JSON, with the snapshot by its own digest."""
        texts: list[JsonValue] = [*self.texts]
        document: JsonObject = {
            "format": FORMAT,
            "number": self.number,
            "edition": self.edition,
            "texts": texts,
            "snapshot": base64url(sha256(self.snapshot.to_json()).digest()),
        }
        return canonical(document if self.reason is None else document | {"reason": self.reason})

    def files(self) -> Mapping[str, bytes]:
        """The snapshot's files, with a page that is this notice's, and ``notice.json``: what the digest is of.

        Raises ExtraMissingError without the packages of ``cadreledger[disclosure]``.
        """
        from cadreledger.disclosure.files import notice_files  # noqa: PLC0415 - it shows a notice, and needs an extra

        return notice_files(self)

    def write(self, out: str | Path) -> tuple[Path, ...]:
        """Put `files` into the folder ``out``, made where there is none; each appears whole, in an old one's place.

        Raises StoreError where that cannot be, and what `files` raises.
        """
        from cadreledger.disclosure.files import place  # noqa: PLC0415 - the same

        return place(self.files(), out)

    @property
    def digest(self) -> str:
        """As ``notice.published`` names it: base64url of SHA-256 of `to_json`."""
        return base64url(sha256(self.to_json()).digest())


def checked_texts(texts: Iterable[str]) -> tuple[str, ...]:
    """``texts`` as paragraphs. Raises InputError for too many, too long, empty, or no text."""
    found = tuple(texts)
    if len(found) > TEXTS_MAX:
        raise InputError("a notice has too many paragraphs", f"at most {TEXTS_MAX}", str(len(found)))
    for each in found:
        if type(each) is not str or not each.strip() or not well_formed(each) or len(each) > TEXT_CHARACTERS_MAX:
            expected = f"well-formed text of 1 to {TEXT_CHARACTERS_MAX} characters"
            raise InputError("a paragraph of a notice has a wrong form", expected)
    return found


def texts_json(texts: tuple[str, ...]) -> str | None:
    """``texts`` as the event keeps them; None where there are none."""
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":")) if texts else None


def read_texts(kept: str | None) -> tuple[str, ...]:
    """What `texts_json` kept. Raises InputError for another form."""
    if kept is None:
        return ()
    try:
        found = json.loads(kept)
    except (ValueError, RecursionError) as error:
        raise InputError("a notice's paragraphs cannot be read", "a JSON list of text") from error
    if not isinstance(found, list):
        raise InputError("a notice's paragraphs cannot be read", "a JSON list of text", type(found).__name__)
    return checked_texts(found)

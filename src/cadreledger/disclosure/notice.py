"""A notice (公示): a snapshot with a number, an edition and the office's words; once published, it cannot change."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

import attrs

from cadreledger.disclosure.paragraphs import Paragraph, checked_texts, names_json, public_json
from cadreledger.disclosure.snapshot import Snapshot
from cadreledger.sealing import base64url, canonical
from cadreledger.sealing.canonical import JsonObject

__all__ = ["Notice"]

FORMAT: Final = "notice/1"


@attrs.frozen(kw_only=True)
class Notice:
    """``number`` (as written) and ``edition``; ``texts`` are paragraphs; ``reason`` says why an edition was corrected.

    ``published``: the leaf (from 0) of the event that says so, where it is; a draft has -1. Raises InputError for texts
    of another form.
    """

    number: str
    edition: int
    snapshot: Snapshot
    texts: tuple[Paragraph, ...] = attrs.field(default=(), converter=checked_texts)
    reason: str | None = None
    published: int = -1

    def to_json(self) -> bytes:
        """What the digest in the ledger is of: canonical JSON, with the snapshot by its own digest."""
        document: JsonObject = {
            "format": FORMAT,
            "number": self.number,
            "edition": self.edition,
            "texts": public_json(self.texts),
            "snapshot": base64url(sha256(self.snapshot.to_json()).digest()),
        }
        return canonical(document if self.reason is None else document | {"reason": self.reason})

    @property
    def names(self) -> bytes | None:
        """``names.json``: the names that may be shown, each with what opens its commitment; None: nobody is named."""
        return names_json(self.texts)

    def files(self) -> Mapping[str, bytes]:
        """The snapshot's files, with a page that is this notice's, and ``notice.json``: what the digest is of.

        ``names.json`` is among them where somebody is named.
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

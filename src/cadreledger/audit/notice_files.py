"""What makes a notice of a published snapshot: its words, its names, and the log's naming it."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final, NamedTuple

from cadreledger.disclosure.paragraphs import read_names
from cadreledger.errors import VerificationError
from cadreledger.sealing import base64url, leaf_hash, parse_canonical
from cadreledger.sealing.canonical import JsonObject

__all__ = ["NoticeFiles", "named_by", "read_notice"]

PUBLISHED: Final = b'"type":"notice.published/1"'


class NoticeFiles(NamedTuple):
    """What makes a notice of a snapshot: the bytes of ``notice.json``, and of ``names.json`` where it is there."""

    notice: bytes
    names: bytes | None


def read_notice(files: NoticeFiles, snapshot: bytes) -> str:
    """Holds a notice against its snapshot, and names against the notice. Raises VerificationError."""
    notice = parse_canonical(files.notice)
    if notice.get("snapshot") != base64url(sha256(snapshot).digest()):
        raise VerificationError("the notice is of another snapshot", "the digest of the one beside it")
    texts = notice.get("texts")
    paragraphs = [text for text in texts if isinstance(text, list)] if isinstance(texts, list) else []
    committed = {str(part["name"]) for text in paragraphs for part in text if isinstance(part, dict) and "name" in part}
    names = {} if files.names is None else read_names(files.names)
    if not set(names) <= committed:
        raise VerificationError("names lie beside a notice that does not name them", "people whom the notice names")
    return f"{len(names)} of {len(committed)} people named" if committed else "nobody is named"


def named_by(headers: Iterable[bytes], notice: bytes, size: int) -> str:
    """The log names this notice, once, after the records that it rests on. Raises VerificationError."""
    digest = base64url(sha256(notice).digest())
    standing: dict[str, JsonObject] = {}
    for header in headers:
        if PUBLISHED not in header:
            continue
        document = parse_canonical(header)
        if "voids" in document:
            standing.pop(str(document["voids"]), None)
        else:
            standing[base64url(leaf_hash(header))] = document
    mine = [document for document in standing.values() if document.get("digest") == digest]
    if len(mine) != 1 or mine[0].get("size") != size:
        raise VerificationError("the log does not name this notice", "its digest, once, over the same records", digest)
    key = (mine[0].get("number"), mine[0].get("edition"))
    if sum(1 for document in standing.values() if (document.get("number"), document.get("edition")) == key) > 1:
        raise VerificationError("the log names this edition twice", "each edition once", str(key[0]))
    return f"notice {key[0]}, edition {key[1]}"

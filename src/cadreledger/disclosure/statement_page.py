"""The page of a statement (个人明细): with one in it, for one person; or without, for whoever opens theirs in it."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import attrs

from cadreledger.disclosure.page import LANGUAGE, render
from cadreledger.disclosure.vocabulary import vocabulary_json

if TYPE_CHECKING:
    from cadreledger.disclosure.statement import Statement

__all__ = ["LogKey", "statement_page"]

FORMAT: Final = "statement-page/1"
PROGRAM: Final = (
    *("bytes", "log", "amounts", "entries", "statement"),
    *("told", "listing", "statement_texts", "statement_page"),
)


@attrs.frozen
class LogKey:
    """A verifier key of a log, and the size of the first checkpoint that it may have signed: that of its header."""

    key: str
    size: int


def statement_page(name: str, origin: str, keys: Sequence[LogKey], statement: "Statement | None" = None) -> bytes:
    """``statement.html`` of the community ``name``, whose log ``origin`` signs with ``keys``, the earliest first.

    Without a ``statement`` it reads one from a file, on the device where it is opened. Raises ExtraMissingError without
    jinja2.
    """
    return render(
        "statement.html.j2",
        (*LANGUAGE, *PROGRAM),
        styles=("notice", "statement"),
        constants=(f"const VOCABULARY = {vocabulary_json()};",),
        name=name,
        origin=origin,
        carried=statement is not None,
        evidence=_evidence(origin, keys, statement),
    )


def _evidence(origin: str, keys: Sequence[LogKey], statement: "Statement | None") -> str:
    """As it stands in the page: ASCII JSON in which nothing can end a script element."""
    shape: dict[str, object] = {
        "format": FORMAT,
        "origin": origin,
        "keys": [{"key": each.key, "size": each.size} for each in keys],
    }
    if statement is not None:
        shape["statement"] = statement.to_json().decode("utf-8")
    return json.dumps(shape, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")

"""What a row says, as text and field by field: whether it has changed, and what has."""

import json
from enum import Enum

from cadreledger.intake.rows import Row

__all__ = ["as_now", "content_of", "differences"]


def content_of(row: Row, names: tuple[str, ...], **instead: object) -> str:
    """What ``row`` says in ``names``, by name and without what is blank, so that a column may be added later.

    Its fingerprint is stored: the text stays the same from release to release. ``instead`` replaces single values.
    """
    values = {name: _plain(instead.get(name, getattr(row, name))) for name in names}
    said = {name: str(value) for name, value in values.items() if value is not None and value is not False}
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def differences(entry: object, **said: object) -> dict[str, object]:
    """What is ``said`` otherwise than in ``entry``, by field."""
    return {name: value for name, value in said.items() if _plain(getattr(entry, name)) != _plain(value)}


def as_now(text: str | None, before: str | None) -> str | None:
    """``text`` for a verb that leaves alone what is not given: "" where it has become blank."""
    return "" if text is None and before else text


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value

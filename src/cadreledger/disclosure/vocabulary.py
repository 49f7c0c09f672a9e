"""The vocabulary of events as a page's program reads it: of each type its form, and what its fields are called."""

import json
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Final

from cadreledger.disclosure.event_words import field_title, type_title
from cadreledger.disclosure.field_words import words_of
from cadreledger.events import VOCABULARY, Event, Section, own_fields
from cadreledger.values import Money

if TYPE_CHECKING:
    import attrs

    from cadreledger.disclosure.bilingual import Said

__all__ = ["vocabulary_json"]

_PLAIN: Final = {"bool": "boolean", "int": "count", "str": "text", "tuple": "texts", "date": "date", "Month": "month"}


@cache
def vocabulary_json() -> str:
    """Every type by wire name, as JSON; nothing in it can end a script element."""
    types = {wire: _type(shape.event_class) for wire, shape in sorted(VOCABULARY.shapes.items())}
    return json.dumps(types, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _type(cls: type[Event]) -> dict[str, object]:
    return {
        "title": _pair(type_title(cls.wire)),
        "counted": cls.counted,
        "dated": cls.dated.value,
        "streams": sorted(kind.value for kind in cls.streams),
        "fields": {field.name: _field(cls.wire, field) for field in own_fields(cls)},
    }


def _field(wire: str, field: "attrs.Attribute[object]") -> dict[str, object]:
    """A field: ``form`` says what its values are, and so how one is shown."""
    rules, kind = field.metadata, field.metadata["kind"]
    listed = kind.exact if issubclass(kind.exact, Enum) else None
    shape: dict[str, object] = {
        "title": _pair(field_title(wire, field.name)),
        "section": rules["section"].value,
        "form": _form(field, listed),
    }
    if kind.optional or rules["section"] is Section.PERSONAL:
        shape["optional"] = True
    shape |= {name: rules[name] for name in ("least", "pattern") if rules[name] not in (None, "")}
    words = words_of(field.name, listed)
    if words:
        shape["words"] = {word: _pair(said) for word, said in words.items()}
    return shape


def _form(field: "attrs.Attribute[object]", listed: type[Enum] | None) -> str:
    kind = field.metadata["kind"]
    if listed is not None:
        return "word"
    if kind.exact is Money:
        return "money"
    if kind.holds_stream:
        return "stream"
    if field.metadata["unit"] == "YYYY-MM":
        return "month"
    if field.metadata.get("rests") or field.metadata["unit"] == "version":
        return "version"
    return _PLAIN[kind.exact.__name__]


def _pair(said: "Said") -> list[str]:
    return [said.zh, said.en]

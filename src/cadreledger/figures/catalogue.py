"""The published catalogue: which headers may be in a ledger, and what each figure sums of them.

One file, ``catalogue.json``: flat tables of rows, so that any language reads it and canonical JSON holds it.

- ``headers``: the closed list of header types. ``role``: *counted* by a figure, *control* (keys, this file) or *noted*
  (a type that no public figure counts). ``month``: required, optional or absent.
- ``fields``: the public fields of each, all required. ``form``: a *word* of ``values``, a *boolean*, a *count* (>= 0),
  an *amount* (fen, >= 0), a *delta* (signed), a *text* or an array of *texts*, each matching ``pattern`` whole (ASCII).
- ``checks``: a field that no figure sums. The public checks month by month that it sums to the signed number of
  headers of the type it ``counts``.
- ``figures``: ``by`` names the fields by which a notice may break a figure down.
- ``terms``: what a figure sums. An event of ``type`` that has the values of ``where`` adds ``weight``, times the field
  ``sum`` where one is named, as sure as the field ``qualifier`` says, in the event's month, or in that of the field
  ``month``: an event without that field is then not counted. A ``weight`` of -1 takes off what is vague, too: one part
  that is "about" or "at least" fewer. A term holds in both views unless it names one.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Final, Literal

import attrs
import msgspec

from cadreledger.errors import VerificationError
from cadreledger.figures.declaration import (
    NOTED,
    Check,
    Dating,
    Declaration,
    Field,
    Form,
    HeaderType,
    Kind,
    Role,
    Term,
    View,
    Visibility,
)

__all__ = ["Catalogue"]


@attrs.frozen
class Catalogue:
    """Declarations and header types, in the file's order. ``digest``: base64url of SHA-256 of the file's bytes."""

    declarations: tuple[Declaration, ...] = attrs.field(hash=False, repr=False)
    schema: tuple[HeaderType, ...] = attrs.field(hash=False, repr=False)
    checks: tuple[Check, ...] = attrs.field(hash=False, repr=False)
    digest: str

    @classmethod
    def load(cls) -> "Catalogue":
        """The catalogue that this package ships."""
        return _shipped()

    @classmethod
    def file_of(cls, digest: str) -> bytes | None:
        """The file of that digest: this release's, or a released one before it. None: it is not known."""
        return _files().get(digest)

    @classmethod
    def parse(cls, data: bytes) -> "Catalogue":
        """The catalogue in a file's bytes. Raises VerificationError if they are none, or contradict themselves."""
        try:
            table = _FILE.decode(data)
        except (ValueError, RecursionError) as error:
            raise VerificationError("a figure catalogue cannot be read", "catalogue/1", str(error)[:200]) from None
        for complaint in _contradictions(table):
            raise VerificationError("a figure catalogue contradicts itself", found=complaint)
        return cls(
            declarations=tuple(_declaration(row, table.terms) for row in table.figures),
            schema=tuple(HeaderType(row.type, row.role, row.month, _fields(table, row.type)) for row in table.headers),
            checks=tuple(Check(row.type, row.field, row.counts) for row in table.checks),
            digest=_digest(data),
        )


@cache
def _shipped() -> Catalogue:
    return Catalogue.parse(files(__package__).joinpath("catalogue.json").read_bytes())


@cache
def _files() -> Mapping[str, bytes]:
    """Every catalogue that was ever released, by digest: ``catalogue.json``, and what stands in ``released``."""
    package = files(__package__)
    places = [
        package / "catalogue.json",
        *(place for place in (package / "released").iterdir() if place.name.endswith(".json")),
    ]
    return MappingProxyType({_digest(data): data for data in (place.read_bytes() for place in places)})


def _digest(data: bytes) -> str:
    return urlsafe_b64encode(sha256(data).digest()).rstrip(b"=").decode("ascii")


# --- the file --------------------------------------------------------------------------------------------------------

_Wire = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{1,32}(\.[a-z]{1,32})?/[1-9][0-9]?\Z")]
_Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,31}\Z")]
_Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,32}\.[a-z_]{1,32}\Z")]


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    """A row has the members below and no others: one not understood might change what is counted."""


class _HeaderRow(_Row):
    type: _Wire
    role: Role
    month: Dating


class _FieldRow(_Row):
    type: _Wire
    field: _Name
    form: Form
    values: tuple[str, ...] = ()
    pattern: str = ""


class _CheckRow(_Row):
    type: _Wire
    field: _Name
    counts: _Wire


class _FigureRow(_Row):
    key: _Key
    kind: Kind
    unit: str
    visibility: Visibility
    zh: str
    en: str
    by: tuple[_Name, ...] = ()


class _TermRow(_Row):
    figure: _Key
    type: _Wire
    weight: Literal[1, -1]
    view: View | None = None
    sum: _Name | None = None
    where: dict[_Name, str | int | bool] = {}
    month: _Name | None = None
    qualifier: _Name | None = None

    def term(self) -> Term:
        return Term(self.type, self.weight, self.sum, tuple(self.where.items()), self.month, self.qualifier)

    def holds_in(self, view: View) -> bool:
        return self.view in {None, view}


class _File(_Row):
    format: Literal["catalogue/1"]
    headers: tuple[_HeaderRow, ...]
    fields: tuple[_FieldRow, ...]
    checks: tuple[_CheckRow, ...]
    figures: tuple[_FigureRow, ...]
    terms: tuple[_TermRow, ...]


_FILE: Final = msgspec.json.Decoder(_File)


def _fields(table: _File, header: str) -> tuple[Field, ...]:
    return tuple(Field(row.field, row.form, row.values, row.pattern) for row in table.fields if row.type == header)


def _declaration(row: _FigureRow, terms: tuple[_TermRow, ...]) -> Declaration:
    mine = [term for term in terms if term.figure == row.key]
    return Declaration(
        **{name: getattr(row, name) for name in row.__struct_fields__},
        office=tuple(term.term() for term in mine if term.holds_in(View.OFFICE)),
        public=tuple(term.term() for term in mine if term.holds_in(View.PUBLIC)),
    )


def _contradictions(table: _File) -> Iterator[str]:
    """What is wrong with tables that can each be read."""
    public = {row.type: {field.name: field for field in _fields(table, row.type)} for row in table.headers}
    if NOTED not in public or len(public) < len(table.headers):
        yield f"a header type is listed twice, or {NOTED} is not listed"
    if sum(map(len, public.values())) < len(table.fields):
        yield "a field is listed twice, or for no header type"
    for field in table.fields:
        if bool(field.values) is not (field.form is Form.WORD):
            yield f"{field.type} {field.field}: values are for words"
        if bool(field.pattern) is not (field.form in {Form.TEXT, Form.TEXTS}) or not _is_pattern(field.pattern):
            yield f"{field.type} {field.field}: a pattern is for text"
    for check in table.checks:
        if check.field not in public.get(check.type, {}) or check.counts not in public:
            yield f"a check of {check.type} {check.field} has nothing to check"
    yield from _uncountable(table, public)


def _uncountable(table: _File, public: dict[str, dict[str, Field]]) -> Iterator[str]:
    """Figures without the terms that their visibility asks for, terms without what they sum."""
    headers = {row.type: row for row in table.headers}
    figures = {row.key: row for row in table.figures}
    if len(figures) < len(table.figures):
        yield "a figure is listed twice"
    for figure in table.figures:
        seen = {view for view in View for row in table.terms if row.figure == figure.key and row.holds_in(view)}
        if seen != ({View.OFFICE} if figure.visibility is Visibility.ATTESTED else set(View)):
            yield f"{figure.key}: its terms are not those of a figure that is {figure.visibility}"
    for row in table.terms:
        if row.figure not in figures:
            yield f"a term of {row.figure}, which is no figure"
        elif row.view is not View.OFFICE:
            yield from _unpublishable(row.term(), figures[row.figure], headers.get(row.type), public.get(row.type, {}))


def _unpublishable(
    term: Term, figure: _FigureRow, header: _HeaderRow | None, fields: dict[str, Field]
) -> Iterator[str]:
    """What keeps the public from summing ``term``."""
    if header is None or not term.fields <= fields.keys():
        yield f"{figure.key}: {term.type} does not publish what is summed"
        return
    if figure.kind is Kind.FLOW and header.month is not Dating.REQUIRED:
        yield f"{figure.key}: {term.type} need not have a month"
    if any(not fields[name].holds(value) for name, value in term.where):
        yield f"{figure.key}: {term.type} is never as the filter wants it"
    if term.sum and fields[term.sum].form not in {Form.COUNT, Form.AMOUNT, Form.DELTA}:
        yield f"{figure.key}: {term.type} has no number to sum"
    if any(name not in fields or fields[name].form is not Form.WORD for name in figure.by):
        yield f"{figure.key}: {term.type} cannot be broken down so"


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text, re.ASCII)
    except (re.error, OverflowError, RecursionError):
        return False
    return True

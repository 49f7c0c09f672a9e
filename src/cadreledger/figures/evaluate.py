"""The evaluator: stored headers and internal sections in, totals out. Pure, and generic over the catalogue.

Each event is read by a decoder that knows only the fields that terms read of its type. Figures are linear, so events
that read alike are counted first and summed once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal, Union, cast

import attrs
import msgspec
from msgspec import UNSET, UnsetType

from cadreledger.errors import InputError, VerificationError
from cadreledger.figures.catalogue import Catalogue
from cadreledger.figures.declaration import NOTED, Term, View
from cadreledger.figures.totals import Cell, Sum, Totals
from cadreledger.values import Month, Qualifier, Quantity

__all__ = ["Record", "evaluate", "uncounted"]

Record = tuple[bytes, bytes | None]
"""An event's header and internal section: JSON bytes, the latter without its salt, None where it is not at hand."""

_VOID: Final = "void/1"


def evaluate(records: Iterable[Record], catalogue: Catalogue, view: View) -> Totals:
    """What ``records`` add to each figure that ``view`` gives, by month.

    The public view reads headers only. The office view, too, reads a header where it holds all that is summed.
    Raises VerificationError: a section that cannot be read, an unknown header type, a missing internal section.
    """
    reader = _reader(catalogue, view)
    sums: dict[tuple[str, str | UnsetType], list[int]] = {}
    for row, times in Counter(_rows(records, reader)).items():
        event = row.undoes if isinstance(row, _Void) else row
        sign = -times if event is not row else event.sign * times
        dated = event.month if event.occurred_on is UNSET else event.occurred_on[:7]
        for key, term in reader.terms[type(event)]:
            month = getattr(event, term.month) if term.month else dated
            if (term.month and month is UNSET) or any(getattr(event, name) != value for name, value in term.where):
                continue
            part = getattr(event, term.qualifier) if term.qualifier else Qualifier.EXACT
            held = sums.setdefault((key, month), [0, 0, 0, 0])
            weight = sign * term.weight
            held[0] += weight * (getattr(event, term.sum) if term.sum else 1)
            held[1] += weight * (part is Qualifier.AT_LEAST)
            held[2] += weight * (part is Qualifier.ABOUT)
            held[3] += times
    return Totals(view, dict(_cells(sums)))


def uncounted(records: Iterable[Record], catalogue: Catalogue | None = None) -> Mapping[str, int]:
    """How many headers there are of each type that no figure and no check reads, by name.

    ``catalogue``: the package's own unless given. Raises VerificationError as `evaluate` does.
    """
    catalogue = catalogue or Catalogue.load()
    read = {term.type for figure in catalogue.declarations for term in (*figure.office, *figure.public)}
    read |= {name for check in catalogue.checks for name in (check.type, check.counts)}
    reader = _reader(attrs.evolve(catalogue, declarations=()), View.PUBLIC)
    counts = Counter(reader.names[type(row)] for row in _rows(records, reader))
    return {name: counts[name] for name in sorted(counts) if name not in read}


# --- reading ---------------------------------------------------------------------------------------------------------


class _Event(msgspec.Struct, frozen=True):
    """An event as its terms see it. A class made for each type adds the fields that they read."""

    month: str | UnsetType = UNSET  # a header's, or that of what a void undoes
    occurred_on: str | UnsetType = UNSET  # an internal section's
    sign: Literal[1, -1] = 1  # a header's


class _Void(msgspec.Struct, frozen=True):
    """A void's internal section; a class made for each type says what it undoes."""

    undoes: _Event


class _Name(msgspec.Struct, frozen=True):
    type: str


class _Head(_Name, frozen=True):
    """Enough of an internal section to know what it is."""

    undoes: _Name | UnsetType = UNSET

    def true_type(self) -> tuple[str, bool]:
        """The type that counts, and whether it is voided. Raises ValueError for a void of nothing."""
        if self.type != _VOID:
            return self.type, False
        if self.undoes is UNSET:
            raise ValueError(_VOID)
        return self.undoes.type, True


_HEAD: Final = msgspec.json.Decoder(_Head)
_NAME: Final = msgspec.json.Decoder(_Name)


@attrs.frozen
class _Reader:
    """How one view reads events.

    ``header`` decodes any known header. Where that gives one of ``sealed``, the internal section must be read: by one
    of ``internal``, told by the true type and whether it is voided; one of another type adds nothing.
    """

    header: Callable[[bytes], _Event]
    sealed: frozenset[type[_Event]]
    internal: Mapping[tuple[str, bool], Callable[[bytes], _Event | _Void]]
    types: frozenset[str]
    names: Mapping[type[_Event | _Void], str]
    terms: Mapping[type[_Event], tuple[tuple[str, Term], ...]]


def _rows(records: Iterable[Record], reader: _Reader) -> Iterator[_Event | _Void]:
    """Each record as its terms see it."""
    for index, (header, internal) in enumerate(records):
        try:
            event = reader.header(header)
        except (ValueError, RecursionError):
            raise _unreadable(header, index, reader) from None
        if type(event) not in reader.sealed:
            yield event
        elif internal is None:
            raise VerificationError("an internal section is missing", "it beside its header", _place(index))
        else:
            try:
                name, voided = _HEAD.decode(internal).true_type()
                read = reader.internal.get((name, voided))
                row = read(internal) if read else None
            except (ValueError, RecursionError):
                raise VerificationError("an internal section cannot be read", found=_place(index)) from None
            if reader.names[type(event)] != (name if name in reader.types else NOTED):
                raise VerificationError("a header does not name its event's type", "that, or noted/1", _place(index))
            if row is not None:
                yield row


def _unreadable(header: bytes, index: int, reader: _Reader) -> VerificationError:
    """Why ``header`` was not read."""
    try:
        name = _NAME.decode(header).type
    except (ValueError, RecursionError):
        return VerificationError("a header cannot be read", found=_place(index))
    if name in reader.types:
        return VerificationError("a header cannot be read", f"the fields of {name}", _place(index))
    hint = "Does this ledger follow a newer catalogue?"
    return VerificationError("unknown header type", "a type of the catalogue", _place(index), hint)


def _place(index: int) -> str:
    return f"event {index + 1} of those given"


def _cells(sums: Mapping[tuple[str, str | UnsetType], list[int]]) -> Iterator[tuple[Cell, Sum]]:
    try:
        months = {text: None if text is UNSET else Month.parse(text) for text in {text for _, text in sums}}
    except InputError as error:
        raise VerificationError("an event's month cannot be read", error.expected, "another form") from None
    for (key, text), (value, at_least, about, events) in sums.items():
        yield (key, months[text]), (Quantity(value, at_least, about), events)


# --- making readers --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _reader(catalogue: Catalogue, view: View) -> _Reader:
    terms: dict[str, list[tuple[str, Term]]] = {}
    for figure in catalogue.declarations:
        for term in figure.terms(view):
            terms.setdefault(term.type, []).append((figure.key, term))
    public = {header.name: {field.name for field in header.fields} for header in catalogue.schema}
    inner = {name for name, mine in terms.items() for _, term in mine if not term.fields <= public.get(name, set())}
    inner |= terms.keys() - public.keys()  # a type without a header of its own stands under noted/1
    events = {name: _event(name, [term for _, term in mine]) for name, mine in terms.items()}
    headers = {name: events[name] if name in terms.keys() - inner else _event(name) for name in public}
    internal: dict[tuple[str, bool], Callable[[bytes], _Event | _Void]] = {}
    for name in inner:
        void = cast(
            "type[_Void]",
            msgspec.defstruct("Void", [("undoes", events[name])], bases=(_Void,), tag=_VOID, frozen=True),
        )
        internal[name, False] = msgspec.json.Decoder(events[name]).decode
        internal[name, True] = msgspec.json.Decoder(void).decode
    return _Reader(
        header=msgspec.json.Decoder(Union[tuple(headers.values())]).decode,  # noqa: UP007 - of a tuple of types
        sealed=frozenset(headers[name] if name in headers else headers[NOTED] for name in inner),
        internal=internal,
        types=frozenset(headers),
        names={event: name for name, event in headers.items()},
        terms=dict.fromkeys(headers.values(), ()) | {events[name]: tuple(mine) for name, mine in terms.items()},
    )


def _event(name: str, terms: Sequence[Term] = ()) -> type[_Event]:
    """The class of events of the type ``name``, with the fields that ``terms`` read: all required, but for months."""
    needed: dict[str, type] = {field: type(value) for term in terms for field, value in term.where}
    needed |= {term.sum: int for term in terms if term.sum}
    needed |= {term.qualifier: Qualifier for term in terms if term.qualifier}
    months = {term.month for term in terms if term.month} - needed.keys()
    fields: list[tuple[str, object] | tuple[str, object, object]] = [*needed.items()]
    fields += [(month, str | UnsetType, UNSET) for month in sorted(months)]
    event = msgspec.defstruct("Event", fields, bases=(_Event,), tag_field="type", tag=name, frozen=True, kw_only=True)
    return cast("type[_Event]", event)

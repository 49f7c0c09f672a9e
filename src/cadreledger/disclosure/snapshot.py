"""A snapshot: the figures of a period at a place of the ledger, and what has changed since earlier notices said so."""

import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

import attrs

from cadreledger.disclosure.evidence import Evidence
from cadreledger.disclosure.notices import PublishedNotice
from cadreledger.errors import InputError
from cadreledger.figures import Kind, Visibility
from cadreledger.sealing import canonical
from cadreledger.sealing.canonical import JsonObject, JsonValue
from cadreledger.values import Month, Period, Qualifier, Quantity, well_formed

__all__ = ["Adjustment", "BreakdownRow", "FigureRow", "Snapshot"]

FORMAT: Final = "snapshot/1"
ROOT_BYTES: Final = 32
_ORIGIN: Final = re.compile(r"[!-~]{1,255}", re.ASCII)  # a line of a checkpoint (C2SP tlog-checkpoint)


@attrs.frozen(kw_only=True)
class FigureRow:
    """One figure of the period, as the office counts it; money in fen.

    ``events`` counts what was summed, voids and voided ones included. ``from_headers``: headers alone give the same
    value, qualifier and months at this size. ``months``: one value a month of the period, a stock's at the month's end;
    none of an attested figure. ``all_time`` sums every month there is and what is ``undated``.
    """

    key: str
    zh: str
    en: str
    kind: Kind
    unit: str
    visibility: Visibility
    value: int
    qualifier: Qualifier
    events: int
    from_headers: bool
    months: tuple[int, ...]
    all_time: Quantity
    undated: Quantity

    def json(self) -> JsonObject:
        """As it stands in ``snapshot.json``."""
        row: JsonObject = {
            "key": self.key,
            "kind": self.kind.value,
            "unit": self.unit,
            "visibility": self.visibility.value,
            "value": self.value,
            "events": self.events,
            "from_headers": self.from_headers,
            "all_time": self.all_time.value,
            "undated": self.undated.value,
        }
        if self.visibility is Visibility.PUBLIC:
            row["months"] = list(self.months)
        return row | _vague("qualifier", self.qualifier)


@attrs.frozen
class BreakdownRow:
    """What one ``word`` of a ``field`` adds to a figure in the period; money in fen. A field's rows add up to it."""

    key: str
    field: str
    word: str
    value: int
    qualifier: Qualifier = Qualifier.EXACT

    def json(self) -> JsonObject:
        """As it stands in ``snapshot.json``."""
        row: JsonObject = {"key": self.key, "field": self.field, "word": self.word, "value": self.value}
        return row | _vague("qualifier", self.qualifier)


@attrs.frozen(kw_only=True)
class Adjustment:
    """A public figure over an earlier notice's period which is no longer what it was when the notice came out.

    ``leaves`` are the records behind the difference, by leaf index from 0 (histories count from 1). ``reasons`` says of
    each why it came: a plain event is a ``late_entry``, a void says its own reason, what takes the place of a corrected
    entry is a ``replacement``.
    """

    notice: PublishedNotice
    key: str
    published: Quantity
    now: Quantity
    leaves: tuple[int, ...]
    reasons: tuple[str, ...]

    def json(self) -> JsonObject:
        """As it stands in ``snapshot.json``."""
        row: JsonObject = {
            "notice": self.notice.number,
            "edition": self.notice.edition,
            "period": str(self.notice.period),
            "key": self.key,
            "published": self.published.value,
            "now": self.now.value,
            "leaves": list(self.leaves),
            "reasons": list(self.reasons),
        }
        vague = _vague("published_qualifier", self.published.qualifier) | _vague("now_qualifier", self.now.qualifier)
        return row | vague


@attrs.frozen(kw_only=True)
class Snapshot:
    """Figures over ``period`` after the first ``size`` records of a ledger. The same records give the same bytes.

    ``recorded_on``: the day, in UTC, on which the last of them was recorded. ``root``: of the tree over their headers
    (32 bytes). ``catalogue``: the digest of the figure catalogue. ``breakdowns``: figures by the words of the fields
    that the catalogue names for it. ``notices``: those that stand, in ledger order. ``uncounted``: how many headers
    there are of each type that no figure reads. ``note``: the signed checkpoint (C2SP), where there is one of that
    size; it travels beside the snapshot, since cosignatures may come to it. ``evidence``: what a page carries to be
    verified where it is opened, if it is signed. Raises InputError for an origin or a name that cannot be published.
    """

    origin: str
    name: str
    period: Period
    size: int
    recorded_on: date
    root: bytes
    catalogue: str
    figures: tuple[FigureRow, ...]
    breakdowns: tuple[BreakdownRow, ...]
    uncounted: tuple[tuple[str, int], ...]
    notices: tuple[PublishedNotice, ...]
    adjustments: tuple[Adjustment, ...]
    note: bytes = attrs.field(default=b"", repr=False, eq=False)
    evidence: Evidence | None = attrs.field(default=None, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        if not _ORIGIN.fullmatch(self.origin):
            raise InputError("an origin has a wrong form", "1 to 255 printable ASCII characters without space")
        if not self.name.strip() or not well_formed(self.name):
            raise InputError("a snapshot needs a ledger's name", "well-formed text")
        if len(self.root) != ROOT_BYTES or self.size < 0:
            raise InputError("a snapshot needs the root of a tree", f"{ROOT_BYTES} bytes, and a size")

    @property
    def checkpoint(self) -> str:
        """The body of a C2SP tlog-checkpoint: origin, size, root; ``note`` is this, signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode('ascii')}\n"

    @property
    def may_grow(self) -> bool:
        """Whether nothing was recorded after the month in which the period ends: more of it may come."""
        return self.period.last >= Month.of(self.recorded_on)

    def to_json(self) -> bytes:
        """Canonical JSON. Raises VerificationError for a number that JSON cannot hold."""
        uncounted: list[JsonValue] = [{"type": name, "headers": headers} for name, headers in self.uncounted]
        return canonical(
            {
                "format": FORMAT,
                "origin": self.origin,
                "name": self.name,
                "period": str(self.period),
                "checkpoint": self.checkpoint,
                "size": self.size,
                "recorded_on": self.recorded_on.isoformat(),
                "catalogue": self.catalogue,
                "figures": [row.json() for row in self.figures],
                "breakdowns": [row.json() for row in self.breakdowns],
                "uncounted": uncounted,
                "notices": [notice.json() for notice in self.notices],
                "adjustments": [adjustment.json() for adjustment in self.adjustments],
            }
        )

    def files(self) -> Mapping[str, bytes]:
        """``snapshot.json``, ``notice.html``, ``figures.csv``, ``figures.xlsx``, ``snapshot.checkpoint`` if signed.

        The same snapshot gives the same bytes at every call.

        Raises ExtraMissingError without the packages of ``cadreledger[disclosure]``.
        """
        from cadreledger.disclosure.files import files  # noqa: PLC0415 - they show a snapshot, and need an extra

        return files(self)

    def write(self, out: str | Path) -> tuple[Path, ...]:
        """Put `files` into the folder ``out``, made where there is none; each appears whole, in an old one's place.

        Raises StoreError where that cannot be, and what `files` raises.
        """
        from cadreledger.disclosure.files import place  # noqa: PLC0415 - the same

        return place(self.files(), out)


def _vague(name: str, qualifier: Qualifier) -> JsonObject:
    """A member for a qualifier; nothing where the number is exact."""
    return {} if qualifier is Qualifier.EXACT else {name: qualifier.value}

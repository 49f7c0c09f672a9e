"""Ledgers as stored bytes, written entry by entry, and what each entry was written for."""

import json
from datetime import date, timedelta
from itertools import count
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from cadreledger.disclosure import Snapshot, take
from cadreledger.figures import Catalogue, Record
from cadreledger.sealing import base64url, canonical, leaf_hash
from cadreledger.values import Month, Period

__all__ = [
    "CATALOGUE",
    "DAYS",
    "MONTHS",
    "PERIODS",
    "REASONS",
    "USES",
    "Book",
    "add_any",
    "books",
    "correct_any",
    "numbers",
    "snapshot_of",
]

CATALOGUE: Final = Catalogue.load()
REASONS: Final = ("mistake", "corrected", "duplicate", "rested_on_voided", "reversed")
NOTED: Final = {"dues.assessed/1", "member.joined/1"}
RECORDED_AT: Final = "2021-07-05T01:02:03.000004Z"
OPENING: Final = {
    "origin": "yongxing.example/log",
    "suite": "sha256-ed25519",
    "keys": [],
    "catalogue": CATALOGUE.digest,
}
USES: Final = next(
    field.values
    for header in CATALOGUE.schema
    for field in header.fields
    if (header.name, field.name) == ("fund.spent/1", "use")
)


@attrs.frozen
class Written:
    """One entry: its type, day, public and internal fields, and where it stands."""

    wire: str
    day: date | None
    public: dict[str, Any]
    internal: dict[str, Any]
    stream: str
    version: int
    leaf: str

    @property
    def fields(self) -> dict[str, Any]:
        dated = {"occurred_on": str(self.day)} if self.day else {}
        return {"type": self.wire, **dated, **self.public, **self.internal}

    def header(self) -> dict[str, Any]:
        if self.wire in NOTED:
            return {"type": "noted/1"}
        month = {"month": str(self.day)[:7]} if self.day else {}
        return {"type": self.wire, **month, **self.public}


class Book:
    """A ledger that is being written, from its opening on.

    ``why[i]`` is the reason code of record ``i``, should it come late; ``recorded_at``: when the next one is recorded.
    """

    def __init__(self, keys: tuple[str, ...] = ()) -> None:
        self.records: list[Record] = []
        self.why: list[str] = []
        self.entries: list[Written] = []  # that stand
        self._versions: dict[str, int] = {}
        self.recorded_at = RECORDED_AT
        self._salt = count()
        opening = {"type": "ledger.opened/1", **OPENING, "keys": list(keys)}
        self._append(opening, opening, "ledger", 1, "late_entry")

    def add(
        self,
        wire: str,
        day: date | None,
        public: dict[str, Any] | None = None,
        internal: dict[str, Any] | None = None,
        *,
        stream: str = "community",
        replaces: Written | None = None,
    ) -> Written:
        written = Written(wire, day, public or {}, internal or {}, stream, self._next(stream), "")
        why = "late_entry" if replaces is None else "replacement"
        told = {} if replaces is None else {"replaces": replaces.leaf}
        leaf = self._append(written.header(), written.fields | told, written.stream, written.version, why)
        self.entries.append(attrs.evolve(written, leaf=leaf))
        return self.entries[-1]

    def void(self, entry: Written, reason: str) -> None:
        self.entries.remove(entry)
        header = entry.header()
        if header["type"] != "noted/1":
            header |= {"sign": -1, "voids": entry.leaf}
        inside = {"type": "void/1", "of_version": entry.version, "reason": reason, "undoes": entry.fields}
        self._append(header, inside, entry.stream, self._next(entry.stream), reason)

    def correct(self, entry: Written, **changes: Any) -> Written:  # noqa: ANN401 - fields of any type
        self.void(entry, "corrected")
        day = changes.pop("day", entry.day)
        public = {name: changes.get(name, value) for name, value in entry.public.items()}
        internal = {name: changes.get(name, value) for name, value in entry.internal.items()}
        return self.add(entry.wire, day, public, internal, stream=entry.stream, replaces=entry)

    def notice(self, number: str, period: str, day: date, *, edition: int = 1, size: int = 0) -> Written:
        first, _, last = period.partition("..")
        months = f"{first}..{last or first}"
        fields = {"number": number, "edition": edition, "supersedes": 0, "period": months, "size": size, "digest": ""}
        return self.add("notice.published/1", day, fields)

    def _next(self, stream: str) -> int:
        self._versions[stream] = self._versions.get(stream, 0) + 1
        return self._versions[stream]

    def _tx(self) -> str:
        return f"{next(self._salt):032x}"

    def _append(self, header: dict[str, Any], inside: dict[str, Any], stream: str, version: int, why: str) -> str:
        header = {"internal": base64url(next(self._salt).to_bytes(32, "big")), **header}
        entry = {"stream": stream, "version": version, "by": "staff:liaison", "tx": self._tx(), "tx_size": 1}
        inside = {**inside, **entry, "recorded_at": self.recorded_at, "source": "赵某017 的表"}
        self.records.append((canonical(header), canonical(inside)))
        self.why.append(why)
        return base64url(leaf_hash(canonical(header)))


def snapshot_of(
    book: Book, period: str | Period = "2021-01..2021-03", *, name: str = "永兴社区", catalogue: Catalogue = CATALOGUE
) -> Snapshot:
    """The snapshot of all that a book holds."""
    return take(
        origin="yongxing.example/log",
        name=name,
        period=period if isinstance(period, Period) else Period.parse(period),
        records=lambda: iter(book.records),
        catalogue=catalogue,
    )


def numbers(snapshot: Snapshot) -> dict[str, Any]:
    """``snapshot.json``, read."""
    return json.loads(snapshot.to_json())  # type: ignore[no-any-return] # of any JSON


# --- random ones -----------------------------------------------------------------------------------------------------

DAYS = st.integers(0, 150).map(lambda days: date(2021, 1, 1) + timedelta(days=days))
MONTHS = st.integers(0, 4).map(lambda months: Month(2021, 1).plus(months))
PERIODS = st.tuples(MONTHS, MONTHS).map(lambda pair: Period(min(pair), max(pair)))
STREAMS = st.sampled_from(["cadre:" + "0" * 32, "cadre:" + "1" * 32])
SIGNED = st.integers(-2, 2)

FACILITY = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["books", "equipment"]),
        "count": st.integers(0, 9),
        "qualifier": st.sampled_from(["exact", "at_least", "about"]),
    }
)
DUES = st.fixed_dictionaries({"amount": st.integers(0, 999), "for_month": st.just("2021-02"), "held": st.booleans()})
VISIT = st.fixed_dictionaries({"mode": st.sampled_from(["door", "online"]), "repeated": st.booleans()})
TALLY = st.fixed_dictionaries({"amount": st.integers(-999, 999), "payments": SIGNED, "refunds": SIGNED})
CADRE = st.fixed_dictionaries({"kind": st.sampled_from(["veteran", "retired"])})
SPENT = st.fixed_dictionaries({"amount": st.integers(0, 999), "use": st.sampled_from(USES)})
CIRCUMSTANCES = st.fixed_dictionaries({"smartphone": st.booleans(), "frail": st.booleans()})


def add_any(draw: st.DrawFn, book: Book, *, tallies: bool = True) -> None:
    """Some entry; without ``tallies`` none of those, as a ledger that posts its own has it."""
    day, stream = draw(DAYS), draw(STREAMS)
    match draw(st.integers(0, 7)):
        case 0 | 1:
            book.add("dues.received/1", day, None, draw(DUES), stream=stream)
        case 2:
            book.add("visit.made/1", day, draw(VISIT), {"reason": "study"}, stream=stream)
        case 3:
            book.add("facility.listed/1", draw(st.none() | DAYS), draw(FACILITY))
        case 4 if tallies:
            book.add("dues.tallied/1", day, draw(TALLY))
        case 5:
            kind, perhaps = draw(CADRE), draw(st.none() | DAYS)
            book.add("cadre.registered/1", perhaps, kind, draw(CIRCUMSTANCES), stream=stream)
        case 6:
            book.add("fund.spent/1", day, draw(SPENT))
        case _:
            book.add("dues.assessed/1", day, None, {"owed": 1}, stream=stream)


def correct_any(draw: st.DrawFn, book: Book, entry: Written) -> None:
    """Another entry in the place of ``entry``."""
    fresh: dict[str, Any] = {
        "day": draw(DAYS) if entry.day else None,
        "mode": draw(st.sampled_from(["door", "online"])),
        "use": draw(st.sampled_from(USES)),
    }
    book.correct(entry, **fresh, amount=draw(st.integers(0, 999)), count=draw(st.integers(0, 9)))


@st.composite
def books(draw: st.DrawFn, steps_max: int = 25) -> Book:
    """Entries, voids, corrections and notices, in any order."""
    book = Book()
    for _ in range(draw(st.integers(0, steps_max))):
        standing = [entry for entry in book.entries if entry.wire != "notice.published/1"]
        step = draw(st.integers(0, 9))
        if step <= 4 or not book.entries:
            add_any(draw, book)
        elif step == 5:
            book.void(draw(st.sampled_from(book.entries)), draw(st.sampled_from(REASONS)))
        elif step <= 7 and standing:
            correct_any(draw, book, draw(st.sampled_from(standing)))
        else:
            number, period, edition = draw(st.sampled_from("12")), draw(PERIODS), draw(st.integers(1, 2))
            size = draw(st.just(0) | st.integers(0, len(book.records)))
            book.notice(number, str(period), draw(DAYS), edition=edition, size=size)
    return book

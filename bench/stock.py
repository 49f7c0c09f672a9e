"""The books as an application of `eventsourcing`, written the way its documentation shows.

An `Aggregate` with `@event` methods, an `Application` with a method a use case, SQLite, all settings as they come: no
snapshots, and no cache but where a shape says so (ours keeps states by default). Dates are dates, by a transcoding of
the documentation's own kind. In its favour: months, words and money are texts and integers, the quickest that its JSON
transcoder takes; ids are computed from codes (uuid5), so that no look-up is needed; nothing is sealed, hashed or
encrypted; its rules are the few that our verbs need for the same entries; notifications are read by the hundred, not by
ten as its log does; it sums eight figures, ours 25.
"""
# ruff: noqa: ARG002 - @event makes the fields of an event from the parameters of its method,
# and adds the event's class to the aggregate's
# mypy: disable-error-code="attr-defined"

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import JSONTranscoder, Transcoding
from workload import Dues, Entry

__all__ = ["Stock"]

READ_EVENTS = 512  # at a time, as ours


class DateAsISO(Transcoding):
    """Dates in the JSON of events."""

    type = date
    name = "date_iso"

    def encode(self, obj: date) -> str:
        """``2021-07-05``."""
        return obj.isoformat()

    def decode(self, data: str) -> date:
        """The date again."""
        return date.fromisoformat(data)


class Cadre(Aggregate):
    """A retired cadre."""

    @event("Registered")
    def __init__(self, code: str, kind: str, name: str, *, smartphone: bool, frail: bool) -> None:
        self.code = code
        self.kind = kind
        self.name = name
        self.smartphone = smartphone
        self.frail = frail
        self.branch: str | None = None
        self.credited: dict[str, int] = {}
        self.visits: set[tuple[date, str, str]] = set()

    @staticmethod
    def create_id(code: str) -> UUID:
        """The id of the person with that code."""
        return uuid5(NAMESPACE_URL, f"/cadres/{code}")

    def join(self, branch: str) -> None:
        """Join a branch with the formal relation."""
        if self.branch is not None:
            raise ValueError("a member has one formal relation")
        self._joined(branch=branch, relation="formal", occurred_on=None)

    def pay_dues(self, fen: int, for_month: str, on: date, receipt: str | None, note: str | None) -> None:
        """Receive dues."""
        if self.branch is None:
            raise ValueError("dues go to the branch of the formal relation")
        if for_month in self.credited:
            raise ValueError("this month is paid already")
        self._dues_received(
            occurred_on=on,
            amount=fen,
            for_month=for_month,
            held=False,
            branch=self.branch,
            receipt=receipt,
            method=None,
            note=note,
        )

    def visit(self, reason: str, mode: str, on: date, note: str | None) -> None:
        """Record a visit."""
        repeated = (on, reason, mode) in self.visits
        self._visit_made(occurred_on=on, mode=mode, repeated=repeated, reason=reason, note=note)

    @event("Joined")
    def _joined(self, branch: str, relation: str, occurred_on: date | None) -> None:
        self.branch = branch

    @event("DuesReceived")
    def _dues_received(  # noqa: PLR0913 - the fields of the event
        self,
        *,
        occurred_on: date,
        amount: int,
        for_month: str,
        held: bool,
        branch: str,
        receipt: str | None,
        method: str | None,
        note: str | None,
    ) -> None:
        self.credited[for_month] = self.credited.get(for_month, 0) + amount

    @event("VisitMade")
    def _visit_made(self, *, occurred_on: date, mode: str, repeated: bool, reason: str, note: str | None) -> None:
        self.visits.add((occurred_on, reason, mode))


class Office(Application[UUID]):
    """The application."""

    def register_transcodings(self, transcoder: JSONTranscoder) -> None:
        """Add dates."""
        super().register_transcodings(transcoder)
        transcoder.register(DateAsISO())

    def register(self, codes: Sequence[str]) -> None:
        """Enter people, in one transaction."""
        cadres = [Cadre(code, "retired", f"name {code}", smartphone=True, frail=False) for code in codes]
        for cadre in cadres:
            cadre.join("branch:B1")
        self.save(*cadres)

    def record(self, entries: Sequence[Entry]) -> None:
        """Load, decide and save, in one transaction."""
        cadres: dict[str, Cadre] = {}
        for entry in entries:
            cadre = cadres.get(entry.code)
            if cadre is None:
                cadre = cadres[entry.code] = self.repository.get(Cadre.create_id(entry.code))
            if isinstance(entry, Dues):
                cadre.pay_dues(entry.fen, str(entry.month), entry.on, entry.receipt, entry.note)
            else:
                cadre.visit(entry.reason, "door", entry.on, entry.note)
        self.save(*cadres.values())

    def figures(self, first: date, last: date) -> Mapping[str, int]:
        """The sums from ``first`` to ``last``, from the notifications in order."""
        sums: Counter[str] = Counter()
        start = 1
        while notifications := self.recorder.select_notifications(start, READ_EVENTS):
            for notification in notifications:
                happened = self.mapper.to_domain_event(notification)
                if isinstance(happened, Cadre.Registered):
                    sums[f"cadres.{happened.kind}"] += 1
                    sums["cadres.smartphone"] += happened.smartphone
                    sums["cadres.frail"] += happened.frail
                elif isinstance(happened, Cadre.Joined):
                    sums["members.affiliated"] += happened.relation == "formal"
                elif isinstance(happened, Cadre.DuesReceived) and first <= happened.occurred_on <= last:
                    sums["dues.collected"] += happened.amount
                elif isinstance(happened, Cadre.VisitMade) and first <= happened.occurred_on <= last:
                    counts = not happened.repeated
                    sums["visits.made"] += counts and happened.mode == "door"
                    sums["visits.online"] += counts and happened.mode == "online"
            start = notifications[-1].id + 1
        return sums


class Stock:
    """The application and its file."""

    def __init__(self, folder: Path, *, cached: int = 0) -> None:
        """``cached``: how many aggregates to keep in memory; its default is none."""
        self.path = folder / "stock.sqlite"
        self._env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(self.path)}
        if cached:
            self._env["AGGREGATE_CACHE_MAXSIZE"] = str(cached)
        self.office = self._open()

    def _open(self) -> Office:
        return Office(env=self._env)

    def register(self, codes: Sequence[str]) -> None:
        """As `Books` says."""
        self.office.register(codes)

    def record(self, entries: Sequence[Entry]) -> None:
        """As `Books` says."""
        self.office.record(entries)

    def figures(self) -> Mapping[str, int]:
        """As `Books` says."""
        return self.office.figures(date(2021, 1, 1), date(2021, 12, 31))

    def reopen(self) -> None:
        """As `Books` says."""
        self.office.close()
        self.office = self._open()

    def close(self) -> None:
        """As `Books` says."""
        self.office.close()

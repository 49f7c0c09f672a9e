"""Who holds activities, and which activities there are: those of the workbook, and those of the ledger before it."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from cadreledger.errors import InputError
from cadreledger.intake.reading import OfficeBook
from cadreledger.ledger import Transaction
from cadreledger.values import StreamId, StreamKind, code, names_stream, stream_id

__all__ = ["COMMUNITY", "Held", "Place"]

COMMUNITY: Final = stream_id(StreamKind.COMMUNITY)

Place = tuple[StreamId, date]


class Held:
    """Where the activities of one import are found. What was looked up is kept.

    So ask for a holder when branches and teams are recorded, and for the place of an activity behind its own row.
    """

    def __init__(self, tx: Transaction, book: OfficeBook) -> None:
        self._tx = tx
        self._book = book
        self._days = {row.key: row.on for row in book.activities}
        self._holders: dict[str, StreamId] = {}
        self._places: dict[str, Place | None] = {}

    def holder(self, organiser: str | None) -> StreamId:
        """The branch or the team with that code; what any other organiser holds, the community does."""
        if organiser is None:
            return COMMUNITY
        if organiser not in self._holders:
            self._holders[organiser] = self._holder(organiser)
        return self._holders[organiser]

    def day(self, activity: str) -> date | None:
        """The day of an activity, as the workbook says it, or as the ledger knows it."""
        if activity in self._days:
            return self._days[activity]
        place = self.place(activity)
        return None if place is None else place[1]

    def place(self, activity: str) -> Place | None:
        """The stream that holds an activity, and its day; None where none of that code stands."""
        if activity not in self._places:
            self._places[activity] = self._place(activity)
        return self._places[activity]

    def keep(self, activity: str, place: Place) -> None:
        """Note where an activity was recorded just now."""
        self._places[activity] = place

    def _holder(self, organiser: str) -> StreamId:
        try:
            known = code(organiser)
        except InputError:
            return COMMUNITY
        found = None if names_stream(known) else self._tx.branches.get(known) or self._tx.teams.get(known)
        return COMMUNITY if found is None else found.stream

    def _place(self, activity: str) -> Place | None:
        tx = self._tx
        for stream in self._streams(activity):
            holder = tx.branches.get(stream) or tx.teams.get(stream) or tx.community
            version = holder.view.activities.get(activity)
            held_on = None if version is None else holder.view.standing[version].occurred_on
            if held_on is not None:
                return stream, held_on
        return None

    def _streams(self, activity: str) -> Iterator[StreamId]:
        """Where an activity may be: where its row was recorded; and, where a program recorded it, with anybody here."""
        recorded = self._tx.rows.where("活动", activity, None)
        if recorded is not None:
            yield StreamId(recorded.stream)
        yield COMMUNITY
        for sheet, kind in (("支部", StreamKind.BRANCH), ("队伍", StreamKind.TEAM)):
            for name in sorted(self._book.keys.get(sheet, ())):
                yield stream_id(kind, name)

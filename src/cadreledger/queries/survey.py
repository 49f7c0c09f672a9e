"""One look over all streams, each read on its own, for what is worth a remark across them.

Whoever replays a ledger stream by stream hands over the events and, at a stream's end, its state. What is kept in
between are counts by branch, month and activity, not people.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

import attrs

from cadreledger.aggregates import BranchState, CadreState, CommunityState, State
from cadreledger.events import Recorded
from cadreledger.events.activity import ActivityHeld, ActivityKind
from cadreledger.events.branch import FundReturned, FundSpent, MonthClosed
from cadreledger.events.cadre import NAME_IN_NOTICE, AttendanceMode, AttendanceRecorded, CadreKind, Medal
from cadreledger.events.dues import DuesReceived, DuesRefunded
from cadreledger.events.sections import Event
from cadreledger.events.void import Void, VoidReason
from cadreledger.queries.cadence import ALL, kept, lives
from cadreledger.queries.cash import is_cash
from cadreledger.queries.remark import Remark, Weight, of_rule
from cadreledger.queries.remarks import named_without_consent, on_branch, on_cadre, on_community, profile_and_register
from cadreledger.rules import Binding, Policy, declared, medal_due_since
from cadreledger.values import Money, Month, Period, StreamId, fen

__all__ = ["Noticed", "Survey"]


MONTHS_SAID_MAX: Final = 12
PLACED: Final = frozenset({ActivityHeld, MonthClosed})  # what is spoken of at the end, with its position
COUNTED: Final = frozenset(
    {AttendanceRecorded, ActivityHeld, DuesReceived, DuesRefunded, MonthClosed, FundReturned, FundSpent}
)


@attrs.frozen
class Noticed:
    """A notice that went up: the position of its event, the months it covers, its number and edition."""

    position: int
    period: Period
    name: str


class Survey:
    """Remarks as they come. ``notices`` in the order in which they went up; ``today`` is a civil date."""

    def __init__(self, policy: Policy, notices: Sequence[Noticed], today: date) -> None:
        self._policy = policy
        self._notices = notices
        self._today = today
        self._sizes: Counter[StreamId] = Counter()  # people in a branch, by formal relation or taking part
        self._members: Counter[CadreKind] = Counter()
        self._others: Counter[CadreKind] = Counter()  # cadres in no branch here
        self._branches = 0
        self._at: dict[tuple[str, int], int] = {}  # positions of what is spoken of at the end
        self._attended: Counter[tuple[StreamId | None, str]] = Counter()
        self._held: list[tuple[StreamId, int, ActivityHeld]] = []
        self._received: Counter[tuple[int, int]] = Counter()
        self._credited: Counter[tuple[int, int]] = Counter()
        self._returned, self._spent = fen(0), fen(0)
        self._months: set[tuple[int, int]] = set()
        self._profile: CommunityState | None = None
        self._consenting: set[str] = set()  # to be named in a notice
        self._branch_states: list[tuple[StreamId, BranchState]] = []
        self._full_members: list[date] = []  # since when, of members who have no medal yet
        self._cash: Counter[tuple[str, int, int]] = Counter()
        self._closed: list[tuple[StreamId, int, MonthClosed]] = []

    def event(self, recorded: Recorded) -> Iterable[Remark]:
        """What is worth a remark in one event, on its own or after a notice."""
        event = recorded.event
        if type(event) in PLACED:
            self._at[recorded.stream, recorded.version] = recorded.position
        first_notice = self._notices[0].position if self._notices else recorded.position
        if type(event) is Void or recorded.position > first_notice:
            return self._late(recorded)
        return ()

    def _late(self, recorded: Recorded) -> Iterator[Remark]:
        event, entry = recorded.event, recorded.entry
        counted = event.undoes if isinstance(event, Void) else event
        if counted is None or not type(counted).counted or event.occurred_on is None:
            return
        month = Month.of(event.occurred_on)
        shown = (each for each in self._notices if each.position < recorded.position and month in each.period)
        notice = next(shown, None)
        if isinstance(event, Void):
            corrected = event.reason is VoidReason.CORRECTED
            what = f"an entry of {month} was {'corrected' if corrected else 'taken back'}"
            if notice is None:
                yield Remark("corrected" if corrected else "voided", what, entry.stream, entry.version)
                return
            what = f"{what} after notice {notice.name} had shown that month"
            code = "corrected_after_notice" if corrected else "voided_after_notice"
            yield Remark(code, what, entry.stream, entry.version)
        elif notice is not None and entry.replaces is None:
            what = f"an entry of {month} came after notice {notice.name} had shown that month"
            yield Remark("late_entry", what, entry.stream, entry.version)

    def stream(self, stream: StreamId, state: State) -> Iterator[Remark]:
        """What is worth a remark in a stream, all of it read."""
        days = set()
        for version, event in state.standing.items():
            kind = type(event)
            if kind.counted and event.occurred_on is not None:
                days.add(event.occurred_on)
            if kind in COUNTED:
                self._count(stream, state, version, event)
        self._months.update((day.year, day.month) for day in days)
        match state:
            case CadreState():
                self._take_cadre(state)
                self._consenting |= {stream} if state.consents.get(NAME_IN_NOTICE, False) else set()
                yield from on_cadre(stream, state, self._policy, self._today)
            case BranchState():
                self._branch_states.append((stream, state))
                self._branches += state.kind is not None and not state.dissolved
                yield from on_branch(stream, state, self._policy, self._today)
            case CommunityState():
                self._profile = state
                yield from on_community(stream, state)
            case _:
                pass

    def end(self) -> Iterator[Remark]:
        """What is worth a remark across streams, all of them read."""
        yield from self._sizes_of_branches()
        yield from self._activities()
        yield from self._meetings()
        yield from self._money()
        yield from self._people()
        yield from self._months_without_notice()
        yield from self._medals()
        yield from self._cash_boxes()
        if self._profile is not None:
            yield from named_without_consent(self._profile, frozenset(self._consenting), self._policy)

    def _take_cadre(self, state: CadreState) -> None:
        self._credited.update({(month.year, month.month): each.fen for month, each in state.credited.items()})
        if state.kind is None or state.left is not None:
            return
        branches = {*state.participating, *([state.formal] if state.formal else [])}
        self._sizes.update(branches)
        if branches and state.full_member_on is not None and Medal.PARTY_50 not in state.medals:
            self._full_members.append(state.full_member_on)
        (self._members if branches else self._others)[state.kind] += 1

    def _count(self, stream: StreamId, state: State, version: int, event: Event) -> None:
        match event:
            case AttendanceRecorded(mode=AttendanceMode.IN_PERSON):
                self._attended[event.holder, event.activity] += 1
            case ActivityHeld():
                self._held.append((stream, version, event))
            case DuesReceived(occurred_on=date() as day):
                self._received[day.year, day.month] += event.amount.fen
                self._cash[event.branch, day.year, day.month] += event.amount.fen if is_cash(event) else 0
            case DuesRefunded(occurred_on=date() as day):
                self._received[day.year, day.month] -= event.amount.fen
                payment = state.standing.get(event.payment)
                if isinstance(payment, DuesReceived) and is_cash(payment):
                    self._cash[payment.branch, day.year, day.month] -= event.amount.fen
            case MonthClosed():
                self._closed.append((stream, version, event))
            case FundReturned():
                self._returned += event.amount
            case FundSpent():
                self._spent += event.amount
            case _:
                pass

    def _sizes_of_branches(self) -> Iterator[Remark]:
        most = self._policy.find(declared.MEMBERS_MAX, Month.of(self._today))
        if most is None:
            return
        for stream in sorted(self._sizes):
            if self._sizes[stream] > most.value:
                what = f"a branch has {self._sizes[stream]} people, above the usual {most.value}"
                yield of_rule(most, "branch_too_large", what, stream)

    def _activities(self) -> Iterator[Remark]:
        for stream, version, event in self._held:
            attended = self._attended[stream, event.code] + self._attended[None, event.code]
            if event.people is not None and event.people != attended and attended:
                what = f"an activity reports {event.people} people, {attended} cadres are recorded as there"
                yield self._placed("people_and_attendance_differ", what, stream, version)
            if event.kind is ActivityKind.PERFORMANCE and not event.items:
                what = "a performance does not say how many items it had: their total is a lower bound"
                yield self._placed("items_missing", what, stream, version)

    def _meetings(self) -> Iterator[Remark]:
        """From the first month in which anything was held to the last."""
        months = [Month.of(event.occurred_on) for _, _, event in self._held if event.occurred_on is not None]
        if not months:
            return
        held = [(stream, event) for stream, _, event in self._held]
        period = Period(min(months), max(months))
        for one in kept(held, lives(self._branch_states), period, self._policy):
            if one.lacking and one.binding is not Binding.NOTE:
                spans = ", ".join(
                    str(span.first) if span.first == span.last else str(span) for span in one.lacking[:12]
                )
                what = (
                    f"{one.rule}: {one.held} held from {period.first} to {period.last}, and none or too few in {spans}"
                )
                stream = "" if one.holder == ALL else one.holder
                yield Remark("meeting_missing", what, stream, 0, Weight.WARNING, one.citation)

    def _medals(self) -> Iterator[Remark]:
        """Who is due the medal on the last 1 July that the ledger has come to."""
        if not self._months:
            return
        last = Month(*max(self._months))
        year = last.year if last.month >= 7 else last.year - 1  # noqa: PLR2004 - July
        since = medal_due_since(year, self._policy)
        due = sum(1 for day in self._full_members if since is not None and day <= since)
        if due:
            what = f"the medal of fifty years in the Party: due to {due} on {year}-07-01 that have none"
            yield Remark("medal_due", what)

    def _cash_boxes(self) -> Iterator[Remark]:
        for stream, version, event in self._closed:
            now = fen(self._cash[stream, event.month.year, event.month.month])
            if now != event.expected:
                what = f"{event.month} was closed with receipts of {event.expected}, they are {now} now"
                yield self._placed("closed_month_differs", what, stream, version)

    def _money(self) -> Iterator[Remark]:
        moved = {*self._received, *self._credited}
        differ = sorted(Month(*month) for month in moved if self._received[month] != self._credited[month])
        if differ:
            received, credited = (fen(sum(sums.values())) for sums in (self._received, self._credited))
            what = f"dues by month of receipt and of debt differ in {_said(differ)}: {received} and {credited} in all"
            yield Remark("dues_months_differ", what)
        if self._returned > fen(0):
            what = f"of the fund's {self._returned} returned, {self._spent} are spent, {self._left()} are left"
            yield Remark("fund_left", what)

    def _people(self) -> Iterator[Remark]:
        veterans, others = self._members[CadreKind.VETERAN], self._others[CadreKind.RETIRED]
        if self._members and (veterans or others):
            what = f"of the members, {veterans} are veterans; of the retired, {others} are in no branch here"
            yield Remark("members_are_not_the_retired", what)
        if self._profile is not None:
            yield from profile_and_register(self._profile, self._branches, self._members.total())

    def _months_without_notice(self) -> Iterator[Remark]:
        if not self._notices or not self._months:
            return
        shown = {month for notice in self._notices for month in notice.period.months()}
        since = min(shown)
        open_ = sorted(month for month in {Month(*each) for each in self._months} - shown if month >= since)
        if open_:
            yield Remark("months_without_notice", f"no notice shows {_said(open_)}")

    def _placed(self, code: str, what: str, stream: StreamId, version: int) -> Remark:
        return Remark(code, what, stream, version, position=self._at.get((stream, version), 0))

    def _left(self) -> Money:
        return self._returned - self._spent


def _said(months: Sequence[Month]) -> str:
    """A year of them at most."""
    return ", ".join(map(str, months[:MONTHS_SAID_MAX])) + (" …" if len(months) > MONTHS_SAID_MAX else "")

"""Which meetings and party days were held, and which months or quarters lack one (支部工作条例)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import attrs

from cadreledger.aggregates import BranchState
from cadreledger.events.activity import ActivityHeld, ActivityKind
from cadreledger.events.branch import BranchDissolved, BranchEstablished, BranchKind
from cadreledger.queries.picture import Picture
from cadreledger.rules import Binding, Cadence, Policy, Provision, Rule, declared, spans
from cadreledger.values import Month, Period, StreamId, StreamKind, stream_kind

__all__ = ["ALL", "Kept", "cadence", "held_in", "kept", "lives", "rule_of"]

ALL: Final = "ledger"  # all holders together: some activities name no branch by its code
RULES: Final = (
    declared.PARTY_DAY,
    declared.GENERAL_MEETING,
    declared.COMMITTEE_MEETING,
    declared.GROUP_MEETING,
    declared.LECTURE,
)
TITLES: Final[Mapping[str, Rule[Cadence]]] = MappingProxyType(
    {
        "支部党员大会": declared.GENERAL_MEETING,
        "党员大会": declared.GENERAL_MEETING,
        "支部委员会": declared.COMMITTEE_MEETING,
        "支委会": declared.COMMITTEE_MEETING,
        "党小组会": declared.GROUP_MEETING,
        "党课": declared.LECTURE,
    }
)
"""How the title of a 三会一课 begins, which says which of the four it was."""

Life = tuple[Month | None, Month | None]
"""The first and the last month in which a branch was there (None: from the start; until now)."""


@attrs.frozen
class Kept:
    """How one rule was kept by one ``holder``: a branch's stream, or `ALL`.

    ``by_month`` are the months in which any were held, ``lacking`` the months, quarters or years of the period with
    fewer than are due. What was held beyond that in another month does not stand in.
    """

    holder: str
    rule: str
    held: int
    by_month: tuple[tuple[Month, int], ...]
    lacking: tuple[Period, ...]
    citation: str
    binding: Binding

    def json(self) -> dict[str, object]:
        """As it stands in ``cadence --json``."""
        return {
            "holder": self.holder,
            "rule": self.rule,
            "held": self.held,
            "by_month": {str(month): count for month, count in self.by_month},
            "lacking": [_span(span) for span in self.lacking],
            "citation": self.citation,
        }


def cadence(picture: Picture, period: Period) -> tuple[Kept, ...]:
    """How the rules on meetings and party days were kept in ``period``, by holder and rule.

    Where all activities are held by branches, each formal branch answers for itself, for the months in which it was
    there. Where some are held by the community or a team, nobody can tell whose they are, and all answer together.
    """
    states = picture.states.items()
    held = [
        (stream, event)
        for stream, state in states
        for event in state.standing.values()
        if isinstance(event, ActivityHeld)
    ]
    return kept(held, lives(picture.branches()), period, picture.policy)


def kept(
    held: Iterable[tuple[StreamId, ActivityHeld]], alive: Mapping[StreamId, Life], period: Period, policy: Policy
) -> tuple[Kept, ...]:
    """As `cadence`, of activities by the stream that holds them, and the lives of formal branches."""
    counts = held_in(held)
    together = any(stream_kind(stream) is not StreamKind.BRANCH for stream, _ in counts)
    holders = [ALL] if together else sorted({*alive, *(stream for stream, _ in counts)})
    found = []
    for holder in holders:
        for rule in RULES:
            mine = Counter[Month]()
            for (stream, name), months in counts.items():
                if name == rule.name and holder in {ALL, stream}:
                    mine.update(months)
            one = _kept(holder, rule, mine, alive.get(StreamId(holder), (None, None)), period, policy)
            found += [] if one is None else [one]
    return tuple(found)


def held_in(held: Iterable[tuple[StreamId, ActivityHeld]]) -> dict[tuple[StreamId, str], Counter[Month]]:
    """How many were held, by holder, rule and month; what no rule asks for is left out."""
    counts: dict[tuple[StreamId, str], Counter[Month]] = {}
    for stream, event in held:
        rule = rule_of(event)
        if rule is not None and event.occurred_on is not None:
            counts.setdefault((stream, rule.name), Counter())[Month.of(event.occurred_on)] += 1
    return counts


def rule_of(event: ActivityHeld) -> Rule[Cadence] | None:
    """The rule that an activity counts for; None: none that is known, as for a meeting of another title."""
    if event.kind is ActivityKind.PARTY_DAY:
        return declared.PARTY_DAY
    if event.kind is not ActivityKind.MEETING:
        return None
    return next((rule for title, rule in TITLES.items() if event.title.strip().startswith(title)), None)


def lives(branches: Iterable[tuple[StreamId, BranchState]]) -> dict[StreamId, Life]:
    """When each formal branch was there. A temporary one need not meet."""
    found: dict[StreamId, Life] = {}
    for stream, state in branches:
        if state.kind is not BranchKind.FORMAL:
            continue
        days = {type(event): event.occurred_on for event in state.standing.values()}
        first = days.get(BranchEstablished)
        last = days.get(BranchDissolved) if state.dissolved else None
        found[stream] = (None if first is None else Month.of(first), None if last is None else Month.of(last))
    return found


def _kept(
    holder: str, rule: Rule[Cadence], held: Counter[Month], life: Life, period: Period, policy: Policy
) -> Kept | None:
    first, last = max(filter(None, (period.first, life[0]))), min(filter(None, (period.last, life[1])))
    within = {month: count for month, count in held.items() if first <= month <= last}
    said = policy.find(rule, last)
    if said is None or first > last:
        return None
    lacks = tuple(_lacking(rule, held, Period(first, last), policy)) if _is_due(said, within) else ()
    total = sum(within.values())
    return Kept(holder, rule.name, total, tuple(sorted(within.items())), lacks, said.citation, said.binding)


def _lacking(rule: Rule[Cadence], held: Counter[Month], period: Period, policy: Policy) -> Iterable[Period]:
    """Each span is judged by what was in force at its beginning."""
    month = period.first
    while month <= period.last:
        said = policy.find(rule, month)
        span = next(iter(spans(said.value.every, Period(month, period.last))), None) if said is not None else None
        if span is None or said is None or span.first != month:
            month = month.plus(1)
            continue
        if sum(held[each] for each in span.months()) < said.value.times:
            yield span
        month = span.last.plus(1)


def _is_due(said: Provision[Cadence], held: Mapping[Month, int]) -> bool:
    """What is only noted is due from those who have begun with it: a branch without a committee holds none."""
    return said.binding is not Binding.NOTE or bool(held)


def _span(span: Period) -> str:
    return str(span.first) if span.first == span.last else f"{span.first}..{span.last}"

"""Which meetings and party days were held, and which months or quarters lack one (支部工作条例)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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
Lives = tuple[Life, ...]
ALWAYS: Final[Lives] = ((None, None),)


@attrs.frozen
class Kept:
    """How one rule was kept by one ``holder``: a branch's stream, or `ALL`.

    ``by_month`` are the months in which any were held, ``lacking`` the months, quarters or years of the period with
    fewer than are due. What was held beyond that in another month does not stand in. ``citation`` and
    ``policy_version``: what asks for those that are lacking; else for the rule at the end of the period.
    """

    holder: str
    rule: str
    held: int
    by_month: tuple[tuple[Month, int], ...]
    lacking: tuple[Period, ...]
    citation: str
    policy_version: str
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
            "policy_version": self.policy_version,
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
    held: Iterable[tuple[StreamId, ActivityHeld]], alive: Mapping[StreamId, Lives], period: Period, policy: Policy
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
            one = _kept(holder, rule, mine, ALWAYS if together else alive.get(StreamId(holder)), period, policy)
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


def lives(branches: Iterable[tuple[StreamId, BranchState]]) -> dict[StreamId, Lives]:
    """When each formal branch was there. A temporary one need not meet."""
    return {stream: _lives(state) for stream, state in branches if state.kind is BranchKind.FORMAL}


def _lives(state: BranchState) -> Lives:
    found: list[Life] = []
    for event in state.standing.values():
        month = None if event.occurred_on is None else Month.of(event.occurred_on)
        if isinstance(event, BranchEstablished):
            found.append((month, None))
        elif isinstance(event, BranchDissolved) and found:
            found[-1] = (found[-1][0], month)
    return tuple(found)


def _kept(
    holder: str, rule: Rule[Cadence], held: Counter[Month], alive: Lives | None, period: Period, policy: Policy
) -> Kept | None:
    """``alive``: None for those that need not meet, of whom it is only said what they held."""
    parts = (_within(life, period) for life in alive or ALWAYS)
    there = [Period(first, last) for first, last in parts if first <= last]
    within = {month: count for month, count in held.items() if any(month in each for each in there)}
    said = policy.find(rule, there[-1].last) if there else None
    if said is None or (alive is None and not within):
        return None
    judged = [each for part in there for each in _lacking(rule, held, part, policy)] if alive is not None else []
    lacks = [(span, asked) for span, asked in judged if asked.binding is not Binding.NOTE or within]
    grounds = [asked for _, asked in lacks] or [said]
    return Kept(
        holder,
        rule.name,
        sum(within.values()),
        tuple(sorted(within.items())),
        tuple(span for span, _ in lacks),
        "; ".join(dict.fromkeys(asked.citation for asked in grounds)),
        "; ".join(dict.fromkeys(asked.version for asked in grounds)),
        next((asked.binding for asked in grounds if asked.binding is not Binding.NOTE), Binding.NOTE),
    )


def _within(life: Life, period: Period) -> tuple[Month, Month]:
    first, last = life
    return max(filter(None, (period.first, first))), min(filter(None, (period.last, last)))


def _lacking(
    rule: Rule[Cadence], held: Counter[Month], period: Period, policy: Policy
) -> Iterator[tuple[Period, Provision[Cadence]]]:
    """The spans of ``period`` with too few, each with what asks for more.

    A month, quarter or year is judged where it lies in the period whole and one answer held for all of it: one that
    begins within a quarter is asked of the months or quarters from then on. So a longer period says the same of it.
    """
    month = period.first
    while month <= period.last:
        said = policy.find(rule, month)
        span = next(iter(spans(said.value.every, Period(month, period.last))), None) if said is not None else None
        if span is None or said is None or span.first != month or not _holds(rule, said, span, policy):
            month = month.plus(1)
            continue
        if sum(held[each] for each in span.months()) < said.value.times:
            yield span, said
        month = span.last.plus(1)


def _holds(rule: Rule[Cadence], said: Provision[Cadence], span: Period, policy: Policy) -> bool:
    """Whether what ``said`` asks for is asked for in every month of ``span``."""
    others = (policy.find(rule, month) for month in span.months())
    return all(other is not None and other.value == said.value for other in others)


def _span(span: Period) -> str:
    return str(span.first) if span.first == span.last else f"{span.first}..{span.last}"

"""What a policy is: provisions by rule and month, each with its article and how sure we are of it.

A *rule* is a question that the regulations, or a place, may settle: how many months may be paid ahead. A *provision* is
one answer, in force from a month on. A *policy* holds all answers. Nothing here knows what the answers are: they are
data (the files in ``national``, and a place's own).
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, Generic, Self, TypeVar, cast

import attrs

from cadreledger.errors import InputError
from cadreledger.rules.kinds import Kind
from cadreledger.values import Month
from cadreledger.values.time import YEAR_MIN

__all__ = ["Binding", "Certainty", "Policy", "Provision", "Rule"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
ALWAYS: Final = Month(YEAR_MIN, 1)


class Certainty(Enum):
    """How sure we are that the regulation says so."""

    CONFIRMED = "confirmed"  # read in a document
    UNCONFIRMED = "unconfirmed"  # general knowledge, for the office to confirm
    PROPOSED = "proposed"  # the text is silent, or the sources disagree: our proposal


class Binding(Enum):
    """What the ledger does with a provision."""

    REFUSE = "refuse"  # a decision against it is not recorded; an import warns
    WARN = "warn"  # it is recorded, and the audit names it
    COMPUTE = "compute"  # an amount, a date or a count follows from it
    NOTE = "note"  # said for people; nothing checks it


@attrs.frozen(eq=False)
class Rule(Generic[T]):
    """A question that a policy may answer: its dotted name, and the kind of answer it takes."""

    name: str
    kind: Kind[T]


@attrs.frozen(kw_only=True)
class Provision(Generic[T_co]):
    """One answer, in force from ``valid_from`` until the next one of its rule, and before ``valid_until``.

    ``valid_until`` is the month from which another policy holds that says nothing of the rule, where one does.
    ``citation`` is the regulation and its article; ``version`` the policy that says so; ``en`` and ``zh`` the answer
    as a sentence.
    """

    rule: str
    value: T_co
    valid_from: Month
    citation: str
    certainty: Certainty
    binding: Binding
    version: str
    en: str
    zh: str
    valid_until: Month | None = None

    def in_force(self, month: Month) -> bool:
        """Whether it holds in ``month``, unless a later one does."""
        return self.valid_from <= month and (self.valid_until is None or month < self.valid_until)


@attrs.frozen
class Policy:
    """Every answer there is; immutable.

    ``versions`` names what was adopted, by the month from which it holds. ``provisions`` are by rule name. Both are in
    the order of their months, of which no two are the same.
    """

    versions: tuple[tuple[Month, str], ...]
    provisions: Mapping[str, tuple[Provision[object], ...]] = attrs.field(hash=False)

    @classmethod
    def of(cls, version: str, provisions: Iterable[Provision[object]]) -> Self:
        """A policy of these provisions, in any order. Raises InputError where two of one rule begin together."""
        by_rule: dict[str, list[Provision[object]]] = {}
        for provision in sorted(provisions, key=lambda each: (each.rule, each.valid_from)):
            held = by_rule.setdefault(provision.rule, [])
            if held and held[-1].valid_from == provision.valid_from:
                what = f"a policy answers {provision.rule} twice from one month on"
                raise InputError(what, "one answer a month", str(provision.valid_from))
            held.append(provision)
        return cls(((ALWAYS, version),), MappingProxyType({name: tuple(held) for name, held in by_rule.items()}))

    @property
    def version(self) -> str:
        """What was adopted last."""
        return self.versions[-1][1]

    def version_at(self, month: Month) -> str:
        """What is in force in ``month``."""
        return next(version for since, version in reversed(self.versions) if since <= month)

    def at(self, rule: Rule[T], month: Month) -> Provision[T]:
        """What settles ``rule`` in ``month``. Raises InputError where nothing does."""
        found = self.find(rule, month)
        if found is None:
            what, hint = f"the policy says nothing of {rule.name} then", "A place's own policy may: see the how-to."
            raise InputError(what, "a provision in force", str(month), hint)
        return found

    def find(self, rule: Rule[T], month: Month) -> Provision[T] | None:
        """What settles ``rule`` in ``month``; None where nothing does."""
        dated = self.provisions.get(rule.name, ())
        place = bisect_right(dated, month, key=lambda each: each.valid_from)
        if not place or not dated[place - 1].in_force(month):
            return None
        return cast("Provision[T]", dated[place - 1])  # read by the rule's own kind

    def with_local(self, local: "Policy") -> "Policy":
        """The policy with a place's own laid over it: where the place answers a rule, its answer holds."""
        merged = dict(self.provisions)
        for name, answers in local.provisions.items():
            before = [each for each in self.provisions.get(name, ()) if each.valid_from < answers[0].valid_from]
            merged[name] = (*before, *answers)
        return Policy(local.versions, _sorted(merged))

    def then(self, following: "Policy", valid_from: Month) -> "Policy":
        """The policy until ``valid_from``, and ``following`` from then on, also where that says nothing."""
        merged = {}
        for name in {*self.provisions, *following.provisions}:
            before = [each for each in self.provisions.get(name, ()) if each.valid_from < valid_from]
            answers = following.provisions.get(name, ())
            place = bisect_right(answers, valid_from, key=lambda each: each.valid_from)
            held = answers[place - 1 : place] if place and answers[place - 1].in_force(valid_from) else ()
            if before and not held and before[-1].in_force(valid_from):
                before[-1] = attrs.evolve(before[-1], valid_until=valid_from)
            merged[name] = (*before, *(attrs.evolve(each, valid_from=valid_from) for each in held), *answers[place:])
        earlier = [each for each in self.versions if each[0] < valid_from]
        later = [each for each in following.versions if each[0] > valid_from]
        return Policy((*earlier, (valid_from, following.version_at(valid_from)), *later), _sorted(merged))


def _sorted(
    provisions: Mapping[str, tuple[Provision[object], ...]],
) -> Mapping[str, tuple[Provision[object], ...]]:
    return MappingProxyType({name: provisions[name] for name in sorted(provisions)})

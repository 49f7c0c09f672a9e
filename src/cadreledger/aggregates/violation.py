"""A rule that an event breaks, as data."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import attrs

from cadreledger.rules import Binding, Provision

__all__ = ["Violation", "Weight", "against"]

WEIGHTS: Final[Mapping[Binding, "Weight"]] = MappingProxyType({Binding.REFUSE: "refused", Binding.WARN: "noted"})
Weight = Literal["senseless", "refused", "noted"]


@attrs.frozen
class Violation:
    """A rule that an event breaks.

    ``rule`` is a code; ``citation`` is the article it rests on and ``policy_version`` the policy that says so, both ""
    for a rule of the ledger itself. ``weight``: what is
    *refused* when decided live is only noted in an import; *noted* is noted in both; *senseless* is refused in both,
    because it speaks of something that is not there.
    """

    rule: str
    what: str
    expected: str = ""
    found: str = ""
    hint: str = ""
    citation: str = ""
    weight: Weight = "refused"
    policy_version: str = ""


def against(
    provision: Provision[object], rule: str, what: str, expected: str = "", found: str = "", hint: str = ""
) -> tuple[Violation, ...]:
    """What breaks ``provision``, as it binds: refused or noted; nothing where nothing is to be checked."""
    weight = WEIGHTS.get(provision.binding)
    if weight is None:
        return ()
    return (Violation(rule, what, expected, found, hint, provision.citation, weight, provision.version),)

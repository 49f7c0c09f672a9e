"""A rule that an event breaks, as data."""

from typing import Literal

import attrs

__all__ = ["Violation", "Weight"]

Weight = Literal["senseless", "refused", "noted"]


@attrs.frozen
class Violation:
    """A rule that an event breaks.

    ``rule`` is a code, ``citation`` the article it rests on ("" for a rule of the ledger itself). ``weight``: what is
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

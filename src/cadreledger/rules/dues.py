"""Party dues: what is owed, what is returned, what is in arrears; in whole fen, by a policy."""

from collections.abc import Iterable
from enum import Enum
from typing import Final, assert_never

import attrs

from cadreledger.errors import InputError
from cadreledger.rules.declared import (
    EMPLOYED,
    FARMERS,
    FIXED,
    RETIRED,
    RETURNED_ROUNDING,
    ROUNDING,
)
from cadreledger.rules.kinds import Band, Rounding, Share
from cadreledger.rules.policy import Policy, Provision
from cadreledger.rules.reading import national
from cadreledger.values import Money, Month, fen

__all__ = ["Assessment", "DuesScheme", "assess", "returned", "unpaid_in_a_row"]

_PER_WHOLE: Final = 10_000  # a rate is in hundredths of a percent
_NOTHING: Final = fen(0)


class DuesScheme(Enum):
    """How a member's dues are found."""

    EMPLOYED = "employed"
    ANNUAL_SALARY = "annual_salary"  # 年薪制: the employed's bands, on the pay received that month
    SELF_EMPLOYED = "self_employed"  # the employed's bands, on the monthly average of the quarter before
    RETIRED = "retired"
    FARMER = "farmer"  # an amount that the branch sets between two limits
    FIXED = "fixed"  # students, the laid-off, those on relief


@attrs.frozen
class Assessment:
    """What is owed a month, and on what it rests: the policy in force, and the article."""

    owed: Money
    scheme: DuesScheme
    policy_version: str
    citation: str


def assess(base: Money, scheme: DuesScheme, on: Month, policy: Policy | None = None) -> Assessment:
    """What a member of ``scheme`` owes for the month ``on``, by ``policy`` (None: the national one).

    ``base``, in fen a month: regular pay after tax; for an annual salary the pay received that month; for the
    self-employed the average of the quarter before; for the retired the basic pension, without allowances; for a farmer
    the amount that the branch set; not looked at where the amount is fixed. The band's rate applies to the whole base.
    Raises InputError if ``base`` is negative, or where nothing was in force so early.
    """
    if base < _NOTHING:
        raise InputError("a dues base is negative", "0.00 or more", "a negative amount")
    policy = national() if policy is None else policy
    match scheme:
        case DuesScheme.FIXED:
            fixed = policy.at(FIXED, on)
            owed, citation = fixed.value, fixed.citation
        case DuesScheme.FARMER:  # whether it lies between the limits, a rule says
            owed, citation = base, policy.at(FARMERS, on).citation
        case DuesScheme.RETIRED:
            owed, citation = _banded(base, policy.at(RETIRED, on), policy.at(ROUNDING, on).value)
        case DuesScheme.EMPLOYED | DuesScheme.ANNUAL_SALARY | DuesScheme.SELF_EMPLOYED:
            owed, citation = _banded(base, policy.at(EMPLOYED, on), policy.at(ROUNDING, on).value)
        case _:
            assert_never(scheme)
    return Assessment(owed, scheme, policy.version_at(on), citation)


def returned(base: Money, share: str, rounding: Rounding = Rounding.FEN_HALF_UP) -> Money:
    """The ``share`` of what was collected that goes back to the branch (返还): a local rule, 70 % in the paper.

    ``base``: a period's whole collection without voluntary payments; ``share``: a decimal such as "0.70", from 0 to 1
    with at most six decimals. Rounded once. Raises InputError for another form or a negative base.
    """
    numerator, denominator = Share(share).parts
    if base < _NOTHING:
        raise InputError("a share of a negative amount is not returned", "0.00 or more", str(base))
    return rounding.money(base.fen * numerator, denominator)


def returned_by(policy: Policy, base: Money, share: str, on: Month) -> Money:
    """As `returned`, rounded as ``policy`` says in the month ``on``."""
    return returned(base, share, policy.at(RETURNED_ROUNDING, on).value)


def unpaid_in_a_row(months: Iterable[tuple[Month, bool]], excused_to: Month | None) -> tuple[Month, ...]:
    """The unpaid months that stand in a row at the end of ``months``: (month, settled), in order.

    A reason that was accepted for the months up to ``excused_to`` interrupts the row.
    """
    row: list[Month] = []
    for month, settled in months:
        if settled or (excused_to is not None and month <= excused_to):
            row.clear()
        else:
            row.append(month)
    return tuple(row)


def _banded(base: Money, bands: Provision[tuple[Band, ...]], rounding: Rounding) -> tuple[Money, str]:
    band = next(band for band in bands.value if band.up_to is None or base <= band.up_to)
    return rounding.money(base.fen * band.rate, _PER_WHOLE), bands.citation

"""Party dues: what is owed, what is returned, and the limits around them, as dated and cited data.

Sources: 《关于中国共产党党费收缴、使用和管理的规定》 (中组发〔2008〕3号, in force 2008-04-01) and
《中国共产党支部工作条例（试行）》 (in force 2018-10-28). Where they are silent the policy holds our proposal,
marked so: an office adopts another policy instead of changing code. All arithmetic is in whole fen.
"""

import re
from enum import Enum
from typing import Final, Generic, TypeVar

import attrs

from cadreledger.errors import InputError
from cadreledger.values import Money, Month, fen, yuan

__all__ = [
    "DEFAULT",
    "Assessment",
    "Band",
    "Cited",
    "DuesPolicy",
    "DuesScheme",
    "Rounding",
    "Tariff",
    "assess",
    "returned",
]

T = TypeVar("T")

_REGULATION: Final = "中组发〔2008〕3号"
_BRANCH_REGULATION: Final = "《中国共产党支部工作条例（试行）》"
_IN_FORCE: Final = Month(2008, 4)
_PER_WHOLE: Final = 10_000  # a rate is in hundredths of a percent
_SHARE: Final = re.compile(r"0(\.[0-9]{1,6})?\Z|1(\.0{1,6})?\Z", re.ASCII)  # as `fund.returned` keeps it


class DuesScheme(Enum):
    """How a member's dues are found."""

    EMPLOYED = "employed"
    RETIRED = "retired"
    FIXED = "fixed"  # students, the laid-off, those on relief


class Rounding(Enum):
    """What happens to parts of a fen. The sources say nothing."""

    FEN_HALF_UP = "fen_half_up"
    JIAO_UP = "jiao_up"  # up to a full 0.1 yuan, which is easier to pay in cash


@attrs.frozen
class Cited(Generic[T]):
    """A number or a word from a regulation, and where it stands."""

    value: T
    citation: str


@attrs.frozen
class Band:
    """A rate, in hundredths of a percent of the whole base, for bases up to and including ``base_max`` (None: any)."""

    base_max: Money | None
    rate: int


@attrs.frozen
class Tariff:
    """What a scheme asks for a month, from ``valid_from`` on: by ``bands``, lowest first, the last open, or ``fixed``.

    Raises InputError for anything else.
    """

    scheme: DuesScheme
    valid_from: Month
    citation: str
    bands: tuple[Band, ...] = ()
    fixed: Money | None = None

    def __attrs_post_init__(self) -> None:
        limits = [band.base_max for band in self.bands]
        closed = [limit for limit in limits if limit is not None]
        ordered = limits == [*sorted(set(closed)), None]
        if not (ordered if self.fixed is None else not self.bands and self.fixed >= fen(0)):
            raise InputError("a tariff does not say what is owed", "rising bands, the last one open, or a fixed amount")


@attrs.frozen(kw_only=True)
class DuesPolicy:
    """Everything about dues that might be otherwise elsewhere or later. A ledger records the ``version`` it used."""

    version: str
    tariffs: tuple[Tariff, ...]
    rounding: Rounding
    prepaid_months_max: Cited[int]  # the current month included
    backpaid_months_max: Cited[int]
    unpaid_months_review: Cited[int]  # so many in a row open a review; they remove nobody
    voluntary_min: Cited[Money]  # inclusive; such a payment goes up in full, outside what is returned
    temporary_branch_collects: Cited[bool]
    branch_members_max: Cited[int]  # beyond it a warning, not a refusal
    fund_uses: Cited[tuple[str, ...]]

    def tariff(self, scheme: DuesScheme, on: Month) -> Tariff:
        """The tariff of ``scheme`` in force in the month ``on``. Raises InputError where none is."""
        dated = [tariff for tariff in self.tariffs if tariff.scheme is scheme and tariff.valid_from <= on]
        if not dated:
            raise InputError(f"this policy has no dues for {scheme.value} so early", found=str(on))
        return max(dated, key=lambda tariff: tariff.valid_from)


DEFAULT: Final = DuesPolicy(
    version="cn-2008/1",
    tariffs=(
        Tariff(
            DuesScheme.EMPLOYED,
            _IN_FORCE,
            f"{_REGULATION} 第二条",
            bands=(Band(yuan(3000), 50), Band(yuan(5000), 100), Band(yuan(10_000), 150), Band(None, 200)),
        ),
        Tariff(
            DuesScheme.RETIRED,
            _IN_FORCE,
            f"{_REGULATION} 第五条",
            bands=(Band(yuan(5000), 50), Band(None, 100)),
        ),
        Tariff(DuesScheme.FIXED, _IN_FORCE, f"{_REGULATION} 第六条", fixed=yuan("0.20")),
    ),
    rounding=Rounding.FEN_HALF_UP,  # our proposal
    prepaid_months_max=Cited(6, f"{_REGULATION} 第十二条"),
    backpaid_months_max=Cited(6, f"{_REGULATION} 第十二条"),
    unpaid_months_review=Cited(6, f"{_REGULATION} 第十三条"),
    voluntary_min=Cited(yuan(1000), f"{_REGULATION} 第十一条"),
    temporary_branch_collects=Cited(value=False, citation=_BRANCH_REGULATION),
    branch_members_max=Cited(50, f"{_BRANCH_REGULATION} 第四条"),
    fund_uses=Cited(
        (
            # the regulation's five
            "training",
            "subscriptions",
            "commendation",
            "hardship_aid",
            "disaster_aid",
            # later, local practice
            "party_day",
            "visits",
            "venues",
        ),
        f"{_REGULATION} 第十七条至第二十一条",
    ),
)


@attrs.frozen
class Assessment:
    """What is owed a month, and on what it rests."""

    owed: Money
    scheme: DuesScheme
    policy_version: str
    citation: str


def assess(base: Money, scheme: DuesScheme, on: Month, policy: DuesPolicy = DEFAULT) -> Assessment:
    """What a member of ``scheme`` owes for the month ``on``.

    ``base``: regular pay after tax; for the retired the basic pension, without allowances; not looked at where the
    amount is fixed. The band's rate applies to the whole base. Raises InputError if ``base`` is negative, or nothing
    was in force so early.
    """
    if base < fen(0):
        raise InputError("a dues base is negative", "0.00 or more", "a negative amount")
    tariff = policy.tariff(scheme, on)
    if tariff.fixed is not None:
        owed = tariff.fixed
    else:
        band = next(band for band in tariff.bands if band.base_max is None or base <= band.base_max)
        owed = _rounded(base.fen * band.rate, _PER_WHOLE, policy.rounding)
    return Assessment(owed, scheme, policy.version, tariff.citation)


def returned(base: Money, share: str) -> Money:
    """The ``share`` of what was collected that goes back to the branch: a local rule, 70 % in the paper.

    ``base``: a period's whole collection without voluntary payments; ``share``: a decimal such as "0.70", from 0 to 1
    with at most six decimals. Rounded once, half up to the fen. Raises InputError for another form or a negative base.
    """
    if not isinstance(share, str) or not _SHARE.match(share):
        raise InputError("a share cannot be read", "a decimal from 0 to 1 such as '0.70'", repr(share)[:32])
    if base < fen(0):
        raise InputError("a share of a negative amount is not returned", "0.00 or more", str(base))
    whole, _, part = share.partition(".")
    return _rounded(base.fen * int(whole + part), 10 ** len(part), Rounding.FEN_HALF_UP)


def _rounded(numerator: int, denominator: int, rounding: Rounding) -> Money:
    """``numerator / denominator`` fen, rounded. Requires numerator >= 0, denominator > 0."""
    match rounding:
        case Rounding.FEN_HALF_UP:
            return fen((2 * numerator + denominator) // (2 * denominator))
        case Rounding.JIAO_UP:
            return fen(-(-numerator // (10 * denominator)) * 10)

"""Who is due the medal 光荣在党50年 in a year, and who has it."""

import attrs

from cadreledger.aggregates import CadreState
from cadreledger.errors import InputError
from cadreledger.events.cadre import Medal
from cadreledger.queries.picture import Picture
from cadreledger.rules import declared, medal_due_since
from cadreledger.values import Month
from cadreledger.values.time import YEAR_MAX, YEAR_MIN

__all__ = ["MedalRoll", "medal_roll"]


@attrs.frozen
class MedalRoll:
    """The roll of one ``year``, by stream: who is ``due`` the medal and has it not, and who ``has`` it.

    ``undated`` members are on neither list: nobody has said since when they are full members. The year's members are
    due it who were full members on or before the day ``since`` (ISO; "" where no medal is given that year).
    """

    year: int
    since: str
    due: tuple[str, ...]
    has: tuple[str, ...]
    undated: int
    citation: str

    def json(self) -> dict[str, object]:
        """As it stands in ``medal-roll --json``."""
        return {**attrs.asdict(self), "due": list(self.due), "has": list(self.has)}


def medal_roll(picture: Picture, year: int) -> MedalRoll:
    """The roll of ``year``: living, in the register, members here, fifty years of full membership at 1 July, once.

    Raises InputError for a year that is none.
    """
    if type(year) is not int or not YEAR_MIN <= year <= YEAR_MAX:
        raise InputError("a year has a wrong form", f"a year from {YEAR_MIN} to {YEAR_MAX}", str(year)[:32])
    years = picture.policy.find(declared.MEDAL_YEARS, Month(year, 7))
    since = medal_due_since(year, picture.policy)
    if years is None or since is None:
        return MedalRoll(year, "", (), (), 0, "")
    members = [(stream, state) for stream, state in picture.cadres() if _is_member(state)]
    has = tuple(stream for stream, state in members if Medal.PARTY_50 in state.medals)
    due = tuple(
        stream
        for stream, state in members
        if stream not in has and state.full_member_on is not None and state.full_member_on <= since
    )
    undated = sum(1 for stream, state in members if state.full_member_on is None and stream not in has)
    return MedalRoll(year, since.isoformat(), due, has, undated, years.citation)


def _is_member(state: CadreState) -> bool:
    return state.kind is not None and state.left is None and bool(state.formal or state.participating)

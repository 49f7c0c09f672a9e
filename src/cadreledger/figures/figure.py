"""Figures: what totals come to in a period."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

import attrs

from cadreledger.errors import InputError
from cadreledger.figures.catalogue import Catalogue
from cadreledger.figures.declaration import Kind, View, Visibility
from cadreledger.figures.evaluate import Record, evaluate
from cadreledger.figures.totals import NOTHING, Totals
from cadreledger.values import Month, Period, Qualifier

__all__ = ["Figure", "Figures", "contributing", "figures"]

_WORDS: Final = {Qualifier.EXACT: "", Qualifier.AT_LEAST: "at least ", Qualifier.ABOUT: "about "}


@attrs.frozen(repr=False)
class Figure:
    """A figure of a period: ``value`` in ``unit`` (money in fen), ``events`` summed, voids and voided ones included."""

    value: int
    unit: str
    kind: Kind
    visibility: Visibility
    events: int
    qualifier: Qualifier

    def __repr__(self) -> str:
        """``Figure(850 fen, 1 event, public)``, ``Figure(at least 1300 volumes, 2 events, public)``."""
        amount = f"{_WORDS[self.qualifier]}{self.value} {self.unit.removeprefix('CNY_')}"
        return f"Figure({amount}, {self.events} {'event' if self.events == 1 else 'events'}, {self.visibility})"


@attrs.frozen(eq=False, repr=False)
class Figures(Mapping[str, Figure]):
    """The figures of a period by key, in the catalogue's order. Equal to any mapping with the same content."""

    period: Period
    _totals: Totals
    _catalogue: Catalogue
    _held: Mapping[str, Figure]

    def by_month(self) -> Mapping[Month, Mapping[str, int]]:
        """The value of each figure in each month of the period; a stock's is the one at the month's end."""
        first, *rest = self.period.months()
        values = {
            key: figure.value for key, figure in figures(self._totals, self._catalogue, Period(first, first)).items()
        }
        months: dict[Month, Mapping[str, int]] = {first: MappingProxyType(values)}
        for month in rest:
            values = {
                key: self._totals.get((key, month), NOTHING)[0].value
                + (values[key] if figure.kind is Kind.STOCK else 0)
                for key, figure in self.items()
            }
            months[month] = MappingProxyType(values)
        return MappingProxyType(months)

    def __getitem__(self, key: str) -> Figure:
        return self._held[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        return f"Figures({self.period}, {len(self)} figures)"


def figures(totals: Totals, catalogue: Catalogue, period: Period) -> Figures:
    """Every figure that the view of ``totals`` gives, in ``period``.

    A flow sums the period's months, a stock all months up to its end and what is undated.
    Raises InputError if ``totals`` hold a figure that ``catalogue`` has not.
    """
    given = {figure.key: figure for figure in catalogue.declarations if figure.given_in(totals.view)}
    sums = dict.fromkeys(given, NOTHING)
    for (key, month), (quantity, events) in totals.items():
        if key not in given:
            raise InputError("these totals are of another catalogue", "figures of this one", key)
        if _lies_in(given[key].kind, month, period):
            sums[key] = (sums[key][0] + quantity, sums[key][1] + events)
    held = {
        key: Figure(quantity.value, figure.unit, figure.kind, figure.visibility, events, quantity.qualifier)
        for (key, (quantity, events)), figure in zip(sums.items(), given.values(), strict=True)
    }
    return Figures(period, totals, catalogue, MappingProxyType(held))


def contributing(records: Iterable[Record], catalogue: Catalogue, key: str, period: Period) -> Iterator[int]:
    """Which of ``records`` (by index) the office's figure ``key`` sums in ``period``: voids and voided ones both.

    Raises InputError for a key that the catalogue has not, VerificationError as `evaluate` does.
    """
    wanted = [figure for figure in catalogue.declarations if figure.key == key]
    if not wanted:
        keys = ", ".join(figure.key for figure in catalogue.declarations)
        raise InputError("there is no such figure", f"one of {keys}")
    alone = attrs.evolve(catalogue, declarations=tuple(wanted), digest="")
    for index, record in enumerate(records):
        totals = evaluate((record,), alone, View.OFFICE)
        if any(_lies_in(wanted[0].kind, month, period) for _, month in totals):
            yield index


def _lies_in(kind: Kind, month: Month | None, period: Period) -> bool:
    """Whether an event of that month (None: undated) is summed in the period."""
    stock = kind is Kind.STOCK
    return stock if month is None else month <= period.last and (stock or month in period)

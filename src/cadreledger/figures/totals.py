"""Totals: sums of what events add to figures, by month. They form an abelian group for each view."""

from collections.abc import Iterable, Iterator, Mapping

import attrs

from cadreledger.errors import InputError
from cadreledger.figures.declaration import View
from cadreledger.values import Month, Quantity

__all__ = ["Totals"]

Cell = tuple[str, Month | None]
"""A figure's key and a month; None: undated."""

Sum = tuple[Quantity, int]
"""What events add up to, and how many they were: voids and voided ones are two."""

NOTHING: Sum = (Quantity(), 0)


def _without_zeros(cells: Mapping[Cell, Sum]) -> dict[Cell, Sum]:
    return {cell: held for cell, held in cells.items() if held != NOTHING}


@attrs.frozen(repr=False)
class Totals(Mapping[Cell, Sum]):
    """An immutable mapping of (figure key, month or None) to (Quantity, number of events); zeros are left out.

    Equal if the view and the contents are. Only totals of one view can be added: an InputError otherwise.
    """

    view: View
    _cells: Mapping[Cell, Sum] = attrs.field(
        converter=_without_zeros, factory=dict, hash=False
    )  # a copy, never given out

    @classmethod
    def zero(cls, view: View = View.OFFICE) -> "Totals":
        """What no events add up to."""
        return cls(view)

    @classmethod
    def merge(cls, parts: "Iterable[Totals]") -> "Totals":
        """The sum of ``parts``, all of one view; of none, the office's zero."""
        views: set[View] = set()
        cells: dict[Cell, Sum] = {}
        for part in parts:
            views.add(part.view)
            for cell, (quantity, events) in part.items():
                held = cells.get(cell, NOTHING)
                cells[cell] = (held[0] + quantity, held[1] + events)
        if len(views) > 1:
            raise InputError("totals of two views do not add up", "totals of one view", "office and public")
        return cls(views.pop() if views else View.OFFICE, cells)

    def __add__(self, other: "Totals") -> "Totals":
        return Totals.merge((self, other)) if isinstance(other, Totals) else NotImplemented

    def __neg__(self) -> "Totals":
        return Totals(self.view, {cell: (-quantity, -events) for cell, (quantity, events) in self.items()})

    def __sub__(self, other: "Totals") -> "Totals":
        return self + -other if isinstance(other, Totals) else NotImplemented

    def __getitem__(self, cell: Cell) -> Sum:
        return self._cells[cell]

    def __iter__(self) -> Iterator[Cell]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def __repr__(self) -> str:
        return f"Totals({self.view.value}, {len(self)} sums)"

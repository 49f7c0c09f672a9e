"""What has become of the figures that earlier notices showed, and which records changed them.

Totals are an abelian group: what a notice showed is what the ledger adds up to now, less what its records since then
add up to. So every difference has its records, and no copy of the notice is needed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

import attrs
import msgspec

from cadreledger.disclosure.counting import Counted, batches
from cadreledger.disclosure.notices import PublishedNotice
from cadreledger.disclosure.snapshot import Adjustment
from cadreledger.errors import VerificationError
from cadreledger.events.void import VoidReason
from cadreledger.figures import Catalogue, Figure, Record, Totals, View, Visibility, evaluate, figures
from cadreledger.figures.totals import Cell
from cadreledger.values import Quantity

__all__ = ["LATE_ENTRY", "REPLACEMENT", "Difference", "differences", "explained"]

LATE_ENTRY: Final = "late_entry"
REPLACEMENT: Final = "replacement"
_VOID_WIRE: Final = "void/1"


@attrs.frozen
class Difference:
    """A public figure over a notice's period: what the ledger held when the notice came out, and what it holds now."""

    notice: PublishedNotice
    key: str
    published: Quantity
    now: Quantity


def differences(counted: Counted, notices: Iterable[PublishedNotice], catalogue: Catalogue) -> tuple[Difference, ...]:
    """Every public figure that differs in value or qualifier, notice by notice, in the catalogue's order."""
    since = dict(counted.since)
    found: list[Difference] = []
    for notice in notices:
        later = since.get(notice.held, Totals.zero(View.OFFICE))
        if not any(figure.events for figure in figures(later, catalogue, notice.period).values()):
            continue  # most notices: nothing of their months has come since
        then = figures(counted.office - later, catalogue, notice.period)
        for key, figure in figures(counted.office, catalogue, notice.period).items():
            published, now = _quantity(then[key]), _quantity(figure)
            if figure.visibility is Visibility.PUBLIC and published != now:
                found.append(Difference(notice, key, published, now))
    return tuple(found)


def explained(
    found: Sequence[Difference], records: Iterable[Record], size: int, catalogue: Catalogue
) -> tuple[Adjustment, ...]:
    """``found``, each with the records behind it: those since its notice that add to its figure in its period.

    Raises VerificationError as `evaluate` does.
    """
    if not found:
        return ()
    concerned = _Concerned(found, catalogue)
    behind: list[list[tuple[int, str]]] = [[] for _ in found]
    held_least = min(difference.notice.held for difference in found)
    start = 0
    for batch in batches(islice(records, size)):
        reasons = [_why(internal) for _, internal in batch]
        touching = concerned.among(batch, start) if start + len(batch) > held_least else ()
        for leaf, adds in touching:
            for index, quantity in adds.items():
                if quantity != Quantity() and leaf >= found[index].notice.held:
                    behind[index].append((leaf, reasons[leaf - start]))
        start += len(batch)
    return tuple(
        Adjustment(
            **attrs.asdict(difference, recurse=False),
            leaves=tuple(leaf for leaf, _ in causes),
            reasons=tuple(reason for _, reason in causes),
        )
        for difference, causes in zip(found, behind, strict=True)
    )


class _Concerned:
    """Finds the records that differences sum."""

    def __init__(self, found: Sequence[Difference], catalogue: Catalogue) -> None:
        keys = {difference.key for difference in found}
        wanted = tuple(figure for figure in catalogue.declarations if figure.key in keys)
        self._alone = attrs.evolve(catalogue, declarations=wanted, digest="")
        self._found = found
        self._by_cell: dict[Cell, tuple[int, ...]] = {}  # a figure's month: the differences that sum it, by index

    def among(self, batch: Sequence[Record], start: int) -> Iterator[tuple[int, Mapping[int, Quantity]]]:
        """Each record of ``batch`` that a difference sums, by leaf index from ``start``: what it adds to which.

        By halves: voids and voided ones are counted apart, so no two records hide each other in a sum.
        """
        totals = evaluate(batch, self._alone, View.OFFICE)
        if not any(map(self._summing, totals)):
            return
        if len(batch) > 1:
            middle = len(batch) // 2
            yield from self.among(batch[:middle], start)
            yield from self.among(batch[middle:], start + middle)
            return
        adds: dict[int, Quantity] = {}
        for cell, (quantity, _) in totals.items():
            for index in self._summing(cell):
                adds[index] = adds.get(index, Quantity()) + quantity
        yield start, adds

    def _summing(self, cell: Cell) -> tuple[int, ...]:
        if cell not in self._by_cell:
            one = Totals(View.OFFICE, {cell: (Quantity(1), 1)})
            self._by_cell[cell] = tuple(
                index
                for index, difference in enumerate(self._found)
                if difference.key == cell[0] and figures(one, self._alone, difference.notice.period)[cell[0]].events
            )
        return self._by_cell[cell]


def _quantity(figure: Figure) -> Quantity:
    return Quantity.of(figure.value, figure.qualifier)


class _Cause(msgspec.Struct):
    """As much of an internal section as tells why its event came."""

    type: str
    replaces: str = ""
    reason: str = ""


_CAUSE: Final = msgspec.json.Decoder(_Cause)


def _why(internal: bytes | None) -> str:
    """Why an event came, as a published code. Raises VerificationError where its internal section does not tell."""
    try:
        cause = _CAUSE.decode(internal or b"")
        return (
            VoidReason(cause.reason).value
            if cause.type == _VOID_WIRE
            else REPLACEMENT
            if cause.replaces
            else LATE_ENTRY
        )
    except (ValueError, RecursionError):
        raise VerificationError("an internal section cannot be read", "what an event is, and why it came") from None

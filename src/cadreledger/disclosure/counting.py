"""One reading of a ledger's records: what they add to figures, in stretches between notices."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice, pairwise
from typing import Final

import attrs

from cadreledger.disclosure.breakdowns import divided
from cadreledger.errors import VerificationError
from cadreledger.figures import Catalogue, Record, Totals, View, evaluate, uncounted

__all__ = ["BATCH_RECORDS", "Counted", "batches", "count"]

BATCH_RECORDS: Final = 4096  # held in memory at a time


@attrs.frozen
class Counted:
    """What a ledger adds up to: for the office ``since`` each of the places asked for, and in all; for the public.

    ``divided``: of figures word by word, see `breakdowns`. ``uncounted``: headers of each type that no figure reads, by
    name. ``last``: the internal section of the last record.
    """

    since: tuple[tuple[int, Totals], ...]
    office: Totals
    public: Totals
    divided: Totals
    uncounted: tuple[tuple[str, int], ...]
    last: bytes | None


def count(records: Iterable[Record], size: int, places: Iterable[int], catalogue: Catalogue) -> Counted:
    """Sum ``size`` records in one pass; ``places`` are numbers of records from which to sum on, up to ``size``.

    Raises VerificationError as `evaluate` does, and where there are fewer records than ``size``.
    """
    iterator = iter(records)
    cuts = sorted({0, size, *places})
    stretches: list[Totals] = []
    public: list[Totals] = []
    words: list[Totals] = []
    by_word = divided(catalogue)
    headers: Counter[str] = Counter()
    read, last = 0, None
    for start, end in pairwise(cuts):
        office: list[Totals] = []
        for batch in batches(islice(iterator, end - start)):
            read += len(batch)
            office.append(evaluate(batch, catalogue, View.OFFICE))
            public.append(evaluate(batch, catalogue, View.PUBLIC))
            words.append(evaluate(batch, by_word, View.OFFICE))
            headers.update(uncounted(batch, catalogue))
            last = batch[-1][1]
        stretches.append(Totals.merge(office))
    if read != size:
        raise VerificationError("a ledger's records changed while they were read", str(size), str(read))
    since = [*accumulate(reversed(stretches))][::-1]
    return Counted(
        since=tuple(zip(cuts, since, strict=False)),
        office=since[0] if since else Totals.zero(View.OFFICE),
        public=Totals.merge([Totals.zero(View.PUBLIC), *public]),
        divided=Totals.merge(words),
        uncounted=tuple(sorted(headers.items())),
        last=last,
    )


def batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """``records`` in lists of `BATCH_RECORDS`."""
    iterator = iter(records)
    while batch := list(islice(iterator, BATCH_RECORDS)):
        yield batch

"""Events a second in several shapes: ours, the stock application of `eventsourcing`, and bare SQLite, by turns.

Every number is a median over rounds; the contenders run one after the other in each round, in another order each time,
so that a busy machine is busy for all of them. Ratios are medians of the rounds' ratios. Run it by itself:
``make bench``, or ``python bench/shapes.py``.
"""

import gc
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import median
from time import perf_counter

from ours import Ours
from raw import Raw, state_bytes
from stock import Stock
from workload import Books, a_round, one_person

STREAMS = 1_000
BATCH_ROUNDS = 9
SINGLE_ROUNDS, SINGLE_EVENTS = 5, 40
LONG_EVENTS, LONG_BATCH, LONG_ROUNDS = 10_000, 1_000, 3
FIGURE_ROUNDS = 15
NOTE_ROUNDS = 8  # with as many without
APPEND_AIM, FIGURES_AIM = 1.2, 3.0
PLAIN, FIGURES = 0, 1  # places of shapes in the table


@dataclass(frozen=True)
class Shape:
    """What was measured: seconds of each round for ours, stock and raw, and how many events a round has."""

    name: str
    events: int
    rounds: tuple[tuple[float, float, float], ...]

    def rates(self) -> tuple[float, float, float]:
        """Events a second: ours, stock, raw."""
        ours, stock, raw = (self.events / median(times) for times in zip(*self.rounds, strict=True))
        return ours, stock, raw

    def ratios(self) -> tuple[float, float]:
        """How many times as fast ours is as stock, and as raw."""
        return median(s / o for o, s, _ in self.rounds), median(r / o for o, _, r in self.rounds)


@dataclass(frozen=True)
class Contenders:
    """The three, in one folder, with the same people registered."""

    ours: Ours
    stock: Stock
    raw: Raw

    @classmethod
    @contextmanager
    def with_people(cls, codes: Sequence[str], *, cached: int = 0) -> "Iterator[Contenders]":
        """Fresh books with ``codes`` registered; ``cached``: how many aggregates stock keeps in memory."""
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            folder = Path(name)
            (folder / "kek").mkdir(mode=0o700)
            with (
                closing(Ours(folder)) as ours,
                closing(Stock(folder, cached=cached)) as stock,
                closing(Raw(folder)) as raw,
            ):
                ours.register(codes)
                stock.register(codes)
                raw.blob_bytes = state_bytes(ours.path, last=2 * len(codes))
                raw.register(codes)
                yield cls(ours, stock, raw)

    def measure(
        self, name: str, rounds: int, events: int, work: Callable[[Books, int], object], *, warm: bool = False
    ) -> Shape:
        """``work`` takes a contender and the number of the round; with ``warm``, its round 0 is not counted."""
        books: tuple[Books, ...] = (self.ours, self.stock, self.raw)
        measured = []
        for number in range(rounds):
            seconds = [0.0, 0.0, 0.0]
            for turn in range(len(books)):
                place = (turn + number) % len(books)
                gc.collect()
                start = perf_counter()
                work(books[place], number)
                seconds[place] = perf_counter() - start
            self.raw.blob_bytes = state_bytes(self.ours.path, last=events)
            measured.append((seconds[0], seconds[1], seconds[2]))
        return Shape(name, events, tuple(measured[warm:]))

    def compare(self) -> None:
        """Ours and stock must have summed the same. Raises SystemExit if not."""
        ours, stock = self.ours.figures(), self.stock.figures()
        wrong = [key for key in stock if stock[key] != ours[key]]
        if wrong or not stock:
            sys.exit(f"the contenders do not agree on {wrong}")


def many_streams(name: str, *, noted: bool = False, cached: int = 0, then: bool = False) -> Iterator[Shape]:
    """1,000 people, a batch for all of them at a time; ``then``, all into figures, and single entries."""
    codes = [f"C{number:04}" for number in range(STREAMS)]
    with Contenders.with_people(codes, cached=cached) as all_three:
        rounds = BATCH_ROUNDS + 1
        yield all_three.measure(
            name, rounds, STREAMS, lambda books, number: books.record(a_round(codes, number, noted=noted)), warm=True
        )
        all_three.compare()
        if then:
            events = STREAMS * (2 + rounds)
            yield all_three.measure("… and into figures", FIGURE_ROUNDS, events, lambda books, _: books.figures())

            def one_by_one(books: Books, number: int) -> None:
                for entry in a_round(codes[:SINGLE_EVENTS], rounds + number):
                    books.record([entry])

            yield all_three.measure(
                "… one event a transaction", SINGLE_ROUNDS + 1, SINGLE_EVENTS, one_by_one, warm=True
            )


def one_stream() -> Iterator[Shape]:
    """One person's 10,000 events: the appends, then the loading for one more."""
    with Contenders.with_people(["C1"]) as all_three:
        batches = LONG_EVENTS // LONG_BATCH
        yield all_three.measure(
            "one aggregate, batches of 1,000",
            batches,
            LONG_BATCH,
            lambda books, number: books.record(one_person("C1", number * LONG_BATCH, LONG_BATCH)),
        )

        def cold(books: Books, number: int) -> None:
            books.reopen()
            books.record(one_person("C1", LONG_EVENTS + number, 1))

        yield all_three.measure("one aggregate of 10,000, loaded", LONG_ROUNDS, LONG_EVENTS, cold)


def note_cost() -> float:
    """Microseconds that a personal note adds to an event of ours: batches with and without, by turns."""
    codes = [f"C{number:04}" for number in range(STREAMS)]
    seconds: dict[bool, list[float]] = {False: [], True: []}
    with Contenders.with_people(codes) as all_three:
        for number in range(2 * NOTE_ROUNDS):
            noted = number % 4 in (1, 2)  # plain, noted, noted, plain: what grows, grows for both
            entries = a_round(codes, number, noted=noted)
            gc.collect()
            start = perf_counter()
            all_three.ours.record(entries)
            seconds[noted].append(perf_counter() - start)
    return 1e6 * (median(seconds[True]) - median(seconds[False])) / STREAMS


def synchronous(stock: Stock) -> tuple[str, int]:
    """The journal mode and the level of ``PRAGMA synchronous`` (2: FULL) that the stock application runs with."""
    with stock.office.factory.datastore.transaction(commit=False) as cursor:  # type: ignore[attr-defined]
        cursor.execute("PRAGMA journal_mode")
        (mode,) = cursor.fetchone()
        cursor.execute("PRAGMA synchronous")
        (level,) = cursor.fetchone()
    return str(mode), int(level)


def main() -> None:
    """Print the table."""
    began = perf_counter()
    with Contenders.with_people(["C1"]) as all_three:
        mode, level = synchronous(all_three.stock)
    print(f"Durability: ours and raw journal_mode=wal synchronous=2 (FULL), stock journal_mode={mode} {level}.")
    print(
        f"Batches find 3 to {BATCH_ROUNDS + 2} events a stream: stock loads them all, ours what it does not know yet."
    )
    print(f"{'events a second':34}{'ours':>10}{'stock':>10}{'raw':>10}{'ours/stock':>12}{'ours/raw':>10}")
    shapes = []
    for shape in chain(
        many_streams("1,000 streams, batches of 1,000", then=True),
        many_streams("… each with a personal note", noted=True),
        many_streams("… stock with its cache on", cached=2 * STREAMS),
        one_stream(),
    ):
        ours, stock, raw = shape.rates()
        by_stock, by_raw = shape.ratios()
        print(f"{shape.name:34}{ours:>10,.0f}{stock:>10,.0f}{raw:>10,.0f}{by_stock:>11.2f}x{by_raw:>9.3f}x", flush=True)
        shapes.append(shape)
    print(f"A personal note costs ours {note_cost():.0f} µs an event.")
    append, figures = shapes[PLAIN].ratios()[0], shapes[FIGURES].ratios()[0]
    for name, ratio, aim in (("batched append", append, APPEND_AIM), ("figures", figures, FIGURES_AIM)):
        print(f"Aim: {name} at {aim:g} x the stock application; {'met' if ratio >= aim else 'missed'} ({ratio:.2f} x).")
    print(f"{perf_counter() - began:.0f} s in all.")


if __name__ == "__main__":
    main()

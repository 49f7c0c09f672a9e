"""Several processes at once, and processes that are killed: nothing is lost, doubled or half."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import cadreledger.errors
from cadreledger import Ledger
from cadreledger.events.branch import FundSpent
from cadreledger.events.cadre import VisitMade
from cadreledger.events.community import SuggestionReceived

PACKAGE = Path(cadreledger.errors.__file__).parents[1]  # the child tests what we test
WORKER = Path(__file__).with_name("worker.py")
TIMES = 50


@contextmanager
def working(what: str, place: Path, name: str, number: int) -> Iterator["subprocess.Popen[str]"]:
    """A worker that has opened the ledger and waits for `go`; killed at the end if it still runs."""
    with subprocess.Popen(
        [sys.executable, WORKER, what, place, name, str(number)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PACKAGE)},
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def go(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def lines(process: "subprocess.Popen[str]") -> list[list[str]]:
    """What it said, until it ended; a last line that was cut off left out."""
    assert process.stdout is not None
    return [line.split() for line in process.stdout if line.endswith("\n")]


@pytest.fixture
def shared(office: Ledger, place: Path) -> Path:
    office.close()
    return place


def sound(ledger: Ledger) -> None:
    """Every transaction is whole, positions and versions have no gaps, and every event can be opened."""
    sizes: Counter[str] = Counter()
    versions: Counter[str] = Counter()
    claimed: dict[str, int] = {}
    for position, record in enumerate(ledger.events(), start=1):
        sizes[record.entry.tx] += 1
        versions[record.stream] += 1
        assert claimed.setdefault(record.entry.tx, record.entry.tx_size) == record.entry.tx_size
        assert (record.position, record.version, record.sealed) == (position, versions[record.stream], False)
    assert sizes == claimed


def test_two_processes_record_at_once_and_lose_nothing(shared: Path) -> None:
    with working("many", shared, "a", TIMES) as one, working("many", shared, "b", TIMES) as two:
        go(one)
        go(two)
        assert (one.wait(), two.wait()) == (0, 0)
    with Ledger.open(shared) as ledger:
        sound(ledger)
        figures = ledger.figures("2021")
        assert figures["visits.made"].value == 2 * TIMES
        assert figures["cadres.retired"].value == figures["members.affiliated"].value == 2 * TIMES + 1
        notes = [record.event.note for record in ledger.history("C1") if isinstance(record.event, VisitMade)]
        for name in "ab":
            mine = [note for note in notes if note and note.startswith(name)]
            assert mine == [f"{name} {number}" for number in range(TIMES)]
            assert all(len(ledger.history(f"{name}{number}")) == 2 for number in range(TIMES))


def test_two_processes_ask_for_the_same_and_each_gets_the_one_result(shared: Path) -> None:
    times = 25
    with working("same-keys", shared, "a", times) as one, working("same-keys", shared, "b", times) as two:
        go(one)
        go(two)
        said = [lines(one), lines(two)]
        assert (one.wait(), two.wait()) == (0, 0)
    assert [line[:3] for line in said[0]] == [line[:3] for line in said[1]]
    assert len(said[0]) == times
    with Ledger.open(shared) as ledger:
        sound(ledger)
        assert ledger.figures("2021")["visits.made"].value == times
        assert ledger.figures("2021")["cadres.retired"].value == times + 1
        assert all(len(ledger.history(f"K{number}")) == 2 for number in range(times))


def test_two_processes_write_the_first_words_at_once_and_all_of_them_can_be_read(shared: Path) -> None:
    times = 25
    with working("first-words", shared, "a", times) as one, working("first-words", shared, "b", times) as two:
        go(one)
        go(two)
        assert (one.wait(), two.wait()) == (0, 0)
    with Ledger.open(shared) as ledger:
        sound(ledger)
        said = [record.event for record in ledger.history("community")]
        contents = [event.content for event in said if isinstance(event, SuggestionReceived)]
        assert Counter(contents) == Counter(f"{name} {number}" for name in "ab" for number in range(times))
        spent = [record.event for record in ledger.history("B1") if isinstance(record.event, FundSpent)]
        assert [event.note for event in spent] == [f"b {number}" for number in range(times)]
        assert ledger.figures("2021")["teams.service"].value == times


def test_processes_are_killed_at_any_moment_and_the_next_one_goes_on(shared: Path) -> None:
    """Each new worker asks first for what the killed one may or may not have done, under the same key."""
    chance = random.Random(5)
    acknowledged: dict[str, str] = {}
    first = 0
    for _ in range(5):
        with working("for-ever", shared, "a", first) as process:
            go(process)
            time.sleep(chance.uniform(0.0, 0.25))  # not a deadline: any moment will do
            process.kill()
            said = lines(process)
        for number, tx, _ in said:
            assert acknowledged.setdefault(number, tx) == tx
        first += len(said)
        with Ledger.open(shared) as ledger:
            sound(ledger)
            recorded = {record.entry.tx for record in ledger.events()}
            assert set(acknowledged.values()) <= recorded
            # at most one more was committed without our hearing of it
            done = ledger.figures("2021")["visits.made"].value
            whole = sum(number % 5 + 2 for number in range(first))
            assert done in {whole, whole + first % 5 + 2}
    assert not shared.with_name(f"{shared.name}-wal").exists()
    assert first > 0

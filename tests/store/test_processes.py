"""What holds with other processes about, and when one of them is killed in the middle."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import cadreledger.errors
from cadreledger.store import EventStore

PACKAGE = Path(cadreledger.errors.__file__).parents[1]  # the child tests what we test
WRITER = Path(__file__).with_name("writer.py")


def start(*arguments: str | Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, WRITER, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PACKAGE)},
    )


@contextmanager
def killed_at_the_end(*arguments: str | Path) -> Iterator["subprocess.Popen[str]"]:
    with start(*arguments) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "yongxing.ledger"
    with EventStore.building(path):
        pass
    return path


def test_two_processes_append_to_one_stream(path: Path) -> None:
    times = 30
    with start("one-stream", path, "a", str(times)) as one, start("one-stream", path, "b", str(times)) as two:
        pass
    assert (one.returncode, two.returncode) == (0, 0)
    with closing(EventStore.open(path)) as store:
        records = store.stream("ledger")
        assert [record.version for record in records] == list(range(1, 2 * times + 1))
        assert records == list(store.replay())
        for name in "ab":
            mine = [record.state.decode() for record in records if record.state.decode().startswith(name)]
            assert mine == [f"{name} {index}" for index in range(times)]
            assert all(store.positions(f"{name}-{index}") is not None for index in range(times))


@pytest.mark.parametrize("acknowledged", [1, 9, 25])
def test_a_killed_writer_loses_nothing_acknowledged_and_leaves_nothing_half(path: Path, acknowledged: int) -> None:
    with killed_at_the_end("for-ever", path) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().split() for _ in range(acknowledged)]
        process.kill()
        said += [line.split() for line in process.stdout if line.endswith("\n")]
    with closing(EventStore.open(path)) as store:
        replayed = list(store.replay())
        assert [record.position for record in replayed] == list(range(1, len(replayed) + 1))
        end = 1
        for tx, size in said:
            assert store.positions(tx) == range(end, end + int(size))
            end += int(size)
        # At most one more was committed without our hearing of it, and that one whole.
        unheard = store.positions(f"tx-{len(said)}")
        end = unheard.stop if unheard else end
        assert store.position() == len(replayed) == end - 1
        assert store.positions(f"tx-{len(said) + 1}") is None
        assert [record.position for record in store.mentioning("ledger")] == list(range(1, end))
        for stream in ("branch:0", "branch:1"):
            versions = [record.version for record in store.stream(stream)]
            assert versions == list(range(1, len(versions) + 1))
    assert not path.with_name(f"{path.name}-wal").exists()


def test_a_ledger_killed_while_it_is_made_never_was(tmp_path: Path) -> None:
    path = tmp_path / "yongxing.ledger"
    with killed_at_the_end("build", path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
    assert not path.exists()
    with EventStore.building(path):
        pass
    assert path.exists()

"""A process of its own for test_processes.py: appends to a ledger and says each committed transaction."""

import sys
from contextlib import closing
from itertools import count
from pathlib import Path

from cadreledger.errors import ConflictError
from cadreledger.store import EventStore, NewRecord

RECORDED_AT = "2021-07-05T01:02:03.000004Z"


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - how it talks to the test


def append_to_one_stream(path: Path, name: str, times: int) -> None:
    """Decide on what was read, and again when somebody else was faster."""
    with closing(EventStore.open(path)) as store:
        for index in range(times):
            while True:
                version = len(store.stream("ledger")) + 1
                record = NewRecord("ledger", version, "noted/1", f"{name} {index}".encode())
                try:
                    store.append([record], tx=f"{name}-{index}", recorded_at=RECORDED_AT)
                except ConflictError:
                    continue
                break


def append_for_ever(path: Path) -> None:
    """Transactions of growing size, on two streams each, until killed."""
    with closing(EventStore.open(path)) as store:
        versions = [0, 0]
        for index in count():
            records = []
            for number in range(index % 7 + 2):
                versions[number % 2] += 1
                stream = f"branch:{number % 2}"
                records.append(NewRecord(stream, versions[number % 2], "noted/1", bytes(2000), ("ledger",)))
            store.append(records, tx=f"tx-{index}", recorded_at=RECORDED_AT)
            say(f"tx-{index} {len(records)}")


def build_and_wait(path: Path) -> None:
    """A ledger that is begun and never finished."""
    with EventStore.building(path) as store:
        store.append([NewRecord("ledger", 1, "ledger.opened/1", b"")], tx="tx", recorded_at=RECORDED_AT)
        say("waiting")
        sys.stdin.read()


if __name__ == "__main__":
    what, where, *rest = sys.argv[1:]
    if what == "one-stream":
        append_to_one_stream(Path(where), rest[0], int(rest[1]))
    elif what == "for-ever":
        append_for_ever(Path(where))
    else:
        build_and_wait(Path(where))

"""A process of its own for test_import_processes.py: imports a workbook, and may kill itself on the way."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from cadreledger import Ledger
from cadreledger.intake import import_workbook
from cadreledger.store import EventStore, KeyStore


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - how it talks to the test


def die() -> None:
    """At once, as in a power cut: nothing is closed, nothing is said."""
    os.kill(os.getpid(), signal.SIGKILL)


def dying(method: Callable[..., object], *, before: bool) -> Callable[..., object]:
    """``method``, and the end of the process before or after it."""

    def call(*arguments: object, **named: object) -> object:
        if before:
            die()
        result = method(*arguments, **named)
        die()
        return result

    return call


DEATHS = {
    "before-keys": (KeyStore, "commit", True),
    "after-keys": (KeyStore, "commit", False),
    "after-events": (EventStore, "append", False),
}


def arrange_death(where: str) -> None:
    """Let an import end before or after its keys are committed, or after its events are."""
    if where in DEATHS:
        owner, name, before = DEATHS[where]
        setattr(owner, name, dying(getattr(owner, name), before=before))


def main(ledger: Path, workbook: Path, death: str) -> None:
    arrange_death(death)
    dies_at = int(death) if death.isdecimal() else None

    def progress(done: int, _total: int) -> None:
        if done == dies_at:
            die()

    with Ledger.open(ledger) as opened:
        say("ready")
        sys.stdin.readline()
        report = import_workbook(opened, workbook, progress=progress)
        say(str(report.events))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])

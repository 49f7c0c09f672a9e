"""A process of its own for test_erasing.py: erases people, or reads on while others do."""

import sys
from datetime import date
from pathlib import Path

from cadreledger import CadreLedgerError, Ledger

DAY = date(2021, 7, 5)


def say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201 - how it talks to the test


def erase(ledger: Ledger, codes: list[str]) -> None:
    """Each of them in turn; says what became of it."""
    for code in codes:
        try:
            receipt = ledger.erase(code, by="staff:eraser", reason="request")
        except CadreLedgerError as error:
            say(code, type(error).__name__)
        else:
            say(code, len(receipt.positions))


def visit(ledger: Ledger, code: str, word: str) -> None:
    ledger.run(lambda tx: tx.cadres[code].visit(reason="call", on=DAY, note=word), by="staff:b")


def look(ledger: Ledger, codes: list[str]) -> None:
    """Whenever asked, what the people are called; and record a visit with a word about each who has a name."""
    for line in sys.stdin:
        for code in codes:
            try:
                first = ledger.history(code)[0].event
                visit(ledger, code, line)
            except CadreLedgerError as error:
                say(code, type(error).__name__)
            else:
                say(code, getattr(first, "name", None))


if __name__ == "__main__":
    what, where, kek_dir, *people = sys.argv[1:]
    with Ledger.open(Path(where), kek_dir=Path(kek_dir)) as opened:
        say("ready")
        if what == "erase":
            sys.stdin.readline()
            erase(opened, people)
        else:
            look(opened, people)

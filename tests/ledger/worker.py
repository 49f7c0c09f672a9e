"""A process of its own for test_processes.py: records in a ledger and says each transaction that was acknowledged."""

import sys
from contextlib import suppress
from datetime import date
from itertools import count
from pathlib import Path

from cadreledger import Ledger, Transaction, yuan
from cadreledger.errors import ConflictError
from cadreledger.values import StreamId

DAY = date(2021, 7, 5)


def say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201 - how it talks to the test


def many(ledger: Ledger, name: str, times: int) -> None:
    """Transactions on one person, on one of its own, and on a branch, decided anew where somebody was quicker."""
    done = 0
    while done < times:
        try:
            with ledger.transaction(by=f"staff:{name}") as tx:
                tx.cadres["C1"].visit(reason="call", on=DAY, note=f"{name} {done}", distinct=True)
                tx.cadres.register(f"{name}{done}", kind="retired", name=f"{name}某", formal=tx.branches["B1"])
        except ConflictError:
            continue
        done += 1


def same_keys(ledger: Ledger, name: str, times: int) -> None:
    """Decisions that another process takes too, under the same keys."""
    for number in range(times):

        def decide(tx: Transaction, number: int = number) -> int:
            tx.cadres.register(f"K{number}", kind="retired", name="钱某", formal=tx.branches["B1"])
            return tx.cadres["C1"].visit(reason="study", on=DAY, distinct=True)

        while True:
            try:
                receipt = ledger.run(decide, by="staff:app", key=f"app/{number}")
            except ConflictError:  # overtaken more often than `run` tries
                continue
            break
        say(number, receipt.tx, receipt.positions.start, name)


def first_words(ledger: Ledger, name: str, times: int) -> None:
    """Words of which each may be the first about a team, or of the community: two processes want to make its key."""
    for number in range(times):

        def decide(tx: Transaction, number: int = number) -> None:
            if name == "a":
                tx.teams.found(f"T{number}", kind="service", name="队", note=f"{name} {number}")
            else:
                team = StreamId(f"team:T{number}")
                branch = tx.branches["B1"]
                branch.spend(yuan(0), use="venues", decision="R1", on=DAY, beneficiary=team, note=f"{name} {number}")

        def suggest(tx: Transaction, number: int = number) -> None:
            tx.community.receive_suggestion(f"{name}{number}", on=DAY, content=f"{name} {number}")

        for what in (suggest, decide):
            while True:
                with suppress(ConflictError):
                    ledger.run(what, by=f"staff:{name}")
                    break


def for_ever(ledger: Ledger, first: int) -> None:
    """Transactions of growing size, each under a key and with new people, until killed."""
    for number in count(first):

        def decide(tx: Transaction, number: int = number) -> None:
            for index in range(number % 5 + 1):
                person = tx.cadres.register(f"N{number}.{index}", kind="retired", name="孙某", formal=tx.branches["B1"])
                person.visit(reason="study", on=DAY, note="很长的话" * 200)
            tx.cadres["C1"].visit(reason="study", on=DAY, distinct=True)

        receipt = ledger.run(decide, by="staff:app", key=f"for-ever/{number}")
        say(number, receipt.tx, len(receipt.positions))


if __name__ == "__main__":
    what, where, name, number = sys.argv[1:]
    with Ledger.open(Path(where)) as opened:
        say("ready")
        sys.stdin.readline()
        if what == "many":
            many(opened, name, int(number))
        elif what == "same-keys":
            same_keys(opened, name, int(number))
        elif what == "first-words":
            first_words(opened, name, int(number))
        else:
            for_ever(opened, int(number))

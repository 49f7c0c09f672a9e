"""A day at the office: a small program that imports the library, decides, is refused, and corrects itself.

Run it anywhere: `python office_day.py`. It makes its ledger in a temporary folder.
"""

import tempfile
from datetime import date
from pathlib import Path

from cadreledger import Ledger, Month, RuleError, Transaction, yuan


def main() -> None:
    """Establish a branch, register two people, take dues, visit, make a mistake and put it right."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with Ledger.create(place / "office.ledger", name="示例社区", kek_dir=place / "kek") as ledger:
            ledger.run(open_the_books, by="staff:liaison", key="setup/1")
            with ledger.transaction(by="staff:cashier") as tx, tx.entry("dues register 2021, row 1"):
                payment = tx.cadres["C001"].pay_dues(yuan("210.00"), for_month=Month(2021, 5), on=date(2021, 5, 6))

            try:
                ledger.run(pay_may_again, by="staff:cashier")
            except RuleError as refused:
                print(f"refused ({refused.rule}): {refused}")

            with ledger.transaction(by="staff:cashier") as tx, tx.entry("dues register 2021, row 2"):
                tx.cadres["C001"].correct(payment, amount=yuan("21.00"))  # typed ten times too high

            for key in ("dues.collected", "visits.made", "cadres.retired"):
                print(f"{key}: {ledger.figures('2021')[key]}")
            for recorded in ledger.history("C001"):
                print(recorded.position, recorded.event.wire, recorded.entry.by, recorded.entry.source or "")


def open_the_books(tx: Transaction) -> None:
    """What is there before the day begins. Asked twice under one key, it is recorded once."""
    branch = tx.branches.establish("B1", name="离退休干部党支部", kind="formal", on=date(2012, 6, 28))
    first = tx.cadres.register("C001", kind="retired", name="甲某", formal=branch)
    tx.cadres.register("C002", kind="veteran", name="乙某", frail=True)
    first.assess_dues(yuan("4200.00"), valid_from=Month(2021, 1))
    tx.cadres["C002"].visit(reason="study", on=date(2021, 5, 6), group="送学一组")


def pay_may_again(tx: Transaction) -> None:
    """May is paid already: a live decision is refused, and nothing is recorded."""
    tx.cadres["C001"].pay_dues(yuan("21.00"), for_month=Month(2021, 5), on=date(2021, 5, 7))


if __name__ == "__main__":
    main()

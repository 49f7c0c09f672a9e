"""A process that seals, or records and seals, while others do: ``seal PATH TIMES`` or ``record PATH CODE TIMES``."""

import sys
from datetime import date
from pathlib import Path

from cadreledger import ConflictError, Ledger, Month, yuan


def main(what: str, path: str, *rest: str) -> None:
    with Ledger.open(Path(path)) as ledger:
        if what == "seal":
            for _ in range(int(rest[0])):
                sys.stdout.write(f"{ledger.seal().size}\n")
            return
        code, times = rest
        for number in range(int(times)):
            month = Month(2021 - number // 7, 1 + number % 7)
            day = date(2021, month.month, 5)
            while True:
                try:
                    with ledger.transaction(by="staff:liaison") as tx:
                        tx.cadres[code].pay_dues(yuan("1.00"), for_month=month, on=day, receipt=f"{code}{number}")
                    break
                except ConflictError:
                    continue


if __name__ == "__main__":
    main(*sys.argv[1:])

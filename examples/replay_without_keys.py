"""An auditor's look: replay a ledger without its keys, and see that no total needs a name.

Run it with a ledger's file, `python replay_without_keys.py yongxing.ledger`, or without one: it then imports the
example year first.
"""

import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from cadreledger import Ledger
from cadreledger.intake import import_workbook

WORKBOOK = Path(__file__).with_name("yongxing-2021.xlsx")


def main() -> None:
    """Copy the ledger's file alone, replay it, and compare its figures with the office's."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        given = Path(sys.argv[1]) if len(sys.argv) > 1 else example(place / "example.ledger")
        alone = shutil.copy(given, place / "alone.ledger")
        with Ledger.open(given) as office, Ledger.open(alone) as auditor:
            types = Counter(recorded.event.wire for recorded in auditor.events())
            sealed = sum(recorded.sealed for recorded in auditor.events())
            same = dict(office.figures("2021")) == dict(auditor.figures("2021"))
        print(f"{types.total()} events, {sealed} personal sections that stay shut")
        for wire, count in sorted(types.items()):
            print(f"{count:6d} {wire}")
        print("every figure is the same without a key" if same else "the figures differ")
        sys.exit(not same)


def example(path: Path) -> Path:
    """The example year in a ledger at ``path``."""
    with Ledger.create(path, name="永兴社区", kek_dir=path.parent / "kek") as ledger:
        import_workbook(ledger, WORKBOOK)
    return path


if __name__ == "__main__":
    main()

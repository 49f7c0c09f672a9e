"""The books as a `cadreledger.Ledger`, by its public interface alone."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from workload import Dues, Entry

from cadreledger import Ledger, fen

__all__ = ["Ours"]


class Ours:
    """A ledger in a folder, its keys and its key-encrypting key beside it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "bench.ledger"
        self._kek_dir = folder / "kek"
        self._ledger = Ledger.create(self.path, name="bench", kek_dir=self._kek_dir)
        with self._ledger.transaction(by="staff:bench") as tx:
            tx.branches.establish("B1", name="bench", kind="formal", on=date(2010, 1, 1))

    def register(self, codes: Sequence[str]) -> None:
        """As `Books` says."""
        with self._ledger.transaction(by="staff:bench") as tx:
            branch = tx.branches["B1"]
            for code in codes:
                tx.cadres.register(code, kind="retired", name=f"name {code}", formal=branch, smartphone=True)

    def record(self, entries: Sequence[Entry]) -> None:
        """As `Books` says."""
        with self._ledger.transaction(by="staff:bench") as tx:
            for entry in entries:
                cadre = tx.cadres[entry.code]
                if isinstance(entry, Dues):
                    cadre.pay_dues(
                        fen(entry.fen), for_month=entry.month, on=entry.on, receipt=entry.receipt, note=entry.note
                    )
                else:
                    cadre.visit(reason=entry.reason, on=entry.on, note=entry.note)

    def figures(self) -> Mapping[str, int]:
        """As `Books` says; every figure of the catalogue, by month."""
        return {key: figure.value for key, figure in self._ledger.figures("2021").items()}

    def reopen(self) -> None:
        """As `Books` says."""
        self._ledger.close()
        self._ledger = Ledger.open(self.path, kek_dir=self._kek_dir)

    def close(self) -> None:
        """As `Books` says."""
        self._ledger.close()

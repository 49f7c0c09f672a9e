"""Auditing: events a second and memory, of a ledger, of a bundle, of a published log, beside the floor.

``python bench/auditing.py [EVENTS]``: 100,000 unless told; the aim is meant for 1,000,000.
"""

import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from children import Measured, Step, in_child, run_step
from floor import LEDGER, hash_rows
from large import write_large

from cadreledger import Ledger
from cadreledger.audit import Records, Severity, Trust, Verification, audit, verify_path
from cadreledger.audit.bundle import BundleRecords
from cadreledger.export import write_bundle, write_site
from cadreledger.ledger.records import LedgerRecords

EVENTS: Final = 100_000
ROUNDS, MANY = 3, 500_000  # so many events are measured once
AIM, AIM_MIB = 50_000, 300
AS_OF: Final = datetime(2026, 11, 25, tzinfo=UTC)
SITE, BUNDLE = "site", "bench.bundle"


def _audited(records: Records) -> int:
    report = audit(records, as_of=AS_OF)
    errors = [str(finding) for finding in report.findings if finding.severity is Severity.ERROR]
    if errors:
        raise SystemExit("\n".join(errors))
    return report.events


def audit_with_keys(folder: Path) -> int:
    """The ledger, and its key store."""
    with LedgerRecords.open(folder / LEDGER, kek_dir=folder / "kek") as records:
        return _audited(records)


def audit_without_keys(folder: Path) -> int:
    """The ledger as somebody has it who cannot open personal sections."""
    with LedgerRecords.open(folder / LEDGER, kek_dir=folder / "none") as records:
        return _audited(records)


def audit_bundle(folder: Path) -> int:
    """The office's copy for auditors."""
    return _audited(BundleRecords(folder / BUNDLE))


def verify(path: Path) -> Verification:
    """What is published, taken at the log's own word."""
    found = verify_path(path, Trust(as_of=AS_OF))
    failed = [f"{check.name}: {check.detail}" for check in found.checks if not check.ok]
    if failed:
        raise SystemExit("\n".join(failed))
    return found


def verify_site(folder: Path) -> int:
    """The published log."""
    verify(folder / SITE)
    return _size(folder)


def verify_bundle(folder: Path) -> int:
    """The office's copy for auditors, but for its rules."""
    verify(folder / BUNDLE)
    return _size(folder)


def publish_site(folder: Path) -> int:
    """Write the published log, or look that nothing of it is to be written."""
    with Ledger.open(folder / LEDGER, kek_dir=folder / "kek") as ledger:
        return write_site(ledger, folder / SITE).size


def publish_bundle(folder: Path) -> int:
    """Write the bundle."""
    with Ledger.open(folder / LEDGER, kek_dir=folder / "kek") as ledger:
        return write_bundle(ledger, folder / BUNDLE).size


def write(folder: Path, events: int) -> int:
    """A sealed ledger."""
    write_large(folder / LEDGER, folder / "kek", events)
    with Ledger.open(folder / LEDGER, kek_dir=folder / "kek") as ledger:
        return ledger.seal().size


def _size(folder: Path) -> int:
    return int((folder / SITE / "checkpoint").read_text("utf-8").split("\n")[1])


STEPS: Final[Mapping[str, Step]] = {
    "floor": hash_rows,
    "site written": publish_site,
    "bundle written": publish_bundle,
    "audit with keys": audit_with_keys,
    "audit without keys": audit_without_keys,
    "audit of the bundle": audit_bundle,
    "bundle verified": verify_bundle,
    "site verified": verify_site,
}


def main() -> None:
    """Print the table."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    rounds = ROUNDS if events < MANY else 1
    measured: dict[str, list[Measured]] = {step: [] for step in STEPS}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        (folder / "kek").mkdir(mode=0o700)
        (folder / "none").mkdir(mode=0o700)
        print(f"{events:,} events written and sealed in {in_child('write', folder, events).seconds:.0f} s")
        for number in range(rounds):
            for step in STEPS:
                if number == 0 or not step.endswith("written"):
                    measured[step].append(in_child(step, folder))
    best = {step: min(rounds, key=lambda one: one.seconds) for step, rounds in measured.items()}
    print(f"{'the best of ' + str(rounds):34}{'events/s':>12}{'floor':>10}{'peak':>12}")
    for step, one in best.items():
        print(one.line(step, best["floor"]))
    one = best["audit with keys"]
    met = "met" if one.rate >= AIM and one.peak_mib < AIM_MIB else "missed"
    print(f"Aim: {AIM:,} events a second under {AIM_MIB} MiB; {met} ({one.rate:,.0f}, {one.peak_mib} MiB).")


if __name__ == "__main__" and not run_step({"write": write, **STEPS}, sys.argv[1:]):
    main()

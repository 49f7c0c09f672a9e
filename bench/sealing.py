"""Sealing: leaves a second, when it is first done and when nothing is new, beside the floor; and proofs at that size.

``python bench/sealing.py [EVENTS]``: 100,000 unless told; the aim is meant for 1,000,000.
"""

import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Final

from children import Measured, Step, in_child, run_step
from floor import LEDGER, hash_rows
from large import write_large

from cadreledger import Ledger
from cadreledger.sealing import leaf_hash, open_sections, verify_inclusion

EVENTS: Final = 100_000
ROUNDS, MANY = 3, 500_000  # so many events are measured once
PROOFS: Final = 500
AIM: Final = 200_000  # leaves a second


def seal(folder: Path) -> int:
    """Seal the ledger in ``folder``."""
    with Ledger.open(folder / LEDGER, kek_dir=folder / "kek") as ledger:
        return ledger.seal().size


def write(folder: Path, events: int) -> int:
    """A ledger that was never sealed."""
    write_large(folder / LEDGER, folder / "kek", events)
    return events


STEPS: Final[Mapping[str, Step]] = {"write": write, "floor": hash_rows, "seal": seal}


def proof_seconds(folder: Path) -> tuple[float, float, int]:
    """What making a proof takes, and verifying it, and how many hashes it has: medians over events by chance."""
    made, verified, hashes = [], [], []
    with Ledger.open(folder / LEDGER, kek_dir=folder / "kek") as ledger:
        seal = ledger.sealed.latest()
        for position in Random(1).sample(range(1, seal.size + 1), min(PROOFS, seal.size)):
            (state,) = ledger.sealed.states(position - 1, position)
            leaf = leaf_hash(open_sections(state)[0])
            start = perf_counter()
            proof = ledger.sealed.inclusion(position, at=seal)
            between = perf_counter()
            verify_inclusion(leaf, proof.index, seal.size, proof.proof, seal.root)
            verified.append(perf_counter() - between)
            made.append(between - start)
            hashes.append(len(proof.proof))
    return median(made), median(verified), round(median(hashes))


def main() -> None:
    """Print the table."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    rounds = ROUNDS if events < MANY else 1
    measured: dict[str, list[Measured]] = {"floor": [], "first seal": [], "seal, nothing new": []}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        unsealed, folder = Path(name) / "unsealed", Path(name) / "sealed"
        (unsealed / "kek").mkdir(mode=0o700, parents=True)
        print(f"{events:,} events written in {in_child('write', unsealed, events).seconds:.0f} s")
        for _ in range(rounds):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(unsealed, folder)
            measured["floor"].append(in_child("floor", folder))
            measured["first seal"].append(in_child("seal", folder))
            measured["seal, nothing new"].append(in_child("seal", folder))
        making, verifying, hashes = proof_seconds(folder)
    best = {step: min(rounds, key=lambda one: one.seconds) for step, rounds in measured.items()}
    print(f"{'the best of ' + str(rounds):34}{'events/s':>12}{'floor':>10}{'peak':>12}")
    for step, one in best.items():
        print(one.line(step, best["floor"]))
    print(f"A proof of {hashes} hashes is made in {1e6 * making:.0f} µs and verified in {1e6 * verifying:.0f} µs.")
    rate = best["first seal"].rate
    print(f"Aim: {AIM:,} leaves a second; {'met' if rate >= AIM else 'missed'} ({rate:,.0f}).")


if __name__ == "__main__" and not run_step(STEPS, sys.argv[1:]):
    main()

"""A witness's process among others: ``worker.py KEY STATE PROOF [die]`` cosigns the checkpoint at the end of PROOF.

It says ``ready``, waits for a line, and prints the cosigned note; with ``die`` it ends, as if killed, once the state is
on the disk.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from time import sleep

from cadreledger.errors import VerificationError
from cadreledger.sealing import Checkpoint, NoteSigner
from cadreledger.witness import Witness, parse_proof, text_proof

LONG_S = 0.5  # between reading the state and writing it: time enough for others, were there no lock


class Dying(Witness):
    """Ends between persisting and releasing."""

    def _remember(self, lock: int) -> None:
        super()._remember(lock)
        os._exit(9)


def main(key: str, state: str, proof: str, *die: str) -> None:
    data = Path(proof).read_bytes()
    witness = (Dying if die else Witness)(NoteSigner.parse(key), Path(state))

    def slow(old_size: int, checkpoint: Checkpoint) -> Sequence[bytes]:
        sleep(LONG_S)
        return text_proof(data)(old_size, checkpoint)

    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    try:
        cosigned = witness.cosign(parse_proof(data)[2], slow, 1_700_000_000)
    except VerificationError:
        sys.exit(1)
    sys.stdout.buffer.write(cosigned)


if __name__ == "__main__":
    main(*sys.argv[1:])

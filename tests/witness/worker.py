"""A witness's process among others: ``worker.py KEY STATE PROOF [die]`` cosigns the checkpoint at the end of PROOF.

It prints the cosigned note; with ``die`` it ends, as if killed, once the state is on the disk.
"""

import os
import sys
from pathlib import Path

from cadreledger.errors import VerificationError
from cadreledger.sealing import NoteSigner
from cadreledger.witness import Witness, parse_proof, text_proof


class Dying(Witness):
    """Ends between persisting and releasing."""

    def _remember(self, lock: int) -> None:
        super()._remember(lock)
        os._exit(9)


def main(key: str, state: str, proof: str, *die: str) -> None:
    data = Path(proof).read_bytes()
    witness = (Dying if die else Witness)(NoteSigner.parse(key), Path(state))
    try:
        cosigned = witness.cosign(parse_proof(data)[2], text_proof(data), 1_700_000_000)
    except VerificationError:
        sys.exit(1)
    sys.stdout.buffer.write(cosigned)


if __name__ == "__main__":
    main(*sys.argv[1:])

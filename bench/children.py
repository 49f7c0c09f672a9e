"""A measurement in a process of its own, so that its peak of memory is its own too."""

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

__all__ = ["Measured", "in_child", "run_step"]

KIB_A_MIB: Final = 1_024

Step = Callable[..., int]
"""Does something with the files in a folder, and with numbers, and gives how many events it did it to."""


@dataclass(frozen=True)
class Measured:
    """``events`` in ``seconds``, ``peak_mib`` of memory in all."""

    events: int
    seconds: float
    peak_mib: int

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds

    def line(self, name: str, floor: "Measured") -> str:
        """A row of a table; the ratio says how many times the floor's time it took."""
        ratio = (self.seconds / self.events) / (floor.seconds / floor.events)
        return f"{name:34}{self.rate:>12,.0f}{ratio:>9.1f}x{self.peak_mib:>8} MiB"


def in_child(step: str, folder: Path, *numbers: int) -> Measured:
    """Run ``step`` of the program that this is. Its peak is at least that of this process, which so does no work."""
    done = subprocess.run(  # noqa: S603 - this very program
        [sys.executable, sys.argv[0], "--step", step, str(folder), *map(str, numbers)],
        stdout=subprocess.PIPE,
        check=True,
    )
    return Measured(**json.loads(done.stdout))


def run_step(steps: Mapping[str, Step], arguments: list[str]) -> bool:
    """Where ``arguments`` ask for a step: run it, print what was measured, and say so."""
    if arguments[:1] != ["--step"]:
        return False
    _, name, folder, *numbers = arguments
    step = steps[name]
    start = perf_counter()
    events = step(Path(folder), *map(int, numbers))
    seconds = perf_counter() - start
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIB_A_MIB
    print(json.dumps({"events": events, "seconds": seconds, "peak_mib": peak_mib}))
    return True

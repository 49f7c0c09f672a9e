"""A process that dies at a chosen line of what it does, as in a power cut: nothing is closed, nothing is said."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType, ModuleType

Line = tuple[str, int, int]  # of which file; its number; the how-manieth time it is reached


def lines_reached(act: Callable[[], object], modules: Sequence[ModuleType], times_max: int) -> list[Line]:
    """Every line of ``modules`` that ``act`` comes to, each at most ``times_max`` times, in order."""
    found: list[Line] = []
    _traced(act, modules, lambda line: found.append(line) if line[2] <= times_max else None)
    return found


def die_at(line: Line, act: Callable[[], object], modules: Sequence[ModuleType]) -> None:
    """Let a child process ``act``, and die as it comes to ``line``."""
    child = os.fork()
    if child == 0:
        try:
            _traced(act, modules, lambda here: os._exit(7) if here == line else None)
        finally:
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status != 7:
        raise AssertionError(f"the child came to its end without coming to {line}")


def _traced(act: Callable[[], object], modules: Sequence[ModuleType], see: Callable[[Line], object]) -> None:
    files = {str(module.__file__) for module in modules}
    reached: dict[tuple[str, int], int] = {}

    def local(frame: FrameType, event: str, _argument: object) -> object:
        if event == "line":
            where = (Path(frame.f_code.co_filename).name, frame.f_lineno)
            reached[where] = reached.get(where, 0) + 1
            see((*where, reached[where]))
        return local

    def enter(frame: FrameType, _event: str, _argument: object) -> object:
        return local if frame.f_code.co_filename in files else None

    before = sys.gettrace()
    sys.settrace(enter)  # type: ignore[arg-type] # it is what typeshed calls a TraceFunction
    try:
        act()
    finally:
        sys.settrace(before)

"""What rows of one sheet say about each other: keys used twice, and corrections that lead nowhere."""

from datetime import date

import attrs

from cadreledger.intake.format import Column
from cadreledger.intake.lines import Line
from cadreledger.intake.problems import Code

__all__ = ["Corrections", "Keys", "numbered_key"]


def numbered_key(on: date | None, number: int | None) -> str | None:
    """``2021/16``: numbers start again each year. None if either is not known."""
    return None if on is None or number is None else f"{on.year}/{number}"


@attrs.define
class Keys:
    """The keys of a sheet so far; the same twice is an error."""

    _column: Column[object]
    _rows: dict[str, int] = attrs.field(factory=dict, repr=False)

    def add(self, key: str | None, line: Line) -> None:
        """Take in one line's key (None: it has none that can be read)."""
        if key is None:
            return
        row = self._rows.setdefault(key, line.at.row)
        if row != line.at.row:
            line.error(self._column, Code.DUPLICATE_KEY, expected="each key once", hint=f"Row {row} has it already.")

    def known(self) -> frozenset[str]:
        """All keys so far."""
        return frozenset(self._rows)


@attrs.define
class Corrections:
    """Which row corrects which, by key. A target that is not in the file may be in the ledger: not judged here."""

    _column: Column[object]
    _lines: dict[str, tuple[str, Line]] = attrs.field(factory=dict, repr=False)  # key -> target's key
    _corrected: dict[str, int] = attrs.field(factory=dict, repr=False)  # target's key -> row of its correction

    def add(self, key: str | None, target: str | None, line: Line) -> None:
        """Take in one line's correction, if it is one. Correcting a row twice is an error."""
        if key is None or target is None:
            return
        self._lines.setdefault(key, (target, line))
        row = self._corrected.setdefault(target, line.at.row)
        if row != line.at.row:
            hint = f"Row {row} corrects it already: name that row's 序号 to correct it again."
            line.error(self._column, Code.CORRECTED_TWICE, expected="a row that still stands", hint=hint)

    def check_loops(self) -> frozenset[str]:
        """Report every row that, by way of what it corrects, corrects itself. Gives their keys."""
        done: set[str] = set()
        looped: set[str] = set()
        for start in self._lines:
            path: list[str] = []
            key = start
            while key in self._lines and key not in done:
                done.add(key)
                path.append(key)
                key = self._lines[key][0]
            loop = path[path.index(key) :] if key in path else []
            looped.update(loop)
            for member in loop:
                hint = "Name the row that was wrong, not one that came after."
                line = self._lines[member][1]
                line.error(self._column, Code.CORRECTION_LOOP, expected="an earlier row", hint=hint)
        return frozenset(looped)

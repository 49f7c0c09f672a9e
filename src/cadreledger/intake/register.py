"""How one sheet is read: line by line, into typed rows, with what rows of it say about each other."""

from collections.abc import Callable
from typing import Generic, TypeVar

import attrs

from cadreledger.intake.format import Column, SheetForm
from cadreledger.intake.keys import Corrections, Keys
from cadreledger.intake.lines import Line, read_lines
from cadreledger.intake.problems import Problems
from cadreledger.intake.rows import Row
from cadreledger.intake.workbook import Worksheet

__all__ = ["Register", "RegisterRead"]

R_co = TypeVar("R_co", bound=Row, covariant=True)


@attrs.frozen(kw_only=True)
class RegisterRead(Generic[R_co]):
    """One sheet, read: its sound rows, every key that could be read, and how many rows there were."""

    rows: tuple[R_co, ...] = attrs.field(repr=False)
    keys: frozenset[str] = attrs.field(repr=False)
    rows_count: int


def _no_check(_line: Line) -> None:
    pass


def _no_target(_line: Line) -> str | None:
    return None


@attrs.frozen(kw_only=True)
class Register(Generic[R_co]):
    """How one sheet is read: ``target`` is the key of the row corrected; all but ``build`` see lines in error too."""

    form: SheetForm
    key_column: Column[object]
    key: Callable[[Line], str | None]
    build: Callable[[Line, str], R_co]
    check: Callable[[Line], None] = _no_check
    target_column: Column[object] | None = None
    target: Callable[[Line], str | None] = _no_target

    def read(self, sheet: Worksheet | None, problems: Problems) -> RegisterRead[R_co]:
        """Read this register's sheet (None: the workbook lacks it); what is wrong goes to ``problems``."""
        keys = Keys(self.key_column)
        corrections = Corrections(self.target_column or self.key_column)
        rows: list[R_co] = []
        rows_count = 0
        for line in read_lines(sheet, self.form, problems) if sheet else ():
            rows_count += 1
            key = self.key(line)
            keys.add(key, line)
            corrections.add(key, self.target(line), line)
            self.check(line)
            if key is not None and line.is_sound:
                rows.append(self.build(line, key))
        looped = corrections.check_loops()
        sound = tuple(row for row in rows if row.key not in looped)
        return RegisterRead(rows=sound, keys=keys.known(), rows_count=rows_count)

"""In which order rows are recorded: as the office wrote them down, and nothing before what it refers to."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from heapq import heappop, heappush
from typing import Final, Self, TypeVar

import attrs

from cadreledger.intake.recorder import Recorder
from cadreledger.intake.rows import Row
from cadreledger.intake.sheets import SHEET_NAMES

__all__ = ["FIRST", "Order", "Plan", "RowName", "Step", "by_number", "in_register_order"]

FIRST: Final = date.min  # the living registers without dates: what the others say is about them
_SHEET_RANK: Final = {name: rank for rank, name in enumerate(SHEET_NAMES)}

R = TypeVar("R", bound=Row)
Order = tuple[str | int | bytes, ...]
RowName = tuple[str, str]  # sheet and key
Step = tuple[date, Callable[[Recorder], None]]


@attrs.frozen
class Plan:
    """How one row is recorded: what is done on which days, one after the other.

    ``order`` is its place among the rows of its sheet and day. Its first step waits for that of the row ``behind``.
    """

    row: Row
    order: Order
    steps: tuple[Step, ...]
    behind: RowName | None = None

    @classmethod
    def of(
        cls, row: R, order: Order, day: date, record: Callable[[Recorder, R], None], behind: RowName | None = None
    ) -> Self:
        """The plan of a row that is recorded in one step."""
        return cls(row, order, ((day, lambda recorder: record(recorder, row)),), behind)

    @property
    def name(self) -> RowName:
        """The row's sheet and key."""
        return self.row.sheet, self.row.key

    def is_done_after(self, step: int) -> bool:
        """Whether ``step`` (from 0) is the last one."""
        return step + 1 == len(self.steps)


def by_number(row: Row) -> Order:
    """The order of rows whose numbers start again each year."""
    year, _, number = row.key.partition("/")
    return int(year), int(number)


_Place = tuple[date, int, Order, int, int]  # day, sheet, order, and a number of its own; which step


def in_register_order(plans: Iterable[Plan]) -> Iterator[tuple[Plan, int]]:
    """Every step of every plan, by its number: by day, then sheet, then order, but none before what it waits for.

    What was held up comes next once it need not wait any longer: a correction stands directly behind the row that it
    corrects, where the registers have it before that row.
    """
    listed = list(plans)
    names = {plan.name for plan in listed}
    ready: list[_Place] = []
    waiting: defaultdict[RowName, list[int]] = defaultdict(list)

    def admit(number: int, step: int) -> None:
        plan = listed[number]
        heappush(ready, (plan.steps[step][0], _SHEET_RANK[plan.row.sheet], plan.order, number, step))

    for number, plan in enumerate(listed):
        if plan.behind in names and plan.behind is not None:
            waiting[plan.behind].append(number)
        else:
            admit(number, 0)
    while ready or waiting:
        if not ready:  # rows that wait for each other in a circle: whoever records them will say what is wrong
            for number in waiting.pop(next(iter(waiting))):
                admit(number, 0)
        *_, number, step = heappop(ready)
        plan = listed[number]
        yield plan, step
        if not plan.is_done_after(step):
            admit(number, step + 1)
        for held_up in waiting.pop(plan.name, ()) if step == 0 else ():
            admit(held_up, 0)

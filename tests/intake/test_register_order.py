"""In which order rows are recorded, against the plainest way there is to find it: look for the next one each time."""

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cadreledger.intake.lines import Place
from cadreledger.intake.recorder import Recorder
from cadreledger.intake.recording.plans import Plan, in_register_order
from cadreledger.intake.rows import Row
from cadreledger.intake.sheets import SHEET_NAMES

SHEETS = ("党费", "走访", "活动", "出勤")
DAY = date(2021, 1, 1)


def nothing(_recorder: Recorder) -> None:
    """What these plans do."""


def plan(sheet: str, key: str, *days: int, behind: tuple[str, str] | None = None) -> Plan:
    row = Row(at=Place(sheet, 2, {}), key=key)
    return Plan(row, (key,), tuple((DAY + timedelta(day), nothing) for day in days), behind)


def order(*plans: Plan) -> list[tuple[str, int]]:
    return [(each.row.key, step) for each, step in in_register_order(plans)]


@st.composite
def plans(draw: st.DrawFn) -> list[Plan]:
    names = draw(st.lists(st.tuples(st.sampled_from(SHEETS), st.integers(0, 9).map(str)), max_size=12, unique=True))
    found = []
    for place, (sheet, key) in enumerate(names):
        days = draw(st.lists(st.integers(0, 5), min_size=1, max_size=3))
        behind = draw(st.none() | st.sampled_from([*names[:place], ("党费", "不在")]))
        found.append(plan(sheet, key, *days, behind=behind))
    return found


def naively(listed: Sequence[Plan]) -> list[tuple[Plan, int]]:
    """Of all steps whose turn it may be, the earliest by day, sheet and key; again and again."""
    done: list[tuple[Plan, int]] = []
    names = {each.name for each in listed}
    while len(done) < sum(len(each.steps) for each in listed):
        begun = {each.name for each, _ in done}
        next_steps = [(each, sum(other is each for other, _ in done)) for each in listed]
        ready = [
            (each, step)
            for each, step in next_steps
            if step < len(each.steps) and (each.behind not in names or each.behind in begun)
        ]
        done.append(min(ready, key=place))
    return done


def place(item: tuple[Plan, int]) -> tuple[date, int, str]:
    each, step = item
    return each.steps[step][0], SHEET_NAMES.index(each.row.sheet), each.row.key


@given(plans(), st.data())
def test_it_is_the_earliest_step_whose_turn_it_may_be_each_time(listed: list[Plan], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(listed))
    assert list(in_register_order(shuffled)) == naively(listed)


def test_what_is_held_up_comes_directly_behind_what_it_waited_for() -> None:
    late = plan("走访", "1", 5)
    correction = plan("走访", "2", 1, behind=late.name)
    another = plan("走访", "3", 0, behind=correction.name)
    assert order(another, correction, plan("党费", "4", 5), plan("走访", "5", 5), late) == [
        *[("4", 0), ("1", 0), ("2", 0), ("3", 0), ("5", 0)],
    ]


def test_a_row_of_several_days_stands_in_the_order_of_each() -> None:
    assert order(plan("走访", "1", 0, 4, 2), plan("走访", "2", 1), plan("走访", "3", 3)) == [
        *[("1", 0), ("2", 0), ("3", 0), ("1", 1), ("1", 2)],
    ]


def test_rows_that_wait_for_each_other_are_not_lost() -> None:
    first = plan("党费", "1", 0, behind=("党费", "2"))
    second = plan("党费", "2", 0, behind=("党费", "1"))
    own = plan("党费", "3", 0, behind=("党费", "3"))
    assert sorted(order(first, second, own, plan("党费", "4", 0, behind=("党费", "3")))) == [
        *[("1", 0), ("2", 0), ("3", 0), ("4", 0)],
    ]

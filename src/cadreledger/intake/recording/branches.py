"""支部: a branch, its approval and its posts; what has changed about it becomes a change."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from cadreledger.intake.content import content_of
from cadreledger.intake.format import Column
from cadreledger.intake.private import SEALED, Sealing
from cadreledger.intake.recorder import Entries, Recorder
from cadreledger.intake.recording.plans import FIRST, Plan
from cadreledger.intake.sheets import BranchColumns, BranchRow
from cadreledger.ledger import RowState
from cadreledger.values import Month, StreamId

__all__ = ["BRANCH_CONTENT", "first_day", "plan_branch"]

ESTABLISHED: Final = "branch.established/1"
_POSTS: Final[tuple[tuple[str, Column[str]], ...]] = (
    ("secretary", BranchColumns.SECRETARY),
    ("organiser", BranchColumns.ORGANISER),
    ("publicist", BranchColumns.PUBLICIST),
    ("liaison", BranchColumns.LIAISON),
)
BRANCH_CONTENT: Final = ("name", "kind", "established", "approval", *(post for post, _ in _POSTS))


def plan_branch(_recorder: Recorder, row: BranchRow) -> Plan:
    """Among the first, by code."""
    return Plan.of(row, (row.key,), FIRST, _record)


def first_day(day: date | Month | None) -> date | None:
    """The day that a register gives; of a month, its first."""
    return date(day.year, day.month, 1) if isinstance(day, Month) else day


def _record(recorder: Recorder, row: BranchRow) -> None:
    """Establish a branch, or note what has changed about it."""
    on = first_day(row.established)
    content = content_of(row, BRANCH_CONTENT, established=on)
    found = recorder.look_up(row, BranchColumns.CODE, content)
    if found is None or not recorder.dated(row, (BranchColumns.ESTABLISHED, on)):
        return
    is_new = found.state is RowState.NEW
    written_on = on if is_new else recorder.tx.batch.today
    with recorder.recording(row, BranchColumns.CODE, written_on, meant=("already_established",)):
        stream = recorder.branch(row.key)
        if stream is None:
            stream = recorder.tx.branches.establish(row.key, name=row.name, kind=row.kind.value, on=on).stream
        branch = recorder.tx.branch(stream)
        if _reads_otherwise(branch.view.standing.values(), row, on):
            branch.establish(kind=row.kind.value, code=row.key, name=row.name, on=on)
        if row.approval and branch.view.approval != row.approval:
            branch.approve(row.approval, on=on if is_new else None)
        for post, column in _POSTS:
            _assign(recorder, row, stream, post, column)
        recorder.keep(row, content, None, Entries(stream, branch.version))


def _reads_otherwise(standing: Iterable[object], row: BranchRow, on: date | None) -> bool:
    """Whether the row says something else than what was recorded last of the branch; without a day, no other day."""
    recorded = [event for event in standing if getattr(event, "wire", "") == ESTABLISHED]
    last = recorded[-1] if recorded else None
    said = (getattr(last, "name", ""), getattr(getattr(last, "kind", None), "value", ""))
    return said != (row.name, row.kind.value) or on not in (None, getattr(last, "occurred_on", None))


def _assign(recorder: Recorder, row: BranchRow, stream: StreamId, post: str, column: Column[str]) -> None:
    branch, sealing = recorder.tx.branch(stream), Sealing(None, recorder.words)
    holder = sealing.clear(column, getattr(row, post))
    before = branch.view.posts.get(post)
    if holder == SEALED and before == SEALED:  # two names look alike from outside
        given = [version for version, event in branch.view.standing.items() if getattr(event, "post", None) == post]
        if getattr(recorder.tx.reader.whole(stream, given[-1]), "note", None) == sealing.note():
            return
    elif holder == before:
        return
    branch.assign(post, holder, note=sealing.note())
    recorder.note_moved(row, sealing)

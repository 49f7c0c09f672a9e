"""The two living registers, 支部 and 干部: a row that has changed becomes an event of change."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from cadreledger.errors import InputError
from cadreledger.intake.format import BranchColumns, CadreColumns, Column
from cadreledger.intake.private import SEALED
from cadreledger.intake.problems import Code
from cadreledger.intake.recorder import Entries, Recorder, Sealing, content_of
from cadreledger.intake.rows import BranchRow, CadreRow
from cadreledger.ledger import RowState
from cadreledger.values import Month, StreamId

__all__ = ["record_branch", "record_cadre"]

ESTABLISHED: Final = "branch.established/1"
_POSTS: Final[tuple[tuple[str, Column[str]], ...]] = (
    ("secretary", BranchColumns.SECRETARY),
    ("organiser", BranchColumns.ORGANISER),
    ("publicist", BranchColumns.PUBLICIST),
    ("liaison", BranchColumns.LIAISON),
)
_BRANCH_CONTENT: Final = ("name", "kind", "established", "approval", *(post for post, _ in _POSTS))
_CADRE_CONTENT: Final = (
    *("name", "sex", "born", "kind", "phone", "address", "smartphone", "frail", "member", "full_member_on"),
    *("formal_branch", "joined_branch", "dues_base", "dues_base_from"),
)
_CADRE_RULES: Final[Mapping[str, Column[object]]] = {"temporary_branch": CadreColumns.FORMAL_BRANCH}


def record_branch(recorder: Recorder, row: BranchRow) -> None:
    """Establish a branch, or note what has changed about it."""
    on = _day(row.established)
    content = content_of(row, _BRANCH_CONTENT, established=on)
    found = recorder.tx.rows.judge(row.sheet, row.key, content, None)
    if found.state is RowState.KNOWN:
        recorder.known[row.sheet] += 1
        return
    if not recorder.dated(row, (BranchColumns.ESTABLISHED, on)):
        return
    first_day = on if found.state is RowState.NEW else None
    with (
        recorder.judging(row, BranchColumns.CODE, {}, meant=("already_established",)),
        recorder.tx.entry(f"{row.sheet} {row.key}", first_day),
    ):
        stream = recorder.branch(row.key)
        if stream is None:
            stream = recorder.tx.branches.establish(row.key, name=row.name, kind=row.kind.value, on=on).stream
        branch = recorder.tx.branch(stream)
        if _reads_otherwise(branch.state.standing.values(), row, on):
            branch.establish(kind=row.kind.value, code=row.key, name=row.name, on=on)
        if row.approval and branch.state.approval != row.approval:
            branch.approve(row.approval, on=first_day)
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
    before = branch.state.posts.get(post)
    if holder == SEALED and before == SEALED:  # two names look alike from outside
        given = [version for version, event in branch.state.standing.items() if getattr(event, "post", None) == post]
        if getattr(recorder.tx.reader.whole(stream, given[-1]), "note", None) == sealing.note():
            return
    elif holder == before:
        return
    branch.assign(post, holder, note=sealing.note())
    recorder.note_moved(row, sealing)


def record_cadre(recorder: Recorder, row: CadreRow) -> None:
    """Register a person, or note what has changed about them; then their branches, and what dues they owe."""
    content = content_of(row, _CADRE_CONTENT)
    stream = recorder.person(row.key)
    known = stream is not None and recorder.tx.rows.judge(row.sheet, row.key, content, stream).state is RowState.KNOWN
    if known:
        recorder.known[row.sheet] += 1
        return
    if stream is None and recorder.is_erased(row, CadreColumns.CODE, content, recorder.tx.stream_of(row.key)):
        return
    texts = (row.key, row.name, row.phone, row.address)
    has_come = recorder.dated(row, (CadreColumns.FULL_MEMBER_ON, row.full_member_on), (CadreColumns.BORN, row.born))
    if not recorder.fits(row, CadreColumns.ADDRESS, locked=texts) or not has_come:
        return
    recorder.unsettled.add(row.key)
    since = None if stream is None else recorder.tx.batch.today  # a change is known from the day it is imported
    with (
        recorder.judging(row, CadreColumns.CODE, _CADRE_RULES),
        recorder.tx.entry(row.sheet, since),
    ):
        stream = _register(recorder, row) if stream is None else _change(recorder, row, stream)
        _join(recorder, row, stream, since)
        _assess(recorder, row, stream)
        recorder.keep(row, content, stream, Entries(stream, recorder.tx.cadre(stream).version))
        if not _waits_for_branch(recorder, row):
            recorder.unsettled.remove(row.key)


def _waits_for_branch(recorder: Recorder, row: CadreRow) -> bool:
    """Whether the person's formal branch is in the workbook, but in error."""
    home = row.formal_branch
    return row.member and home is not None and recorder.branch(home) is None and recorder.is_listed("支部", home)


def _register(recorder: Recorder, row: CadreRow) -> StreamId:
    cadre = recorder.tx.cadres.register(
        row.key,
        kind=row.kind.value,
        name=row.name,
        sex=row.sex.value if row.sex else None,
        born=str(row.born) if row.born else None,
        phone=row.phone,
        address=row.address,
        smartphone=row.smartphone,
        frail=row.frail,
        full_member_on=row.full_member_on,
    )
    return cadre.stream


def _change(recorder: Recorder, row: CadreRow, stream: StreamId) -> StreamId:
    cadre = recorder.tx.cadre(stream)
    if cadre.state.kind is not None and cadre.state.kind.value != row.kind.value and cadre.state.left is None:
        cadre.leave(cause="error")
        return _register(recorder, row)
    if cadre.state.left is not None:
        hint = "They had left the register. If that still holds, take the row out."
        recorder.warn(row.problem(CadreColumns.CODE, Code.REGISTERED_AGAIN, hint=hint))
        return _register(recorder, row)
    cadre.change(
        smartphone=row.smartphone,
        frail=row.frail,
        full_member_on=row.full_member_on,
        name=row.name,  # and, as they read now, what may have become blank
        sex=row.sex.value if row.sex else "",
        born=str(row.born) if row.born else "",
        phone=row.phone or "",
        address=row.address or "",
    )
    return stream


def _join(recorder: Recorder, row: CadreRow, stream: StreamId, since: date | None) -> None:
    tx, cadre = recorder.tx, recorder.tx.cadre(stream)
    if not row.member and (row.formal_branch or row.joined_branch):
        column = CadreColumns.FORMAL_BRANCH if row.formal_branch else CadreColumns.JOINED_BRANCH
        hint = "Only party members belong to a branch; the branch is not recorded."
        recorder.warn(row.problem(column, Code.NOT_A_MEMBER, hint=hint))
    home = recorder.branch(row.formal_branch) if row.member and row.formal_branch else None  # other text: outside
    joined = recorder.branch(row.joined_branch) if row.member and row.joined_branch else None
    if row.member and row.joined_branch and joined is None and not recorder.is_listed("支部", row.joined_branch):
        hint = "The branch is in no 支部 sheet; taking part in it is not recorded."
        recorder.warn(row.problem(CadreColumns.JOINED_BRANCH, Code.UNKNOWN_BRANCH, expected="a 支部编号", hint=hint))
    state = cadre.state
    if state.formal not in (None, home):
        cadre.leave_branch(tx.branch(state.formal), relation="formal", cause="transfer")
    for branch in sorted(state.participating):
        if branch != joined:
            cadre.leave_branch(tx.branch(branch), relation="participating", cause="ended")
    if home not in (None, state.formal):
        cadre.join(tx.branch(home), relation="formal", on=since)
    if joined is not None and joined not in state.participating:
        cadre.join(tx.branch(joined), relation="participating", on=since)


def _assess(recorder: Recorder, row: CadreRow, stream: StreamId) -> None:
    if (row.dues_base is None) != (row.dues_base_from is None):
        column = CadreColumns.DUES_BASE_FROM if row.dues_base else CadreColumns.DUES_BASE
        hint = "What is owed is not assessed."
        recorder.warn(row.problem(column, Code.BASE_INCOMPLETE, expected="both, or neither", hint=hint))
    if row.dues_base is None or row.dues_base_from is None:
        return
    cadre = recorder.tx.cadre(stream)
    assessed = [version for version, event in cadre.state.standing.items() if hasattr(event, "valid_from")]
    last = recorder.tx.reader.whole(stream, assessed[-1]) if assessed else None
    if (getattr(last, "base", ""), getattr(last, "valid_from", None)) == (str(row.dues_base), row.dues_base_from):
        return
    try:
        cadre.assess_dues(row.dues_base, valid_from=row.dues_base_from)
    except InputError as error:
        recorder.error(row.problem(CadreColumns.DUES_BASE_FROM, Code.ROW_REFUSED, hint=error.what))


def _day(day: date | Month | None) -> date | None:
    return date(day.year, day.month, 1) if isinstance(day, Month) else day

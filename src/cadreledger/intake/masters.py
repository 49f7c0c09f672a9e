"""The two living registers, 支部 and 干部: a row that has changed becomes an event of change."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from cadreledger.errors import InputError
from cadreledger.intake.format import BranchColumns, CadreColumns, Column
from cadreledger.intake.problems import Code
from cadreledger.intake.recorder import Entries, Recorder, Sealing, content_of
from cadreledger.intake.rows import BranchRow, CadreRow
from cadreledger.ledger import RowState
from cadreledger.values import Month, StreamId

__all__ = ["record_branch", "record_cadre"]

_POSTS: Final[tuple[tuple[str, Column[str]], ...]] = (
    ("secretary", BranchColumns.SECRETARY),
    ("organiser", BranchColumns.ORGANISER),
    ("publicist", BranchColumns.PUBLICIST),
    ("liaison", BranchColumns.LIAISON),
)
_CADRE_RULES: Final[Mapping[str, Column[object]]] = {"temporary_branch": CadreColumns.FORMAL_BRANCH}


def record_branch(recorder: Recorder, row: BranchRow) -> None:
    """Establish a branch, or note what has changed about it."""
    on = _day(row.established)
    posts = [getattr(row, post) for post, _ in _POSTS]
    content = content_of(row.name, row.kind, on, row.approval, *posts)
    found = recorder.tx.rows.judge(row.sheet, row.key, content, None)
    if found.state is RowState.KNOWN:
        recorder.known[row.sheet] += 1
        return
    if not recorder.dated(row, (BranchColumns.ESTABLISHED, on)):
        return
    with (
        recorder.judging(row, BranchColumns.CODE, {}),
        recorder.tx.entry(f"{row.sheet} {row.key}", on if found.state is RowState.NEW else None),
    ):
        branch = recorder.tx.branches.get(row.key)
        if branch is None:
            branch = recorder.tx.branches.establish(row.key, name=row.name, kind=row.kind.value, on=on)
        elif (branch.state.name, getattr(branch.state.kind, "value", "")) != (row.name, row.kind.value):
            branch.establish(kind=row.kind.value, code=row.key, name=row.name, on=on)
        if row.approval and branch.state.approval != row.approval:
            branch.approve(row.approval, on=on if found.state is RowState.NEW else None)
        for post, column in _POSTS:
            sealing = Sealing(None, recorder.words)
            holder = sealing.clear(column, getattr(row, post))
            if branch.state.posts.get(post) != holder:
                branch.assign(post, holder, note=sealing.note())
                recorder.note_moved(row, sealing)
        recorder.keep(row, content, None, Entries(branch.stream, branch.version))


def record_cadre(recorder: Recorder, row: CadreRow) -> None:
    """Register a person, or note what has changed about them; then their branches, and what dues they owe."""
    content = content_of(
        *(row.name, row.sex, row.born, row.kind, row.phone, row.address, row.smartphone, row.frail, row.member),
        *(row.full_member_on, row.formal_branch, row.joined_branch, row.dues_base, row.dues_base_from),
    )
    stream = recorder.person(row.key)
    known = stream is not None and recorder.tx.rows.judge(row.sheet, row.key, content, stream).state is RowState.KNOWN
    if known:
        recorder.known[row.sheet] += 1
        return
    if not recorder.dated(row, (CadreColumns.FULL_MEMBER_ON, row.full_member_on), (CadreColumns.BORN, row.born)):
        return
    with (
        recorder.judging(row, CadreColumns.CODE, _CADRE_RULES),
        recorder.tx.entry(f"{row.sheet} row {row.row}"),
    ):
        stream = _register(recorder, row) if stream is None else _change(recorder, row, stream)
        _join(recorder, row, stream)
        _assess(recorder, row, stream)
        recorder.keep(row, content, stream, Entries(stream, recorder.tx.cadre(stream).version))


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
        return _register(recorder, row)
    cadre.change(
        smartphone=row.smartphone,
        frail=row.frail,
        full_member_on=row.full_member_on,
        name=row.name,
        sex=row.sex.value if row.sex else None,
        born=str(row.born) if row.born else None,
        phone=row.phone,
        address=row.address,
    )
    return stream


def _join(recorder: Recorder, row: CadreRow, stream: StreamId) -> None:
    tx, cadre = recorder.tx, recorder.tx.cadre(stream)
    if not row.member and (row.formal_branch or row.joined_branch):
        column = CadreColumns.FORMAL_BRANCH if row.formal_branch else CadreColumns.JOINED_BRANCH
        hint = "Only party members belong to a branch; the branch is not recorded."
        recorder.warn(row.problem(column, Code.NOT_A_MEMBER, hint=hint))
    home = tx.branches.get(row.formal_branch) if row.member and row.formal_branch else None  # other text: outside
    joined = tx.branches.get(row.joined_branch) if row.member and row.joined_branch else None
    if row.member and row.joined_branch and joined is None:
        hint = "The branch is in no 支部 sheet; taking part in it is not recorded."
        recorder.warn(row.problem(CadreColumns.JOINED_BRANCH, Code.UNKNOWN_BRANCH, expected="a 支部编号", hint=hint))
    state = cadre.state
    if state.formal is not None and (home is None or home.stream != state.formal):
        cadre.leave_branch(tx.branches[state.formal], relation="formal", cause="transfer")
    for branch in sorted(state.participating):
        if joined is None or joined.stream != branch:
            cadre.leave_branch(tx.branches[branch], relation="participating", cause="ended")
    if home is not None and home.stream != state.formal:
        cadre.join(home, relation="formal")
    if joined is not None and joined.stream not in state.participating:
        cadre.join(joined, relation="participating")


def _assess(recorder: Recorder, row: CadreRow, stream: StreamId) -> None:
    if (row.dues_base is None) != (row.dues_base_from is None):
        column = CadreColumns.DUES_BASE_FROM if row.dues_base else CadreColumns.DUES_BASE
        hint = "What is owed is not assessed."
        recorder.warn(row.problem(column, Code.BASE_INCOMPLETE, expected="both, or neither", hint=hint))
    if row.dues_base is None or row.dues_base_from is None:
        return
    cadre = recorder.tx.cadre(stream)
    try:
        cadre.assess_dues(row.dues_base, valid_from=row.dues_base_from)
    except InputError as error:
        recorder.error(row.problem(CadreColumns.DUES_BASE_FROM, Code.ROW_REFUSED, hint=error.what))


def _day(day: date | Month | None) -> date | None:
    return date(day.year, day.month, 1) if isinstance(day, Month) else day

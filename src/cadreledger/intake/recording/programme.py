"""创建工作: surveys, lessons and meetings; the issues that were found, put right and verified; the application."""

from collections.abc import Mapping
from typing import Final

import attrs

from cadreledger.intake.content import content_of
from cadreledger.intake.private import Sealing
from cadreledger.intake.recorder import Entries, Recorder, Rules
from cadreledger.intake.recording.plans import Plan, RowName, by_number
from cadreledger.intake.sheets import ProgrammeColumns, ProgrammeRow
from cadreledger.intake.words import Matter
from cadreledger.ledger import RowEntry, RowState

__all__ = ["PROGRAMME_CONTENT", "plan_programme"]

YEARS_MAX: Final = 5  # an issue is settled within
PROGRAMME_CONTENT: Final = ("on", "matter", "text", "count", "unit", "responsible", "basis", "related")
UNKNOWN_ISSUE: Final = "unknown_issue"  # as the ledger's own rules are called
_RULES: Final[Rules] = {
    "before_what_it_follows": ProgrammeColumns.ON,
    "issue_not_rectified": ProgrammeColumns.RELATED,
    "issue_settled_already": ProgrammeColumns.RELATED,
    "issues_open": ProgrammeColumns.MATTER,
    "no_application": ProgrammeColumns.MATTER,
}
WORKED: Final = "programme.worked/1"
_WIRES: Final[Mapping[Matter, str]] = {
    Matter.ISSUE: "issue.found/1",
    Matter.RECTIFICATION: "issue.rectified/1",
    Matter.VERIFICATION: "issue.verified/1",
    Matter.APPLICATION: "application.submitted/1",
    Matter.RECOMMENDATION: "recommendation.made/1",
}  # of all others: work


@attrs.frozen(kw_only=True)
class Texts:
    """What a row says in words, as it may be recorded."""

    unit: str | None
    responsible: str | None
    basis: str | None
    text: str | None


def plan_programme(recorder: Recorder, row: ProgrammeRow) -> Plan:
    """On its own day, behind the issue that it settles."""
    return Plan.of(row, by_number(row), row.on, _record, behind=_issue(recorder, row))


def _issue(recorder: Recorder, row: ProgrammeRow) -> RowName | None:
    """The row of the issue that ``row`` settles: of the same year, or the last one before it that has such an issue."""
    if row.related is None:
        return None
    years = range(row.on.year, row.on.year - YEARS_MAX, -1)
    keys = [f"{year}/{row.related}" for year in years]
    held = recorder.tx.programme.view.issues
    known = (key for key in keys if key in recorder.issues or key in held)
    return row.sheet, next(known, keys[0])


def _record(recorder: Recorder, row: ProgrammeRow) -> None:
    """Record what was done; one that reads otherwise now is put right."""
    content = content_of(row, PROGRAMME_CONTENT)
    if not recorder.dated(row, (ProgrammeColumns.ON, row.on)):
        return
    found = recorder.look_up(row, ProgrammeColumns.NUMBER, content)
    if not _has_its_issue(recorder, row, is_known=found is None) or found is None:
        return
    sealing = Sealing(row.text, recorder.words)
    texts = Texts(
        unit=sealing.clear(ProgrammeColumns.UNIT, row.unit),
        responsible=sealing.clear(ProgrammeColumns.RESPONSIBLE, row.responsible),
        basis=sealing.clear(ProgrammeColumns.BASIS, row.basis),
        text=sealing.note(),
    )
    clear = (texts.unit, texts.responsible, texts.basis)
    if not recorder.fits(row, ProgrammeColumns.TEXT, clear=clear, locked=(texts.text,)):
        return
    is_new = found.state is RowState.NEW
    written_on = row.on if is_new else recorder.tx.batch.today
    with recorder.recording(row, ProgrammeColumns.NUMBER, written_on, rules=_RULES):
        version = _recorded_as(recorder, row, found.entry)
        made = _enter(recorder, row, texts) if version is None else _correct(recorder, row, version, texts)
        recorder.note_moved(row, sealing)
        recorder.keep(row, content, None, Entries(recorder.tx.programme.stream, made))


def _has_its_issue(recorder: Recorder, row: ProgrammeRow, *, is_known: bool) -> bool:
    """Whether the issue that ``row`` settles, if it does, is there. Else that is an error, of this row or that one."""
    issue = _issue(recorder, row)
    if issue is None or issue[1] in recorder.tx.programme.view.issues:
        return True
    if is_known and issue not in recorder.entries:
        return True  # a program took it back, and what settled it
    matter = recorder.matters.get(issue[1])
    taken_back = matter is Matter.ISSUE and recorder.tx.rows.where(*issue, None) is not None
    in_error = not taken_back and recorder.is_listed(*issue) and matter in {None, Matter.ISSUE}  # and that was told
    if not in_error:
        expected, hint = "the 序号 of a 自查问题 of the same year", "Name the issue that is settled."
        column, found = ProgrammeColumns.RELATED, str(row.related)
        recorder.error(row.problem(column, UNKNOWN_ISSUE, found=found, expected=expected, hint=hint))
    return False


def _recorded_as(recorder: Recorder, row: ProgrammeRow, entry: RowEntry | None) -> int | None:
    """The standing entry of the row's number, if there is one."""
    view = recorder.tx.programme.view
    if entry is None:
        return view.issues.get(row.key) if row.matter is Matter.ISSUE else None
    if entry.version in view.standing:
        return entry.version
    return next((version for version, event in view.standing.items() if getattr(event, "code", "") == row.key), None)


def _enter(recorder: Recorder, row: ProgrammeRow, texts: Texts) -> int:
    """Record the row anew; the version of its entry."""
    programme, issue = recorder.tx.programme, _issue(recorder, row)
    responsible, basis, text = texts.responsible, texts.basis, texts.text
    if issue is not None:
        settle = programme.rectify_issue if row.matter is Matter.RECTIFICATION else programme.verify_issue
        return settle(issue[1], code=row.key, on=row.on, responsible=responsible, basis=basis, text=text)
    verbs = {
        Matter.ISSUE: programme.find_issue,
        Matter.APPLICATION: programme.submit_application,
        Matter.RECOMMENDATION: programme.recommend,
    }
    if row.matter in verbs:
        return verbs[row.matter](row.key, on=row.on, responsible=responsible, basis=basis, text=text)
    return programme.work(
        row.matter.value,
        code=row.key,
        on=row.on,
        count=_count(row),
        unit=texts.unit,
        responsible=responsible,
        basis=basis,
        text=text,
    )


def _count(row: ProgrammeRow) -> int:
    return 1 if row.count is None else row.count


def _correct(recorder: Recorder, row: ProgrammeRow, version: int, texts: Texts) -> int:
    """Put an entry right; one of another kind is taken back, and the row recorded anew."""
    programme, issue = recorder.tx.programme, _issue(recorder, row)
    before = programme.view.standing[version]
    if before.wire != _WIRES.get(row.matter, WORKED):
        programme.void(version, reason="corrected")
        with recorder.tx.batch.replacing(programme.stream, version):
            return _enter(recorder, row, texts)
    said: dict[str, object] = {"responsible": texts.responsible, "basis": texts.basis, "text": texts.text}
    if before.wire == WORKED:
        said |= {"kind": row.matter.value, "count": _count(row), "unit": texts.unit}
    if issue is not None:
        said["issue"] = programme.view.issues[issue[1]]
    return recorder.correct(programme, version, occurred_on=row.on, **said)

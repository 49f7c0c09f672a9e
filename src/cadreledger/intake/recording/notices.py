"""公示: a notice is proposed, reviewed, approved and published; the register knows one day for all of it."""

from collections.abc import Callable
from datetime import date
from typing import Final

import attrs

from cadreledger.intake.content import content_of, differences
from cadreledger.intake.format import Column
from cadreledger.intake.private import Sealing
from cadreledger.intake.problems import MASK, Code
from cadreledger.intake.recorder import Entries, Recorder, Rules
from cadreledger.intake.recording.plans import Plan
from cadreledger.intake.sheets import NoticeColumns, NoticeRow
from cadreledger.ledger import RowState
from cadreledger.values import ascii_code

__all__ = ["NOTICE_CONTENT", "plan_notice"]

NOTICE_CONTENT: Final = ("on", "period", "sections", "proposer", "reviewer", "approver")
EDITION: Final = 1  # the register knows no other
STEP_TAKEN: Final = "notice_step_taken"  # as the ledger's own rules are called
_RULES: Final[Rules] = {
    "notice_not_proposed": NoticeColumns.PROPOSER,
    "notice_not_reviewed": NoticeColumns.REVIEWER,
    "notice_not_approved": NoticeColumns.APPROVER,
}


@attrs.frozen(kw_only=True)
class Step:
    """A step of a notice: the cell it is about, the version that took it (0: none did), and how it is to read."""

    column: Column[str]
    taken: int
    is_said: bool
    take: Callable[[], int]
    said: tuple[tuple[str, object], ...]


@attrs.frozen(kw_only=True)
class Texts:
    """What a row says in words, as it may be recorded."""

    sections: str | None
    proposer: str | None
    reviewer: str | None
    approver: str | None


def plan_notice(_recorder: Recorder, row: NoticeRow) -> Plan:
    """On the day on which it went up."""
    return Plan.of(row, (row.key,), row.on, _record)


def _record(recorder: Recorder, row: NoticeRow) -> None:
    """Take the steps of a notice; those that read otherwise now are put right."""
    content = content_of(row, NOTICE_CONTENT)
    if not recorder.dated(row, (NoticeColumns.ON, row.on)):
        return
    found = recorder.look_up(row, NoticeColumns.NUMBER, content)
    if recorder.words.names(row.key):
        hint = "It names a person of the register, and everybody reads it: give the notice another one."
        recorder.error(row.problem(NoticeColumns.NUMBER, Code.PERSONAL_TEXT, found=MASK, hint=hint))
        return
    number = None if found is None else _number(recorder, row)
    if found is None or number is None:
        return
    sealing = Sealing(None, recorder.words)
    texts = Texts(
        sections=sealing.clear(NoticeColumns.SECTIONS, row.sections),
        proposer=sealing.clear(NoticeColumns.PROPOSER, row.proposer),
        reviewer=sealing.clear(NoticeColumns.REVIEWER, row.reviewer),
        approver=sealing.clear(NoticeColumns.APPROVER, row.approver),
    )
    if not recorder.fits(row, NoticeColumns.SECTIONS, clear=(texts.sections, texts.proposer)):
        return
    steps = _steps(recorder, row, number, texts)
    is_new = found.state is RowState.NEW
    if any(step.taken for step in steps) and (is_new or _goes_on(recorder, number, steps[-1].taken)):
        hint = "Steps of it were recorded by other means than this register, and stay as they are."
        recorder.warn(row.problem(NoticeColumns.NUMBER, STEP_TAKEN, hint=hint))
        steps = tuple(step for step in steps if not step.taken)
    _take(recorder, row, steps, row.on if is_new else recorder.tx.batch.today)
    recorder.note_moved(row, sealing, kept=False)
    community = recorder.tx.community
    recorder.keep(row, content, None, Entries(community.stream, community.version))


def _take(recorder: Recorder, row: NoticeRow, steps: tuple[Step, ...], written_on: date) -> None:
    """Take the steps as the row says, from the first that reads otherwise; the later ones speak of those before."""
    community = recorder.tx.community
    wrong = [place for place, step in enumerate(steps) if _reads_otherwise(recorder, row, step)]
    anew = steps[wrong[0] :] if wrong else ()
    for step in reversed(anew):
        if step.taken:
            with recorder.recording(row, step.column, written_on):
                community.void(step.taken, reason="corrected" if step.is_said else "mistake")
    for step in anew:
        if step.is_said:
            voided = Entries(community.stream, step.taken, of_version=step.taken)
            with (
                recorder.recording(row, step.column, written_on, rules=_RULES, meant=_meant(row, step.column)),
                recorder.replacing(voided),
            ):
                step.take()


def _reads_otherwise(recorder: Recorder, row: NoticeRow, step: Step) -> bool:
    """Whether a step is to be taken, to be taken back, or was taken in other words."""
    if not step.taken or not step.is_said:
        return bool(step.taken) != step.is_said
    entry = recorder.whole(recorder.tx.community, step.taken)
    return bool(differences(entry, occurred_on=row.on, **dict(step.said)))


def _number(recorder: Recorder, row: NoticeRow) -> str | None:
    """The notice's number without space, if a header can hold it; else that is an error."""
    number = "".join(row.key.split())
    with recorder.judging(row, NoticeColumns.NUMBER):
        ascii_code(number)
        return number
    return None


def _steps(recorder: Recorder, row: NoticeRow, number: str, texts: Texts) -> tuple[Step, ...]:
    community = recorder.tx.community
    notice = community.view.notices.get((ascii_code(number), EDITION))
    proposed, reviewed = (notice.proposed, notice.reviewed) if notice else (0, 0)
    approved, published = (notice.approved, notice.published) if notice else (0, 0)
    period = ("period", f"{row.period.first}..{row.period.last}")
    return (
        Step(
            column=NoticeColumns.PROPOSER,
            taken=proposed,
            is_said=True,
            take=lambda: community.propose_notice(
                number, period=row.period, on=row.on, sections=texts.sections, proposer=texts.proposer
            ),
            said=(period, ("sections", texts.sections), ("proposer", texts.proposer)),
        ),
        Step(
            column=NoticeColumns.REVIEWER,
            taken=reviewed,
            is_said=row.reviewer is not None,
            take=lambda: community.review_notice(number, on=row.on, reviewer=texts.reviewer),
            said=(("reviewer", texts.reviewer),),
        ),
        Step(
            column=NoticeColumns.APPROVER,
            taken=approved,
            is_said=row.approver is not None,
            take=lambda: community.approve_notice(number, on=row.on, approver=texts.approver),
            said=(("approver", texts.approver),),
        ),
        Step(
            column=NoticeColumns.NUMBER,
            taken=published,
            is_said=True,
            take=lambda: community.publish_notice(number, period=row.period, on=row.on),
            said=(period,),
        ),
    )


def _goes_on(recorder: Recorder, number: str, published: int) -> bool:
    """Whether the notice was made from the ledger, and not on paper, or has a later edition: then it stays as it is."""
    view, known = recorder.tx.community.view, ascii_code(number)
    later = any(name == known and edition != EDITION for name, edition in view.notices)
    return later or bool(getattr(view.standing.get(published), "digest", ""))


def _meant(row: NoticeRow, column: Column[str]) -> frozenset[str]:
    """The rule that nobody breaks who only looks like another one because both names are sealed."""
    before = {NoticeColumns.REVIEWER: (row.proposer,), NoticeColumns.APPROVER: (row.proposer, row.reviewer)}
    person = row.reviewer if column is NoticeColumns.REVIEWER else row.approver
    return frozenset() if person in before.get(column, ()) else frozenset({"same_person"})

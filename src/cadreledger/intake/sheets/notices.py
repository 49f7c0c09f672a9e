"""公示 and 意见建议: what was published, and what people said of it."""

from datetime import date
from typing import Final

import attrs

from cadreledger.intake import kinds
from cadreledger.intake.checks import check_in_order, check_together
from cadreledger.intake.format import Column, SheetForm
from cadreledger.intake.keys import numbered_key
from cadreledger.intake.lines import Line
from cadreledger.intake.problems import Code
from cadreledger.intake.register import Register
from cadreledger.intake.rows import Row
from cadreledger.values import Period

__all__ = ["NOTICES", "SUGGESTIONS", "NoticeColumns", "NoticeRow", "SuggestionColumns", "SuggestionRow"]


class NoticeColumns:
    """公示."""

    NUMBER = Column("期号", kinds.NOTICE_NUMBER, required=True)
    ON = Column("公示日期", kinds.DAY, required=True)
    FIRST = Column("期间起", kinds.MONTH, required=True)
    LAST = Column("期间止", kinds.MONTH, required=True)
    SECTIONS = Column("栏目", kinds.TEXT)
    PROPOSER = Column("提出人", kinds.TEXT, personal=True)  # a post, or the name of who holds it
    REVIEWER = Column("审核人", kinds.TEXT, personal=True)
    APPROVER = Column("审批人", kinds.TEXT, personal=True)


class SuggestionColumns:
    """意见建议."""

    NUMBER = Column("序号", kinds.SEQUENCE, required=True)
    ON = Column("日期", kinds.DAY, required=True)
    NOTICE = Column("期号", kinds.NOTICE_NUMBER)
    CONTENT = Column("内容", kinds.PERSONAL_TEXT, personal=True)
    ANSWERED_ON = Column("答复日期", kinds.DAY)
    ANSWER = Column("答复", kinds.PERSONAL_TEXT, personal=True)


@attrs.frozen(kw_only=True, repr=False)
class NoticeRow(Row):
    """公示. The key is the notice's number, 1 to 64 characters."""

    on: date
    period: Period
    sections: str | None
    proposer: str | None
    reviewer: str | None
    approver: str | None


@attrs.frozen(kw_only=True, repr=False)
class SuggestionRow(Row):
    """意见建议. ``notice`` is the number of the notice that it is about."""

    number: int
    on: date
    notice: str | None
    content: str | None
    answered_on: date | None
    answer: str | None


def _check_notice(line: Line) -> None:
    """A period ends no earlier than it starts."""
    first, last = line.get(NoticeColumns.FIRST), line.get(NoticeColumns.LAST)
    if first is not None and last is not None and last < first:
        line.error(NoticeColumns.LAST, Code.PERIOD_REVERSED, expected=f"{first} or later")


def _notice(line: Line, key: str) -> NoticeRow:
    return NoticeRow(
        at=line.at,
        key=key,
        on=line.need(NoticeColumns.ON),
        period=Period(line.need(NoticeColumns.FIRST), line.need(NoticeColumns.LAST)),
        sections=line.get(NoticeColumns.SECTIONS),
        proposer=line.get(NoticeColumns.PROPOSER),
        reviewer=line.get(NoticeColumns.REVIEWER),
        approver=line.get(NoticeColumns.APPROVER),
    )


def _check_suggestion(line: Line) -> None:
    """An answer has its day, a day its answer, and neither comes before the suggestion."""
    check_in_order(line, SuggestionColumns.ON, SuggestionColumns.ANSWERED_ON)
    check_together(line, (SuggestionColumns.ANSWERED_ON, SuggestionColumns.ANSWER), Code.ANSWER_INCOMPLETE)


def _suggestion_key(line: Line) -> str | None:
    return numbered_key(line.get(SuggestionColumns.ON), line.get(SuggestionColumns.NUMBER))


def _suggestion(line: Line, key: str) -> SuggestionRow:
    return SuggestionRow(
        at=line.at,
        key=key,
        number=line.need(SuggestionColumns.NUMBER),
        on=line.need(SuggestionColumns.ON),
        notice=line.get(SuggestionColumns.NOTICE),
        content=line.get(SuggestionColumns.CONTENT),
        answered_on=line.get(SuggestionColumns.ANSWERED_ON),
        answer=line.get(SuggestionColumns.ANSWER),
    )


NOTICES: Final = Register(
    form=SheetForm.of("公示", NoticeColumns),
    key_column=NoticeColumns.NUMBER,
    key=lambda line: line.get(NoticeColumns.NUMBER),
    build=_notice,
    check=_check_notice,
)
SUGGESTIONS: Final = Register(
    form=SheetForm.of("意见建议", SuggestionColumns),
    key_column=SuggestionColumns.NUMBER,
    key=_suggestion_key,
    build=_suggestion,
    check=_check_suggestion,
)

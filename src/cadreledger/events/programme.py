"""On the way to a "new type of community" (创建工作): surveys, a list of problems, and what came of it."""

from enum import Enum

from cadreledger.events.sections import Event, event, internal, personal, public, rests_on
from cadreledger.values import StreamKind

__all__ = [
    "ApplicationSubmitted",
    "IssueFound",
    "IssueRectified",
    "IssueVerified",
    "ProgrammeWorked",
    "RecommendationMade",
    "WorkKind",
]


class WorkKind(Enum):
    """What was done."""

    SURVEY = "survey"  # 调研
    MEETING = "meeting"  # 会议
    PLAN = "plan"  # 计划
    OBSERVATION = "observation"  # 观摩
    TUTORING = "tutoring"  # 辅导


@event("programme.worked/1", StreamKind.PROGRAMME, counted=True)
class ProgrammeWorked(Event):
    """Work was done: ``count`` sites seen, people sent, lessons given. ``code`` is the office's number."""

    kind: WorkKind = public()
    count: int = public(unit="as the register says", least=0)
    code: str = internal()
    unit: str | None = internal(default=None)
    responsible: str | None = internal(default=None)
    basis: str | None = internal(default=None)
    text: str | None = personal(default=None)


@event("issue.found/1", StreamKind.PROGRAMME, counted=True)
class IssueFound(Event):
    """The community's own inspection found something wanting (自查问题)."""

    code: str = internal()
    responsible: str | None = internal(default=None)
    basis: str | None = internal(default=None)
    text: str | None = personal(default=None)


@event("issue.rectified/1", StreamKind.PROGRAMME, counted=True)
class IssueRectified(Event):
    """An issue was put right (整改)."""

    issue: int = rests_on()
    code: str = internal()
    responsible: str | None = internal(default=None)
    basis: str | None = internal(default=None)
    text: str | None = personal(default=None)


@event("issue.verified/1", StreamKind.PROGRAMME, counted=True)
class IssueVerified(Event):
    """Somebody else saw that it was put right (验收)."""

    issue: int = rests_on()
    code: str = internal()
    responsible: str | None = internal(default=None)
    basis: str | None = internal(default=None)
    text: str | None = personal(default=None)


@event("application.submitted/1", StreamKind.PROGRAMME, counted=True)
class ApplicationSubmitted(Event):
    """The community asks for the title (申报)."""

    code: str = internal()
    responsible: str | None = internal(default=None)
    basis: str | None = internal(default=None)
    text: str | None = personal(default=None)


@event("recommendation.made/1", StreamKind.PROGRAMME, counted=True)
class RecommendationMade(Event):
    """The bureau gives its opinion (推荐)."""

    code: str = internal()
    responsible: str | None = internal(default=None)
    basis: str | None = internal(default=None)
    text: str | None = personal(default=None)

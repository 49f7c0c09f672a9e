"""What a notice is divided into: its parts, in order, and which figures stand in each."""

from typing import Final

import attrs

from cadreledger.disclosure.bilingual import Said

__all__ = ["DONE", "REST", "SECTIONS", "SPENT", "Section", "section_of"]


@attrs.frozen
class Section:
    """A part of a notice: its anchor and title, the figures it holds (by the first word of their keys).

    ``by_month``: those that are shown month by month; ``bars``: the one that is also drawn ("": none); ``note``: what
    its words mean where they are not plain.
    """

    anchor: str
    title: Said
    words: tuple[str, ...]
    by_month: tuple[str, ...] = ()
    bars: str = ""
    note: Said | None = None


SECTIONS: Final = (
    Section(
        "dues",
        Said("党费", "Dues"),
        ("dues", "fund"),
        ("dues.collected", "dues.remitted", "dues.returned", "fund.spent"),
        "dues.collected",
        note=Said(
            "党费收缴：当月收到的；按所属月份：按应缴的月份计算；上缴：交给上级；返还：上级返还支部。",
            "Collected: received in the month. By the month owed: the month for which it was due. "
            "Remitted: to the higher committee. Returned: by it, to the branch.",
        ),
    ),
    Section(
        "study",
        Said("学习与组织生活", "Study and branch life"),
        ("study", "party_days", "meetings"),
        ("study.sessions", "party_days.held", "meetings.held"),
    ),
    Section(
        "visits",
        Said("走访与关心", "Visits and care"),
        ("visits",),
        ("visits.made", "visits.online"),
        "visits.made",
        note=Said(
            "网上补课：不上门，在网上给人补课；与“活动与出勤”里的网上补学不是一回事。",
            "Remote make-up lessons are given online, not at the door. "
            "Sessions made up online, under attendance, are something else.",
        ),
    ),
    Section(
        "wishes",
        Said("微心愿", "Small wishes"),
        ("wishes",),
        ("wishes.made", "wishes.fulfilled"),
        note=Said(
            "一个心愿可能办好几件，所以“件次”与“个”不能相减。",
            "One wish may be fulfilled several times over, so item-times cannot be subtracted from wishes.",
        ),
    ),
    Section(
        "activities",
        Said("活动与出勤", "Activities and attendance"),
        ("recreation", "performances", "ceremonies", "attendance"),
        note=Said(
            "网上补学：没到活动现场，在网上补上；不算现场出勤。",
            "Made up online: absent from the session, followed it online later; no attendance in person.",
        ),
    ),
    Section(
        "people",
        Said("人员、队伍与设施", "People, teams, facilities"),
        (
            "cadres",
            "members",
            "teams",
            "service",
            "rooms",
            "books",
            "equipment",
            "furniture",
            "venues",
            "power",
        ),
        note=Said(
            "隶属党员：组织关系在本社区；参加支部党员：在支部只参加组织生活。一个人可能两项都有。",
            "Affiliated: their membership is here. Taking part: they only attend a branch here. Somebody may be both.",
        ),
    ),
    Section("rules", Said("制度与共建", "Rules and partners"), ("regulations", "partners")),
    Section(
        "programme",
        Said("创建工作", "The programme"),
        ("surveys", "observation", "tutoring", "issues", "applications", "recommendations"),
    ),
    Section("notices", Said("公示与意见", "Notices and suggestions"), ("notices", "suggestions")),
)

REST: Final = Section("rest", Said("其他", "Other"), ())
SPENT: Final = ("dues.collected", "dues.returned", "fund.spent")
DONE: Final = ("visits.made", "wishes.fulfilled", "study.sessions", "party_days.held")


def section_of(key: str) -> Section:
    """Where a figure belongs; the last one for a figure that belongs nowhere."""
    return next((section for section in SECTIONS if key.partition(".")[0] in section.words), REST)

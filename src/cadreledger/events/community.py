"""What happens to the community as a whole: what it is like, its partners, its rules, its notices and what is said."""

import re
from enum import Enum
from typing import Final

from cadreledger.events.sections import Dated, Event, event, internal, personal, public, rests_on
from cadreledger.values import Month, Qualifier, StreamKind

__all__ = [
    "NoticeApproved",
    "NoticeProposed",
    "NoticePublished",
    "NoticeReviewed",
    "PartnerChanged",
    "PartnerJoined",
    "PartnerLeft",
    "ProfileStated",
    "RegulationAdopted",
    "RegulationRepealed",
    "RegulationWay",
    "SuggestionAnswered",
    "SuggestionReceived",
]

NUMBER: Final = r"[0-9A-Za-z][0-9A-Za-z._/()-]{0,99}"
MONTHS: Final = r"[0-9]{4}-[0-9]{2}\.\.[0-9]{4}-[0-9]{2}"
DIGEST_OR_NONE: Final = r"[A-Za-z0-9_-]{43}|"
_WHO: Final = re.compile(r'"who":"([^"\\]+)"')


class RegulationWay(Enum):
    """How a regulation came to be what it is."""

    ESTABLISHED = "established"  # 建立
    REVISED = "revised"  # 修订


@event("profile.stated/1", StreamKind.COMMUNITY, counted=False, dated=Dated.NEVER)
class ProfileStated(Event):
    """Somebody says how large, how many, since when: a source's own words, which nothing here corrects.

    ``value`` is a decimal, or text where the source gives text.
    """

    item: str = internal()
    value: str = internal()
    unit: str | None = internal(default=None)
    qualifier: Qualifier = internal()
    as_of: Month | None = internal(default=None)
    basis: str | None = internal(default=None)


@event("partner.joined/1", StreamKind.COMMUNITY, counted=True, dated=Dated.MAYBE)
class PartnerJoined(Event):
    """A unit (共建单位) helps from now on."""

    code: str = internal()
    name: str = internal()
    kind: str | None = internal(default=None)
    support: str | None = internal(default=None)


@event("partner.changed/1", StreamKind.COMMUNITY, counted=False, dated=Dated.MAYBE)
class PartnerChanged(Event):
    """The register says something else of a partner now."""

    partner: int = rests_on()
    name: str = internal()
    kind: str | None = internal(default=None)
    support: str | None = internal(default=None)


@event("partner.left/1", StreamKind.COMMUNITY, counted=True, dated=Dated.MAYBE)
class PartnerLeft(Event):
    """A unit helps no longer."""

    partner: int = rests_on()


@event("regulation.adopted/1", StreamKind.COMMUNITY, counted=True, dated=Dated.MAYBE)
class RegulationAdopted(Event):
    """A regulation (制度) is set up or revised. ``in_force``: 1 where there was none of that code before, else 0."""

    in_force: int = public(unit="documents, signed")
    code: str = internal()
    title: str = internal()
    way: RegulationWay = internal()


@event("regulation.repealed/1", StreamKind.COMMUNITY, counted=True, dated=Dated.MAYBE)
class RegulationRepealed(Event):
    """A regulation no longer holds; ``in_force`` is -1."""

    in_force: int = public(unit="documents, signed")
    code: str = internal()


@event("notice.proposed/1", StreamKind.COMMUNITY, counted=False)
class NoticeProposed(Event):
    """Somebody asks for a notice (公示) of a period to be made (党务公开条例 article 15)."""

    number: str = internal(unit="a number such as 2021-1", pattern=NUMBER)
    edition: int = internal(unit="edition", least=1)
    period: str = internal(unit="months such as 2021-01..2021-03", pattern=MONTHS)
    sections: str | None = internal(default=None)
    proposer: str | None = internal(default=None)


@event("notice.reviewed/1", StreamKind.COMMUNITY, counted=False)
class NoticeReviewed(Event):
    """Somebody else looked it over for secrets and privacy."""

    number: str = internal(unit="a number such as 2021-1", pattern=NUMBER)
    edition: int = internal(unit="edition", least=1)
    reviewer: str | None = internal(default=None)


@event("notice.approved/1", StreamKind.COMMUNITY, counted=False)
class NoticeApproved(Event):
    """A third one lets it go out."""

    number: str = internal(unit="a number such as 2021-1", pattern=NUMBER)
    edition: int = internal(unit="edition", least=1)
    approver: str | None = internal(default=None)


@event("notice.published/1", StreamKind.COMMUNITY, counted=True)
class NoticePublished(Event):
    """A notice went up. ``edition`` 1 is the first; a later one ``supersedes`` an earlier one (0: none).

    ``size`` is the tree that it was made from and ``digest`` that of its bytes: 0 and "" for one on paper. ``title`` is
    its number as written, ``texts`` what the office says in it beside figures.
    """

    number: str = public(unit="a number such as 2021-1", pattern=NUMBER)
    edition: int = public(unit="edition", least=1)
    supersedes: int = public(unit="edition", least=0)
    period: str = public(unit="months such as 2021-01..2021-03", pattern=MONTHS)
    size: int = public(unit="leaves", least=0)
    digest: str = public(unit="SHA-256, base64url", pattern=DIGEST_OR_NONE)
    title: str = internal()
    reason: str | None = internal(default=None)
    texts: str | None = internal(unit="a JSON list of paragraphs", default=None)

    @property
    def people(self) -> tuple[str, ...]:
        """The streams of those whom its words name, in order."""
        return tuple(_WHO.findall(self.texts or ""))


@event("suggestion.received/1", StreamKind.COMMUNITY, counted=True)
class SuggestionReceived(Event):
    """Somebody says what they think (意见建议); ``notice`` is the number of the one it is about."""

    code: str = internal()
    notice: str | None = internal(default=None)
    content: str | None = personal(default=None)


@event("suggestion.answered/1", StreamKind.COMMUNITY, counted=True)
class SuggestionAnswered(Event):
    """They are told what comes of it."""

    suggestion: int = rests_on()
    answer: str | None = personal(default=None)

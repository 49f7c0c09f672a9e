"""The rules there are: the questions that a policy may answer, each with the kind of its answer."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from cadreledger.rules.kinds import (
    AMOUNT,
    AMOUNT_RANGE,
    BANDS,
    CADENCE,
    COUNT,
    COUNT_RANGE,
    DAY,
    SHARE,
    SWITCH,
    WORDS,
    Rounding,
    word_of,
)
from cadreledger.rules.masking import IdMask, NameMask, PhoneMask
from cadreledger.rules.policy import Rule

__all__ = ["RULES", "BaseOf", "Changed"]


class Changed(Enum):
    """From when on a changed base changes what is owed."""

    FROM_THE_MONTH = "from_the_month"  # in which the changed pay is first received
    NEXT_YEAR = "next_year"  # fixed at the start of the year


class BaseOf(Enum):
    """Which pay a scheme looks at."""

    MONTHLY_PAY = "monthly_pay"
    RECEIVED_THAT_MONTH = "received_that_month"
    QUARTER_BEFORE = "quarter_before"  # its monthly average
    BASIC_PENSION = "basic_pension"  # without allowances


# --- dues
EMPLOYED: Final = Rule("dues.employed", BANDS)
EMPLOYED_BASE: Final = Rule("dues.employed_base", word_of(BaseOf))
ANNUAL_SALARY_BASE: Final = Rule("dues.annual_salary_base", word_of(BaseOf))
SELF_EMPLOYED_BASE: Final = Rule("dues.self_employed_base", word_of(BaseOf))
RETIRED: Final = Rule("dues.retired", BANDS)
RETIRED_BASE: Final = Rule("dues.retired_base", word_of(BaseOf))
FARMERS: Final = Rule("dues.farmers", AMOUNT_RANGE)
FIXED: Final = Rule("dues.fixed", AMOUNT)
RELIEF_DECIDED: Final = Rule("dues.relief_decided", SWITCH)
PROBATION_FROM_ADMISSION: Final = Rule("dues.probation_from_admission", SWITCH)
PERMIT_PAYS_THERE: Final = Rule("dues.permit_pays_there", SWITCH)
CHANGED: Final = Rule("dues.changed", word_of(Changed))
MONTH_MAX: Final = Rule("dues.month_max", AMOUNT)
VOLUNTARY_MIN: Final = Rule("dues.voluntary_min", AMOUNT)
PREPAID_MONTHS_MAX: Final = Rule("dues.prepaid_months_max", COUNT)
BACKPAID_MONTHS_MAX: Final = Rule("dues.backpaid_months_max", COUNT)
TOPPED_UP: Final = Rule("dues.topped_up", SWITCH)
UNPAID_MONTHS_REVIEW: Final = Rule("dues.unpaid_months_review", COUNT)
ADVANCED: Final = Rule("dues.advanced", SWITCH)
HANDED_OVER: Final = Rule("dues.handed_over", SWITCH)
ROUNDING: Final = Rule("dues.rounding", word_of(Rounding))
PAID_ONCE: Final = Rule("dues.paid_once", SWITCH)
AFTER_DEATH: Final = Rule("dues.after_death", SWITCH)

# --- the fund and the cash box
RETURNED_SHARE: Final = Rule("fund.returned_share", SHARE)
RETURNED_ROUNDING: Final = Rule("fund.returned_rounding", word_of(Rounding))
USES: Final = Rule("fund.uses", WORDS)
DECIDED: Final = Rule("fund.decided", SWITCH)
HANDS_APART: Final = Rule("fund.hands_apart", SWITCH)
INTEREST: Final = Rule("fund.interest_is_income", SWITCH)
REPORTED: Final = Rule("fund.reported", CADENCE)
VARIANCE_EXPLAINED: Final = Rule("cash.variance_explained", SWITCH)

# --- the branch
MEMBERS_MIN: Final = Rule("branch.members_min", COUNT)
MEMBERS_MAX: Final = Rule("branch.members_max", COUNT)
COMMITTEE_FROM: Final = Rule("branch.committee_from", COUNT)
COMMITTEE_SIZE: Final = Rule("branch.committee_size", COUNT_RANGE)
COMMITTEE_MAX: Final = Rule("branch.committee_max", COUNT)
TERM_YEARS: Final = Rule("branch.term_years", COUNT)
TEMPORARY_APPROVED: Final = Rule("branch.temporary_approved", SWITCH)
TEMPORARY_COLLECTS: Final = Rule("branch.temporary_collects", SWITCH)
TEMPORARY_ADMITS: Final = Rule("branch.temporary_admits", SWITCH)

# --- meetings and resolutions
GENERAL_MEETING: Final = Rule("meeting.general", CADENCE)
COMMITTEE_MEETING: Final = Rule("meeting.committee", CADENCE)
GROUP_MEETING: Final = Rule("meeting.group", CADENCE)
LECTURE: Final = Rule("meeting.lecture", CADENCE)
PARTY_DAY: Final = Rule("meeting.party_day", CADENCE)
QUORUM: Final = Rule("meeting.quorum", SHARE)
MAJORITY: Final = Rule("meeting.majority", SHARE)
FRAIL_EXCUSED: Final = Rule("meeting.frail_excused", SWITCH)
MADE_UP_COVERS: Final = Rule("meeting.made_up_covers", SWITCH)

# --- membership
LETTER_MONTHS_MAX: Final = Rule("member.letter_months_max", COUNT)
TRANSFER_AFTER_MONTHS: Final = Rule("member.transfer_after_months", COUNT)
ONE_FORMAL_RELATION: Final = Rule("member.one_formal_relation", SWITCH)
MEDAL_YEARS: Final = Rule("member.medal_years", COUNT)
VETERAN_BEFORE: Final = Rule("cadre.veteran_before", DAY)

# --- services and openness
DUPLICATE_WAITS: Final = Rule("visit.duplicate_waits", SWITCH)
WISH_MONTHS_OPEN: Final = Rule("wish.months_open", COUNT)
SCHOOL_HOURS: Final = Rule("facility.outside_school_hours", SWITCH)
NOTICE_HANDS_APART: Final = Rule("notice.hands_apart", SWITCH)
SEPARATE_CONSENT: Final = Rule("notice.separate_consent", SWITCH)
MASKED_NAME: Final = Rule("masking.name", word_of(NameMask))
MASKED_PHONE: Final = Rule("masking.phone", word_of(PhoneMask))
MASKED_ID_NUMBER: Final = Rule("masking.id_number", word_of(IdMask))

RULES: Final[Mapping[str, Rule[object]]] = MappingProxyType(
    {value.name: value for value in list(globals().values()) if isinstance(value, Rule)}
)
"""Every rule by its name, in the order in which they stand here."""

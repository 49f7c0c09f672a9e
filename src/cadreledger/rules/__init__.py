"""What the regulations say, as dated and cited data, and pure functions over it."""

from cadreledger.rules import declared
from cadreledger.rules.declared import RULES, BaseOf, Changed
from cadreledger.rules.dues import Assessment, DuesScheme, assess, returned, returned_by, unpaid_in_a_row
from cadreledger.rules.kinds import Band, Cadence, Every, Kind, Range, Rounding, Share
from cadreledger.rules.masking import IdMask, NameMask, PhoneMask, masked_id_number, masked_name, masked_phone
from cadreledger.rules.meetings import enough_present, lacking, passes, spans
from cadreledger.rules.membership import medal_due_since, months_later
from cadreledger.rules.policy import Binding, Certainty, Policy, Provision, Rule
from cadreledger.rules.reading import NATIONAL_VERSION, national, national_text, read_policy

__all__ = [
    "NATIONAL_VERSION",
    "RULES",
    "Assessment",
    "Band",
    "BaseOf",
    "Binding",
    "Cadence",
    "Certainty",
    "Changed",
    "DuesScheme",
    "Every",
    "IdMask",
    "Kind",
    "NameMask",
    "PhoneMask",
    "Policy",
    "Provision",
    "Range",
    "Rounding",
    "Rule",
    "Share",
    "assess",
    "declared",
    "enough_present",
    "lacking",
    "masked_id_number",
    "masked_name",
    "masked_phone",
    "medal_due_since",
    "months_later",
    "national",
    "national_text",
    "passes",
    "read_policy",
    "returned",
    "returned_by",
    "spans",
    "unpaid_in_a_row",
]

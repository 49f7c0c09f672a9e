"""What is worth a look in a ledger that holds together: data for the audit, and for the office itself."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

import attrs

from cadreledger.rules import Binding, Provision

__all__ = ["CODES", "Remark", "Weight", "of_rule"]


class Weight(Enum):
    """How much a remark weighs. None says that anything was changed."""

    WARNING = "warning"  # a regulation is not kept
    NOTE = "note"  # worth knowing


CODES: Final[Mapping[str, Weight]] = MappingProxyType(
    {
        "branch_too_large": Weight.WARNING,
        "closed_month_differs": Weight.NOTE,
        "corrected": Weight.NOTE,
        "corrected_after_notice": Weight.NOTE,
        "dues_handed_over": Weight.NOTE,
        "dues_months_differ": Weight.NOTE,
        "dues_paid_ahead": Weight.NOTE,
        "fund_left": Weight.NOTE,
        "items_missing": Weight.NOTE,
        "late_entry": Weight.NOTE,
        "medal_due": Weight.NOTE,
        "meeting_missing": Weight.WARNING,
        "members_are_not_the_retired": Weight.NOTE,
        "months_without_notice": Weight.NOTE,
        "people_and_attendance_differ": Weight.NOTE,
        "profile_and_register_differ": Weight.NOTE,
        "profile_does_not_multiply": Weight.NOTE,
        "name_without_consent": Weight.WARNING,
        "suggestion_open": Weight.NOTE,
        "temporary_not_approved": Weight.WARNING,
        "visit_confirmed": Weight.NOTE,
        "visit_waits": Weight.NOTE,
        "voided": Weight.NOTE,
        "voided_after_notice": Weight.NOTE,
        "wish_made_again": Weight.NOTE,
        "wish_open_long": Weight.NOTE,
    }
)
"""Every code, with its weight by the national policy."""


@attrs.frozen
class Remark:
    """One thing worth a look, by a code of `CODES`.

    ``version`` is that of the entry it is about, in ``stream`` (0: no single one; "": no single stream),
    ``position`` its place in the ledger, where whoever makes the remark knows it. ``citation``
    is the article, where there is one. No personal data is in any field.
    """

    code: str
    message: str
    stream: str = ""
    version: int = 0
    weight: Weight = Weight.NOTE
    citation: str = ""
    position: int = 0


def of_rule(provision: Provision[object], code: str, message: str, stream: str = "", version: int = 0) -> Remark:
    """A remark on what a policy says: a warning where the provision warns or refuses, else a note."""
    warns = provision.binding in {Binding.WARN, Binding.REFUSE}
    return Remark(code, message, stream, version, Weight.WARNING if warns else Weight.NOTE, provision.citation)

"""What is worth a look in a ledger that holds together: data for the audit, and for the office itself."""

from enum import Enum

import attrs

from cadreledger.rules import Binding, Provision

__all__ = ["Remark", "Weight", "of_rule"]


class Weight(Enum):
    """How much a remark weighs. None says that anything was changed."""

    WARNING = "warning"  # a regulation is not kept
    NOTE = "note"  # worth knowing


@attrs.frozen
class Remark:
    """One thing worth a look.

    ``version`` is that of the entry it is about, in ``stream`` (0: no single one; "": no single stream). ``citation``
    is the article, where there is one. No personal data is in any field.
    """

    code: str
    message: str
    stream: str = ""
    version: int = 0
    weight: Weight = Weight.NOTE
    citation: str = ""


def of_rule(provision: Provision[object], code: str, message: str, stream: str = "", version: int = 0) -> Remark:
    """A remark on what a policy says: a warning where the provision warns or refuses, else a note."""
    warns = provision.binding in {Binding.WARN, Binding.REFUSE}
    return Remark(code, message, stream, version, Weight.WARNING if warns else Weight.NOTE, provision.citation)

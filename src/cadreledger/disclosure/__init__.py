"""What the public is shown: a snapshot of the figures, as canonical JSON, a page to read, and tables."""

from cadreledger.disclosure.evidence import Evidence
from cadreledger.disclosure.notice import Notice
from cadreledger.disclosure.notices import PublishedNotice
from cadreledger.disclosure.paragraphs import Named
from cadreledger.disclosure.snapshot import Adjustment, BreakdownRow, FigureRow, Snapshot
from cadreledger.disclosure.taking import take

__all__ = [
    "Adjustment",
    "BreakdownRow",
    "Evidence",
    "FigureRow",
    "Named",
    "Notice",
    "PublishedNotice",
    "Snapshot",
    "take",
]

"""Every notice that went up from the ledger, made again: its digest must be the one that was recorded.

Each is a snapshot of its own, so that this reads the records three times a notice.
"""

from collections.abc import Callable, Iterable

from cadreledger.audit.before import Before
from cadreledger.audit.finding import Findings
from cadreledger.disclosure import Notice, take
from cadreledger.disclosure.paragraphs import read_texts
from cadreledger.errors import CadreLedgerError
from cadreledger.figures import Catalogue, Record
from cadreledger.values import Period

__all__ = ["check_notices"]

Reading = Callable[[int], Callable[[], Iterable[Record]]]
"""Reads the records up to a size, again and again."""


def check_notices(
    before: Before, origin: str, sealed_sizes: Iterable[int], reading: Reading, catalogue: Catalogue, findings: Findings
) -> None:
    """Hold each notice against the records. ``sealed_sizes``: those of the checkpoints that hold."""
    sizes = set(sealed_sizes)
    for position, event in before.published:
        if not event.size:
            continue  # on paper
        name = f"notice {event.title}, edition {event.edition},"
        if event.size not in sizes or event.size >= position:
            what = f"{name} rests on the first {event.size} events, of which there is no checkpoint before it"
            findings.error("notice_unsealed", what, position, "community")
            continue
        try:
            snapshot = take(
                origin=origin,
                name=before.name,
                period=Period.parse(event.period),
                records=reading(event.size),
                catalogue=catalogue,
            )
            made = Notice(
                number=event.title,
                edition=event.edition,
                snapshot=snapshot,
                texts=read_texts(event.texts),
                reason=event.reason,
            )
        except CadreLedgerError as error:
            findings.error("notice_mismatch", f"{name} cannot be made again: {error.what}", position, "community")
            continue
        if made.digest != event.digest:
            what = f"{name} does not come out as it was published"
            findings.error(
                "notice_mismatch", what, position, "community", "Compare the published one figure by figure."
            )

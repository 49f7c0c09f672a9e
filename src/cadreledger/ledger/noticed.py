"""Published notices, made again from the ledger: the event holds all that the page is made of."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs

from cadreledger.disclosure import Evidence, Notice
from cadreledger.disclosure.paragraphs import read_texts
from cadreledger.errors import InputError, StoreError, UnknownSubjectError
from cadreledger.events.community import NoticePublished
from cadreledger.events.void import Void
from cadreledger.figures import Catalogue
from cadreledger.ledger.naming import Naming
from cadreledger.ledger.reader import Reader
from cadreledger.values import Period, StreamKind, ascii_code, stream_id

if TYPE_CHECKING:
    from cadreledger.ledger.shown import Shown

__all__ = ["notice", "notices"]


def notice(ledger: "Shown", reader: Reader, number: str, edition: int | None) -> Notice:
    """See `Ledger.notice`."""
    position, event = _published(ledger, ascii_code(number), edition)
    if not event.size:
        hint = "It was on paper: take a snapshot of its period, as known then."
        raise InputError("that notice rests on no checkpoint", "a notice that was published from here", hint=hint)
    snapshot = ledger.snapshot(Period.parse(event.period), at=event.size)
    made = Notice(
        number=event.title,
        edition=event.edition,
        snapshot=snapshot,
        texts=Naming(reader, event.title, event.edition).opened(read_texts(event.texts), position - 1),
        reason=event.reason,
        published=position - 1,
    )
    if made.digest != event.digest:
        what = "the notice does not come out as it was published"
        raise StoreError(what, event.digest, made.digest, "Audit the ledger.")
    return attrs.evolve(made, snapshot=attrs.evolve(snapshot, evidence=_evidence(ledger, position)))


def notices(ledger: "Shown") -> tuple[tuple[str, int], ...]:
    """See `Ledger.notices`."""
    return tuple((event.title, event.edition) for _, event in _standing(ledger) if event.size)


def _published(ledger: "Shown", number: str, edition: int | None) -> tuple[int, NoticePublished]:
    """The event of an edition (None: the last) that stands, with its position. Raises InputError where none does."""
    found = [each for each in _standing(ledger) if each[1].number == number and edition in {None, each[1].edition}]
    if not found:
        raise InputError("there is no such notice", "the number and edition of a published one", hint="List them.")
    return found[-1]


def _standing(ledger: "Shown") -> Iterator[tuple[int, NoticePublished]]:
    """The notices that went up and were not taken back, with their positions, in order."""
    try:
        history = ledger.history(stream_id(StreamKind.COMMUNITY))
    except UnknownSubjectError:
        return
    voided = {recorded.event.of_version for recorded in history if isinstance(recorded.event, Void)}
    for recorded in history:
        if isinstance(recorded.event, NoticePublished) and recorded.version not in voided:
            yield recorded.position, recorded.event


def _evidence(ledger: "Shown", position: int) -> Evidence | None:
    """What the page carries: the log up to the first checkpoint that covers the publication; None: there is none."""
    covering = [seal for seal in ledger.sealed.checkpoints() if seal.size >= position]
    if not covering:
        return None
    size = covering[0].size
    notes = [seal.note for seal in ledger.sealed.checkpoints() if seal.size <= size]
    states = ledger.headers(upto=size)
    return Evidence.of(states, notes, Catalogue.file_of)

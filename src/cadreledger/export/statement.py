"""One person's events with proofs, out of a sealed ledger."""

from cadreledger.disclosure.statement import Statement, StatementEvent
from cadreledger.disclosure.statement_page import LogKey, statement_page
from cadreledger.errors import ErasedError, InputError
from cadreledger.events.ledger import KeyRotated, LedgerOpened
from cadreledger.ledger import Ledger, Seal
from cadreledger.values import StreamKind, stream_id, stream_kind

__all__ = ["page_for_statements", "page_of_statement", "statement"]


def statement(ledger: Ledger, subject: str, *, at: Seal | None = None) -> Statement:
    """The statement of a person (a code or a stream) at a checkpoint, by default the last.

    Raises InputError for whom the checkpoint does not know or what is no person, ErasedError for somebody whose key
    was destroyed, KeyStoreError without the key store, and StoreError where the ledger was never sealed.
    """
    sealed = ledger.sealed
    seal = at or sealed.latest()
    stream = ledger.stream_of(subject)
    if not stream_kind(stream).is_random:
        hint = "A branch's or a team's entries are in the bundle."
        raise InputError("a statement is about a person", "a person's code or stream", stream, hint)
    events: list[StatementEvent] = []
    for position, frame, opened in sealed.opened(stream, upto=seal.size):
        if frame.personal and opened is None:
            hint = "What is personal about them can never be read again, so nobody can be given it."
            raise ErasedError("the key of this person was destroyed", found=stream, hint=hint)
        proof = sealed.inclusion(position, at=seal).proof
        events.append(StatementEvent(position - 1, frame.header, frame.internal, opened, proof))
    if not events:
        raise InputError("the last checkpoint does not cover this person", hint="Seal the ledger first.")
    return Statement(ledger.origin, stream, seal.note, tuple(events))


def page_of_statement(ledger: Ledger, made: Statement) -> bytes:
    """A page to print or hand out: one person's statement, which it shows and checks by the keys of ``ledger``.

    Raises ExtraMissingError without jinja2.
    """
    return statement_page(ledger.name, ledger.origin, _keys(ledger), made)


def page_for_statements(ledger: Ledger) -> bytes:
    """The site's page: whoever opens the file of their statement in it sees and checks it, on their own device.

    Raises ExtraMissingError without jinja2.
    """
    return statement_page(ledger.name, ledger.origin, _keys(ledger))


def _keys(ledger: Ledger) -> tuple[LogKey, ...]:
    """The keys that the ledger's own events name, each with its event's position: the size that covers it."""
    found: list[LogKey] = []
    for recorded in ledger.history(stream_id(StreamKind.LEDGER)):
        match recorded.event:
            case LedgerOpened(keys=keys):
                found.append(LogKey(keys[0], recorded.position))
            case KeyRotated(key=key):
                found.append(LogKey(key, recorded.position))
    return tuple(found)

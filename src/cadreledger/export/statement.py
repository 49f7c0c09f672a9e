"""One person's events with proofs, out of a sealed ledger."""

from cadreledger.disclosure.statement import Statement, StatementEvent
from cadreledger.errors import ErasedError, InputError
from cadreledger.ledger import Ledger, Seal
from cadreledger.values import stream_kind

__all__ = ["statement"]


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

"""Checkpoints against the tree: by whom each was signed and cosigned, and whether it is over these very events."""

from collections.abc import Mapping

from cadreledger.audit.control import Control
from cadreledger.audit.finding import Findings
from cadreledger.audit.months import latest_month
from cadreledger.audit.signed_note import SignedNote, read_note
from cadreledger.errors import VerificationError
from cadreledger.sealing import Note, open_note

__all__ = ["SignedNote", "check_checkpoints", "read_note"]  # the two others for whoever checks

FORGED = "Compare it with the one that was published."


def check_checkpoints(
    signed: list[SignedNote], roots: Mapping[int, bytes], events: int, control: Control, findings: Findings
) -> int:
    """Check every checkpoint, into findings; how many events the last good one covers."""
    sealed = before = 0
    for entry in sorted(signed, key=lambda entry: entry.checkpoint.size):
        size = entry.checkpoint.size
        if size > events:  # whoever signed it: its key may be named among what is missing
            what = f"a checkpoint covers {size} events, and there are {events}"
            findings.error("events_missing", what, events + 1, hint="The ledger was cut, or is an older copy.")
            continue
        try:
            note = _opened(entry, control, before)
        except VerificationError as error:
            what = f"the checkpoint over {size} events: {error}"
            findings.error("checkpoint_unsigned", what, min(size, events), hint=FORGED)
            continue
        before = size
        if roots.get(size) != entry.checkpoint.root:
            what = f"the first {size} events are not those that were signed{' (the checkpoint held)' * entry.held}"
            findings.error("checkpoint_mismatch", what, hint="Something at or before that position was changed.")
        else:
            sealed = max(sealed, size)
            _check_months(note, size, control, findings)
    return sealed


def _opened(entry: SignedNote, control: Control, before: int) -> Note:
    """The note, signed by the key in force, and by each that came into force since the checkpoint before.

    Cosignatures by witnesses that the log names are verified too. Raises VerificationError otherwise.
    """
    size, named = entry.checkpoint.size, control.keys
    if entry.checkpoint.origin != control.origin:
        raise VerificationError("it is another log's", "this log's origin", "another one")
    signing = named.signing(size)
    if not signing:
        raise VerificationError("the log names no key")
    note = open_note(entry.note, [*signing, *named.witnesses(size)])
    signed = {(signature.name, signature.key_id) for signature in note.signatures}
    for key in signing[-1:] if entry.held else named.due(size, before):
        if (key.name, key.key_id) not in signed:
            raise VerificationError("a key that must sign it did not", "the key in force, and the one before it")
    return note


def _check_months(note: Note, size: int, control: Control, findings: Findings) -> None:
    times = [signature.time for signature in note.signatures if signature.time is not None]
    if not times:
        return
    month, latest = latest_month(min(times)), control.month_max.get(size, "")
    if latest > month:
        what = f"a header lies in {latest}, and was cosigned in {month}"
        findings.error("month_in_the_future", what, hint=f"It is one of the first {size} events.")

"""Checkpoints against the tree: by whom each was signed and cosigned, and whether it is over these very events."""

from collections.abc import Mapping
from datetime import UTC, datetime

import attrs

from cadreledger.audit.control import Control
from cadreledger.audit.finding import Findings
from cadreledger.errors import VerificationError
from cadreledger.sealing import Checkpoint, Note, NoteVerifier, open_note, parse_checkpoint, split_note
from cadreledger.sealing.canonical import JsonObject

__all__ = ["SignedNote", "check_checkpoints", "read_note"]

SIGNING, WITNESSING = b"\x01", b"\x04"
FORGED = "Compare it with the one that was published."


@attrs.frozen
class SignedNote:
    """A checkpoint that nobody has checked yet. ``held``: the auditor brought it along."""

    checkpoint: Checkpoint
    note: bytes
    held: bool = False


def read_note(note: bytes, *, held: bool = False) -> SignedNote:
    """The checkpoint in a note. Raises VerificationError for what is none; no signature is looked at."""
    text, _ = split_note(note)
    return SignedNote(parse_checkpoint(text), note, held)


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
    size = entry.checkpoint.size
    if entry.checkpoint.origin != control.origin:
        raise VerificationError("it is another log's", "this log's origin", "another one")
    keys = _keys(control, size)
    if not keys:
        raise VerificationError("the log names no key")
    signers = [NoteVerifier.parse(key) for _, key in keys]
    witnesses = [NoteVerifier.parse(key) for key in _witnesses(control, size)]
    note = open_note(entry.note, [*signers, *witnesses])
    signed = {(signature.name, signature.key_id) for signature in note.signatures}
    since = max(0, sum(1 for leaf, _ in keys if leaf < before) - 1)
    for signer in signers[-1:] if entry.held else signers[since:]:
        if (signer.name, signer.key_id) not in signed:
            raise VerificationError("a key that must sign it did not", "the key in force, and the one before it")
    return note


def _check_months(note: Note, size: int, control: Control, findings: Findings) -> None:
    times = [signature.time for signature in note.signatures if signature.time is not None]
    if not times:
        return
    try:
        month = datetime.fromtimestamp(min(times), UTC).strftime("%Y-%m")
    except (ValueError, OverflowError, OSError):
        findings.error("checkpoint_unsigned", f"a cosignature of the checkpoint over {size} events has no time", size)
        return
    latest = control.month_max.get(size, "")
    if latest > month:
        what = f"a header lies in {latest}, and was cosigned in {month}"
        findings.error("month_in_the_future", what, hint=f"It is one of the first {size} events.")


def _keys(control: Control, size: int) -> list[tuple[int, str]]:
    """The log's keys in force at or before that size, in order, with the leaf that names each."""
    found: list[tuple[int, str]] = []
    for leaf, document in control.headers:
        if leaf < size and document.get("type") == "ledger.opened/1":
            found += [(leaf, key) for key in _texts(document) if _kind(key) == SIGNING]
        elif leaf < size and document.get("type") == "key.rotated/1":
            found.append((leaf, str(document.get("key"))))
    return found


def _witnesses(control: Control, size: int) -> list[str]:
    """The witnesses' keys in force at that size."""
    named: list[str] = []
    for leaf, document in control.headers:
        if leaf < size and document.get("type") in {"ledger.opened/1", "witnesses.named/1"}:
            named = [key for key in _texts(document) if _kind(key) == WITNESSING]
    return named


def _texts(document: JsonObject) -> list[str]:
    keys = document.get("keys")
    return [key for key in keys if type(key) is str] if isinstance(keys, list) else []


def _kind(key: str) -> bytes:
    try:
        return NoteVerifier.parse(key).kind
    except VerificationError:
        return b""

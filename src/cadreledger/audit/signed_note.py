"""A checkpoint as it was found, before anybody has looked at its signatures."""

import attrs

from cadreledger.sealing import Checkpoint, parse_checkpoint, split_note

__all__ = ["SignedNote", "read_note"]


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

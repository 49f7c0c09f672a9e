"""Verifying one person's statement, without the ledger; with the published log, also what came after it."""

from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from cadreledger.audit.checks import Steps, StoppedError, Trust, Verification
from cadreledger.audit.log_keys import fingerprint, named_keys
from cadreledger.audit.site import Site, holding_site
from cadreledger.disclosure.statement import Statement, StatementEvent
from cadreledger.errors import CadreLedgerError, InputError, VerificationError
from cadreledger.events import VOCABULARY, Codec, Recorded, leaf_text, without_personal
from cadreledger.events.cadre import CadreRegistered
from cadreledger.events.person import PersonEnrolled
from cadreledger.events.void import Void
from cadreledger.sealing import (
    PERSONAL_TAG,
    Checkpoint,
    Frame,
    commitment,
    encode_frame,
    leaf_hash,
    parse_canonical,
    parse_checkpoint,
    split_note,
    split_salt,
    tree_root,
    verify_checkpoint,
    verify_inclusion,
)
from cadreledger.values import stream_kind

__all__ = ["verify_statement"]

_CODEC: Final = Codec(VOCABULARY)

Log = tuple[Site, Checkpoint]
"""A published log that holds, and its checkpoint."""


class _Place(msgspec.Struct):
    """Where an event says that it stands, and what commits to its personal section."""

    type: str
    stream: str
    version: int
    personal: str | None = None


_PLACE: Final = msgspec.json.Decoder(_Place)


def verify_statement(data: bytes, trust: Trust, *, site: Path | None = None) -> Verification:
    """Verify a statement's file; ``site`` is the published log, where it is at hand.

    Whatever is wrong is a check that failed. Raises InputError where neither a key nor a site is given to verify it
    by, and StoreError for a site that cannot be read.
    """
    if not trust.keys and site is None:
        hint = "Name the log's verifier key, as you know it (--key), or the published log (--site)."
        raise InputError("a statement alone does not say whose it is", "a key to verify it by", hint=hint)
    steps = Steps()
    unchecked = ["that it is complete: no statement can show that"]
    with suppress(StoppedError):
        _verify(steps, data, trust, site, unchecked)
    return Verification("statement", tuple(steps.checks), tuple(unchecked))


def _verify(steps: Steps, data: bytes, trust: Trust, site: Path | None, unchecked: list[str]) -> None:
    with steps.step("format") as said:
        statement = Statement.parse(data)
        checkpoint = parse_checkpoint(split_note(statement.note)[0])
        if checkpoint.origin != statement.origin:
            raise VerificationError("a statement names another log than its checkpoint", statement.origin)
        said.append(f"{len(statement.events)} events of {statement.stream}, {statement.origin}")
    keys = trust.keys
    log: Log | None = None
    if site is not None:
        with steps.step("site") as said:
            log = holding_site(site, trust)
            keys = named_keys(log[0].headers(log[1].size))  # those that follow from a trusted one, too
            said.append("every check holds" if trust.keys else "no key was given: the log vouches for itself")
    with steps.step("signature") as said:
        verify_checkpoint(statement.note, trust.policy(statement.origin, keys))
        said.append(f"by a key of the log, {', '.join(map(fingerprint, keys))}")
    with steps.step("inclusion") as said:
        leaves = _included(statement, checkpoint)
        said.append(f"each event is one of the {checkpoint.size} that the checkpoint covers")
    with steps.step("sections") as said:
        events = [_opened(event) for event in statement.events]
        said.append("each says what its header commits to")
    with steps.step("person") as said:
        said.append(_one_person(statement, events))
    with steps.step("voids") as said:
        said.append(_voids(events, unchecked))
    if log is None:
        unchecked.append("whether it leaves out that an entry was taken back: that needs the site (--site)")
        unchecked.append(f"what was taken back after the first {checkpoint.size} events: that needs the site (--site)")
        return
    with steps.step("since") as said:
        said.append(_since(*log, checkpoint, leaves))
    unchecked.append("later voids of entries that no public figure counts: their headers do not tell")


def _included(statement: Statement, checkpoint: Checkpoint) -> dict[str, int]:
    """The leaves, with their index. Raises VerificationError for one that the checkpoint does not cover."""
    leaves: dict[str, int] = {}
    before = -1
    for event in statement.events:
        if not before < event.index < checkpoint.size:
            raise VerificationError("a statement's events are not in ledger order, each once, within its checkpoint")
        before, leaf = event.index, leaf_hash(event.header)
        try:
            verify_inclusion(leaf, event.index, checkpoint.size, event.proof, checkpoint.root)
        except VerificationError as error:
            raise VerificationError(f"leaf {event.index} is not in the log: {error.what}") from error
        leaves[leaf_text(leaf)] = event.index
    return leaves


def _opened(event: StatementEvent) -> tuple[Recorded, dict[str, object]]:
    """The event, its header held against its internal section, and its personal words."""
    where = f"leaf {event.index}"
    try:
        place = _PLACE.decode(split_salt(event.internal)[1])
        state = encode_frame(Frame(event.header, event.internal))
        recorded = _CODEC.decode((event.index + 1, place.stream, place.version, place.type, state))
    except (CadreLedgerError, ValueError, RecursionError) as error:
        found = error.found if isinstance(error, CadreLedgerError) else "bytes of another form"
        raise VerificationError(f"{where} does not say what its header commits to", found=found) from error
    if (place.personal is None) is not (event.personal is None):
        raise VerificationError(f"{where} has a personal section that is not shown, or shows one that it has not")
    if event.personal is None:
        return recorded, {}
    if commitment(PERSONAL_TAG, event.personal) != place.personal:
        raise VerificationError(f"{where}: its personal section is not the one that was committed to")
    return recorded, dict(parse_canonical(split_salt(event.personal)[1]))


def _one_person(statement: Statement, events: list[tuple[Recorded, dict[str, object]]]) -> str:
    """Whose events they are: all of one stream, in order, among them a registration with a name."""
    versions = [recorded.version for recorded, _ in events]
    if {recorded.stream for recorded, _ in events} != {statement.stream} or versions != sorted(set(versions)):
        raise VerificationError("a statement holds events of somebody else, or one twice", "those of one stream")
    if not stream_kind(statement.stream).is_random:
        raise VerificationError("a statement is about no person", "a person's stream")
    gone = {recorded.event.of_version for recorded, _ in events if isinstance(recorded.event, Void)}
    named = [
        str(personal["name"])
        for recorded, personal in events
        if isinstance(recorded.event, CadreRegistered | PersonEnrolled) and "name" in personal
        if recorded.version not in gone
    ]
    if not named:
        raise VerificationError("a statement does not say whose it is", "a registration, opened with the name")
    return f"registered as {named[-1]}"


def _voids(events: list[tuple[Recorded, dict[str, object]]], unchecked: list[str]) -> str:
    """Which of the events were taken back, up to the checkpoint. A void repeats, of what it takes back, all it says."""
    shown = [recorded for recorded, _ in events]
    by_leaf = {leaf_text(recorded.leaf): recorded for recorded in shown}
    by_version = {recorded.version: recorded for recorded in shown}
    gone: dict[int, None] = {}
    for recorded in shown:
        void, where = recorded.event, f"leaf {recorded.position - 1}"
        if not isinstance(void, Void):
            continue
        target = by_leaf.get(void.target_leaf) or by_version.get(void.of_version)
        if target is None:
            unchecked.append(f"{where} takes back an entry that is not in the statement")
            continue
        if target.position >= recorded.position:
            raise VerificationError(f"{where} takes back what came after it")
        same_place = (leaf_text(target.leaf), target.version) == (void.target_leaf, void.of_version)
        if not same_place or void.undoes != without_personal(target.event):
            raise VerificationError(f"{where} does not repeat what it takes back", f"leaf {target.position - 1}")
        if target.position in gone:
            raise VerificationError(f"{where} takes back what was taken back before", "once")
        gone[target.position] = None
    return (
        f"taken back: {', '.join(f'leaf {at - 1}' for at in sorted(gone))}"
        if gone
        else "none that the statement says of"
    )


def _since(site: Site, current: Checkpoint, checkpoint: Checkpoint, leaves: dict[str, int]) -> str:
    """That the published log goes on from the statement's checkpoint, and takes none of its entries back."""
    if current.origin != checkpoint.origin or current.size < checkpoint.size:
        raise VerificationError("the site is another log's, or older than the statement", checkpoint.origin)
    beginning = islice(site.headers(current.size), checkpoint.size)
    if tree_root(map(leaf_hash, beginning)) != checkpoint.root:
        raise VerificationError("the published log is not the one that the statement was made from", "its root")
    shown = set(leaves.values())
    for index, header in enumerate(site.headers(current.size)):
        if b'"voids":"' in header and index not in shown:
            target = leaves.get(str(parse_canonical(header).get("voids")))
            if target is not None:
                raise VerificationError(
                    f"leaf {target} was taken back later, or by what is not shown", found=f"by leaf {index}"
                )
    return f"none was taken back up to event {current.size}"

"""The audit: two readings of somebody's records, and what they come to."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import Final

import msgspec

from cadreledger.audit.checkpoints import SignedNote, check_checkpoints, read_note
from cadreledger.audit.finding import Findings, Report
from cadreledger.audit.in_order import InOrder
from cadreledger.audit.indexes import Indexes
from cadreledger.audit.notices import check_notices
from cadreledger.audit.records import Records
from cadreledger.audit.replay import Replay
from cadreledger.disclosure import take
from cadreledger.errors import CadreLedgerError, InputError, StoreError, VerificationError
from cadreledger.figures import Catalogue, Record
from cadreledger.sealing import open_sections
from cadreledger.values import Period

__all__ = ["audit"]

HELD_HINT: Final = (
    "The site's file `checkpoint` is signed, and so is what a seal prints; a notice shows the text alone."
)
SNAPSHOT_HINT: Final = "Name a snapshot.json as the office published it."
UNSEALED_HINT: Final = "What is not sealed can be changed unnoticed. Seal the ledger, and let somebody outside hold it."


def audit(records: Records, *, as_of: datetime, held: Sequence[bytes] = (), snapshots: Sequence[bytes] = ()) -> Report:
    """Replay ``records`` into findings.

    ``as_of`` is the time of the audit (UTC). ``held`` are checkpoints (signed notes) that the auditor has from
    elsewhere, ``snapshots`` published ``snapshot.json`` files to recompute. Raises InputError for a held checkpoint or
    a snapshot that is none; whatever is wrong with the records is a finding.
    """
    findings = Findings()
    signed = [*_kept(records, findings), *_held(held)]
    signed += _last_signed(records, signed, findings)
    wanted = [_Published.read(data) for data in snapshots]
    catalogue = Catalogue.load()
    indexes = Indexes()
    sizes = [entry.checkpoint.size for entry in signed]
    first = InOrder(records, findings, sizes, catalogue, as_of, indexes)
    first.read()
    second = Replay(records, findings, first.before, first.erased, indexes, as_of.date())
    second.read()
    if not findings.has_errors():  # they follow from the events
        indexes.compare(records, findings)
    control = first.control
    if second.events != first.events and not findings.has("store_unreadable"):
        what = f"{first.events} events are there in ledger order, {second.events} by stream"
        findings.error("position_out_of_order", what, hint="Rows without a proper place were put in.")
    for digest in control.catalogues():
        if Catalogue.file_of(digest) is None:
            what = "the ledger followed a catalogue that this release does not know: its sums were made with today's"
            findings.warning("catalogue_unknown", what)
    sealed = check_checkpoints(signed, first.tree.roots, first.last, control, findings)
    first.tree.check_kept(sealed)
    for published in wanted:
        if published.origin != control.origin:
            findings.error("snapshot_mismatch", f"the snapshot of {published.period} is another ledger's")
        else:
            _check_snapshot(published, first.before.name, records, catalogue, findings)
    if not findings.has_errors():  # they rest on the records
        kept = {entry.checkpoint.size for entry in signed}
        check_notices(first.before, control.origin, kept, partial(_sections, records), catalogue, findings)
    _say_what_is_open(records, findings, sealed, first)
    return Report(
        source=records.source,
        origin=control.origin,
        events=first.events,
        root=first.tree.root(),
        sealed=sealed,
        findings=findings.in_order(),
        omitted=findings.omitted(),
    )


def _kept(records: Records, findings: Findings) -> list[SignedNote]:
    signed: list[SignedNote] = []
    try:
        for note in records.checkpoints():
            try:
                signed.append(read_note(note))
            except VerificationError as error:
                findings.error("checkpoint_unsigned", f"a stored checkpoint is none: {error}")
    except StoreError as error:
        findings.error("store_unreadable", str(error), hint=error.hint)
    return signed


def _last_signed(records: Records, kept: Sequence[SignedNote], findings: Findings) -> list[SignedNote]:
    """The checkpoint that the office signed last, where it is not among those that are kept with the events."""
    try:
        note = records.last_signed()
        entry = None if note is None else read_note(note)
    except (CadreLedgerError, VerificationError) as error:
        what = f"the checkpoint that was signed last cannot be read where it is kept apart: {error}"
        findings.error("checkpoint_unsigned", what, hint=error.hint)
        return []
    if entry is None or not entry.checkpoint.size or any(entry.checkpoint == one.checkpoint for one in kept):
        return []
    what = f"the checkpoint that was signed last, over {entry.checkpoint.size} events, is not kept in the ledger"
    hint = "A seal was cut off, or somebody deleted it. Seal again: that puts it back."
    findings.warning("checkpoint_missing", what, hint=hint)
    return [entry]


def _held(notes: Sequence[bytes]) -> list[SignedNote]:
    try:
        return [read_note(note, held=True) for note in notes]
    except VerificationError as error:
        what, hint = "a checkpoint that is to be held against the ledger is none", HELD_HINT
        raise InputError(what, "a signed checkpoint", error.what, hint) from error


def _say_what_is_open(records: Records, findings: Findings, sealed: int, first: InOrder) -> None:
    if not sealed:
        findings.warning("never_sealed", "no checkpoint covers any event", hint=UNSEALED_HINT)
    elif sealed < first.last:
        what = f"{first.last - sealed} events came after the last checkpoint"
        findings.note("unsealed", what, sealed + 1, hint=UNSEALED_HINT)
    if records.holds_personal and not records.has_keys:
        what = f"personal sections were not opened: {records.why_no_keys}"
        findings.note("personal_unchecked", what)


class _Published(msgspec.Struct):
    """As much of a ``snapshot.json`` as tells how to take it again."""

    format: str
    origin: str
    period: str
    size: int
    data: bytes = b""

    @classmethod
    def read(cls, data: bytes) -> "_Published":
        try:
            found = msgspec.json.decode(data, type=cls)
            Period.parse(found.period)
        except (ValueError, CadreLedgerError) as error:
            what = "a snapshot cannot be read"
            raise InputError(what, "a snapshot.json", "bytes of another form", SNAPSHOT_HINT) from error
        if found.format != "snapshot/1":
            raise InputError("a snapshot cannot be read", "snapshot/1", "another format", SNAPSHOT_HINT)
        found.data = data
        return found


def _check_snapshot(
    published: _Published, name: str, records: Records, catalogue: Catalogue, findings: Findings
) -> None:
    """Take a published snapshot again from the records: it must come out byte for byte."""
    if not published.size >= 1:
        findings.error("snapshot_mismatch", f"the snapshot of {published.period} is over no events")
        return
    try:
        taken = take(
            origin=published.origin,
            name=name,
            period=Period.parse(published.period),
            records=_sections(records, published.size),
            catalogue=catalogue,
        )
        recomputed = taken.to_json()
    except CadreLedgerError as error:
        what = f"the snapshot of {published.period} cannot be taken again: {error.what}"
        findings.error("snapshot_mismatch", what, hint=error.hint)
        return
    if taken.size != published.size:
        what = f"a snapshot of {published.period} is over {published.size} events, and there are {taken.size}"
        findings.error("events_missing", what, taken.size + 1)
    elif recomputed != published.data:
        what = f"the snapshot of {published.period} comes out otherwise: {_differing(recomputed, published.data)}"
        findings.error("snapshot_mismatch", what, hint="The records say one thing, what was published another.")


def _sections(records: Records, size: int) -> Callable[[], Iterable[Record]]:
    def read() -> Iterable[Record]:
        rows = takewhile(lambda row: row[0] <= size, records.in_order())
        return (open_sections(row[4]) for row in rows)

    return read


def _differing(one: bytes, other: bytes) -> str:
    """The names of what differs between two snapshots: figures by key, else members."""
    mine, theirs = (msgspec.json.decode(data, type=dict[str, object]) for data in (one, other))
    names = sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))
    if "figures" in names:
        rows = [{str(row.get("key")): row for row in _rows(part)} for part in (mine, theirs)]
        keys = sorted(key for key in rows[0].keys() | rows[1].keys() if rows[0].get(key) != rows[1].get(key))
        return ", ".join(keys[:12])
    return ", ".join(names)


def _rows(part: dict[str, object]) -> list[dict[str, object]]:
    figures = part.get("figures")
    return [row for row in figures if isinstance(row, dict)] if isinstance(figures, list) else []

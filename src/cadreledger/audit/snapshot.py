"""Verifying a published snapshot: by its checkpoint, and with the published log, figure by figure."""

from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from cadreledger.audit.checks import Steps, StoppedError, Trust, Verification
from cadreledger.audit.log_keys import named_keys
from cadreledger.audit.notice_files import NoticeFiles, named_by, read_notice
from cadreledger.audit.site import Site, holding_site
from cadreledger.disclosure.site import checkpoint_path
from cadreledger.errors import CadreLedgerError, VerificationError
from cadreledger.figures import Catalogue, Figures, Record, Totals, View, evaluate, figures, uncounted
from cadreledger.sealing import (
    Checkpoint,
    leaf_hash,
    parse_canonical,
    parse_checkpoint,
    split_note,
    verify_checkpoint,
)
from cadreledger.sealing.tiles import GrowingTree
from cadreledger.values import Period, Quantity

__all__ = ["verify_snapshot"]

BATCH_HEADERS: Final = 4_096
CATALOGUE: Final = b'"catalogue":"'


class _Row(msgspec.Struct):
    """A figure as it was published."""

    key: str
    kind: str
    unit: str
    visibility: str
    value: int
    events: int
    from_headers: bool
    all_time: int
    undated: int
    months: tuple[int, ...] = ()
    qualifier: str = "exact"


class _Snapshot(msgspec.Struct):
    """As much of ``snapshot.json`` as headers can tell."""

    format: str
    origin: str
    period: str
    checkpoint: str
    size: int
    catalogue: str
    figures: tuple[_Row, ...]
    uncounted: tuple[dict[str, str | int], ...]


def verify_snapshot(
    data: bytes, note: bytes | None, trust: Trust, *, site: Path | None = None, notice: NoticeFiles | None = None
) -> Verification:
    """Verify ``snapshot.json``, by the checkpoint that travels beside it and by the published log, where there are any.

    ``notice`` is what lies beside it, where it is a notice's.

    Whatever is wrong is a check that failed. Raises StoreError for a site that cannot be read.
    """
    steps = Steps()
    unchecked: list[str] = []
    with suppress(StoppedError):
        _verify(steps, data, note, trust, site, notice, unchecked)
    kind = "snapshot" if notice is None else "notice"
    return Verification(kind, tuple(steps.checks), tuple(unchecked))


def _verify(
    steps: Steps,
    data: bytes,
    note: bytes | None,
    trust: Trust,
    site: Path | None,
    notice: NoticeFiles | None,
    unchecked: list[str],
) -> None:
    with steps.step("format") as said:
        snapshot, checkpoint, period = _parsed(data)
        said.append(f"{snapshot.period}, over the first {snapshot.size} events of {snapshot.origin}")
        if notice is not None:
            said.append(read_notice(notice, data))
    keys, log, current = trust.keys, None, checkpoint
    if site is not None:
        with steps.step("site") as said:
            log, current = holding_site(site, trust)
            if current.origin != checkpoint.origin or current.size < checkpoint.size:
                raise VerificationError("the site is another log's, or older than the snapshot", checkpoint.origin)
            keys = named_keys(log.headers(current.size))  # those that follow from a trusted one, too
            said.append("every check holds")
    if note is not None and keys:
        with steps.step("signature") as said:
            if split_note(note)[0] != snapshot.checkpoint:
                raise VerificationError("the checkpoint beside the snapshot is another one", "the one it names")
            verify_checkpoint(note, trust.policy(checkpoint.origin, keys))
            said.append("the checkpoint is signed by the log's key")
    elif log is None:
        with steps.step("signature"):
            what = "nothing shows that an office has signed this snapshot"
            hint = "Name the published log (--site), or the log's key (--key) with the signed checkpoint beside it."
            raise VerificationError(what, "snapshot.checkpoint beside it, and the log's key", hint=hint)
    if log is None:
        unchecked.append("the figures: they are computed again with the published log (--site)")
        if notice is not None:
            unchecked.append("the notice's number, edition and words: whether the log names it (--site)")
        return
    with steps.step("root") as said:
        totals, headers = _summed(log.headers(current.size), checkpoint, snapshot.catalogue)
        said.append(f"the first {checkpoint.size} headers of the site are those of the snapshot")
    with steps.step("figures") as said:
        compared, left = _compare(
            snapshot, figures(totals, Catalogue.load(), period), totals, sealed=_is_sealed(log, checkpoint, current)
        )
        _compare_uncounted(snapshot, headers)
        said.append(f"{compared} public figures, computed again from headers")
    if notice is not None:
        with steps.step("published") as said:
            said.append(named_by(log.headers(current.size), notice.notice, checkpoint.size))
    if left:
        unchecked.append(f"figures that headers alone do not give: {', '.join(left)}; the overseer sums them")
    beyond = "the community's name, breakdowns and adjustments"
    unchecked.append(f"{beyond}: the overseer takes the whole snapshot again (audit --snapshot)")
    unchecked.append("the page and the tables beside snapshot.json, which are made of it")


def _parsed(data: bytes) -> tuple[_Snapshot, Checkpoint, Period]:
    parse_canonical(data)
    try:
        snapshot = msgspec.json.decode(data, type=_Snapshot)
        checkpoint, period = parse_checkpoint(snapshot.checkpoint), Period.parse(snapshot.period)
    except (ValueError, CadreLedgerError) as error:
        raise VerificationError("a snapshot cannot be read", "snapshot/1", "bytes of another form") from error
    if snapshot.format != "snapshot/1" or (checkpoint.origin, checkpoint.size) != (snapshot.origin, snapshot.size):
        raise VerificationError("a snapshot contradicts itself", "the origin and size of its checkpoint")
    if snapshot.catalogue != Catalogue.load().digest:
        raise VerificationError(
            "a snapshot follows another catalogue", Catalogue.load().digest, snapshot.catalogue[:43]
        )
    return snapshot, checkpoint, period


def _summed(published: Iterable[bytes], checkpoint: Checkpoint, named: str) -> tuple[Totals, dict[str, int]]:
    """What the headers up to the checkpoint add up to, and how many no figure reads, by type.

    Raises VerificationError where they are not those that were signed, or ``named`` is not the catalogue in force.
    """
    catalogue, tree = Catalogue.load(), GrowingTree()
    in_force = ""
    totals, counts = Totals.zero(View.PUBLIC), dict[str, int]()
    headers = islice(published, checkpoint.size)
    while batch := list(islice(headers, BATCH_HEADERS)):
        tree.extend([leaf_hash(header) for header in batch])
        for header in batch:
            if CATALOGUE in header:
                in_force = str(parse_canonical(header).get("catalogue", in_force))
        records: list[Record] = [(header, None) for header in batch]
        totals += evaluate(records, catalogue, View.PUBLIC)
        for name, count in uncounted(records, catalogue).items():
            counts[name] = counts.get(name, 0) + count
    if tree.root() != checkpoint.root:
        raise VerificationError("the site's headers are not those that the snapshot rests on", "its root")
    if named != in_force:
        raise VerificationError("a snapshot follows another catalogue than the log", in_force[:43], named[:43])
    return totals, counts


def _compare(snapshot: _Snapshot, found: Figures, totals: Totals, *, sealed: bool) -> tuple[int, list[str]]:
    """How many figures come out as published, and which cannot be computed. Raises VerificationError for another."""
    left: list[str] = []
    by_month = found.by_month().values()
    rows = {row.key: row for row in snapshot.figures}
    if len(rows) < len(snapshot.figures) or not found.keys() <= rows.keys():
        raise VerificationError("a snapshot leaves a public figure out, or tells one twice")
    declarations = {declared.key: declared for declared in Catalogue.load().declarations}
    if not rows.keys() <= declarations.keys():
        raise VerificationError("a snapshot holds a figure that its catalogue does not know")
    for row in snapshot.figures:
        declared = declarations[row.key]
        if (row.kind, row.unit, row.visibility) != (declared.kind.value, declared.unit, declared.visibility.value):
            raise VerificationError(f"{row.key} is told as another kind of figure than its catalogue declares")
        if sealed and row.key in found and not row.from_headers:  # at a checkpoint, headers give every public figure
            raise VerificationError(f"{row.key} is said not to come from headers, at a checkpoint where it does")
        if row.key not in found or not row.from_headers:
            left.append(row.key)
            continue
        dated = [(month, held[0]) for (key, month), held in totals.items() if key == row.key]
        alike = declared.office == declared.public  # else the office has counted other events
        mine = (
            found[row.key].value,
            found[row.key].events if alike else row.events,
            found[row.key].qualifier.value,
            tuple(values[row.key] for values in by_month),
            _sum(quantity for _, quantity in dated),
            _sum(quantity for month, quantity in dated if month is None),
        )
        if mine != (row.value, row.events, row.qualifier, row.months, row.all_time, row.undated):
            raise VerificationError(f"{row.key} is another sum", str(mine[0]), str(row.value))
    if len(left) == len(rows):
        raise VerificationError("a snapshot holds no figure that headers give", "at least one")
    return len(rows) - len(left), left


def _is_sealed(log: Site, checkpoint: Checkpoint, current: Checkpoint) -> bool:
    """Whether the log was sealed where the snapshot was taken; then its tallies are there, whatever it says itself."""
    return checkpoint.size == current.size or log.find(checkpoint_path(checkpoint.size)) is not None


def _compare_uncounted(snapshot: _Snapshot, headers: dict[str, int]) -> None:
    told = {str(row.get("type")): row.get("headers") for row in snapshot.uncounted}
    if told != headers or len(snapshot.uncounted) != len(told):
        raise VerificationError("a snapshot counts other headers that no figure reads", str(headers), str(told))


def _sum(quantities: Iterable[Quantity]) -> int:
    return sum((quantity.value for quantity in quantities), 0)

"""An auditor's replay: a copy of the ledger's file, perhaps a notice, and no keys.

`python audit_replay.py office.ledger [snapshot.json]` looks at yours, and exits with 1 if anything is wrong. Without
arguments it imports the example year first, and lets somebody break two rules, so that there is something to find.
"""

import json
import shutil
import sqlite3
import sys
import tempfile
from argparse import ArgumentParser
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from itertools import groupby, pairwise
from pathlib import Path
from typing import Final, NamedTuple

from cadreledger import CadreLedgerError, Figures, Ledger, Period, Recorded, View, yuan
from cadreledger.aggregates import (
    Branch,
    BranchState,
    Cadre,
    CadreState,
    Community,
    CommunityState,
    Facility,
    Fold,
    Handle,
    Log,
    Person,
    Programme,
    ProgrammeState,
    State,
    Team,
)
from cadreledger.events.void import Void
from cadreledger.figures import Catalogue, Visibility, evaluate, figures
from cadreledger.intake import import_workbook
from cadreledger.sealing import leaf_hash, open_sections, tree_root
from cadreledger.values import StreamId, StreamKind, stream_kind

WORKBOOK: Final = Path(__file__).with_name("yongxing-2021.xlsx")
HANDLES: Final[Mapping[StreamKind, type[Handle[State]]]] = {
    handle.kind: handle for handle in (Log, Community, Programme, Branch, Team, Facility, Cadre, Person)
}
EXPECTED: Final = {"no_decision": 1, "use_not_permitted": 1}  # in the example: what `make_example` breaks
WAITING: Final = {  # in the example: what the office has still to decide or to do
    "a visit looks like another one, and is not counted": 1,
    "a branch has no approval": 1,
    "a wish is open": 9,
    "a suggestion has no answer": 1,
}
LEFT_OUT: Final = """\
- whether what was written down is true, and whether everything was;
- {sealed} personal sections: no rule and no figure reads them;
- rules that look at two streams at once, such as attendance at an activity that nobody held;
- whether this file is the one that the office had yesterday: a checkpoint that somebody else holds tells
  (`cadreledger audit --checkpoint`), and this program does not ask for one."""


class Finding(NamedTuple):
    """What is wrong, and where."""

    position: int
    weight: str
    rule: str
    what: str


# --- 1. the file: is it whole, and in order? -------------------------------------------------------------------------


def out_of_order(events: Sequence[Recorded]) -> Iterator[Finding]:
    """Gaps in positions or versions, transactions that are cut or scattered, a clock that runs backwards."""
    last, versions = 0, Counter[str]()
    for recorded in events:
        if recorded.position != last + 1:
            yield Finding(recorded.position, "broken", "position", f"the event before it stands at {last}")
        if recorded.version != versions[recorded.stream] + 1:
            what = f"the one before it in its stream is version {versions[recorded.stream]}"
            yield Finding(recorded.position, "broken", "version", what)
        last, versions[recorded.stream] = recorded.position, recorded.version
    for earlier, later in pairwise(events):
        if later.entry.recorded_at < earlier.entry.recorded_at:
            yield Finding(later.position, "broken", "clock", "it was recorded before the event in front of it")
    seen: set[str] = set()
    for tx, group in groupby(events, key=lambda recorded: recorded.entry.tx):
        members = list(group)
        if tx in seen or any(member.entry.tx_size != len(members) for member in members):
            yield Finding(members[0].position, "broken", "transaction", "it is cut, or scattered")
        seen.add(tx)


# --- 2. the rules: what does each event break, given all before it? --------------------------------------------------


def replay(events: Iterable[Recorded]) -> tuple[list[Finding], list[State]]:
    """The rules that are broken, and the state that every stream ends in."""
    found: list[Finding] = []
    folds: dict[StreamId, Fold[State]] = {}
    for recorded in events:
        fold = folds.setdefault(recorded.stream, HANDLES[stream_kind(recorded.stream)].fold())
        for broken in fold.check(recorded.event):
            what = f"{broken.what} {broken.citation}".strip()
            found.append(Finding(recorded.position, broken.weight, broken.rule, what))
        fold.take(recorded.version, recorded.event)
    return found, [fold.freeze() for fold in folds.values()]


def waiting(states: Iterable[State]) -> Iterator[str]:
    """What is not against the rules, and not done with either."""
    for state in states:
        match state:
            case CadreState():
                for version in state.visits:
                    if not state.counts(version):
                        yield "a visit looks like another one, and is not counted"
                for version, payment in state.payments.items():
                    spent = state.spent_of.get(version)
                    if payment.held and (spent is None or spent < payment.amount):
                        yield "a payment is held"
                for wish in state.wishes.values():
                    if wish.fulfilled is None and not wish.cancelled:
                        yield "a wish is open"
            case BranchState() if state.approval is None and not state.dissolved:
                yield "a branch has no approval"
            case CommunityState():
                yield from ["a suggestion has no answer"] * (len(state.suggestions) - len(state.answered))
            case ProgrammeState():
                yield from ["an issue is open"] * state.open_issues
            case _:
                pass


# --- 3. the figures: from the stored sections, without the ledger's own sums -----------------------------------------


def stored(path: Path) -> list[tuple[bytes, bytes]]:
    """Header and internal section of every event: SQLite reads the table, `cadreledger.sealing` the bytes."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
        states = file.execute("SELECT state FROM stored_events ORDER BY rowid").fetchall()
    return [open_sections(state) for (state,) in states]


def summed(records: Sequence[tuple[bytes, bytes]], period: Period, view: View) -> Figures:
    """Every figure of the catalogue, as the office or as the public counts it."""
    catalogue = Catalogue.load()
    return figures(evaluate(records, catalogue, view), catalogue, period)


# --- 4. the notice: does it show what the ledger held? ---------------------------------------------------------------


def unlike_the_notice(records: Sequence[tuple[bytes, bytes]], notice: Path) -> Iterator[Finding]:
    """What the notice shows otherwise than the first ``size`` events give it, or of other events."""
    shown = json.loads(notice.read_bytes())
    size, held = shown["size"], records[: shown["size"]]
    root = b64encode(tree_root(leaf_hash(header) for header, _ in held)).decode()
    if shown["checkpoint"].splitlines()[1:] != [str(len(held)), root]:
        yield Finding(size, "broken", "checkpoint", "the notice rests on other headers than this ledger's")
    if shown["catalogue"] != Catalogue.load().digest:
        yield Finding(size, "broken", "catalogue", "the notice follows another catalogue of figures")
        return
    found = summed(held, Period.parse(shown["period"]), View.OFFICE)
    for row in shown["figures"]:
        if found[row["key"]].value != row["value"]:
            yield Finding(size, "broken", "figure", f"the notice shows another {row['key']}")


# --- the report ------------------------------------------------------------------------------------------------------


def audit(path: Path, notice: Path | None, period: Period) -> tuple[list[Finding], Counter[str]]:
    """Look at everything and print what there is to say; returns what is wrong, and what waits."""
    with Ledger.open(path) as ledger:
        events, told = tuple(ledger.events()), ledger.figures(period)  # each event is checked against its hashes
    voids = Counter(recorded.event.reason.value for recorded in events if isinstance(recorded.event, Void))
    found, states = replay(events)
    found += out_of_order(events)
    records = stored(path)
    office, public = (summed(records, period, view) for view in (View.OFFICE, View.PUBLIC))
    if dict(office) != dict(told):
        found.append(Finding(len(events), "broken", "figure", "the ledger sums otherwise than its sections"))
    if notice is not None:
        found += unlike_the_notice(records, notice)
    waits = Counter(waiting(states))
    print(f"{len(events)} events in {len(states)} streams, {len({each.entry.tx for each in events})} transactions.")
    print(f"Taken back: {voids.total()} ({', '.join(f'{count} {reason}' for reason, count in voids.items())}).")
    print(f"\nWrong, in {len(found)} places:")
    for finding in found:
        print(f"  {finding.position:6d} {finding.weight:8} {finding.rule:18} {finding.what}")
    print("\nNot wrong, and not done with:")
    for what, count in waits.items():
        print(f"  {count:6d} {what}")
    print(f"\n{len(office)} figures of {period}, summed anew from the stored sections. The public's view:")
    print(f"  the same: {sum(public.get(key) == figure for key, figure in office.items())}")
    print(f"  for overseers only: {sum(each.visibility is Visibility.ATTESTED for each in office.values())}")
    for key, figure in public.items():
        if figure != office[key]:
            print(f"  {key} is {figure.value}, for the office {office[key].value}: until dues are tallied")
    if notice is not None:
        print(f"\n{notice.name} was compared: its checkpoint, and every figure.")
    print("\nNobody could check here:")
    print(LEFT_OUT.format(sealed=sum(recorded.sealed for recorded in events)))
    return found, waits


def make_example(path: Path, notice: Path) -> None:
    """The example year, its notice, and a month later an entry that no live decision would have let through."""
    with Ledger.create(path, name="永兴社区", kek_dir=path.parent / "kek") as ledger:
        import_workbook(ledger, WORKBOOK)
        notice.write_bytes(ledger.snapshot("2021-01..2021-07").to_json())
        with ledger.transaction(by="staff:clerk", lenient=True) as tx:
            tx.branches["YXZ1"].spend(yuan("10.00"), use="other", on=date(2021, 8, 20))


def main() -> None:
    """Audit the ledger that is named, or the example."""
    parser = ArgumentParser(description="An auditor's replay, without keys. Without arguments, of the example year.")
    parser.add_argument("ledger", metavar="LEDGER", type=Path, nargs="?", help="a copy of the ledger's file")
    parser.add_argument("notice", metavar="NOTICE", type=Path, nargs="?", help="a notice's snapshot.json")
    given, period = parser.parse_args(), Period.parse("2021")
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder, "alone.ledger")  # the file alone: whatever lies beside it stays with the office
        if given.ledger:
            try:
                shutil.copy(given.ledger, alone)
                found, _ = audit(alone, given.notice, period)
            except (CadreLedgerError, OSError) as error:  # no such file, or bytes that contradict themselves
                sys.exit(str(error))
            sys.exit(bool(found))
        office, notice = Path(folder, "office.ledger"), Path(folder, "snapshot.json")
        make_example(office, notice)
        shutil.copy(office, alone)
        found, waits = audit(alone, notice, period)
    as_expected = Counter(finding.rule for finding in found) == EXPECTED and waits == WAITING
    print("\nAll this was to be expected." if as_expected else "\nThis was not to be expected.")
    sys.exit(not as_expected)


if __name__ == "__main__":
    main()

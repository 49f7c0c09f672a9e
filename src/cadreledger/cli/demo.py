"""The example year, replayed into a fresh ledger with a clock of its own, its totals beside the paper's."""

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib.resources import as_file, files
from pathlib import Path
from shutil import which
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

import attrs
from rich.console import Console
from rich.table import Table

from cadreledger.audit import audit
from cadreledger.cli.entries import history_entries
from cadreledger.cli.findings import findings_parts
from cadreledger.cli.tables import amount, figure_title, history_table, plain_table, quantity, show
from cadreledger.cli.texts import Language, text
from cadreledger.disclosure import Snapshot
from cadreledger.errors import StoreError
from cadreledger.export import write_bundle, write_site
from cadreledger.figures import Figures
from cadreledger.intake import replay_workbook
from cadreledger.ledger import Ledger, LedgerRecords
from cadreledger.values import readable_code

__all__ = ["replay"]

NAME: Final = "永兴社区"
PERIOD: Final = "2021-01..2021-07"
WORKBOOK: Final = "yongxing-2021.xlsx"
CORRECTED: Final = "YX098"  # one payment was entered ten times too high; what is printed names the stream only

PAPER: Final = MappingProxyType(
    {
        "dues.collected": 127_500,
        "dues.returned": 89_250,
        "visits.made": 26,
        "study.sessions": 9,
        "study.exchanges": 1,
        "party_days.held": 8,
        "performances.items": 17,
        "wishes.fulfilled": 57,
        "surveys.made": 9,
        "observation.people": 4,
        "tutoring.given": 4,
        "issues.found": 6,
        "issues.rectified": 6,
        "notices.published": 5,
        "suggestions.received": 3,
        "cadres.veteran": 8,
        "cadres.retired": 105,
        "cadres.smartphone": 78,
        "members.affiliated": 22,
        "members.participating": 83,
        "teams.cultural": 7,
        "service.people": 50,
        "service.social_workers": 3,
        "rooms.count": 9,
        "books.volumes": 1_300,
        "equipment.items": 56,
        "furniture.items": 5,
        "venues.partner": 5,
        "power.partner": 7,
        "partners.count": 16,
        "regulations.in_force": 8,
    }
)
"""What the paper states (DOI 10.12252/j.issn.2096-6288.2021.07.628); money in fen. Returned: 70 % of what it states."""


class SimulatedClock:
    """The office's clock in 2021: entries are recorded at half past five on the day on which they were written down."""

    def __init__(self) -> None:
        self._now = datetime(2021, 1, 1, tzinfo=UTC)

    def tick(self, day: date) -> None:
        """Go on to the afternoon of ``day``."""
        self._now = datetime(day.year, day.month, day.day, 17, 30, tzinfo=ZoneInfo("Asia/Shanghai"))

    def __call__(self) -> datetime:
        """The time that it is."""
        return self._now


def replay(out: Path, lang: Language, console: Console) -> bool:
    """Make the ledger in ``out``, print what it says, and write its notice; returns whether it agrees with the paper.

    Raises StoreError if there is something in the way.
    """
    ledger, kek_dir, notice = out / "yongxing.ledger", out / "kek", out / "notice"
    site, bundle = out / "site", out / "yongxing.bundle"
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            "the demo has no folder to write to", "a folder", hint="Name another one with --out."
        ) from error
    clock = SimulatedClock()
    with Ledger.create(ledger, name=NAME, kek_dir=kek_dir, clock=clock) as made:
        with as_file(files("cadreledger.cli") / WORKBOOK) as workbook:
            replay_workbook(made, workbook, tick=clock.tick, by="demo:import")
        sealed = made.seal()
        sealed_key = made.sealed.keys[-1]
        found, taken = made.figures(PERIOD), made.snapshot(PERIOD, at=sealed)
        returned = amount(lang, found["dues.returned"])
        show(console, _totals(lang, found), text(lang, "demo_note"), text(lang, "demo_ratio", amount=returned), "")
        show(console, text(lang, "demo_late"), _adjusted(lang, taken), "")
        show(console, *_trail(lang, made), "")
        taken.write(notice)
        write_site(made, site)
        write_bundle(made, bundle)
    with LedgerRecords.open(ledger, kek_dir=kek_dir) as records:
        report = audit(records, as_of=clock(), held=[sealed.note])
    show(console, text(lang, "demo_sealed"), f"{sealed}", text(lang, "demo_audit"), *findings_parts(lang, report), "")
    prefix = f"CADRELEDGER_KEK_DIR={kek_dir} {_command()}"
    show(
        console,
        text(lang, "demo_next", ledger=ledger),
        f"  {prefix} figures {ledger} --period {PERIOD} --by month",
        f"  {prefix} figures {ledger} --period 2021-07 --behind dues.collected",
        f"  {prefix} figures {ledger} --period 2021-01 --as-known 2021-02-08",
        f"  {prefix} history {ledger} YXZ1",
        f"  {_command()} verify {site} --key {sealed_key}",
        f"  {_command()} audit {bundle}",
        "",
        text(lang, "snapshot_open", page=notice / "notice.html"),
    )
    return report.ok and all(found[key].value == value for key, value in PAPER.items())


def _trail(lang: Language, made: Ledger) -> Iterator[Table | str]:
    """A payment that was corrected, as its history shows it."""
    stream = made.stream_of(CORRECTED)
    entries = history_entries(made.history(stream), personal=False)
    voids = {entry.position for entry in entries if entry.voids}
    yield text(lang, "demo_trail")
    trail = [entry for entry in entries if entry.voids or entry.voided_by or entry.position - 1 in voids]
    yield history_table(lang, stream, trail)


def _adjusted(lang: Language, taken: Snapshot) -> Table:
    """What was published, and what is known now."""
    columns = [text(lang, key) for key in ("notice", "figure", "published", "now", "why")]
    table = plain_table("", *columns, right=(2, 3))
    for adjustment in taken.adjustments:
        figure = next(row for row in taken.figures if row.key == adjustment.key)
        values = (quantity(lang, figure.unit, each) for each in (adjustment.published, adjustment.now))
        why = ", ".join(text(lang, reason) for reason in adjustment.reasons)
        table.add_row(readable_code(adjustment.notice.number), figure_title(lang, adjustment.key), *values, why)
    return table


def _command() -> str:
    """How to call this program again from here."""
    if which("cadreledger"):
        return "cadreledger"
    program = Path(sys.argv[0])
    if program.suffix == ".py":
        return f"{Path(sys.executable).name} -m cadreledger"
    return str(program.relative_to(Path.cwd()) if program.is_relative_to(Path.cwd()) else program)


def _totals(lang: Language, found: Figures) -> Table:
    title = text(lang, "demo_title", name=NAME, period=PERIOD)
    columns = (
        text(lang, "figure"),
        text(lang, "value"),
        text(lang, "paper"),
        text(lang, "verdict"),
        text(lang, "events"),
    )
    table = plain_table(title, *columns, right=(1, 2, 4))
    for key, figure in found.items():
        if not figure.events:
            continue
        paper, verdict = "", ""
        if key in PAPER:
            paper = amount(lang, attrs.evolve(figure, value=PAPER[key]))
            verdict = text(lang, "agrees" if figure.value == PAPER[key] else "differs")
        table.add_row(figure_title(lang, key), amount(lang, figure), paper, verdict, str(figure.events))
    return table

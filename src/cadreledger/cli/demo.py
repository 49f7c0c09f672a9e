"""The example year, replayed into a fresh ledger, its totals beside the paper's."""

import sys
from importlib.resources import as_file, files
from pathlib import Path
from shutil import which
from types import MappingProxyType
from typing import Final

import attrs
from rich.console import Console
from rich.table import Table

from cadreledger.cli.entries import history_entries
from cadreledger.cli.tables import amount, figure_title, history_table, plain_table, show
from cadreledger.cli.texts import Language, text
from cadreledger.errors import StoreError
from cadreledger.figures import Figures
from cadreledger.intake import import_workbook
from cadreledger.ledger import Ledger

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
        "cadres.veteran": 8,
        "cadres.retired": 105,
        "cadres.smartphone": 78,
        "members.affiliated": 22,
        "members.participating": 83,
    }
)
"""What the paper states (DOI 10.12252/j.issn.2096-6288.2021.07.628); money in fen. Returned: 70 % of what it states."""


def replay(out: Path, lang: Language, console: Console) -> bool:
    """Make the ledger in ``out`` and print what it says; returns whether it agrees with the paper.

    Raises StoreError if there is something in the way.
    """
    ledger = out / "yongxing.ledger"
    kek_dir = out / "kek"
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            "the demo has no folder to write to", "a folder", hint="Name another one with --out."
        ) from error
    with Ledger.create(ledger, name=NAME, kek_dir=kek_dir) as made:
        with as_file(files("cadreledger.cli") / WORKBOOK) as workbook:
            import_workbook(made, workbook, by="demo:import")
        found = made.figures(PERIOD)
        show(console, _totals(lang, found), text(lang, "demo_note"))
        returned = amount(lang, found["dues.returned"])
        show(console, text(lang, "demo_ratio", amount=returned), "", text(lang, "demo_trail"))
        stream = made.stream_of(CORRECTED)
        entries = history_entries(made.history(stream), personal=False)
        voids = {entry.position for entry in entries if entry.voids}
        trail = [entry for entry in entries if entry.voids or entry.voided_by or entry.position - 1 in voids]
        show(console, history_table(lang, stream, trail), "", text(lang, "demo_kept", ledger=ledger))
    prefix = f"CADRELEDGER_KEK_DIR={kek_dir} {_command()}"
    show(
        console,
        text(lang, "demo_next"),
        f"  {prefix} figures {ledger} --period {PERIOD} --by month",
        f"  {prefix} figures {ledger} --period 2021-07 --behind dues.collected",
        f"  {prefix} history {ledger} {stream}",
        f"  {prefix} history {ledger} YXZ1",
    )
    return all(found[key].value == value for key, value in PAPER.items())


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

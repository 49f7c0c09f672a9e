"""Commands that make something to look at."""

from pathlib import Path
from typing import Annotated

import typer

from cadreledger.cli.options import Debug, Json, Lang, LedgerPath, PeriodText
from cadreledger.cli.speaking import json_text, speaking
from cadreledger.cli.texts import text
from cadreledger.ledger import Ledger

__all__ = ["demo", "snapshot"]


def snapshot(
    ledger: LedgerPath,
    period: PeriodText,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to write it to.")],
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Write a disclosure snapshot: JSON, a notice to read and print (HTML, Chinese), CSV and XLSX."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.cli.shapes import snapshot_shape
        from cadreledger.cli.tables import show

        with Ledger.open(ledger) as opened:
            taken = opened.snapshot(period)
        written = taken.write(out)
        if as_json:
            print(json_text(snapshot_shape(taken, written)))
            return
        lines = [text(tongue, "snapshot_written", period=taken.period, size=taken.size)]
        lines += [f"  {path}" for path in written]
        if taken.adjustments:
            lines.append(text(tongue, "snapshot_adjusts", count=len(taken.adjustments)))
        show(console, *lines, text(tongue, "snapshot_open", page=out / "notice.html"))


def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A folder to make the ledger in.")] = Path(
        "demo-out"
    ),
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Replay the example year of Yongxing community into a fresh ledger, and print its totals beside the paper's."""
    with speaking(lang, as_json=False, debug=debug) as (tongue, console):
        from cadreledger.cli.demo import replay

        if not replay(out, tongue, console):
            raise typer.Exit(1)

"""Commands that write to a ledger."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cadreledger.cli.options import By, Debug, Json, Lang, LedgerPath
from cadreledger.cli.speaking import json_text, speaking
from cadreledger.cli.texts import text
from cadreledger.errors import IntakeError
from cadreledger.ledger import Ledger, keys_path

__all__ = ["adopt", "import_", "init"]


def init(
    ledger: LedgerPath,
    name: Annotated[str, typer.Option("--name", help="The community's name, such as 永兴社区.")],
    origin: Annotated[str | None, typer.Option("--origin", help="The log's name for the world; unique.")] = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Create a ledger, its key store and its signing key."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.cli.tables import show
        from cadreledger.store.kek import kek_path

        with Ledger.create(ledger, name=name, origin=origin) as made:
            keys, kek = keys_path(ledger), kek_path(made.key_store, None)
            if as_json:
                shape = {"ledger": str(ledger), "origin": made.origin, "keys": str(keys), "kek": str(kek)}
                print(json_text({**shape, "key": made.sealed.keys[-1]}))
                return
            show(
                console,
                text(tongue, "made", ledger=ledger),
                text(tongue, "made_keys", keys=keys, kek=kek),
                text(tongue, "origin", origin=made.origin),
                text(tongue, "verifier_key", key=made.sealed.keys[-1]),
            )


def import_(
    ledger: LedgerPath,
    workbook: Annotated[
        Path, typer.Argument(metavar="WORKBOOK", help="The office's .xlsx file.", exists=True, dir_okay=False)
    ],
    by: Annotated[str, typer.Option("--by", help="Who imports: a post or an account, not a name.")] = "office:import",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, record nothing.")] = False,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Import an office workbook: all or nothing, and each row once."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.cli.progress import importing
        from cadreledger.cli.shapes import import_shape, refused_shape
        from cadreledger.cli.tables import error_lines, problems_table, report_parts, show, warning_parts

        with Ledger.open(ledger) as opened:
            try:
                report = importing(opened, workbook, by=by, dry_run=dry_run, lang=tongue)
            except IntakeError as error:
                if as_json:
                    print(json_text(refused_shape(workbook.name, error)))
                else:
                    if any(problem.sheet for problem in error.problems):
                        show(console, problems_table(tongue, text(tongue, "errors"), error.problems))
                        show(console, *warning_parts(tongue, error.warnings))
                    show(Console(stderr=True), *filter(None, error_lines(tongue, error)))
                if debug:
                    raise
                raise typer.Exit(2) from error
        if as_json:
            print(json_text(import_shape(report)))
            return
        show(console, *report_parts(tongue, report, rehearsed=dry_run))


def adopt(
    ledger: LedgerPath,
    by: By = "office:adopt",
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Let a ledger made with an earlier release follow this release's catalogue of figures. The change is an event."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.cli.tables import show

        with Ledger.open(ledger) as opened:
            receipt = opened.adopt_catalogue(by=by)
            if as_json:
                print(json_text({"ledger": opened.origin, "position": receipt.positions.start}))
                return
            show(console, text(tongue, "adopted", position=receipt.positions.start))

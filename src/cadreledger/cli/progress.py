"""A progress bar, on standard error, for an import that takes more than a second."""

import time
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import Progress

from cadreledger.cli.texts import Language, text
from cadreledger.intake import ImportReport, import_workbook
from cadreledger.ledger import Ledger

__all__ = ["importing"]

PATIENCE_SECONDS: Final = 1.0
ROWS_A_STEP: Final = 50


def importing(ledger: Ledger, workbook: Path, *, by: str, dry_run: bool, lang: Language) -> ImportReport:
    """`import_workbook`, with a bar for the impatient where somebody is looking."""
    console = Console(stderr=True)
    started = time.monotonic()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(text(lang, "importing"), total=None, visible=False)

        def step(done: int, total: int) -> None:
            if done % ROWS_A_STEP == 0 and time.monotonic() - started > PATIENCE_SECONDS:
                bar.update(task, completed=done, total=total, visible=True)

        return import_workbook(ledger, workbook, by=by, dry_run=dry_run, progress=step)

"""Arguments and options that several commands take."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from cadreledger.cli.texts import Language
from cadreledger.errors import InputError
from cadreledger.ledger import AsKnown, Ledger

__all__ = ["AsKnownText", "By", "Debug", "Json", "Lang", "LedgerPath", "PeriodText", "as_known_at"]

POSITION_DIGITS_MAX: Final = 18

LedgerPath = Annotated[Path, typer.Argument(metavar="LEDGER", help="The ledger's file, such as yongxing.ledger.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Lang = Annotated[Language | None, typer.Option("--lang", help="Language of messages; by default that of the locale.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show where an error came from.")]
AsKnownText = Annotated[
    str | None,
    typer.Option(
        "--as-known",
        metavar="POS|TIME",
        help="As the books stood: a position (812), a time of recording (2021-07-05T12:00), or a day of registration "
        "(2021-07-05).",
    ),
]
PeriodText = Annotated[
    str, typer.Option("--period", metavar="P", help="2021, 2021-07, 2021Q3, 2021H1 or 2021-01..2021-07.")
]
By = Annotated[str, typer.Option("--by", help="Who does it: a post or an account, not a name.")]


def as_known_at(ledger: Ledger, asked: str | None) -> AsKnown:
    """A position, a time (in the ledger's zone where it names none), or a date.

    Raises InputError for text that is none of them, and for a position behind the ledger's last one.
    """
    if asked is None:
        return None
    if asked.isascii() and asked.isdigit() and len(asked) <= POSITION_DIGITS_MAX:
        if int(asked) > ledger.position:
            raise InputError("there is no such position yet", f"a position up to {ledger.position}", asked)
        return int(asked)
    readers: tuple[Callable[[str], date], ...] = (date.fromisoformat, datetime.fromisoformat)
    for read in readers:
        try:
            found = read(asked)
        except ValueError:
            continue
        return found.replace(tzinfo=found.tzinfo or ledger.zone) if isinstance(found, datetime) else found
    raise InputError("--as-known cannot be read", "812, 2021-07-05T12:00 or 2021-07-05")

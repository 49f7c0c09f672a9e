"""How every command talks: in which language, how wide, and what becomes of an error."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from cadreledger.cli.texts import Language, language, text
from cadreledger.errors import CadreLedgerError, VerificationError

__all__ = ["json_text", "say", "speaking"]


@contextmanager
def speaking(lang: Language | None, *, as_json: bool, debug: bool) -> Iterator[tuple[Language, Console]]:
    """The language and the console of a command; what goes wrong becomes a message and an exit code."""
    tongue = language(lang)
    try:
        yield tongue, Console(width=_width())
    except CadreLedgerError as error:
        if debug:
            raise
        _complain(tongue, error, as_json=as_json)
        raise typer.Exit(1 if isinstance(error, VerificationError) else 2) from error
    except (typer.Exit, KeyboardInterrupt):
        raise
    except typer.Abort as error:  # asked, and nobody answered
        say(Console(stderr=True), text(tongue, "nothing_done"))
        raise typer.Exit(2) from error
    except BrokenPipeError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the reader has gone; say nothing more
        raise typer.Exit(2) from error
    except Exception as error:
        if debug:
            raise
        say(Console(stderr=True), text(tongue, "unexpected", kind=type(error).__name__))
        raise typer.Exit(2) from error


def _complain(tongue: Language, error: CadreLedgerError, *, as_json: bool) -> None:
    from cadreledger.cli.shapes import error_shape
    from cadreledger.cli.tables import error_lines, show

    if as_json:
        print(json_text(error_shape(error)))
    show(Console(stderr=True), *filter(None, error_lines(tongue, error)))


def say(console: Console, line: str) -> None:
    """Print a line as it is, unbroken: no markup, no colours."""
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def _width() -> int | None:
    """Wide where nobody looks, so that no cell is cut in a file or a pipe; None: as the terminal is."""
    return None if sys.stdout.isatty() or "COLUMNS" in os.environ else 160


def json_text(shape: dict[str, object]) -> str:
    """``shape`` as JSON that people can read too."""
    return json.dumps(shape, ensure_ascii=False, indent=2)

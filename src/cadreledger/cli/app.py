"""The commands: each a few calls of the public API."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cadreledger.cli.entries import history_entries
from cadreledger.cli.texts import Language, language, text
from cadreledger.errors import CadreLedgerError, InputError, IntakeError, VerificationError
from cadreledger.ledger import AsKnown, Ledger, keys_path

__all__ = ["app"]

POSITION_DIGITS_MAX = 18

app = typer.Typer(
    name="cadreledger",
    help="The service record of a community's retired cadres: immutable events, and figures anybody can recompute.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

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


@app.callback(invoke_without_command=True)
def start(show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """See each command's --help. Exit codes: 0 done; 1 findings; 2 wrong input or call, and nothing was recorded."""
    if show_version:
        print(f"cadreledger {version('cadreledger')}")
        raise typer.Exit


@app.command()
def init(
    ledger: LedgerPath,
    name: Annotated[str, typer.Option("--name", help="The community's name, such as 永兴社区.")],
    origin: Annotated[str | None, typer.Option("--origin", help="The log's name for the world; unique.")] = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Create a ledger, its key store and its signing key."""
    with _speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.cli.tables import show
        from cadreledger.store.kek import kek_path

        with Ledger.create(ledger, name=name, origin=origin) as made:
            keys, kek = keys_path(ledger), kek_path(made.key_store, None)
            if as_json:
                print(_json({"ledger": str(ledger), "origin": made.origin, "keys": str(keys), "kek": str(kek)}))
                return
            show(
                console,
                text(tongue, "made", ledger=ledger),
                text(tongue, "made_keys", keys=keys, kek=kek),
                text(tongue, "origin", origin=made.origin),
            )


@app.command(name="import")
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
    with _speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.cli.progress import importing
        from cadreledger.cli.shapes import import_shape, refused_shape
        from cadreledger.cli.tables import error_lines, problems_table, report_parts, show, warning_parts

        with Ledger.open(ledger) as opened:
            try:
                report = importing(opened, workbook, by=by, dry_run=dry_run, lang=tongue)
            except IntakeError as error:
                if as_json:
                    print(_json(refused_shape(workbook.name, error)))
                else:
                    if any(problem.sheet for problem in error.problems):
                        show(console, problems_table(tongue, text(tongue, "errors"), error.problems))
                        show(console, *warning_parts(tongue, error.warnings))
                    show(Console(stderr=True), *filter(None, error_lines(tongue, error)))
                if debug:
                    raise
                raise typer.Exit(2) from error
        if as_json:
            print(_json(import_shape(report)))
            return
        show(console, *report_parts(tongue, report, rehearsed=dry_run))


@app.command()
def figures(
    ledger: LedgerPath,
    period: Annotated[
        str, typer.Option("--period", metavar="P", help="2021, 2021-07, 2021Q3, 2021H1 or 2021-01..2021-07.")
    ],
    by: Annotated[str | None, typer.Option("--by", metavar="month", help="Break every figure down by month.")] = None,
    behind: Annotated[
        str | None, typer.Option("--behind", metavar="KEY", help="Show the events behind one figure instead.")
    ] = None,
    as_known: AsKnownText = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Print the catalogue of figures over a period, or the events behind one of them."""
    with _speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.cli.shapes import figures_shape, history_shape
        from cadreledger.cli.tables import amount, figures_table, history_table, months_tables, show

        if by not in {None, "month"} or (by and behind):
            raise InputError("figures cannot be broken down so", "--by month, without --behind")
        with Ledger.open(ledger) as opened:
            known = _as_known(opened, as_known)
            position = opened.position_as_known(known)
            found = opened.figures(period, as_known=known)
            if behind is not None:
                entries = history_entries(opened.trail(behind, period, as_known=known), personal=False)
                if as_json:
                    print(_json(history_shape(opened.origin, behind, position, entries)))
                    return
                if not entries:
                    _say(console, text(tongue, "nothing_behind", key=behind, period=found.period))
                    return
                value, count = amount(tongue, found[behind]), len(entries)
                title = text(tongue, "behind", key=behind, period=found.period, value=value, count=count)
                show(console, history_table(tongue, title, entries, whose=True))
                return
            if as_json:
                print(_json(figures_shape(opened.origin, position, found, by_month=by is not None)))
                return
            title = text(tongue, "figures_of", name=opened.name, period=found.period)
            if as_known is not None:
                title += f" ({text(tongue, 'as_known', cut=as_known)})"
            show(console, *figures_table(tongue, title, found))
            if by is not None:
                show(console, *months_tables(tongue, title, found, console.width))


@app.command()
def history(
    ledger: LedgerPath,
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="A person's or a branch's code, or a stream.")],
    as_known: AsKnownText = None,
    personal: Annotated[
        bool, typer.Option("--personal", help="Show personal sections too, where their key is at hand.")
    ] = False,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Print what happened to a person or a branch: when, by whom, on which document."""
    with _speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.cli.shapes import history_shape
        from cadreledger.cli.tables import history_table, show

        with Ledger.open(ledger) as opened:
            known = _as_known(opened, as_known)
            stream = opened.stream_of(subject)
            entries = history_entries(opened.history(stream, as_known=known), personal=personal)
            if as_json:
                print(_json(history_shape(opened.origin, stream, opened.position_as_known(known), entries)))
                return
            title = text(tongue, "history_of", subject=stream, count=len(entries))
            show(console, history_table(tongue, title, entries))
            if any(entry.personal_note == "hidden" for entry in entries):
                _say(console, text(tongue, "hidden_note"))


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A folder to make the ledger in.")] = Path(
        "demo-out"
    ),
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Replay the example year of Yongxing community into a fresh ledger, and print its totals beside the paper's."""
    with _speaking(lang, as_json=False, debug=debug) as (tongue, console):
        from cadreledger.cli.demo import replay

        if not replay(out, tongue, console):
            raise typer.Exit(1)


@contextmanager
def _speaking(lang: Language | None, *, as_json: bool, debug: bool) -> Iterator[tuple[Language, Console]]:
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
    except BrokenPipeError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the reader has gone; say nothing more
        raise typer.Exit(2) from error
    except Exception as error:
        if debug:
            raise
        _say(Console(stderr=True), text(tongue, "unexpected", kind=type(error).__name__))
        raise typer.Exit(2) from error


def _complain(tongue: Language, error: CadreLedgerError, *, as_json: bool) -> None:
    from cadreledger.cli.shapes import error_shape
    from cadreledger.cli.tables import error_lines

    if as_json:
        print(_json(error_shape(error)))
    for line in filter(None, error_lines(tongue, error)):
        _say(Console(stderr=True), line)


def _say(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def _width() -> int | None:
    """Wide where nobody looks, so that no cell is cut in a file or a pipe; None: as the terminal is."""
    import sys

    return None if sys.stdout.isatty() or "COLUMNS" in os.environ else 160


def _as_known(ledger: Ledger, asked: str | None) -> AsKnown:
    """A position, a time (in the ledger's zone where it names none), or a date."""
    if asked is None:
        return None
    if asked.isascii() and asked.isdigit() and len(asked) <= POSITION_DIGITS_MAX:
        return int(asked)
    readers: tuple[Callable[[str], date], ...] = (date.fromisoformat, datetime.fromisoformat)
    for read in readers:
        try:
            found = read(asked)
        except ValueError:
            continue
        return found.replace(tzinfo=found.tzinfo or ledger.zone) if isinstance(found, datetime) else found
    raise InputError("--as-known cannot be read", "812, 2021-07-05T12:00 or 2021-07-05")


def _json(shape: dict[str, object]) -> str:
    return json.dumps(shape, ensure_ascii=False, indent=2)

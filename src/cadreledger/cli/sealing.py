"""Commands about seals and keys."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from cadreledger.cli.options import By, Debug, Json, Lang, LedgerPath
from cadreledger.cli.speaking import json_text, say, speaking
from cadreledger.cli.texts import text
from cadreledger.errors import InputError
from cadreledger.events.ledger import ErasureReason
from cadreledger.ledger import Ledger

__all__ = ["erase", "rotate_key", "seal", "witnesses"]


def seal(
    ledger: LedgerPath,
    first: Annotated[
        bool,
        typer.Option("--first", help="It was never sealed, and the file that says so is lost: begin."),
    ] = False,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Sign a checkpoint over every event so far, and print it. What was sealed before is checked first."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, _):
        from cadreledger.cli.shapes import seal_shape

        with Ledger.open(ledger) as opened:
            made = opened.seal(first=first)
            if as_json:
                print(json_text(seal_shape(opened.origin, made)))
                return
            print(made, end="")
        for line in made.advice:  # not among the lines of the note, which may be kept in a file
            say(Console(stderr=True), f"{text(tongue, 'hint')}: {line}")


def rotate_key(
    ledger: LedgerPath, by: By = "office:keys", as_json: Json = False, lang: Lang = None, debug: Debug = False
) -> None:
    """Let the ledger sign with a new key from the next checkpoint on; that one carries both signatures."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        with Ledger.open(ledger) as opened:
            key = opened.rotate_key(by=by)
            if as_json:
                print(json_text({"ledger": opened.origin, "key": key}))
                return
        say(console, text(tongue, "rotated"))
        say(console, f"  {key}")


def witnesses(
    ledger: LedgerPath,
    keys: Annotated[
        list[str] | None, typer.Argument(metavar="VKEY", help="Verifier keys: the whole list from here on.")
    ] = None,
    by: By = "office:keys",
    none: Annotated[bool, typer.Option("--none", help="From here on, nobody.")] = False,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Name the witnesses who cosign from here on; without keys, print who is named, and the log's own keys."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        if keys and none:
            raise InputError("witnesses are named or not", "verifier keys, or --none")
        with Ledger.open(ledger) as opened:
            if keys or none:
                opened.name_witnesses(tuple(keys or ()), by=by)
            named, own = opened.sealed.witnesses, opened.sealed.keys
            if as_json:
                print(json_text({"ledger": opened.origin, "keys": list(own), "witnesses": list(named)}))
                return
        say(console, text(tongue, "log_keys"))
        for key in own:
            say(console, f"  {key}")
        say(console, text(tongue, "witnesses_named" if named else "witnesses_none"))
        for key in named:
            say(console, f"  {key}")


def erase(
    ledger: LedgerPath,
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="The code of a person, or their stream.")],
    by: Annotated[str, typer.Option("--by", help="Who does it: a post or an account, not a name.")],
    reason: Annotated[ErasureReason, typer.Option("--reason", help="Why.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Destroy a person's key: what is personal about them can never be read again. Totals and proofs still hold."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        with Ledger.open(ledger) as opened:
            stream = opened.stream_of(subject)
            if not yes and not typer.confirm(text(tongue, "erase_sure", subject=subject, stream=stream), err=True):
                say(console, text(tongue, "nothing_done"))
                raise typer.Exit(2)
            receipt = opened.erase(stream, by=by, reason=reason)
            if as_json:
                print(json_text({"ledger": opened.origin, "stream": stream, "position": receipt.positions.start}))
                return
        day = datetime.now(UTC).date()
        say(console, text(tongue, "erased", stream=stream, position=receipt.positions.start, day=day))

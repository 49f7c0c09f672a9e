"""Commands that read a ledger and change nothing."""

from typing import Annotated

import typer

from cadreledger.cli.entries import history_entries
from cadreledger.cli.options import AsKnownText, Debug, Json, Lang, LedgerPath, PeriodText, as_known_at
from cadreledger.cli.speaking import json_text, say, speaking
from cadreledger.cli.texts import text
from cadreledger.errors import InputError
from cadreledger.figures import View
from cadreledger.ledger import Ledger

__all__ = ["figures", "history"]


def figures(
    ledger: LedgerPath,
    period: PeriodText,
    by: Annotated[str | None, typer.Option("--by", metavar="month", help="Break every figure down by month.")] = None,
    behind: Annotated[
        str | None, typer.Option("--behind", metavar="KEY", help="Show the events behind one figure instead.")
    ] = None,
    view: Annotated[
        View, typer.Option("--view", help="Count as the office does, or from headers alone.")
    ] = View.OFFICE,
    as_known: AsKnownText = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Print the catalogue of figures over a period, or the events behind one of them."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.cli.shapes import figures_shape, history_shape
        from cadreledger.cli.tables import amount, figures_table, history_table, months_tables, show

        if by not in {None, "month"} or (by and behind):
            raise InputError("figures cannot be broken down so", "--by month, without --behind")
        if behind and view is View.PUBLIC:
            raise InputError("the events behind a figure are the office's", "--behind without --view public")
        with Ledger.open(ledger) as opened:
            known = as_known_at(opened, as_known)
            position = opened.position_as_known(known)
            found = opened.figures(period, as_known=known, view=view)
            if behind is not None:
                entries = history_entries(opened.trail(behind, period, as_known=known), personal=False)
                if as_json:
                    print(json_text(history_shape(opened.origin, behind, position, entries)))
                    return
                if not entries:
                    say(console, text(tongue, "nothing_behind", key=behind, period=found.period))
                    return
                value, count = amount(tongue, found[behind]), len(entries)
                title = text(tongue, "behind", key=behind, period=found.period, value=value, count=count)
                show(console, history_table(tongue, title, entries, whose=True))
                return
            if as_json:
                print(json_text(figures_shape(opened.origin, position, found, by_month=by is not None)))
                return
            title = text(tongue, "figures_of", name=opened.name, period=found.period)
            if as_known is not None:
                title += f" ({text(tongue, 'as_known', cut=as_known)})"
            show(console, *figures_table(tongue, title, found, view))
            if by is not None:
                show(console, *months_tables(tongue, title, found, console.width))


def history(
    ledger: LedgerPath,
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="The code of a person or a thing, or a stream.")],
    as_known: AsKnownText = None,
    personal: Annotated[
        bool, typer.Option("--personal", help="Show personal sections too, where their key is at hand.")
    ] = False,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Print what happened to a person, a branch, a team …: when, by whom, on which document."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.cli.shapes import history_shape
        from cadreledger.cli.tables import history_table, show

        with Ledger.open(ledger) as opened:
            known = as_known_at(opened, as_known)
            stream = opened.stream_of(subject)
            entries = history_entries(opened.history(stream, as_known=known), personal=personal)
            if as_json:
                print(json_text(history_shape(opened.origin, stream, opened.position_as_known(known), entries)))
                return
            title = text(tongue, "history_of", subject=stream, count=len(entries))
            show(console, history_table(tongue, title, entries))
            if any(entry.personal_note == "hidden" for entry in entries):
                say(console, text(tongue, "hidden_note"))

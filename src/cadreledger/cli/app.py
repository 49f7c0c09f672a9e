"""The commands: each a few calls of the public API."""

from importlib.metadata import version
from typing import Annotated

import typer

from cadreledger.cli import (
    asking,
    auditing,
    exporting,
    notices,
    policies,
    publishing,
    reading,
    sealing,
    witnessing,
    writing,
)

__all__ = ["app"]

app = typer.Typer(
    name="cadreledger",
    help="The service record of a community's retired cadres: immutable events, and figures anybody can recompute.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def start(show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """See each command's --help. Exit codes: 0 done; 1 findings; 2 wrong input or call, and nothing was recorded."""
    if show_version:
        print(f"cadreledger {version('cadreledger')}")
        raise typer.Exit


app.command()(publishing.demo)
app.command()(writing.init)
app.command(name="import")(writing.import_)
app.command()(reading.figures)
app.command()(reading.history)
app.command()(asking.cadence)
app.command()(asking.coverage)
app.command()(asking.arrears)
app.command(name="medal-roll")(asking.medal_roll)
app.command()(asking.cash)
app.command()(publishing.snapshot)
app.command()(sealing.seal)
app.command()(sealing.witnesses)
app.command(name="rotate-key")(sealing.rotate_key)
app.command()(exporting.site)
app.command()(exporting.export)
app.command()(auditing.audit)
app.command()(auditing.verify)
app.command()(witnessing.cosign)
app.command(name="witness-key")(witnessing.witness_key)
app.command()(witnessing.collect)
app.command()(witnessing.prove)
app.command()(witnessing.statement)
app.command()(sealing.erase)
app.command()(writing.adopt)

notice = typer.Typer(
    help="The life of a notice: propose, review, approve, publish, correct, write, list.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
notice.command()(notices.propose)
notice.command()(notices.review)
notice.command()(notices.approve)
notice.command()(notices.publish)
notice.command()(notices.correct)
notice.command()(notices.write)
notice.command(name="list")(notices.listing)
app.add_typer(notice, name="notice")

policy = typer.Typer(
    help="What the regulations say, and what a place has settled: show, check, adopt.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
policy.command()(policies.show)
policy.command()(policies.check)
policy.command()(policies.adopt)
app.add_typer(policy, name="policy")

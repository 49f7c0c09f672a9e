"""Commands about policies: what the regulations say, and what a place has settled beyond them."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cadreledger.cli.options import Debug, Json, Lang, LedgerPath
from cadreledger.cli.speaking import json_text, say, speaking
from cadreledger.cli.texts import Language, text
from cadreledger.errors import InputError
from cadreledger.ledger import Ledger
from cadreledger.rules import RULES, Policy, Provision, national, read_policy
from cadreledger.values import Month

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["adopt", "check", "show"]

FILE_BYTES_MAX: Final = 2**20  # what is too long for an event, `read_policy` says

PolicyFile = Annotated[Path, typer.Argument(metavar="FILE", help="A place's policy, such as daan.toml.")]


def show(
    ledger: Annotated[
        Path | None, typer.Argument(metavar="LEDGER", help="A ledger; without one, the national policy is shown.")
    ] = None,
    rule: Annotated[
        str | None, typer.Option("--rule", metavar="NAME", help="One rule: all of its answers, by month.")
    ] = None,
    month: Annotated[
        str | None, typer.Option("--month", metavar="M", help="What holds in that month (2021-07); by default today.")
    ] = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Print what the regulations, and the place's own policy, say: each rule with its source."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.cli.shapes import policy_shape

        if rule is not None and rule not in RULES:
            hint = "`cadreledger policy show` lists those that are answered."
            raise InputError("there is no such rule", "a rule of the reference", rule[:48], hint)
        origin, policy, today = _in_force(ledger)
        asked = today if month is None else Month.parse(month)
        found = _of_rule(policy, rule, None if month is None else asked) if rule else _in_month(policy, asked)
        if as_json:
            print(json_text(policy_shape(origin, policy.version_at(asked), str(asked), found)))
            return
        version = policy.version_at(asked)
        if not found:
            say(console, text(tongue, "policy_silent", version=version, rule=rule, month=asked))
            return
        console.print(_table(tongue, text(tongue, "policy_of", version=version, month=asked), found))


def check(file: PolicyFile, as_json: Json = False, lang: Lang = None, debug: Debug = False) -> None:
    """Read a place's policy file, and print what it answers; nothing is recorded."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.cli.shapes import provisions_shape

        policy = read_policy(_text_of(file))
        own = [each for name in RULES for each in _of_rule(policy, name, None) if each.version == policy.version]
        if as_json:
            print(json_text({"path": str(file), "version": policy.version, "provisions": provisions_shape(own)}))
            return
        console.print(_table(tongue, text(tongue, "policy_checked", path=file, version=policy.version), own))


def adopt(
    ledger: LedgerPath,
    file: PolicyFile,
    valid_from: Annotated[str, typer.Option("--from", metavar="M", help="The month from which it holds: 2021-07.")],
    by: Annotated[str, typer.Option("--by", help="Who does it: a post or an account, not a name.")],
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Let a place's policy hold from a month on. The change is an event; what was decided before stays as it is."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        month, words = Month.parse(valid_from), _text_of(file)
        with Ledger.open(ledger) as opened:
            position = opened.adopt_policy(words, valid_from=month, by=by).positions.start
            version, origin = opened.policy.version, opened.origin
        if as_json:
            print(json_text({"ledger": origin, "version": version, "from": str(month), "position": position}))
            return
        say(console, text(tongue, "policy_adopted", version=version, month=month, position=position))


def _in_force(ledger: Path | None) -> tuple[str, Policy, Month]:
    """A ledger's origin ("" for none), its policy, and the month that it is there."""
    if ledger is None:
        return "", national(), Month.of(datetime.now().astimezone())
    with Ledger.open(ledger) as opened:
        return opened.origin, opened.policy, Month.of(datetime.now(opened.zone))


def _in_month(policy: Policy, month: Month) -> list[Provision[object]]:
    found = (policy.find(rule, month) for rule in RULES.values())
    return [each for each in found if each is not None]


def _of_rule(policy: Policy, name: str, month: Month | None) -> list[Provision[object]]:
    """What a policy says of a rule in a month; without one, in all of them."""
    if month is None:
        return list(policy.provisions.get(name, ()))
    found = policy.find(RULES[name], month)
    return [] if found is None else [found]


def _table(lang: Language, title: str, provisions: list[Provision[object]]) -> "Table":
    from cadreledger.cli.tables import escape, plain_table

    columns = [text(lang, key) for key in ("rule", "answer", "since", "binding", "certainty", "citation")]
    table = plain_table(title, *columns, whole=(0, 2, 3, 4))
    for each in provisions:
        sentence = each.zh if lang is Language.ZH else each.en
        answer = "\n".join(filter(None, (RULES[each.rule].kind.said(each.value), sentence)))
        since = str(each.valid_from) if each.valid_until is None else f"{each.valid_from}\n< {each.valid_until}"
        words = (text(lang, each.binding.value), text(lang, each.certainty.value))
        table.add_row(each.rule, escape(answer), since, *words, escape(f"{each.citation}\n{each.version}"))
    return table


def _text_of(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            data = stream.read(FILE_BYTES_MAX + 1)
    except (OSError, ValueError) as error:
        found = error.strerror or "" if isinstance(error, OSError) else "a path with a zero byte"
        raise InputError(f"{file} cannot be read", "a policy file", found, "Check the path.") from error
    try:
        return data.decode("utf-8-sig")  # some editors put a byte order mark in front
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8", "a text file", hint="Save it as UTF-8.") from error

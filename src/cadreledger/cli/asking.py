"""Commands that ask what an office must know: meetings, attendance, arrears, medals, the cash box."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cadreledger.cli.options import AsKnownText, Debug, Json, Lang, LedgerPath, PeriodText, as_known_at
from cadreledger.cli.speaking import json_text, say, speaking
from cadreledger.cli.texts import Language, text
from cadreledger.events.activity import ActivityKind
from cadreledger.ledger import Ledger
from cadreledger.values import Money, Month

if TYPE_CHECKING:
    from rich.table import Table

    from cadreledger.queries import Arrears, CashClose, Coverage, Kept, MedalRoll

__all__ = ["arrears", "cadence", "cash", "coverage", "medal_roll"]

MonthText = Annotated[str, typer.Option("--month", metavar="M", help="A month: 2021-07.")]


def cadence(
    ledger: LedgerPath,
    period: PeriodText,
    as_known: AsKnownText = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Print which party days and meetings were held, and which months or quarters lack one."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console), Ledger.open(ledger) as opened:
        found = opened.cadence(period, as_known=as_known_at(opened, as_known))
        if as_json:
            print(json_text({"ledger": opened.origin, "period": period, "cadence": [each.json() for each in found]}))
            return
        console.print(_cadence_table(tongue, text(tongue, "cadence_of", name=opened.name, period=period), found))


def coverage(
    ledger: LedgerPath,
    period: PeriodText,
    kind: Annotated[ActivityKind, typer.Option("--kind", help="Which kind of activity.")] = ActivityKind.GROUP_STUDY,
    as_known: AsKnownText = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Print whom a kind of activity has reached: there, made up online, excused, absent."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console), Ledger.open(ledger) as opened:
        found = opened.coverage(period, kind=kind, as_known=as_known_at(opened, as_known))
        if as_json:
            people = [each.json() for each in found]
            print(json_text({"ledger": opened.origin, "period": period, "kind": kind.value, "people": people}))
            return
        names = [opened.code_of(each.stream) or each.stream for each in found]
        title = text(tongue, "coverage_of", name=opened.name, period=period, kind=kind.value)
        console.print(_coverage_table(tongue, title, names, found))


def arrears(
    ledger: LedgerPath,
    month: MonthText,
    as_known: AsKnownText = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Print whose dues are unpaid up to the end of a month, and where a review falls due. It removes nobody."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console), Ledger.open(ledger) as opened:
        found = opened.arrears(month, as_known=as_known_at(opened, as_known))
        if as_json:
            print(json_text({"ledger": opened.origin, "month": month, "arrears": [each.json() for each in found]}))
            return
        if not found:
            say(console, text(tongue, "arrears_none", month=month))
            return
        names = [opened.code_of(each.stream) or each.stream for each in found]
        console.print(_arrears_table(tongue, text(tongue, "arrears_of", name=opened.name, month=month), names, found))


def medal_roll(
    ledger: LedgerPath,
    year: Annotated[int, typer.Option("--year", metavar="Y", help="The year of the award.")],
    as_known: AsKnownText = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Print who is due the medal of fifty years in the Party (光荣在党50年) on 1 July of a year, and who has it."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console), Ledger.open(ledger) as opened:
        found = opened.medal_roll(year, as_known=as_known_at(opened, as_known))
        if as_json:
            print(json_text({"ledger": opened.origin, **found.json()}))
            return
        for line in _medal_lines(tongue, found, opened):
            say(console, line)


def cash(
    ledger: LedgerPath,
    branch: Annotated[str, typer.Argument(metavar="BRANCH", help="The code of a branch, or its stream.")],
    month: MonthText,
    as_known: AsKnownText = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Print what the receipts of a month say that a branch's cash box holds, and what was counted."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console), Ledger.open(ledger) as opened:
        found = opened.cash_close(branch, month, as_known=as_known_at(opened, as_known))
        if as_json:
            print(json_text({"ledger": opened.origin, **found.json()}))
            return
        for line in _cash_lines(tongue, found):
            say(console, line)


def _cadence_table(lang: Language, title: str, found: Sequence["Kept"]) -> "Table":
    from cadreledger.cli.tables import escape, plain_table

    columns = [text(lang, key) for key in ("holder", "rule", "held", "lacking", "citation")]
    table = plain_table(title, *columns, right=(2,), whole=(0, 1))
    for each in found:
        holder = text(lang, "all_together") if each.holder == "ledger" else each.holder
        lacking = ", ".join(map(str, each.lacking)) or "–"
        table.add_row(holder, each.rule, str(each.held), lacking, escape(f"{each.citation}\n{each.policy_version}"))
    return table


def _coverage_table(lang: Language, title: str, names: Sequence[str], found: Sequence["Coverage"]) -> "Table":
    from cadreledger.cli.tables import escape, plain_table

    keys = ("sessions", "attended", "made_up", "excused", "absent", "covered")
    table = plain_table(title, text(lang, "person"), *(text(lang, key) for key in keys), right=(1, 2, 3, 4, 5, 6))
    for name, each in sorted(zip(names, found, strict=True), key=lambda pair: pair[0]):
        table.add_row(escape(name), *(str(getattr(each, key)) for key in keys))
    sums = (str(sum(getattr(each, key) for each in found)) for key in keys)
    table.add_row(text(lang, "together"), *sums)
    return table


def _arrears_table(lang: Language, title: str, names: Sequence[str], found: Sequence["Arrears"]) -> "Table":
    from cadreledger.cli.tables import escape, plain_table

    columns = [text(lang, key) for key in ("person", "lacking_amount", "unpaid_months", "in_a_row", "review")]
    table = plain_table(title, *columns, right=(1, 3), whole=(0,))
    for name, each in sorted(zip(names, found, strict=True), key=lambda pair: pair[0]):
        months = ", ".join(f"{month} {amount}" for month, amount in _lacking(each))
        review = "review_due" if each.review_due else "review_open" if each.review_open else ""
        table.add_row(
            escape(name), str(each.lacking), months, str(len(each.row)), text(lang, review) if review else "–"
        )
    return table


def _lacking(each: "Arrears") -> Iterator[tuple[Month, Money]]:
    return ((row[0], row[-1]) for row in each.unpaid)


def _medal_lines(lang: Language, found: "MedalRoll", ledger: Ledger) -> Iterator[str]:
    if not found.since:
        yield text(lang, "medal_none", year=found.year)
        return
    for key, streams in (("medal_due", found.due), ("medal_has", found.has)):
        names = sorted(ledger.code_of(stream) or stream for stream in streams)
        yield f"{text(lang, key, year=found.year, count=len(names), since=found.since)}{', '.join(names) or '–'}"
    if found.undated:
        yield text(lang, "medal_undated", count=found.undated)


def _cash_lines(lang: Language, found: "CashClose") -> Iterator[str]:
    yield text(lang, "cash_expected", branch=found.branch, month=found.month, amount=found.expected)
    if found.counted is None:
        yield text(lang, "cash_uncounted")
    else:
        yield text(lang, "cash_counted", amount=found.counted, variance=found.variance)
    yield text(lang, "month_closed" if found.closed else "month_open")

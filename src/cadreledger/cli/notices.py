"""Commands for the life of a notice (公示): proposed, reviewed, approved by different people; published; corrected."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cadreledger.cli.options import Debug, Json, Lang, LedgerPath
from cadreledger.cli.speaking import json_text, say, speaking
from cadreledger.cli.texts import Language, text
from cadreledger.errors import InputError
from cadreledger.ledger import Ledger, Transaction
from cadreledger.values import Period, ascii_code, readable_code

if TYPE_CHECKING:
    from cadreledger.aggregates import CommunityState
    from cadreledger.disclosure import Notice

__all__ = ["approve", "correct", "listing", "propose", "publish", "review", "write"]

PAGE: Final = "notice.html"

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The notice's number, such as 2021-6.")]
Post = Annotated[str, typer.Option("--by", help="Who does it: a post or an account, not a name.")]
Day = Annotated[str | None, typer.Option("--on", metavar="DAY", help="On which day (2021-08-03); by default today.")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to write the notice to.")]
Said = Annotated[
    list[str] | None, typer.Option("--text", help="A paragraph of the office's own. Repeatable, in order.")
]
Decide = Callable[[Transaction, int, date], object]


def propose(
    ledger: LedgerPath,
    number: Number,
    period: Annotated[str, typer.Option("--period", metavar="P", help="Which months it tells of: 2021-07.")],
    by: Post,
    on: Day = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Ask for a notice of a period to be made, or for a corrected edition of one that went up."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, _):
        months = Period.parse(period)

        def decide(tx: Transaction, edition: int, day: date) -> int:
            return tx.community.propose_notice(number, period=months, on=day, edition=edition, proposer=by)

        _step(ledger, number, by, on, decide, tongue, "notice_proposed", as_json=as_json)


def review(
    ledger: LedgerPath,
    number: Number,
    by: Post,
    on: Day = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Note that somebody else looked a proposed notice over for secrets and privacy."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, _):

        def decide(tx: Transaction, edition: int, day: date) -> int:
            return tx.community.review_notice(number, on=day, edition=edition, reviewer=by)

        _step(ledger, number, by, on, decide, tongue, "notice_reviewed", as_json=as_json)


def approve(
    ledger: LedgerPath,
    number: Number,
    by: Post,
    on: Day = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Note that a third one lets a reviewed notice go out."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, _):

        def decide(tx: Transaction, edition: int, day: date) -> int:
            return tx.community.approve_notice(number, on=day, edition=edition, approver=by)

        _step(ledger, number, by, on, decide, tongue, "notice_approved", as_json=as_json)


def publish(
    ledger: LedgerPath,
    number: Number,
    by: Post,
    out: Out,
    on: Day = None,
    words: Said = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Publish an approved notice: seal, record its digest, seal again, and write the page that proves itself."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, _):
        _publish(ledger, number, by, out, on, words or [], None, tongue, as_json=as_json)


def correct(
    ledger: LedgerPath,
    number: Number,
    by: Post,
    reason: Annotated[str, typer.Option("--reason", help="Why, as it will stand on the page.")],
    out: Out,
    on: Day = None,
    words: Said = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Publish an approved new edition of a notice that went up: it names the old one, and why. The old one stays."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, _):
        if not reason.strip():
            raise InputError("a correction needs its reason", "what people will read")
        _publish(ledger, number, by, out, on, words or [], reason, tongue, as_json=as_json)


def write(
    ledger: LedgerPath,
    number: Number,
    out: Out,
    edition: Annotated[int | None, typer.Option("--edition", help="Which edition; by default the last.")] = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Write a published notice again, byte for byte; nothing is recorded."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, _):
        with Ledger.open(ledger) as opened:
            made = opened.notice(number, edition=edition)
            origin = opened.origin
        written = made.write(out)
        if as_json:
            print(json_text(_shape(origin, made, written)))
            return
        _say(tongue, "notice_written", number=number, edition=made.edition, digest=made.digest, page=out / PAGE)


def listing(ledger: LedgerPath, as_json: Json = False, lang: Lang = None, debug: Debug = False) -> None:
    """List every edition of every notice, and how far it has come."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console), Ledger.open(ledger) as opened:
        from cadreledger.cli.tables import escape, plain_table

        state = opened.picture().community
        rows = [(readable_code(key[0]), key[1], _stage(state, key)) for key in state.notices]
        if as_json:
            listed = [{"number": number, "edition": edition, "stage": stage} for number, edition, stage in rows]
            print(json_text({"ledger": opened.origin, "notices": listed}))
            return
        table = plain_table(opened.name, *(text(tongue, key) for key in ("notice", "edition", "stage")), right=(1,))
        for number, edition, stage in rows:
            table.add_row(escape(number), str(edition), text(tongue, f"stage_{stage}"))
        console.print(table)


def _step(
    ledger: Path, number: str, by: str, on: str | None, decide: Decide, tongue: Language, said: str, *, as_json: bool
) -> None:
    with Ledger.open(ledger) as opened:
        edition, day = _edition(opened, number), _day(opened, on)
        position = opened.run(lambda tx: decide(tx, edition, day), by=by).positions.start
        origin = opened.origin
    if as_json:
        print(json_text({"ledger": origin, "number": number, "edition": edition, "position": position}))
        return
    _say(tongue, said, number=number, edition=edition)


def _publish(
    ledger: Path,
    number: str,
    by: str,
    out: Path,
    on: str | None,
    words: list[str],
    reason: str | None,
    tongue: Language,
    *,
    as_json: bool,
) -> None:
    with Ledger.open(ledger) as opened:
        edition = _edition(opened, number)
        if (edition > 1) is (reason is None):
            what = "a first edition is published, a later one corrects it"
            raise InputError(what, "`publish`" if edition == 1 else "`correct`, with a reason", f"edition {edition}")
        period = _proposed_period(opened, number, edition)
        made = opened.publish_notice(
            number, period=period, by=by, on=_day(opened, on), edition=edition, texts=words, reason=reason
        )
        written = made.write(out)
        origin = opened.origin
    if as_json:
        print(json_text(_shape(origin, made, written)))
        return
    _say(tongue, "notice_published", number=number, edition=edition, digest=made.digest, page=out / PAGE)


def _shape(origin: str, made: "Notice", written: tuple[Path, ...]) -> dict[str, object]:
    shape = {"ledger": origin, "number": made.number, "edition": made.edition, "digest": made.digest}
    return {**shape, "size": made.snapshot.size, "files": [str(path) for path in written]}


def _edition(ledger: Ledger, number: str) -> int:
    """The edition under way: the one after the last that went up."""
    known = ascii_code(number)
    state = ledger.picture().community
    published = [edition for (name, edition), notice in state.notices.items() if name == known and notice.published]
    return max(published, default=0) + 1


def _proposed_period(ledger: Ledger, number: str, edition: int) -> Period:
    state = ledger.picture().community
    notice = state.notices.get((ascii_code(number), edition))
    proposed = None if notice is None else state.standing.get(notice.proposed)
    if proposed is None:
        raise InputError("nobody has proposed that notice", "`notice propose` first", f"edition {edition}")
    return Period.parse(str(getattr(proposed, "period", "")))


def _stage(state: "CommunityState", key: tuple[str, int]) -> str:
    notice = state.notices[key]
    steps = ("published", "approved", "reviewed", "proposed")
    return next((step for step in steps if getattr(notice, step)), "proposed")


def _day(ledger: Ledger, on: str | None) -> date:
    if on is None:
        return datetime.now(ledger.zone).date()
    try:
        return date.fromisoformat(on)
    except ValueError as error:
        raise InputError("--on cannot be read", "2021-08-03", on[:32]) from error


def _say(tongue: Language, key: str, **values: object) -> None:
    from rich.console import Console

    say(Console(), text(tongue, key, **values))

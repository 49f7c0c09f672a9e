"""Commands that give a ledger's events to others: the published log, an auditors' bundle."""

from base64 import b64encode
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cadreledger.cli.options import Debug, Json, Lang, LedgerPath
from cadreledger.cli.speaking import json_text, say, speaking
from cadreledger.cli.texts import text
from cadreledger.ledger import Ledger

__all__ = ["ExportFormat", "export", "site"]


class ExportFormat(StrEnum):
    """What a ledger is exported as."""

    BUNDLE = "bundle"


def site(
    ledger: LedgerPath,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to publish in; it grows in place.")],
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Publish the log up to the last checkpoint as static files (C2SP tlog-tiles): headers, and nothing personal."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.export import write_notices, write_site

        with Ledger.open(ledger) as opened:
            done = write_site(opened, out)
            notices = write_notices(opened, out) if opened.notices() else None
            origin = opened.origin
        if as_json:
            shape = {"ledger": origin, "path": str(out), "size": done.size, "root": _base64(done.root)}
            count = 0 if notices is None else notices.notices
            print(json_text({**shape, "written": done.written, "removed": done.removed, "notices": count}))
            return
        key = "site_written" if done.written or done.removed else "site_unchanged"
        say(console, text(tongue, key, path=out, size=done.size, written=done.written, removed=done.removed))
        if notices is not None:
            values = {"path": out / "index.html", "notices": notices.notices, "written": notices.written}
            say(console, text(tongue, "notices_written", **values))


def export(
    ledger: LedgerPath,
    out: Annotated[Path, typer.Option("--out", metavar="PATH", help="The file to write.")],
    as_format: Annotated[ExportFormat, typer.Option("--format", help="bundle: for auditors, to replay and verify.")],
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Write the events up to the last checkpoint for others, without what is personal."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.export import write_bundle

        with Ledger.open(ledger) as opened:
            done = write_bundle(opened, out)
            origin = opened.origin
        if as_json:
            shape = {"ledger": origin, "format": as_format.value, "path": str(out), "size": done.size}
            print(json_text({**shape, "root": _base64(done.root), "bytes": done.length}))
            return
        say(console, text(tongue, "bundle_written", path=out, size=done.size))


def _base64(root: bytes) -> str:
    return b64encode(root).decode("ascii")

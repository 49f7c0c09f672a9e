"""Commands for those who do not trust the office: replay everything, or check what was published."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from cadreledger.audit import Records
from cadreledger.cli.options import Debug, Json, Lang
from cadreledger.cli.speaking import json_text, say, speaking
from cadreledger.cli.texts import text

__all__ = ["audit", "verify"]

FILE_BYTES_MAX: Final = 64 * 2**20  # of a snapshot; a checkpoint is smaller by far


def audit(
    path: Annotated[Path, typer.Argument(metavar="LEDGER|BUNDLE", help="A ledger's file, or an auditors' bundle.")],
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option("--checkpoint", metavar="FILE", help="A checkpoint that you hold, to compare. Repeatable."),
    ] = None,
    snapshot: Annotated[
        list[Path] | None,
        typer.Option("--snapshot", metavar="FILE", help="A published snapshot.json to recompute. Repeatable."),
    ] = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Replay everything into findings: bytes, tree, signatures, rules, figures. Exit code 1 if one is an error."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.audit import audit as replay
        from cadreledger.cli.findings import findings_parts
        from cadreledger.cli.tables import show

        held = [_bytes_of(file) for file in checkpoint or ()]
        snapshots = [_bytes_of(file) for file in snapshot or ()]
        with _records(path) as records:
            report = replay(records, as_of=datetime.now(UTC), held=held, snapshots=snapshots)
        if as_json:
            print(json_text(report.json()))
        else:
            show(console, *findings_parts(tongue, report))
        if not report.ok:
            raise typer.Exit(1)


def verify(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A site, bundle, snapshot, statement or checkpoint.")],
    key: Annotated[
        list[str] | None, typer.Option("--key", metavar="VKEY", help="The log's verifier key, as you know it.")
    ] = None,
    witness: Annotated[
        list[str] | None, typer.Option("--witness", metavar="VKEY", help="A witness's verifier key. Repeatable.")
    ] = None,
    quorum: Annotated[
        int | None, typer.Option("--quorum", metavar="K", help="How many of them must have cosigned; by default all.")
    ] = None,
    max_age: Annotated[
        int | None,
        typer.Option("--max-age", metavar="DAYS", help="How old their cosignatures may be.", min=1, max=36_525),
    ] = None,
    site: Annotated[
        Path | None,
        typer.Option("--site", metavar="DIR", help="The published log, for a statement or snapshot."),
    ] = None,
    catalogue: Annotated[
        list[Path] | None,
        typer.Option("--catalogue", metavar="FILE", help="A catalogue that you have read and trust. Repeatable."),
    ] = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Check what was published, without the ledger and offline. Exit code 1 if something does not hold."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.audit import Trust, verify_path
        from cadreledger.cli.findings import checks_parts
        from cadreledger.cli.tables import show

        witnesses = tuple(witness or ())
        trust = Trust(
            as_of=datetime.now(UTC),
            keys=tuple(key or ()),
            witnesses=witnesses,
            quorum=len(witnesses) if quorum is None else quorum,
            age_max=None if max_age is None else timedelta(days=max_age),
            catalogues=tuple(_bytes_of(file) for file in catalogue or ()),
        )
        found = verify_path(path, trust, site=site)
        if as_json:
            checks = [check.json() for check in found.checks]
            shape = {"path": str(path), "kind": found.kind, "ok": found.ok, "checks": checks}
            print(json_text({**shape, "unchecked": list(found.unchecked)}))
        else:
            show(console, *checks_parts(tongue, path, found))
            if not found.ok:
                say(console, text(tongue, "verify_failed"))
        if not found.ok:
            raise typer.Exit(1)


def _records(path: Path) -> AbstractContextManager[Records]:
    from cadreledger.audit.bundle import BundleRecords, is_bundle
    from cadreledger.ledger import LedgerRecords

    return BundleRecords.open(path) if is_bundle(path) else LedgerRecords.open(path)


def _bytes_of(file: Path) -> bytes:
    from cadreledger.errors import InputError

    try:
        with file.open("rb") as stream:
            data = stream.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise InputError(f"{file} cannot be read", found=error.strerror or "", hint="Check the path.") from error
    if len(data) > FILE_BYTES_MAX:
        raise InputError(f"{file} is too large", f"at most {FILE_BYTES_MAX} bytes", "more", "Name the file itself.")
    return data

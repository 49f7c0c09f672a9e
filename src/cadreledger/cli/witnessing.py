"""Commands of a witness, and what an office gives it, and one person."""

import os
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from cadreledger.cli.options import Debug, Json, Lang, LedgerPath
from cadreledger.cli.speaking import json_text, say, speaking
from cadreledger.cli.texts import text
from cadreledger.errors import InputError, StoreError, VerificationError
from cadreledger.ledger import Ledger
from cadreledger.placing import put, sync_folder

if TYPE_CHECKING:
    from cadreledger.sealing import NoteSigner

__all__ = ["collect", "cosign", "prove", "statement", "witness_key"]

FILE_BYTES_MAX = 2 * 2**20  # a note of 1 MiB, behind the hashes of a proof
SEED_BYTES = 32


def witness_key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The witness's name for the world, such as bureau/w1.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to keep the key in.")],
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Make a witness's key, and print its verifier key, which the office names in its ledger."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.sealing import COSIGNATURE, NoteSigner

        try:
            signer = NoteSigner(name, token_bytes(SEED_BYTES), COSIGNATURE)
        except VerificationError as error:  # a wrong call: nothing was verified
            raise InputError(error.what, error.expected, hint="Such as bureau.example/w1.") from error
        try:
            descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            hint = "Name a file that is not there yet, in a folder that you may write: no key is written over."
            raise StoreError(f"a key cannot be written to {out}", "a new file", error.strerror or "", hint) from error
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(f"{signer.text()}\n".encode())
        except OSError as error:
            out.unlink(missing_ok=True)  # half a key would look like one
            hint = "Make room on the disk."
            raise StoreError(f"a key cannot be written to {out}", found=error.strerror or "", hint=hint) from error
        if as_json:
            print(json_text({"path": str(out), "key": signer.vkey}))
            return
        say(console, text(tongue, "witness_key_made", path=out))
        print(signer.vkey)


def cosign(
    checkpoint: Annotated[Path, typer.Argument(metavar="CHECKPOINT", help="The log's checkpoint, a signed note.")],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="This witness's own key (see witness-key).")],
    state: Annotated[Path, typer.Option("--state", metavar="FILE", help="What this witness cosigned last.")],
    site: Annotated[
        Path | None, typer.Option("--site", metavar="PATH", help="The published log, to check consistency by.")
    ] = None,
    proof: Annotated[
        Path | None, typer.Option("--proof", metavar="FILE", help="A consistency proof (C2SP add-checkpoint) instead.")
    ] = None,
    log_key: Annotated[
        str | None, typer.Option("--log-key", metavar="VKEY", help="The log's verifier key: the first time.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to write it; by default CHECKPOINT itself.")
    ] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Begin again where the state is gone: everything cosigned is forgotten.")
    ] = False,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Cosign a checkpoint, as a witness, if it goes on from the one cosigned last. Exit code 1 if it does not."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.sealing import parse_checkpoint, split_note
        from cadreledger.witness import Witness, site_proof, text_proof

        if (site is None) is (proof is None):
            found = "neither" if site is None else "both"
            hint = "Take the published log (--site) if you have it."
            raise InputError("consistency is checked by one thing", "either --site or --proof", found, hint)
        signer = _signer(key)
        note = _read(checkpoint)
        proof_of = site_proof(site) if site is not None else text_proof(_read(proof or Path()))
        moment = int(datetime.now(UTC).timestamp())
        cosigned = Witness(signer, state).cosign(note, proof_of, moment, log_key=log_key, anew=anew)
        _replace(out or checkpoint, cosigned)
        covered = parse_checkpoint(split_note(cosigned)[0])
        if as_json:
            shape = {"ledger": covered.origin, "size": covered.size, "witness": signer.vkey}
            print(json_text({**shape, "checkpoint": cosigned.decode("utf-8")}))
            return
        say(console, text(tongue, "cosigned", origin=covered.origin, size=covered.size, path=out or checkpoint))


def prove(
    ledger: LedgerPath,
    position: Annotated[
        int | None,
        typer.Option("--position", metavar="N", help="Prove that this event is in the log (C2SP tlog-proof)."),
    ] = None,
    since: Annotated[
        int | None,
        typer.Option(
            "--since", metavar="SIZE", help="Prove that the log goes on from this size (C2SP add-checkpoint)."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="A file, instead of the terminal.")] = None,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Print a proof by the last checkpoint: of one event, or of consistency for a witness."""
    with speaking(lang, as_json=False, debug=debug):
        from cadreledger.witness import proof_text

        if (position is None) is (since is None):
            found = "neither" if position is None else "both"
            hint = "A witness needs --since, with the size that it cosigned last."
            raise InputError("one thing is proved at a time", "either --position or --since", found, hint)
        with Ledger.open(ledger) as opened:
            if position is not None:
                data = opened.sealed.inclusion(position).encode()
            else:
                seal = opened.sealed.latest()
                data = proof_text(since or 0, opened.sealed.consistency(since or 0, at=seal), seal.note)
        if out is None:
            print(data.decode("utf-8"), end="")
        else:
            _replace(out, data)


def collect(
    ledger: LedgerPath,
    checkpoint: Annotated[Path, typer.Argument(metavar="CHECKPOINT", help="A checkpoint that witnesses cosigned.")],
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Take over the cosignatures of the witnesses that the ledger names; publish them with the next `site`."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.cli.shapes import seal_shape

        with Ledger.open(ledger) as opened:
            seal = opened.sealed.collect(_read(checkpoint))
            if as_json:
                print(json_text(seal_shape(opened.origin, seal)))
                return
        say(console, text(tongue, "collected", size=seal.size))
        print(seal, end="")
        for line in seal.advice:
            say(Console(stderr=True), f"{text(tongue, 'hint')}: {line}")


def statement(
    ledger: LedgerPath,
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="The code of a person, or their stream.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The file to write, as JSON.")] = None,
    page: Annotated[
        Path | None, typer.Option("--page", metavar="FILE", help="The page to write: to read, print and check.")
    ] = None,
    as_json: Json = False,
    lang: Lang = None,
    debug: Debug = False,
) -> None:
    """Write one person's events with proofs, for that person. Once handed out, it stays provable."""
    with speaking(lang, as_json=as_json, debug=debug) as (tongue, console):
        from cadreledger.export import page_of_statement
        from cadreledger.export import statement as make

        if out == page:
            found = "neither" if out is None else "one file for both"
            hint = "Name a file for the statement (--out), for its page (--page), or one for each."
            raise InputError("a statement is written to a file", "--out or --page", found, hint)
        with Ledger.open(ledger) as opened:
            made = make(opened, subject)
            shown = None if page is None else page_of_statement(opened, made)
        written = {out: made.to_json(), page: shown}
        for path, data in written.items():
            if path is not None and data is not None:
                _replace(path, data, mode=0o600)
        if as_json:
            shape: dict[str, object] = {"ledger": made.origin, "stream": made.stream}
            shape |= {name: str(path) for name, path in (("path", out), ("page", page)) if path is not None}
            print(json_text({**shape, "events": len(made.events)}))
            return
        for path in filter(None, written):
            say(console, text(tongue, "statement_written", path=path, count=len(made.events)))


def _signer(path: Path) -> "NoteSigner":
    from cadreledger.sealing import NoteSigner

    try:
        return NoteSigner.parse(_read(path).decode("utf-8", "replace").strip())
    except VerificationError as error:  # its own key is no input that others gave
        hint = "Make one: `cadreledger witness-key`."
        raise InputError(f"{path} holds no private key", error.expected, "another text", hint) from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except (OSError, ValueError) as error:
        found = error.strerror or "" if isinstance(error, OSError) else "a path with a zero byte"
        raise InputError(f"{path} cannot be read", "a file", found, "Check the path.") from error
    if len(data) > FILE_BYTES_MAX:
        raise InputError(f"{path} is too large", f"at most {FILE_BYTES_MAX} bytes", "more", "Check the path.")
    return data


def _replace(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Put ``data`` in the file's place, whole."""
    try:
        put(path, data, mode=mode)
    except (OSError, ValueError) as error:  # ValueError: a path without a name, such as .
        found = error.strerror or "" if isinstance(error, OSError) else "no name of a file"
        hint = "Name a file that you may write."
        raise StoreError(f"{path} cannot be written", "a file", found, hint) from error
    sync_folder(path.parent)

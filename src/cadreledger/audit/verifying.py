"""Which verification a path asks for; and that of a checkpoint, which needs no more than a key."""

import json
from pathlib import Path
from typing import Final

from cadreledger.audit.bundle import is_bundle, verify_bundle
from cadreledger.audit.checks import Steps, StoppedError, Trust, Verification
from cadreledger.audit.notice_files import NoticeFiles
from cadreledger.audit.site import verify_site
from cadreledger.audit.snapshot import verify_snapshot
from cadreledger.audit.statement import verify_statement
from cadreledger.errors import InputError, StoreError
from cadreledger.sealing import Policy, parse_checkpoint, split_note, verify_checkpoint

__all__ = ["verify_path"]

SIGNATURES: Final = "\n\n\N{EM DASH} ".encode()  # behind the text of a signed note
PROOF: Final = b"c2sp.org/tlog-proof@"  # of one leaf, which is not in it
VERIFIABLE: Final = "a site, a bundle, a snapshot, a statement or a signed checkpoint"
FILE_BYTES_MAX: Final = 256 * 2**20  # of a statement or a snapshot, which are read whole


def verify_path(path: str | Path, trust: Trust, *, site: str | Path | None = None) -> Verification:
    """Check what is at ``path``: a site, bundle, snapshot (its folder or its JSON), statement or checkpoint.

    ``site`` is the published log to check a statement or a snapshot by. Raises InputError for a path that is none of
    these, a checkpoint without a key to check it by, or a ``site`` where none is asked for, and StoreError for a path
    that cannot be read.
    """
    place, log = Path(path), None if site is None else Path(site)
    if place.is_dir():
        if not (place / "snapshot.json").is_file():
            _refuse_site(log, "a site")
            return verify_site(place, trust)
        place, log = place / "snapshot.json", log or (place if (place / "tile").is_dir() else None)
    if place.exists() and not place.is_file():
        hint = "Save what comes through a pipe in a file first."
        raise InputError(f"{place} is neither a file nor a folder", "something that was published", hint=hint)
    if is_bundle(place):
        _refuse_site(log, "a bundle")
        return verify_bundle(place, trust)
    data = _read(place)
    kind = _format_of(data)
    if kind == "notice/1":  # it is of the snapshot beside it
        place = place.with_name("snapshot.json")
        data = _read(place)
        kind = _format_of(data)
    if kind == "snapshot/1":
        return verify_snapshot(data, _beside(place), trust, site=log, notice=_notice(place))
    if kind == "statement/1":
        return verify_statement(data, trust, site=log)
    if data.startswith(PROOF):
        what = f"{place} proves where a header lies, and the header is not in it"
        raise InputError(what, VERIFIABLE, "a C2SP tlog-proof", "In Python: verify_proof_file, with the header's leaf.")
    if kind is not None or not data.strip() or SIGNATURES not in data:
        hint = "Name what was published: the folder of a site or snapshot, or the file itself, whole."
        raise InputError(f"{place} is nothing that can be verified", VERIFIABLE, "another file", hint)
    _refuse_site(log, "a checkpoint")
    return _verify_checkpoint(data, trust)


def _refuse_site(log: Path | None, what: str) -> None:
    if log is not None:
        hint = "Leave --site out, or name a statement or a snapshot."
        raise InputError(f"{what} is not verified by another site", "a statement or a snapshot", what, hint)


def _verify_checkpoint(note: bytes, trust: Trust) -> Verification:
    if not trust.keys:
        hint = "Name the log's verifier key, as you know it: --key."
        raise InputError("a checkpoint alone does not say whose it is", "a key to verify it by", hint=hint)
    steps = Steps()
    try:
        with steps.step("format") as said:
            checkpoint = parse_checkpoint(split_note(note)[0])
            said.append(f"{checkpoint.origin}, {checkpoint.size} events")
        with steps.step("signature") as said:
            verify_checkpoint(note, Policy(origin=checkpoint.origin, keys=trust.keys))
            said.append("by the log's key")
        if trust.witnesses:
            with steps.step("witnesses") as said:
                verify_checkpoint(note, trust.policy(checkpoint.origin, trust.keys))
                said.append(f"at least {trust.quorum} of {len(trust.witnesses)} cosigned")
    except StoppedError:
        pass
    return Verification("checkpoint", tuple(steps.checks), ("what the events are that it covers",))


def _format_of(data: bytes) -> str | None:
    """What a JSON file says that it is; None: it is no JSON."""
    if data[:1] != b"{":
        return None
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return ""
    return str(document.get("format", "")) if isinstance(document, dict) else ""


def _beside(snapshot: Path) -> bytes | None:
    """The checkpoint that travels beside a snapshot."""
    path = snapshot.with_suffix(".checkpoint")
    return _read(path) if path.is_file() else None


def _notice(snapshot: Path) -> NoticeFiles | None:
    """What makes a notice of a snapshot, where it is one."""
    notice, names = snapshot.with_name("notice.json"), snapshot.with_name("names.json")
    return NoticeFiles(_read(notice), _read(names) if names.is_file() else None) if notice.is_file() else None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        found = error.strerror or "" if isinstance(error, OSError) else "a path with a zero byte"
        raise StoreError(f"{path} cannot be read", found=found, hint="Check the path.") from error
    if len(data) > FILE_BYTES_MAX:
        what, hint = f"{path} is too large to be a snapshot or a statement", "Check that this is the right file."
        raise InputError(what, f"at most {FILE_BYTES_MAX} bytes", hint=hint)
    return data

"""Which verification a path asks for, and those of a checkpoint and of a snapshot."""

from pathlib import Path
from typing import Final

from cadreledger.audit.bundle import is_bundle, verify_bundle
from cadreledger.audit.checks import Trust, Verification
from cadreledger.audit.site import verify_site
from cadreledger.audit.statement import verify_statement
from cadreledger.errors import InputError

__all__ = ["verify_path"]

FILE_BYTES_MAX: Final = 256 * 2**20  # of a statement or a snapshot, read whole
PROOF: Final = b"c2sp.org/tlog-proof@v1\n"


def verify_path(path: Path, trust: Trust, *, site: Path | None = None) -> Verification:
    """Check what is at ``path``: a site, bundle, snapshot (its folder or its JSON), statement or checkpoint.

    ``site`` is the published log to check a statement or a snapshot by. Raises InputError for a path that is none of
    these, or a checkpoint without a key to check it by, and StoreError for one that cannot be read.
    """
    if path.is_dir():
        if (path / "snapshot.json").is_file():
            return _verify_snapshot(path / "snapshot.json", trust, site or (path if (path / "tile").is_dir() else None))
        return verify_site(path, trust)
    if is_bundle(path):
        return verify_bundle(path, trust)
    data = _read(path)
    kind = _format_of(data)
    if kind == "statement/1":
        return verify_statement(data, trust, site=site)
    if kind == "snapshot/1":
        return _verify_snapshot(path, trust, site)
    if kind or not data.strip():
        raise InputError(f"{path} is nothing that can be verified", "a site, bundle, snapshot, statement or checkpoint")
    return _verify_checkpoint(data, trust)

"""Verifying a published log, as it lies in a folder, without anything of the office's.

Steps: files, entries, and those of `cadreledger.audit.published`. What ``checkpoint`` says is verified also while a
later one is on its way; what is ahead of it is said not to be.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from cadreledger.audit.checks import Steps, StoppedError, Trust, Verification
from cadreledger.audit.published import PublishedLog
from cadreledger.audit.site_files import BUNDLE_BYTES_MAX, Site, listed
from cadreledger.disclosure.site import catalogue_path
from cadreledger.errors import StoreError, VerificationError
from cadreledger.sealing import TILE_WIDTH, Checkpoint, parse_checkpoint, split_note

__all__ = ["Site", "holding_site", "verify_site"]


def verify_site(path: str | Path, trust: Trust) -> Verification:
    """Verify the site in the folder ``path``; see `Trust` for what is taken on trust.

    Whatever is wrong with it is a check that failed. Raises StoreError where there is no such folder, or the system
    refuses to read it.
    """
    place = Path(path)
    if not os.path.isdir(place):  # noqa: PTH112 - unlike Path.is_dir, never raises
        raise StoreError(f"there is no folder at {place}", hint="Name the folder that holds `checkpoint` and `tile`.")
    steps = Steps()
    ahead: list[str] = []
    try:
        _verify(Site(place), steps, trust, ahead)
    except StoppedError:
        pass
    except OSError as error:
        what = f"the site at {place} cannot be read"
        raise StoreError(what, found=error.strerror or "", hint="Check its permissions and the disk.") from error
    return Verification("site", tuple(steps.checks), tuple(ahead))


def holding_site(path: Path, trust: Trust) -> tuple[Site, Checkpoint]:
    """The site at ``path`` and what its checkpoint says, all verified: for whoever checks something else by it.

    Raises VerificationError where a check fails, StoreError as `verify_site` does.
    """
    failed = next((check for check in verify_site(path, trust).checks if not check.ok), None)
    if failed is not None:
        raise VerificationError(f"the site does not hold: {failed.name}", found=failed.detail)
    site = Site(path)
    return site, parse_checkpoint(split_note(site.checkpoint())[0])


def _verify(files: Site, steps: Steps, trust: Trust, unchecked: list[str]) -> None:
    with steps.step("files") as said:
        site = listed(files)
        said.append(f"{site.count} files")
    log = PublishedLog(site.notes, trust)

    def headers() -> Iterator[bytes]:
        return files.headers(site.size)

    with steps.step("entries") as said:
        differing = _differing(files, log, headers())
        said.append(f"{site.size} headers")
    with steps.step("signature") as said:
        said.append(log.signature())
    with steps.step("witnesses") as said:
        said.append(log.witnesses())
    with steps.step("root") as said:
        said.append(log.root())
        if differing:
            raise VerificationError("a tile is not what the entries give", "the tree over all headers", differing)
    with steps.step("checkpoints") as said:
        said.append(log.checkpoints(ahead=site.ahead))
    with steps.step("catalogue") as said:
        catalogues = {digest: files.read(catalogue_path(digest)) for digest in site.catalogues}
        said.append(log.catalogue(catalogues, strangers=bool(site.ahead)))
    log.rest(steps, headers)
    if site.ahead:
        size = site.ahead[-1].checkpoint.size
        unchecked.append(f"a checkpoint over {size} events is announced; what it adds is not all there yet")
    if site.size > site.said:
        unchecked.append(f"`checkpoint` still tells of {site.said} events; {site.size} were verified")


def _differing(files: Site, log: PublishedLog, headers: Iterator[bytes]) -> str:
    """The path of the first tile that is not what the headers give; "" where there is none."""
    differing = ""
    for tile, data in log.tiles(headers):
        is_full = tile.width == TILE_WIDTH
        if is_full and tile.level < 0:
            continue  # the headers were read from it
        found = files.find(tile.path, BUNDLE_BYTES_MAX)
        if found != data and (is_full or found is not None):  # a partial one may have been replaced by a full one
            differing = differing or tile.path
    return differing

"""A snapshot's files, and how they come to lie in a folder: the only place of this room that touches a disk."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType

from cadreledger.disclosure.notice import Notice
from cadreledger.disclosure.page import page
from cadreledger.disclosure.snapshot import Snapshot
from cadreledger.disclosure.tables import figures_csv
from cadreledger.disclosure.workbook import figures_xlsx
from cadreledger.errors import StoreError
from cadreledger.placing import placed

__all__ = ["files", "notice_files", "place"]


def files(snapshot: Snapshot) -> Mapping[str, bytes]:
    """Every file by name. Raises ExtraMissingError without the packages of ``cadreledger[disclosure]``."""
    return MappingProxyType(_made(snapshot, page(snapshot)))


def notice_files(notice: Notice) -> Mapping[str, bytes]:
    """As `files`, with the notice's own page, and what its digest is of."""
    made = _made(notice.snapshot, page(notice.snapshot, notice))
    named = {} if notice.names is None else {"names.json": notice.names}
    return MappingProxyType(made | named | {"notice.json": notice.to_json()})


def place(made: Mapping[str, bytes], out: str | Path) -> tuple[Path, ...]:
    """Put files into ``out``: all are written beside their places before the first is renamed.

    Raises StoreError where the folder cannot be made or written.
    """
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as drafts:
            for name, data in made.items():
                file = drafts.enter_context(placed(folder / name))
                file.write(data)
                file.flush()
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        found = error.strerror or "" if isinstance(error, OSError) else "a path with a zero byte"
        hint = "Name a folder that you may write, on a disk with room."
        raise StoreError(f"a snapshot cannot be written to {folder}", found=found, hint=hint) from error
    return tuple(folder / name for name in made)


def _made(snapshot: Snapshot, shown: bytes) -> dict[str, bytes]:
    made = {
        "snapshot.json": snapshot.to_json(),
        "notice.html": shown,
        "figures.csv": figures_csv(snapshot),
        "figures.xlsx": figures_xlsx(snapshot),
    }
    return made | ({"snapshot.checkpoint": snapshot.note} if snapshot.note else {})

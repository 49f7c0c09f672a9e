"""The notices of a site: a folder each, which loses names alone, the index of them all, and the page for statements."""

from pathlib import Path

import attrs

from cadreledger.disclosure import Notice
from cadreledger.disclosure.index_page import index_page, notice_folder
from cadreledger.errors import StoreError
from cadreledger.export.folder import PublicFolder, writing
from cadreledger.export.statement import page_for_statements
from cadreledger.ledger import Ledger

__all__ = ["NoticesReport", "write_notices"]

INDEX = "index.html"
STATEMENTS = "statement.html"


@attrs.frozen
class NoticesReport:
    """A site's notices: how many stand in its index, and how many files were written."""

    path: Path
    notices: int
    written: int


def write_notices(ledger: Ledger, out: str | Path) -> NoticesReport:
    """Put every notice that was published from ``ledger`` into the folder ``out``, the index, and ``statement.html``.

    One that is there stays as it is, but for names that may not be shown any more: its ``notice.json`` must be what its
    digest is of. Raises StoreError where it is
    not, or the folder cannot be written, and ExtraMissingError without the packages of ``cadreledger[disclosure]``.
    """
    folder = PublicFolder(Path(out))
    made: list[tuple[Notice, str, Notice | None]] = []
    latest: dict[str, Notice] = {}
    with writing(f"notices cannot be written to {out}", "Name a folder that you may write."), folder.alone():
        folder.tidy()
        for number, edition in ledger.notices():
            notice = ledger.notice(number, edition=edition)
            place = notice_folder(number, edition)
            made.append((notice, place, latest.get(number)))
            latest[number] = notice
            _put(folder, place, notice)
        folder.put(STATEMENTS, page_for_statements(ledger))
        folder.put(INDEX, index_page(ledger.name, made))
        folder.sync()
    return NoticesReport(Path(out), len(made), folder.written)


def _put(folder: PublicFolder, place: str, notice: Notice) -> None:
    held = folder.read(f"{place}/notice.json")
    if held is not None:
        if held != notice.to_json():
            what = "another notice lies where one that was published belongs"
            raise StoreError(what, "the one that the ledger names", place, "Remove it, and write the site again.")
        if folder.read(f"{place}/names.json") == notice.names:
            return  # else consent was withdrawn or given again, or a key destroyed, since
    files = dict(notice.files())
    last = files.pop("notice.json")  # it says that the others are there
    for name, data in files.items():
        folder.put(f"{place}/{name}", data)
    folder.sync()
    folder.put(f"{place}/notice.json", last)

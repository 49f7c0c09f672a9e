"""The example year's office, its pages of statements, and what they say of what is opened in them."""

from __future__ import annotations  # Playwright may be missing

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from cadreledger import Ledger
from cadreledger.disclosure.statement import Statement
from cadreledger.export import page_for_statements, page_of_statement, statement
from cadreledger.intake import import_workbook

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["CHECKS", "Office", "make_office", "outcome", "press", "put", "spelled"]

WORKBOOK: Final = Path(__file__).parents[2] / "examples" / "yongxing-2021.xlsx"
VOIDED: Final = "YX039"  # has a visit that was taken back, and a wish that came true
CHECKS: Final = ["format", "signature", "inclusion", "sections", "person", "voids"]


@attrs.frozen
class Office:
    """The example year, sealed, with a new key, sealed again; the site's page, and everybody's statement by stream.

    ``carried`` is the page that carries the statement of somebody who has an entry that was taken back.
    """

    ledger: Ledger
    page: Path
    carried: Path
    statements: dict[str, Statement]

    def with_void(self) -> Statement:
        """That one."""
        return self.statements[self.ledger.stream_of(VOIDED)]


def make_office(ledger: Ledger, folder: Path) -> Office:
    """The example year in ``ledger``, its pages in ``folder``."""
    import_workbook(ledger, WORKBOOK)
    ledger.seal()
    ledger.rotate_key(by="office:keys")
    ledger.seal()
    people = [each for each in ledger.events() if each.event.wire == "cadre.registered/1"]
    made = {str(each.stream): statement(ledger, each.stream) for each in people}
    (folder / "statement.html").write_bytes(page_for_statements(ledger))
    (folder / "mine.html").write_bytes(page_of_statement(ledger, made[ledger.stream_of(VOIDED)]))
    return Office(ledger, folder / "statement.html", folder / "mine.html", made)


def outcome(page: Page) -> tuple[str, dict[str, str]]:
    """The verdict's class, and each check with its fault ("" where it holds)."""
    page.locator("#verdict[class]:not([class=''])").wait_for()
    items = page.locator("#verified li").evaluate_all(
        "nodes => nodes.map(n => [n.dataset.check, n.dataset.fault ?? ''])"
    )
    return page.locator("#verdict").get_attribute("class") or "", dict(items)


def put(page: Page, data: bytes, name: str = "statement.json") -> tuple[str, dict[str, str]]:
    """What becomes of a file that is opened in the page."""
    page.evaluate("document.getElementById('verdict').className = ''")
    page.set_input_files("#file", {"name": name, "mimeType": "application/json", "buffer": data})
    return outcome(page)


def press(page: Page) -> tuple[str, dict[str, str]]:
    """What becomes of the statement that the page carries."""
    page.evaluate("document.getElementById('verdict').className = ''")
    page.click("#verify")
    return outcome(page)


def spelled(document: dict[str, Any]) -> bytes:
    """``document`` as canonical JSON."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()

"""What axe-core finds wrong with our pages for those who use them otherwise than by looking: nothing."""

from __future__ import annotations  # Playwright may be missing

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.test_verifying import sealed, verified
from tests.browser.watch import DESKTOP, PHONE, Screen

from cadreledger import Ledger
from cadreledger.export import write_notices, write_site

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["sealed"]

pytestmark = pytest.mark.browser

Open = Callable[..., "Page"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def complaints(page: Page) -> list[str]:
    """Each violated rule of axe-core, and where."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    run = "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})"
    found: dict[str, Any] = page.evaluate(run, RULES)
    assert len(found["passes"]) > 10
    return [f"{each['id']}: {node['target']}" for each in found["violations"] for node in each["nodes"]]


@pytest.fixture(scope="module")
def site(sealed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the sealed ledger: an index, and a page for statements."""
    folder = tmp_path_factory.mktemp("site")
    with Ledger.open(sealed.parents[1] / "office.ledger") as ledger:
        write_site(ledger, folder)
        write_notices(ledger, folder)
    return folder


@pytest.mark.parametrize("english", [False, True])
@pytest.mark.parametrize("screen", [PHONE, DESKTOP])
def test_a_notice_has_nothing_to_complain_of(open_page: Open, sealed: Path, screen: Screen, *, english: bool) -> None:
    page = open_page(sealed, screen)
    if english:
        page.click("#language")
    verified(page)
    assert complaints(page) == []


@pytest.mark.parametrize("english", [False, True])
@pytest.mark.parametrize("name", ["index.html", "statement.html"])
def test_the_site_has_nothing_to_complain_of(open_page: Open, site: Path, name: str, *, english: bool) -> None:
    page = open_page(site / name, PHONE)
    if english:
        page.click("#language")
    assert complaints(page) == []


def test_what_is_wrong_is_found(open_page: Open, sealed: Path) -> None:
    page = open_page(sealed)
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert complaints(page) == ["image-alt: ['img']"]

"""A ledger too large for a page: the page fetches the headers from its own site, and says so where it cannot."""

from __future__ import annotations  # Playwright may be missing

import re
import shutil
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import attrs
import pytest
from tests.browser.site import Site
from tests.browser.test_published import PERIOD, TEXTS, WORKBOOK, approve
from tests.browser.test_verifying import touched, verified

from cadreledger import Ledger
from cadreledger.disclosure import Evidence, Notice
from cadreledger.disclosure.index_page import notice_folder
from cadreledger.export import write_site
from cadreledger.figures import Catalogue
from cadreledger.intake import import_workbook
from cadreledger.sealing import Tile, decode_entries, encode_entries

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser

Open = Callable[..., "Page"]

PLACE = f"{notice_folder('2021-6', 1)}/notice.html"
HEARD = """() => {
  const verdict = document.getElementById("verdict");
  window.said = [];
  new MutationObserver(() => window.said.push(verdict.textContent)).observe(verdict, { childList: true });
}"""
POLICY = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]*)"')


class Published(NamedTuple):
    """A site with a notice whose page carries no headers: at once, and when more was recorded and published."""

    site: Path
    later: Path
    notice: Notice
    size: int  # of the checkpoint that covers it


def without_headers(ledger: Ledger, notice: Notice, size: int) -> Notice:
    """``notice``, as of a ledger that is too large."""
    notes = [seal.note for seal in ledger.sealed.checkpoints() if seal.size <= size]
    evidence = Evidence.of(ledger.headers(upto=size), notes, Catalogue.file_of, carried_bytes_max=0)
    return attrs.evolve(notice, snapshot=attrs.evolve(notice.snapshot, evidence=evidence))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    folder = tmp_path_factory.mktemp("large")
    with Ledger.create(folder / "office.ledger", name="永兴社区") as ledger:
        import_workbook(ledger, WORKBOOK)
        approve(ledger)
        notice = ledger.publish_notice("2021-6", period=PERIOD, by="office:a", on=date(2021, 8, 3), texts=TEXTS)
        size = write_site(ledger, folder / "site").size
        without_headers(ledger, notice, size).write((folder / "site" / PLACE).parent)
        shutil.copytree(folder / "site", folder / "later")
        with ledger.transaction(by="staff:liaison") as tx:
            for number in range(256):
                tx.community.hold("party_day", code=f"M{number}", title="主题党日", on=date(2021, 8, 4))
        ledger.seal()
        write_site(ledger, folder / "later")
    return Published(folder / "site", folder / "later", notice, size)


@pytest.fixture
def site(published: Published, tmp_path: Path) -> Path:
    """A copy of the site, to be touched."""
    return shutil.copytree(published.site, tmp_path / "site")


def bundle(size: int, index: int) -> Tile:
    return Tile(-1, index, min(256, size - 256 * index))


def test_over_http_it_fetches_the_headers_and_nothing_else(open_page: Open, published: Published) -> None:
    with Site(published.site) as site:
        page = open_page(site.url + PLACE, asks=f"{site.url}tile/entries/")
        verdict, checks = verified(page)
        asked = site.asked
    assert (verdict, set(checks.values())) == ("holds", {""})
    assert checks["published"] == ""
    bundles = [bundle(published.size, index).path for index in range(-(-published.size // 256))]
    assert sorted(asked) == sorted(["/" + PLACE, *("/" + path for path in bundles)])
    assert f"（{published.size}）" in page.locator("[data-check='headers']").inner_text()


def slowly(route: Route) -> None:
    time.sleep(0.4)
    route.continue_()


def test_it_tells_how_far_it_is(open_page: Open, published: Published) -> None:
    with Site(published.site) as site:
        page = open_page(site.url + PLACE, asks=f"{site.url}tile/entries/")
        page.route("**/tile/**", slowly)
        page.evaluate(HEARD)
        verdict, _ = verified(page)
    assert verdict == "holds"
    said = [re.search(r"已读 (\d+) 条记录，共 (\d+) 条", text) for text in page.evaluate("window.said")]
    read = [int(found[1]) for found in said if found and int(found[2]) == published.size]
    assert read
    assert read == sorted(set(read))


def test_more_than_a_browser_can_check_is_left_to_the_command_line(
    open_page: Open, published: Published, site: Path
) -> None:
    size = published.notice.snapshot.size

    def many(evidence: dict[str, str]) -> None:
        grown = (
            evidence["snapshot"].replace(f'"size":{size}', '"size":2000001').replace(f"\\n{size}\\n", "\\n2000001\\n")
        )
        evidence["snapshot"] = grown

    page = open_page(touched(site / PLACE, site, many))
    verdict, checks = verified(page)
    assert (verdict, checks["headers"]) == ("unknown", "headers_many")
    assert "cadreledger verify" in page.locator("#verdict").inner_text()


def test_when_the_log_has_grown_the_full_bundle_is_there_instead(open_page: Open, published: Published) -> None:
    last = published.size // 256
    assert not (published.later / bundle(published.size, last).path).exists()
    with Site(published.later) as site:
        verdict, _ = verified(open_page(site.url + PLACE, asks=f"{site.url}tile/entries/"))
        assert f"/{Tile(-1, last, 256).path}" in site.asked
    assert verdict == "holds"


def test_opened_from_a_file_it_says_where_to_open_it(open_page: Open, published: Published) -> None:
    page = open_page(published.site / PLACE)
    verdict, checks = verified(page)
    assert (verdict, checks) == ("unknown", {"form": "", "headers": "tiles_elsewhere"})
    said = page.locator("#verdict").inner_text()
    assert "https" in said
    assert "cadreledger verify" in said
    assert "请勿采信" not in said


def test_it_may_ask_its_own_site_only_and_an_ordinary_page_nobody(published: Published) -> None:
    def policy(page: str) -> str:
        found = POLICY.search(page)
        assert found
        return found[1]

    large = policy((published.site / PLACE).read_text("utf-8"))
    ordinary = policy(published.notice.files()["notice.html"].decode())
    assert large.startswith("default-src 'none'; ")
    assert large.replace(" connect-src 'self';", "") == ordinary
    assert "connect-src" not in ordinary


def cut(data: bytes) -> bytes:
    return data[:-1]


def one_less(data: bytes) -> bytes:
    return encode_entries(decode_entries(data, 256)[:-1])


def swapped(data: bytes) -> bytes:
    entries = decode_entries(data, 256)
    return encode_entries([*entries[1::-1], *entries[2:]])


def other_month(data: bytes) -> bytes:
    entries = list(decode_entries(data, 256))
    at = next(at for at, entry in enumerate(entries) if b"visit.made" in entry and b"voids" not in entry)
    entries[at] = re.sub(rb'"month":"2021-..', b'"month":"2020-01', entries[at])
    return encode_entries(entries)


def not_json(data: bytes) -> bytes:
    return encode_entries([b"{", *decode_entries(data, 256)[1:]])


@pytest.mark.parametrize(
    ("change", "check", "fault"),
    [
        (cut, "headers", "tile_form"),
        (one_less, "headers", "tile_form"),
        (lambda data: data + bytes(2**21), "headers", "tile_form"),
        (lambda _: b"", "headers", "tile_form"),
        (lambda _: b"<!DOCTYPE html><p>404", "headers", "tile_form"),
        (not_json, "schema", "header_form"),
        (swapped, "root", "root_wrong"),
        (other_month, "root", "root_wrong"),
    ],
)
def test_a_bundle_that_was_changed_turns_it_red(
    open_page: Open, site: Path, change: Callable[[bytes], bytes], check: str, fault: str
) -> None:
    file = site / Tile(-1, 5, 256).path
    file.write_bytes(change(file.read_bytes()))
    with Site(site) as served:
        page = open_page(served.url + PLACE, asks=f"{served.url}tile/entries/")
        verdict, checks = verified(page)
    assert verdict == "fails"
    assert {name: said for name, said in checks.items() if said} == {check: fault}
    if check == "headers":
        assert Tile(-1, 5, 256).path in page.locator("#verified").inner_text()


@pytest.mark.parametrize("last", [False, True])
def test_a_bundle_that_is_missing_is_named(open_page: Open, published: Published, site: Path, *, last: bool) -> None:
    gone = bundle(published.size, published.size // 256 if last else 3)
    (site / gone.path).unlink()
    with Site(site) as served:
        page = open_page(served.url + PLACE, asks=f"{served.url}tile/entries/")
        verdict, checks = verified(page)
    assert (verdict, checks["headers"]) == ("fails", "tile_missing")
    assert gone.path in page.locator("#verified").inner_text()


def test_a_site_that_does_not_answer_is_no_fault_of_the_page(open_page: Open, published: Published) -> None:
    with Site(published.site) as served:
        page = open_page(served.url + PLACE, asks=f"{served.url}tile/entries/")
    verdict, checks = verified(page)
    assert (verdict, checks) == ("unknown", {"form": "", "headers": "tile_unreachable"})


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "/", "../../x/", "", None, 7])
def test_from_elsewhere_nothing_is_fetched(open_page: Open, site: Path, elsewhere: object) -> None:
    changed = touched(site / PLACE, site, lambda evidence: evidence.update(tiles=elsewhere))
    with Site(site) as served:
        verdict, checks = verified(open_page(served.url + changed.name))
        assert served.asked == [f"/{changed.name}"]
    assert (verdict, checks["headers"]) == ("fails", "evidence_form")

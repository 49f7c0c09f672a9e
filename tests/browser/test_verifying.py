"""The page verifies itself in the browser, offline: green where nothing was touched, red and specific where it was."""

from __future__ import annotations  # Playwright may be missing

import json
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.site import Site

from cadreledger import Ledger
from cadreledger.audit.log_keys import fingerprint
from cadreledger.intake import import_workbook
from cadreledger.sealing import decode_entries, encode_entries

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

Open = Callable[..., "Page"]
Evidence = dict[str, Any]

ROOT = Path(__file__).parents[2]
WORKBOOK = ROOT / "examples" / "yongxing-2021.xlsx"
TOLD = "#verdict:is(.holds, .fails, .unknown)"
DATA = re.compile(r'(<script type="application/json" id="evidence">)(.*?)(</script>)', re.DOTALL)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the example year, sealed twice, in between with a new key."""
    folder = tmp_path_factory.mktemp("sealed")
    with Ledger.create(folder / "office.ledger", name="永兴社区") as ledger:
        import_workbook(ledger, WORKBOOK)
        ledger.seal()
        ledger.rotate_key(by="office:keys")
        seal = ledger.seal()
        ledger.snapshot("2021-01..2021-07", at=seal).write(folder / "shown")
    return folder / "shown" / "notice.html"


def verified(page: Page) -> tuple[str, dict[str, str]]:
    """The verdict's class, and each check with its fault ("" where it holds)."""
    page.click("#verify")
    page.locator(TOLD).wait_for()
    items = page.locator("#verified li").evaluate_all(
        "nodes => nodes.map(n => [n.dataset.check, n.dataset.fault ?? ''])"
    )
    return page.locator("#verdict").get_attribute("class") or "", dict(items)


def test_nothing_touched_everything_holds(open_page: Open, sealed: Path) -> None:
    verdict, checks = verified(open_page(sealed))
    assert verdict == "holds"
    assert list(checks) == [
        *("form", "headers", "catalogue", "schema", "root", "signature"),
        *("figures", "breakdowns", "adjustments", "uncounted", "shown"),
    ]
    assert set(checks.values()) == {""}


def test_over_http_it_verifies_too_and_asks_for_nothing_else(open_page: Open, sealed: Path) -> None:
    with Site(sealed.parent) as site:
        verdict, _ = verified(open_page(site.url + sealed.name))
        assert site.asked == [f"/{sealed.name}"]
    assert verdict == "holds"


def test_it_says_until_when_and_by_which_key(open_page: Open, sealed: Path) -> None:
    page = open_page(sealed)
    verified(page)
    size = json.loads((sealed.parent / "snapshot.json").read_text("utf-8"))["size"]
    assert f"前 {size} 条记录" in page.locator("#verdict").inner_text()
    with Ledger.open(sealed.parents[1] / "office.ledger") as ledger:
        said = fingerprint(ledger.sealed.keys[-1])
    assert said in page.locator("#verified").inner_text()
    assert page.locator("#fingerprint").inner_text() == said  # as the command line says it, too
    assert page.locator(".qr path").count() > 0


def test_by_keyboard_alone(open_page: Open, sealed: Path) -> None:
    page = open_page(sealed)
    page.locator("#verify").focus()
    page.keyboard.press("Enter")
    page.locator(TOLD).wait_for()
    assert page.evaluate("document.activeElement.id") == "verdict"


# --- tampered with ---------------------------------------------------------------------------------------------------


def touched(page: Path, folder: Path, change: Callable[[Evidence], None]) -> Path:
    """``page``, with something in what it carries changed."""
    text = page.read_text("utf-8")
    found = DATA.search(text)
    assert found
    evidence = json.loads(found[2])
    change(evidence)
    data = json.dumps(evidence).replace("<", "\\u003c")
    (folder / "touched.html").write_text(text[: found.start(2)] + data + text[found.end(2) :], "utf-8")
    return folder / "touched.html"


def headers_of(evidence: Evidence) -> list[bytes]:
    found: list[bytes] = []
    entries = zlib.decompress(b64decode(evidence["headers"]))
    at = 0
    while at < len(entries):
        end = at + 2 + int.from_bytes(entries[at : at + 2], "big")
        found += decode_entries(entries[at:end], 1)
        at = end
    return found


def with_headers(evidence: Evidence, headers: list[bytes]) -> None:
    entries = b"".join(encode_entries([header]) for header in headers)
    evidence["headers"] = b64encode(zlib.compress(entries)).decode("ascii")
    evidence["bytes"] = len(entries)


def in_header(wanted: bytes, old: bytes, new: bytes) -> Callable[[Evidence], None]:
    """Change the first header that holds ``wanted``."""

    def change(evidence: Evidence) -> None:
        headers = headers_of(evidence)
        at = next(at for at, header in enumerate(headers) if wanted in header)
        assert old in headers[at]
        headers[at] = headers[at].replace(old, new)
        with_headers(evidence, headers)

    return change


def in_snapshot(old: str, new: str) -> Callable[[Evidence], None]:
    def change(evidence: Evidence) -> None:
        assert old in evidence["snapshot"]
        evidence["snapshot"] = evidence["snapshot"].replace(old, new, 1)

    return change


def cut_header(evidence: Evidence) -> None:
    with_headers(evidence, headers_of(evidence)[:-1])


def swap_headers(evidence: Evidence) -> None:
    headers = headers_of(evidence)
    headers[40], headers[41] = headers[41], headers[40]
    with_headers(evidence, headers)


def repeat_header(evidence: Evidence) -> None:
    headers = headers_of(evidence)
    headers[41] = headers[40]
    with_headers(evidence, headers)


def cut_bytes(evidence: Evidence) -> None:
    evidence["bytes"] -= 1


def bomb(evidence: Evidence) -> None:
    evidence["headers"] = b64encode(zlib.compress(bytes(2**26))).decode("ascii")


def spoil_signature(evidence: Evidence) -> None:
    head, _, last = evidence["notes"][-1].rstrip("\n").rpartition(" ")
    evidence["notes"][-1] = f"{head} {last[:-8]}{'AAAA' if last[-8:-4] != 'AAAA' else 'BBBB'}{last[-4:]}\n"


def drop_note(evidence: Evidence) -> None:
    evidence["notes"].pop()


def other_note(evidence: Evidence) -> None:
    """The older checkpoint, of another root."""
    lines = evidence["notes"][0].split("\n")
    lines[2] = b64encode(bytes(32)).decode("ascii")
    evidence["notes"][0] = "\n".join(lines)


def change_catalogue(evidence: Evidence) -> None:
    digest = next(iter(evidence["catalogues"]))
    evidence["catalogues"][digest] = evidence["catalogues"][digest].replace('"weight": -1', '"weight": 1', 1)


def drop_catalogue(evidence: Evidence) -> None:
    evidence["catalogues"] = {}


@pytest.mark.parametrize(
    ("change", "check", "fault"),
    [
        (in_header(b'"type":"fund.spent/1"', b'"amount":16800', b'"amount":16900'), "root", "root_wrong"),
        (in_header(b'"type":"fund.spent/1"', b'"amount":16800', b'"amount":-16800'), "schema", "header_fields"),
        (in_header(b'"type":"fund.spent/1"', b'"amount":16800', b'"amount":16800.0'), "schema", "header_form"),
        (in_header(b'"type":"fund.spent/1"', b'"amount":16800', b'"amount": 16800'), "schema", "header_form"),
        (in_header(b'"type":"fund.spent/1"', b'"amount"', b'"__proto__"'), "schema", "header_form"),
        (in_header(b'"type":"fund.spent/1"', b"fund.spent/1", b"fund.spent/2"), "schema", "header_type"),
        (in_header(b'"type":"fund.spent/1"', b'"month":"2021', b'"month":"9021'), "schema", "header_future"),
        (in_header(b'"voids"', b'"voids":"', b'"voids":"A'), "schema", "header_fields"),
        (in_header(b'"type":"dues.tallied/1"', b'"payments":', b'"payments":1'), "schema", "tally_uneven"),
        (in_header(b'"sign":-1', b'"month":"2021-0', b'"month":"2020-0'), "schema", "void_of_nothing"),
        (cut_header, "headers", "headers_count"),
        (swap_headers, "root", "root_wrong"),
        (repeat_header, "schema", "header_twice"),
        (cut_bytes, "headers", "headers_form"),
        (bomb, "headers", "headers_form"),
        (in_snapshot('"value":56830', '"value":56831'), "figures", "figure_wrong"),
        (in_snapshot('"value":26,', '"value":27,'), "figures", "figure_wrong"),
        (in_snapshot('"visibility":"public"', '"visibility":"attested"'), "figures", "figure_kind"),
        (in_snapshot('"word":"training"', '"word":"visits"'), "breakdowns", "breakdown_wrong"),
        (in_snapshot('"value":16800,"word"', '"value":16801,"word"'), "breakdowns", "breakdown_wrong"),
        (in_snapshot('"headers":', '"headers":1'), "uncounted", "uncounted_wrong"),
        (in_snapshot('"size":1', '"size":2'), "form", "snapshot_form"),
        (in_snapshot(":", ": "), "form", "snapshot_form"),
        (spoil_signature, "signature", "signature_wrong"),
        (drop_note, "signature", "signature_none"),
        (other_note, "root", "root_earlier"),
        (change_catalogue, "catalogue", "catalogue_digest"),
        (drop_catalogue, "catalogue", "catalogue_missing"),
    ],
)
def test_what_was_touched_turns_it_red_and_is_named(
    open_page: Open, sealed: Path, tmp_path: Path, change: Callable[[Evidence], None], check: str, fault: str
) -> None:
    opened = open_page(touched(sealed, tmp_path, change))
    verdict, checks = verified(opened)
    assert verdict == "fails"
    assert {name: said for name, said in checks.items() if said} == {check: fault}
    assert "请勿采信" in opened.locator("#verdict").inner_text()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (">1275.00 元<", ">1257.00 元<"),
        ('"1275.00 yuan">', '"1257.00 yuan">'),
        (' data-part="all" data-en="1275.00 yuan">1275.00 元<', ' data-part="all" data-en="1275.00 yuan">1276.00 元<'),
        (' data-part="all" data-en="1275.00 yuan">', ' data-part="all" data-en="1275000 yuan">'),
        ('data-part="words">壹仟贰佰柒拾伍元整<', 'data-part="words">壹仟贰佰柒拾陆元整<'),
        ("1275.00 元<", "1275.00 万元<"),
        (">1275.00 元<", ">−1275.00 元<"),
        ('"dues.collected" data-part="0">183.20<', '"dues.collected" data-part="0">183.21<'),
        (">103.80 元<", ">104.80 元<"),
        (">26 人次<", ">2.6 人次<"),
        (">26 人次<", ">26 人次，另有 30<"),
    ],
)
def test_a_number_that_was_changed_where_people_read_it(
    open_page: Open, sealed: Path, tmp_path: Path, old: str, new: str
) -> None:
    page = sealed.read_text("utf-8")
    assert old in page
    (tmp_path / "notice.html").write_text(page.replace(old, new, 1), "utf-8")
    verdict, checks = verified(open_page(tmp_path / "notice.html"))
    assert (verdict, checks["shown"]) == ("fails", "shown_wrong")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('data-part="title" data-en="Dues collected">党费收缴<', 'data-en="" data-part="title">捐款<', "title_wrong"),
        ('data-en="Visits at the door">', 'data-en="Visits abroad">', "title_wrong"),
        ('height="18" data-bar="visits.made"', 'height="99" data-bar="visits.online"', "bar_wrong"),
        ('width="140" height="18" data-bar', 'width="14" height="18" data-bar', "bar_wrong"),
    ],
)
def test_a_name_or_a_bar_that_was_changed(
    open_page: Open, sealed: Path, tmp_path: Path, old: str, new: str, fault: str
) -> None:
    page = sealed.read_text("utf-8")
    assert old in page
    (tmp_path / "notice.html").write_text(page.replace(old, new, 1), "utf-8")
    verdict, checks = verified(open_page(tmp_path / "notice.html"))
    assert (verdict, checks["shown"]) == ("fails", fault)


def test_a_changed_program_does_not_run(chromium: Browser, sealed: Path, tmp_path: Path) -> None:
    """The policy in the page lets one program run, by its hash. Whoever changes both, the command line finds out."""
    page = sealed.read_text("utf-8")
    (tmp_path / "notice.html").write_text(page.replace("function verifyPage", "function  verifyPage"), "utf-8")
    opened = chromium.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.goto((tmp_path / "notice.html").as_uri())
    assert opened.locator("#verify").is_hidden()
    assert "Content Security Policy" in said[0]
    opened.close()

"""The page's own sums, hashes and readings beside the library's, on ledgers and bytes made at random."""

from __future__ import annotations  # Playwright may be missing

import json
from base64 import b64decode, b64encode
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.disclosure.examples import named
from tests.figures.test_evaluate import PERIODS, Told, ledgers, records
from tests.strategies import json_documents

from cadreledger.disclosure.page import VERIFYING, source
from cadreledger.disclosure.sections import amount_of
from cadreledger.disclosure.snapshot import FigureRow
from cadreledger.errors import VerificationError
from cadreledger.figures import Catalogue, View, Visibility, evaluate, figures
from cadreledger.sealing import Tile, canonical, leaf_hash, parse_canonical, tree_root
from cadreledger.values import Money, Period, Qualifier, Quantity, in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

OFTEN = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CATALOGUE = Catalogue.load()
ROWS = named("永兴社区").figures
PROGRAM = source(VERIFYING[:-1])
SUM = """([headers, first, last]) => {
  const file = JSON.parse(window.catalogue);
  const totals = new Totals(file);
  for (const text of headers) totals.add(new Map(Object.entries(JSON.parse(text))));
  return Object.fromEntries(totals.declarations.map((each) => {
    const row = totals.row(each, first, last);
    const whole = (value) => String(value);
    return [each.key, [whole(row.value), row.events, row.qualifier, row.months.map(whole)]];
  }));
}"""
ROOTS = """(leaves) => {
  const tree = new Tree();
  return leaves.map((leaf) => {
    tree.add(leafHash(fromBase64(leaf, "x")));
    return toBase64(tree.root());
  });
}"""
READ = """(data) => {
  try {
    return JSON.stringify([...parseCanonical(fromBase64(data, "x"), "y").keys()].sort());
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return null;
  }
}"""


@pytest.fixture(scope="module")
def program(chromium: Browser) -> Iterator[Page]:
    """A blank page with the verifier's functions in it."""
    page = chromium.new_page()
    page.add_script_tag(content=PROGRAM)
    catalogue = files("cadreledger.figures").joinpath("catalogue.json").read_text("utf-8")
    page.evaluate("text => { window.catalogue = text; }", catalogue)
    yield page
    page.close()


@OFTEN
@given(ledger=ledgers(), period=PERIODS)
def test_every_public_figure_is_the_librarys(program: Page, ledger: list[Told], period: Period) -> None:
    headers = [header for header, _ in records(ledger)]
    found: dict[str, Any] = program.evaluate(
        SUM, [[header.decode() for header in headers], str(period.first), str(period.last)]
    )
    totals = evaluate([(header, None) for header in headers], CATALOGUE, View.PUBLIC)
    held = figures(totals, CATALOGUE, period)
    months = held.by_month().values()
    assert found == {
        key: [str(figure.value), figure.events, figure.qualifier.value, [str(values[key]) for values in months]]
        for key, figure in held.items()
        if figure.visibility is Visibility.PUBLIC
    }


@OFTEN
@given(st.integers(-(10**14), 10**14) | st.integers(-100_000, 100_000))
def test_money_in_capital_characters_is_the_librarys(program: Page, fen: int) -> None:
    assert program.evaluate("fen => capitals(BigInt(fen))", str(fen)) == in_words(Money(fen))


@OFTEN
@given(
    row=st.sampled_from(ROWS),
    value=st.integers(-3, 3) | st.integers(-(10**15), 10**15),
    qualifier=st.sampled_from(Qualifier),
)
def test_amounts_are_written_as_the_library_writes_them(
    program: Page, row: FigureRow, value: int, qualifier: Qualifier
) -> None:
    write = "([row, value, qualifier]) => amountTexts(row, BigInt(value), qualifier)"
    found = program.evaluate(write, [{"key": row.key, "unit": row.unit}, str(value), qualifier.value])
    said = amount_of(row, Quantity.of(value, qualifier))
    assert found == [said.zh, said.en]


@OFTEN
@given(st.lists(st.binary(max_size=200), max_size=70))
def test_roots_are_the_librarys(program: Page, leaves: list[bytes]) -> None:
    found = program.evaluate(ROOTS, [b64encode(leaf).decode() for leaf in leaves])
    hashes = [leaf_hash(leaf) for leaf in leaves]
    assert [b64decode(root) for root in found] == [tree_root(hashes[: size + 1]) for size in range(len(leaves))]


@OFTEN
@given(st.integers(0, 10**9))
def test_bundles_lie_where_the_library_puts_them(program: Page, index: int) -> None:
    assert program.evaluate("bundlePath", index) == Tile(-1, index, 256).path


@OFTEN
@given(json_documents)
def test_canonical_json_is_read_as_such(program: Page, document: dict[str, Any]) -> None:
    data = canonical(document)
    assert json.loads(program.evaluate(READ, b64encode(data).decode())) == sorted(document)


@OFTEN
@given(
    data=st.one_of(st.binary(max_size=60), json_documents.map(canonical)),
    at=st.integers(0, 200),
    put=st.binary(max_size=3),
)
def test_bytes_that_the_library_refuses_the_page_refuses_too(program: Page, data: bytes, at: int, put: bytes) -> None:
    changed = data[:at] + put + data[at + len(put) :]
    try:
        names: list[str] | None = sorted(parse_canonical(changed))
    except VerificationError:
        names = None
    found = program.evaluate(READ, b64encode(changed).decode())
    assert (None if found is None else json.loads(found)) == names

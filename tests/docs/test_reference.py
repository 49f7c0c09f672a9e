"""The pages that the code itself gives: as fresh as the code, whole, and good for whatever a vocabulary holds."""

import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cadreledger.events import VOCABULARY, Dated, Event, Registry, Upcaster, event, internal, own_fields, public
from cadreledger.figures import Catalogue, Declaration

DOCS = Path(__file__).parents[2] / "docs"
GENERATE = runpy.run_path(str(DOCS / "generate.py"))
PAGES: Callable[[Registry, Catalogue], dict[str, str]] = GENERATE["pages"]
TABLE: Callable[..., list[str]] = GENERATE["_table"]
WRITTEN = PAGES(VOCABULARY, Catalogue.load())


@event("lamp.lit/2", counted=True, dated=Dated.MAYBE)
class LampLit(Event):
    """A lamp with ``hours`` is lit."""

    hours: int = public(unit="hours", least=3)
    colour: str = internal(pattern=r"red|green")
    wick: str | None = internal(default=None)


LAMPS = Registry.of([LampLit], [Upcaster("lamp.lit/1", "lamp.lit/2", lambda body: body)])
LAMPS_CATALOGUE = Catalogue.parse(
    json.dumps(
        {
            "format": "catalogue/1",
            "headers": [
                {"type": "noted/1", "role": "noted", "month": "absent"},
                {"type": "lamp.lit/1", "role": "counted", "month": "required"},
                {"type": "lamp.sold/1", "role": "counted", "month": "required"},
            ],
            "fields": [{"type": "lamp.lit/1", "field": "hours", "form": "count"}],
            "checks": [],
            "figures": [
                {"key": "lamps.hours", "kind": "flow", "unit": "h", "visibility": "public", "zh": "灯", "en": "Hours"},
                {"key": "lamps.red", "kind": "flow", "unit": "1", "visibility": "attested", "zh": "红", "en": "Red"},
            ],
            "terms": [
                {"figure": "lamps.hours", "type": "lamp.lit/1", "weight": 1, "sum": "hours"},
                {"figure": "lamps.hours", "type": "lamp.sold/1", "weight": -1},
                {
                    "figure": "lamps.red",
                    "view": "office",
                    "type": "lamp.lit/2",
                    "weight": 1,
                    "where": {"colour": "red"},
                },
            ],
        }
    ).encode()
)


def section(page: str, heading: str) -> str:
    """What stands under ``### `heading` ``."""
    return re.split(r"^#{2,3} ", page.partition(f"\n### `{heading}`\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_the_page_is_what_the_code_gives(name: str) -> None:
    page = DOCS / "reference" / name
    assert page.read_text("utf-8") == WRITTEN[name], f"docs/reference/{name} is out of date: run `make reference`"


@pytest.mark.parametrize("cls", VOCABULARY.classes(), ids=lambda cls: cls.wire)
def test_every_event_is_there_with_every_field(cls: type[Event]) -> None:
    found = section(WRITTEN["events.md"], cls.wire)
    assert f"`{cls.__module__}.{cls.__name__}`" in found
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", found, re.MULTILINE)
    assert rows == [(field.name, field.metadata["section"].value) for field in own_fields(cls)]


@pytest.mark.parametrize("figure", Catalogue.load().declarations, ids=lambda figure: figure.key)
def test_every_figure_is_there_with_every_type_it_reads(figure: Declaration) -> None:
    found = section(WRITTEN["figures.md"], figure.key)
    assert found.startswith(f"\n{figure.zh}. {figure.en}: {figure.kind}, {figure.visibility}, in {figure.unit}.")
    read = {term.type for term in (*figure.office, *figure.public)}
    assert read == set(re.findall(r"\[`([a-z_.]+/[0-9]+)`\]\(events\.md#", found))


def test_the_pages_do_not_depend_on_chance() -> None:
    program = (
        "import runpy; from cadreledger.events import VOCABULARY; from cadreledger.figures import Catalogue; "
        f"print(ascii(runpy.run_path({str(DOCS / 'generate.py')!r})['pages'](VOCABULARY, Catalogue.load())))"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        said = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
        assert said.stdout.decode().strip() == ascii(WRITTEN)


def test_an_event_of_any_vocabulary_is_told_in_full() -> None:
    found = section(PAGES(LAMPS, LAMPS_CATALOGUE)["events.md"], "lamp.lit/2")
    assert "A lamp with `hours` is lit." in found
    assert "- Date: where it is known" in found
    assert "- Header: `lamp.lit/2` with `month`, `hours`" in found
    assert "| `hours` | public | whole number | hours | at least 3 |" in found
    assert r"| `colour` | internal | text |  | `red\|green` |" in found
    assert "| `wick` | internal | text |  | optional |" in found


def test_an_event_is_counted_by_the_figures_that_read_an_older_form_of_it() -> None:
    found = section(PAGES(LAMPS, LAMPS_CATALOGUE)["events.md"], "lamp.lit/2")
    assert "- Older forms: `lamp.lit/1`" in found
    assert "- Figures: [`lamps.hours`](figures.md#lampshours), *[`lamps.red`](figures.md#lampsred)*" in found


def test_a_figure_leads_to_the_newest_form_of_what_it_reads_and_names_what_nobody_knows() -> None:
    page = PAGES(LAMPS, LAMPS_CATALOGUE)["figures.md"]
    assert "- plus the `hours` of each [`lamp.lit/1`](events.md#lamplit2)\n" in section(page, "lamps.hours")
    assert "- minus 1 for each `lamp.sold/1`\n" in section(page, "lamps.hours")
    assert "[`lamp.lit/2`](events.md#lamplit2) whose `colour` is `red`" in section(page, "lamps.red")
    assert "The public sums" not in section(page, "lamps.red")


@given(st.lists(st.tuples(st.text("ab|\\`", max_size=6), st.text("c|", max_size=3)), min_size=1, max_size=3))
def test_a_table_has_its_columns_whatever_stands_in_a_cell(rows: list[tuple[str, str]]) -> None:
    tokens = MarkdownIt().enable("table").parse("\n".join(TABLE(("one", "two"), rows)))
    kinds = [token.type for token in tokens]
    assert kinds.count("tr_open") == len(rows) + 1
    assert kinds.count("td_open") == 2 * len(rows)

"""The site that Sphinx builds: without a warning, with all that is public, and without anything from elsewhere."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from sphinx.util.inventory import InventoryFile

import cadreledger
from cadreledger import aggregates, errors, figures, intake, rules, sealing, values
from cadreledger.aggregates import Handle, State

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, built as `make docs` builds them."""
    folder = tmp_path_factory.mktemp("docs")
    strictly = ["--quiet", "--fail-on-warning", "--keep-going", "--doctree-dir", str(folder / "doctrees")]
    command = [sys.executable, "-m", "sphinx", *strictly, str(DOCS), str(folder / "html")]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    return folder / "html"


def public_names() -> Iterator[str]:
    """What a program may rely on: the facade, whole rooms, every handle and state, the import."""
    rooms: tuple[ModuleType, ...] = (errors, values, figures, rules, sealing)
    yield from (f"cadreledger.{name}" for name in cadreledger.__all__)
    for room in rooms:
        for name in room.__all__:
            if getattr(room, name) is not getattr(cadreledger, name, None):  # else the facade has it
                yield f"{room.__name__}.{name}"
    for name in aggregates.__all__:
        found = getattr(aggregates, name)
        if isinstance(found, type) and issubclass(found, (Handle, State)) and found not in {Handle, State}:
            yield f"cadreledger.aggregates.{name}"
    for name in ("Code", "ImportReport", "SheetReport", "import_workbook"):
        assert name in intake.__all__
        yield f"cadreledger.intake.{name}"


def has_place(name: str, known: frozenset[str]) -> bool:
    """Whether ``name`` is known, be it (but for the facade's own names) by the module of its room that defines it."""
    room, _, last = name.rpartition(".")
    inside = room != "cadreledger" and any(each.startswith(f"{room}.") and each.endswith(f".{last}") for each in known)
    return name in known or inside


def test_every_public_name_has_its_place_in_the_api(site: Path) -> None:
    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="")
    known = frozenset(name for kind in inventory.data if kind.startswith("py:") for name in inventory.data[kind])
    missing = [name for name in public_names() if not has_place(name, known)]
    assert missing == [], "on no page of docs/reference/api"


def test_a_reader_fetches_nothing_from_elsewhere(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert pages
    for page in pages:
        fetched = re.findall(r"<(?:script|img|iframe)[^>]* src=\"([^\"]+)\"", page.read_text("utf-8"))
        fetched += re.findall(r"<link[^>]* href=\"([^\"]+)\"", page.read_text("utf-8"))
        assert fetched
        assert not [address for address in fetched if re.match(r"(https?:)?//", address)], page.name

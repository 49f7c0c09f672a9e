"""A snapshot's files: canonical JSON, the same bytes everywhere, put in place whole."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from tests.disclosure.examples import full_book, named
from tests.disclosure.ledgers import PERIODS, Book, books, numbers, snapshot_of

from cadreledger.disclosure import page
from cadreledger.disclosure.qr import qr_code
from cadreledger.errors import ExtraMissingError, StoreError
from cadreledger.figures import Catalogue
from cadreledger.sealing import parse_canonical
from cadreledger.values import Period

pytest.importorskip("jinja2", reason="files need the extra: pip install 'cadreledger[disclosure]'")
pytest.importorskip("cn2an", reason="files need the extra: pip install 'cadreledger[disclosure]'")
pytest.importorskip("openpyxl", reason="files need the extra: pip install 'cadreledger[disclosure]'")

NAMES = ["snapshot.json", "notice.html", "figures.csv", "figures.xlsx"]

# A catalogue of its own, so that the golden file changes with the format alone.
SMALL = {
    "format": "catalogue/1",
    "headers": [
        {"type": "noted/1", "role": "noted", "month": "absent"},
        {"type": "ledger.opened/1", "role": "control", "month": "absent"},
        {"type": "cadre.registered/1", "role": "counted", "month": "optional"},
        {"type": "dues.received/1", "role": "counted", "month": "required"},
        {"type": "dues.tallied/1", "role": "counted", "month": "required"},
        {"type": "facility.listed/1", "role": "counted", "month": "optional"},
        {"type": "fund.spent/1", "role": "counted", "month": "required"},
        {"type": "visit.made/1", "role": "counted", "month": "required"},
        {"type": "activity.held/1", "role": "noted", "month": "required"},
        {"type": "wish.fulfilled/1", "role": "noted", "month": "required"},
        {"type": "notice.published/1", "role": "control", "month": "required"},
    ],
    "fields": [
        {"type": "fund.spent/1", "field": "amount", "form": "amount"},
        {"type": "fund.spent/1", "field": "use", "form": "word", "values": ["subscriptions", "training"]},
        {"type": "dues.tallied/1", "field": "amount", "form": "delta"},
        {"type": "facility.listed/1", "field": "count", "form": "count"},
        {"type": "facility.listed/1", "field": "qualifier", "form": "word", "values": ["exact", "at_least", "about"]},
        {"type": "cadre.registered/1", "field": "kind", "form": "word", "values": ["veteran", "retired"]},
    ],
    "checks": [],
    "figures": [
        {"key": key, "kind": kind, "unit": unit, "visibility": visibility, "zh": zh, "en": en, "by": by}
        for key, kind, unit, visibility, zh, en, by in (
            ("dues.collected", "flow", "CNY_fen", "public", "党费收缴", "Dues collected", []),
            ("fund.spent", "flow", "CNY_fen", "public", "党费支出", "Spent", ["use"]),
            ("visits.made", "flow", "person-times", "public", "上门走访", "Visits", []),
            ("cadres.smartphone", "stock", "people", "attested", "使用智能手机", "Smartphone users", []),
            ("books.volumes", "stock", "volumes", "public", "图书", "Books", []),
        )
    ],
    "terms": [
        {"figure": "dues.collected", "view": "public", "type": "dues.tallied/1", "weight": 1, "sum": "amount"},
        {"figure": "dues.collected", "view": "office", "type": "dues.received/1", "weight": 1, "sum": "amount"},
        {"figure": "fund.spent", "type": "fund.spent/1", "weight": 1, "sum": "amount"},
        {"figure": "visits.made", "type": "visit.made/1", "weight": 1},
        {
            "figure": "cadres.smartphone",
            "view": "office",
            "type": "cadre.registered/1",
            "weight": 1,
            "where": {"smartphone": True},
        },
        {
            "figure": "books.volumes",
            "type": "facility.listed/1",
            "weight": 1,
            "sum": "count",
            "qualifier": "qualifier",
        },
    ],
}


# --- JSON ------------------------------------------------------------------------------------------------------------


@given(books(), PERIODS)
def test_the_json_is_canonical_and_says_what_the_snapshot_says(book: Book, period: Period) -> None:
    snapshot = snapshot_of(book, period)
    assert parse_canonical(snapshot.to_json())
    said = numbers(snapshot)
    assert (said["format"], said["period"], said["size"]) == ("snapshot/1", str(period), len(book.records))
    assert (said["checkpoint"], said["recorded_on"]) == (snapshot.checkpoint, "2021-07-05")
    assert [row["key"] for row in said["figures"]] == [row.key for row in snapshot.figures]
    for row, held in zip(said["figures"], snapshot.figures, strict=True):
        assert (row["value"], row["events"], row["from_headers"]) == (held.value, held.events, held.from_headers)
        assert row.get("qualifier", "exact") == held.qualifier.value
        assert ("months" in row) is (held.visibility == "public")
        assert row.get("months", []) == list(held.months)
        assert (row["all_time"], row["undated"]) == (held.all_time.value, held.undated.value)
    assert len(said["adjustments"]) == len(snapshot.adjustments)


def test_a_checkpoint_is_three_lines() -> None:
    origin, size, root, rest = named("永兴社区").checkpoint.split("\n")
    assert (origin, size, len(root), rest) == ("yongxing.example/log", "17", 44, "")


def test_the_bytes_of_a_snapshot_stay_as_they_are(golden: Callable[[str, bytes], None]) -> None:
    catalogue = Catalogue.parse(json.dumps(SMALL, sort_keys=True).encode())
    snapshot = snapshot_of(full_book(), "2021-01..2021-02", catalogue=catalogue)
    golden("snapshot/snapshot-1.json", snapshot.to_json())


def test_no_personal_word_is_in_any_file() -> None:
    for name, data in named("永兴社区").files().items():
        if name != "figures.xlsx":
            assert "赵" not in data.decode("utf-8-sig"), name


# --- the same everywhere ---------------------------------------------------------------------------------------------

PROGRAM = """
import sys; sys.path[:0] = sys.argv[1:]
from hashlib import sha256
from tests.disclosure.examples import named
for name, data in named("永兴社区").files().items():
    print(name, sha256(data).hexdigest())
"""


def test_files_do_not_depend_on_the_seed_of_hashes() -> None:
    root = Path(__file__).parents[2]
    expected = [f"{name} {sha256(data).hexdigest()}" for name, data in named("永兴社区").files().items()]
    for seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(root), *sys.path],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines() == expected


# --- the folder ------------------------------------------------------------------------------------------------------


def test_files_appear_in_a_new_folder_and_replace_old_ones(tmp_path: Path) -> None:
    out = tmp_path / "site" / "2021"
    snapshot = named("永兴社区")
    paths = snapshot.write(out)
    assert [path.name for path in paths] == NAMES == list(snapshot.files())
    assert sorted(path.name for path in out.iterdir()) == sorted(NAMES)
    assert {path.name: path.read_bytes() for path in paths} == snapshot.files()
    other = named("别的社区")
    other.write(str(out))
    assert {path.name: path.read_bytes() for path in out.iterdir()} == other.files()


def test_a_page_that_is_published_can_be_read_by_others(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    for path in named("永兴社区").write(tmp_path / "out"):
        assert path.stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize("where", ["file", "file/below", "zero\0byte"])
def test_a_place_that_is_no_folder_is_refused(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_bytes(b"kept")
    with pytest.raises(StoreError) as refused:
        named("永兴社区").write(tmp_path / where)
    assert refused.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == b"kept"


def test_nothing_is_left_behind_where_a_file_cannot_be_put_in_place(tmp_path: Path) -> None:
    (tmp_path / "figures.csv" / "in the way").mkdir(parents=True)
    with pytest.raises(StoreError):
        named("永兴社区").write(tmp_path)
    assert not [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")]


# --- without the extra -----------------------------------------------------------------------------------------------


@pytest.fixture
def _fresh_template() -> Iterator[None]:
    page._template.cache_clear()
    yield
    page._template.cache_clear()


@pytest.mark.usefixtures("_fresh_template")
@pytest.mark.parametrize("package", ["jinja2", "cn2an", "openpyxl"])
def test_a_missing_package_is_named_with_its_extra(
    package: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    snapshot = named("永兴社区")
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ExtraMissingError, match=package) as missing:
        snapshot.write(tmp_path / "out")
    assert "cadreledger[disclosure]" in missing.value.hint
    assert not (tmp_path / "out").exists()
    assert snapshot.to_json()  # which needs none


def test_a_sealed_page_without_segno_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "segno", None)
    with pytest.raises(ExtraMissingError, match="segno") as missing:
        qr_code("anything")
    assert "cadreledger[disclosure]" in missing.value.hint

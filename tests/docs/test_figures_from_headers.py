"""What the page of formats says of a snapshot: its public figures are sums over headers, and this is how."""

import json
from collections import Counter
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest

from cadreledger import Ledger
from cadreledger.intake import import_workbook

ROOT: Final = Path(__file__).parents[2]
CATALOGUE: Final[dict[str, Any]] = json.loads(files("cadreledger.figures").joinpath("catalogue.json").read_bytes())


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The headers of the example year, sealed, and the snapshot of some of its months."""
    path = tmp_path_factory.mktemp("year") / "office.ledger"
    with Ledger.create(path, name="永兴社区", clock=lambda: datetime(2022, 1, 1, tzinfo=UTC)) as ledger:
        import_workbook(ledger, ROOT / "examples" / "yongxing-2021.xlsx")
        seal = ledger.seal()
        headers = [json.loads(header) for header in ledger.sealed.entries(0, seal.size)]
        return headers, json.loads(ledger.snapshot("2021-03..2021-07").to_json())


def added(headers: list[dict[str, Any]], key: str) -> dict[str, Counter[str]]:
    """What headers add to a figure, by month; "" is none. Beside the value, how many of its parts were vague."""
    sums: dict[str, Counter[str]] = {}
    for term in CATALOGUE["terms"]:
        if term["figure"] == key and term.get("view", "public") == "public":
            for header in headers:
                where = term.get("where", {})
                if header["type"] == term["type"] and all(header[name] == value for name, value in where.items()):
                    sign = header.get("sign", 1) * term["weight"]
                    held = sums.setdefault(header.get("month", ""), Counter())
                    held["value"] += sign * (header[term["sum"]] if "sum" in term else 1)
                    held[header[term["qualifier"]] if "qualifier" in term else "exact"] += sign
    return sums


def total(sums: dict[str, Counter[str]], first: str, last: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for month, held in sums.items():
        if first <= month <= last:
            found.update(held)
    return found


def test_each_public_figure_is_the_sum_that_the_page_describes(
    year: tuple[list[dict[str, Any]], dict[str, Any]],
) -> None:
    headers, snapshot = year
    rows = [row for row in snapshot["figures"] if row["visibility"] == "public"]
    public = [figure for figure in CATALOGUE["figures"] if figure["visibility"] == "public"]
    assert [row["key"] for row in rows] == [figure["key"] for figure in public]
    assert all(row["from_headers"] for row in rows)
    months = [f"2021-{month:02}" for month in range(3, 8)]
    for row in rows:
        sums = added(headers, row["key"])
        stock = row["kind"] == "stock"
        found = total(sums, "" if stock else months[0], months[-1])
        assert row["value"] == found["value"], row["key"]
        assert row["months"] == [total(sums, "" if stock else month, month)["value"] for month in months]
        assert (row["undated"], row["all_time"]) == (total(sums, "", "")["value"], total(sums, "", "9")["value"])
        qualifier = "about" if found["about"] else "at_least" if found["at_least"] else "exact"
        assert row.get("qualifier", "exact") == qualifier
    assert any("qualifier" in row for row in rows)


def test_what_no_figure_reads_is_counted_apart(year: tuple[list[dict[str, Any]], dict[str, Any]]) -> None:
    headers, snapshot = year
    read = {term["type"] for term in CATALOGUE["terms"]}
    read |= {check[name] for check in CATALOGUE["checks"] for name in ("type", "counts")}
    counts = Counter(header["type"] for header in headers if header["type"] not in read)
    assert snapshot["uncounted"] == [{"type": name, "headers": counts[name]} for name in sorted(counts)]
    assert counts

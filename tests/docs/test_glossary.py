"""The glossary has every Chinese term that the workbook or the code knows, beside its name in the code."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import cadreledger
from cadreledger.intake import words
from cadreledger.intake.sheets import SHEETS

GLOSSARY = Path(__file__).parents[2] / "docs" / "reference" / "glossary.md"
SOURCE = Path(cadreledger.__path__[0])
COMMENTED = re.compile(r'^    [A-Z_]+ = "([a-z_]+)"  # ([\u4e00-\u9fff]+)', re.MULTILINE)


def rows() -> Iterator[tuple[str, str]]:
    """Each term with the rest of its row."""
    for terms, rest in re.findall(r"^\| ([^|]+) \| (.*) \|$", GLOSSARY.read_text("utf-8"), re.MULTILINE):
        for term in terms.split(", "):
            yield term, rest


def listed(term: str) -> list[str]:
    """The rows of ``term``."""
    found = [rest for known, rest in rows() if known == term]
    assert found, f"docs/reference/glossary.md: {term} is not there"
    return found


def words_of_lists() -> list[tuple[str, str]]:
    """Every word that a column's list may hold, with its English value."""
    maps = (getattr(words, name) for name in words.__all__)
    return [(term, word.value) for each in maps if isinstance(each, Mapping) for term, word in each.items()]


def words_of_enums() -> list[tuple[str, str]]:
    """Every word of an event's field that has a Chinese term in its comment."""
    modules = [*sorted((SOURCE / "events").glob("*.py")), *sorted((SOURCE / "values").glob("*.py"))]
    return [(term, value) for path in modules for value, term in COMMENTED.findall(path.read_text("utf-8"))]


def test_the_terms_are_found_where_they_are() -> None:
    assert ("上门", "door") in words_of_lists()
    assert ("上门", "door") in words_of_enums()


@pytest.mark.parametrize(("term", "value"), sorted({*words_of_lists(), *words_of_enums()}))
def test_every_word_is_listed_with_its_name_in_the_code(term: str, value: str) -> None:
    assert any(f"`{value}`" in row for row in listed(term)), f"the row of {term} does not say `{value}`"


@pytest.mark.parametrize("term", words.MEETINGS)
def test_every_meeting_is_listed(term: str) -> None:
    assert listed(term)


@pytest.mark.parametrize("term", sorted({name for sheet in SHEETS for name in (sheet.name, *sheet.headers)}))
def test_every_sheet_and_column_is_listed(term: str) -> None:
    assert listed(term)


def test_no_term_is_listed_twice() -> None:
    terms = [term for term, _ in rows() if term not in {"term", "–"}]
    assert sorted(terms) == sorted(set(terms))

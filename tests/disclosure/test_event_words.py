"""Every event that can happen, each of its fields and each word of a list has a name in Chinese and in English."""

import re
from enum import Enum

import pytest

from cadreledger.disclosure import event_words, field_words
from cadreledger.disclosure.bilingual import Said
from cadreledger.disclosure.event_words import field_title, type_title
from cadreledger.disclosure.field_words import words_of
from cadreledger.events import VOCABULARY, own_fields
from cadreledger.rules.dues import DuesScheme

TYPES = sorted(VOCABULARY.shapes)
FIELDS = [(wire, field) for wire in TYPES for field in own_fields(VOCABULARY.shapes[wire].event_class)]
LISTS: set[type[Enum]] = {
    field.metadata["kind"].exact for _, field in FIELDS if issubclass(field.metadata["kind"].exact, Enum)
}


def is_said(said: Said) -> bool:
    """Whether it is said in both, each in its own letters."""
    return bool(re.search("[\u4e00-\u9fff]", said.zh)) and bool(re.fullmatch("[ -~]+", said.en))


@pytest.mark.parametrize("wire", TYPES)
def test_every_event_has_a_name_in_both_languages(wire: str) -> None:
    assert is_said(type_title(wire))


@pytest.mark.parametrize(("wire", "field"), [(wire, field.name) for wire, field in FIELDS])
def test_every_field_has_a_name_in_both_languages(wire: str, field: str) -> None:
    assert is_said(field_title(wire, field))


@pytest.mark.parametrize("wire", TYPES)
def test_no_two_fields_of_an_event_have_the_same_name(wire: str) -> None:
    named = [field_title(wire, field.name) for of, field in FIELDS if of == wire]
    assert len({said.zh for said in named}) == len({said.en for said in named}) == len(named)


@pytest.mark.parametrize("listed", sorted(LISTS, key=str))
def test_every_word_of_a_list_is_translated(listed: type[Enum]) -> None:
    words = words_of("kind", listed)
    assert set(words) == {member.value for member in listed}
    assert all(map(is_said, words.values()))


def test_every_scheme_of_dues_is_translated() -> None:
    assert set(words_of("scheme", None)) == {scheme.value for scheme in DuesScheme}


def test_nothing_is_named_that_is_not_there() -> None:
    names = {field.name for _, field in FIELDS}
    assert set(event_words.TITLES) == set(TYPES)
    assert set(event_words.FIELDS) <= names
    assert set(event_words.OF_TYPE) <= {(wire, field.name) for wire, field in FIELDS}
    assert set(field_words.OF_LISTS) == LISTS
    assert set(field_words.OF_FIELDS) <= names

"""Both languages of a page say the same of everything that the catalogue, the reasons and the headers can hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.disclosure.examples import named

from cadreledger.disclosure import chinese, english
from cadreledger.disclosure.bilingual import Said, say
from cadreledger.values import Month, Period, Qualifier, Quantity


@pytest.mark.parametrize("table", ["UNITS", "REASONS", "HEADERS", "BREAKDOWNS", "VAGUE"])
def test_what_one_language_has_a_word_for_the_other_has(table: str) -> None:
    assert set(getattr(chinese, table)) == set(getattr(english, table))


def test_the_words_of_a_breakdown_are_the_same() -> None:
    assert {field: set(words) for field, words in chinese.WORDS.items()} == {
        field: set(words) for field, words in english.WORDS.items()
    }


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("2021-01", "2021年1月", "January 2021"),
        ("2021-01..2021-07", "2021年1月至7月", "January to July 2021"),
        ("2020-11..2021-02", "2020年11月至2021年2月", "November 2020 to February 2021"),
    ],
)
def test_a_period(text: str, zh: str, en: str) -> None:
    assert say(lambda tongue: tongue.period_words(Period.parse(text))) == Said(zh, en)


def test_months_of_a_drawing() -> None:
    long = Period(Month(2020, 11), Month(2021, 2))
    short = Period(Month(2021, 1), Month(2021, 7))
    assert [english.month_word(Month(2021, 2), period) for period in (short, long)] == ["Feb", "Feb 2021"]


@pytest.mark.parametrize(
    ("key", "value", "qualifier", "said"),
    [
        ("dues.collected", 127500, Qualifier.EXACT, "1275.00 yuan"),
        ("visits.made", 1, Qualifier.EXACT, "1 person-time"),
        ("visits.made", 0, Qualifier.EXACT, "0 person-times"),
        ("books.volumes", 1300, Qualifier.AT_LEAST, "at least 1300 volumes"),
        ("cadres.retired", -1, Qualifier.ABOUT, "about −1 person"),
    ],
)
def test_an_amount(key: str, value: int, qualifier: Qualifier, said: str) -> None:
    row = next(row for row in named("永兴社区").figures if row.key == key)
    assert english.amount(row, Quantity.of(value, qualifier)) == said


@given(st.text(), st.text())
def test_what_is_said_cannot_leave_its_element(zh: str, en: str) -> None:
    markup = Said(zh, en).__html__()
    assert markup.count("<") == markup.count(">") == 2
    assert markup.count('"') == 2

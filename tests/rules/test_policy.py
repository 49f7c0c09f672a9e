"""A policy answers by the month: layers, what follows what, and a model that looks every answer up by hand."""

import tomllib
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.places import file_of, place, provision, toml

from cadreledger.errors import InputError
from cadreledger.rules import (
    NATIONAL_VERSION,
    RULES,
    Binding,
    Certainty,
    Policy,
    Provision,
    declared,
    national,
    national_text,
    read_policy,
)
from cadreledger.values import Month, yuan
from cadreledger.values.time import YEAR_MAX, YEAR_MIN

JULY = Month(2021, 7)
ASKED = st.builds(Month, st.sampled_from([YEAR_MIN, 2008, *range(2018, 2025), YEAR_MAX]), st.integers(1, 12))
MONTHS = st.builds(Month, st.integers(2019, 2023), st.integers(1, 12))
TABLES = tomllib.loads(national_text())["provision"]
BY_RULE = {name: list(tables) for name, tables in groupby(TABLES, lambda table: table["rule"])}
VALUES = {
    "dues.fixed": ['"0.20"', '"0.30"', '"1.00"'],
    "dues.prepaid_months_max": ["1", "3", "6"],
    "fund.returned_share": ['"0.60"', '"0.7"'],
}


def repeated(names: list[str], version: str) -> str:
    """A place's policy that says word for word what the nation says of these rules."""
    tables = [table for name in names for table in BY_RULE[name]]
    return file_of(
        ("[[provision]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in table.items()) for table in tables),
        version,
    )


@st.composite
def places(draw: st.DrawFn) -> Policy:
    """Policies of places that answer a few rules otherwise, from some month on."""
    version = f"place/{draw(st.integers(1, 3))}"
    keys = st.tuples(st.sampled_from(sorted(VALUES)), MONTHS)
    answers = draw(st.lists(keys, min_size=1, max_size=5, unique=True))
    texts = [
        provision(rule, draw(st.sampled_from(VALUES[rule])), str(month), binding="refuse") for rule, month in answers
    ]
    return read_policy(file_of(texts, version))


def said(found: Provision[object] | None) -> tuple[object, str, str, Binding, Certainty] | None:
    """All of an answer but when it began: what follows another policy begins with it."""
    return None if found is None else (found.value, found.version, found.citation, found.binding, found.certainty)


@given(st.lists(st.sampled_from(sorted(BY_RULE)), min_size=1, max_size=20, unique=True), ASKED)
def test_whoever_repeats_the_nation_gets_its_answers_under_their_own_version(names: list[str], month: Month) -> None:
    policy = read_policy(repeated(names, "place/7"))
    assert (policy.version, policy.version_at(month)) == ("place/7", "place/7")
    for name, rule in RULES.items():
        ours, theirs = policy.find(rule, month), national().find(rule, month)
        if ours is None or theirs is None:
            assert ours is theirs
            continue
        version = "place/7" if name in names else NATIONAL_VERSION
        assert said(ours) == (theirs.value, version, *(said(theirs) or ())[2:])
        assert (ours.en, ours.zh, ours.valid_from) == (theirs.en, theirs.zh, theirs.valid_from)


@given(st.permutations(sorted(BY_RULE)[:12]), st.permutations(sorted(BY_RULE)[:12]))
def test_the_order_of_provisions_in_a_file_does_not_matter(one: list[str], other: list[str]) -> None:
    assert read_policy(repeated(one, "place/1")) == read_policy(repeated(other, "place/1"))


def test_a_place_answers_from_its_month_on_and_the_nation_before() -> None:
    policy = read_policy(place("dues.prepaid_months_max", "3", "2021-07"))
    before, after = (policy.at(declared.PREPAID_MONTHS_MAX, month) for month in (Month(2021, 6), JULY))
    assert (before.value, before.version, before.citation) == (6, NATIONAL_VERSION, "中组发〔2008〕3号 art. 12")
    assert (after.value, after.version, after.citation) == (3, "place/1", "an order of this place")
    assert after.binding is Binding.REFUSE, "as the nation's, unless it says otherwise"
    assert after.certainty is Certainty.CONFIRMED


def test_a_place_that_answers_earlier_answers_for_good() -> None:
    """What the nation said later does not come through: the place has settled that rule."""
    policy = read_policy(place("dues.changed", '"from_the_month"', "2010-01"))
    assert national().at(declared.CHANGED, JULY).value is declared.Changed.NEXT_YEAR
    assert policy.at(declared.CHANGED, JULY).value is declared.Changed.FROM_THE_MONTH


def test_two_answers_of_one_month_are_refused() -> None:
    text = file_of([provision("dues.fixed", value, "2021-07") for value in ('"0.20"', '"0.30"')])
    with pytest.raises(InputError, match=r"answers dues\.fixed twice from one month on") as caught:
        read_policy(text)
    assert caught.value.found == "2021-07"


@given(places(), ASKED)
def test_an_answer_is_the_last_one_that_has_begun(policy: Policy, month: Month) -> None:
    for name, rule in RULES.items():
        begun = [each for each in policy.provisions.get(name, ()) if each.valid_from <= month]
        assert policy.find(rule, month) == max(begun, key=lambda each: each.valid_from, default=None)


@given(places(), ASKED)
def test_to_ask_for_what_nobody_settled_is_an_error_that_says_so(policy: Policy, month: Month) -> None:
    for rule in RULES.values():
        found = policy.find(rule, month)
        if found is not None:
            assert policy.at(rule, month) == found
            continue
        with pytest.raises(InputError, match=f"says nothing of {rule.name} then") as caught:
            policy.at(rule, month)
        assert caught.value.found == str(month)


@given(st.lists(st.tuples(places(), MONTHS), max_size=4), ASKED)
def test_of_policies_that_follow_each_other_the_last_adopted_that_has_begun_holds(
    adopted: list[tuple[Policy, Month]], month: Month
) -> None:
    policy = national()
    for following, since in adopted:
        policy = policy.then(following, since)
        assert policy.version == following.version
    months = [since for since, _ in policy.versions]
    assert months == sorted(set(months))
    in_force = next((each for each, since in reversed(adopted) if since <= month), national())
    assert policy.version_at(month) == in_force.version
    for rule in RULES.values():
        assert said(policy.find(rule, month)) == said(in_force.find(rule, month))


def test_what_the_policy_before_had_settled_ends_where_the_next_one_says_nothing_of_it() -> None:
    share = read_policy(place("fund.returned_share", '"0.60"', "2015-01", binding="refuse"))
    prepaid = read_policy(place("dues.prepaid_months_max", "3", "2015-01", "place/2"))
    policy = national().then(share, Month(2020, 1)).then(prepaid, JULY)
    assert policy.find(declared.RETURNED_SHARE, Month(2019, 12)) is None
    assert policy.at(declared.RETURNED_SHARE, Month(2020, 1)).value.text == "0.60"
    assert policy.at(declared.RETURNED_SHARE, Month(2021, 6)).valid_until == JULY
    assert policy.find(declared.RETURNED_SHARE, JULY) is None
    again = policy.then(share, Month(2022, 1))
    assert again.find(declared.RETURNED_SHARE, Month(2021, 12)) is None
    assert again.at(declared.RETURNED_SHARE, Month(2022, 1)).value.text == "0.60"


def test_what_a_policy_brings_in_later_comes_in_later() -> None:
    following = read_policy(place("dues.fixed", '"0.50"', "2023-01"))
    policy = national().then(following, JULY)
    amounts = [
        policy.at(declared.FIXED, Month(year, month)).value for year, month in ((2021, 6), (2022, 12), (2023, 1))
    ]
    assert amounts == [yuan("0.20"), yuan("0.20"), yuan("0.50")]
    assert [policy.version_at(month) for month in (Month(2021, 6), JULY)] == [NATIONAL_VERSION, "place/1"]


def test_a_policy_does_not_change() -> None:
    policy = national()
    with pytest.raises(TypeError):
        policy.provisions["dues.fixed"] = ()  # type: ignore[index] # on purpose
    with pytest.raises(AttributeError):
        policy.versions = ()  # type: ignore[misc] # on purpose
    assert hash(policy) == hash(national())

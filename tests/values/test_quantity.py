"""Quantities form a group, so that taking a part back leaves no trace of it."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import quantities

from cadreledger.errors import InputError
from cadreledger.values import Qualifier, Quantity

parts = st.builds(Quantity.of, st.integers(0, 10**6), st.sampled_from(Qualifier))


@given(quantities, quantities, quantities)
def test_quantities_form_a_group(one: Quantity, other: Quantity, third: Quantity) -> None:
    assert one + other == other + one
    assert (one + other) + third == one + (other + third)
    assert one + Quantity() == one
    assert one + -one == Quantity()
    assert -(one + other) == -one + -other
    assert pickle.loads(pickle.dumps(one)) == one


@given(st.lists(parts))
def test_a_sum_is_as_vague_as_its_vaguest_part(listed: list[Quantity]) -> None:
    total = sum(listed, start=Quantity())
    found = {part.qualifier for part in listed}
    vaguest = (Qualifier.ABOUT, Qualifier.AT_LEAST, Qualifier.EXACT)
    assert total.qualifier is next((qualifier for qualifier in vaguest if qualifier in found), Qualifier.EXACT)
    assert total.value == sum(part.value for part in listed)


@given(st.lists(parts), parts)
def test_a_part_taken_back_leaves_no_trace(listed: list[Quantity], vague: Quantity) -> None:
    total = sum(listed, start=Quantity())
    assert total + vague + -vague == total


@given(st.integers(), st.sampled_from(Qualifier))
def test_a_part_is_as_sure_as_it_says(value: int, qualifier: Qualifier) -> None:
    assert Quantity.of(value, qualifier).qualifier is qualifier
    assert Quantity.of(value) == Quantity(value)


@pytest.mark.parametrize("value", [1.0, True, "1", None])
def test_a_quantity_counts_whole_things(value: int) -> None:
    for fields in ((value, 0, 0), (0, value, 0), (0, 0, value)):
        with pytest.raises(InputError, match="whole things"):
            Quantity(*fields)


def test_a_quantity_is_not_mixed_with_numbers() -> None:
    assert Quantity(1) != 1  # type: ignore[comparison-overlap] # on purpose
    with pytest.raises(TypeError):
        Quantity(1) + 1  # type: ignore[operator] # on purpose

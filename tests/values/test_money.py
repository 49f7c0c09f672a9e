"""Money is a group of whole fen, and reads and writes yuan without a loss."""

import pickle
from decimal import Decimal, localcontext
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadreledger.errors import InputError
from cadreledger.values import Money, fen, yuan
from cadreledger.values.money import AMOUNT_FEN_MAX

small = st.builds(Money, st.integers(-(2**50), 2**50))  # so that sums of three are in range
amounts = st.builds(Money, st.integers(-AMOUNT_FEN_MAX, AMOUNT_FEN_MAX))


@given(small, small, small)
def test_amounts_form_a_group(one: Money, other: Money, third: Money) -> None:
    assert one + other == other + one
    assert (one + other) + third == one + (other + third)
    assert one + fen(0) == one
    assert one + -one == fen(0)
    assert one - other == one + -other
    assert fen(0) - -one == one
    assert (one + other).fen == one.fen + other.fen


@given(amounts, amounts)
def test_amounts_are_ordered_as_their_fen(one: Money, other: Money) -> None:
    assert (one < other) is (one.fen < other.fen)
    assert (one <= other) is (one.fen <= other.fen)
    assert (one == other) is (one.fen == other.fen)
    assert sorted([one, other]) == sorted([one, other], key=lambda amount: amount.fen)
    assert one != other or hash(one) == hash(other)


@given(amounts)
def test_yuan_are_read_as_written(amount: Money) -> None:
    assert yuan(str(amount)) == amount
    assert yuan(Decimal(str(amount))) == amount
    assert Fraction(str(amount)) * 100 == amount.fen
    assert repr(amount) == f"yuan('{amount}')"
    assert pickle.loads(pickle.dumps(amount)) == amount


@given(st.integers(-(AMOUNT_FEN_MAX // 100), AMOUNT_FEN_MAX // 100))
def test_whole_yuan_are_a_hundred_fen_each(number: int) -> None:
    assert yuan(number) == yuan(str(number)) == yuan(Decimal(number)) == fen(100 * number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8.50", 850),
        ("8.5", 850),
        ("8", 800),
        ("-7.40", -740),
        ("-0.05", -5),
        ("0.00", 0),
        ("-0", 0),
        ("007", 700),
        ("90071992547409.91", AMOUNT_FEN_MAX),
    ],
)
def test_yuan_in_examples(text: str, expected: int) -> None:
    assert yuan(text).fen == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "8.",
        ".5",
        "8.505",
        "1e3",
        "+8",
        "--8",
        " 8",
        "8 ",
        "8\n",
        "8,50",
        "1,000",
        "８",
        "NaN",
        "八",
        "¥8",
        "0x8",
        "90071992547409.92",
        "100000000000000",
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("8.505"),
        Decimal("1E+20"),
        90_071_992_547_410,
        8.5,
        8.0,
        True,
        None,
        b"8",
    ],
)
def test_what_is_no_amount_of_yuan_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        yuan(text)


@pytest.mark.parametrize("number", [AMOUNT_FEN_MAX + 1, -AMOUNT_FEN_MAX - 1, 1.0, True, "1", None, Decimal(1)])
def test_what_is_no_number_of_fen_is_refused(number: int) -> None:
    with pytest.raises(InputError):
        fen(number)


def test_a_sum_out_of_range_is_refused() -> None:
    with pytest.raises(InputError, match="too large"):
        fen(AMOUNT_FEN_MAX) + fen(1)


def test_the_callers_decimal_context_rounds_no_amount() -> None:
    with localcontext() as context:
        context.prec = 3
        assert yuan("12345.67") == fen(1_234_567)


def test_money_is_not_mixed_with_numbers() -> None:
    for number in (1, 1.0, Decimal(1)):
        assert fen(1) != number
        with pytest.raises(TypeError):
            fen(1) + number  # type: ignore[operator] # on purpose
        with pytest.raises(TypeError):
            number - fen(1)  # type: ignore[operator] # on purpose
        with pytest.raises(TypeError):
            assert fen(1) < number  # type: ignore[operator] # on purpose


def test_money_does_not_change() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        fen(1).fen = 2  # type: ignore[misc] # on purpose
    assert not hasattr(fen(1), "__dict__")

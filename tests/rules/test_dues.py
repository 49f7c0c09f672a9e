"""Dues: the regulation's numbers, its boundaries, and a decimal oracle beside the whole-fen arithmetic."""

from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadreledger.errors import InputError
from cadreledger.rules import DuesScheme, assess, read_policy, returned
from cadreledger.values import Money, Month, fen, yuan
from cadreledger.values.money import AMOUNT_FEN_MAX

JULY = Month(2021, 7)
BASES = st.integers(0, 3_000_000).map(fen)
IN_BANDS = st.sampled_from([DuesScheme.EMPLOYED, DuesScheme.RETIRED])


@pytest.mark.parametrize(
    ("scheme", "base", "owed"),
    [
        (DuesScheme.RETIRED, "4200.00", "21.00"),
        (DuesScheme.RETIRED, "5000.00", "25.00"),
        (DuesScheme.RETIRED, "5000.01", "50.00"),
        (DuesScheme.RETIRED, "0.00", "0.00"),
        (DuesScheme.EMPLOYED, "3000.00", "15.00"),
        (DuesScheme.EMPLOYED, "3000.01", "30.00"),
        (DuesScheme.EMPLOYED, "5000.00", "50.00"),
        (DuesScheme.EMPLOYED, "5000.01", "75.00"),
        (DuesScheme.EMPLOYED, "10000.00", "150.00"),
        (DuesScheme.EMPLOYED, "10000.01", "200.00"),
        (DuesScheme.FIXED, "0.00", "0.20"),
        (DuesScheme.FIXED, "9000.00", "0.20"),
        # half a fen goes up, less goes down
        (DuesScheme.RETIRED, "1.00", "0.01"),
        (DuesScheme.RETIRED, "0.99", "0.00"),
    ],
)
def test_the_regulation_by_example(scheme: DuesScheme, base: str, owed: str) -> None:
    assert assess(yuan(base), scheme, JULY).owed == yuan(owed)


def test_twelve_months_of_the_fixed_amount() -> None:
    assert sum(assess(yuan(0), DuesScheme.FIXED, Month(2021, month)).owed.fen for month in range(1, 13)) == 240


@pytest.mark.parametrize(
    ("scheme", "article"),
    [(DuesScheme.EMPLOYED, "1 and 2"), (DuesScheme.RETIRED, "5"), (DuesScheme.FIXED, "6"), (DuesScheme.FARMER, "6")],
)
def test_an_assessment_says_what_it_rests_on(scheme: DuesScheme, article: str) -> None:
    found = assess(yuan(4200), scheme, JULY)
    assert (found.scheme, found.policy_version) == (scheme, "cn-2008/1")
    assert found.citation == f"中组发〔2008〕3号 art. {article}"


def place(rule: str, value: str, since: str = "2008-04") -> str:
    """A place's policy that answers one rule otherwise."""
    return f"""
        version = "test/2"
        based_on = "cn-2008/1"
        [[provision]]
        rule = "{rule}"
        from = "{since}"
        value = {value}
        citation = "an order of this place"
    """


def percent(base: Money, scheme: DuesScheme) -> Decimal:
    """The rate as rules.md words it."""
    if scheme is DuesScheme.RETIRED:
        return Decimal("0.5") if base <= yuan(5000) else Decimal(1)
    for limit, rate in ((3000, "0.5"), (5000, "1"), (10000, "1.5")):
        if base <= yuan(limit):
            return Decimal(rate)
    return Decimal(2)


@given(BASES, IN_BANDS)
@example(yuan("5000.00"), DuesScheme.RETIRED)
@example(yuan("3000.01"), DuesScheme.EMPLOYED)
def test_what_is_owed_is_what_decimals_give(base: Money, scheme: DuesScheme) -> None:
    exact = Decimal(str(base)) * percent(base, scheme) / 100
    assert str(assess(base, scheme, JULY).owed) == str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))
    jiao = read_policy(place("dues.rounding", '"jiao_up"'))
    assert str(assess(base, scheme, JULY, jiao).owed) == f"{exact.quantize(Decimal('0.1'), ROUND_CEILING)}0"


@given(BASES, BASES, IN_BANDS)
def test_who_has_more_owes_no_less(one: Money, other: Money, scheme: DuesScheme) -> None:
    low, high = sorted((one, other))
    assert assess(low, scheme, JULY).owed <= assess(high, scheme, JULY).owed


@pytest.mark.parametrize("scheme", DuesScheme)
def test_nothing_is_known_before_the_regulation(scheme: DuesScheme) -> None:
    assert assess(yuan(100), scheme, Month(2008, 4)).owed > fen(0)
    with pytest.raises(InputError, match="says nothing"):
        assess(yuan(100), scheme, Month(2008, 3))


@pytest.mark.parametrize("scheme", DuesScheme)
def test_a_negative_base_is_refused_and_not_repeated(scheme: DuesScheme) -> None:
    with pytest.raises(InputError) as caught:
        assess(yuan("-4321.09"), scheme, JULY)
    assert "4321" not in str(caught.value)


def test_a_later_tariff_holds_from_its_month_on() -> None:
    policy = read_policy(place("dues.retired", '[{ rate = "1 %" }]', since="2021-07"))
    before, after = (assess(yuan(4200), DuesScheme.RETIRED, Month(2021, month), policy) for month in (6, 7))
    assert (before.owed, after.owed) == (yuan(21), yuan(42))
    assert (before.citation, after.citation) == ("中组发〔2008〕3号 art. 5", "an order of this place")


@pytest.mark.parametrize(
    ("base", "share", "back"),
    [
        ("1275.00", "0.70", "892.50"),
        ("1275.00", "0.7", "892.50"),
        ("1275.00", "0", "0.00"),
        ("1275.00", "1", "1275.00"),
        ("1275.00", "1.00", "1275.00"),
        ("549.60", "0.70", "384.72"),
        ("541.90", "0.70", "379.33"),
        ("0.01", "0.5", "0.01"),
        ("0.01", "0.49", "0.00"),
    ],
)
def test_the_share_returned_by_example(base: str, share: str, back: str) -> None:
    assert returned(yuan(base), share) == yuan(back)


@given(st.integers(0, AMOUNT_FEN_MAX), st.integers(0, 1_000_000))
def test_the_share_returned_is_rounded_once(base: int, millionths: int) -> None:
    share = Decimal(millionths).scaleb(-6)
    exact = (Decimal(base) * share).quantize(Decimal(1), ROUND_HALF_UP)
    assert returned(fen(base), f"{share:f}") == fen(int(exact))


@pytest.mark.parametrize(
    "share", ["", ".7", "0.", "70%", "1.01", "-0.7", "+0.7", "7e-1", "0.1234567", "０.7", "0.7\n", 0.7]
)
def test_a_share_of_another_form_is_refused(share: str) -> None:
    with pytest.raises(InputError, match="a share cannot be read"):
        returned(yuan(1275), share)


def test_there_is_no_share_of_less_than_nothing() -> None:
    with pytest.raises(InputError, match="negative"):
        returned(yuan("-0.01"), "0.70")

"""Amounts in words, read back by a parser that knows nothing of how they were made, and held against the rules."""

import re
import sys
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadreledger.errors import ExtraMissingError, InputError
from cadreledger.values import Money, fen, in_words, yuan
from cadreledger.values.money import AMOUNT_FEN_MAX

pytest.importorskip("cn2an", reason="words need the extra: pip install 'cadreledger[disclosure]'")

DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
AMOUNT: Final = re.compile(r"(负?)(?:(.+)元)?(?:整|(零)?(?:(.)角)?(?:(.)分)?)")

# Amounts of every length, with many zeros: they are what goes wrong.
digits = st.text(st.sampled_from("0000123456789"), min_size=1, max_size=16).map(int)
amounts = st.builds(Money, digits.filter(lambda number: number <= AMOUNT_FEN_MAX) | st.integers(0, AMOUNT_FEN_MAX))


def read_whole(words: str) -> int:
    """A whole number: 亿 multiplies all before it, 万 what stands between 亿 and it."""
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        before, found, after = words.rpartition(unit)
        if found:
            return read_whole(before) * size + read_whole(after.removeprefix("零"))
    total = 0
    for digit, unit in re.findall(r"零?([壹贰叁肆伍陆柒捌玖])([仟佰拾]?)", words):
        total += DIGITS.index(digit) * {"仟": 1000, "佰": 100, "拾": 10, "": 1}[unit]
    return total


def read(words: str) -> int:
    """Fen."""
    match = AMOUNT.fullmatch(words)
    assert match, words
    minus, whole, _, jiao, small = match.groups()
    total = read_whole(whole or "") * 100 + DIGITS.index(jiao or "零") * 10 + DIGITS.index(small or "零")
    return -total if minus else total


@given(amounts)
@example(fen(AMOUNT_FEN_MAX))
def test_words_read_back_as_the_amount(amount: Money) -> None:
    assert read(in_words(amount)) == amount.fen


@given(amounts)
def test_a_sum_below_zero_says_so_first(amount: Money) -> None:
    words = in_words(-amount)
    assert words == ("负" * (amount.fen > 0)) + in_words(amount)
    assert read(words) == -amount.fen


@given(amounts)
def test_words_keep_to_the_rules_for_bills(amount: Money) -> None:
    words = in_words(amount)
    whole, yuan_sign, rest = words.rpartition("元")
    jiao, small = divmod(amount.fen % 100, 10)
    # 整 stands after 元 alone; after 角 it may be left out, after 分 it must be
    assert words.endswith("整") is (not jiao and not small)
    # where there is 分 and no 角, 零 stands between 元 and 分
    assert rest.startswith("零") is bool(yuan_sign and small and not jiao)
    # nothing is said of no yuan, unless there is nothing else to say
    assert bool(yuan_sign) is (amount.fen >= 100 or amount.fen == 0)
    assert whole == "零" or not whole.endswith("零")
    assert "零零" not in words
    assert not whole.startswith("拾"), "10 is 壹拾, so that no digit can be put in front"
    assert set(words) <= set(DIGITS + "仟佰拾万亿元角分整")


@given(amounts)
def test_zeros_between_digits_are_said(amount: Money) -> None:
    digits = str(amount.fen // 100)
    for match in re.finditer(r"0+(?=[1-9])", digits):
        power = len(digits) - match.end() - 1  # of the digit after the zeros
        zeros = match.end() - match.start()
        # before a 仟, which opens a group of four, 零 may be left out, unless a whole group is missing
        if power % 4 != 3 or (power == 3 and zeros >= 4):
            digit, unit = DIGITS[int(digits[match.end()])], ("", "拾", "佰", "仟")[power % 4]
            assert f"零{digit}{unit}" in in_words(amount)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1275.00", "壹仟贰佰柒拾伍元整"),
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("0.00", "零元整"),
        ("1005.05", "壹仟零伍元零伍分"),
        ("-7.40", "负柒元肆角"),
        ("892.50", "捌佰玖拾贰元伍角"),
        ("568.30", "伍佰陆拾捌元叁角"),
        ("10.00", "壹拾元整"),
        ("0.50", "伍角"),
        ("0.05", "伍分"),
        ("0.12", "壹角贰分"),
        ("20.05", "贰拾元零伍分"),
        # the rules' own examples; where 零 may be left out, it is
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        # whole groups of zeros
        ("100000.00", "壹拾万元整"),
        ("100010000.00", "壹亿零壹万元整"),
        ("200001000.00", "贰亿零壹仟元整"),
        ("200001000.50", "贰亿零壹仟元伍角"),
        ("1000000000000.00", "壹万亿元整"),
        ("90071992547409.91", "玖拾万零柒佰壹拾玖亿玖仟贰佰伍拾肆万柒仟肆佰零玖元玖角壹分"),
    ],
)
def test_amounts_as_a_cashier_writes_them(amount: str, words: str) -> None:
    assert in_words(yuan(amount)) == words


@pytest.mark.parametrize("wrong", [1275, "12.75", 12.75, None])
def test_only_money_has_words(wrong: object) -> None:
    with pytest.raises(InputError, match="Money"):
        in_words(wrong)  # type: ignore[arg-type]


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cn2an", None)
    with pytest.raises(ExtraMissingError, match=r"cadreledger\[disclosure\]"):
        in_words(yuan(1))

"""What a mask shows is what its profile says, and never more, whatever it is given."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadreledger.errors import InputError
from cadreledger.intake.problems import MASK
from cadreledger.rules import (
    IdMask,
    NameMask,
    PhoneMask,
    declared,
    masked_id_number,
    masked_name,
    masked_phone,
    national,
)
from cadreledger.rules.masking import HIDDEN
from cadreledger.values import Month

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=4)
NAMES = HAN | st.text(max_size=8) | st.builds("".join, st.lists(st.sampled_from("欧阳司马赵建国·𠮷 "), max_size=6))
LONGEST_SURNAME = 2


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("赵建国", "赵某"),
        ("赵", "赵某"),
        (" 赵　建国 ", "赵某"),
        ("欧阳建国", "欧阳某"),
        ("司马 相如", "司马某"),
        ("欧阳", "欧某"),  # who has only two characters has a surname of one
        ("吴铭华", "吴某"),  # 吴铭 is a surname too, but 吴 is a common one
        ("𠮷田花子", "𠮷某"),  # outside the first 65536 characters, and still one character
        ("阿布都热合曼·买买提", "阿某"),
        ("司马·买买提", "司某"),
        ("John Smith", "J某"),
        ("", HIDDEN),
        ("　", HIDDEN),
        ("\ue000建国", HIDDEN),  # a rare character of some machine's own: what follows it is the given name
        ("(赵建国)", HIDDEN),
        ("13812345678", HIDDEN),
    ],
)
def test_names_by_example(name: str, shown: str) -> None:
    assert masked_name(name, NameMask.SURNAME_MOU) == shown
    assert masked_name(name, NameMask.SURNAME_ONLY) == shown.removesuffix("某")
    assert masked_name(name, NameMask.HIDDEN) == HIDDEN


@given(NAMES, st.sampled_from(NameMask))
@example("欧阳某", NameMask.SURNAME_ONLY)
def test_a_masked_name_shows_its_first_letters_at_most(name: str, profile: NameMask) -> None:
    shown = masked_name(name, profile)
    if shown == HIDDEN:
        return
    assert profile is not NameMask.HIDDEN
    surname = shown.removesuffix("某") if profile is NameMask.SURNAME_MOU else shown
    letters = "".join(name.split())
    assert letters.startswith(surname)
    assert 1 <= len(surname) <= LONGEST_SURNAME
    assert len(surname) == 1 or len(letters) > LONGEST_SURNAME, "of a compound surname a given name is left"


@given(HAN, HAN, HAN)
def test_two_given_names_look_alike(surname: str, given_name: str, other: str) -> None:
    """Two names of one surname cannot be told apart, unless the surname takes in what follows it."""
    one, two = (masked_name(surname[0] + each, NameMask.SURNAME_MOU) for each in (given_name, other))
    assert one == two or max(len(one), len(two)) > len("赵某")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812345678", "***5678"),
        ("138 1234 5678", "***5678"),
        ("+86-138-1234-5678", "***5678"),
        ("(0431)8812345", "***2345"),
        ("8812345", "***2345"),
        ("881234", HIDDEN),  # four of six would be most of it
        ("1" * 16, HIDDEN),
        ("1381234567８", HIDDEN),
        ("88123456转801", HIDDEN),
        ("see the register", HIDDEN),
        ("", HIDDEN),
    ],
)
def test_numbers_by_example(number: str, shown: str) -> None:
    assert masked_phone(number, PhoneMask.LAST4) == shown
    assert masked_phone(number, PhoneMask.HIDDEN) == HIDDEN


@given(st.text("0123456789 +-()x", max_size=20) | st.text(), st.sampled_from(PhoneMask))
def test_a_masked_number_shows_four_digits_at_most(number: str, profile: PhoneMask) -> None:
    shown = masked_phone(number, profile).removeprefix(HIDDEN)
    assert not shown or profile is PhoneMask.LAST4
    digits = "".join(each for each in number if each in "0123456789")
    assert digits.endswith(shown)
    assert len(shown) in {0, 4}
    assert not shown or len(digits) >= 7


@given(st.text())
def test_nothing_of_an_identity_document_is_shown(number: str) -> None:
    assert [masked_id_number(number, profile) for profile in IdMask] == [HIDDEN]


@pytest.mark.parametrize("junk", [None, 13812345678, b"\xe8\xb5\xb5", ["赵建国"]])
def test_what_is_no_text_is_refused_and_not_repeated(junk: str) -> None:
    masks: list[Callable[[], str]] = [
        lambda: masked_name(junk, NameMask.SURNAME_MOU),
        lambda: masked_phone(junk, PhoneMask.LAST4),
        lambda: masked_id_number(junk, IdMask.HIDDEN),
    ]
    for mask in masks:
        with pytest.raises(InputError, match="only text can be masked") as caught:
            mask()
        assert "138" not in str(caught.value)


def test_the_national_policy_shows_a_surname_and_no_number() -> None:
    policy, month = national(), Month(2021, 7)
    assert masked_name("赵建国", policy.at(declared.MASKED_NAME, month).value) == "赵某"
    assert masked_phone("13812345678", policy.at(declared.MASKED_PHONE, month).value) == HIDDEN
    assert masked_id_number("220102195001010010", policy.at(declared.MASKED_ID_NUMBER, month).value) == HIDDEN


def test_what_is_hidden_looks_as_it_does_in_an_imports_messages() -> None:
    assert HIDDEN == MASK

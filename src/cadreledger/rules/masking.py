"""What of a name, a number or a document may be shown: by profiles that a policy chooses (PIPL articles 51 and 73).

Where a form is not known, nothing is shown: a mask that guesses would show what it should hide.
"""

import re
from enum import Enum
from typing import Final

from cadreledger.errors import InputError

__all__ = ["HIDDEN", "IdMask", "NameMask", "PhoneMask", "masked_id_number", "masked_name", "masked_phone"]

HIDDEN: Final = "***"
SHOWN_DIGITS: Final = 4
PHONE_DIGITS: Final = range(7, 16)  # of which four are less than all; E.164 has fifteen at most
_SEPARATORS: Final = re.compile(r"[ ()+-]", re.ASCII)
_MOU: Final = "某"
# Surnames of two characters, before a given name. Those whose first one is common by itself are left out (吴铭, 乐正,
# 宗政, 单于, 闻人): in most names that begin so, the second character is a given name's.
_COMPOUND: Final = re.compile(
    "(?:欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|"
    "濮阳|公冶|太叔|申屠|公孙|慕容|仲孙|钟离|长孙|宇文|司徒|鲜于|司空|闾丘|亓官|司寇|"
    "巫马|颛孙|壤驷|漆雕|拓跋|轩辕|令狐|百里|呼延|东郭|羊舌|淳于|西门|完颜|纳兰)(?=.)"
)


class NameMask(Enum):
    """How a name is shown."""

    SURNAME_MOU = "surname_mou"  # 赵某
    SURNAME_ONLY = "surname_only"  # 赵
    HIDDEN = "hidden"


class PhoneMask(Enum):
    """How a telephone number is shown."""

    LAST4 = "last4"
    HIDDEN = "hidden"


class IdMask(Enum):
    """How the number of an identity document is shown."""

    HIDDEN = "hidden"


def masked_name(name: str, profile: NameMask) -> str:
    """``name`` as ``profile`` shows it: 赵建国 as 赵某, 欧阳建国 as 欧阳某, John as J某.

    A compound surname is kept whole where a given name follows it. Of any other name its first letter is all that is
    shown, and nothing where it does not begin with one: rare characters that this Python does not know, too.
    Raises InputError for what is no text.
    """
    text = "".join(_text(name).split())
    if profile is NameMask.HIDDEN or not text[:1].isalpha():
        return HIDDEN
    compound = _COMPOUND.match(text) if text.isalpha() else None  # a name with · in it has no surname
    surname = text[0] if compound is None else compound[0]
    return surname + _MOU if profile is NameMask.SURNAME_MOU else surname


def masked_phone(number: str, profile: PhoneMask) -> str:
    """``number`` as ``profile`` shows it: ``138 1234 5678`` as ``***5678``.

    Nothing is shown of what is no number of 7 to 15 digits, be they parted by spaces, ``-``, ``+`` and brackets.
    Raises InputError for what is no text.
    """
    digits = _SEPARATORS.sub("", _text(number))
    is_number = digits.isascii() and digits.isdigit() and len(digits) in PHONE_DIGITS
    return HIDDEN + digits[-SHOWN_DIGITS:] if profile is PhoneMask.LAST4 and is_number else HIDDEN


def masked_id_number(number: str, profile: IdMask) -> str:
    """``number`` as ``profile`` shows it: not at all. Raises InputError for what is no text."""
    _text(number)
    match profile:
        case IdMask.HIDDEN:
            return HIDDEN


def _text(value: str) -> str:
    if type(value) is not str:
        raise InputError("only text can be masked", "text", type(value).__name__)
    return value

"""What of a text names a person: whatever stands between the characters of a name, and however rare they are."""

import pytest

from cadreledger.intake.private import PrivateWords

PRIVATE, NEWER = "王\ue863", "王\U000323b0"  # newer than the tables of Python 3.11


@pytest.mark.parametrize("name", [PRIVATE, NEWER, "\U000323b0\U000323b1", "欧阳建国"])
def test_a_name_is_found_whatever_its_characters(name: str) -> None:
    words = PrivateWords([("C1", name, None, None)])
    assert words.names(f"下午{name}来过")
    for between in (" ", "·", "\u200b", "-", "\u3000", "\ufe00"):
        assert words.names(f"下午{between.join(name)}来过")
    assert not words.names("下午王某来过")

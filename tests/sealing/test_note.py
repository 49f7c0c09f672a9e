"""Verifier keys, against those that other people published."""

import base64
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadreledger.errors import VerificationError
from cadreledger.sealing import verifier_key

# C2SP signed-note, Ed25519; it holds "/" and "+" in the key, so the first two "+" are the ones that separate
FORM = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})")


def test_published_verifier_keys_are_made_again(vectors: Path) -> None:
    cases = json.loads((vectors / "note" / "signed_note.json").read_text())["vkeys"]
    good = [case for case in cases if not case["want_err"]]
    assert len(good) == 3
    for case in good:
        name, _hash, key = case["vkey"].split("+", 2)
        assert verifier_key(name, base64.b64decode(key)[1:]) == case["vkey"]


def test_no_damaged_verifier_key_is_made(vectors: Path) -> None:
    cases = json.loads((vectors / "note" / "signed_note.json").read_text())["vkeys"]
    made = 0
    for case in cases:
        match = FORM.fullmatch(case["vkey"])
        if case["want_err"] and match:
            made += 1
            assert verifier_key(match[1], base64.b64decode(match[3])[1:]) != case["vkey"]
    assert made > 20


names = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="+"), min_size=1)


@given(names, st.binary(min_size=32, max_size=32))
def test_a_verifier_key_has_the_published_form(name: str, key: bytes) -> None:
    match = FORM.fullmatch(verifier_key(name, key))
    assert match
    assert match[1] == name
    assert base64.b64decode(match[3], validate=True) == b"\x01" + key


@pytest.mark.parametrize("name", ["", "a b", "a+b", "永兴", "a\n", "a\x7f", "a" * 256])
def test_a_name_of_another_form_is_refused(name: str) -> None:
    with pytest.raises(VerificationError, match="key name"):
        verifier_key(name, bytes(32))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(VerificationError, match="public key"):
        verifier_key("office", bytes(length))

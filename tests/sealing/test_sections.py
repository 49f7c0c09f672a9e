"""What commits to a section, and what locks one: against the specification, written out again."""

import base64
import hashlib
import re

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import assume, example, given
from hypothesis import strategies as st
from tests.strategies import streams

from cadreledger.errors import VerificationError
from cadreledger.sealing import (
    INTERNAL_TAG,
    PERSONAL_TAG,
    Frame,
    base64url,
    commitment,
    decode_frame,
    decrypt_personal,
    encode_frame,
    encrypt_personal,
    join_salt,
    leaf_hash,
    node_hash,
    open_sections,
    split_salt,
)

keys = st.binary(min_size=32, max_size=32)
nonces = st.binary(min_size=12, max_size=12)
versions = st.integers(1, 2**53 - 1)


@given(st.binary())
def test_a_commitment_is_what_the_specification_says(salted: bytes) -> None:
    for tag, letter in ((INTERNAL_TAG, 0x49), (PERSONAL_TAG, 0x50)):
        digest = hashlib.sha256(bytes([2, letter]) + salted).digest()
        spelt = base64.b64encode(digest).decode().replace("+", "-").replace("/", "_").replace("=", "")
        assert commitment(tag, salted) == spelt
        assert len(spelt) == 43


@given(st.binary(max_size=64))
def test_no_two_kinds_of_hash_of_the_same_bytes_are_equal(data: bytes) -> None:
    found = {commitment(INTERNAL_TAG, data), commitment(PERSONAL_TAG, data), base64url(leaf_hash(data))}
    if len(data) == 64:
        found.add(base64url(node_hash(data[:32], data[32:])))
    assert len(found) == 3 + (len(data) == 64)


@pytest.mark.parametrize("tag", [b"", b"i", b"X", b"IP"])
def test_a_commitment_has_one_of_two_tags(tag: bytes) -> None:
    with pytest.raises(VerificationError, match="unknown tag"):
        commitment(tag, b"")


@given(keys, nonces, st.binary(), streams, versions)
def test_a_locked_section_is_what_the_specification_says(
    key: bytes, nonce: bytes, salted: bytes, stream: str, version: int
) -> None:
    part = encrypt_personal(key, nonce, salted, stream, version)
    place = stream.encode() + b"\0" + str(version).encode()
    assert part == nonce + AESGCM(key).encrypt(nonce, salted, place)
    assert len(part) == 12 + len(salted) + 16
    assert decrypt_personal(key, part, stream, version) == salted


@given(st.data(), keys, nonces, st.binary(max_size=40), streams, versions)
def test_a_locked_section_opens_nowhere_else(
    data: st.DataObject, key: bytes, nonce: bytes, salted: bytes, stream: str, version: int
) -> None:
    part = encrypt_personal(key, nonce, salted, stream, version)
    bit = data.draw(st.integers(0, 8 * len(part) - 1))
    changed = bytearray(part)
    changed[bit // 8] ^= 1 << bit % 8
    other_key, other_stream, other_version = data.draw(keys), data.draw(streams), data.draw(versions)
    assume(other_key != key)
    assume(other_stream != stream)
    assume(other_version != version)
    for attempt in (
        (key, bytes(changed), stream, version),
        (key, part[:-1], stream, version),
        (key, part + b"\0", stream, version),
        (other_key, part, stream, version),
        (key, part, other_stream, version),
        (key, part, stream, other_version),
    ):
        with pytest.raises(VerificationError, match="does not open"):
            decrypt_personal(*attempt)


def test_where_the_stream_ends_and_the_version_begins_is_told_apart() -> None:
    part = encrypt_personal(bytes(32), bytes(12), b"", "branch:1", 11)
    with pytest.raises(VerificationError, match="does not open"):
        decrypt_personal(bytes(32), part, "branch:11", 1)


@given(st.binary(max_size=64))
def test_any_bytes_open_or_are_refused(part: bytes) -> None:
    with pytest.raises(VerificationError, match="does not open"):
        decrypt_personal(bytes(32), part, "ledger", 1)


@pytest.mark.parametrize("length", [0, 16, 24, 31, 33, 64])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    # AES itself would take 16 and 24
    with pytest.raises(VerificationError, match="key has a wrong length"):
        encrypt_personal(bytes(length), bytes(12), b"", "ledger", 1)
    with pytest.raises(VerificationError, match="key has a wrong length"):
        decrypt_personal(bytes(length), bytes(28), "ledger", 1)


@pytest.mark.parametrize("length", [0, 8, 11, 13, 16])
def test_a_nonce_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(VerificationError, match="nonce has a wrong length"):
        encrypt_personal(bytes(32), bytes(length), b"", "ledger", 1)


def test_a_place_without_a_spelling_is_refused() -> None:
    with pytest.raises(VerificationError, match="lone surrogate"):
        encrypt_personal(bytes(32), bytes(12), b"", "branch:\ud800", 1)
    with pytest.raises(VerificationError):
        decrypt_personal(bytes(32), bytes(28), "branch:\ud800", 1)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=1))
def test_salt_and_section_come_apart_again(salt: bytes, section: bytes) -> None:
    assert split_salt(join_salt(salt, section)) == (salt, section)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_salt_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(VerificationError, match="salt has a wrong length"):
        join_salt(bytes(length), b"{}")


@pytest.mark.parametrize("length", [0, 31, 32])
def test_a_salt_with_nothing_behind_it_is_refused(length: int) -> None:
    with pytest.raises(VerificationError, match="cut short"):
        split_salt(bytes(length))


any_state = st.binary() | st.builds(
    lambda header, internal: encode_frame(Frame(header, internal)), st.binary(min_size=1), st.binary(max_size=70)
)


@given(any_state)
@example(encode_frame(Frame(b"{}", bytes(31))))
@example(encode_frame(Frame(b"{}", bytes(32))))
@example(encode_frame(Frame(b"{}", bytes(33))))
def test_sections_are_opened_as_in_two_steps(state: bytes) -> None:
    try:
        frame = decode_frame(state)
        expected = frame.header, split_salt(frame.internal)[1]
    except VerificationError as error:
        with pytest.raises(VerificationError, match=re.escape(error.what)):
            open_sections(state)
    else:
        assert open_sections(state) == expected


@given(st.binary())
def test_base64url_has_no_padding(data: bytes) -> None:
    text = base64url(data)
    assert base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True) == data
    assert "=" not in text

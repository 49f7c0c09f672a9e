"""An event's bytes on disk: what is written is read back, and nothing else is read."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cadreledger.errors import VerificationError
from cadreledger.sealing import Frame, decode_frame, encode_frame
from cadreledger.sealing.frame import HEADER_BYTES_MAX, INTERNAL_BYTES_MAX, PERSONAL_BYTES_MAX

frames = st.builds(Frame, st.binary(min_size=1, max_size=40), st.binary(max_size=40), st.binary(max_size=40))


def test_the_layout_is_the_documented_one() -> None:
    assert encode_frame(Frame(b"{}", b"salt", b"lock")) == bytes.fromhex(
        "01000000027b7d0000000473616c74000000046c6f636b"
    )
    assert encode_frame(Frame(b"{}")) == bytes.fromhex("01000000027b7d0000000000000000")


@given(frames)
def test_a_frame_comes_back(frame: Frame) -> None:
    assert decode_frame(encode_frame(frame)) == frame


@given(frames)
def test_every_truncation_is_refused(frame: Frame) -> None:
    state = encode_frame(frame)
    for end in range(len(state)):
        with pytest.raises(VerificationError, match=r"cut short|unknown frame version"):
            decode_frame(state[:end])


@given(frames, st.binary(min_size=1, max_size=4))
def test_bytes_behind_the_end_are_refused(frame: Frame, more: bytes) -> None:
    with pytest.raises(VerificationError, match="bytes behind its end"):
        decode_frame(encode_frame(frame) + more)


@given(frames, st.data())
def test_a_changed_length_never_gives_the_same_frame(frame: Frame, data: st.DataObject) -> None:
    state = bytearray(encode_frame(frame))
    starts = (1, 5 + len(frame.header), 9 + len(frame.header) + len(frame.internal))
    place = data.draw(st.sampled_from(starts)) + data.draw(st.integers(0, 3))
    byte = data.draw(st.integers(0, 255))
    assume(byte != state[place])
    state[place] = byte
    try:
        read = decode_frame(bytes(state))
    except VerificationError:
        return
    # Lengths are not hashed: a cut elsewhere is another frame, which then fits no commitment.
    assert read != frame
    assert encode_frame(read) == bytes(state)


def test_each_length_off_by_one_is_refused() -> None:
    state = encode_frame(Frame(b"h", b"i", b"p"))
    for last_byte_of_length in (4, 9, 14):
        for step in (-1, 1):
            changed = bytearray(state)
            changed[last_byte_of_length] += step
            with pytest.raises(VerificationError):
                decode_frame(bytes(changed))


@given(st.binary() | st.binary().map(lambda tail: b"\x01\x00\x00\x00\x01" + tail))
def test_any_bytes_are_refused_or_the_one_form_of_a_frame(state: bytes) -> None:
    try:
        frame = decode_frame(state)
    except VerificationError:
        return
    assert encode_frame(frame) == state


@pytest.mark.parametrize("version", [b"", b"\x00", b"\x02", b"\xff"])
def test_another_frame_version_is_refused(version: bytes) -> None:
    with pytest.raises(VerificationError, match="unknown frame version"):
        decode_frame(version + encode_frame(Frame(b"{}"))[1:] if version else b"")


@pytest.mark.parametrize(
    ("part", "bytes_max"),
    [("header", HEADER_BYTES_MAX), ("internal", INTERNAL_BYTES_MAX), ("personal", PERSONAL_BYTES_MAX)],
)
def test_a_part_may_be_as_long_as_its_limit_and_no_longer(part: str, bytes_max: int) -> None:
    parts = {"header": b"{}", "internal": b"", "personal": b""}
    full = Frame(**parts | {part: bytes(bytes_max)})
    assert decode_frame(encode_frame(full)) == full
    with pytest.raises(VerificationError, match=f"the {part} section is too large"):
        encode_frame(Frame(**parts | {part: bytes(bytes_max + 1)}))
    # the same, written by somebody without limits
    stored = b"\x01" + b"".join(
        len(data).to_bytes(4, "big") + data for data in (parts | {part: bytes(bytes_max + 1)}).values()
    )
    with pytest.raises(VerificationError, match=f"the {part} section is too large"):
        decode_frame(stored)


def test_the_limits_are_those_of_the_format() -> None:
    assert (HEADER_BYTES_MAX, INTERNAL_BYTES_MAX, PERSONAL_BYTES_MAX) == (4_096, 16_384, 65_536)


def test_the_header_is_never_absent() -> None:
    with pytest.raises(VerificationError, match="no header"):
        encode_frame(Frame(b"", b"internal"))
    with pytest.raises(VerificationError, match="no header"):
        decode_frame(b"\x01" + bytes(12))

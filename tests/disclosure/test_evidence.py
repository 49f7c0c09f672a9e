"""What a page carries: all headers, or where to fetch them."""

import json
import zlib
from base64 import b64decode
from importlib.resources import files
from itertools import repeat

from hypothesis import given
from hypothesis import strategies as st

from cadreledger.disclosure import Evidence
from cadreledger.disclosure.evidence import HEADERS_BYTES_MAX, HEADERS_COUNT_MAX
from cadreledger.sealing import encode_entries

NOTED = b'{"internal":"i","type":"noted/1"}'


def nothing(_: str) -> None:
    return None


@given(st.lists(st.binary(max_size=80), max_size=600), st.integers(-300, 300))
def test_headers_are_carried_as_long_as_there_is_room(headers: list[bytes], room: int) -> None:
    entries = b"".join(encode_entries([header]) for header in headers)
    evidence = Evidence.of(headers, (), nothing, carried_bytes_max=max(0, len(entries) + room))
    assert evidence
    shape = json.loads(evidence.to_json(b"{}", None))
    if room >= 0 or not entries:
        assert zlib.decompress(b64decode(shape["headers"])) == entries
        assert shape["bytes"] == len(entries)
        assert "tiles" not in shape
    else:
        assert shape["tiles"] == "../../"
        assert not {"headers", "bytes"} & shape.keys()


def test_more_than_a_browser_can_check_has_no_evidence() -> None:
    assert Evidence.of(repeat(NOTED, HEADERS_COUNT_MAX), (), nothing, carried_bytes_max=0)
    assert Evidence.of(repeat(NOTED, HEADERS_COUNT_MAX + 1), (), nothing, carried_bytes_max=0) is None


def test_the_program_has_the_same_limits() -> None:
    program = files("cadreledger.disclosure").joinpath("web", "reading.js").read_text("utf-8")
    assert f"const COUNT_MAX = {HEADERS_COUNT_MAX:_};" in program
    assert f"const HEADERS_BYTES_MAX = {HEADERS_BYTES_MAX >> 20} * 2 ** 20;" in program

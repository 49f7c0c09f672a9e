"""Signed notes and their keys, against those that other people published, and against the letter of RFC 8032."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadreledger.errors import VerificationError
from cadreledger.sealing.note import (
    COSIGNATURE,
    ED25519,
    SIGNATURES_MAX,
    TEXT_BYTES_MAX,
    TIME_MAX,
    Note,
    NoteSigner,
    NoteVerifier,
    Signature,
    join_note,
    open_note,
    split_note,
    verifier_key,
)

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


@pytest.mark.parametrize("kind", [b"", b"\x00", b"\x02", b"\x05", b"\x06", b"\xff", b"\x01\x01"])
def test_a_key_of_another_type_is_refused(kind: bytes) -> None:
    with pytest.raises(VerificationError, match="wrong form: expected type 1 or 4"):
        verifier_key("office", bytes(32), kind)
    key = base64.b64encode(kind + OFFICE_KEY.public_key).decode()
    with pytest.raises(VerificationError):
        NoteVerifier.parse(f"office+00000000+{key}")


# --- keys that are read -----------------------------------------------------------------------------------------------

OFFICE = NoteSigner("office.example/log", bytes(range(32)))
BUREAU = NoteSigner("bureau.example", bytes(range(32, 64)), COSIGNATURE)
STRANGER = NoteSigner("stranger.example", bytes(range(64, 96)))
OFFICE_KEY, BUREAU_KEY = NoteVerifier.parse(OFFICE.vkey), NoteVerifier.parse(BUREAU.vkey)
KEYS = (OFFICE_KEY, BUREAU_KEY)
TIME = 1_625_500_000
TEXT = "Two paragraphs.\n\n第二段, with a second line\n— and a dash.\n"
NOTE = join_note(TEXT, (OFFICE.sign(TEXT), BUREAU.sign(TEXT, TIME)))
WRONG_TYPES: tuple[object, ...] = (
    None,
    1,
    b"a"[0],
    True,
    1.5,
    [],
    [b"a"],
    {},
    bytearray(NOTE),
    memoryview(NOTE),
    object,
)

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]


def decompressed(key: bytes) -> Point | None:
    """RFC 8032 section 5.1.3, step by step."""
    sign, y = key[31] >> 7, int.from_bytes(key, "little") & (2**255 - 1)
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if v * x * x % P != u or (x == 0 and sign):
        return None
    return (P - x if x % 2 != sign else x), y


def added(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    t = D * x1 * x2 * y1 * y2
    return (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P


def order_divides_8(point: Point) -> bool:
    for _ in range(3):
        point = added(point, point)
    return point == (0, 1)


def encoded(y: int, sign: int) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


Y_OF_ORDER_8 = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
SMALL = {
    f"y = {name}, sign {sign}": encoded(y, sign)
    for name, y in {
        "1": 1,
        "-1": P - 1,
        "0": 0,
        "8th": Y_OF_ORDER_8,
        "-8th": P - Y_OF_ORDER_8,
        "p": P,
        "p+1": P + 1,
    }.items()
    for sign in (0, 1)
}


def test_the_points_of_small_order_are_all_there() -> None:
    points = {point for key in SMALL.values() if (point := decompressed(key))}
    assert len(points) == 8
    assert all(order_divides_8(point) for point in points)
    generator = decompressed(encoded(Y_OF_ORDER_8, 0))
    assert generator
    multiples = [generator]
    for _ in range(7):
        multiples.append(added(multiples[-1], generator))
    assert set(multiples) == points


@pytest.mark.parametrize("name", SMALL)
def test_no_key_of_small_order_is_taken(name: str) -> None:
    with pytest.raises(VerificationError, match=r"a public key is (of small order|no point)"):
        NoteVerifier.parse(verifier_key("office", SMALL[name]))


@pytest.mark.parametrize("y", range(P, 2**255))
def test_no_key_is_taken_in_a_second_encoding(y: int) -> None:
    for sign in (0, 1):
        with pytest.raises(VerificationError, match="a public key is no point"):
            NoteVerifier.parse(verifier_key("office", encoded(y, sign)))


@given(st.binary(min_size=32, max_size=32) | st.integers(0, 60).map(lambda y: encoded(y, 0)))
@example(SMALL["y = 8th, sign 1"])
@example(OFFICE_KEY.public_key)
def test_a_key_is_taken_if_rfc_8032_says_it_is_a_point_of_large_order(key: bytes) -> None:
    point = decompressed(key)
    try:
        assert NoteVerifier("office", key).public_key == key
    except VerificationError:
        assert point is None or order_divides_8(point)
    else:
        assert point is not None
        assert not order_divides_8(point)


L = 2**252 + 27742317777372353535851937790883648493  # the order of the base point
BASE = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)


def multiplied(count: int, point: Point) -> Point:
    found = (0, 1)
    for bit in f"{count:b}":
        found = added(found, found)
        if bit == "1":
            found = added(found, point)
    return found


def spelt(point: Point) -> bytes:
    return encoded(point[1], point[0] % 2)


def hashed(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L


def test_a_key_of_mixed_order_is_taken_and_verified_without_the_cofactor() -> None:
    generator = decompressed(encoded(Y_OF_ORDER_8, 0))
    assert generator
    secret, message = 5, b"a text\n"
    mixed = added(multiplied(secret, BASE), generator)
    assert multiplied(L, mixed) != (0, 1)
    key = NoteVerifier("office", spelt(mixed))
    verified = set()
    for nonce in range(1, 40):
        start = spelt(multiplied(nonce, BASE))
        challenge = hashed(start, key.public_key, message)
        signature = start + ((nonce + challenge * secret) % L).to_bytes(32, "little")
        # 8·S·B = 8·R + 8·k·A holds of each; S·B = R + k·A only where k takes the part of order 8 away
        try:
            key.verify(message, signature)
        except VerificationError:
            assert challenge % 8 != 0
        else:
            assert challenge % 8 == 0
        verified.add(challenge % 8 == 0)
    assert verified == {True, False}


def test_published_verifier_keys_are_read_and_damaged_ones_refused(vectors: Path) -> None:
    cases = json.loads((vectors / "note" / "signed_note.json").read_text())["vkeys"]
    assert len(cases) == 37
    for case in cases:
        if case["want_err"]:
            with pytest.raises(VerificationError):
                NoteVerifier.parse(case["vkey"])
        else:
            key = NoteVerifier.parse(case["vkey"])
            assert (key.name, key.key_id.hex(), key.kind[0]) == (case["key_name"], case["key_id"], case["type"])
            assert key.vkey == case["vkey"]


REFUSED_VKEYS = {
    "nothing": ("", "a key has a wrong form"),
    "two parts": ("office+00000000", "a key has a wrong form"),
    "an id in capitals": (
        OFFICE.vkey.replace(OFFICE_KEY.key_id.hex(), OFFICE_KEY.key_id.hex().upper()),
        "wrong key id",
    ),
    "a longer id": (OFFICE.vkey.replace("+", "+0", 1), "wrong key id"),
    "another id": (OFFICE.vkey.replace(OFFICE_KEY.key_id.hex(), "00000000"), "wrong key id"),
    "another name": ("x" + OFFICE.vkey, "wrong key id"),
    "no name": (OFFICE.vkey[len(OFFICE.name) :], "key name"),
    "a space in the name": (OFFICE.vkey.replace("/", " ", 1), "key name"),
    "an ideographic space": (OFFICE.vkey.replace("/", "\u3000", 1), "key name"),
    "a control character": (OFFICE.vkey.replace("/", "\x01", 1), "control character"),
    "a lone surrogate": (OFFICE.vkey.replace("/", "\ud800", 1), "not UTF-8"),
    "no padding needed": (OFFICE.vkey + "=", "base64"),
    "a newline behind": (OFFICE.vkey + "\n", "base64"),
    "base64url": (verifier_key("office", b"\xff" * 32).replace("/", "_"), "base64"),
    "no key": ("office+00000000+", "wrong form: expected type 1 or 4"),
    "a short key": (
        "office+00000000+" + base64.b64encode(b"\x01" + bytes(31)).decode(),
        "wrong form: expected type 1 or 4",
    ),
    "a private key": (OFFICE.text(), "base64"),
}


@pytest.mark.parametrize("name", REFUSED_VKEYS)
def test_a_verifier_key_has_one_spelling(name: str) -> None:
    vkey, reason = REFUSED_VKEYS[name]
    assert vkey != OFFICE.vkey
    with pytest.raises(VerificationError, match=reason):
        NoteVerifier.parse(vkey)


def test_names_are_read_that_we_would_not_give() -> None:
    key = NoteVerifier("永兴", OFFICE_KEY.public_key)
    assert NoteVerifier.parse(key.vkey) == key
    with pytest.raises(VerificationError, match="key name"):
        NoteSigner("永兴", bytes(32))


# --- signatures -------------------------------------------------------------------------------------------------------

seeds = st.binary(min_size=32, max_size=32)
times = st.integers(0, TIME_MAX)
texts = st.text(st.characters(codec="utf-8", exclude_characters=[chr(n) for n in range(32)]) | st.just("\n"))
texts = texts.map(lambda text: text + "\n")


@given(texts, seeds, seeds, times)
def test_what_was_signed_is_opened(text: str, one: bytes, other: bytes, time: int) -> None:
    log, witness = NoteSigner("log", one), NoteSigner("witness", other, COSIGNATURE)
    log_key, witness_key = NoteVerifier.parse(log.vkey), NoteVerifier.parse(witness.vkey)
    lines = (witness.sign(text, time), log.sign(text))
    note = join_note(text, lines)
    assert split_note(note) == split_note(note.decode()) == (text, lines)
    by_witness, by_log = Signature("witness", witness_key.key_id, time), Signature("log", log_key.key_id)
    assert open_note(note, (log_key, witness_key)) == Note(text, (by_witness, by_log))
    assert open_note(note.decode(), iter([log_key])) == Note(text, (by_log,))


def test_a_cosignature_is_over_the_documented_bytes() -> None:
    (line,) = split_note(join_note("a\n", (BUREAU.sign("a\n", 7),)))[1]
    data = base64.b64decode(line.split(" ")[2])
    assert (data[:4], data[4:12]) == (BUREAU_KEY.key_id, bytes(7) + b"\x07")
    plain = NoteVerifier("plain", BUREAU_KEY.public_key)
    assert plain.verify(b"cosignature/v1\ntime 7\na\n", data[12:]) == Signature("plain", plain.key_id)
    assert BUREAU_KEY.verify("a\n", data[4:]) == Signature("bureau.example", BUREAU_KEY.key_id, 7)


def test_one_key_in_two_roles_has_two_ids() -> None:
    cosigner = NoteSigner(OFFICE.name, OFFICE.seed, COSIGNATURE)
    assert NoteVerifier.parse(cosigner.vkey).public_key == OFFICE_KEY.public_key
    assert NoteVerifier.parse(cosigner.vkey).key_id != OFFICE_KEY.key_id
    with pytest.raises(VerificationError, match="no signature by a known key"):
        open_note(join_note(TEXT, (cosigner.sign(TEXT, TIME),)), (OFFICE_KEY,))


def test_a_time_beyond_2_63_is_refused() -> None:
    last = base64.b64decode(BUREAU.sign("a\n", TIME_MAX).split(" ")[2])[4:]
    assert BUREAU_KEY.verify("a\n", last).time == TIME_MAX
    with pytest.raises(VerificationError, match="wrong time"):
        BUREAU_KEY.verify("a\n", b"\x80" + bytes(7) + last[8:])
    for time in (TIME_MAX + 1, -1):
        with pytest.raises(VerificationError, match="wrong time"):
            BUREAU.sign("a\n", time)


def test_a_time_is_for_cosignatures() -> None:
    for signer, time in ((OFFICE, TIME), (BUREAU, None), (BUREAU, True), (BUREAU, 1.0), (BUREAU, "1")):
        with pytest.raises(VerificationError, match="a time is missing or too much"):
            signer.sign(TEXT, time)  # type: ignore[arg-type] # on purpose


@pytest.mark.parametrize("text", ["", "a", "a\n\nb", "a\tb\n", "\ud800\n", "a\r\n", "\x00\n"])
def test_a_text_that_no_note_has_is_not_signed(text: str) -> None:
    with pytest.raises(VerificationError):
        OFFICE.sign(text)


@pytest.mark.parametrize("length", [0, 1, 63, 65, 71, 72, 73])
def test_a_signature_of_another_length_is_refused(length: int) -> None:
    for key, right in ((OFFICE_KEY, 64), (BUREAU_KEY, 72)):
        if length != right:
            with pytest.raises(VerificationError, match=f"wrong length: expected {right} bytes"):
                key.verify(b"", bytes(length))


@given(st.binary(), st.binary(max_size=80) | st.binary(min_size=64, max_size=64) | st.binary(min_size=72, max_size=72))
def test_no_bytes_are_a_signature_by_chance(message: bytes, signature: bytes) -> None:
    for key in KEYS:
        with pytest.raises(VerificationError):
            key.verify(message, signature)


# --- private keys -----------------------------------------------------------------------------------------------------


@given(seeds, st.sampled_from([ED25519, COSIGNATURE]))
def test_a_private_key_comes_back(seed: bytes, kind: bytes) -> None:
    signer = NoteSigner("office", seed, kind)
    assert NoteSigner.parse(signer.text()) == signer
    assert signer.text().startswith(f"PRIVATE+KEY+office+{NoteVerifier.parse(signer.vkey).key_id.hex()}+")
    assert repr(seed) not in repr(signer)


def test_a_private_key_of_gos_is_read(vectors: Path) -> None:
    cases = json.loads((vectors / "note" / "signed_note.json").read_text())["vkeys"]
    peter = NoteSigner.parse("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")
    assert peter.vkey == next(case["vkey"] for case in cases if case["name"] == "PeterNeumann")


SECRET = base64.b64encode(ED25519 + OFFICE.seed).decode()
REFUSED_PRIVATE = {
    "nothing": "",
    "a public key": OFFICE.vkey,
    "another prefix": OFFICE.text().replace("PRIVATE", "PUBLIC"),
    "another second word": OFFICE.text().replace("+KEY+", "+key+"),
    "another id": re.sub(r"\+[0-9a-f]{8}\+", "+00000000+", OFFICE.text()),
    "another name": OFFICE.text().replace("office", "0ffice"),
    "another type": OFFICE.text().replace("+AQAB", "+AgAB"),
    "another role": OFFICE.text().replace("+AQAB", "+BAAB"),
    "a newline behind": OFFICE.text() + "\n",
    "a space behind": OFFICE.text() + " ",
    "one character less": OFFICE.text()[:-1],
    "four characters less": OFFICE.text()[:-4],
    "a name with a space": OFFICE.text().replace("/", " ", 1),
}


@pytest.mark.parametrize("name", REFUSED_PRIVATE)
def test_a_private_key_has_one_spelling_and_no_error_shows_it(name: str) -> None:
    assert REFUSED_PRIVATE[name] != OFFICE.text()
    with pytest.raises(VerificationError) as error:
        NoteSigner.parse(REFUSED_PRIVATE[name])
    assert_silent(error.value)


@pytest.mark.parametrize("seed", [OFFICE.seed[:-1], OFFICE.seed + b"!", bytearray(OFFICE.seed), SECRET, None])
def test_a_seed_has_32_bytes_and_no_error_shows_it(seed: bytes) -> None:
    with pytest.raises(VerificationError, match="a public key or a seed has a wrong form") as error:
        NoteSigner("office", seed)
    assert_silent(error.value)


def assert_silent(error: BaseException | None) -> None:
    """Neither an error nor what led to it shows a piece of the seed."""
    while error is not None:
        shown = repr(error) + str(error)
        for start in range(4, len(SECRET) - 8):
            assert SECRET[start : start + 8] not in shown
        assert OFFICE.seed.hex()[:16] not in shown
        assert repr(OFFICE.seed)[2:30] not in shown
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


# --- notes ------------------------------------------------------------------------------------------------------------


def test_published_notes_open_as_their_sources_say(vectors: Path) -> None:
    cases = json.loads((vectors / "note" / "signed_note.json").read_text())["open"]
    assert len(cases) == 11
    assert sum(case["want_err"] for case in cases) == 6
    for case in cases:
        keys = [NoteVerifier.parse(vkey) for vkey in case["vkeys"]]
        data = base64.b64decode(case["note_b64"])
        if case["want_err"]:
            with pytest.raises(VerificationError, match=r"malformed|ambiguous|too many|control|wrong form"):
                open_note(data, keys)
            continue
        note = open_note(data, keys)
        assert note.text == split_note(data)[0] == base64.b64decode(case["text_b64"]).decode()
        assert [signature.name for signature in note.signatures] == case["verified"]


@given(st.binary() | st.text() | st.text().map(lambda text: NOTE.decode().replace("paragraphs", text)))
def test_anything_is_refused_or_a_note_that_is_joined_again(note: bytes | str) -> None:
    try:
        text, lines = split_note(note)
    except VerificationError:
        return
    assert "".join((text, "\n", *lines)) == (note if isinstance(note, str) else note.decode())
    assert join_note(text, lines).decode() == "".join((text, "\n", *dict.fromkeys(lines)))


def test_a_note_with_any_byte_changed_never_says_anything_else() -> None:
    opened = 0
    for place in range(len(NOTE)):
        for flip in (0x01, 0x02, 0x10, 0x20, 0x40, 0x80):
            changed = NOTE[:place] + bytes([NOTE[place] ^ flip]) + NOTE[place + 1 :]
            try:
                note = open_note(changed, KEYS)
            except VerificationError:
                continue
            opened += 1  # the line of one key now is a stranger's
            assert note.text == TEXT
            assert len(note.signatures) == 1
            assert note.signatures[0] in open_note(NOTE, KEYS).signatures
    assert opened > 20


@given(st.integers(0, len(NOTE)), st.integers(0, len(NOTE)), st.binary(max_size=3))
def test_a_note_with_a_piece_exchanged_never_says_anything_else(start: int, end: int, piece: bytes) -> None:
    try:
        note = open_note(NOTE[:start] + piece + NOTE[end:], KEYS)
    except VerificationError:
        return
    assert note.text == TEXT


LINE = OFFICE.sign(TEXT)
HEAD = f"{TEXT}\n"
REFUSED_NOTES: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "malformed"),
    "a text alone": (TEXT, "signature line has a wrong form"),
    "a line alone": (LINE, "malformed"),
    "no empty line": ("text\n" + LINE, "malformed"),
    "no newline at the end": ((HEAD + LINE)[:-1], "malformed"),
    "an empty line at the end": (HEAD + LINE + "\n", "malformed"),
    "an empty line between": (HEAD + LINE + "\n\n" + LINE, "no signature|wrong form|does not verify"),
    "a word behind": (HEAD + LINE + "x\n", "signature line"),
    "a hyphen for the dash": (HEAD + LINE.replace("—", "-"), "signature line|base64"),
    "two spaces": (HEAD + LINE.replace("— ", "—  "), "signature line|base64"),
    "two spaces within": (HEAD + LINE.replace("log ", "log  "), "signature line|base64"),
    "a space behind": (HEAD + LINE.replace("\n", " \n"), "signature line|base64"),
    "a plus in the name": (HEAD + LINE.replace("/", "+", 1), "signature line|base64"),
    "an ideographic space in the name": (HEAD + LINE.replace("/", "\u3000", 1), "signature line|base64"),
    "a line separator in the name": (HEAD + LINE.replace("/", "\u2028", 1), "signature line|base64"),
    "no name": (HEAD + LINE.replace(OFFICE.name, ""), "signature line|base64"),
    "no signature": (HEAD + "— office \n", "signature line|base64"),
    "a key id alone": (HEAD + "— office AAAAAA==\n", "signature line"),
    "bits to spare": (HEAD + "— office AAAAAAB=\n", "base64"),
    "no padding": (HEAD + "— office AAAAAAA\n", "base64"),
    "a tab": ("\t" + HEAD + LINE, "control character"),
    "a carriage return": (HEAD + LINE.replace("\n", "\r\n"), "control character"),
    "a zero": ("\0" + HEAD + LINE, "control character"),
    "Latin-1": ((HEAD + LINE).encode().replace("第".encode(), b"\xe9"), "not UTF-8"),
    "a surrogate in UTF-8": ((HEAD + LINE).encode().replace("第".encode(), b"\xed\xa0\x80"), "not UTF-8"),
    "a lone surrogate": ("\udc00" + HEAD + LINE, "not UTF-8"),
    "101 lines": (HEAD + LINE * (SIGNATURES_MAX + 1), "too many signatures"),
    "more than 1 MiB": ("a" * TEXT_BYTES_MAX + HEAD + LINE, "too large"),
    "another text": ("x" + HEAD + LINE, "does not verify"),
    "a line by a stranger": (HEAD + STRANGER.sign(TEXT), "no signature by a known key"),
}


@pytest.mark.parametrize("name", REFUSED_NOTES)
def test_a_wrong_note_is_refused_for_its_own_reason(name: str) -> None:
    note, reason = REFUSED_NOTES[name]
    with pytest.raises(VerificationError, match=reason):
        open_note(note, KEYS)


def test_a_note_may_be_as_long_and_as_often_signed_as_the_limits() -> None:
    text = "a" * (TEXT_BYTES_MAX - 2 - len(LINE.encode())) + "\n"
    note = join_note(text, (OFFICE.sign(text),))
    assert len(note) == TEXT_BYTES_MAX
    assert open_note(note, KEYS).text == text
    lines = [OFFICE.sign(TEXT), *(BUREAU.sign(TEXT, time) for time in range(SIGNATURES_MAX - 1))]
    assert [signature.time for signature in open_note(join_note(TEXT, lines), KEYS).signatures] == [None, 0]
    with pytest.raises(VerificationError, match="too many signatures"):
        join_note(TEXT, [*lines, BUREAU.sign(TEXT, TIME)])


def test_lines_by_strangers_are_left_aside() -> None:
    namesake = NoteSigner(OFFICE.name, STRANGER.seed)
    forged = LINE.replace(OFFICE.name, "someone.else")  # the id of a known key, another name
    note = join_note(TEXT, (STRANGER.sign(TEXT), namesake.sign("another text\n"), forged, LINE, "— 永兴 AAAAAAAA\n"))
    assert open_note(note, KEYS).signatures == (Signature(OFFICE.name, OFFICE_KEY.key_id),)


def test_a_known_keys_failing_signature_spoils_the_note() -> None:
    wrong = OFFICE.sign("another text\n")
    for lines in ((wrong, BUREAU.sign(TEXT, TIME)), (BUREAU.sign(TEXT, TIME), wrong), (LINE, wrong)):
        with pytest.raises(VerificationError, match="does not verify"):
            open_note(join_note(TEXT, lines), KEYS)


def test_a_verifier_given_twice_is_ambiguous_once_it_signed() -> None:
    with pytest.raises(VerificationError, match="a verifier is ambiguous"):
        open_note(NOTE, (OFFICE_KEY, BUREAU_KEY, OFFICE_KEY))
    with pytest.raises(VerificationError, match="a verifier is ambiguous"):
        open_note(NOTE, (NoteVerifier.parse(OFFICE.vkey), OFFICE_KEY))
    assert open_note(join_note(TEXT, (LINE,)), (BUREAU_KEY, OFFICE_KEY, BUREAU_KEY)).text == TEXT


def test_a_note_without_verifiers_is_refused() -> None:
    with pytest.raises(VerificationError, match="no signature by a known key"):
        open_note(NOTE, ())


def test_lines_are_joined_once_in_their_order() -> None:
    lines = (BUREAU.sign(TEXT, TIME), LINE, BUREAU.sign(TEXT, TIME + 1))
    note = join_note(TEXT, iter((*lines, LINE, lines[0])))
    assert split_note(note) == (TEXT, lines)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (TEXT, ()),
        (TEXT, ("",)),
        (TEXT, (LINE[:-1],)),
        (TEXT, (LINE + LINE,)),
        (TEXT, (LINE, "\n")),
        (TEXT[:-1], (LINE,)),
        ("", (LINE,)),
        ("a\n\nb", (LINE,)),
        (TEXT + "\n" + LINE + "\n", (LINE[:-1],)),
        (TEXT, "— office AAAAAAAA\n"),
    ],
)
def test_only_what_comes_apart_again_is_joined(text: str, lines: tuple[str, ...]) -> None:
    with pytest.raises(VerificationError):
        join_note(text, lines)


class Shouting(str):
    __slots__ = ()


READERS: dict[str, Callable[[object], object]] = {
    "the text of a note": lambda value: open_note(value, KEYS),  # type: ignore[arg-type]
    "verifiers": lambda value: open_note(NOTE, value),  # type: ignore[arg-type]
    "a verifier": lambda value: open_note(NOTE, (value,)),  # type: ignore[arg-type]
    "a note to split": split_note,  # type: ignore[dict-item]
    "a text to join": lambda value: join_note(value, (LINE,)),  # type: ignore[arg-type]
    "lines to join": lambda value: join_note(TEXT, value),  # type: ignore[arg-type]
    "a line to join": lambda value: join_note(TEXT, (value,)),  # type: ignore[arg-type]
    "a vkey": NoteVerifier.parse,  # type: ignore[dict-item]
    "a message": lambda value: OFFICE_KEY.verify(value, bytes(64)),  # type: ignore[arg-type]
    "a signature": lambda value: OFFICE_KEY.verify(b"", value),  # type: ignore[arg-type]
    "a name": lambda value: NoteVerifier(value, OFFICE_KEY.public_key),  # type: ignore[arg-type]
    "a public key": lambda value: NoteVerifier("office", value),  # type: ignore[arg-type]
    "a type": lambda value: NoteVerifier("office", OFFICE_KEY.public_key, value),  # type: ignore[arg-type]
    "a signer's name": lambda value: NoteSigner(value, bytes(32)),  # type: ignore[arg-type]
    "a seed": lambda value: NoteSigner("office", value),  # type: ignore[arg-type]
    "a signer's type": lambda value: NoteSigner("office", bytes(32), value),  # type: ignore[arg-type]
    "a private key": NoteSigner.parse,  # type: ignore[dict-item]
    "a text to sign": OFFICE.sign,  # type: ignore[dict-item]
    "a time": lambda value: BUREAU.sign(TEXT, [value]),  # type: ignore[arg-type]
    "a name to spell": lambda value: verifier_key(value, bytes(32)),  # type: ignore[arg-type]
    "a key to spell": lambda value: verifier_key("office", value),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", READERS)
def test_what_has_another_type_is_refused(name: str) -> None:
    for value in (*WRONG_TYPES, Shouting("office"), b"office", bytearray(64), bytearray(32), bytearray(ED25519)):
        with pytest.raises(VerificationError):
            READERS[name](value)


# --- golden -----------------------------------------------------------------------------------------------------------


def test_a_note_is_signed_as_it_always_was(golden: Callable[[str, bytes], None]) -> None:
    golden("sealing/note.txt", NOTE)

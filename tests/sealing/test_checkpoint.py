"""Checkpoints: one spelling, and nobody believes one that their policy does not."""

import base64
import hashlib
import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadreledger.errors import VerificationError
from cadreledger.sealing.checkpoint import (
    Checkpoint,
    Policy,
    SignedCheckpoint,
    cosign,
    parse_checkpoint,
    verify_checkpoint,
)
from cadreledger.sealing.note import (
    COSIGNATURE,
    ED25519,
    NoteSigner,
    NoteVerifier,
    Signature,
    join_note,
    open_note,
    verifier_key,
)

ORIGIN = "office.example/log"
OFFICE = NoteSigner(ORIGIN, bytes(range(32)))
NEXT_OFFICE = NoteSigner(ORIGIN, bytes(range(1, 33)))
BUREAU = NoteSigner("bureau.example", bytes(range(32, 64)), COSIGNATURE)
ALIAS = NoteSigner("bureau.example/again", BUREAU.seed, COSIGNATURE)
PARTNER = NoteSigner("partner.example", bytes(range(64, 96)), COSIGNATURE)
ROOT = hashlib.sha256(b"root").digest()
CHECKPOINT = Checkpoint(ORIGIN, 42, ROOT)
AS_OF = datetime(2021, 7, 31, 12, tzinfo=UTC)
NOW = int(AS_OF.timestamp())
DAY = 86_400
POLICY = Policy(
    origin=ORIGIN, keys=(OFFICE.vkey, NEXT_OFFICE.vkey), witnesses=(BUREAU.vkey, PARTNER.vkey, ALIAS.vkey), quorum=2
)
LOG_ONLY = Policy(origin=ORIGIN, keys=(OFFICE.vkey,))
FRESH = replace(POLICY, quorum=1, age_max=timedelta(days=1), as_of=AS_OF)
NOTE = join_note(
    CHECKPOINT.text,
    (OFFICE.sign(CHECKPOINT.text), cosign(CHECKPOINT.text, BUREAU, NOW), cosign(CHECKPOINT.text, PARTNER, NOW - DAY)),
)
WRONG_TYPES: tuple[object, ...] = (None, 1, True, 1.5, [], {}, bytearray(NOTE), memoryview(NOTE), object)

lines = st.text(st.characters(codec="utf-8", exclude_characters=[chr(n) for n in range(32)]), min_size=1, max_size=20)
hashes = st.binary(min_size=32, max_size=32)
checkpoints = st.builds(
    Checkpoint, lines, st.integers(1, 2**64 - 1), hashes, st.lists(lines, max_size=3).map(tuple)
) | st.builds(Checkpoint, lines, st.just(0), st.just(hashlib.sha256(b"").digest()))


# --- the text ---------------------------------------------------------------------------------------------------------


@given(checkpoints)
def test_a_checkpoint_comes_back(checkpoint: Checkpoint) -> None:
    assert parse_checkpoint(checkpoint.text) == parse_checkpoint(checkpoint.text.encode()) == checkpoint


@given(
    st.text()
    | st.binary()
    | st.tuples(lines, st.text("0123456789+-_ ٣", max_size=22)).map(lambda t: f"{t[0]}\n{t[1]}\n{'A' * 43}=\n")
)
def test_anything_is_refused_or_the_one_spelling_of_a_checkpoint(text: str | bytes) -> None:
    try:
        checkpoint = parse_checkpoint(text)
    except VerificationError:
        return
    assert checkpoint.text == (text if isinstance(text, str) else text.decode())


def test_published_checkpoints_are_read_as_the_specification_says(vectors: Path) -> None:
    cases = json.loads((vectors / "checkpoint" / "checkpoints.json").read_text())["parse"]
    assert (len(cases), sum("out_of_spec" in case for case in cases), sum(case["want_err"] for case in cases)) == (
        13,
        2,
        7,
    )
    for case in cases:
        text = base64.b64decode(case["text_b64"])
        if case["want_err"] or "out_of_spec" in case:
            with pytest.raises(VerificationError):
                parse_checkpoint(text)
            continue
        root = base64.b64decode(case["root_b64"])
        want = Checkpoint(case["origin"], case["size"], root, tuple(case["extensions"]))
        assert parse_checkpoint(text) == want


def test_published_signed_checkpoints_are_opened_and_read(vectors: Path) -> None:
    cases = json.loads((vectors / "checkpoint" / "checkpoints.json").read_text())["signed"]
    assert len(cases) == 8
    for case in cases:
        note, keys = base64.b64decode(case["note_b64"]), [NoteVerifier.parse(vkey) for vkey in case["vkeys"]]
        policy = Policy(origin=case["source_origin"], keys=(case["vkeys"][0],))
        if case["open_want_err"]:
            with pytest.raises(VerificationError):
                open_note(note, keys)
        else:
            opened = open_note(note, keys)
            assert opened.text == base64.b64decode(case["text_b64"]).decode()
            assert [signature.name for signature in opened.signatures] == case["verified"]
        if case.get("parse") == "ok":
            believed = verify_checkpoint(note, policy)
            assert (believed.size, believed.root) == (case["size"], base64.b64decode(case["root_b64"]))
            assert [signature.name for signature in believed.signatures] == case["verified"][:1]
        else:
            with pytest.raises(VerificationError):
                verify_checkpoint(note, policy)
    assert sum(case.get("parse") == "ok" for case in cases) == 2


HASH = base64.b64encode(ROOT).decode()
REFUSED_TEXTS = {
    "nothing": ("", "malformed"),
    "two lines": ("log\n1\n", "malformed"),
    "no newline at the end": (f"log\n1\n{HASH}", "malformed"),
    "an empty line at the end": (f"log\n1\n{HASH}\n\n", "not empty"),
    "an empty line before an extension": (f"log\n1\n{HASH}\n\nx\n", "not empty"),
    "no origin": (f"\n1\n{HASH}\n", "malformed"),
    "no size": (f"log\n\n{HASH}\n", "malformed"),
    "a leading zero": (f"log\n01\n{HASH}\n", "no zero before"),
    "two zeros": (f"log\n00\n{HASH}\n", "empty tree|no zero before"),
    "a sign": (f"log\n+1\n{HASH}\n", "malformed"),
    "a negative size": (f"log\n-1\n{HASH}\n", "malformed"),
    "a space": (f"log\n 1\n{HASH}\n", "malformed"),
    "an underscore": (f"log\n1_0\n{HASH}\n", "malformed"),
    "other digits": (f"log\n٣\n{HASH}\n", "malformed"),
    "2 ** 64": (f"log\n{2**64}\n{HASH}\n", "out of range"),
    "5000 digits": (f"log\n{'1' * 5000}\n{HASH}\n", "malformed"),
    "31 bytes of root": (f"log\n1\n{base64.b64encode(ROOT[1:]).decode()}\n", "a root"),
    "33 bytes of root": (f"log\n1\n{base64.b64encode(ROOT + b'!').decode()}\n", "a root"),
    "no root": ("log\n1\n\n", "malformed"),
    "bits to spare": (f"log\n1\n{'A' * 42}B=\n", "base64"),
    "base64url": (f"log\n1\n{'_' * 42}8=\n", "base64"),
    "a space behind the root": (f"log\n1\n{HASH} \n", "base64"),
    "a control character": (f"log\t\n1\n{HASH}\n", "control character"),
    "a carriage return": (f"log\r\n1\r\n{HASH}\r\n", "control character"),
    "an empty tree with another root": (f"log\n0\n{HASH}\n", "empty tree"),
}


@pytest.mark.parametrize("name", REFUSED_TEXTS)
def test_a_wrong_text_is_refused_for_its_own_reason(name: str) -> None:
    text, reason = REFUSED_TEXTS[name]
    with pytest.raises(VerificationError, match=reason):
        parse_checkpoint(text)


REFUSED_FIELDS: dict[str, tuple[tuple[object, ...], str]] = {
    "no origin": (("", 1, ROOT), "not empty"),
    "an origin of two lines": (("a\nb", 1, ROOT), "one line"),
    "an origin with a tab": (("a\tb", 1, ROOT), "control character"),
    "an origin in bytes": ((b"log", 1, ROOT), "one line"),
    "a negative size": (("log", -1, ROOT), "out of range"),
    "2 ** 64": (("log", 2**64, ROOT), "out of range"),
    "true": (("log", True, ROOT), "out of range"),
    "a float": (("log", 1.0, ROOT), "out of range"),
    "a short root": (("log", 1, ROOT[1:]), "a root"),
    "a root that can change": (("log", 1, bytearray(ROOT)), "a root"),
    "an empty tree with another root": (("log", 0, ROOT), "empty tree"),
    "a list of extensions": (("log", 1, ROOT, ["x"]), "a tuple"),
    "a text of extensions": (("log", 1, ROOT, "x"), "a tuple"),
    "an empty extension": (("log", 1, ROOT, ("",)), "not empty"),
    "an extension of two lines": (("log", 1, ROOT, ("a\nb",)), "one line"),
}


@pytest.mark.parametrize("name", REFUSED_FIELDS)
def test_no_checkpoint_is_made_that_cannot_be_read(name: str) -> None:
    fields, reason = REFUSED_FIELDS[name]
    with pytest.raises(VerificationError, match=reason):
        Checkpoint(*fields)  # type: ignore[arg-type] # on purpose


# --- whom to believe --------------------------------------------------------------------------------------------------


def test_a_cosigned_checkpoint_is_believed() -> None:
    signatures = (
        Signature(ORIGIN, NoteVerifier.parse(OFFICE.vkey).key_id),
        Signature(BUREAU.name, NoteVerifier.parse(BUREAU.vkey).key_id, NOW),
        Signature(PARTNER.name, NoteVerifier.parse(PARTNER.vkey).key_id, NOW - DAY),
    )
    want = SignedCheckpoint(ORIGIN, 42, ROOT, (), signatures)
    assert verify_checkpoint(NOTE, POLICY) == verify_checkpoint(NOTE.decode(), POLICY) == want
    assert want.cosigned_at == NOW - DAY
    assert want.text == CHECKPOINT.text


def test_without_witnesses_the_logs_word_is_enough() -> None:
    believed = verify_checkpoint(NOTE, LOG_ONLY)
    assert (believed.size, len(believed.signatures), believed.cosigned_at) == (42, 1, None)


def test_any_key_of_the_log_will_do() -> None:
    for signer in (OFFICE, NEXT_OFFICE):
        note = join_note(CHECKPOINT.text, (signer.sign(CHECKPOINT.text),))
        assert verify_checkpoint(note, replace(POLICY, quorum=0)).size == 42
    with pytest.raises(VerificationError, match="no signature by a known key"):
        verify_checkpoint(join_note(CHECKPOINT.text, (NEXT_OFFICE.sign(CHECKPOINT.text),)), LOG_ONLY)


def test_another_log_is_not_believed() -> None:
    for origin in (ORIGIN + "/", ORIGIN.upper(), "office.example"):
        with pytest.raises(VerificationError, match="of another log"):
            verify_checkpoint(NOTE, replace(POLICY, origin=origin))


def test_witnesses_alone_are_not_believed() -> None:
    note = join_note(CHECKPOINT.text, (cosign(CHECKPOINT.text, BUREAU, NOW), cosign(CHECKPOINT.text, PARTNER, NOW)))
    with pytest.raises(VerificationError, match="not signed by the log"):
        verify_checkpoint(note, POLICY)


def test_what_the_log_signed_but_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(VerificationError, match="a checkpoint is malformed"):
        verify_checkpoint(join_note("hello\n", (OFFICE.sign("hello\n"),)), LOG_ONLY)


def test_one_witness_under_two_names_is_one() -> None:
    cosigned = (cosign(CHECKPOINT.text, BUREAU, NOW), cosign(CHECKPOINT.text, ALIAS, NOW))
    note = join_note(CHECKPOINT.text, (OFFICE.sign(CHECKPOINT.text), *cosigned))
    assert len(verify_checkpoint(note, replace(POLICY, quorum=1)).signatures) == 3
    with pytest.raises(VerificationError, match="too few cosignatures"):
        verify_checkpoint(note, POLICY)


def test_one_witness_twice_is_one() -> None:
    cosigned = (cosign(CHECKPOINT.text, BUREAU, NOW), cosign(CHECKPOINT.text, BUREAU, NOW + 1))
    with pytest.raises(VerificationError, match="too few cosignatures"):
        verify_checkpoint(join_note(CHECKPOINT.text, (OFFICE.sign(CHECKPOINT.text), *cosigned)), POLICY)


def test_the_logs_key_is_no_witness() -> None:
    itself = NoteSigner("other.example", OFFICE.seed, COSIGNATURE)
    with pytest.raises(VerificationError, match="a policy has a wrong key"):
        Policy(origin=ORIGIN, keys=(OFFICE.vkey,), witnesses=(itself.vkey,), quorum=1)


@pytest.mark.parametrize(
    ("seconds", "counts"),
    [
        (-(2**62), False),
        (-DAY - 1, False),
        (-DAY, False),
        (-DAY + 1, True),
        (0, True),
        (300, True),
        (301, False),
        (2**62, False),
    ],
)
def test_cosignatures_count_in_their_time(seconds: int, counts: bool) -> None:  # noqa: FBT001 - a column of a table
    time = max(NOW + seconds, 0)
    note = join_note(CHECKPOINT.text, (OFFICE.sign(CHECKPOINT.text), cosign(CHECKPOINT.text, BUREAU, time)))
    elsewhere = replace(FRESH, as_of=AS_OF.astimezone(timezone(timedelta(hours=8))))
    for policy in (FRESH, elsewhere):
        if counts:
            assert verify_checkpoint(note, policy).cosigned_at == time
        else:
            with pytest.raises(VerificationError, match="too few cosignatures"):
                verify_checkpoint(note, policy)
    assert verify_checkpoint(note, replace(POLICY, quorum=1)).cosigned_at == time


@given(st.integers(-400_000_000, 100_000_000_000), st.integers(1, 200_000_000_000), st.integers(0, 999_999))
def test_times_are_compared_to_the_microsecond(ahead_us: int, age_us: int, fraction_us: int) -> None:
    as_of = AS_OF + timedelta(microseconds=fraction_us)
    time = NOW + ahead_us // 10**6
    cosigned = datetime.fromtimestamp(time, UTC)
    note = join_note(CHECKPOINT.text, (OFFICE.sign(CHECKPOINT.text), cosign(CHECKPOINT.text, BUREAU, time)))
    age_max = timedelta(microseconds=age_us)
    try:
        verify_checkpoint(note, replace(FRESH, age_max=age_max, as_of=as_of))
    except VerificationError:
        assert not as_of - age_max < cosigned <= as_of + timedelta(minutes=5)
    else:
        assert as_of - age_max < cosigned <= as_of + timedelta(minutes=5)


def test_ages_at_the_ends_of_the_calendar_are_no_trouble() -> None:
    for hours in (-23, 0, 23):
        zone = timezone(timedelta(hours=hours))
        for as_of in (datetime.min.replace(tzinfo=zone), datetime.max.replace(tzinfo=zone)):
            policy = replace(FRESH, as_of=as_of, age_max=timedelta.max)
            with pytest.raises(VerificationError, match="too few") if as_of.year == 1 else nullcontext():
                verify_checkpoint(NOTE, policy)


REFUSED_POLICIES: dict[str, tuple[dict[str, object], str]] = {
    "no origin": ({"origin": ""}, "one line"),
    "an origin of two lines": ({"origin": "a\nb"}, "one line"),
    "no key": ({"keys": ()}, "wrong key"),
    "keys in a list": ({"keys": [OFFICE.vkey]}, "wrong type"),
    "keys in a text": ({"keys": OFFICE.vkey}, "wrong type"),
    "a key that is none": ({"keys": ("office",)}, "a key has a wrong form"),
    "a key that is a verifier": ({"keys": (NoteVerifier.parse(OFFICE.vkey),)}, "a key has a wrong form"),
    "a key twice": ({"keys": (OFFICE.vkey, OFFICE.vkey)}, "each once"),
    "a key of a witness": ({"keys": (BUREAU.vkey,)}, "of type 1"),
    "a witness with a key of a log": ({"witnesses": (NEXT_OFFICE.vkey,), "quorum": 1}, "of type 4"),
    "a witness twice": ({"witnesses": (BUREAU.vkey, BUREAU.vkey)}, "each once"),
    "a negative quorum": ({"quorum": -1}, "a quorum is out of range"),
    "a quorum nobody can meet": ({"quorum": 4}, "a quorum is out of range"),
    "true as a quorum": ({"quorum": True}, "a quorum is out of range"),
    "no time": ({"as_of": None}, "a policy's age"),
    "no quorum": ({"quorum": 0}, "a policy's age"),
    "no age": ({"age_max": timedelta()}, "a policy's age"),
    "a negative age": ({"age_max": timedelta(-1)}, "a policy's age"),
    "an age in seconds": ({"age_max": 60}, "a policy's age"),
    "a time without zone": ({"as_of": AS_OF.replace(tzinfo=None)}, "no time zone"),
    "a day": ({"as_of": AS_OF.date()}, "no time zone"),
    "a time in seconds": ({"as_of": NOW}, "no time zone"),
}


@pytest.mark.parametrize("name", REFUSED_POLICIES)
def test_a_policy_that_makes_no_sense_is_refused(name: str) -> None:
    changes, reason = REFUSED_POLICIES[name]
    with pytest.raises(VerificationError, match=reason):
        replace(FRESH, **changes)  # type: ignore[arg-type] # on purpose


def test_a_checkpoint_with_any_byte_changed_never_says_anything_else() -> None:
    policy = replace(POLICY, quorum=1)
    for place in range(len(NOTE)):
        for flip in (0x01, 0x04, 0x20, 0x80):
            changed = NOTE[:place] + bytes([NOTE[place] ^ flip]) + NOTE[place + 1 :]
            try:
                believed = verify_checkpoint(changed, policy)
            except VerificationError:
                continue
            assert believed.text == CHECKPOINT.text
            with pytest.raises(VerificationError):  # one of the witnesses is a stranger now
                verify_checkpoint(changed, POLICY)


@given(st.binary() | st.text())
def test_anything_else_is_refused(note: bytes | str) -> None:
    with pytest.raises(VerificationError):
        verify_checkpoint(note, LOG_ONLY)


def test_what_has_another_type_is_refused() -> None:
    for value in WRONG_TYPES:
        for call in (
            lambda: parse_checkpoint(value),  # type: ignore[arg-type] # noqa: B023 - called at once
            lambda: verify_checkpoint(value, POLICY),  # type: ignore[arg-type] # noqa: B023
            lambda: verify_checkpoint(NOTE, value),  # type: ignore[arg-type] # noqa: B023
            lambda: cosign(value, BUREAU, NOW),  # type: ignore[arg-type] # noqa: B023
            lambda: cosign(CHECKPOINT.text, value, NOW),  # type: ignore[arg-type] # noqa: B023
            lambda: cosign(CHECKPOINT.text, BUREAU, [value]),  # type: ignore[arg-type] # noqa: B023
        ):
            with pytest.raises(VerificationError):
                call()


# --- cosigning --------------------------------------------------------------------------------------------------------


@given(checkpoints.filter(lambda checkpoint: checkpoint.size > 0), st.integers(0, 2**63 - 1))
def test_a_cosignature_is_a_line_of_the_note(checkpoint: Checkpoint, time: int) -> None:
    note = join_note(checkpoint.text, (OFFICE.sign(checkpoint.text), cosign(checkpoint.text, BUREAU, time)))
    policy = Policy(origin=checkpoint.origin, keys=(OFFICE.vkey,), witnesses=(BUREAU.vkey,), quorum=1)
    believed = verify_checkpoint(note, policy)
    assert (believed.text, believed.cosigned_at) == (checkpoint.text, time)


def test_an_empty_tree_is_not_cosigned() -> None:
    with pytest.raises(VerificationError, match="empty tree is not cosigned"):
        cosign(Checkpoint(ORIGIN, 0, hashlib.sha256(b"").digest()).text, BUREAU, NOW)


def test_only_checkpoints_are_cosigned_and_by_witnesses_only() -> None:
    with pytest.raises(VerificationError, match="a checkpoint is malformed"):
        cosign("hello\n", BUREAU, NOW)
    with pytest.raises(VerificationError, match="a time is missing or too much"):
        cosign(CHECKPOINT.text, OFFICE, NOW)
    with pytest.raises(VerificationError, match="a time is missing or too much"):
        cosign(CHECKPOINT.text, BUREAU, None)  # type: ignore[arg-type] # on purpose


# --- golden -----------------------------------------------------------------------------------------------------------


def test_a_checkpoint_is_cosigned_as_it_always_was(golden: Callable[[str, bytes], None]) -> None:
    golden("sealing/checkpoint.txt", NOTE)


def test_the_keys_are_spelt_as_they_always_were(golden: Callable[[str, bytes], None]) -> None:
    keys = [OFFICE.vkey, BUREAU.vkey, verifier_key(OFFICE.name, NoteVerifier.parse(OFFICE.vkey).public_key, ED25519)]
    assert keys[0] == keys[2]
    golden("sealing/keys.txt", "".join(key + "\n" for key in keys[:2]).encode())

"""The page's own reading of statements beside the auditor's: the same check fails, whatever a hostile office signs."""

from __future__ import annotations  # Playwright may be missing

import json
from base64 import b64encode
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.audit.test_statements_forged import ANOTHER, PERSON, REGISTERED, SIGNER, Said, forged, visit, voiding

from cadreledger.audit import Trust
from cadreledger.audit.statement import verify_statement
from cadreledger.disclosure.page import program
from cadreledger.disclosure.statement import Statement, StatementEvent
from cadreledger.disclosure.statement_page import PROGRAM
from cadreledger.disclosure.vocabulary import vocabulary_json
from cadreledger.events import NOTED, VOCABULARY, Event
from cadreledger.events.cadre import CadreChanged, MemberJoined, Relation, TransferSent, WishClaimed
from cadreledger.events.dues import DuesAssessed, DuesReceived, PaymentMethod
from cadreledger.sealing import (
    INTERNAL_TAG,
    PERSONAL_TAG,
    Checkpoint,
    base64url,
    commitment,
    inclusion_proof,
    join_note,
    leaf_hash,
    split_salt,
    tree_root,
)
from cadreledger.values import Money, Month, StreamKind, stream_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

OFTEN = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TRUST = Trust(as_of=datetime(2200, 1, 1, tzinfo=UTC), keys=(SIGNER.vkey,))
BRANCH = stream_id(StreamKind.BRANCH, "YXZ1")
VERIFY = """async ([data, log]) => {
  const told = [];
  await verifyStatement(fromBase64(data, "x"), log, (name, ok, detail) => {
    told.push([name, ok === false ? detail.code : ""]);
    if (ok === false && detail.code === "broken") throw new Error(detail.found);
  });
  return told;
}"""
DUES = DuesReceived(
    occurred_on=date(2021, 7, 5),
    amount=Money(850),
    for_month=Month(2021, 7),
    held=False,
    branch=BRANCH,
    method=PaymentMethod.CASH,
    note="现金",
)
ENTRIES: tuple[Event, ...] = (
    REGISTERED,
    visit(1),
    DUES,
    DuesAssessed(occurred_on=None, owed=Money(850), scheme="retired", valid_from=Month(2021, 7), policy_version="1"),
    CadreChanged(occurred_on=None, frail_delta=1, full_member_on=date(1971, 7, 1), phone="100"),
    MemberJoined(occurred_on=date(2021, 7, 1), branch=BRANCH, relation=Relation.FORMAL),
    TransferSent(
        occurred_on=date(2021, 7, 1),
        from_branch=BRANCH,
        to_branch="branch:YXZ2",
        paid_to=Month(2021, 6),
        expires_on=date(2021, 10, 1),
    ),
    WishClaimed(occurred_on=date(2021, 7, 9), wish=2, claimant="志愿者"),
    voiding(2, visit(1), 1),
)
WORDS = st.sampled_from(
    [
        *("", "door", "2021-07", "2021-02-30", "2021-07-05", "0000-01-01", "1899-12-31", "9999-01-01", PERSON, ANOTHER),
        *(BRANCH, "branch:", "branch:甲\u3000", "branch:ﬁ", "cadre:0", "staff:a", "Staff", "void/1", "visit.made/1"),
        *("A" * 43, "0" * 32, "2021-07-06T01:02:03.000004Z", "2021-07-06T25:02:03.000004Z", "2021-07-06T01:02:03Z"),
        *("甲\n", "\u2028", "retired", "study", "1", "mistake"),
    ]
)
VALUES = st.one_of(
    WORDS,
    st.booleans(),
    st.integers(-2, 3),
    st.sampled_from([2**53 - 1, 1 - 2**53, 1900, 10**4]),
    st.lists(WORDS, max_size=2),
    st.just({}),
    st.dictionaries(st.sampled_from(["type", "mode", "amount", "occurred_on"]), WORDS, max_size=2),
)
NAMES = st.sampled_from(
    [
        *("type", "stream", "version", "recorded_at", "by", "tx", "tx_size", "occurred_on", "registered_on", "source"),
        *("replaces", "subject", "personal", "kind", "mode", "repeated", "amount", "for_month", "held", "branch"),
        *("reason", "smartphone", "frail_delta", "full_member_on", "wish", "undoes", "undoes_type", "target_leaf"),
        *("of_version", "paid_to", "to_branch", "owed", "method", "note", "x"),
    ]
)


@pytest.fixture(scope="module")
def reader(chromium: Browser) -> Iterator[Page]:
    """A blank page with the functions of the page's program in it."""
    constants = (f"const VOCABULARY = {vocabulary_json()};",)
    text = program(PROGRAM[:-1], constants).removeprefix("(() => {\n").removesuffix("})();\n")
    page = chromium.new_page()
    page.add_script_tag(content=text)
    yield page
    page.close()


def failing(page: Page, data: bytes) -> tuple[str, str]:
    """The check that fails in the page, and by which fault; both "" where all hold."""
    log = {"origin": SIGNER.name, "keys": [{"key": SIGNER.vkey, "size": 1}]}
    told = page.evaluate(VERIFY, [b64encode(data).decode("ascii"), log])
    return next(((name, code) for name, code in told if code), ("", ""))


def auditors(data: bytes) -> str:
    found = verify_statement(data, TRUST)
    return next((check.name for check in found.checks if not check.ok), "")


SAID: list[list[Said]] = [
    [(REGISTERED, 1, PERSON), (visit(1), 2, PERSON)],
    [(REGISTERED, 1, PERSON), (visit(1), 2, PERSON), (visit(2), 2, PERSON)],
    [(REGISTERED, 2, PERSON), (visit(1), 1, PERSON)],
    [(REGISTERED, 1, PERSON), (visit(1), 2, ANOTHER)],
    [(CadreChanged(name="赵某", occurred_on=None), 1, PERSON)],
    *(
        [(REGISTERED, 1, PERSON), (visit(1), 2, PERSON), (void, 3, PERSON)]
        for void in (
            voiding(2, visit(1), 1),
            voiding(99, visit(1), 1),
            voiding(1, visit(1), 1),
            voiding(2, visit(9), 1),
        )
    ),
    [(REGISTERED, 1, PERSON), *((voiding(2, visit(1), 1), version, PERSON) for version in (3, 4))],
    [(REGISTERED, 1, PERSON), (visit(1), 2, PERSON), *((voiding(2, visit(1), 1), at, PERSON) for at in (3, 4))],
    [(REGISTERED, 1, PERSON), (voiding(1, REGISTERED, 0), 2, PERSON)],
    [(event, at, PERSON) for at, event in enumerate(ENTRIES, start=1)],
]


@pytest.mark.parametrize("said", SAID)
def test_what_an_office_can_sign_and_not_show(reader: Page, said: list[Said]) -> None:
    data = forged(said)
    assert failing(reader, data)[0] == auditors(data)


def test_each_size_of_log_and_each_place_in_it(reader: Page) -> None:
    for size in range(1, 34):
        said: list[Said] = [(REGISTERED, 1, PERSON), *((visit(1), at, PERSON) for at in range(2, size + 1))]
        data = forged(said)
        assert failing(reader, data)[0] == auditors(data) == ""
        document = json.loads(data)
        document["events"][-1]["proof"].append(base64url(bytes(32)).replace("-", "+").replace("_", "/") + "=")
        longer = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
        assert failing(reader, longer) == ("inclusion", "inclusion_wrong")
        assert auditors(longer) == "inclusion"


def signed(sections: list[tuple[dict[str, Any], bytes, bytes | None]]) -> bytes:
    """A statement whose log commits to these: header without `internal`, internal section, personal section."""
    headers = [
        json.dumps({**header, "internal": commitment(INTERNAL_TAG, internal)}, sort_keys=True, ensure_ascii=False,
                   separators=(",", ":")).encode()
        for header, internal, _ in sections
    ]  # fmt: skip
    leaves = list(map(leaf_hash, headers))
    text = Checkpoint(SIGNER.name, len(leaves), tree_root(leaves)).text
    events = tuple(
        StatementEvent(at, headers[at], internal, personal, inclusion_proof(at, len(leaves), node_of(leaves)))
        for at, (_, internal, personal) in enumerate(sections)
    )
    return Statement(SIGNER.name, PERSON, join_note(text, [SIGNER.sign(text)]), events).to_json()


def node_of(leaves: list[bytes]) -> Any:  # noqa: ANN401 - a reader of nodes
    return lambda level, index: tree_root(leaves[index << level : (index + 1) << level])


def header_of(inside: dict[str, Any]) -> dict[str, Any]:
    """The header that a hostile office would write for an internal section, be it what it may."""
    voids = inside.get("type") == "void/1"
    shown = inside.get("undoes") if voids else inside
    shape = VOCABULARY.shapes.get(shown.get("type", "")) if isinstance(shown, dict) and hashable(shown) else None
    if shape is None or not isinstance(shown, dict) or not shape.event_class.counted:
        return {"type": NOTED}
    header = {name: shown[name] for name, _ in shape.public_fields if name in shown}
    header["type"] = shown["type"]
    if "occurred_on" in shown:
        header["month"] = str(shown["occurred_on"])[:7]
    return {**header, "sign": -1, "voids": inside.get("target_leaf", "")} if voids else header


def hashable(shown: dict[str, Any]) -> bool:
    return isinstance(shown.get("type"), str)


def events_of(said: list[Said]) -> list[tuple[bytes, bytes | None]]:
    return [(event.internal, event.personal) for event in Statement.parse(forged(said)).events]


def like(value: object) -> st.SearchStrategy[Any]:
    """Something that might stand in the place of ``value``, as often as not."""
    if isinstance(value, bool):
        return st.booleans()
    if isinstance(value, int):
        return st.integers(value - 1, value + 1)
    if not isinstance(value, str):
        return VALUES
    others = [text.replace("2021", "2020") for text in (value,)] + [value + "0", value[:-1], value.upper()]
    return st.sampled_from([*others, "yes", "online", "2020-02-29", "cash", "veteran", ANOTHER])


@OFTEN
@given(data=st.data(), which=st.integers(0, len(ENTRIES) - 1), inner=st.booleans())
def test_any_section_is_read_as_the_auditor_reads_it(
    reader: Page,
    data: st.DataObject,
    which: int,
    inner: bool,  # noqa: FBT001 - drawn
) -> None:
    opened = events_of([(event, at, PERSON) for at, event in enumerate(ENTRIES, start=1)])
    salt, section = split_salt(opened[which][0])
    inside = json.loads(section)
    about = inside["undoes"] if inner and "undoes" in inside else inside
    for _ in range(data.draw(st.sampled_from([0, 1, 1, 1, 2]))):
        name = data.draw(st.sampled_from(sorted(about)) | NAMES)
        value = data.draw(like(about.get(name)) | like(about.get(name)) | VALUES | st.none())
        about.pop(name, None)
        if value is not None:
            about[name] = value
    changed = salt + json.dumps(inside, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    sections = [
        (header_of(json.loads(split_salt(internal)[1])), internal, personal)
        for internal, personal in (*opened[:which], (changed, opened[which][1]), *opened[which + 1 :])
    ]
    made = signed(sections)
    assert failing(reader, made)[0] == auditors(made)


@OFTEN
@given(personal=st.binary(max_size=60) | st.just(bytes(32) + b'{"name":"x"}') | st.just(bytes(32) + b'{"y":1}'))
def test_any_personal_section_is_read_as_the_auditor_reads_it(reader: Page, personal: bytes) -> None:
    (internal, _) = events_of([(REGISTERED, 1, PERSON)])[0]
    salt, section = split_salt(internal)
    inside = {**json.loads(section), "personal": commitment(PERSONAL_TAG, personal)}
    changed = salt + json.dumps(inside, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    data = signed([(header_of(inside), changed, personal)])
    try:
        expected = auditors(data)
    except ValueError:
        pytest.fail("the auditor broke")
    assert failing(reader, data)[0] == expected


@OFTEN
@given(at=st.integers(0, 10**6), how=st.integers(0, 3), letter=st.sampled_from(list(b'0aA"[]{},:\\\xff')))
def test_any_byte_that_is_changed_is_found_by_the_same_check(reader: Page, at: int, how: int, letter: int) -> None:
    data = bytearray(forged(SAID[5]))
    place = at % len(data)
    if how == 0:
        data[place] = letter
    elif how == 1:
        del data[place : place + 7]
    elif how == 2:
        data[place:place] = data[max(0, place - 20) : place]
    else:
        data[place] ^= 1
    changed = bytes(data)
    assert failing_but_signature(reader, changed) == (auditors(changed) or "")


def failing_but_signature(page: Page, data: bytes) -> str:
    """A blank page has no WebCrypto, so what only a signature shows is shown by nothing."""
    found = failing(page, data)[0]
    return "signature" if found != "signature" and auditors(data) == "signature" else found

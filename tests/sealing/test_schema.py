"""The header schema: it takes every header that this library writes, and nothing that says something else."""

import json
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.audit.headers import check_headers
from tests.strategies import CLASSES, FEW, KEY, entries_for, events, json_documents, voids_of

from cadreledger.audit.header_rules import HeaderRules
from cadreledger.errors import VerificationError
from cadreledger.events import VOCABULARY, Codec, Event
from cadreledger.figures import Catalogue, View, evaluate
from cadreledger.sealing import canonical, decode_frame, leaf_hash, parse_canonical, schema
from cadreledger.sealing.schema import HeaderSchema

SHIPPED = files("cadreledger.figures").joinpath("catalogue.json").read_bytes()
CATALOGUE = Catalogue.load()
SCHEMA = HeaderSchema.parse(SHIPPED)
FIELDS = {header.name: {field.name: field for field in header.fields} for header in CATALOGUE.schema}

Document = dict[str, Any]
Table = dict[str, Any]


def text(digest: bytes) -> str:
    """32 bytes as a header writes them."""
    return urlsafe_b64encode(digest).decode().rstrip("=")


def secret(number: int) -> str:
    """A commitment to something."""
    return text(sha256(b"%d" % number).digest())


def refused(what: str) -> "pytest.RaisesExc[VerificationError]":
    return pytest.raises(VerificationError, match=what)


# --- the file --------------------------------------------------------------------------------------------------------


def test_it_declares_what_the_catalogue_declares() -> None:
    assert SCHEMA.digest == CATALOGUE.digest
    assert SCHEMA.types.keys() == FIELDS.keys()
    assert [tuple(check) for check in SCHEMA.checks] == [
        (check.type, check.field, check.counts) for check in CATALOGUE.checks
    ]


def _row(table: Table, name: str, **wanted: object) -> Document:
    (row,) = [row for row in table[name] if wanted.items() <= row.items()]
    return row  # type: ignore[no-any-return]  # from JSON


WRONG_FILES: dict[str, Callable[[Table], object]] = {
    "another format": lambda t: t.update(format="catalogue/2"),
    "has other members": lambda t: t.update(secrets=[]),
    "catalogue has no table": lambda t: t.pop("checks"),
    "a table is none": lambda t: t.update(checks={}),
    "another member of a header": lambda t: t["headers"][0].update(sign=1),
    "no month": lambda t: t["headers"][0].pop("month"),
    "another month": lambda t: t["headers"][0].update(month="maybe"),
    "another role": lambda t: t["headers"][0].update(role="secret"),
    "no wire name": lambda t: t["headers"][1].update(type="ledger opened"),
    "a line break behind a name": lambda t: t["headers"][5].update(type="dues.tallied/1\n"),
    "a type listed twice": lambda t: t["headers"].append(t["headers"][1]),
    "noted/1 not listed": lambda t: t["headers"].pop(0),
    "a field listed twice": lambda t: t["fields"].append(t["fields"][0]),
    "a field of no type": lambda t: t["fields"].append({"type": "tea.drunk/1", "field": "cups", "form": "count"}),
    "a field that every header has": lambda t: t["fields"].append(
        {"type": "noted/1", "field": "voids", "form": "count"}
    ),
    "a field called type": lambda t: t["fields"].append({"type": "noted/1", "field": "type", "form": "count"}),
    "a field with a capital": lambda t: t["fields"].append({"type": "noted/1", "field": "Cups", "form": "count"}),
    "another form": lambda t: _row(t, "fields", field="repeated").update(form="float"),
    "values of a boolean": lambda t: _row(t, "fields", field="repeated").update(values=["yes"]),
    "values as one text": lambda t: _row(t, "fields", field="use").update(values="training"),
    "values that are none": lambda t: _row(t, "fields", field="use").update(values=[1]),
    "a word that is not ASCII": lambda t: _row(t, "fields", field="use").update(values=["培训"]),
    "no pattern": lambda t: _row(t, "fields", field="origin").pop("pattern"),
    "a pattern that is none": lambda t: _row(t, "fields", field="origin").update(pattern=7),
    "a check of no field": lambda t: t["checks"][0].update(field="receipts"),
    "a check of a type that counts nothing known": lambda t: t["checks"][0].update(counts="tea.drunk/1"),
    "a check of a word": lambda t: t["checks"][0].update(type="visit.made/1", field="mode"),
    "a check of a type without months": lambda t: t["checks"][0].update(counts="partner.joined/1"),
    "a check of a type by itself": lambda t: t["checks"][0].update(counts="dues.tallied/1"),
}


@pytest.mark.parametrize("wrong", WRONG_FILES)
def test_a_file_that_makes_no_sense_is_refused(wrong: str) -> None:
    table = json.loads(SHIPPED)
    WRONG_FILES[wrong](table)
    with refused("header schema"):
        HeaderSchema.parse(json.dumps(table).encode())


def test_a_key_that_stands_twice_is_refused() -> None:
    with refused("contradicts itself"):
        HeaderSchema.parse(SHIPPED.replace(b'"format": "catalogue/1"', b'"format": "x", "format": "catalogue/1"'))


@given(st.binary() | json_documents.map(canonical) | st.integers(0, len(SHIPPED) - 3).map(lambda end: SHIPPED[:end]))
def test_any_bytes_are_a_schema_or_a_verification_error(data: bytes) -> None:
    with pytest.raises(VerificationError):
        HeaderSchema.parse(data)


@given(st.data())
def test_a_file_with_one_cell_changed_is_a_schema_or_a_verification_error(data: st.DataObject) -> None:
    table = json.loads(SHIPPED)
    rows = table[data.draw(st.sampled_from(["headers", "fields", "checks"]))]
    row = data.draw(st.sampled_from(rows))
    junk = st.none() | st.integers() | st.text() | st.lists(st.text() | st.integers()) | st.floats() | json_documents
    row[data.draw(st.sampled_from(sorted(row)))] = data.draw(junk)
    try:
        HeaderSchema.parse(json.dumps(table).encode())
    except VerificationError:
        return


@pytest.mark.parametrize("pattern", sorted({field.pattern for fields in FIELDS.values() for field in fields.values()}))
def test_patterns_of_the_catalogue_are_plain(pattern: str) -> None:
    assert schema._PLAIN.fullmatch(pattern)


PATTERNS = ["(a+)+b", "a*", "a+", "a?", ".{1,9}", "[a-z]{1,9}[a-z]{1,9}", "a{1,}", "a{,9}", "[^a]", "^a", "a$", r"\d"]
PATTERNS += [r"(?i)a", "a{1000}", "a{1,1000}", "a{2}{3}", "{3}", "[]", "[", "a{9,1}", "[z-a]", "[a--b]", "é", "a b"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_that_could_keep_a_verifier_busy_is_refused(pattern: str) -> None:
    table = json.loads(SHIPPED)
    _row(table, "fields", field="origin").update(pattern=pattern)
    with refused("header schema"):
        HeaderSchema.parse(json.dumps(table).encode())


# --- one header ------------------------------------------------------------------------------------------------------


def header_of(event: Event, data: st.DataObject) -> bytes:
    target = getattr(event, "undoes", None) or event
    state = Codec(VOCABULARY).encode(event, data.draw(entries_for(type(target))), KEY).state
    return decode_frame(state).header


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.wire)
@FEW
@given(data=st.data())
def test_every_event_and_its_void_have_a_header_of_the_schema(cls: type[Event], data: st.DataObject) -> None:
    control = cls.wire in {"ledger.opened/1", "key.rotated/1", "witnesses.named/1", "catalogue.adopted/1"}
    header = header_of(data.draw(events(cls)), data)
    assert SCHEMA.read(header) == json.loads(header)
    void = header_of(data.draw(voids_of(cls)), data)
    if control:
        with refused("other fields"):
            SCHEMA.read(void)
    else:
        assert SCHEMA.read(void) == json.loads(void)


def values() -> st.SearchStrategy[object]:
    """What may stand under a name, right and wrong."""
    words = [value for fields in FIELDS.values() for field in fields.values() for value in field.values]
    texts = [secret(1), secret(2), "2021-07", "2021-1", "", "é", *FIELDS]
    numbers = st.sampled_from([0, 1, -1, 2**53 - 1, 2**53, -(2**53), -(2**53) + 1])
    return st.sampled_from([*words, *texts]) | st.booleans() | numbers | st.lists(st.just(secret(1)), max_size=2)


DOCUMENTS: dict[str, Document] = {
    "noted/1": {},
    "ledger.opened/1": {
        "origin": "office.example/log",
        "suite": "sha256-ed25519",
        "keys": ["office.example/log+0123abcd+" + "A" * 44],
        "catalogue": SCHEMA.digest,
    },
    "key.rotated/1": {"key": 'a"b\\+0123abcd+' + "A" * 44},
    "dues.tallied/1": {"month": "2021-07", "amount": -850, "payments": -1, "refunds": 0},
    "fund.spent/1": {"month": "2021-07", "amount": 850, "use": "training"},
    "visit.made/1": {"month": "2021-07", "mode": "door", "repeated": False},
    "partner.joined/1": {"month": "2021-07"},
}


def document(name: str, **changes: object) -> Document:
    """A good header, with changes (None: without it)."""
    whole = {"type": name, "internal": secret(0), **DOCUMENTS.get(name, {}), **changes}
    return {key: value for key, value in whole.items() if value is not None}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_header_as_declared_is_read(name: str) -> None:
    assert SCHEMA.read(canonical(document(name))) == document(name)


@given(st.data())
def test_what_the_schema_takes_is_canonical_and_the_catalogue_and_its_sums_take_it_too(data: st.DataObject) -> None:
    """A good header with a few members put in, changed or left out."""
    made = document(data.draw(st.sampled_from(sorted(DOCUMENTS))))
    names = [
        "internal",
        "type",
        "month",
        "sign",
        "voids",
        "other",
        *(name for each in FIELDS.values() for name in each),
    ]
    for name in data.draw(st.lists(st.sampled_from(names), max_size=2)):
        made[name] = data.draw(st.none() | values())
    header = json.dumps(
        {name: value for name, value in made.items() if value is not None},
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    try:
        read = SCHEMA.read(header)
    except VerificationError:
        return
    assert read == parse_canonical(header)
    fields = FIELDS[str(read["type"])]
    assert all(field.holds(read[name]) for name, field in fields.items())
    assert read.keys() - {"internal", "type", "month", "sign", "voids"} == fields.keys()
    evaluate([(header, None)], CATALOGUE, View.PUBLIC)


WRONG_HEADERS: list[tuple[str, str, Document]] = [
    ("known type", "tea.drunk/1", {}),
    ("known type", "void/1", {}),
    ("other fields", "noted/1", {"month": "2021-07"}),
    ("other fields", "noted/1", {"sign": -1, "voids": secret(1)}),
    ("other fields", "noted/1", {"internal": None}),
    ("other fields", "key.rotated/1", {"sign": -1, "voids": secret(1)}),
    ("other fields", "visit.made/1", {"month": None}),
    ("other fields", "visit.made/1", {"repeated": None}),
    ("other fields", "visit.made/1", {"remark": "x"}),
    ("other fields", "visit.made/1", {"sign": -1}),
    ("other fields", "visit.made/1", {"voids": secret(1)}),
    ("sign", "visit.made/1", {"sign": 1, "voids": secret(1)}),
    ("sign", "visit.made/1", {"sign": True, "voids": secret(1)}),
    ("voids", "visit.made/1", {"sign": -1, "voids": secret(1)[:-1]}),
    ("mode", "visit.made/1", {"mode": "Door"}),
    ("mode", "visit.made/1", {"mode": "door "}),
    ("mode", "visit.made/1", {"mode": ["door"]}),
    ("repeated", "visit.made/1", {"repeated": 0}),
    ("amount", "fund.spent/1", {"amount": -1}),
    ("amount", "fund.spent/1", {"amount": True}),
    ("amount", "fund.spent/1", {"amount": "1"}),
    ("amount", "dues.tallied/1", {"amount": False}),
    ("keys", "ledger.opened/1", {"keys": "a"}),
    ("keys", "ledger.opened/1", {"keys": ["a"]}),
    ("keys", "ledger.opened/1", {"keys": [1]}),
    ("origin", "ledger.opened/1", {"origin": "a\n"}),
    ("origin", "ledger.opened/1", {"origin": "永兴"}),
    ("suite", "ledger.opened/1", {"suite": "sm2"}),
    ("internal", "noted/1", {"internal": secret(1)[:-1]}),
    ("internal", "noted/1", {"internal": secret(1)[:-1] + "B"}),  # bits behind the 256th
    ("internal", "noted/1", {"internal": secret(1) + "="}),
    ("internal", "noted/1", {"internal": 1}),
    *(
        ("month", "visit.made/1", {"month": month})
        for month in ("2021-7", "2021-00", "2021-13", "1899-12", "9999-01", "2021-07 ", "２021-07", 202107)
    ),
]


@pytest.mark.parametrize(("what", "name", "changes"), WRONG_HEADERS)
def test_a_header_that_is_otherwise_is_refused(what: str, name: str, changes: Document) -> None:
    with refused(what):
        SCHEMA.read(canonical(document(name, **changes)))


GOOD = canonical(document("dues.tallied/1", payments=1, refunds=0))
NOT_CANONICAL = [
    b"",
    b"null",
    b"[]",
    b'"noted/1"',
    b"\xff",
    b"[" * 4000,
    GOOD + b" ",
    b" " + GOOD,
    b"\xef\xbb\xbf" + GOOD,
    GOOD.decode().encode("utf-16"),
    GOOD.replace(b'"payments":1', b'"payments":1.0'),
    GOOD.replace(b'"payments":1', b'"payments":1e0'),
    GOOD.replace(b'"payments":1', b'"payments":1.5'),
    GOOD.replace(b'"payments":1', b'"payments":NaN'),
    GOOD.replace(b'"payments":1', b'"payments":null'),
    GOOD.replace(b'"payments":1', b'"payments":01'),
    GOOD.replace(b'"refunds":0', b'"refunds":-0'),
    GOOD.replace(b'"payments":1', b'"payments":9007199254740992'),
    GOOD.replace(b'"payments":1', b'"payments":1,"payments":1'),
    GOOD.replace(b'"payments":1', b'"payments":' + b"1" * 4000),
    GOOD.replace(b"dues", b"\\u0064ues"),
    canonical(document("partner.joined/1", sign=-1, voids=secret(1))).replace(b":-1,", b":-1.0,"),
    canonical({"b": 1, **document("noted/1")}).replace(b'"b":1,', b'"__proto__":{},'),
    b'{"type":"noted/1","internal":"%s"}' % secret(0).encode(),
]


@pytest.mark.parametrize("header", NOT_CANONICAL)
def test_a_header_has_one_form(header: bytes) -> None:
    with pytest.raises(VerificationError):
        SCHEMA.read(header)


@pytest.mark.parametrize("junk", [None, 7, "x", GOOD.decode(), [GOOD], memoryview(GOOD)])
def test_a_header_is_bytes(junk: bytes) -> None:
    with pytest.raises(VerificationError):
        SCHEMA.read(junk)


def test_a_header_has_at_most_4096_bytes() -> None:
    def opened(name_chars: int) -> bytes:
        keys = ["a" * chars + "+0123abcd+" + "A" * 44 for chars in (*[255] * 12, name_chars)]
        return canonical(document("ledger.opened/1", keys=keys))

    longest = 4096 - len(opened(0))
    assert 0 < longest < 255
    assert SCHEMA.read(opened(longest))
    with refused("canonical"):
        SCHEMA.read(opened(longest + 1))


@given(st.binary() | json_documents.map(canonical))
def test_any_bytes_are_refused_in_our_words(data: bytes) -> None:
    with pytest.raises(VerificationError):
        SCHEMA.read(data)


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_a_header_with_one_byte_changed_is_canonical_or_refused(place: int, change: int) -> None:
    changed = bytearray(GOOD)
    changed[place] ^= change
    try:
        read = SCHEMA.read(bytes(changed))
    except VerificationError:
        return
    assert read == parse_canonical(bytes(changed))


# --- all headers -----------------------------------------------------------------------------------------------------

OTHER = HeaderSchema.parse(SHIPPED.replace(b"fund.spent", b"tea.had"))
SCHEMAS = {SCHEMA.digest: SCHEMA, OTHER.digest: OTHER}
OPENED = canonical(document("ledger.opened/1", internal=secret(1)))
VISIT = document("visit.made/1", internal=secret(2))
PAID = document("dues.received/1", month="2021-07", internal=secret(3))


def tally(number: int, month: str = "2021-07", payments: int = 1, **more: object) -> Document:
    changes = {"month": month, "payments": payments, "internal": secret(number), **more}
    return document("dues.tallied/1", **changes)


def void(target: Mapping[str, object], number: int, **changes: object) -> Document:
    leaf = text(leaf_hash(canonical(dict(target))))  # type: ignore[arg-type] # a document
    return {**target, "internal": secret(number), "sign": -1, "voids": leaf, **changes}


def check(*documents: Document, month_max: str | None = None, first: bytes = OPENED) -> None:
    headers = [first, *map(canonical, documents)]
    check_headers(lambda: iter(headers), SCHEMAS, month_max)


def test_a_ledger_in_order_is_taken() -> None:
    check(VISIT, PAID, void(VISIT, 10), tally(11), document("noted/1"), month_max="2021-07")


@pytest.mark.parametrize(
    ("what", "documents"),
    [
        ("leaf 1: a ledger is opened by leaf 0", [document("ledger.opened/1", internal=secret(9))]),
        ("leaf 1: a header has other fields", [VISIT | {"voids": secret(1)}]),
        ("leaf 2: a header lies in the future", [VISIT, tally(9, "2021-09", 0)]),
        ("leaf 2: the schema in force", [VISIT, document("catalogue.adopted/1", catalogue=secret(1))]),
        ("leaf 3: a leaf is voided again", [VISIT, void(VISIT, 8), void(VISIT, 9)]),
        ("leaf 1: a void does not repeat an earlier entry", [void(VISIT, 8), VISIT]),
        ("leaf 1: a void names no leaf", [void(VISIT, 8)]),
        ("leaf 3: a void does not repeat an earlier entry", [VISIT, void(VISIT, 8), void(void(VISIT, 8), 9)]),
        ("leaf 2: a void does not repeat an earlier entry", [VISIT, void(VISIT, 8, mode="online")]),
        ("leaf 2: a void does not repeat an earlier entry", [VISIT, void(VISIT, 8, month="2021-06")]),
        (
            "leaf 2: a void does not repeat an earlier entry",
            [
                document("wish.made/1", month="2021-07"),
                void(document("wish.made/1", month="2021-07"), 8, type="issue.found/1"),
            ],
        ),
        (
            "leaf 2: a header has other fields",
            [document("key.rotated/1"), void(document("key.rotated/1"), 8)],
        ),
        ("leaf 3: a commitment stands twice", [VISIT, document("noted/1"), document("noted/1", internal=secret(2))]),
        ("leaf 1: a commitment stands twice", [document("noted/1", internal=secret(1))]),
        ("leaf 2: a commitment stands twice", [VISIT, VISIT]),
        ("in 2021-07, the payments of dues.tallied/1 are not the number of dues.received/1", [PAID]),
        ("in 2021-06, the payments", [PAID, tally(9), tally(10, "2021-06", -1)]),
        ("in 2021-07, the refunds", [PAID, tally(9, refunds=1)]),
        ("in 2021-07, the payments", [PAID, tally(9), void(PAID, 10)]),
    ],
)
def test_what_does_not_hold_is_refused_at_its_leaf(what: str, documents: Sequence[Document]) -> None:
    with refused(what):
        check(*documents, month_max="2021-08")


def test_the_sum_tells_the_difference() -> None:
    with refused("payments") as caught:
        check(PAID, tally(9, payments=3))
    assert caught.value.found == "+2"


def test_a_void_of_a_payment_is_tallied_as_one_fewer() -> None:
    check(PAID, tally(9), void(PAID, 10), tally(11, payments=-1))
    check(PAID, tally(9), void(tally(9), 10), tally(11))


@pytest.mark.parametrize(
    ("what", "headers"),
    [
        ("leaf 0 is missing", []),
        ("leaf 0: the schema in force", [canonical(VISIT)]),
        ("leaf 0: the schema in force", [OPENED.replace(SCHEMA.digest.encode(), secret(1).encode())]),
        ("leaf 0: a ledger is opened", [canonical(document("catalogue.adopted/1", catalogue=SCHEMA.digest))]),
        ("leaf 0: bytes are not canonical", [b"{"]),
        ("leaf 0: bytes are not canonical", [OPENED[:-1] + b" }"]),
    ],
)
def test_leaf_0_opens_the_ledger(what: str, headers: list[bytes]) -> None:
    with refused(what):
        check_headers(lambda: headers, SCHEMAS, None)


def test_a_schema_is_the_one_that_its_digest_names() -> None:
    with refused("leaf 0: the schema in force is not at hand"):
        check_headers(lambda: [OPENED], {SCHEMA.digest: OTHER}, None)


def test_an_adopted_catalogue_holds_from_the_next_header_on() -> None:
    spent = document("fund.spent/1", internal=secret(5))
    tea = {**spent, "type": "tea.had/1", "internal": secret(6)}
    adopted = document("catalogue.adopted/1", catalogue=OTHER.digest, internal=secret(7))
    check(spent, adopted, tea, void(tea, 9))
    with refused("leaf 1: a header is not canonical JSON of a known type"):
        check(tea, adopted)
    with refused("leaf 2: a header is not canonical JSON of a known type"):
        check(adopted, spent)


def test_a_payment_of_before_an_adopted_catalogue_is_tallied_after_it() -> None:
    adopted = document("catalogue.adopted/1", catalogue=OTHER.digest, internal=secret(7))
    check(PAID, adopted, tally(9))
    with refused("payments"):
        check(PAID, adopted)


@pytest.mark.parametrize("month", ["2021", "2021-13", "", 202107, "2021-07-05"])
def test_the_latest_month_has_a_form(month: str) -> None:
    with refused("latest month"):
        HeaderRules(SCHEMAS, month)


def test_the_headers_that_are_read_again_are_those_read_before() -> None:
    headers = [OPENED, canonical(VISIT), canonical(document("noted/1"))]
    for others in (headers[:2], headers[::-1], [*headers, headers[2]], [*headers[:2], canonical(PAID)]):
        with refused("not those read before"):
            check_headers(iter([headers, others]).__next__, SCHEMAS, None)


def test_a_leaf_hash_that_is_not_the_headers_is_noticed() -> None:
    rules = HeaderRules(SCHEMAS, None)
    rules.take(OPENED, leaf_hash(OPENED))
    rules.take(canonical(VISIT), leaf_hash(OPENED))
    rules.close()
    with refused("not those read before"):
        rules.look_again([OPENED, canonical(VISIT)])


def test_two_commitments_may_have_one_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """By chance, which cannot be waited for."""
    monkeypatch.setattr(schema, "hash", lambda _text: 7, raising=False)
    check(VISIT, PAID, tally(9))
    with refused("leaf 3: a commitment stands twice"):
        check(VISIT, document("noted/1"), document("noted/1", internal=VISIT["internal"]))


# --- against a model that keeps everything ---------------------------------------------------------------------------


def naive(headers: Sequence[bytes], month_max: str | None) -> bool:
    """Whether the rules hold, asked one by one over all headers at once."""
    documents: list[Document] = [json.loads(header) for header in headers]
    leaves = [text(leaf_hash(header)) for header in headers]
    shown = [
        {name: value for name, value in each.items() if name not in {"internal", "sign", "voids"}} for each in documents
    ]
    voids = [(index, each["voids"]) for index, each in enumerate(documents) if "voids" in each]
    payments: Counter[str] = Counter()
    for each in documents:
        sign = each.get("sign", 1)
        if each["type"] == "dues.received/1":
            payments[each["month"]] += sign
        if each["type"] == "dues.tallied/1":
            payments[each["month"]] -= sign * each["payments"]
    return (
        [index for index, each in enumerate(documents) if each["type"] == "ledger.opened/1"] == [0]
        and all(each.get("month", "") <= month_max for each in documents if month_max)
        and len({each["internal"] for each in documents}) == len(documents)
        and len({target for _, target in voids}) == len(voids)
        and all(target in leaves[:index] for index, target in voids)
        and all("voids" not in documents[leaves.index(target)] for _, target in voids)
        and all(shown[leaves.index(target)] == shown[index] for index, target in voids)
        and not any(payments.values())
    )


@st.composite
def ledgers(draw: st.DrawFn) -> list[bytes]:
    """Short ledgers, most of them right; in the others something is off."""
    made: list[Document] = []
    odds = st.integers(0, 15)
    for number in range(draw(st.integers(0, 8))):
        month = draw(st.sampled_from(["2021-06", "2021-07"]))
        plain: list[Document] = [each for each in made if "voids" not in each and each["type"] != "noted/1"]
        kind = draw(st.sampled_from(["visit", "paid", "noted", "void"]))
        if kind == "void" and plain:
            target = draw(st.sampled_from(made if not draw(odds) else plain))
            changes: Document = {} if draw(odds) else {"month": month}
            made.append(void(target, number, **changes))
        elif kind == "paid":
            made.append(document("dues.received/1", month=month, internal=secret(number)))
        elif kind == "noted":
            made.append(document("noted/1", internal=secret(number if draw(odds) else 0)))
        else:
            made.append(document("visit.made/1", month=month, internal=secret(number)))
    for place, month in enumerate(["2021-06", "2021-07"]):
        paid = sum(each.get("sign", 1) for each in made if each["type"] == "dues.received/1" and each["month"] == month)
        made.append(tally(100 + place, month, paid if draw(odds) else paid + 1))
    if not draw(odds):
        made = draw(st.permutations(made))
    return [canonical(each) for each in [document("ledger.opened/1", internal=secret(200)), *made]]


def holds(headers: Iterable[bytes], month_max: str | None) -> bool:
    try:
        check_headers(lambda: headers, SCHEMAS, month_max)
    except VerificationError:
        return False
    return True


@given(ledgers(), st.sampled_from([None, "2021-07", "2021-06"]))
def test_the_rules_are_those_of_a_model_that_keeps_everything(headers: list[bytes], month_max: str | None) -> None:
    schema_holds = True
    try:
        for header in headers:
            SCHEMA.read(header)
    except VerificationError:
        schema_holds = False
    assert holds(headers, month_max) is (schema_holds and naive(headers, month_max))

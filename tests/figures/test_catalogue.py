"""The published file: what it promises to verifiers, and that it refuses to contradict itself."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from enum import Enum
from hashlib import sha256
from importlib.resources import files
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadreledger.errors import VerificationError
from cadreledger.events import VOCABULARY, Dated
from cadreledger.figures import Catalogue, Kind, View, Visibility
from cadreledger.figures.declaration import Dating, Field, Form, Role
from cadreledger.sealing import canonical, parse_canonical
from cadreledger.values import Money

SHIPPED = files("cadreledger.figures").joinpath("catalogue.json").read_bytes()
CATALOGUE = Catalogue.load()
SCHEMA = {header.name: header for header in CATALOGUE.schema}
DIGEST = "GilSX27c2Ip4K_XmdPm-jWAiHGuP2L1gV1gLuwbUZ_M"

# figures.md, row by row
FIGURES = """
dues.collected          flow  CNY_fen      public
dues.credited           flow  CNY_fen      attested
dues.remitted           flow  CNY_fen      public
dues.returned           flow  CNY_fen      public
fund.spent              flow  CNY_fen      public
visits.made             flow  person-times public
visits.online           flow  person-times public
study.sessions          flow  sessions     public
study.exchanges         flow  sessions     public
party_days.held         flow  sessions     public
meetings.held           flow  sessions     public
recreation.held         flow  sessions     public
performances.held       flow  sessions     public
performances.items      flow  items        public
ceremonies.held         flow  sessions     public
attendance.in_person    flow  person-times public
attendance.made_up      flow  person-times public
wishes.made             flow  wishes       public
wishes.fulfilled        flow  item-times   public
surveys.made            flow  surveys      public
observation.people      flow  people       public
tutoring.given          flow  sessions     public
issues.found            flow  issues       public
issues.rectified        flow  issues       public
issues.verified         flow  issues       public
applications.submitted  flow  dossiers     public
recommendations.made    flow  opinions     public
notices.published       flow  issues       public
suggestions.received    flow  suggestions  public
suggestions.answered    flow  suggestions  public
cadres.veteran          stock people       public
cadres.retired          stock people       public
cadres.smartphone       stock people       attested
cadres.frail            stock people       attested
members.affiliated      stock people       attested
members.participating   stock people       attested
teams.service           stock teams        public
teams.cultural          stock teams        public
service.people          stock people       public
service.social_workers  stock people       public
rooms.count             stock rooms        public
books.volumes           stock volumes      public
equipment.items         stock items        public
furniture.items         stock items        public
venues.partner          stock venues       public
power.partner           stock points       public
partners.count          stock units        public
regulations.in_force    stock documents    public
"""


def test_the_figures_are_those_of_the_design() -> None:
    rows = [(figure.key, figure.kind, figure.unit, figure.visibility) for figure in CATALOGUE.declarations]
    assert rows == [tuple(line.split()) for line in FIGURES.split("\n") if line]


def test_every_figure_has_a_title_in_both_languages() -> None:
    for figure in CATALOGUE.declarations:
        assert figure.en.isascii()
        assert figure.zh
        assert not figure.zh.isascii()


def test_the_digest_is_that_of_the_files_bytes() -> None:
    assert CATALOGUE.digest == urlsafe_b64encode(sha256(SHIPPED).digest()).decode().rstrip("=")
    assert Catalogue.parse(SHIPPED) == CATALOGUE
    assert Catalogue.parse(SHIPPED + b"\n").digest != CATALOGUE.digest


def test_the_catalogue_is_the_one_that_ledgers_follow() -> None:
    assert CATALOGUE.digest == DIGEST, (
        "the catalogue changed: older ledgers must adopt it; say so in a changelog fragment"
    )


def test_canonical_json_can_hold_it() -> None:
    table = json.loads(SHIPPED)
    assert parse_canonical(canonical(table)) == table


def test_no_figure_sums_an_event_twice() -> None:
    """Of the terms that a view has of one figure and type, filters let an event through at most one."""
    for figure in CATALOGUE.declarations:
        for view in View:
            seen: dict[str, list[dict[str, object]]] = {}
            for term in figure.terms(view):
                where: dict[str, object] = dict(term.where)
                for other in seen.setdefault(term.type, []):
                    assert any(where[name] != other[name] for name in where.keys() & other.keys()), figure.key
                seen[term.type].append(where)


READ_BY_DISCLOSURE = {"notice.published/1": {"number", "supersedes", "period", "size", "digest"}}
"""What no figure sums and the public reads all the same: which notices there were, of which months, what each replaces,
and by size and digest of which ledger and which bytes it is.
"""


def test_a_public_field_is_there_exactly_if_something_reads_it() -> None:
    read: dict[str, set[str]] = {name: READ_BY_DISCLOSURE.get(name, set()).copy() for name in SCHEMA}
    for figure in CATALOGUE.declarations:
        for term in figure.public:
            read[term.type] |= term.fields | set(figure.by)
    for check in CATALOGUE.checks:
        read[check.type].add(check.field)
    for header in CATALOGUE.schema:
        if header.role is not Role.CONTROL:
            assert {field.name for field in header.fields} == read[header.name], header.name


def test_a_header_names_its_type_exactly_if_something_counts_it() -> None:
    counted = {term.type for figure in CATALOGUE.declarations for term in figure.public}
    counted |= {check.counts for check in CATALOGUE.checks}
    assert {header.name for header in CATALOGUE.schema if header.role is Role.COUNTED} == counted
    assert {header.name for header in CATALOGUE.schema if header.role is Role.CONTROL} == {
        "ledger.opened/1",
        "key.rotated/1",
        "witnesses.named/1",
        "catalogue.adopted/1",
    }


def test_the_public_reads_nobodys_amount() -> None:
    for figure in CATALOGUE.declarations:
        for term in figure.public:
            assert term.type not in {"dues.received/1", "dues.refunded/1"}
    assert SCHEMA["dues.received/1"].fields == SCHEMA["dues.refunded/1"].fields == ()


def test_an_attested_figure_is_not_given_to_the_public() -> None:
    for figure in CATALOGUE.declarations:
        attested = figure.visibility is Visibility.ATTESTED
        assert figure.given_in(View.PUBLIC) is not attested
        assert bool(figure.terms(View.PUBLIC)) is not attested
        assert figure.given_in(View.OFFICE)
        assert figure.terms(View.OFFICE)


def test_headers_and_events_are_of_one_mind() -> None:
    counted = {cls.wire: cls for cls in VOCABULARY.classes() if cls.counted and cls.wire != "void/1"}
    assert SCHEMA.keys() - {"noted/1"} == counted.keys()
    month = {Dated.ALWAYS: Dating.REQUIRED, Dated.MAYBE: Dating.OPTIONAL, Dated.NEVER: Dating.ABSENT}
    for wire, cls in counted.items():
        header = SCHEMA[wire]
        public = set(VOCABULARY.public_fields(wire))
        assert {field.name for field in header.fields} == public - {"month"}, wire
        assert header.month is (Dating.REQUIRED if "month" in public else month[cls.dated]), wire
        for field in header.fields:
            _agrees(field, get_type_hints(cls)[field.name])


def _agrees(field: Field, hint: object) -> None:
    if isinstance(hint, type) and issubclass(hint, Enum):
        assert field.values == tuple(member.value for member in hint)
    else:
        forms: dict[object, set[Form]] = {
            bool: {Form.BOOLEAN},
            int: {Form.COUNT, Form.DELTA},
            Money: {Form.AMOUNT, Form.DELTA},
            str: {Form.TEXT, Form.WORD},
            tuple[str, ...]: {Form.TEXTS},
        }
        assert field.form in forms[hint]


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (Field("mode", Form.WORD, ("door", "online")), ["door"], ["Door", "", 1, None]),
        (Field("repeated", Form.BOOLEAN), [True, False], [0, 1, "true", None]),
        (Field("items", Form.COUNT), [0, 17], [-1, True, 1.0, "1"]),
        (Field("amount", Form.AMOUNT), [0, 127500], [-1, False, 8.5]),
        (Field("payments", Form.DELTA), [-1, 0, 1], [True, 0.5, "1"]),
        (Field("key", Form.TEXT, pattern="[a-z]{2}"), ["ab"], ["a", "abc", "ab\n", "１２", 7]),
        (Field("keys", Form.TEXTS, pattern="[a-z]{2}"), [[], ["ab", "cd"]], ["ab", ["ab", "c"], [1], None]),
    ],
)
def test_a_field_tells_its_form(field: Field, good: list[object], bad: list[object]) -> None:
    assert all(field.holds(value) for value in good)
    assert not any(field.holds(value) for value in bad)


Table = dict[str, Any]


def _row(table: Table, name: str, **wanted: object) -> dict[str, Any]:
    """The one row of a table that has the members wanted."""
    (row,) = [row for row in table[name] if wanted.items() <= row.items()]
    return row  # type: ignore[no-any-return]  # from JSON


CONTRADICTIONS: dict[str, Callable[[Table], object]] = {
    "listed twice": lambda t: t["headers"].append(t["headers"][0]),
    "noted/1 is not listed": lambda t: t["headers"].pop(0),
    "a field is listed twice": lambda t: t["fields"].append(t["fields"][0]),
    "for no header type": lambda t: t["fields"].append({"type": "tea.drunk/1", "field": "cups", "form": "count"}),
    "values are for words": lambda t: _row(t, "fields", field="repeated").update(values=["yes"]),
    "a pattern is for text": lambda t: _row(t, "fields", field="origin").update(pattern="(["),
    "nothing to check": lambda t: t["checks"][0].update(field="receipts"),
    "a figure is listed twice": lambda t: t["figures"].append(t["figures"][0]),
    "which is no figure": lambda t: t["terms"].append(t["terms"][0] | {"figure": "tea.drunk"}),
    "not those of a figure that is attested": lambda t: _row(t, "figures", key="wishes.made").update(
        visibility="attested"
    ),
    "not those of a figure that is public": lambda t: _row(t, "figures", key="cadres.frail").update(
        visibility="public"
    ),
    "does not publish what is summed": lambda t: _row(t, "terms", type="fund.spent/1").update(sum="receipts"),
    "need not have a month": lambda t: _row(t, "headers", type="wish.made/1").update(month="optional"),
    "never as the filter wants it": lambda t: _row(t, "terms", figure="study.sessions").update(where={"kind": "tea"}),
    "no number to sum": lambda t: _row(t, "terms", type="fund.spent/1").update(sum="use"),
    "cannot be broken down so": lambda t: _row(t, "figures", key="fund.spent").update(by=["amount"]),
}


@pytest.mark.parametrize("complaint", CONTRADICTIONS)
def test_a_catalogue_that_contradicts_itself_is_refused(complaint: str) -> None:
    table = json.loads(SHIPPED)
    CONTRADICTIONS[complaint](table)
    with pytest.raises(VerificationError, match="contradicts itself") as caught:
        Catalogue.parse(json.dumps(table).encode())
    assert complaint in caught.value.found


UNREADABLE: dict[str, Callable[[Table], object]] = {
    "another format": lambda t: t.update(format="catalogue/2"),
    "an unknown table": lambda t: t.update(secrets=[]),
    "an unknown member of a term": lambda t: t["terms"][0].update(factor=2),
    "another weight": lambda t: t["terms"][0].update(weight=2),
    "no wire name": lambda t: t["headers"][1].update(type="ledger opened"),
    "a line break after a key": lambda t: t["figures"][0].update(key="dues.collected\n"),
    "no kind": lambda t: t["figures"][0].update(kind="pool"),
}


@pytest.mark.parametrize("change", UNREADABLE)
def test_a_catalogue_that_is_not_understood_is_refused(change: str) -> None:
    table = json.loads(SHIPPED)
    UNREADABLE[change](table)
    with pytest.raises(VerificationError, match="cannot be read"):
        Catalogue.parse(json.dumps(table).encode())


@given(st.binary() | st.recursive(st.none() | st.text(), st.lists).map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_catalogue_or_a_verification_error(data: bytes) -> None:
    with pytest.raises(VerificationError):
        Catalogue.parse(data)


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"format": "\xff"}', SHIPPED[:-3]])
def test_damaged_bytes_are_a_verification_error(data: bytes) -> None:
    with pytest.raises(VerificationError):
        Catalogue.parse(data)


def test_every_flow_of_the_public_has_a_month() -> None:
    for figure in CATALOGUE.declarations:
        if figure.kind is Kind.FLOW:
            for term in figure.public:
                assert SCHEMA[term.type].month is Dating.REQUIRED

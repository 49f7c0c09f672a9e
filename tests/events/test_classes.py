"""The machinery of event classes: fields in sections, checked values, nothing that can change."""

import re
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import CLASSES, FEW, events, voids_of

from cadreledger.errors import InputError
from cadreledger.events import (
    VOCABULARY,
    Dated,
    Event,
    Section,
    event,
    evolve,
    internal,
    mentions,
    own_fields,
    personal,
    public,
    resting_field,
    without_personal,
)
from cadreledger.events.branch import FundReturned, FundSpent, FundUse
from cadreledger.events.cadre import (
    CadreKind,
    CadreRegistered,
    ConsentChanged,
    MemberJoined,
    Relation,
    VisitConfirmed,
    VisitMode,
)
from cadreledger.events.community import NoticePublished
from cadreledger.events.dues import DuesAllocated
from cadreledger.events.facility import BookingMade, OpeningSet
from cadreledger.events.kinds import kind_of
from cadreledger.events.ledger import CatalogueAdopted, DuesTallied, LedgerOpened
from cadreledger.events.sections import META
from cadreledger.events.void import Void, VoidReason
from cadreledger.values import Money, Month, Quantity, StreamId, StreamKind, fen

EVERY: Final = VOCABULARY.classes()
DAY: Final = date(2021, 7, 5)
IMMUTABLE: Final = {str, int, bool, date, Money, Month, tuple}

each_class = pytest.mark.parametrize("cls", EVERY, ids=lambda cls: cls.wire)


# --- every class of the vocabulary ------------------------------------------------------------------------------------


@each_class
def test_a_class_says_what_it_is(cls: type[Event]) -> None:
    assert cls.__doc__
    assert cls.__doc__.endswith((".", ".\n    "))
    assert re.fullmatch(r"[a-z]+(\.[a-z]+)?/[1-9]", cls.wire)
    assert VOCABULARY.shapes[cls.wire].event_class is cls


@each_class
def test_every_field_is_in_a_section_and_of_a_kind(cls: type[Event]) -> None:
    frame_fields = {"occurred_on"} | ({"undoes", "undoes_as_stored"} if cls is Void else set())
    assert {field.name for field in attrs.fields(cls)} - {field.name for field in own_fields(cls)} == frame_fields  # type: ignore[arg-type] # an attrs class, by our decorator
    for field in own_fields(cls):
        assert isinstance(field.metadata["section"], Section)
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,31}", field.name), "canonical JSON could not hold that name"
        assert field.name not in META
        exact = field.metadata["kind"].exact
        assert exact in IMMUTABLE or issubclass(exact, Enum)
        assert exact not in (int, Money) or field.metadata["unit"], "a number has a unit"
        if issubclass(exact, Enum):
            assert all(isinstance(word.value, str) and word.value.isascii() for word in exact)


@each_class
def test_a_class_says_which_streams_may_hold_it(cls: type[Event]) -> None:
    assert cls.streams <= set(StreamKind)
    assert bool(cls.streams) is (cls is not Void), "only a void has no place of its own: it goes where its target is"


def test_every_kind_of_stream_holds_something() -> None:
    assert set(StreamKind) == {kind for cls in EVERY for kind in cls.streams}


RESTING: Final = {
    "visit": {"visit.confirmed/1"},
    "payment": {"dues.allocated/1", "dues.refunded/1"},
    "wish": {"wish.claimed/1", "wish.cancelled/1", "wish.fulfilled/1"},
    "booking": {"booking.cancelled/1"},
    "partner": {"partner.changed/1", "partner.left/1"},
    "suggestion": {"suggestion.answered/1"},
    "issue": {"issue.rectified/1", "issue.verified/1"},
}
"""Which classes rest on another event of their stream, by the field that names its version."""


def test_what_rests_on_something_is_known() -> None:
    found = {field: {cls.wire for cls in EVERY if resting_field(cls) == field} for field in map(resting_field, EVERY)}
    assert {field: classes for field, classes in found.items() if field} == RESTING


@each_class
@FEW
@given(data=st.data())
def test_an_event_rests_on_the_version_that_it_names_or_on_none(cls: type[Event], data: st.DataObject) -> None:
    happened = data.draw(voids_of(CLASSES[-1]) if cls is Void else events(cls))
    field = resting_field(cls)
    assert happened.rests_on() == (getattr(happened, field) if field else None)
    if field:
        assert evolve(happened, **{field: 17}).rests_on() == 17
        for nothing in (0, -1, None, True):
            with pytest.raises(InputError, match=f"{field} has a wrong"):
                evolve(happened, **{field: nothing})


@each_class
def test_what_is_personal_may_be_gone(cls: type[Event]) -> None:
    for field in own_fields(cls):
        if field.metadata["section"] is Section.PERSONAL:
            assert (field.default, field.repr, field.metadata["kind"].exact) == (None, False, str)


def test_wire_names_and_class_names_are_told_apart() -> None:
    assert len({cls.wire for cls in EVERY}) == len({cls.__name__ for cls in EVERY}) == len(EVERY)


@each_class
@FEW
@given(data=st.data())
def test_no_event_can_be_changed(cls: type[Event], data: st.DataObject) -> None:
    happened = data.draw(voids_of(CLASSES[-1]) if cls is Void else events(cls))
    for field in attrs.fields(cls):  # type: ignore[arg-type] # an attrs class, by our decorator
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(happened, field.name, getattr(happened, field.name))
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            delattr(happened, field.name)
    with pytest.raises((attrs.exceptions.FrozenInstanceError, AttributeError)):
        happened.more = 1  # type: ignore[attr-defined] # on purpose
    assert not hasattr(happened, "__dict__")
    assert hash(happened) == hash(evolve(happened))  # so all that it holds is immutable too
    assert happened == evolve(happened)


@each_class
def test_fields_are_given_by_name(cls: type[Event]) -> None:
    with pytest.raises(TypeError):
        cls(DAY)  # type: ignore[call-arg] # on purpose


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [datetime(2021, 7, 5), "2021-07-05", date(1899, 12, 31), date(9999, 1, 1), 20210705])  # noqa: DTZ001 - on purpose
def test_a_wrong_date_is_refused(day: Any) -> None:  # noqa: ANN401 - on purpose
    with pytest.raises(InputError, match=r"visit.confirmed/1 has a wrong date"):
        VisitConfirmed(mode=VisitMode.DOOR, visit=1, occurred_on=day)
    with pytest.raises(InputError, match=r"full_member_on"):
        registered(full_member_on=day)


def test_a_date_is_there_as_the_class_says() -> None:
    with pytest.raises(InputError, match=r"visit.confirmed/1 needs a date"):
        VisitConfirmed(mode=VisitMode.DOOR, visit=1)
    with pytest.raises(InputError, match="wrong date: expected no date"):
        CatalogueAdopted(catalogue="A" * 43, occurred_on=DAY)
    assert registered(occurred_on=DAY).occurred_on == DAY
    assert registered().occurred_on is None


def registered(**more: object) -> CadreRegistered:
    said: dict[str, object] = {"kind": CadreKind.RETIRED, "smartphone": True, "frail": False}
    return CadreRegistered(**said | more)  # type: ignore[arg-type] # by name, and wrong on purpose


# --- values -----------------------------------------------------------------------------------------------------------


def returned(**more: object) -> FundReturned:
    said: dict[str, object] = {"amount": fen(100), "occurred_on": DAY}
    return FundReturned(**said | more)  # type: ignore[arg-type] # by name, and wrong on purpose


def joined(**more: object) -> MemberJoined:
    said: dict[str, object] = {"branch": StreamId("branch:B1"), "relation": Relation.FORMAL}
    return MemberJoined(**said | more)  # type: ignore[arg-type] # by name, and wrong on purpose


def allocated(**more: object) -> DuesAllocated:
    said: dict[str, object] = {"payment": 1, "for_month": Month(2021, 7), "amount": fen(1), "occurred_on": DAY}
    return DuesAllocated(**said | more)  # type: ignore[arg-type] # by name, and wrong on purpose


def opened(**more: object) -> LedgerOpened:
    vkey = "office+0123abcd+" + "A" * 44
    said: dict[str, object] = {
        "origin": "office.example/log",
        "suite": "sha256-ed25519",
        "keys": (vkey,),
        "catalogue": "A" * 43,
        "time_zone": "Asia/Shanghai",
        "name": "永兴社区",
        "key_store": "0" * 32,
    }
    return LedgerOpened(**said | more)  # type: ignore[arg-type] # by name, and wrong on purpose


def published(**more: object) -> NoticePublished:
    said: dict[str, object] = {
        "number": "2021-1",
        "edition": 1,
        "supersedes": 0,
        "period": "2021-01..2021-06",
        "size": 0,
        "digest": "",
        "title": "公示2021-1",
        "occurred_on": DAY,
    }
    return NoticePublished(**said | more)  # type: ignore[arg-type] # by name, and wrong on purpose


def opening(**more: object) -> OpeningSet:
    said: dict[str, object] = {"windows": ("1-5 08:30-16:30", "6 09:00-24:00")}
    return OpeningSet(**said | more)  # type: ignore[arg-type] # by name, and wrong on purpose


def booked(**more: object) -> BookingMade:
    said: dict[str, object] = {"start": "2021-07-05T14:00", "end": "2021-07-05T16:00", "occurred_on": DAY}
    return BookingMade(**said | more)  # type: ignore[arg-type] # by name, and wrong on purpose


def consented(**more: object) -> ConsentChanged:
    said: dict[str, object] = {"purpose": "public_praise", "given": True, "occurred_on": DAY}
    return ConsentChanged(**said | more)  # type: ignore[arg-type] # by name, and wrong on purpose


WRONG: Final[dict[str, tuple[Callable[..., Event], str, object, str]]] = {
    "a word that is no member": (registered, "kind", "retired", "wrong type"),
    "a member of another enum": (registered, "kind", Relation.FORMAL, "wrong type"),
    "a number for a boolean": (registered, "smartphone", 1, "wrong type"),
    "nothing for a boolean": (registered, "frail", None, "wrong type"),
    "bytes for text": (registered, "name", b"name", "wrong type"),
    "a lone surrogate": (registered, "name", "\ud800", "well-formed"),
    "a number for money": (returned, "amount", 100, "wrong type"),
    "less than nothing": (returned, "amount", fen(-1), "at least 0 fen"),
    "optional money below nothing": (returned, "base", fen(-1), "at least 0 fen"),
    "a share of more than all": (returned, "share", "1.1", "wrong form"),
    "a share in other digits": (returned, "share", "0.５", "wrong form"),
    "a share with a line end": (returned, "share", "0.5\n", "wrong form"),
    "a boolean for a number": (allocated, "payment", True, "wrong type"),
    "a float for a number": (allocated, "payment", 1.0, "wrong type"),
    "a version before the first": (allocated, "payment", 0, "at least 1"),
    "a number that no double holds": (allocated, "payment", 2**53, "at most"),
    "no money at all": (allocated, "amount", fen(0), "at least 1 fen"),
    "text for a month": (allocated, "for_month", "2021-07", "wrong type"),
    "no stream": (joined, "branch", "B1", "no stream has such a name"),
    "a stream without a name": (joined, "branch", "branch:", "a code cannot be used"),
    "a list for a tuple": (opened, "keys", [], "wrong type"),
    "text for a tuple": (opened, "keys", "office", "wrong type"),
    "a tuple of something else": (opened, "keys", (1,), "a tuple of texts"),
    "a tuple with one wrong text": (opened, "keys", ("office",), "wrong form"),
    "text of another form": (opened, "origin", "永兴", "wrong form"),
    "another suite": (opened, "suite", "sha1-rsa", "wrong form"),
    "a notice's number that no header holds": (published, "number", "公示2021-1", "wrong form"),
    "a notice's number with a line end": (published, "number", "2021-1\n", "wrong form"),
    "a notice without a number": (published, "number", "", "wrong form"),
    "an edition before the first": (published, "edition", 0, "at least 1"),
    "an edition before none": (published, "supersedes", -1, "at least 0"),
    "a period of one month": (published, "period", "2021-01", "wrong form"),
    "a digest cut short": (published, "digest", "A" * 42, "wrong form"),
    "a digest of other letters": (published, "digest", "A" * 42 + "=", "wrong form"),
    "an eighth weekday": (opening, "windows", ("8 08:30-16:30",), "wrong form"),
    "an hour that is none": (opening, "windows", ("1-5 08:30-24:01",), "wrong form"),
    "a window without its days": (opening, "windows", ("08:30-16:30",), "wrong form"),
    "one wrong window of two": (opening, "windows", ("1-5 08:30-16:30", "周一"), "wrong form"),
    "a minute with seconds": (booked, "start", "2021-07-05T14:00:00", "wrong form"),
    "a minute with a blank": (booked, "end", "2021-07-05 16:00", "wrong form"),
    "a purpose in words": (consented, "purpose", "永兴", "wrong form"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_refused_and_not_repeated(name: str) -> None:
    make, field, value, reason = WRONG[name]
    with pytest.raises(InputError, match=reason) as caught:
        make(**{field: value})
    assert make() is not None
    if "stream" not in reason and "code" not in reason:
        assert caught.value.what.startswith(f"{make().wire} {field} ")
    assert "永兴" not in str(caught.value)


def test_an_event_is_not_copied_into_a_wrong_one() -> None:
    with pytest.raises(InputError, match="unknown field"):
        evolve(allocated(), paid=1)
    with pytest.raises(InputError, match="wrong type"):
        evolve(allocated(), payment="1")
    assert evolve(allocated(), payment=2) == allocated(payment=2)


def test_signed_numbers_may_be_negative() -> None:
    tally = DuesTallied(month=Month(2021, 7), amount=fen(-850), payments=-1, refunds=0, first=1, last=1)
    assert tally.amount == fen(-850)


# --- who is meant -----------------------------------------------------------------------------------------------------

PERSON: Final = StreamId("cadre:" + "ab" * 16)


def spent(beneficiary: StreamId | None) -> FundSpent:
    return FundSpent(amount=fen(1), use=FundUse.HARDSHIP_AID, beneficiary=beneficiary, note=None, occurred_on=DAY)


def test_the_words_about_a_beneficiary_are_theirs() -> None:
    assert spent(PERSON).subject("branch:B1") == PERSON
    assert spent(None).subject("branch:B1") == "branch:B1"


def test_people_are_mentioned_and_branches_are_not() -> None:
    assert mentions(spent(PERSON), "branch:B1") == (PERSON,)
    assert mentions(spent(PERSON), PERSON) == mentions(spent(None), "branch:B1") == ()
    assert mentions(joined(), PERSON) == ()
    helper = StreamId("person:" + "cd" * 16)
    assert mentions(spent(helper), "branch:B1") == (helper,)
    for other in ("team:T1", "facility:F1", "community", "programme", "ledger"):
        assert mentions(spent(StreamId(other)), "branch:B1") == ()


def test_some_events_rest_on_others() -> None:
    assert allocated(payment=3).rests_on() == 3
    assert spent(None).rests_on() is None


def test_without_personal_leaves_all_else() -> None:
    whole = registered(name="王某", code="C1")
    assert without_personal(whole) == registered()
    assert without_personal(whole) != whole


# --- what the decorator refuses ---------------------------------------------------------------------------------------


def make(
    wire: str, annotation: object, field: object, *, name: str = "it", counted: bool = True, dated: Dated = Dated.ALWAYS
) -> type[Event]:
    body = {"__doc__": "Something.", "__annotations__": {name: annotation}, name: field}
    return event(wire, StreamKind.TEAM, counted=counted, dated=dated)(type("Something", (Event,), body))


def test_a_well_formed_class_is_made() -> None:
    cls = make("tea.drunk/1", int, public(unit="cups", least=0))
    assert (cls.wire, cls.counted, cls.dated) == ("tea.drunk/1", True, Dated.ALWAYS)
    assert cls.streams == {StreamKind.TEAM}
    assert make("void_of_tea/999", str | None, personal(default=None)).wire == "void_of_tea/999"


@pytest.mark.parametrize(
    "wire", ["", "tea", "tea/", "tea/0", "tea/01", "tea/1000", "Tea/1", "tea.drunk.up/1", "tea-1/1", "tea/1\n", "茶/1"]
)
def test_a_wire_name_has_a_form(wire: str) -> None:
    with pytest.raises(TypeError, match="no wire name"):
        make(wire, int, public(unit="cups"))


@pytest.mark.parametrize("name", sorted(META - {"occurred_on"}))
def test_the_frames_own_names_are_taken(name: str) -> None:
    with pytest.raises(TypeError, match="the frame uses that name"):
        make("tea.drunk/1", int, internal(unit="cups"), name=name)


def test_a_field_is_in_a_section() -> None:
    with pytest.raises(TypeError, match="in no section"):
        make("tea.drunk/1", int, attrs.field(default=1))
    with pytest.raises(TypeError, match="in no section"):
        make("tea.drunk/1", int, 1)


@pytest.mark.parametrize("section", [public, internal])
@pytest.mark.parametrize(
    "annotation",
    [float, bytes, list, dict, object, datetime, Quantity, list[str], tuple[int, ...], str | int, str | int | None],
)
def test_a_field_has_a_kind(section: Callable[[], object], annotation: object) -> None:
    with pytest.raises(TypeError, match="a field of an event cannot be"):
        make("tea.drunk/1", annotation, section())


@pytest.mark.parametrize("annotation", [str, int | None, bool, StreamId | None, tuple[str, ...]])
def test_a_personal_field_is_text_that_may_be_gone(annotation: object) -> None:
    with pytest.raises(TypeError, match=r"it is a str \| None"):
        make("tea.drunk/1", annotation, personal(default=None))


def test_what_nobody_counts_shows_nothing() -> None:
    with pytest.raises(TypeError, match="no figure counts it"):
        make("tea.drunk/1", int, public(unit="cups"), counted=False)


@pytest.mark.parametrize("annotation", [int | None, bool | None, VisitMode | None])
def test_a_public_field_is_always_there(annotation: object) -> None:
    with pytest.raises(TypeError, match="always there"):
        make("tea.drunk/1", annotation, public(default=None))


@pytest.mark.parametrize("annotation", [str, tuple[str, ...], StreamId])
def test_public_text_has_a_form(annotation: object) -> None:
    with pytest.raises(TypeError, match="needs a pattern"):
        make("tea.drunk/1", annotation, public())


def test_a_header_has_one_month() -> None:
    for dated in (Dated.ALWAYS, Dated.MAYBE):
        with pytest.raises(TypeError, match="that of the date"):
            make("tea.drunk/1", Month, public(), name="month", dated=dated)
    assert make("tea.drunk/1", Month, public(), name="month", dated=Dated.NEVER)


def test_a_kind_knows_whether_a_value_may_be_absent() -> None:
    assert kind_of(str | None).optional
    assert not kind_of(str).optional
    assert kind_of(StreamId | None).holds_stream


def test_a_void_has_no_fields_of_its_target_among_its_own() -> None:
    void = Void(of_version=1, reason=VoidReason.MISTAKE, words=None)
    assert {"undoes", "undoes_as_stored"}.isdisjoint(field.name for field in own_fields(Void))
    assert (void.undoes, void.undoes_type, void.target_leaf, void.undoes_as_stored) == (None, "", "", b"")

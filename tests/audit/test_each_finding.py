"""Every kind of damage by its name: what somebody did to the records, the code that says so, and where."""

import re
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import attrs
import pytest
from tests.audit.ledgers import AS_OF, HeldRecords, make
from tests.docs.test_findings import ROOT, said

from cadreledger.audit import Finding, Row, Severity, audit
from cadreledger.sealing import Frame, decode_frame, encode_frame
from cadreledger.sealing.canonical import JsonObject, canonical, parse_canonical
from cadreledger.sealing.sections import INTERNAL_TAG, commitment, join_salt, split_salt

Document = Callable[[JsonObject], JsonObject]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> HeldRecords:
    return HeldRecords.of(make(tmp_path_factory.mktemp("each")))


def errors(held: HeldRecords) -> dict[str, Finding]:
    """The first error of each code, without what hangs on the tree: that says only *that* something changed."""
    bare = attrs.evolve(held, notes=(), tiles=MappingProxyType({}))
    found = [each for each in audit(bare, as_of=AS_OF).findings if each.severity is Severity.ERROR]
    return {each.code: each for each in reversed(found)}


def at(held: HeldRecords, wire: str) -> int:
    """The place of the first event of that type among the rows."""
    return next(place for place, row in enumerate(held.rows) if row[3] == wire)


def put(held: HeldRecords, place: int, row: Row) -> HeldRecords:
    return attrs.evolve(held, rows=(*held.rows[:place], row, *held.rows[place + 1 :]))


def without(held: HeldRecords, place: int) -> HeldRecords:
    return attrs.evolve(held, rows=(*held.rows[:place], *held.rows[place + 1 :]))


def with_state(held: HeldRecords, place: int, state: bytes) -> HeldRecords:
    return put(held, place, (*held.rows[place][:4], state))


def rewritten(
    held: HeldRecords, place: int, internal: Document = dict, header: Document = dict, topic: str | None = None
) -> HeldRecords:
    """With one event rewritten as its own office could: the header commits to the changed section."""
    row = held.rows[place]
    frame = decode_frame(row[4])
    salt, section = split_salt(frame.internal)
    salted = join_salt(salt, canonical(internal(parse_canonical(section))))
    shown = {**parse_canonical(frame.header), "internal": commitment(INTERNAL_TAG, salted)}
    state = encode_frame(Frame(canonical(header(shown)), salted, frame.personal))
    return put(held, place, (*row[:3], topic or row[3], state))


def sizes(held: HeldRecords) -> list[int]:
    """How many events the checkpoints cover."""
    return [int(note.split(b"\n")[1]) for note in held.notes]


def test_untouched_there_is_no_error(held: HeldRecords) -> None:
    assert errors(held) == {}
    assert errors(rewritten(held, at(held, "visit.made/1"))) == {}


def test_bytes_that_are_no_frame(held: HeldRecords) -> None:
    place = at(held, "visit.made/1")
    found = errors(with_state(held, place, held.rows[place][4][:-1]))
    assert found["frame_damaged"].position == place + 1


def test_an_internal_section_that_is_missing_or_none(held: HeldRecords) -> None:
    place = at(held, "branch.established/1")
    frame = decode_frame(held.rows[place][4])
    for internal in (frame.internal[:32], frame.internal[:40], frame.internal[:32] + b"{}"):
        found = errors(with_state(held, place, encode_frame(Frame(frame.header, internal, frame.personal))))
        assert found["section_unreadable"].position == place + 1


def test_a_header_of_the_ledgers_own_that_names_no_key(held: HeldRecords) -> None:
    place = at(held, "witnesses.named/1")
    found = errors(rewritten(held, place, header=lambda document: {**document, "keys": ["no key"]}))
    assert found["header_unreadable"].position == place + 1
    frame = decode_frame(held.rows[place][4])
    found = errors(with_state(held, place, encode_frame(Frame(b"{", frame.internal, frame.personal))))
    assert found["header_unreadable"].position == place + 1


@pytest.mark.parametrize(
    ("more", "topic"),
    [({"mood": "good"}, None), ({"mode": "by pigeon"}, None), ({"type": "visit.made/9"}, "visit.made/9")],
)
def test_an_event_that_the_vocabulary_could_not_have_written(
    held: HeldRecords, more: dict[str, str], topic: str | None
) -> None:
    place = at(held, "visit.made/1")
    found = errors(rewritten(held, place, lambda section: {**section, **more}, topic=topic))
    assert found["event_unreadable"].position == place + 1


def test_a_header_that_says_something_else_than_its_section(held: HeldRecords) -> None:
    place = at(held, "fund.remitted/1")
    found = errors(rewritten(held, place, header=lambda document: {**document, "amount": 1}))
    assert found["section_mismatch"].position == place + 1


def test_an_event_that_stands_elsewhere_than_it_says(held: HeldRecords) -> None:
    one, other = [place for place, row in enumerate(held.rows) if row[3] == "visit.made/1"][:2]
    swapped = put(with_state(held, one, held.rows[other][4]), other, (*held.rows[other][:4], held.rows[one][4]))
    found = errors(swapped)
    assert found["place_mismatch"].position == one + 1


def test_a_personal_section_put_in_the_place_of_another(held: HeldRecords) -> None:
    one, other = [place for place, row in enumerate(held.rows) if row[3] == "dues.received/1"][:2]
    frame, another = (decode_frame(held.rows[place][4]) for place in (one, other))
    found = errors(with_state(held, one, encode_frame(Frame(frame.header, frame.internal, another.personal))))
    assert found["personal_mismatch"].position == one + 1
    assert set(found) == {"personal_mismatch"}


def test_an_event_that_was_deleted(held: HeldRecords) -> None:
    place = at(held, "fund.remitted/1")
    found = errors(without(held, place))
    assert found["position_missing"].position == place + 1


def test_an_event_without_a_place_in_the_ledger(held: HeldRecords) -> None:
    place = at(held, "visit.made/1")
    found = errors(put(held, place, (place, *held.rows[place][1:])))
    assert found["position_out_of_order"].position == place + 1


def test_a_stream_whose_versions_do_not_follow_each_other(held: HeldRecords) -> None:
    place = at(held, "visit.made/1")
    row = held.rows[place]
    found = errors(put(held, place, (row[0], row[1], row[2] + 7, *row[3:])))
    assert found["version_gap"].position == place + 1


def test_a_void_that_takes_back_something_else_than_stood_there(held: HeldRecords) -> None:
    place = at(held, "void/1")

    def other(section: JsonObject) -> JsonObject:
        undone = section["undoes"]
        assert isinstance(undone, dict)
        return {**section, "undoes": {**undone, "amount": 990}}

    found = errors(rewritten(held, place, other))
    assert found["void_mismatch"].position == place + 1


def test_a_public_figure_that_is_another_sum_from_sections_than_from_headers(held: HeldRecords) -> None:
    place = at(held, "dues.received/1")
    changed = rewritten(held, place, lambda section: {**section, "amount": 1})
    found = {each.code: each for each in reversed(audit(changed, as_of=AS_OF).findings)}
    assert found["figure_mismatch"].position == sizes(held)[0]
    assert "dues.collected of 2021-05" in found["figure_mismatch"].message
    assert found["tally_mismatch"].position == at(held, "dues.tallied/1") + 1


def test_payments_that_no_tally_covers_at_a_checkpoint(held: HeldRecords) -> None:
    """As if the office had sealed by its own means, and posted no sums of what the checkpoint covers."""
    paid = max(
        place for place, row in enumerate(held.rows[: at(held, "dues.tallied/1")]) if row[3] == "dues.received/1"
    )
    note = b"\n".join([held.notes[0].split(b"\n")[0], str(paid + 1).encode(), *held.notes[0].split(b"\n")[2:]])
    found = {each.code: each for each in audit(attrs.evolve(held, notes=(note,)), as_of=AS_OF).findings}
    assert found["payments_untallied"].position == paid + 1


def test_a_checkpoint_over_other_events_than_those_that_are_there(held: HeldRecords) -> None:
    place = at(held, "fund.remitted/1")
    changed = rewritten(held, place)
    frame = decode_frame(held.rows[place][4])
    salt, section = split_salt(frame.internal)
    salted = join_salt(bytes(reversed(salt)), section)
    shown = {**parse_canonical(frame.header), "internal": commitment(INTERNAL_TAG, salted)}
    changed = with_state(changed, place, encode_frame(Frame(canonical(shown), salted, frame.personal)))
    assert errors(changed) == {}  # a flawless event, and not the one that was signed
    found = [each for each in audit(changed, as_of=AS_OF).findings if each.severity is Severity.ERROR]
    assert [each.position for each in found if each.code == "leaf_mismatch"] == [place + 1]
    covering = [size for size in sizes(held) if size > place]
    assert [each.message for each in found if each.code == "checkpoint_mismatch"] == [
        f"the first {size} events are not those that were signed" for size in covering
    ]


def test_a_stored_tree_that_is_another_one_above_its_lowest_level(tmp_path: Path) -> None:
    path = make(tmp_path, people=50)  # more than 256 events: there is a level above
    many = HeldRecords.of(path)
    assert many.tiles[1, 0]
    tiles = MappingProxyType({**many.tiles, (1, 0): bytes(32) + many.tiles[1, 0][32:]})
    report = audit(attrs.evolve(many, tiles=tiles), as_of=AS_OF)
    assert {each.code for each in report.findings if each.severity is Severity.ERROR} == {"tree_mismatch"}


def test_a_catalogue_that_this_release_does_not_know(held: HeldRecords) -> None:
    def other(document: JsonObject) -> JsonObject:
        return {**document, "catalogue": "A" * 43}

    report = audit(attrs.evolve(rewritten(held, 0, other, other), notes=()), as_of=AS_OF)
    found = {each.code: each for each in report.findings}
    assert found["catalogue_unknown"].severity is Severity.WARNING


def test_every_finding_has_a_test_that_names_it() -> None:
    tests = "".join(path.read_text("utf-8") for path in sorted((ROOT / "tests" / "audit").glob("test_*.py")))
    named = set(re.findall(r'"([a-z]+_[a-z_]+|unsealed|corrected|voided)"', tests))
    assert {code for code, _ in said()} - named == set()

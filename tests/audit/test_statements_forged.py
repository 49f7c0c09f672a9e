"""What a hostile office can sign and a statement must still not show: its log is made by hand, its proofs hold."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copytree

import pytest

from cadreledger import Ledger
from cadreledger.audit import Trust, Verification
from cadreledger.audit.statement import verify_statement
from cadreledger.disclosure.statement import Statement, StatementEvent
from cadreledger.events import VOCABULARY, Codec, Entry, Event, evolve, leaf_text, without_personal
from cadreledger.events.cadre import CadreChanged, CadreKind, CadreRegistered, VisitMade, VisitMode, VisitReason
from cadreledger.events.void import Void, VoidReason
from cadreledger.export import statement, write_site
from cadreledger.sealing import (
    Checkpoint,
    NoteSigner,
    decode_frame,
    decrypt_personal,
    inclusion_proof,
    join_note,
    leaf_hash,
    tree_root,
)
from cadreledger.values import StreamId, StreamKind, actor, stream_id

SIGNER = NoteSigner("log.example/a", bytes(32))
KEY = bytes(range(32))
CODEC = Codec(VOCABULARY, lambda count: bytes(range(count)))
PERSON, ANOTHER = (stream_id(StreamKind.CADRE, digit * 32) for digit in "ab")
AS_OF = datetime(2200, 1, 1, tzinfo=UTC)

REGISTERED = CadreRegistered(kind=CadreKind.RETIRED, smartphone=False, frail=False, name="赵某一", occurred_on=None)
VISIT = VisitMade(mode=VisitMode.DOOR, reason=VisitReason.STUDY, repeated=False, occurred_on=date(2021, 7, 6))

Said = tuple[Event, int, StreamId]
"""An event, its version and its stream, as a hostile office would write it."""


def frames(said: Sequence[Said]) -> list[bytes]:
    def entry(version: int, stream: StreamId) -> Entry:
        moment = datetime(2021, 8, 1, tzinfo=UTC)
        return Entry(
            stream=stream, version=version, recorded_at=moment, by=actor("staff:a"), tx="0" * 32, tx_size=1, source=None
        )

    return [CODEC.encode(event, entry(version, stream), KEY).state for event, version, stream in said]


def forged(said: Sequence[Said], shown: Sequence[int] = ()) -> bytes:
    """A statement of PERSON over a log of ``said`` that holds, showing all or some of it."""
    states = frames(said)
    leaves = [leaf_hash(decode_frame(state).header) for state in states]
    text = Checkpoint(SIGNER.name, len(leaves), tree_root(leaves)).text

    def node(level: int, index: int) -> bytes:
        return tree_root(leaves[index << level : (index + 1) << level])

    def opened(index: int) -> StatementEvent:
        frame, (_, version, stream) = decode_frame(states[index]), said[index]
        personal = decrypt_personal(KEY, frame.personal, stream, version) if frame.personal else None
        proof = inclusion_proof(index, len(leaves), node)
        return StatementEvent(index, frame.header, frame.internal, personal, proof)

    events = tuple(map(opened, shown or range(len(said))))
    note = join_note(text, [SIGNER.sign(text)])
    return Statement(SIGNER.name, PERSON, note, events).to_json()


def verified(said: Sequence[Said], shown: Sequence[int] = ()) -> Verification:
    """What becomes of it."""
    return verify_statement(forged(said, shown), Trust(as_of=AS_OF, keys=(SIGNER.vkey,)))


def failed(found: Verification) -> list[str]:
    return [check.name for check in found.checks if not check.ok]


def visit(number: int) -> Event:
    return evolve(VISIT, occurred_on=date(2021, 7, number))


def test_an_honest_log_made_by_hand_holds() -> None:
    assert failed(verified([(REGISTERED, 1, PERSON), (visit(1), 2, PERSON)])) == []


def test_one_version_cannot_stand_twice_nor_go_back() -> None:
    assert failed(verified([(REGISTERED, 1, PERSON), (visit(1), 2, PERSON), (visit(2), 2, PERSON)])) == ["person"]
    assert failed(verified([(REGISTERED, 2, PERSON), (visit(1), 1, PERSON)])) == ["person"]


def test_events_of_another_person_cannot_be_slipped_in() -> None:
    found = verified([(REGISTERED, 1, PERSON), (visit(1), 2, ANOTHER)])
    assert failed(found) == ["person"]
    assert "somebody else" in found.checks[-1].detail


def test_a_name_that_came_later_is_no_registration() -> None:
    named = CadreChanged(name="赵某二", occurred_on=None)
    said = [(REGISTERED, 1, PERSON), (named, 2, PERSON)]
    assert failed(verified(said)) == []
    found = verified(said, shown=[1])
    assert failed(found) == ["person"]
    assert "whose it is" in found.checks[-1].detail


def test_an_entry_cannot_be_taken_back_before_it_was_made() -> None:
    later = frames([(visit(1), 3, PERSON)])[0]
    void = evolve(
        Void(of_version=3, reason=VoidReason.MISTAKE, occurred_on=date(2021, 7, 1)),
        undoes=visit(1),
        undoes_type="visit.made/1",
        target_leaf=leaf_text(leaf_hash(decode_frame(later).header)),
    )
    found = verified([(REGISTERED, 1, PERSON), (void, 2, PERSON), (visit(1), 3, PERSON)])
    assert failed(found) == ["voids"]
    assert "came after it" in found.checks[-1].detail
    honest = verified([(REGISTERED, 1, PERSON), (visit(1), 3, PERSON), (void, 4, PERSON)])
    assert failed(honest) == []
    assert honest.checks[-1].detail == "taken back: leaf 1"


def voiding(of_version: int, undoes: Event, leaf: int) -> Event:
    """A void of ``of_version`` that repeats ``undoes`` and names the ``leaf`` of an honest log of two entries."""
    states = frames([(REGISTERED, 1, PERSON), (visit(1), 2, PERSON)])
    void = Void(of_version=of_version, reason=VoidReason.MISTAKE, occurred_on=undoes.occurred_on)
    target = leaf_text(leaf_hash(decode_frame(states[leaf]).header))
    return evolve(void, undoes=undoes, undoes_type=undoes.wire, target_leaf=target)


@pytest.mark.parametrize(
    "void",
    [
        voiding(99, visit(1), 1),
        voiding(1, visit(1), 1),
        voiding(2, visit(9), 1),  # another day of that month: the header is the same
        voiding(2, evolve(VISIT, occurred_on=date(2021, 9, 1)), 1),
        voiding(2, visit(1), 0),
    ],
)
def test_a_void_repeats_what_it_takes_back(void: Event) -> None:
    said = [(REGISTERED, 1, PERSON), (visit(1), 2, PERSON)]
    assert failed(verified([*said, (voiding(2, visit(1), 1), 3, PERSON)])) == []
    found = verified([*said, (void, 3, PERSON)])
    assert not found.ok
    assert found.checks[-1].name in {"person", "voids"}


def test_nothing_is_taken_back_twice() -> None:
    void = voiding(2, visit(1), 1)
    found = verified([(REGISTERED, 1, PERSON), (visit(1), 2, PERSON), (void, 3, PERSON), (void, 4, PERSON)])
    assert failed(found) == ["voids"]
    assert "before" in found.checks[-1].detail


def test_a_registration_that_was_taken_back_names_nobody() -> None:
    void = voiding(1, without_personal(REGISTERED), 0)
    found = verified([(REGISTERED, 1, PERSON), (visit(1), 2, PERSON), (void, 3, PERSON)])
    assert failed(found) == ["person"]
    assert "whose it is" in found.checks[-1].detail


def grown(folder: Path, on: date) -> bytes:
    """The ledger in ``folder`` goes on with a visit, is sealed and published; C1's statement of it."""
    with Ledger.open(folder / "a.ledger", kek_dir=folder / "kek") as ledger:
        ledger.run(lambda tx: tx.cadres["C1"].visit(reason="study", on=on), by="staff:a")
        ledger.seal()
        write_site(ledger, folder / "site")
        return statement(ledger, "C1").to_json()


def test_a_log_that_shows_two_histories_is_found_by_the_site(tmp_path: Path) -> None:
    (tmp_path / "one" / "kek").mkdir(parents=True, mode=0o700)
    with Ledger.create(tmp_path / "one" / "a.ledger", name="永兴社区", kek_dir=tmp_path / "one" / "kek") as ledger:
        ledger.run(lambda tx: tx.cadres.register("C1", kind="retired", name="赵某"), by="staff:a")
        key = ledger.sealed.keys[0]
    copytree(tmp_path / "one", tmp_path / "two")  # with its keys: an office as a whole
    told = grown(tmp_path / "one", date(2021, 7, 1))
    grown(tmp_path / "two", date(2021, 7, 2))
    trust = Trust(as_of=AS_OF, keys=(key,))
    assert failed(verify_statement(told, trust)) == []
    assert failed(verify_statement(told, trust, site=tmp_path / "one" / "site")) == []
    found = verify_statement(told, trust, site=tmp_path / "two" / "site")
    assert failed(found) == ["since"]
    assert "not the one" in found.checks[-1].detail


def test_a_site_older_than_the_statement_cannot_tell(tmp_path: Path) -> None:
    (tmp_path / "kek").mkdir(mode=0o700)
    with Ledger.create(tmp_path / "a.ledger", name="永兴社区", kek_dir=tmp_path / "kek") as ledger:
        ledger.run(lambda tx: tx.cadres.register("C1", kind="retired", name="赵某"), by="staff:a")
        key = ledger.sealed.keys[0]
    grown(tmp_path, date(2021, 7, 1))
    copytree(tmp_path / "site", tmp_path / "old")
    told = grown(tmp_path, date(2021, 7, 2))
    found = verify_statement(told, Trust(as_of=AS_OF, keys=(key,)), site=tmp_path / "old")
    assert failed(found) == ["since"]
    assert "older than the statement" in found.checks[-1].detail

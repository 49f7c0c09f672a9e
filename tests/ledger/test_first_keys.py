"""What is nobody's own (a branch, a team, the community) gets its key with the first words that need one, and once."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from secrets import token_bytes

import pytest

from cadreledger import ConflictError, Ledger, Transaction, yuan
from cadreledger.store import EventStore
from cadreledger.values import StreamId

DAY = date(2021, 7, 5)
BY = "staff:a"
TEAM = StreamId("team:T1")


def suggest(tx: Transaction) -> int:
    return tx.community.receive_suggestion(f"Y{tx.community.version}", on=DAY, content="多办几次")


def found(tx: Transaction) -> None:
    tx.teams.found("T1", kind="service", name="银铃", note="钱某牵头")


def help_the_team(tx: Transaction) -> int:
    """Words that are locked with a team's key, in a branch's stream."""
    branch = tx.branches["B1"]
    return branch.spend(yuan(0), use="venues", decision="R1", on=DAY, beneficiary=TEAM, note="给钱某的队伍")


def keys(place: Path) -> dict[str, bytes]:
    with closing(sqlite3.connect(place.with_suffix(".keys"))) as file:
        return dict(file.execute("SELECT stream, key FROM keys"))


def all_open(ledger: Ledger) -> None:
    assert not any(record.sealed for record in ledger.events())


def test_a_key_is_made_with_the_first_words_that_need_one(office: Ledger, place: Path) -> None:
    before = keys(place)
    with office.transaction(by=BY) as tx:
        tx.teams.found("T1", kind="service", name="银铃")
        tx.community.receive_suggestion("Y0", on=DAY)
    assert keys(place) == before
    office.run(suggest, by=BY)
    with_one = keys(place)
    assert with_one.keys() - before.keys() == {"community"}
    for _ in range(3):
        office.run(suggest, by=BY)
    assert keys(place) == with_one
    all_open(office)


def test_several_words_in_one_transaction_have_one_key(office: Ledger, place: Path) -> None:
    with office.transaction(by=BY) as tx:
        suggest(tx)
        suggest(tx)
        found(tx)
        help_the_team(tx)
    assert {"community", TEAM, "branch:B1"} & keys(place).keys() == {"community", TEAM}
    all_open(office)
    assert {record.subject for record in office.history("B1") if record.subject} == {TEAM}


def test_what_is_not_recorded_makes_no_key(office: Ledger, place: Path) -> None:
    before = keys(place)
    with pytest.raises(ZeroDivisionError), office.transaction(by=BY) as tx:  # noqa: PT012 - the block is what is undone
        suggest(tx)
        _ = 1 // 0
    with office.transaction(by=BY) as tx:
        suggest(tx)
        tx.abandon()
    assert keys(place) == before


def test_two_who_write_first_at_once_make_one_key(office: Ledger, place: Path) -> None:
    with Ledger.open(place) as other:
        seen: list[int] = []

        def decide(tx: Transaction) -> int:
            seen.append(suggest(tx))
            if len(seen) == 1:
                other.run(suggest, by="staff:b")
            return seen[-1]

        assert office.run(decide, by=BY).value == 2
        assert seen == [1, 2]
        all_open(other)
    all_open(office)
    assert len(office.history("community")) == 2


@pytest.mark.parametrize("mine_first", [True, False])
def test_two_who_need_one_key_in_different_streams_make_one_key(
    office: Ledger, place: Path, *, mine_first: bool
) -> None:
    """No version tells them of each other: the key store does, before anything is recorded that would not open."""
    mine, theirs = (found, help_the_team) if mine_first else (help_the_team, found)
    quicker: list[Callable[[], object]] = []

    def chance(count: int) -> bytes:
        if quicker:  # the first that is drawn once all is decided is the new key: somebody makes theirs just then
            quicker.pop()()
        return token_bytes(count)

    with Ledger.open(place, random=chance) as overtaken:
        position = office.position
        with pytest.raises(ConflictError) as conflict, overtaken.transaction(by=BY) as tx:  # noqa: PT012 - the block is what is refused
            mine(tx)
            quicker.append(lambda: office.run(theirs, by="staff:b"))
        assert (conflict.value.stream, quicker) == (TEAM, [])
        assert overtaken.position == position + 1
        overtaken.run(mine, by=BY)  # decided anew, with the key that is there now
        all_open(overtaken)
    all_open(office)
    assert {record.subject for record in office.events(after=position)} == {TEAM}


def test_a_key_that_a_cut_off_try_left_behind_is_used_by_the_next(
    office: Ledger, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(_store: EventStore, *_: object, before_commit: object, **__: object) -> range:
        assert callable(before_commit)
        before_commit()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(EventStore, "append", cut_off)
        with pytest.raises(KeyboardInterrupt):
            office.run(suggest, by=BY)
    left = keys(place)
    assert "community" in left
    with Ledger.open(place) as other:
        other.run(suggest, by=BY)
        all_open(other)
    assert keys(place) == left

"""The event store against a naive list; and each thing that can be wrong with a file or a call."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from cadreledger.errors import CadreLedgerError, ConflictError, InputError, StoreError
from cadreledger.store import EventStore, NewRecord, StoredRecord
from cadreledger.store import events as events_module
from cadreledger.store import sqlite as sqlite_module

NOON = "2021-07-05T12:00:00.000000Z"
STREAMS = ["ledger", "branch:YXZ1", "branch:党支部", "cadre:" + "0f" * 16]

streams = st.sampled_from(STREAMS)
times = st.integers(0, 9).map(lambda second: f"2021-07-05T12:00:0{second}.000000Z")


@contextmanager
def new_store(path: Path) -> Iterator[EventStore]:
    with EventStore.building(path):
        pass
    with closing(EventStore.open(path)) as store:
        yield store


def listed(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def append(store: EventStore, *records: NewRecord, tx: str = "t1", at: str = NOON) -> range:
    return store.append(records, tx=tx, recorded_at=at)


def new(stream: str = "ledger", version: int = 1, state: bytes = b"state", mentions: tuple[str, ...] = ()) -> NewRecord:
    return NewRecord(stream, version, "noted/1", state, mentions)


@attrs.define
class Model:
    """The store as a list, slow and obvious."""

    records: list[tuple[StoredRecord, tuple[str, ...]]] = attrs.Factory(list)
    transactions: list[tuple[str, range, str]] = attrs.Factory(list)

    def version(self, stream: str) -> int:
        return max((record.version for record, _ in self.records if record.stream == stream), default=0)

    def append(self, records: list[NewRecord], tx: str, at: str) -> range:
        start = len(self.records) + 1
        for position, new_record in enumerate(records, start):
            stored = StoredRecord(position, new_record.stream, new_record.version, new_record.topic, new_record.state)
            self.records.append((stored, new_record.mentions))
        positions = range(start, start + len(records))
        self.transactions.append((tx, positions, at))
        return positions


class StoreMachine(RuleBasedStateMachine):
    """Two handles on one file, as two programs of an office would have."""

    committed = Bundle("committed")

    @initialize()
    def make(self) -> None:
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name, "a.ledger")
        with EventStore.building(self.path):
            pass
        self.stores = [EventStore.open(self.path), EventStore.open(self.path)]
        self.model = Model()
        self.count = 0

    def teardown(self) -> None:
        for store in self.stores:
            store.close()
        assert listed(Path(self.folder.name)) == ["a.ledger"]
        self.folder.cleanup()

    def number(self, drafts: list[tuple[str, str, bytes, tuple[str, ...]]]) -> list[NewRecord]:
        versions = {stream: self.model.version(stream) for stream in STREAMS}
        records = []
        for stream, topic, state, mentions in drafts:
            versions[stream] += 1
            records.append(NewRecord(stream, versions[stream], topic, state, mentions))
        return records

    drafts = st.lists(
        st.tuples(streams, st.sampled_from(["noted/1", "visit.made/1"]), st.binary(), st.lists(streams).map(tuple)),
        min_size=1,
        max_size=8,
    )

    @rule(target=committed, drafts=drafts, at=times, handle=st.integers(0, 1), read=st.sets(streams))
    def commit(
        self, drafts: list[tuple[str, str, bytes, tuple[str, ...]]], at: str, handle: int, read: set[str]
    ) -> tuple[str, list[NewRecord]]:
        records = self.number(drafts)
        unchanged = {stream: self.model.version(stream) for stream in read - {record.stream for record in records}}
        self.count += 1
        tx = f"{self.count:032x}"
        positions = self.stores[handle].append(records, tx=tx, recorded_at=at, unchanged=unchanged)
        assert positions == self.model.append(records, tx, at)
        return tx, records

    @rule(transaction=committed, at=times, handle=st.integers(0, 1))
    def commit_again(self, transaction: tuple[str, list[NewRecord]], at: str, handle: int) -> None:
        tx, records = transaction
        positions = self.stores[handle].append(records, tx=tx, recorded_at=at)
        assert positions == next(positions for known, positions, _ in self.model.transactions if known == tx)

    @rule(transaction=committed, at=times, handle=st.integers(0, 1))
    def come_too_late(self, transaction: tuple[str, list[NewRecord]], at: str, handle: int) -> None:
        _, records = transaction
        with pytest.raises(ConflictError) as caught:
            self.stores[handle].append(records, tx="late", recorded_at=at)
        assert caught.value.stream == records[0].stream

    @rule(drafts=drafts, at=times, stale=streams, by=st.integers(1, 3))
    def decide_on_a_changed_stream(
        self, drafts: list[tuple[str, str, bytes, tuple[str, ...]]], at: str, stale: str, by: int
    ) -> None:
        records = [record for record in self.number(drafts) if record.stream != stale]
        if records:
            unchanged = {stale: self.model.version(stale) + by}
            with pytest.raises(ConflictError) as caught:
                self.stores[0].append(records, tx="stale", recorded_at=at, unchanged=unchanged)
            assert caught.value.stream == stale

    @rule(transaction=consumes(committed), extra=st.binary())
    def reuse_an_id(self, transaction: tuple[str, list[NewRecord]], extra: bytes) -> None:
        tx, records = transaction
        drafts = [(record.stream, record.topic, extra, ()) for record in records]
        more = self.number([*drafts, ("ledger", "noted/1", extra, ())])
        with pytest.raises(ConflictError):
            self.stores[0].append(more, tx=tx, recorded_at=NOON)

    @rule(handle=st.integers(0, 1))
    def open_again(self, handle: int) -> None:
        self.stores[handle].close()
        self.stores[handle] = EventStore.open(self.path)

    @rule(stream=streams, upto=st.none() | st.integers(0, 40), handle=st.integers(0, 1))
    def read_a_stream(self, stream: str, upto: int | None, handle: int) -> None:
        store, end = self.stores[handle], len(self.model.records) if upto is None else upto
        known = [(record, mentions) for record, mentions in self.model.records if record.position <= end]
        assert store.stream(stream, upto=upto) == [record for record, _ in known if record.stream == stream]
        assert store.mentioning(stream, upto=upto) == [
            record for record, mentions in known if stream in mentions and record.stream != stream
        ]

    @rule(after=st.integers(0, 40), upto=st.none() | st.integers(0, 40), handle=st.integers(0, 1))
    def replay(self, after: int, upto: int | None, handle: int) -> None:
        end = len(self.model.records) if upto is None else upto
        expected = [record for record, _ in self.model.records if after < record.position <= end]
        assert list(self.stores[handle].replay(after=after, upto=upto)) == expected

    @rule(stream=streams, version=st.integers(0, 20))
    def read_one(self, stream: str, version: int) -> None:
        found = [record for record, _ in self.model.records if (record.stream, record.version) == (stream, version)]
        assert self.stores[0].record(stream, version) == (found[0] if found else None)

    @rule(at=times, handle=st.integers(0, 1))
    def read_the_past(self, at: str, handle: int) -> None:
        ends = [positions[-1] for _, positions, recorded_at in self.model.transactions if recorded_at <= at]
        assert self.stores[handle].position_at(at) == max(ends, default=0)

    @invariant()
    def both_handles_agree_with_the_list(self) -> None:
        for store in self.stores:
            assert store.position() == len(self.model.records)
            for tx, positions, _ in self.model.transactions:
                assert store.positions(tx) == positions
            assert store.positions("late") is store.positions("stale") is store.positions("") is None


TestStore = StoreMachine.TestCase


@given(state=st.binary(max_size=2000), topic=st.text(st.characters(exclude_categories=["Cs"])))
def test_bytes_come_back_as_they_were(state: bytes, topic: str) -> None:
    with TemporaryDirectory() as folder, new_store(Path(folder, "l")) as store:
        append(store, NewRecord("ledger", 1, topic, state))
        assert store.record("ledger", 1) == StoredRecord(1, "ledger", 1, topic, state)


def test_a_replay_spans_chunks_and_ends_where_the_ledger_ended_when_it_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_module, "CHUNK_EVENTS", 2)
    with new_store(tmp_path / "l") as store, closing(EventStore.open(tmp_path / "l")) as other:
        append(store, *(new(version=version) for version in range(1, 8)))
        replay = store.replay()
        first = next(replay)
        # No chunk holds a read transaction, so the other program can write and the log can be emptied.
        append(other, new(version=8), tx="t2")
        with closing(sqlite3.connect(tmp_path / "l")) as plain:
            assert plain.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
        assert [record.version for record in (first, *replay)] == list(range(1, 8))
        assert len(list(store.replay())) == 8


def test_a_clock_that_jumps_back_cuts_no_prefix_in_two(tmp_path: Path) -> None:
    with new_store(tmp_path / "l") as store:
        for version, second in enumerate([1, 9, 4], 1):
            append(store, new(version=version), tx=str(version), at=f"2021-07-05T12:00:0{second}.000000Z")
        assert [store.position_at(f"2021-07-05T12:00:0{second}.000000Z") for second in (0, 1, 4, 9)] == [0, 1, 3, 3]


def test_an_event_is_no_mention_of_its_own_stream(tmp_path: Path) -> None:
    with new_store(tmp_path / "l") as store:
        append(store, new("branch:B1", mentions=("branch:B1", "ledger", "ledger")))
        assert store.mentioning("branch:B1") == []
        assert [record.position for record in store.mentioning("ledger")] == [1]


@pytest.mark.parametrize(
    ("records", "unchanged"),
    [((), {}), ((new(), new()), {}), ((new(),), {"ledger": 0})],
    ids=["none", "a version twice", "written and unchanged"],
)
def test_a_transaction_that_makes_no_sense_is_refused(
    tmp_path: Path, records: tuple[NewRecord, ...], unchanged: dict[str, int]
) -> None:
    with new_store(tmp_path / "l") as store:
        with pytest.raises(InputError):
            store.append(records, tx="t1", recorded_at=NOON, unchanged=unchanged)
        assert store.position() == 0


def test_reprs_show_no_state() -> None:
    assert "secret" not in repr(new(state=b"secret")) + repr(StoredRecord(1, "ledger", 1, "noted/1", b"secret"))


def test_a_commit_whose_answer_got_lost_counts_as_applied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with new_store(tmp_path / "l") as store:
        insert = store._recorder.insert_events

        def insert_and_lose_the_answer(*args: object, **kwargs: object) -> None:
            insert(*args, **kwargs)  # type: ignore[arg-type]
            raise sqlite3.OperationalError("disk I/O error")

        monkeypatch.setattr(store._recorder, "insert_events", insert_and_lose_the_answer)
        assert append(store, new(), new(version=2)) == range(1, 3)
        assert store.position() == 2


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_ledger_appears_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "永兴 100%?#.ledger"
    with EventStore.building(path) as store:
        append(store, new())
        assert not path.exists()
    assert listed(tmp_path) == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA application_id").fetchone() == (0x43414452,)
        assert file.execute("PRAGMA user_version").fetchone() == (1,)
    with closing(EventStore.open(path)) as store:
        assert store.position() == 1


def build_with_a_clash(path: Path) -> None:
    with EventStore.building(path) as store:
        append(store, new(), tx="t1")
        append(store, new(), tx="t2")


def test_a_ledger_whose_making_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConflictError):
        build_with_a_clash(tmp_path / "l")
    assert listed(tmp_path) == []


def test_no_file_is_overwritten_not_even_one_that_came_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "l"
    with pytest.raises(StoreError, match="something of that name"), EventStore.building(path):
        path.write_text("mine")
    with pytest.raises(StoreError, match="something of that name"), EventStore.building(path):
        pytest.fail("came in")
    assert (listed(tmp_path), path.read_text()) == (["l"], "mine")


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such folder"), EventStore.building(tmp_path / "no" / "l"):
        pytest.fail("came in")


def refused(path: Path) -> str:
    with pytest.raises(StoreError) as caught:
        EventStore.open(path)
    assert type(caught.value) is StoreError
    assert caught.value.hint
    return str(caught.value)


def test_what_is_no_ledger_is_not_opened_nor_changed(tmp_path: Path) -> None:
    path = tmp_path / "l"
    assert "no ledger at" in refused(path)
    assert "is not a file" in refused(tmp_path)
    for content in (b"", b"x", b"not a database, but long enough to be one" * 100):
        path.write_bytes(content)
        assert "is not a" in refused(path)
        assert path.read_bytes() == content
    path.unlink()
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE stored_events (x)")
    content = path.read_bytes()
    assert "is not a ledger" in refused(path)
    assert path.read_bytes() == content
    assert listed(tmp_path) == ["l"]


def test_a_ledger_of_a_newer_release_is_not_opened(tmp_path: Path) -> None:
    with EventStore.building(tmp_path / "l"):
        pass
    with closing(sqlite3.connect(tmp_path / "l")) as file:
        file.execute("PRAGMA user_version=2")
    assert "newer release" in refused(tmp_path / "l")
    assert "Update" in refused(tmp_path / "l")


def problem(store: EventStore) -> StoreError:
    with pytest.raises(StoreError) as caught:
        append(store, new("branch:B1", state=bytes(100_000)), tx="big")
    assert type(caught.value) is StoreError
    return caught.value


def test_a_lock_that_is_never_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_module, "LOCK_SECONDS", 1)
    with new_store(tmp_path / "l") as store, closing(sqlite3.connect(tmp_path / "l")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert problem(store).found == "another program holds the file"
        other.rollback()
        assert append(store, new()) == range(1, 2)


def test_a_full_disk(tmp_path: Path) -> None:
    with new_store(tmp_path / "l") as store:
        append(store, new())
        with store._connection() as connection:
            connection.execute("PRAGMA max_page_count=10")  # SQLite's own way to have a small disk
        assert problem(store).found == "the disk is full"
        with store._connection() as connection:
            connection.execute("PRAGMA max_page_count=1000000")
        assert append(store, new(version=2), tx="t2") == range(2, 3)


def test_a_ledger_that_may_not_be_written_can_still_be_read(tmp_path: Path) -> None:
    with EventStore.building(tmp_path / "l") as store:
        append(store, new())
    # A file format "for reading only" (SQLite file format, 1.3.3): the permission bits do not stop a superuser.
    data = bytearray((tmp_path / "l").read_bytes())
    data[18] = 3
    (tmp_path / "l").write_bytes(data)
    with closing(EventStore.open(tmp_path / "l")) as store:
        assert problem(store).found == "the file may not be written"
        assert len(store.stream("ledger")) == 1


def test_a_damaged_ledger(tmp_path: Path) -> None:
    with EventStore.building(tmp_path / "l") as store:
        append(store, *(new(version=version) for version in range(1, 200)))
    data = (tmp_path / "l").read_bytes()
    (tmp_path / "l").write_bytes(data[:4096] + os.urandom(len(data) - 4096))
    with closing(EventStore.open(tmp_path / "l")) as store:
        for read in (
            lambda: list(store.replay()),
            lambda: store.stream("ledger"),
            lambda: store.mentioning("ledger"),
            lambda: store.record("ledger", 1),
            lambda: store.positions("t1"),
            store.position,
            lambda: store.position_at(NOON),
            lambda: append(store, new(version=200), tx="t2"),
        ):
            with pytest.raises(StoreError) as caught:
                read()
            assert caught.value.found == "the file is damaged"


def test_a_closed_ledger_says_so(tmp_path: Path) -> None:
    with new_store(tmp_path / "l") as store:
        store.close()
        store.close()
        assert problem(store).found == "it has been closed"
        with pytest.raises(CadreLedgerError, match="closed"):
            store.position()


def test_closing_waits_for_whoever_is_reading(tmp_path: Path) -> None:
    with new_store(tmp_path / "l") as store:
        append(store, new())
        closer = Thread(target=store.close)
        with store._datastore.transaction(commit=False) as cursor:
            closer.start()
            closer.join(0.1)
            assert closer.is_alive()
            cursor.execute("SELECT COUNT(*) FROM stored_events")
            assert tuple(cursor.fetchone()) == (1,)
            with pytest.raises(StoreError, match="closed"):  # and nobody else gets in
                store.position()
        closer.join()
    assert listed(tmp_path) == ["l"]

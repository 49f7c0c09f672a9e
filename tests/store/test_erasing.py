"""A key that is destroyed: in no copy, whatever else happens at that moment; and everybody else's stays."""

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from secrets import token_bytes
from threading import Event

import pytest
from tests.store.dying import die_at, lines_reached

from cadreledger.errors import ErasedError, KeyStoreError
from cadreledger.store import KeyStore, NewKey, NewRow, erasure, kek, keys, vault
from cadreledger.store.kek import next_kek, opens, unwrap
from cadreledger.store.key_tables import code_digest, digest_of, message

PEOPLE = [f"cadre:{number:032x}" for number in range(3)]
GONE, *OTHERS = PEOPLE
CODES = dict(zip(PEOPLE, ["YX-001", "YX-002", "赵某003"], strict=True))
TX = "0f" * 16
WRAPPED_BYTES = 12 + 32 + 16


class Office:
    """A key store with three people, a branch, a request and rows; and what was in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys = {stream: token_bytes(32) for stream in PEOPLE}
        with KeyStore.building(folder / "a.keys", folder / "kek") as store:
            people = [NewKey(stream, key, CODES[stream]) for stream, key in self.keys.items()]
            self.branch = token_bytes(32)
            rows = [NewRow("dues", f"{stream}/{n}", stream, TX, stream, n, "8.50") for stream in PEOPLE for n in (1, 2)]
            rows.append(NewRow("funds", "1", None, TX, "branch:B1", 1, "57"))
            store.commit(keys=[*people, NewKey("branch:B1", self.branch, None)], requests={"app/1": TX}, rows=rows)
            self.seed, self.kek_file = store.signing_seed, store.kek_file
        self.kek = self.kek_file.read_bytes()

    @contextmanager
    def open(self) -> Iterator[KeyStore]:
        with closing(KeyStore.open(self.folder / "a.keys", self.folder / "kek")) as store:
            yield store

    def erase(self, stream: str = GONE) -> None:
        with self.open() as store:
            store.begin_erasing(stream)
            store.erase(stream)

    def check_others(self, store: KeyStore, others: list[str] = OTHERS) -> None:
        """Whatever was destroyed, all else is as it was."""
        assert {stream: store.key_of(stream) for stream in others} == {stream: self.keys[stream] for stream in others}
        assert [store.stream_of(CODES[stream]) for stream in others] == others
        assert [store.code_of(stream) for stream in others] == [CODES[stream] for stream in others]
        assert (store.key_of("branch:B1"), store.signing_seed, store.request_tx("app/1")) == (
            self.branch,
            self.seed,
            TX,
        )
        for stream in others:
            assert [getattr(store.find_row("dues", f"{stream}/{n}", stream), "version", None) for n in (1, 2)] == [1, 2]
        assert getattr(store.find_row("funds", "1", None), "stream", None) == "branch:B1"

    def check_gone(self, store: KeyStore) -> None:
        assert (store.key_of(GONE), store.code_of(GONE), store.find_row_anywhere("dues", f"{GONE}/1")) == (None,) * 3
        assert store.row_seen("dues", f"{GONE}/1")
        assert store.is_erased(CODES[GONE])
        with pytest.raises(ErasedError, match="has been erased"):
            store.stream_of(CODES[GONE])
        with pytest.raises(ErasedError, match="has been erased"):
            store.commit(keys=[NewKey(f"cadre:{9:032x}", token_bytes(32), CODES[GONE])], requests={"lost": TX})
        assert store.request_tx("lost") is None

    def check_tidy(self) -> None:
        """One KEK, a new one; nothing left to do."""
        assert [path.name for path in self.kek_file.parent.glob("*.kek*")] == [self.kek_file.name]
        assert self.kek_file.read_bytes() != self.kek
        assert self.kek_file.stat().st_mode & 0o777 == 0o600
        with closing(sqlite3.connect(self.folder / "a.keys")) as file:
            assert file.execute("SELECT * FROM erasing").fetchall() == []

    def every_byte(self) -> bytes:
        return b"".join(path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file())


@pytest.fixture
def office(tmp_path: Path) -> Office:
    folder = tmp_path / "office"
    folder.mkdir()
    return Office(folder)


def copy_files(folder: Path, to: Path) -> None:
    to.mkdir()
    for path in folder.glob("a.keys*"):
        shutil.copy(path, to)


def databases(folder: Path) -> Iterator[sqlite3.Connection]:
    for path in folder.rglob("a.keys"):
        with closing(sqlite3.connect(path)) as file:
            yield file


def windows(data: bytes) -> Iterator[bytes]:
    return (data[start : start + WRAPPED_BYTES] for start in range(len(data) - WRAPPED_BYTES + 1))


# --- what is left


def test_everything_of_one_person_goes_and_all_else_stays(office: Office) -> None:
    office.erase()
    with office.open() as store:
        office.check_gone(store)
        office.check_others(store)
    office.check_tidy()


def test_no_copy_gives_the_key_or_the_code_back_with_the_kek_there_is_now(office: Office, tmp_path: Path) -> None:
    """Backups, logs, whatever was copied meanwhile: every wrapped key in them is tried under every key that opens."""
    copies = tmp_path / "copies"
    copies.mkdir()
    copy_files(office.folder, copies / "backup")
    with office.open() as store, office.open() as reader:  # so that there is a log, and somebody reading
        store.begin_erasing(GONE)
        assert reader.key_of(GONE) == office.keys[GONE]
        copy_files(office.folder, copies / "before")
        store.erase(GONE)
        copy_files(office.folder, copies / "behind")
        assert reader.key_of(GONE) is None
        office.check_others(reader)
    copy_files(office.folder, copies / "after")
    left = b"".join(path.read_bytes() for path in chain(copies.rglob("*"), office.folder.rglob("*")) if path.is_file())
    secrets = [office.kek, office.keys[GONE], *(CODES[GONE].encode(encoding) for encoding in ("utf-8", "utf-16-le"))]
    assert [secret for secret in secrets if secret in left] == []
    keks = [path.read_bytes() for path in (office.folder / "kek").glob("*.kek*")]
    assert len(keks) == 1
    identity = message("key", GONE)
    assert not any(opens(key, blob, identity) for key in keks for blob in windows(left))
    ledger_keys = [
        unwrap(keks[0], value, message("ledger_key", office.kek_file.stem))
        for file in chain(databases(office.folder), databases(copies))
        for (value,) in file.execute("SELECT value FROM store WHERE name='ledger_key'")
        if opens(keks[0], value, message("ledger_key", office.kek_file.stem))
    ]
    assert ledger_keys
    # nor can anybody who tries all codes tell whose stream it was
    digests = {digest_of(key, "code", CODES[GONE]) for key in (*ledger_keys, *keks)}
    assert not any(digest in left for digest in digests)


def test_these_attacks_would_find_a_key_that_is_there(office: Office) -> None:
    left = office.every_byte()
    identity = message("key", GONE)
    assert any(opens(office.kek, blob, identity) for blob in windows(left))
    assert code_digest(office.kek, CODES[GONE]) in left
    assert office.kek in left


def test_a_backup_of_before_is_of_no_use_and_says_so(office: Office, tmp_path: Path) -> None:
    copy_files(office.folder, tmp_path / "backup")
    office.erase()
    shutil.copy(tmp_path / "backup" / "a.keys", office.folder / "a.keys")
    with pytest.raises(KeyStoreError, match="does not open the key store") as caught, office.open():
        pass
    assert "another time" in caught.value.hint


def test_an_erasure_that_was_only_begun_changes_nothing(office: Office) -> None:
    with office.open() as store:
        store.begin_erasing(GONE)
        store.begin_erasing(GONE)
    with office.open() as store:
        assert store.erasing() == (GONE,)
        office.check_others(store, PEOPLE)
    assert office.kek_file.read_bytes() == office.kek


def test_erasing_twice_and_one_after_another(office: Office) -> None:
    office.erase()
    first = office.kek_file.read_bytes()
    with office.open() as store:
        store.erase(GONE)
        assert office.kek_file.read_bytes() == first
        store.begin_erasing(OTHERS[0])
        store.erase(OTHERS[0])
        office.check_gone(store)
        office.check_others(store, OTHERS[1:])
    assert office.kek_file.read_bytes() not in {first, office.kek}
    office.check_tidy()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_where_the_kek_cannot_be_replaced_nothing_is_begun(office: Office) -> None:
    (office.folder / "kek").chmod(0o500)
    with office.open() as store, pytest.raises(KeyStoreError, match="cannot be replaced"):
        store.begin_erasing(GONE)
    (office.folder / "kek").chmod(0o700)
    with office.open() as store:
        assert store.erasing() == ()


def test_a_kek_that_may_only_be_read_is_replaced_too(office: Office) -> None:
    office.kek_file.chmod(0o400)
    office.erase()
    office.check_tidy()


# --- others at work


def test_whoever_had_the_store_open_reads_and_writes_on(office: Office) -> None:
    with office.open() as other:
        office.erase()
        assert other.stream_of(CODES[OTHERS[0]]) == OTHERS[0]
        office.check_gone(other)
    with office.open() as other:
        office.erase(OTHERS[0])
        new = NewKey(f"cadre:{7:032x}", token_bytes(32), "YX-007")
        other.commit(keys=[new], rows=[NewRow("dues", "7", new.stream, TX, new.stream, 1, "8.50")])
    with office.open() as store:  # nothing was written under a key that is gone
        assert (store.key_of(new.stream), store.stream_of("YX-007")) == (new.key, new.stream)
        office.check_others(store, OTHERS[1:])


@pytest.mark.parametrize(
    "read",
    [
        lambda store: store.stream_of(CODES[OTHERS[0]]),
        lambda store: store.code_of(OTHERS[0]),
        lambda store: store.key_of(OTHERS[0]),
        lambda store: store.signing_seed,
        lambda store: store.next_signing_seed(create=False),
        lambda store: store.find_row("dues", f"{OTHERS[0]}/1", OTHERS[0]),
        lambda store: store.find_row_anywhere("dues", f"{OTHERS[0]}/1"),
        lambda store: store.fingerprint("8.50", OTHERS[0]),
        lambda store: store.row_seen("dues", f"{GONE}/1"),
    ],
)
def test_each_way_of_reading_notices_that_the_kek_was_replaced(
    office: Office, read: Callable[[KeyStore], object]
) -> None:
    with office.open() as other:
        other.next_signing_seed(create=True)
        before = read(other)
        assert before
        office.erase()
        assert read(other) == before
        office.erase(OTHERS[1])
        assert read(other) == before


def test_another_thread_may_notice_first(office: Office) -> None:
    with office.open() as store:
        vault = store._vault

        def read() -> bytes:
            found = vault.row("SELECT key FROM keys WHERE stream=?", OTHERS[0])
            if vault.kek == office.kek:  # between the two, somebody is erased, and another thread looks something up
                office.erase()
                assert store.key_of(OTHERS[1]) == office.keys[OTHERS[1]]
            return vault.unwrap(found[0] if found else b"", "key", OTHERS[0])

        assert vault.fresh(read) == office.keys[OTHERS[0]]


def test_threads_read_on_while_people_are_erased(office: Office) -> None:
    stop = Event()

    def read(store: KeyStore) -> int:
        times = 0
        while not stop.is_set() or not times:
            office.check_others(store, OTHERS[1:])
            times += 1
        return times

    with office.open() as store, ThreadPoolExecutor(3) as threads:
        reading = [threads.submit(read, store) for _ in range(3)]
        try:
            office.erase()
            store.begin_erasing(OTHERS[0])
            store.erase(OTHERS[0])
        finally:
            stop.set()
        assert all(each.result() for each in reading)


def test_a_reader_in_the_way_delays_the_sweeping_and_nothing_else(office: Office) -> None:
    with closing(sqlite3.connect(office.folder / "a.keys", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        (old,) = reader.execute("SELECT key FROM keys WHERE stream=?", (GONE,)).fetchone()
        office.erase()
        with office.open() as store:
            office.check_gone(store)
            office.check_others(store)
        assert old in office.every_byte()  # and of no use: its KEK is gone
        assert office.kek not in office.every_byte()
        assert reader.execute("SELECT COUNT(*) FROM erasing").fetchone() == (0,)  # as of before
    with office.open() as store:
        office.check_gone(store)
        assert old not in office.every_byte()
    office.check_tidy()


# --- cut off


MODULES = [erasure, vault, kek, keys]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
def test_cut_off_at_any_line_it_is_as_before_or_can_be_finished(office: Office, tmp_path: Path) -> None:
    trial = tmp_path / "trial"

    def afresh() -> None:
        shutil.rmtree(trial, ignore_errors=True)
        shutil.copytree(office.folder, trial)

    def act() -> None:
        with closing(KeyStore.open(trial / "a.keys", trial / "kek")) as store:
            store.begin_erasing(GONE)
            store.erase(GONE)

    afresh()
    lines = lines_reached(act, MODULES, times_max=2)
    assert len(lines) > 100
    outcomes = set()
    for line in lines:
        afresh()
        die_at(line, act, MODULES)
        with closing(KeyStore.open(trial / "a.keys", trial / "kek")) as store:
            assert len(list((trial / "kek").glob("*.kek*"))) == 1
            office.check_others(store)
            outcomes.add((store.key_of(GONE) is not None, store.erasing()))
            if store.key_of(GONE) is not None:
                office.check_others(store, PEOPLE)
                store.begin_erasing(GONE)
                store.erase(GONE)
            office.check_gone(store)
            assert store.erasing() == ()
        left = b"".join(path.read_bytes() for path in trial.rglob("*") if path.is_file())
        assert office.kek not in left
        with closing(sqlite3.connect(trial / "a.keys")) as file:
            assert file.execute("SELECT * FROM erasing").fetchall() == []
    assert outcomes == {(True, ()), (True, (GONE,)), (False, ())}


def test_a_next_kek_that_was_only_half_written_is_swept_away(office: Office) -> None:
    for data in (b"", token_bytes(7), token_bytes(32)):
        next_kek(office.kek_file).write_bytes(data)
        next_kek(office.kek_file).chmod(0o600)
        with office.open() as store:
            office.check_others(store, PEOPLE)
        assert not next_kek(office.kek_file).exists()
        assert office.kek_file.read_bytes() == office.kek


# --- the signing key


def test_the_next_signing_key_waits_until_it_is_promoted(office: Office) -> None:
    with office.open() as store, office.open() as other:
        assert store.next_signing_seed(create=False) is None
        with pytest.raises(KeyStoreError, match="no next signing key"):
            store.promote_signing_seed()
        following = store.next_signing_seed(create=True)
        assert following is not None
        assert other.next_signing_seed(create=True) == other.next_signing_seed(create=False) == following
        assert (store.signing_seed, other.signing_seed) == (office.seed, office.seed)
        office.erase()
        assert other.next_signing_seed(create=False) == following
        store.promote_signing_seed()
        assert (store.signing_seed, other.signing_seed) == (following, following) != (office.seed, office.seed)
        assert other.next_signing_seed(create=False) is None
        with pytest.raises(KeyStoreError, match="no next signing key"):
            other.promote_signing_seed()
    assert not re.search(re.escape(following), office.every_byte())


# --- the format before


def as_format_1(office: Office) -> None:
    """The store as an earlier release left it: no tables for erasure, a code's digest under the ledger key."""
    with office.open() as store:
        ledger_key = store._vault.ledger_key
    with closing(sqlite3.connect(office.folder / "a.keys")) as file, file:
        for stream, code in CODES.items():
            digest = digest_of(ledger_key, "code", code)
            file.execute("UPDATE keys SET digest=? WHERE stream=?", (digest, stream))
        file.execute("DROP TABLE erased")
        file.execute("DROP TABLE erasing")
        file.execute("PRAGMA user_version=1")


def test_a_store_of_format_1_is_brought_up_to_date(office: Office) -> None:
    as_format_1(office)
    with office.open() as store:
        office.check_others(store, PEOPLE)
    with office.open() as store, closing(sqlite3.connect(office.folder / "a.keys")) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (2,)
        office.check_others(store, PEOPLE)
    office.erase()
    with office.open() as store:
        office.check_gone(store)
        office.check_others(store)


# --- copies


def test_nobody_is_erased_in_a_copy_while_the_original_is_there(office: Office, tmp_path: Path) -> None:
    """Else the copy would replace the key-encrypting key, and the office could not open its own key store any more."""
    (tmp_path / "copy").mkdir()
    for path in office.folder.glob("a.keys*"):
        shutil.copy(path, tmp_path / "copy")
    with closing(KeyStore.open(tmp_path / "copy" / "a.keys", office.folder / "kek")) as copy:
        assert copy.key_of(GONE) == office.keys[GONE]
        for destroy in (copy.begin_erasing, copy.erase):
            with pytest.raises(KeyStoreError, match="in a copy"):
                destroy(GONE)
    with office.open() as store:
        assert store.key_of(GONE) == office.keys[GONE]
    (office.folder / "a.keys").rename(tmp_path / "away")
    with closing(KeyStore.open(tmp_path / "copy" / "a.keys", office.folder / "kek")) as moved:
        moved.erase(GONE)
        assert moved.key_of(GONE) is None


def test_a_copy_of_the_folder_with_the_keys_of_its_own_is_free(office: Office, tmp_path: Path) -> None:
    shutil.copytree(office.folder, tmp_path / "training")
    with closing(KeyStore.open(tmp_path / "training" / "a.keys", tmp_path / "training" / "kek")) as training:
        training.erase(GONE)
    with office.open() as store:
        assert store.key_of(GONE) == office.keys[GONE]

"""The key store against plain dictionaries; what it shows to whom; and each thing that can be wrong with it."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import token_bytes
from tempfile import TemporaryDirectory
from threading import Thread

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cadreledger.errors import ConflictError, ErasedError, InputError, KeyStoreError
from cadreledger.store import KeyStore, NewKey, NewRow, RowEntry
from cadreledger.store.kek import kek_path, read_kek
from cadreledger.store.key_tables import code_digest

PEOPLE = [f"cadre:{number:032x}" for number in range(4)]
CODES = ["C001", "C002", "赵某003"]
TX = "0f" * 16

people = st.sampled_from(PEOPLE)
codes = st.sampled_from(CODES)
registers = st.sampled_from(["dues", "visits"])
row_keys = st.sampled_from(["1", "2", "1\0", "王某"])


@contextmanager
def new_store(folder: Path) -> Iterator[KeyStore]:
    with KeyStore.building(folder / "a.keys", folder / "kek"):
        pass
    with closing(reopened(folder)) as store:
        yield store


def reopened(folder: Path, ledger_id: str | None = None) -> KeyStore:
    return KeyStore.open(folder / "a.keys", folder / "kek", ledger_id=ledger_id)


def by_hand(folder: Path, statement: str, *parameters: str | bytes) -> None:
    with closing(sqlite3.connect(folder / "a.keys")) as file, file:
        file.execute(statement, parameters)


def row(subject: str | None = None, row_key: str = "1", content: str = "8.50", version: int = 1) -> NewRow:
    return NewRow("dues", row_key, subject, TX, subject or "ledger", version, content)


def every_byte(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("a.keys*")))


class KeyStoreMachine(RuleBasedStateMachine):
    """Two handles on one file: an import runs while a clerk works, and either may erase somebody."""

    @initialize()
    def make(self) -> None:
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name)
        with KeyStore.building(self.path / "a.keys", self.path / "kek"):
            pass
        self.stores = [reopened(self.path), reopened(self.path)]
        self.keys: dict[str, tuple[bytes, str | None]] = {}
        self.requests: dict[str, str] = {}
        self.rows: dict[tuple[str, str, str | None, bytes | None], NewRow] = {}
        self.seen: set[tuple[str, str]] = set()
        self.erased: set[str] = set()  # codes
        self.seed = self.stores[0].signing_seed
        self.next_seed: bytes | None = None

    def teardown(self) -> None:
        for store in self.stores:
            store.close()
        self.folder.cleanup()

    def key(self, subject: str | None) -> bytes | None:
        return self.keys[subject][0] if subject in self.keys else None

    @rule(stream=people, code=st.none() | codes, handle=st.integers(0, 1))
    def register(self, stream: str, code: str | None, handle: int) -> None:
        new = NewKey(stream, token_bytes(32), code)
        if code in self.erased:
            with pytest.raises(ErasedError):
                self.stores[handle].commit(keys=[new], requests={"lost": TX}, rows=[row(row_key="lost")])
            return
        known = stream in self.keys or (code is not None and code in [known for _, known in self.keys.values()])
        if not known:
            self.stores[handle].commit(keys=[new], rows=[row(stream)])
            self.keys[stream] = (new.key, code)
            self.remember(row(stream))
            return
        with pytest.raises(ConflictError) as caught:
            self.stores[handle].commit(keys=[new], requests={"lost": TX}, rows=[row(row_key="lost")])
        assert caught.value.stream == stream

    @rule(stream=people, handle=st.integers(0, 1))
    def register_again(self, stream: str, handle: int) -> None:
        if stream in self.keys:
            self.stores[handle].commit(keys=[NewKey(stream, *self.keys[stream])])

    @rule(stream=people)
    def destroy_by_hand(self, stream: str) -> None:
        by_hand(self.path, "DELETE FROM keys WHERE stream=?", stream)
        self.keys.pop(stream, None)

    @rule(stream=people, handle=st.integers(0, 1))
    def erase(self, stream: str, handle: int) -> None:
        store, before = self.stores[handle], self.stores[handle].kek_file.read_bytes()
        store.begin_erasing(stream)
        assert store.erasing() == ((stream,) if stream in self.keys else ())
        store.erase(stream)
        assert store.erasing() == ()
        assert (store.kek_file.read_bytes() != before) == (stream in self.keys)
        _, code = self.keys.pop(stream, (None, None))
        self.erased |= set() if code is None else {code}

    @rule(handle=st.integers(0, 1))
    def make_the_next_signing_key(self, handle: int) -> None:
        made = self.stores[handle].next_signing_seed(create=True)
        assert self.next_seed in (None, made)
        self.next_seed = made

    @rule(handle=st.integers(0, 1))
    def promote_it(self, handle: int) -> None:
        if self.next_seed is None:
            with pytest.raises(KeyStoreError):
                self.stores[handle].promote_signing_seed()
        else:
            self.stores[handle].promote_signing_seed()
            self.seed, self.next_seed = self.next_seed, None

    @rule(key=st.sampled_from(["app/1", "app/2"]), tx=st.sampled_from(["aa", "bb"]), handle=st.integers(0, 1))
    def request(self, key: str, tx: str, handle: int) -> None:
        self.stores[handle].commit(requests={key: tx})
        self.requests.setdefault(key, tx)

    @rule(
        register=registers,
        row_key=row_keys,
        subject=st.none() | people,
        version=st.integers(1, 9),
        content=st.text(),
        handle=st.integers(0, 1),
    )
    def take_in(
        self, register: str, row_key: str, subject: str | None, version: int, content: str, handle: int
    ) -> None:
        new = NewRow(register, row_key, subject, TX, subject or "ledger", version, content)
        if subject is None or subject in self.keys:
            self.stores[handle].commit(rows=[new])
            self.remember(new)
        else:
            with pytest.raises(KeyStoreError):
                self.stores[handle].commit(rows=[row(row_key="lost"), new])

    def remember(self, new: NewRow) -> None:
        self.rows[new.register, new.row_key, new.subject, self.key(new.subject)] = new
        self.seen.add((new.register, new.row_key))

    def entry(self, store: KeyStore, new: NewRow) -> RowEntry:
        return RowEntry(new.tx, new.stream, new.version, store.fingerprint(new.content, new.subject))

    @rule(handle=st.integers(0, 1))
    def open_again(self, handle: int) -> None:
        self.stores[handle].close()
        self.stores[handle] = reopened(self.path, self.stores[handle].store_id)

    @rule(register=registers, row_key=row_keys, handle=st.integers(0, 1))
    def find_rows(self, register: str, row_key: str, handle: int) -> None:
        store = self.stores[handle]
        assert store.row_seen(register, row_key) == ((register, row_key) in self.seen)
        alive = []
        for subject in (None, *PEOPLE):
            new = self.rows.get((register, row_key, subject, self.key(subject)))
            found = store.find_row(register, row_key, subject)
            assert found == (self.entry(store, new) if new else None)
            alive += [found] if found else []
        anywhere = store.find_row_anywhere(register, row_key)
        assert anywhere in alive if alive else anywhere is None

    @invariant()
    def both_handles_agree_with_the_dictionaries(self) -> None:
        for store in self.stores:
            for stream in PEOPLE:
                assert (store.key_of(stream), store.code_of(stream)) == self.keys.get(stream, (None, None))
            for code in CODES:
                assert store.is_erased(code) == (code in self.erased)
                if code in self.erased:
                    with pytest.raises(ErasedError):
                        store.stream_of(code)
                    continue
                streams = [stream for stream, (_, known) in self.keys.items() if known == code]
                assert store.stream_of(code) == (streams[0] if streams else None)
            for key in ("app/1", "app/2"):
                assert store.request_tx(key) == self.requests.get(key)
            assert store.request_tx("lost") is None
            assert not store.row_seen("dues", "lost")
            assert (store.signing_seed, store.next_signing_seed(create=False)) == (self.seed, self.next_seed)


TestKeyStore = KeyStoreMachine.TestCase


def test_a_fingerprint_tells_contents_subjects_and_nothing_else_apart(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        key = token_bytes(32)
        before = store.fingerprint("8.50", key)
        store.commit(keys=[NewKey(PEOPLE[0], key, "C001"), NewKey("branch:B1", token_bytes(32), None)])
        assert store.fingerprint("8.50", PEOPLE[0]) == before
        others = [
            store.fingerprint("8.5", key),
            store.fingerprint("8.50", None),
            store.fingerprint("8.50", "branch:B1"),
        ]
        assert len({before, *others}) == 4
        with pytest.raises(KeyStoreError):
            store.fingerprint("8.50", PEOPLE[1])


def test_secrets_outlive_closing(tmp_path: Path) -> None:
    with KeyStore.building(tmp_path / "a.keys", tmp_path / "kek") as store:
        seed, store_id, fingerprint = store.signing_seed, store.store_id, store.fingerprint("8.50", None)
    with closing(reopened(tmp_path, store_id)) as store:
        assert (store.signing_seed, store.store_id) == (seed, store_id)
        assert store.fingerprint("8.50", None) == fingerprint
    assert (len(seed), len(store_id)) == (32, 32)


def test_a_copy_without_the_kek_shows_neither_codes_nor_keys_nor_rows(tmp_path: Path) -> None:
    key = token_bytes(32)
    person = NewKey(PEOPLE[0], key, "CODE-OF-A-PERSON")
    with new_store(tmp_path) as store:
        a_row = NewRow("dues", "ROW-KEY", PEOPLE[0], "TX" * 16, PEOPLE[0], 7, "CONTENT-OF-A-ROW")
        store.commit(keys=[person], requests={"REQUEST-KEY": TX}, rows=[a_row])
        shown = every_byte(tmp_path)
        secrets = [
            store.signing_seed,
            store._vault.ledger_key,
            store._vault.kek,
            key,
            b"CODE-OF",
            b"ROW-KEY",
            b"REQUEST-KEY",
        ]
        assert not any(secret in shown for secret in [*secrets, b"CONTENT-OF", b"TXTX"])
        assert shown.count(PEOPLE[0].encode()) >= 1  # the stream itself is no secret
        assert "CODE" not in repr(person) + repr(a_row)
        assert "KEY" not in repr(a_row)


def test_what_is_destroyed_is_overwritten(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        store.commit(keys=[NewKey(PEOPLE[0], token_bytes(32), "C001")])
        wrapped = store._vault._connection.execute("SELECT key FROM keys").fetchone()[0]
        assert wrapped in every_byte(tmp_path)
        store._vault._connection.execute("DELETE FROM keys")
        store._vault._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert wrapped not in every_byte(tmp_path)


def test_only_the_owner_can_use_the_files(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [*tmp_path.iterdir(), *tmp_path.glob("*/*")]}
        assert modes == {
            "a.keys": 0o600,
            "a.keys-wal": 0o600,
            "a.keys-shm": 0o600,
            "kek": 0o700,
            f"{store.store_id}.kek": 0o600,
            f"{store.store_id}.place": 0o600,
        }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.keys", "kek"]


def test_randomness_is_what_the_caller_gives(tmp_path: Path) -> None:
    drawn: list[int] = []

    def counted(size: int) -> bytes:
        drawn.append(size)
        return len(drawn).to_bytes(size, "big")

    with KeyStore.building(tmp_path / "a.keys", tmp_path / "kek", random=counted) as store:
        assert store.store_id == f"{1:032x}"
        assert drawn == [16, 32, 32, 12, 32, 12]  # the id, the KEK; the ledger key and the seed, each with a nonce
        assert store.signing_seed == (5).to_bytes(32, "big")
        before = len(drawn)
        store.commit(keys=[NewKey(PEOPLE[0], bytes(32), "C001")])
        assert drawn[before:] == [12, 12]


def test_a_key_of_a_wrong_length_is_refused(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        with pytest.raises(InputError):
            store.commit(requests={"app/1": TX}, keys=[NewKey(PEOPLE[0], bytes(31), "C001")])
        assert store.request_tx("app/1") is None


def test_one_code_for_two_people_is_refused_within_a_commit_too(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        two = [NewKey(person, token_bytes(32), "C001") for person in PEOPLE[:2]]
        with pytest.raises(ConflictError) as caught:
            store.commit(keys=two)
        assert caught.value.stream == PEOPLE[1]
        assert "C001" not in str(caught.value)
        assert store.stream_of("C001") is None


@pytest.mark.parametrize("code", ["C002", None])
def test_a_known_key_with_another_code_is_refused(tmp_path: Path, code: str | None) -> None:
    with new_store(tmp_path) as store:
        key = token_bytes(32)
        store.commit(keys=[NewKey(PEOPLE[0], key, "C001")])
        with pytest.raises(ConflictError):
            store.commit(keys=[NewKey(PEOPLE[0], key, code)])
        assert (store.code_of(PEOPLE[0]), store.stream_of("C002")) == ("C001", None)


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_key_store_whose_making_fails_leaves_neither_file(tmp_path: Path) -> None:
    with pytest.raises(InputError), KeyStore.building(tmp_path / "a.keys", tmp_path / "kek") as store:
        store.commit(keys=[NewKey(PEOPLE[0], b"", "C001")])
    assert [path.name for path in tmp_path.rglob("*")] == ["kek"]


def test_no_key_store_is_overwritten(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        store.commit(keys=[NewKey(PEOPLE[0], token_bytes(32), "C001")])
        with pytest.raises(KeyStoreError, match="something of that name"):
            KeyStore.building(tmp_path / "a.keys", tmp_path / "kek").__enter__()
        assert store.stream_of("C001") == PEOPLE[0]
    assert {path.suffix for path in (tmp_path / "kek").iterdir()} == {".kek", ".place"}


def refused(folder: Path, ledger_id: str | None = None) -> str:
    with pytest.raises(KeyStoreError) as caught:
        reopened(folder, ledger_id)
    assert caught.value.hint
    return str(caught.value)


@pytest.fixture
def kek(tmp_path: Path) -> Path:
    """The KEK of a key store in ``tmp_path``."""
    with new_store(tmp_path) as store:
        store.commit(keys=[NewKey(PEOPLE[0], token_bytes(32), "C001")], rows=[row(PEOPLE[0])])
        return tmp_path / "kek" / f"{store.store_id}.kek"


def test_a_missing_key_store(tmp_path: Path) -> None:
    assert f"no key store at {tmp_path / 'a.keys'}" in refused(tmp_path)


def test_a_missing_kek_says_where_it_was_looked_for(tmp_path: Path, kek: Path) -> None:
    kek.rename(tmp_path / "elsewhere")
    assert str(kek) in refused(tmp_path)


def test_a_wrong_kek_says_where_it_was_found(tmp_path: Path, kek: Path) -> None:
    kek.write_bytes(token_bytes(32))
    assert str(kek) in refused(tmp_path)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_kek_of_a_wrong_length(tmp_path: Path, kek: Path, size: int) -> None:
    kek.write_bytes(bytes(size))
    assert "32 bytes" in refused(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX's")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_kek_that_others_can_use(tmp_path: Path, kek: Path, mode: int) -> None:
    kek.chmod(mode)
    assert f"chmod 600 '{kek}'" in refused(tmp_path)
    kek.chmod(0o400)
    reopened(tmp_path).close()


def test_the_key_store_of_another_ledger(tmp_path: Path, kek: Path) -> None:
    assert "another ledger" in refused(tmp_path, "0" * 32)
    reopened(tmp_path, kek.stem).close()


def test_something_else_is_no_key_store(tmp_path: Path) -> None:
    (tmp_path / "a.keys").write_bytes(b"")
    assert "is not a key store" in refused(tmp_path)
    (tmp_path / "a.keys").write_bytes(b"nor is this" * 100)
    assert "not an SQLite database" in refused(tmp_path)


@pytest.mark.usefixtures("kek")
def test_an_id_that_is_none_never_becomes_a_path(tmp_path: Path) -> None:
    by_hand(tmp_path, "UPDATE store SET value='../../evil' WHERE name='id'")
    assert "lost its id" in refused(tmp_path)
    by_hand(tmp_path, "DELETE FROM store WHERE name='id'")
    assert "lost its id" in refused(tmp_path)


@pytest.mark.usefixtures("kek")
def test_a_damaged_file(tmp_path: Path) -> None:
    data = (tmp_path / "a.keys").read_bytes()
    (tmp_path / "a.keys").write_bytes(data[:4096] + os.urandom(len(data) - 4096))
    assert "damaged" in refused(tmp_path)


@pytest.mark.usefixtures("kek")
@pytest.mark.parametrize("column", ["key", "code"])
def test_an_entry_that_was_tampered_with(tmp_path: Path, column: str) -> None:
    by_hand(tmp_path, f"UPDATE keys SET {column}=zeroblob(60)")
    with closing(reopened(tmp_path)) as store:
        for read in (store.stream_of, store.code_of):
            with pytest.raises(KeyStoreError, match="damaged"):
                read("C001" if read == store.stream_of else PEOPLE[0])


@pytest.mark.usefixtures("kek")
def test_an_entry_cannot_be_moved_to_somebody_else(tmp_path: Path) -> None:
    with closing(reopened(tmp_path)) as store:
        store.commit(keys=[NewKey(PEOPLE[1], token_bytes(32), "C002")], rows=[row(PEOPLE[0], "2")])
        by_hand(tmp_path, "UPDATE keys SET digest=NULL WHERE stream=?", PEOPLE[0])
        digest = code_digest(store._vault.kek, "C001")
        by_hand(tmp_path, "UPDATE keys SET digest=? WHERE stream=?", digest, PEOPLE[1])
        with pytest.raises(KeyStoreError, match="damaged"):
            store.stream_of("C001")
        by_hand(tmp_path, "UPDATE rows SET entry=(SELECT entry FROM rows ORDER BY digest LIMIT 1)")
        with pytest.raises(KeyStoreError, match="damaged"):
            [store.find_row("dues", row_key, PEOPLE[0]) for row_key in "12"]
        by_hand(tmp_path, "UPDATE keys SET key=(SELECT key FROM keys WHERE stream=?)", PEOPLE[0])
        with pytest.raises(KeyStoreError, match="damaged"):
            store.key_of(PEOPLE[1])


@pytest.mark.usefixtures("kek")
def test_a_closed_key_store_says_so(tmp_path: Path) -> None:
    store = reopened(tmp_path)
    store.close()
    store.close()
    with pytest.raises(KeyStoreError, match="closed"):
        store.key_of(PEOPLE[0])
    with pytest.raises(KeyStoreError, match="closed"):
        store.commit(requests={"app/1": TX})


def test_closing_waits_for_whoever_is_writing(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        closer = Thread(target=store.close)
        with store._vault.transaction():
            closer.start()
            closer.join(0.1)
            assert closer.is_alive()
            assert store.key_of(PEOPLE[0]) is None
        closer.join()
        with pytest.raises(KeyStoreError, match="closed"):
            store.key_of(PEOPLE[0])


def test_where_a_kek_is_looked_for(tmp_path: Path) -> None:
    in_home = Path.home() / ".config" / "cadreledger" / "a.kek"
    named = {"CADRELEDGER_KEK_DIR": "/keys", "XDG_CONFIG_HOME": "/config"}
    assert kek_path("a", tmp_path, named) == tmp_path / "a.kek"
    assert kek_path("a", None, named) == Path("/keys/a.kek")
    assert kek_path("a", None, named | {"CADRELEDGER_KEK_DIR": ""}) == Path("/config/cadreledger/a.kek")
    assert kek_path("a", None, {}) == kek_path("a", None, {"XDG_CONFIG_HOME": "relative"}) == in_home


def test_a_kek_file_is_never_overwritten(tmp_path: Path, kek: Path) -> None:
    before = read_kek(kek)
    taken = iter([bytes.fromhex(kek.stem)])
    with pytest.raises(KeyStoreError, match="cannot be written"):
        KeyStore.building(
            tmp_path / "b.keys", tmp_path / "kek", random=lambda size: next(taken, token_bytes(size))
        ).__enter__()
    assert read_kek(kek) == before
    assert not (tmp_path / "b.keys").exists()

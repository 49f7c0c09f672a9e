"""Making a ledger and opening it again: whole or not at all, and an error that says what is wrong."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadreledger import CadreLedgerError, InputError, KeyStoreError, Ledger, StoreError
from cadreledger.events.ledger import LedgerOpened
from cadreledger.figures import Catalogue


def test_a_new_ledger_says_whose_it_is_and_by_what_it_counts(place: Path) -> None:
    with Ledger.create(place, name="永兴社区", clock=lambda: datetime(2021, 7, 1, tzinfo=UTC)) as ledger:
        (first,) = ledger.events()
        opened = first.event
        assert isinstance(opened, LedgerOpened)
        assert (ledger.position, first.stream, first.version) == (1, "ledger", 1)
        assert (opened.name, opened.time_zone, opened.origin) == ("永兴社区", "Asia/Shanghai", ledger.origin)
        assert opened.catalogue == Catalogue.load().digest
        assert opened.keys[0].startswith(f"{ledger.origin}+")
        assert first.entry.recorded_at == datetime(2021, 7, 1, tzinfo=UTC)
    assert {path.name for path in place.parent.iterdir()} == {"yongxing.ledger", "yongxing.keys"}


def test_it_is_the_same_ledger_when_opened_again(place: Path) -> None:
    with Ledger.create(place, name="永兴社区", time_zone="Europe/Berlin") as ledger:
        made = (ledger.name, ledger.origin, ledger.zone, ledger.position)
    with Ledger.open(str(place)) as ledger:
        assert (ledger.name, ledger.origin, ledger.zone, ledger.position) == made


def test_two_ledgers_of_one_name_have_two_origins(tmp_path: Path) -> None:
    origins = set()
    for name in ("a", "b"):
        with Ledger.create(tmp_path / name, name="永兴社区") as ledger:
            origins.add(ledger.origin)
    assert len(origins) == 2


def test_an_origin_may_be_chosen(place: Path) -> None:
    with Ledger.create(place, name="永兴社区", origin="example.org/yongxing") as ledger:
        assert ledger.origin == "example.org/yongxing"


def test_keys_may_be_kept_elsewhere(place: Path, tmp_path: Path) -> None:
    kek_dir = tmp_path / "kek"
    with Ledger.create(place, name="永兴社区", kek_dir=kek_dir) as ledger, ledger.transaction(by="staff:a") as tx:
        tx.cadres.register("C1", kind="retired", name="赵某")
    assert {path.suffix for path in kek_dir.iterdir()} == {".kek", ".place", ".checkpoint"}
    with Ledger.open(place, kek_dir=str(kek_dir)) as ledger:
        assert len(ledger.history("C1")) == 1
    with Ledger.open(place) as ledger, pytest.raises(KeyStoreError):
        ledger.history("C1")


def test_nothing_is_made_where_something_is(place: Path) -> None:
    with Ledger.create(place, name="永兴社区"):
        pass
    before = place.read_bytes()
    with pytest.raises(StoreError, match="something of that name"):
        Ledger.create(place, name="别的社区")
    assert place.read_bytes() == before


def test_a_key_store_that_is_there_already_is_not_taken_over(place: Path) -> None:
    keys = place.with_suffix(".keys")
    keys.write_bytes(b"somebody else's")
    with pytest.raises(StoreError):
        Ledger.create(place, name="永兴社区")
    assert keys.read_bytes() == b"somebody else's"
    assert not place.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "  "},
        {"name": None},
        {"name": 5},
        {"name": "\ud800"},
        {"name": "名" * 20_000},
        {"origin": ""},
        {"origin": "has space"},
        {"origin": "永兴"},
        {"origin": "a+b"},
        {"origin": "a" * 300},
        {"origin": 5},
        {"time_zone": ""},
        {"time_zone": "Asia/Nowhere"},
        {"time_zone": "../etc/passwd"},
        {"time_zone": "Asia"},
        {"time_zone": "zone.tab"},
        {"time_zone": "a\0b"},
        {"time_zone": "\ud800"},
        {"time_zone": None},
        {"time_zone": 8},
        {"clock": lambda: datetime(2021, 7, 1)},  # noqa: DTZ001 - what is wrong with it
    ],
    ids=lambda wrong: ascii(wrong)[:40].split(" at 0x")[0],
)
def test_a_ledger_of_the_wrong_form_is_not_made_in_part(place: Path, tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Ledger.create(place, kek_dir=tmp_path / "kek", **({"name": "永兴社区"} | wrong))  # type: ignore[arg-type]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@given(name=st.text(max_size=80))
def test_any_name_makes_a_ledger_or_an_error_of_ours(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    place = tmp_path_factory.mktemp("named") / "a.ledger"
    try:
        with Ledger.create(place, name=name) as ledger:
            assert ledger.name == name
            assert ledger.origin.isascii()
    except InputError:
        assert not place.exists()


def test_there_is_no_ledger_to_open(place: Path) -> None:
    with pytest.raises(StoreError, match="there is no ledger"):
        Ledger.open(place)
    assert not place.exists()
    with pytest.raises(StoreError, match="not a file"):
        Ledger.open(place.parent)


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + bytes(100)])
def test_what_is_no_ledger_is_not_opened(place: Path, content: bytes) -> None:
    place.write_bytes(content)
    with pytest.raises(StoreError):
        Ledger.open(place)
    assert place.read_bytes() == content


def test_another_database_is_no_ledger(place: Path) -> None:
    with closing(sqlite3.connect(place)) as other:
        other.execute("CREATE TABLE stored_events (a)")
        other.commit()
    with pytest.raises(StoreError, match="is not a ledger"):
        Ledger.open(place)


def test_a_key_store_is_no_ledger(place: Path) -> None:
    with Ledger.create(place, name="永兴社区"):
        pass
    with pytest.raises(StoreError, match="is not a ledger"):
        Ledger.open(place.with_suffix(".keys"))


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM stored_events", "UPDATE stored_events SET state=x'00'", "UPDATE stored_events SET topic='a'"],
)
def test_a_ledger_without_its_first_event_is_refused(place: Path, statement: str) -> None:
    with Ledger.create(place, name="永兴社区"):
        pass
    with closing(sqlite3.connect(place)) as file:
        file.execute(statement)
        file.commit()
    with pytest.raises(StoreError):
        Ledger.open(place)


def test_the_key_store_of_another_ledger_opens_nothing(tmp_path: Path) -> None:
    for name in ("a", "b"):
        place = tmp_path / f"{name}.ledger"
        with Ledger.create(place, name="永兴社区") as ledger, ledger.transaction(by="staff:a") as tx:
            tx.cadres.register("C1", kind="retired", name="赵某")
    (tmp_path / "a.keys").write_bytes((tmp_path / "b.keys").read_bytes())
    with Ledger.open(tmp_path / "a.ledger") as ledger:
        assert ledger.figures("2021")["cadres.retired"].value == 1
        with pytest.raises(KeyStoreError, match="another ledger"):
            ledger.history("C1")


def test_a_closed_ledger_says_so(place: Path) -> None:
    ledger = Ledger.create(place, name="永兴社区")
    ledger.close()
    ledger.close()
    with pytest.raises(StoreError, match="closed"):
        ledger.figures("2021")
    with pytest.raises(StoreError, match="closed"), ledger.transaction(by="staff:a") as tx:
        tx.branches.establish("B1", name="支部", kind="formal", on=date(2012, 6, 28))


def test_a_name_needs_no_suffix(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "社区 2021", name="永兴社区"):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {"社区 2021", "社区 2021.keys"}
    try:
        Ledger.open(tmp_path / "社区 2021").close()
    except CadreLedgerError as error:
        pytest.fail(str(error))

"""What follows from an entry: whom its void is about, when a membership ends, what a repetition takes for today."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cadreledger import Ledger, RuleError, StoreError, Transaction, yuan
from cadreledger.errors import DecodeError
from cadreledger.events.void import Void
from cadreledger.figures import Catalogue

BY = "staff:liaison"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2022, 1, 10, 15, 59, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def open_books(tx: Transaction) -> None:
    first = tx.branches.establish("B1", name="一支部", kind="formal")
    tx.branches.establish("B2", name="二支部", kind="formal")
    tx.cadres.register("C1", kind="retired", name="甲某", formal=first)


def test_a_void_stands_in_the_history_of_whom_its_target_was_about_under_their_key(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "a.ledger", name="永兴社区") as ledger:
        ledger.run(open_books, by=BY)
        with ledger.transaction(by=BY) as tx:
            branch = tx.branches["B1"]
            branch.return_dues(yuan("500.00"), on=date(2021, 5, 1))
            aid = branch.spend(
                yuan("100.00"),
                use="hardship_aid",
                on=date(2021, 5, 6),
                decision="支委会决议",
                beneficiary=tx.cadres["C1"].stream,
                note="困难补助",
            )
        with ledger.transaction(by=BY) as tx:
            tx.branches["B1"].void(aid, words="甲某已退回")
        spent, void = ledger.history("C1")[-2:]
        assert isinstance(void.event, Void)
        assert void.event.words == "甲某已退回"
        assert spent.subject == void.subject == ledger.stream_of("C1")


def test_a_member_who_moves_without_dates_is_counted_once_in_every_month(tmp_path: Path) -> None:
    clock = Clock()
    with Ledger.create(tmp_path / "a.ledger", name="永兴社区", clock=clock) as ledger:
        ledger.run(open_books, by=BY)
        with ledger.transaction(by=BY) as tx:
            cadre = tx.cadres["C1"]
            cadre.leave_branch(tx.branches["B1"], cause="transfer")
            cadre.join(tx.branches["B2"])
        for period in ("2020", "2021-12", "2022-01", "2023"):
            assert ledger.figures(period)["members.affiliated"].value == 1, period


def test_nobody_joins_before_they_left(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "a.ledger", name="永兴社区") as ledger:
        ledger.run(open_books, by=BY)
        with ledger.transaction(by=BY) as tx:
            tx.cadres["C1"].leave_branch(tx.branches["B1"], on=date(2021, 5, 6))
        with pytest.raises(RuleError) as refused, ledger.transaction(by=BY) as tx:
            tx.cadres["C1"].join(tx.branches["B2"], on=date(2021, 5, 5))
        assert refused.value.rule == "before_what_it_follows"


def test_a_key_asked_again_after_midnight_gives_the_first_result(tmp_path: Path) -> None:
    clock = Clock()
    with Ledger.create(tmp_path / "a.ledger", name="永兴社区", clock=clock) as ledger:
        ledger.run(open_books, by=BY)

        def change(tx: Transaction) -> int:
            return tx.cadres["C1"].change(smartphone=True)  # dated today

        first = ledger.run(change, by=BY, key="app/1")
        clock.now += timedelta(days=1)
        again = ledger.run(change, by=BY, key="app/1")
        assert again.repeated
        assert again.positions == first.positions


def test_figures_name_the_position_of_an_event_that_was_changed_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "a.ledger"
    with Ledger.create(path, name="永兴社区") as ledger:
        ledger.run(open_books, by=BY)
        position = ledger.history("C1")[0].position
    stored = path.read_bytes()
    assert stored.count(b'"type":"cadre.registered/1"') == 2  # header and internal section
    path.write_bytes(stored.replace(b'"type":"cadre.registered/1"', b'"type":"cadre.registered/9"'))
    with Ledger.open(path) as ledger, pytest.raises(DecodeError) as refused:
        ledger.figures("2021")
    assert refused.value.position == position


def test_a_ledger_of_another_catalogue_is_not_summed_by_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.ledger"
    Ledger.create(path, name="永兴社区").close()
    shipped = Catalogue.load()
    other = Catalogue(shipped.declarations, shipped.schema, shipped.checks, "A" * 43)
    monkeypatch.setattr(Catalogue, "load", classmethod(lambda _cls: other))
    with Ledger.open(path) as ledger, pytest.raises(StoreError, match="another catalogue"):
        ledger.figures("2021")

"""What the ledger's tests share: a place, a ledger in it, and an office with one formal branch and one person."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cadreledger import Ledger


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "yongxing.ledger"


@pytest.fixture
def ledger(place: Path) -> Iterator[Ledger]:
    """A ledger in which nothing has happened."""
    with Ledger.create(place, name="永兴社区") as ledger:
        yield ledger


@pytest.fixture
def office(ledger: Ledger) -> Ledger:
    """The formal branch B1, and its member C1."""
    with ledger.transaction(by="staff:liaison") as tx:
        branch = tx.branches.establish("B1", name="离退休干部党支部", kind="formal", on=date(2012, 6, 28))
        tx.cadres.register("C1", kind="retired", name="赵某", formal=branch)
    return ledger

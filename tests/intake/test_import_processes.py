"""Two offices at one ledger, and imports that are cut off."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
from tests.intake.office import PEOPLE, Book, dues, fund, new_ledger, take_in, values, visit, write_book

import cadreledger.errors
from cadreledger import Ledger
from cadreledger.intake import ImportReport, import_workbook
from cadreledger.store import KeyStore

Bring = Callable[..., ImportReport]

PACKAGE = Path(cadreledger.errors.__file__).parents[1]  # the child tests what we test
IMPORTER = Path(__file__).with_name("importer.py")
MONTHS = [f"2021-{month:02}" for month in range(1, 11)]
JOURNALS: Book = {
    "党费": [
        dues(number, f"{month}-05", code, month, 5)
        for number, (month, code) in enumerate(((month, code) for month in MONTHS for code in ("C1", "C2")), 1)
    ],
    "党费收支": [fund(number, f"{month}-28", "上缴", 10) for number, month in enumerate(MONTHS, 1)],
    "走访": [visit(number, f"{month}-07", "C3") for number, month in enumerate(MONTHS, 1)],
}
ALL: Book = {**PEOPLE, **JOURNALS}
ROWS = sum(map(len, ALL.values()))
WHOLE = {
    "dues.collected": 10_000,
    "dues.credited": 10_000,
    "dues.remitted": 10_000,
    "visits.made": 10,
    "cadres.veteran": 1,
    "cadres.retired": 2,
    "cadres.smartphone": 1,
    "cadres.frail": 1,
    "members.affiliated": 2,
    "members.participating": 1,
}


def start(ledger: Path, workbook: Path, death: str = "never") -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, IMPORTER, ledger, workbook, death],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PACKAGE)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def finish(*processes: "subprocess.Popen[str]") -> list[str]:
    """Let them all go at once; what they say."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.communicate()[0].strip() for process in processes]


@pytest.mark.parametrize("known", [{}, PEOPLE], ids=["nobody is known", "everybody is known"])
def test_two_processes_import_the_same_workbook_at_once(
    ledger: Ledger, bring: Bring, tmp_path: Path, known: Book
) -> None:
    bring(known)
    before = ledger.position
    workbook = write_book(tmp_path / "all.xlsx", ALL)
    processes = [start(tmp_path / "office.ledger", workbook) for _ in range(2)]
    said = finish(*processes)
    assert [process.returncode for process in processes] == [0, 0]
    assert sorted(said, key=int) == ["0", str(ledger.position - before)]
    assert values(ledger) == WHOLE
    assert import_workbook(ledger, workbook).events == 0


@pytest.mark.parametrize("known", [{}, PEOPLE], ids=["nobody is known", "everybody is known"])
def test_whoever_comes_between_the_keys_and_the_events_of_an_import_records_nothing_twice(
    ledger: Ledger, bring: Bring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: Book
) -> None:
    bring(known)
    workbook = write_book(tmp_path / "all.xlsx", ALL)
    commit, first, second = KeyStore.commit, Event(), Event()
    reports: list[ImportReport] = []

    def other_import() -> None:
        with Ledger.open(tmp_path / "office.ledger", clock=ledger._clock) as other:
            reports.append(import_workbook(other, workbook))

    thread = Thread(target=other_import)

    def commit_and_wait(*arguments: object, **named: object) -> None:
        commit(*arguments, **named)  # type: ignore[arg-type]
        if first.is_set():
            second.set()
            return
        first.set()
        thread.start()
        second.wait(0.5)  # as long as it is kept out, it does not come

    monkeypatch.setattr(KeyStore, "commit", commit_and_wait)
    reports.append(import_workbook(ledger, workbook))
    thread.join()
    assert sorted(report.events == 0 for report in reports) == [False, True]
    assert values(ledger) == WHOLE


@pytest.mark.parametrize("known", [{}, PEOPLE], ids=["nobody is known", "everybody is known"])
@pytest.mark.parametrize("death", ["1", str(ROWS // 2), str(ROWS), "before-keys", "after-keys"])
def test_an_import_that_is_cut_off_records_nothing_and_the_next_one_everything(
    tmp_path: Path, known: Book, death: str
) -> None:
    with new_ledger(tmp_path) as ledger:
        take_in(ledger, tmp_path, known)
        before, figures = ledger.position, values(ledger)
    workbook = write_book(tmp_path / "all.xlsx", ALL)
    process = start(tmp_path / "office.ledger", workbook, death)
    assert finish(process) == [""]
    assert process.returncode < 0
    with Ledger.open(tmp_path / "office.ledger") as ledger:
        assert (ledger.position, values(ledger)) == (before, figures)
        report = import_workbook(ledger, workbook)
        assert {sheet: said.recorded + said.known for sheet, said in report.sheets.items() if said.rows} == {
            sheet: len(rows) for sheet, rows in ALL.items()
        }
        assert report.sheets["党费"].recorded == len(ALL["党费"])
        assert values(ledger) == WHOLE
        assert import_workbook(ledger, workbook).events == 0


def test_an_import_whose_answer_got_lost_is_known(tmp_path: Path) -> None:
    with new_ledger(tmp_path):
        pass
    workbook = write_book(tmp_path / "all.xlsx", ALL)
    assert finish(start(tmp_path / "office.ledger", workbook, "after-events")) == [""]
    with Ledger.open(tmp_path / "office.ledger") as ledger:
        assert values(ledger) == WHOLE
        report = import_workbook(ledger, workbook)
        assert (report.events, sum(said.known for said in report.sheets.values())) == (0, ROWS)


def test_after_a_cut_off_import_rows_may_have_changed(tmp_path: Path) -> None:
    """They were not recorded, so that they are no corrections."""
    with new_ledger(tmp_path):
        pass
    workbook = write_book(tmp_path / "all.xlsx", ALL)
    finish(start(tmp_path / "office.ledger", workbook, "after-keys"))
    first, *others = JOURNALS["党费"]
    rows = {**ALL, "党费": [{**first, "编号": "C2", "所属月份": "2020-12", "金额": 6}, *others]}
    with Ledger.open(tmp_path / "office.ledger") as ledger:
        assert take_in(ledger, tmp_path, rows).sheets["党费"].recorded == len(others) + 1
        assert values(ledger)["dues.collected"] == 10_100
        assert take_in(ledger, tmp_path, rows).events == 0

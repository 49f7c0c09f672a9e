"""What other programs read of the command line: its JSON, and the table of a notice, kept byte for byte."""

import json
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest
from tests.disclosure.examples import full_book
from tests.disclosure.ledgers import snapshot_of
from tests.disclosure.test_files import SMALL

from cadreledger.cli.shapes import figures_shape, import_shape, refused_shape, snapshot_shape
from cadreledger.cli.speaking import json_text
from cadreledger.disclosure.tables import figures_csv
from cadreledger.errors import IntakeError, IntakeProblem
from cadreledger.figures import Catalogue, View, evaluate, figures
from cadreledger.intake import ImportReport, SheetReport
from cadreledger.values import Period

Golden = Callable[[str, bytes], None]

CATALOGUE: Final = Catalogue.parse(json.dumps(SMALL, sort_keys=True).encode())
PERIOD: Final = "2021-01..2021-02"
HELD: Final = IntakeProblem(sheet="党费", cell="E12", code="payment_held", found="2021-07", hint="Decide.")
NO_AMOUNT: Final = IntakeProblem(sheet="党费", cell="F13", code="amount_not_a_number", found="十二", expected="digits")


@pytest.mark.parametrize("view", View)
def test_figures_are_given_to_programs_as_they_always_were(golden: Golden, view: View) -> None:
    records = full_book().records
    found = figures(evaluate(records, CATALOGUE, view), CATALOGUE, Period.parse(PERIOD))
    shape = figures_shape("yongxing.example/log", len(records), found, by_month=True)
    golden(f"cli/figures-{view.value}.json", json_text(shape).encode())


def test_an_import_is_told_to_programs_as_it_always_was(golden: Golden) -> None:
    sheets = MappingProxyType({"党费": SheetReport(rows=160, recorded=158, known=2, warnings=1)})
    report = ImportReport(workbook="office.xlsx", sheets=sheets, events=812, warnings=(HELD,))
    golden("cli/import.json", json_text(import_shape(report)).encode())


def test_a_refused_import_is_told_to_programs_as_it_always_was(golden: Golden) -> None:
    error = IntakeError("the workbook cannot be imported", problems=(NO_AMOUNT,), warnings=(HELD,))
    golden("cli/import-refused.json", json_text(refused_shape("office.xlsx", error)).encode())


def test_a_snapshot_is_told_to_programs_as_it_always_was(golden: Golden) -> None:
    taken = snapshot_of(full_book(), PERIOD, catalogue=CATALOGUE)
    written = (Path("notice/snapshot.json"), Path("notice/notice.html"))
    golden("cli/snapshot.json", json_text(snapshot_shape(taken, written)).encode())


def test_the_table_of_a_notice_stays_as_it_is(golden: Golden) -> None:
    golden("cli/figures.csv", figures_csv(snapshot_of(full_book(), PERIOD, catalogue=CATALOGUE)))

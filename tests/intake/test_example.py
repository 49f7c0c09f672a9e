"""The example year's workbook, as the office would hand it in."""

import json
from pathlib import Path

from cadreledger.intake import read_workbook
from cadreledger.intake.words import FundKind, VisitMode
from cadreledger.values import fen

EXAMPLES = Path(__file__).parents[2] / "examples"
BOOK = read_workbook(EXAMPLES / "yongxing-2021.xlsx")
EXPECTED = json.loads((EXAMPLES / "yongxing-2021.expected.json").read_text("utf-8"))["figures"]


def test_nothing_is_wrong_with_it() -> None:
    assert BOOK.errors == ()
    assert {problem.code for problem in BOOK.warnings} == {"sheet_not_read"}
    assert BOOK.rows_count == {"支部": 2, "干部": 113, "党费": 156, "党费收支": 10, "走访": 36}


def test_dues_that_stand_add_up_to_what_was_published() -> None:
    gone = {row.corrects for row in BOOK.dues}
    standing = [row.amount for row in BOOK.dues if row.key not in gone and not row.is_void and row.amount is not None]
    assert sum(standing, fen(0)) == fen(EXPECTED["dues.collected"]["value"])


def test_funds_add_up_to_what_was_published() -> None:
    figures = {
        FundKind.REMITTED: "dues.remitted",
        FundKind.RETURNED: "dues.returned",
        FundKind.SPENT: "fund.spent",
    }
    for kind, figure in figures.items():
        amounts = [row.amount for row in BOOK.funds if row.kind is kind]
        assert sum(amounts, fen(0)) == fen(EXPECTED[figure]["value"])


def test_visits_that_stand_and_are_no_repetition_are_as_many_as_were_published() -> None:
    gone = {row.corrects for row in BOOK.visits}
    standing = [row for row in BOOK.visits if row.key not in gone and not row.is_void]
    once = {(row.cadre, row.on, row.reason, row.mode): row for row in standing}
    counted = [*once.values(), *(row for row in standing if row.is_distinct)]
    modes = [row.mode for row in {row.key: row for row in counted}.values()]
    distinct = sum(row.is_distinct for row in standing)
    assert distinct == 1
    assert modes.count(VisitMode.ONLINE) == EXPECTED["visits.online"]["value"]
    assert modes.count(VisitMode.DOOR) + distinct == EXPECTED["visits.made"]["value"]


def test_everybody_who_pays_or_is_visited_is_in_the_register() -> None:
    people = {row.cadre for row in BOOK.dues} | {row.cadre for row in BOOK.visits}
    assert people <= BOOK.keys["干部"]

"""非重复, written later beside a visit that waited for a decision."""

from pathlib import Path

import openpyxl
import pytest

from cadreledger import IntakeError, Ledger
from cadreledger.intake import import_workbook

WORKBOOK = Path(__file__).parents[2] / "examples" / "yongxing-2021.xlsx"
WAITING = 17  # 序号 of the visit that looks like 16


def edited(tmp_path: Path, **cells: str) -> Path:
    book = openpyxl.load_workbook(WORKBOOK)
    sheet = book["走访"]
    headers = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if str(row[headers.index("序号")].value).strip() == str(WAITING):
            for header, value in cells.items():
                row[headers.index(header)].value = value
    book.save(tmp_path / "edited.xlsx")
    return tmp_path / "edited.xlsx"


def test_the_visit_counts_once_it_is_said_to_be_no_duplicate(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "a.ledger", name="永兴社区") as ledger:
        import_workbook(ledger, WORKBOOK)
        assert ledger.figures("2021")["visits.made"].value == 26
        again = import_workbook(ledger, edited(tmp_path, 备注="非重复"))
        assert again.events == 1
        assert ledger.figures("2021")["visits.made"].value == 27
        assert import_workbook(ledger, edited(tmp_path, 备注="非重复")).events == 0
        assert ledger.figures("2021")["visits.made"].value == 27


def test_any_other_change_of_the_row_is_still_an_error(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "a.ledger", name="永兴社区") as ledger:
        import_workbook(ledger, WORKBOOK)
        with pytest.raises(IntakeError) as refused:
            import_workbook(ledger, edited(tmp_path, 备注="非重复", 内容="另一内容"))
        assert [problem.code for problem in refused.value.problems] == ["row_changed"]
        assert ledger.figures("2021")["visits.made"].value == 26


def test_words_that_stood_in_the_note_before_may_give_way(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "a.ledger", name="永兴社区") as ledger:
        import_workbook(ledger, edited(tmp_path, 备注="同日另一组"))
        assert ledger.figures("2021")["visits.made"].value == 26
        assert import_workbook(ledger, edited(tmp_path, 备注="非重复")).events == 1
        assert ledger.figures("2021")["visits.made"].value == 27

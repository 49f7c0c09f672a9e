"""Who is who cannot be read off the ledger's file: neither off the order of people, nor off the documents named."""

import sqlite3
from pathlib import Path

import pytest

from cadreledger import IntakeError, Ledger
from cadreledger.intake import import_workbook

WORKBOOK = Path(__file__).parents[2] / "examples" / "yongxing-2021.xlsx"


def test_people_are_registered_in_an_order_that_differs_from_their_codes(tmp_path: Path) -> None:
    path = tmp_path / "a.ledger"
    with Ledger.create(path, name="永兴社区") as ledger:
        import_workbook(ledger, WORKBOOK)
        codes = {ledger.stream_of(f"YX{number:03d}"): number for number in range(1, 114)}
        sources = {recorded.entry.source for recorded in ledger.events() if recorded.event.wire == "cadre.registered/1"}
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT originator_id FROM stored_events WHERE topic='cadre.registered/1' ORDER BY rowid"
        ).fetchall()
    order = [codes[stream] for (stream,) in rows]
    assert sorted(order) == list(range(1, 114))
    assert sum(number == place for place, number in enumerate(order, 1)) < 12  # by chance: about one
    assert sources == {"干部"}


def test_a_name_that_only_the_ledger_knows_is_locked_away_too(tmp_path: Path) -> None:
    import openpyxl

    with Ledger.create(tmp_path / "a.ledger", name="永兴社区") as ledger:
        import_workbook(ledger, WORKBOOK)
        book = openpyxl.load_workbook(WORKBOOK)
        people, funds = book["干部"], book["党费收支"]
        people.delete_rows(2, people.max_row)
        headers = [cell.value for cell in funds[1]]
        row = [
            {
                "序号": 11,
                "日期": "2021-07-31",
                "支部编号": "YXZ1",
                "类别": "支出",
                "金额": 1,
                "用途": "走访慰问",
                "依据": "决议",
                "经办人": "韩某098",
            }.get(str(header))
            for header in headers
        ]
        funds.append(row)
        book.save(tmp_path / "more.xlsx")
        report = import_workbook(ledger, tmp_path / "more.xlsx")
        assert "personal_text" in {problem.code for problem in report.warnings}
    assert "韩某098".encode() not in (tmp_path / "a.ledger").read_bytes()


def test_what_slipped_into_another_column_of_the_people_is_not_shown(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(WORKBOOK)
    sheet = book["干部"]
    headers = [cell.value for cell in sheet[1]]
    sheet.cell(row=2, column=headers.index("智能手机") + 1, value="示例路82号3单元")
    book.save(tmp_path / "slipped.xlsx")
    with Ledger.create(tmp_path / "a.ledger", name="永兴社区") as ledger, pytest.raises(IntakeError) as refused:
        import_workbook(ledger, tmp_path / "slipped.xlsx")
    (problem,) = refused.value.problems
    assert (problem.code, problem.found) == ("unknown_word", "***")

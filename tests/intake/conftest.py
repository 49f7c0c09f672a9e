"""A small office workbook that has nothing wrong with it, for tests to spoil."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from openpyxl import Workbook
from tests.intake.office import new_ledger, take_in

from cadreledger import Ledger
from cadreledger.intake import ImportReport
from cadreledger.intake.sheets import SHEETS

Change = Callable[[Workbook], None]

ROWS: Mapping[str, tuple[tuple[object, ...], ...]] = {
    "支部": (
        ("B1", "第一支部", "正式", "2012-06-28", "某字1号", "书记岗", None, None, None),
        ("B2", "临时支部", "临时", "2021.3", None, None, None, None, None),
    ),
    "干部": (
        (
            "C1",
            "甲某",
            "男",
            "1930-11",
            "离休",
            "1000001",
            "某路1号",
            "否",
            "是",
            "是",
            "1950-07-01",
            "B1",
            None,
            1760,
            "2021-01",
        ),
        ("C2", "乙某", "女", "1950年2月", "退休", None, None, "√", None, "Y", None, "外地支部", "B2", None, None),
    ),
    "党费": (
        (1, None, datetime(2021, 1, 6), "C1", "2021-01", 8.8, "现金", "S1", "组织委员岗", None, None),  # noqa: DTZ001
        (2, "2021-02-07", "2021-02-06", "C1", "2021-02", 88, "转账", "S2", "组织委员岗", None, None),
        (3, "2021-02-09", "2021-02-06", "C1", "2021-02", "8.80", "转账", "S2", "组织委员岗", 2, "多记一位"),
        (4, "2021-03-01", "2021-01-06", "C1", "2021-01", None, "现金", "S1", "组织委员岗", 1, "作废"),
    ),
    "党费收支": (
        (1, "2021-03-31", "B1", "上缴", 17.6, None, "一季度", "组织委员岗", "书记岗", None),
        (2, "2021-04-12", "B1", "返还", 12.32, None, "规定", "组织委员岗", "书记岗", "2021-01..2021-03"),
        (3, "2021-04-20", "B1", "支出", 10, "主题党日", "决议", "组织委员岗", "书记岗", None),
    ),
    "走访": (
        (1, None, "2021-01-07", "一组", "C2", "送学", "读报", "上门", "社工岗", None, None),
        (2, "2021-01-09", "2021-01-07", "二组", "C2", "送学", None, "上门", "社工岗", None, "非重复"),
    ),
}


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """``book({"党费": {"F2": "十二"}})``: the small workbook with cells changed, written to a file.

    ``change`` does anything else to the workbook before it is written.
    """

    def write(cells: Mapping[str, Mapping[str, object]] | None = None, change: Change | None = None) -> Path:
        workbook = Workbook()
        workbook.remove(workbook.worksheets[0])
        for form in SHEETS:
            sheet = workbook.create_sheet(form.name)
            sheet.append(form.headers)
            for row in ROWS.get(form.name, ()):
                sheet.append(row)
            for cell, value in (cells or {}).get(form.name, {}).items():
                sheet[cell].value = value
        if change:
            change(workbook)
        path = tmp_path / "book.xlsx"
        workbook.save(path)
        return path

    return write


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with new_ledger(tmp_path) as made:
        yield made


@pytest.fixture
def bring(ledger: Ledger, tmp_path: Path) -> Callable[..., ImportReport]:
    """``bring({**PEOPLE, "党费": [dues(…)]})``: a workbook with these rows, imported into ``ledger``."""
    return partial(take_in, ledger, tmp_path)

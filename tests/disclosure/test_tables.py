"""The tables hold the page's numbers as numbers, and nothing that a spreadsheet would run."""

import csv
import io
import zipfile
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.disclosure.examples import HOSTILE, named
from tests.disclosure.ledgers import Book, books, snapshot_of

from cadreledger.disclosure import Snapshot, chinese
from cadreledger.disclosure.tables import figures_csv
from cadreledger.disclosure.workbook import figures_xlsx
from cadreledger.figures import Visibility

openpyxl = pytest.importorskip("openpyxl", reason="the workbook needs the extra: pip install 'cadreledger[disclosure]'")

PLAIN = named("永兴社区")
NAMES = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


def table_of(snapshot: Snapshot) -> list[list[str]]:
    data = figures_csv(snapshot)
    assert data.startswith(b"\xef\xbb\xbf")
    text = data.decode("utf-8-sig")
    assert text.count("\n") == text.count("\r\n")
    return list(csv.reader(io.StringIO(text, newline="")))


def blocks_of(snapshot: Snapshot) -> tuple[list[list[str]], list[list[str]]]:
    """The figures, and below an empty line their breakdowns; each with its head."""
    table = table_of(snapshot)
    return table[: table.index([])], table[table.index([]) + 1 :]


def book_of(snapshot: Snapshot) -> Any:  # noqa: ANN401 - a workbook
    return openpyxl.load_workbook(io.BytesIO(figures_xlsx(snapshot)))


def yuan_or_number(unit: str, value: int) -> Decimal:
    return Decimal(value) / 100 if unit == "CNY_fen" else Decimal(value)


@given(books())
def test_the_csv_has_every_number(book: Book) -> None:
    snapshot = snapshot_of(book)
    (head, *lines), _ = blocks_of(snapshot)
    assert head[-3:] == ["2021年1月", "2021年2月", "2021年3月"]
    for row, cells in zip(snapshot.figures, lines, strict=True):
        line = dict(zip(head, cells, strict=True))
        assert (line["社区"], line["期间"], line["代号"]) == ("永兴社区", "2021年1月至3月", row.key)
        assert (line["项目"], line["单位"], line["核对"]) == (row.zh, chinese.unit(row), chinese.mark(row))
        assert line["记录条数"] == str(row.events)
        assert Decimal(line["本期"]) == yuan_or_number(row.unit, row.value)
        assert Decimal(line["历来合计（期末数：目前）"]) == yuan_or_number(row.unit, row.all_time.value)
        assert Decimal(line["未注明日期"]) == yuan_or_number(row.unit, row.undated.value)
        if row.visibility is Visibility.PUBLIC:
            assert [Decimal(cell) for cell in cells[-3:]] == [yuan_or_number(row.unit, value) for value in row.months]
        else:
            assert cells[-3:] == ["", "", ""]


@given(books())
def test_the_csv_and_the_workbook_have_every_breakdown(book: Book) -> None:
    snapshot = snapshot_of(book)
    _, (head, *lines) = blocks_of(snapshot)
    sheet_head, *sheet_lines = book_of(snapshot)["分项"].iter_rows(values_only=True)
    assert list(sheet_head) == head
    for row, cells, sheet_cells in zip(snapshot.breakdowns, lines, sheet_lines, strict=True):
        for line in (dict(zip(head, cells, strict=True)), dict(zip(head, sheet_cells, strict=True))):
            assert (line["代号"], line["字段"], line["词"]) == (row.key, row.field, row.word)
            assert (line["分项"], line["单位"]) == (chinese.WORDS[row.field][row.word], "元")
            assert Decimal(str(line["本期"])) == Decimal(row.value) / 100


def test_money_has_two_decimals_and_a_vague_number_says_so() -> None:
    lines = {cells[4]: cells for cells in blocks_of(PLAIN)[0]}
    assert lines["dues.collected"][5:7] == ["8.76", "元"]
    assert lines["fund.spent"][5] == "1409.50"
    assert lines["books.volumes"][5:9] == ["1300", "册", "至少", "期末数"]


def is_number(cell: str) -> bool:
    try:
        Decimal(cell)
    except ArithmeticError:
        return False
    return True


@given(NAMES.filter(str.strip))
def test_no_cell_of_the_csv_starts_a_formula(name: str) -> None:
    foreign = attrs.evolve(PLAIN.figures[0], zh=name, unit=name)
    table = table_of(attrs.evolve(PLAIN, name=name, figures=(*PLAIN.figures, foreign)))
    for head, *lines in (table[: table.index([])], table[table.index([]) + 1 :]):
        assert {len(cells) for cells in lines} == {len(head)}
    for cell in (cell for cells in table for cell in cells):
        assert is_number(cell) or not cell.lstrip().startswith(tuple("=+-@＝＋－＠\t\r")), cell
    shown = chinese.visible(name)
    assert {cells[0] for cells in table if cells} <= {"社区", shown, f"'{shown}"}


@given(NAMES.filter(str.strip))
def test_no_cell_of_the_workbook_is_a_formula(name: str) -> None:
    foreign = attrs.evolve(PLAIN.figures[0], zh=name, unit=name)
    adjustment = attrs.evolve(PLAIN.adjustments[0], notice=attrs.evolve(PLAIN.notices[0], number=name))
    snapshot = attrs.evolve(
        PLAIN,
        name=name,
        origin="=1+1",
        figures=(*PLAIN.figures, foreign),
        adjustments=(adjustment,),
        uncounted=((name, 1),),
    )
    book = book_of(snapshot)
    for sheet in book:
        for cell in (cell for line in sheet for cell in line if cell.value is not None):
            assert cell.data_type in {"s", "n"}
    # openpyxl takes surrounding space for what it is, and so do we
    assert {line[0].value for line in book["公示数字"].iter_rows(min_row=2)} == {chinese.visible(name)}
    with zipfile.ZipFile(io.BytesIO(figures_xlsx(snapshot))) as archive:
        assert not any(b"<f" + end in archive.read(part) for part in archive.namelist() for end in (b">", b" "))


def test_the_workbook_has_numbers_as_numbers_and_a_head_that_stays() -> None:
    book = book_of(PLAIN)
    sheet = book["公示数字"]
    assert sheet.freeze_panes == "A2"
    head, *lines = sheet.iter_rows()
    columns = {cell.value: index for index, cell in enumerate(head)}
    for row, line in zip(PLAIN.figures, lines, strict=True):
        value = line[columns["本期"]]
        assert Decimal(str(value.value)) == yuan_or_number(row.unit, row.value)
        assert value.number_format == ("0.00" if row.unit == "CNY_fen" else "0")
    assert all(sheet.column_dimensions[cell.column_letter].width >= 4 for cell in head)


def test_the_workbook_has_what_changed_and_what_it_rests_on() -> None:
    book = book_of(PLAIN)
    head, first, _ = book["与以往公示的差异"].iter_rows(values_only=True)
    line = dict(zip(head, first, strict=True))
    assert (line["公示"], line["当时公布"], line["现为"], line["差"]) == ("2021-1", 87.6, 8.76, -78.84)
    assert (line["原因"], line["账本记录序号"]) == ("更正", "10、11")
    ground = dict(book["依据的账本"].iter_rows(values_only=True))
    assert (ground["账本标识"], ground["记录条数"]) == (PLAIN.origin, PLAIN.size)
    assert ground["最后入账"] == "2021年7月5日"


def test_the_workbook_has_the_same_bytes_whenever_it_is_made() -> None:
    data = figures_xlsx(PLAIN)
    assert figures_xlsx(PLAIN) == data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist() == sorted(archive.namelist())
    properties = book_of(PLAIN).properties
    assert (properties.created, properties.modified) == (datetime(1980, 1, 1), datetime(1980, 1, 1))  # noqa: DTZ001

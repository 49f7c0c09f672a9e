"""Files that are no workbook, or no honest one: each is refused before a spreadsheet library sees it."""

import os
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.chart import BarChart

from cadreledger.errors import ExtraMissingError, IntakeError
from cadreledger.intake import OfficeBook, archive, read_workbook
from cadreledger.intake.problems import Code

Book = Callable[..., Path]
Edit = Callable[[bytes], bytes]

DUES_PART = "xl/worksheets/sheet4.xml"  # 党费 is the format's fourth sheet


def refused(path: Path) -> Code:
    """Why ``path`` is refused: one problem, about the file."""
    with pytest.raises(IntakeError) as caught:
        read_workbook(path)
    (problem,) = caught.value.problems
    assert (problem.sheet, problem.cell) == ("", "")
    assert caught.value.__cause__ is None  # another library's words may quote cells
    return Code(problem.code)


def rewritten(path: Path, edits: dict[str, Edit], *, more: dict[str, bytes] | None = None) -> Path:
    """A copy of the workbook at ``path`` with some parts edited and ``more`` parts added."""
    copy = path.with_name("copy.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, edits.get(name, bytes)(old.read(name)))
        for name, data in (more or {}).items():
            new.writestr(name, data)
    return copy


def replaced(old: str, new: str) -> Edit:
    def edit(data: bytes) -> bytes:
        assert old.encode() in data
        return data.replace(old.encode(), new.encode(), 1)

    return edit


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


# --- no workbook at all


def test_no_file(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.xlsx") is Code.FILE_UNREADABLE
    assert refused(tmp_path) is Code.FILE_UNREADABLE
    assert refused(tmp_path / "a\0b.xlsx") is Code.FILE_UNREADABLE


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    assert refused(tmp_path / "pipe.xlsx") is Code.FILE_UNREADABLE


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Code.NOT_A_WORKBOOK),
        ("序号,金额\n1,8.80\n".encode(), Code.NOT_A_WORKBOOK),
        (b"PK\x03\x04 and then nothing", Code.DAMAGED),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504), Code.LOCKED_OR_OLD),
    ],
)
def test_other_files(tmp_path: Path, data: bytes, code: Code) -> None:
    assert refused(written(tmp_path / "x.xlsx", data)) is code


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("hello.txt", "hello")
    assert refused(path) is Code.DAMAGED


def test_a_truncated_file(book: Book) -> None:
    data = book().read_bytes()
    for size in (len(data) // 2, len(data) - 1, 30):
        assert refused(written(book(), data[:size])) is Code.DAMAGED


@given(st.binary(max_size=200), st.booleans())
@settings(max_examples=1500, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_refused(tmp_path: Path, data: bytes, is_zip: bool) -> None:  # noqa: FBT001
    refused(written(tmp_path / "x.xlsx", b"PK" + data if is_zip else data))


def test_without_the_extra_the_error_names_it(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book()
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(ExtraMissingError, match=re.escape("pip install 'cadreledger[intake]'")):
        read_workbook(path)


# --- too much


def test_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(archive.FILE_BYTES_MAX + 1)
    assert refused(path) is Code.FILE_TOO_LARGE


def test_a_part_that_blows_up(book: Book) -> None:
    assert refused(rewritten(book(), {}, more={"xl/media/image1.png": bytes(2_000_000)})) is Code.ZIP_BOMB


def test_parts_that_are_too_large_together(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book()
    with zipfile.ZipFile(path) as file:
        size = sum(part.file_size for part in file.infolist())
    monkeypatch.setattr(archive, "UNZIPPED_BYTES_MAX", size)
    read_workbook(path)
    monkeypatch.setattr(archive, "UNZIPPED_BYTES_MAX", size - 1)
    assert refused(path) is Code.ZIP_BOMB


def test_a_part_that_lies_about_its_size(book: Book) -> None:
    path = rewritten(book(), {}, more={"xl/media/image1.png": bytes(900_000)})
    lie = path.read_bytes().replace((900_000).to_bytes(4, "little"), (9).to_bytes(4, "little"))
    assert refused(written(path, lie)) is Code.DAMAGED


def test_what_is_unpacked_is_counted_whatever_was_declared(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book()
    monkeypatch.setattr(archive, "_check_declared", lambda _parts: None)
    monkeypatch.setattr(archive, "UNZIPPED_BYTES_MAX", 10_000)
    assert refused(path) is Code.ZIP_BOMB


@pytest.mark.parametrize(
    ("limit", "value", "code"),
    [
        ("PARTS_MAX", 3, Code.TOO_MANY_PARTS),
        ("SHEETS_MAX", 15, Code.TOO_MANY_SHEETS),
        ("ROWS_MAX", 4, Code.TOO_MANY_ROWS),
        ("COLUMNS_MAX", 14, Code.TOO_MANY_COLUMNS),
    ],
)
def test_limits(book: Book, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, code: Code) -> None:
    path = book()
    monkeypatch.setattr(archive, limit, value + 1)
    if code is not Code.TOO_MANY_PARTS:
        read_workbook(path)
    monkeypatch.setattr(archive, limit, value)
    assert refused(path) is code


def test_many_merged_ranges(book: Book) -> None:
    def merge(workbook: Workbook) -> None:
        for row in range(archive.MERGES_MAX + 1):
            workbook["制度"].merge_cells(start_row=row + 1, end_row=row + 1, start_column=8, end_column=9)

    assert refused(book(change=merge)) is Code.TOO_MANY_MERGES


# --- not honest


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", [DUES_PART, "[Content_Types].xml", "xl/_rels/workbook.xml.rels", "xl/drawings/x.vml"])
def test_entities(book: Book, part: str, encoding: str) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><x>&l9;</x>'
    data = xml.encode(encoding)
    added = {} if part in zipfile.ZipFile(book()).namelist() else {part: data}
    assert refused(rewritten(book(), {part: lambda _old: data}, more=added)) is Code.XML_DOCTYPE


def test_a_password_on_a_part(book: Book) -> None:
    path = book()
    with zipfile.ZipFile(path) as file:
        central = file.start_dir
    data = bytearray(path.read_bytes())
    data[central + 8] |= 1  # the flags of the first entry of the central directory
    assert refused(written(path, bytes(data))) is Code.LOCKED_OR_OLD


def test_two_parts_of_one_name(book: Book) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = rewritten(book(), {}, more={DUES_PART: b"<x/>"})
    assert refused(path) is Code.DAMAGED


def test_an_unusual_compression(book: Book) -> None:
    path = book()
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("xl/x.bin", bytes(100), compress_type=zipfile.ZIP_LZMA)
    assert refused(path) is Code.DAMAGED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<row r="3"', '<row r="2"'),  # the library would drop the row
        ('<row r="3"', '<row r="1048577"'),
        ('<row r="3"', '<row r="x"'),
        ('<c r="B3"', '<c r="A3"'),  # and the cell
        ('<c r="B3"', '<c r="B4"'),
        ('<c r="B3"', '<c r="b3"'),
        ('<c r="B3"', '<c r="XFE3"'),
        ("</worksheet>", '<mergeCells><mergeCell ref="B3:A2"/></mergeCells></worksheet>'),
        ("</worksheet>", "<mergeCells><mergeCell/></mergeCells></worksheet>"),
        ("</worksheet>", ""),
        ("</worksheet>", "</worksheet><x/>"),
        ("<v>1</v>", "<v>one</v>"),
        ("<v>1</v>", f"<v>{'1' * 5000}</v>"),
        ('t="n"><v>1</v>', 't="s"><v>99999</v>'),
    ],
)
def test_sheets_that_no_spreadsheet_program_writes(book: Book, old: str, new: str) -> None:
    assert refused(rewritten(book(), {DUES_PART: replaced(old, new)})) is Code.DAMAGED


def test_a_sheet_whose_part_is_no_worksheet(book: Book) -> None:
    assert refused(rewritten(book(), {DUES_PART: lambda _old: b"<x/>"})) is Code.DAMAGED


def test_the_strict_format_is_named(book: Book) -> None:
    strict = replaced("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/x/main")
    assert refused(rewritten(book(), {DUES_PART: strict})) is Code.STRICT_FORMAT


@given(st.data())
@settings(max_examples=1500, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_spoiled_part_is_read_or_refused(book: Book, data: st.DataObject) -> None:
    path = book()
    part = data.draw(st.sampled_from([DUES_PART, "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"]))

    def spoil(old: bytes) -> bytes:
        start = data.draw(st.integers(0, len(old)))
        piece = data.draw(st.sampled_from([b"", b'"', b"9", b"</c>", b"<v>-1</v>", b' t="s"', b' s="77"', b' t="e"']))
        return old[:start] + piece + old[start + data.draw(st.integers(0, 3)) :]

    spoiled = rewritten(path, {part: spoil})
    try:
        assert isinstance(read_workbook(spoiled), OfficeBook)
    except IntakeError as error:
        problems = error.problems
    else:
        return
    assert problems


# --- honest, though odd


def test_what_the_sheet_says_of_its_size_is_not_believed(book: Book) -> None:
    for claim in ("A1", "A1:B2", "A1:XFD1048576"):
        assert len(read_workbook(rewritten(book(), {DUES_PART: replaced("A1:K5", claim)})).dues) == 4


def test_rows_and_cells_need_no_numbers(book: Book) -> None:
    def bare(xml: bytes) -> bytes:
        return re.sub(rb'<row r="\d+"', b"<row", re.sub(rb'<c r="\w+"', b"<c", xml))

    assert len(read_workbook(rewritten(book(), {"xl/worksheets/sheet2.xml": bare})).branches) == 2


def test_formatting_far_below_the_data_is_no_data(book: Book) -> None:
    far = replaced("</sheetData>", '<row r="1048576"><c r="A1048576"/><c r="XFD1048576"/></row></sheetData>')
    assert len(read_workbook(rewritten(book(), {DUES_PART: far})).dues) == 4


def test_a_picture_is_no_business_of_ours(book: Book) -> None:
    picture = bytes.fromhex("89504e470d0a1a0a") + b"<not> xml"
    assert read_workbook(rewritten(book(), {}, more={"xl/media/image1.png": picture})).errors == ()


def test_a_chart_on_a_sheet_of_its_own_is_an_unknown_sheet(book: Book) -> None:
    def chart(workbook: Workbook) -> None:
        workbook.create_chartsheet("图表").add_chart(BarChart())

    found = read_workbook(book(change=chart))
    assert [(problem.sheet, problem.code) for problem in found.warnings] == [("图表", "unknown_sheet")]

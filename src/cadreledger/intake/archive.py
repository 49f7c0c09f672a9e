"""Is it safe to let a spreadsheet library open this file?

An .xlsx is a zip of XML parts, and whoever sends one chooses every byte. So, before anything interprets it:

1. the file's size, the number of its parts and their declared sizes are checked, and nothing is unpacked yet;
2. every part is streamed once, its bytes counted against the same limits, and fed to an XML parser that stops at the
   first document type: no entity is ever declared, so none is ever expanded;
3. on the way the parser notes what the spreadsheet library would not tell: merged cells, where data really ends
   (``<dimension>`` is a claim, no fact), and rows or cells out of order, which it would drop in silence.

Standard library only. Everything here raises IntakeError and nothing else.
"""

import os
import re
import zipfile
import zlib
from collections import Counter
from typing import IO, Final
from xml.parsers import expat  # the attacks it is known for need a document type: refused in step 2

import attrs

from cadreledger.errors import InputError, IntakeError
from cadreledger.intake.problems import Code, file_refused
from cadreledger.intake.references import ROW_NUMBER_MAX, Range, parse_cell, parse_range

__all__ = ["CELL_CHARS_MAX", "SheetShape", "damaged", "inspect"]

FILE_BYTES_MAX: Final = 50 * 1024 * 1024
UNZIPPED_BYTES_MAX: Final = 500 * 1024 * 1024
PART_RATIO_MAX: Final = (
    200  # unzipped : zipped; a register of repeated words reaches about 30, deflate's limit is 1,032
)
RATIO_FREE_BYTES_MAX: Final = 1024 * 1024  # a part this small may repeat itself as it likes
PARTS_MAX: Final = 1_000
SHEETS_MAX: Final = 100
ROWS_MAX: Final = 200_000  # rows with data, a sheet
COLUMNS_MAX: Final = 256  # the last column with data
MERGES_MAX: Final = 1_000  # merged ranges, a sheet
CELL_CHARS_MAX: Final = 32_767  # Excel's own limit

_CHUNK_BYTES: Final = 64 * 1024
_OLE_MAGIC: Final = bytes.fromhex("d0cf11e0a1b11ae1")  # old .xls files, and encrypted .xlsx files
_ENCRYPTED_FLAG: Final = 0x1
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # all that the Open Packaging Conventions allow
_STRICT: Final = "http://purl.oclc.org/ooxml/"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_WORKSHEET: Final = f"{_MAIN} worksheet"
_ROW: Final = f"{_MAIN} row"
_CELL: Final = f"{_MAIN} c"
_CONTENT: Final = (f"{_MAIN} v", f"{_MAIN} is", f"{_MAIN} f")
_MERGE: Final = f"{_MAIN} mergeCell"
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,6}\Z", re.ASCII)


@attrs.frozen
class SheetShape:
    """How far the data of a worksheet really reaches (0: there is none), and its merged ranges."""

    last_row: int
    last_column: int
    merges: tuple[Range, ...]


def damaged() -> IntakeError:
    """The file is no workbook that a spreadsheet program would have written."""
    return file_refused(
        Code.DAMAGED,
        expected="a complete .xlsx file",
        hint="Open it in a spreadsheet program and save it as a new .xlsx file.",
    )


def inspect(file: IO[bytes]) -> dict[str, SheetShape]:
    """The shape of every worksheet of an .xlsx, by the name of its part. Leaves ``file`` at its start.

    Raises IntakeError if the file is no workbook, or not a safe one.
    """
    _check_file(file)
    shapes: dict[str, SheetShape] = {}
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _check_declared(parts)
            left = UNZIPPED_BYTES_MAX
            for part in parts:
                scan, size = _scan_part(archive, part, left)
                left -= size
                if scan.is_worksheet:
                    shapes[part.filename] = scan.shape()
    except zipfile.BadZipFile:
        raise damaged() from None
    except (zlib.error, EOFError, OSError, RuntimeError, ValueError, OverflowError):  # what zipfile lets through
        raise damaged() from None
    if len(shapes) > SHEETS_MAX:
        raise file_refused(Code.TOO_MANY_SHEETS, expected=f"at most {SHEETS_MAX} sheets", found=str(len(shapes)))
    file.seek(0)
    return shapes


def _check_file(file: IO[bytes]) -> None:
    size = file.seek(0, os.SEEK_END)
    if size > FILE_BYTES_MAX:
        raise file_refused(Code.FILE_TOO_LARGE, expected=f"at most {FILE_BYTES_MAX} bytes", found=f"{size} bytes")
    file.seek(0)
    magic = file.read(len(_OLE_MAGIC))
    if magic == _OLE_MAGIC:
        raise file_refused(
            Code.LOCKED_OR_OLD,
            expected="an .xlsx file without a password",
            hint="Open it, remove the password, and save it as .xlsx (not .xls).",
        )
    if not magic.startswith(b"PK"):
        raise file_refused(
            Code.NOT_A_WORKBOOK, expected="an .xlsx file", hint="Save the workbook as .xlsx in a spreadsheet program."
        )


def _check_declared(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > PARTS_MAX:
        raise file_refused(Code.TOO_MANY_PARTS, expected=f"at most {PARTS_MAX} parts", found=str(len(parts)))
    if any(part.flag_bits & _ENCRYPTED_FLAG for part in parts):
        raise file_refused(Code.LOCKED_OR_OLD, expected="an .xlsx file without a password")
    if any(part.compress_type not in _METHODS for part in parts):
        raise damaged()
    if max(Counter(part.filename for part in parts).values(), default=0) > 1:  # which one counts? readers differ
        raise damaged()
    if sum(part.file_size for part in parts) > UNZIPPED_BYTES_MAX:
        raise _bomb()
    for part in parts:
        if part.file_size > max(RATIO_FREE_BYTES_MAX, part.compress_size * PART_RATIO_MAX):
            raise _bomb()


def _bomb() -> IntakeError:
    return file_refused(
        Code.ZIP_BOMB, expected=f"at most {UNZIPPED_BYTES_MAX} bytes unpacked, {PART_RATIO_MAX} times the packed size"
    )


def _scan_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, bytes_max: int) -> tuple["_Scan", int]:
    scan = _Scan()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = scan.doctype
    parser.StartElementHandler = scan.start
    is_xml = True
    size = 0
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            size += len(chunk)
            if size > bytes_max:
                raise _bomb()
            is_xml = is_xml and _fed(parser, chunk)
    is_xml = is_xml and _fed(parser, b"", is_final=True)
    if not is_xml and (scan.is_worksheet or part.filename.endswith((".xml", ".rels"))):
        raise damaged()  # anything else that is no XML is a picture, say, and no business of ours
    return scan, size


def _fed(parser: expat.XMLParserType, chunk: bytes, *, is_final: bool = False) -> bool:
    try:
        parser.Parse(chunk, is_final)
    except expat.ExpatError:
        return False
    return True


class _Scan:
    """What one part says about itself while it streams by."""

    def __init__(self) -> None:
        self.is_worksheet = False
        self._root = ""
        self._row = self._column = 0
        self._last_row = self._last_column = self._rows = 0
        self._merges: list[Range] = []

    def shape(self) -> SheetShape:
        return SheetShape(self._last_row, self._last_column, tuple(self._merges))

    def doctype(self, *_declaration: object) -> None:
        raise file_refused(Code.XML_DOCTYPE, expected="parts without a document type", hint="Do not trust this file.")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._root:
            self._root = tag
            self.is_worksheet = tag == _WORKSHEET
            if tag.startswith(_STRICT):
                hint = "Save it as 'Excel Workbook (.xlsx)', not 'Strict Open XML'."
                raise file_refused(Code.STRICT_FORMAT, expected="an ordinary .xlsx file", hint=hint)
        if not self.is_worksheet:
            return
        try:
            if tag == _CELL:
                self._at_cell(attributes)
            elif tag in _CONTENT:
                self._at_content()
            elif tag == _ROW:
                self._at_row(attributes)
            elif tag == _MERGE:
                self._at_merge(attributes)
        except InputError:
            raise damaged() from None

    def _at_row(self, attributes: dict[str, str]) -> None:
        text = attributes.get("r", str(self._row + 1))
        row = int(text) if _NUMBER.match(text) else 0
        if not self._row < row <= ROW_NUMBER_MAX:
            raise damaged()
        self._row, self._column = row, 0

    def _at_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        row, column = parse_cell(reference) if reference is not None else (self._row, self._column + 1)
        if row != self._row or column <= self._column:
            raise damaged()
        self._column = column

    def _at_content(self) -> None:
        if self._column > COLUMNS_MAX:
            raise file_refused(Code.TOO_MANY_COLUMNS, expected=f"at most {COLUMNS_MAX} columns with data in a sheet")
        if self._row > self._last_row:
            self._rows += 1
            if self._rows > ROWS_MAX:
                raise file_refused(Code.TOO_MANY_ROWS, expected=f"at most {ROWS_MAX} rows with data in a sheet")
        self._last_row = self._row
        self._last_column = max(self._last_column, self._column)

    def _at_merge(self, attributes: dict[str, str]) -> None:
        if len(self._merges) >= MERGES_MAX:
            raise file_refused(Code.TOO_MANY_MERGES, expected=f"at most {MERGES_MAX} merged ranges in a sheet")
        self._merges.append(parse_range(attributes.get("ref", "")))

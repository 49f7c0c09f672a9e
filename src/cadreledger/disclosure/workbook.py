"""The same figures as a workbook for the office: numbers as numbers, never a formula, the same bytes every time."""

import io
import unicodedata
import zipfile
from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final, cast

from cadreledger.disclosure import chinese
from cadreledger.disclosure.extra import missing
from cadreledger.disclosure.snapshot import Snapshot
from cadreledger.disclosure.tables import Cell, breakdown_rows, number_of, rows

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell as SheetCell
    from openpyxl.worksheet.worksheet import Worksheet
from cadreledger.values import readable_code

__all__ = ["figures_xlsx"]

WIDTH_MAX: Final = 60  # characters
_EPOCH: Final = datetime(1980, 1, 1)  # noqa: DTZ001 - the first date that a zip file can hold; it says nothing
_PROPERTIES: Final = "docProps/core.xml"


def figures_xlsx(snapshot: Snapshot) -> bytes:
    """``figures.xlsx``: the figures and their breakdowns, what differs from earlier notices, what they rest on.

    Raises ExtraMissingError without openpyxl.
    """
    try:
        from openpyxl import Workbook  # noqa: PLC0415 - an optional dependency
    except ImportError:
        raise missing("openpyxl") from None
    book = Workbook()
    book.remove(book.worksheets[0])
    _fill(book.create_sheet("公示数字"), rows(snapshot))
    _fill(book.create_sheet("分项"), breakdown_rows(snapshot))
    _fill(book.create_sheet("与以往公示的差异"), _changes(snapshot))
    _fill(book.create_sheet("依据的账本"), _ground(snapshot))
    return _saved(book)


def _changes(snapshot: Snapshot) -> Iterable[Sequence[Cell]]:
    held = {row.key: row for row in snapshot.figures}
    yield ("公示", "版", "所涉月份", "项目", "代号", "当时公布", "现为", "差", "单位", "原因", "账本记录序号")
    for item in snapshot.adjustments:
        row = held[item.key]
        yield (
            chinese.visible(readable_code(item.notice.number)),
            item.notice.edition,
            chinese.period_words(item.notice.period),
            chinese.visible(row.zh),
            row.key,
            number_of(row, item.published.value),
            number_of(row, item.now.value),
            number_of(row, item.now.value - item.published.value),
            chinese.visible(chinese.unit(row)),
            chinese.reason_words(item),
            chinese.record_numbers(item.leaves),
        )


def _ground(snapshot: Snapshot) -> Iterable[Sequence[Cell]]:
    yield ("项目", "内容")
    yield ("账本标识", snapshot.origin)
    yield ("记录条数", snapshot.size)
    yield ("最后入账", chinese.day_words(snapshot.recorded_on))
    yield ("全部记录头的指纹（根）", b64encode(snapshot.root).decode("ascii"))
    yield ("统计目录的指纹", snapshot.catalogue)
    yield ("电子签名", "尚未签名")
    for name, headers in snapshot.uncounted:
        yield (f"未计入数字的记录：{chinese.visible(chinese.header_type(name))}", headers)


def _fill(sheet: "Worksheet", table: Iterable[Sequence[Cell]]) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 - an optional dependency
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - the same

    widths: dict[int, int] = {}
    for line, values in enumerate(table, 1):
        for column, value in enumerate(values, 1):
            cell = cast("SheetCell", sheet.cell(line, column))  # a new sheet has no merged ones
            _put(cell, value)
            widths[column] = max(widths.get(column, 0), _width(str(value if value is not None else "")))
            if line == 1:
                cell.font = Font(bold=True)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = min(width + 2, WIDTH_MAX)
    sheet.freeze_panes = "A2"


def _put(cell: "SheetCell", value: Cell) -> None:
    if isinstance(value, str):
        cell.value = value
        cell.data_type = "s"  # whatever it begins with
        cell.quotePrefix = value[:1] in {"=", "+", "-", "@"}  # and it stays text when somebody edits it
    elif value is not None:
        cell.value = value
        cell.number_format = "0.00" if isinstance(value, Decimal) else "0"


def _width(text: str) -> int:
    """Columns that ``text`` takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _saved(book: "Workbook") -> bytes:
    """The workbook's bytes, with the clock taken out of them again: openpyxl writes the time it saved."""
    from openpyxl.xml.functions import tostring  # noqa: PLC0415 - an optional dependency

    first, second = io.BytesIO(), io.BytesIO()
    book.properties.creator = "cadreledger"
    book.save(first)
    book.properties.created = book.properties.modified = _EPOCH
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist()):
            data = tostring(book.properties.to_tree()) if name == _PROPERTIES else source.read(name)
            entry = zipfile.ZipInfo(name, _EPOCH.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, data)
    return second.getvalue()

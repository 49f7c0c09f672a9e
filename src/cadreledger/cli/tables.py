"""Results as tables for people. Rich is loaded only here."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rich import markup
from rich.console import Console
from rich.table import Table

from cadreledger.cli.entries import HistoryEntry
from cadreledger.cli.texts import Language, text
from cadreledger.errors import CadreLedgerError, IntakeProblem, RuleError
from cadreledger.figures import Catalogue, Figure, Figures, View
from cadreledger.intake import ImportReport
from cadreledger.values import Qualifier, Quantity, fen

__all__ = [
    "amount",
    "error_lines",
    "figure_title",
    "figures_table",
    "history_table",
    "months_tables",
    "plain_table",
    "problems_table",
    "quantity",
    "report_parts",
    "show",
    "warning_parts",
]

PROBLEMS_SHOWN_MAX: Final = 200
TITLE_WIDTH_MIN: Final = 26  # characters of the terminal
STREAM_SHOWN: Final = 14  # "cadre:" and 8 of 32 digits
MONTH_WIDTH: Final = 11  # "123456.78" and its borders


def printable(text: str) -> str:
    """``text`` without what would command a terminal: control and direction characters stand as their numbers."""
    return "".join(char if char.isprintable() or char in "\n\u3000" else f"\\u{ord(char):04x}" for char in text)


def escape(text: str) -> str:
    """``text`` for a cell: printable, and no markup."""
    return markup.escape(printable(text))


def plain_table(title: str, *columns: str, right: Sequence[int] = (), whole: Sequence[int] = ()) -> Table:
    """An empty table; the columns in ``right`` are numbers, those and the ones in ``whole`` are never broken."""
    table = Table(title=escape(title), title_justify="left", title_style="bold", header_style="bold")
    for index, column in enumerate(columns):
        unbroken = index in right or index in whole
        table.add_column(
            escape(column), justify="right" if index in right else "left", overflow="fold", no_wrap=unbroken
        )
    return table


def amount(lang: Language, figure: Figure) -> str:
    """A figure's value: money in yuan, with its qualifier in words."""
    return _worded(lang, figure.unit, figure.value, figure.qualifier)


def quantity(lang: Language, unit: str, found: Quantity) -> str:
    """The same of a sum."""
    return _worded(lang, unit, found.value, found.qualifier)


def _worded(lang: Language, unit: str, value: int, qualifier: Qualifier) -> str:
    plain = str(fen(value)) if unit == "CNY_fen" else str(value)
    return plain if qualifier is Qualifier.EXACT else text(lang, qualifier.value, amount=plain)


def figures_table(lang: Language, title: str, found: Figures, view: View) -> Iterable[Table | str]:
    """Every figure that sums anything, and the keys of those that do not: not in ``view``, if it is the public's."""
    table = plain_table(
        title,
        *(text(lang, key) for key in ("figure", "key", "value", "events", "visibility")),
        right=(2, 3),
        whole=(1,),
    )
    for key, figure in found.items():
        if figure.events:
            table.add_row(
                figure_title(lang, key), key, amount(lang, figure), str(figure.events), text(lang, figure.visibility)
            )
    if table.row_count:
        yield table
    silent = [key for key, figure in found.items() if not figure.events]
    if silent:
        yield text(lang, "no_headers" if view is View.PUBLIC else "no_events", keys=", ".join(silent))


def months_tables(lang: Language, title: str, found: Figures, width: int) -> Iterable[Table]:
    """Each figure that sums anything, month by month; as many months side by side as ``width`` characters allow."""
    by_month = tuple(found.by_month().items())
    abreast = max(1, (width - TITLE_WIDTH_MIN) // MONTH_WIDTH)
    for start in range(0, len(by_month), abreast):
        block = by_month[start : start + abreast]
        columns = (text(lang, "figure"), *(str(month) for month, _ in block))
        table = plain_table("" if start else title, *columns, right=range(1, len(columns)))
        for key, figure in found.items():
            if figure.events:
                table.add_row(figure_title(lang, key), *(_value(figure, values[key]) for _, values in block))
        yield table


def report_parts(lang: Language, report: ImportReport, *, rehearsed: bool) -> Iterable[Table | str]:
    """An import: in a sentence, by sheet, and its warnings."""
    yield text(lang, "rehearsed" if rehearsed else "imported", workbook=report.workbook, events=report.events)
    columns = [text(lang, key) for key in ("sheet", "rows", "recorded", "known", "warnings")]
    table = plain_table("", *columns, right=(1, 2, 3, 4))
    for name, sheet in report.sheets.items():
        table.add_row(name, *(str(count) for count in (sheet.rows, sheet.recorded, sheet.known, sheet.warnings)))
    yield table
    yield from warning_parts(lang, report.warnings)


def warning_parts(lang: Language, warnings: Sequence[IntakeProblem]) -> Iterable[Table | str]:
    """A table of the warnings, if there are any."""
    if warnings:
        yield problems_table(lang, text(lang, "warnings"), warnings)


def problems_table(lang: Language, title: str, problems: Sequence[IntakeProblem]) -> Table:
    """Errors or warnings of a workbook; a very long list ends with how many there are."""
    names = ("sheet", "cell", "code", "found", "expected", "hint")
    used = [name for name in names if any(getattr(problem, name) for problem in problems)]
    headers = [text(lang, "to_do" if name == "hint" else name) for name in used]
    table = plain_table(f"{title} ({len(problems)})", *headers, whole=(0, 1))
    for problem in problems[:PROBLEMS_SHOWN_MAX]:
        table.add_row(*(escape(getattr(problem, name)) for name in used))
    if len(problems) > PROBLEMS_SHOWN_MAX:
        table.add_row("…", f"+ {len(problems) - PROBLEMS_SHOWN_MAX}")
    return table


def history_table(lang: Language, title: str, entries: Sequence[HistoryEntry], *, whose: bool = False) -> Table:
    """What happened, in the order recorded; ``whose``: entries of several streams, each named by its beginning."""
    columns = [text(lang, key) for key in ("position", "on", "what", "details", "source")]
    table = plain_table(title, *columns, right=(0,), whole=(1, 2))
    for entry in entries:
        what = (entry.type, f"{entry.stream[:STREAM_SHOWN]}…" if whose and len(entry.stream) > STREAM_SHOWN else "")
        document = (entry.source, entry.by, text(lang, "recorded_on", day=entry.recorded_at[:10]))
        table.add_row(
            f"{entry.position}\nv{entry.version}",
            entry.occurred_on,
            escape(_lines(what)),
            escape(_lines(_notes(lang, entry))),
            escape(_lines(document)),
            style="dim" if entry.voided_by is not None else "",
        )
    return table


def _notes(lang: Language, entry: HistoryEntry) -> Iterable[str]:
    said = {name: value for name, value in entry.details.items() if value is not False and value != 0}
    yield ", ".join(f"{name}={value}" for name, value in said.items())
    if entry.registered_on not in {"", entry.occurred_on}:
        yield text(lang, "registered", day=entry.registered_on)
    if entry.voids is not None:
        yield text(lang, "takes_back", position=entry.voids)
    if entry.voided_by is not None:
        yield text(lang, "voided_by", position=entry.voided_by)
    if entry.personal_note:
        yield text(lang, entry.personal_note)


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(filter(None, parts))


def error_lines(lang: Language, error: CadreLedgerError) -> tuple[str, str]:
    """An error, and its hint ("" if there is none)."""
    what = f"{error.what}"
    if error.expected:
        what += f": {text(lang, 'was_expected')} {error.expected}"
    if error.found:
        what += f"{',' if error.expected else ':'} {text(lang, 'but_found')} {error.found}"
    if isinstance(error, RuleError) and error.grounds:
        what += f" [{error.grounds}]"
    return f"{text(lang, 'error')}: {what}", f"{text(lang, 'hint')}: {error.hint}" if error.hint else ""


def show(console: Console, *parts: Table | str) -> None:
    """Print tables and lines; a line is never cut, nor read as markup."""
    for part in parts:
        if isinstance(part, str):
            console.print(printable(part), markup=False, highlight=False, soft_wrap=True)
        else:
            console.print(part)


def _value(figure: Figure, value: int) -> str:
    return str(fen(value)) if figure.unit == "CNY_fen" else str(value)


def figure_title(lang: Language, key: str) -> str:
    """What a figure is called, ready for a table."""
    return escape(_titles()[key][0 if lang is Language.ZH else 1])


def _titles() -> Mapping[str, tuple[str, str]]:
    return {figure.key: (figure.zh, figure.en) for figure in Catalogue.load().declarations}

"""Results as JSON for programs. The shapes are fixed: add a member, never rename one."""

from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path

from cadreledger.cli.entries import HistoryEntry
from cadreledger.disclosure import Snapshot
from cadreledger.errors import CadreLedgerError, IntakeError, IntakeProblem, RuleError
from cadreledger.figures import Figure, Figures
from cadreledger.intake import ImportReport
from cadreledger.ledger import Seal
from cadreledger.rules import RULES, Provision
from cadreledger.values import Qualifier

__all__ = [
    "error_shape",
    "figures_shape",
    "history_shape",
    "import_shape",
    "policy_shape",
    "provisions_shape",
    "refused_shape",
    "seal_shape",
    "snapshot_shape",
]

Shape = dict[str, object]


def figures_shape(origin: str, position: int, found: Figures, *, by_month: bool) -> Shape:
    """``figures --json``; money in fen."""
    shape: Shape = {
        "ledger": origin,
        "period": str(found.period),
        "position": position,
        "figures": {key: _figure(figure) for key, figure in found.items()},
    }
    if by_month:
        shape["by_month"] = {str(month): dict(values) for month, values in found.by_month().items()}
    return shape


def _figure(figure: Figure) -> Shape:
    shape: Shape = {
        "value": figure.value,
        "unit": figure.unit,
        "kind": figure.kind.value,
        "visibility": figure.visibility.value,
        "events": figure.events,
    }
    if figure.qualifier is not Qualifier.EXACT:
        shape["qualifier"] = figure.qualifier.value
    return shape


def import_shape(report: ImportReport) -> Shape:
    """``import --json`` of an import that was done."""
    sheets = {
        name: {"rows": sheet.rows, "recorded": sheet.recorded, "known": sheet.known, "warnings": sheet.warnings}
        for name, sheet in report.sheets.items()
    }
    return {
        "workbook": report.workbook,
        "sheets": sheets,
        "events": report.events,
        "errors": [],
        "warnings": _problems(report.warnings),
    }


def refused_shape(workbook: str, error: IntakeError) -> Shape:
    """``import --json`` of an import that was refused: nothing was recorded."""
    return {
        "workbook": workbook,
        "sheets": {},
        "events": 0,
        "errors": _problems(error.problems),
        "warnings": _problems(error.warnings),
    }


def _problems(problems: Iterable[IntakeProblem]) -> list[Shape]:
    names = ("sheet", "cell", "code", "found", "expected", "hint")
    return [{name: getattr(problem, name) for name in names} for problem in problems]


def history_shape(origin: str, subject: str, position: int, entries: Iterable[HistoryEntry]) -> Shape:
    """``history --json``."""
    return {"ledger": origin, "subject": subject, "position": position, "events": [_entry(entry) for entry in entries]}


def _entry(entry: HistoryEntry) -> Shape:
    shape: Shape = {
        "position": entry.position,
        "stream": entry.stream,
        "version": entry.version,
        "type": entry.type,
        "recorded_at": entry.recorded_at,
        "by": entry.by,
        "details": dict(entry.details),
    }
    optional = {
        "occurred_on": entry.occurred_on,
        "registered_on": entry.registered_on,
        "source": entry.source,
        "voids": entry.voids,
        "voided_by": entry.voided_by,
        "personal": entry.personal_note,
    }
    return shape | {name: value for name, value in optional.items() if value}


def snapshot_shape(taken: Snapshot, written: Iterable[Path]) -> Shape:
    """``snapshot --json``."""
    return {
        "ledger": taken.origin,
        "period": str(taken.period),
        "size": taken.size,
        "root": b64encode(taken.root).decode("ascii"),
        "adjustments": len(taken.adjustments),
        "files": [str(path) for path in written],
    }


def seal_shape(origin: str, made: Seal) -> Shape:
    """``seal --json``."""
    return {
        "ledger": origin,
        "size": made.size,
        "root": b64encode(made.root).decode("ascii"),
        "checkpoint": str(made),
        "advice": list(made.advice),
    }


def policy_shape(origin: str, version: str, month: str, provisions: Iterable[Provision[object]]) -> Shape:
    """``policy show --json``; ``origin`` is "" where no ledger was named."""
    return {"ledger": origin, "version": version, "month": month, "provisions": provisions_shape(provisions)}


def provisions_shape(provisions: Iterable[Provision[object]]) -> list[Shape]:
    """Answers of a policy; each value as it is said."""
    return [_provision(each) for each in provisions]


def _provision(each: Provision[object]) -> Shape:
    shape: Shape = {
        "rule": each.rule,
        "value": RULES[each.rule].kind.said(each.value),
        "from": str(each.valid_from),
        "citation": each.citation,
        "certainty": each.certainty.value,
        "binding": each.binding.value,
        "version": each.version,
        "en": each.en,
        "zh": each.zh,
    }
    return shape if each.valid_until is None else shape | {"until": str(each.valid_until)}


def error_shape(error: CadreLedgerError) -> Shape:
    """Any command's error, with ``--json``."""
    names = ["what", "expected", "found", "hint"]
    if isinstance(error, RuleError):
        names += ["rule", "citation", "policy_version"]
    return {"error": {"kind": type(error).__name__, **{name: getattr(error, name) for name in names}}}

"""Findings and checks as people read them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from rich.table import Table

from cadreledger.audit import Report, Severity, Verification
from cadreledger.cli.tables import escape, plain_table
from cadreledger.cli.texts import Language, text
from cadreledger.cli.titles import check_title, finding_title

__all__ = ["checks_parts", "findings_parts"]

FINDINGS_SHOWN_MAX: Final = 100


def findings_parts(lang: Language, report: Report) -> Iterator[Table | str]:
    """A report: in a sentence, and what was found, the gravest first."""
    yield text(lang, "audited", source=report.source, events=report.events, sealed=report.sealed)
    if report.findings:
        yield _table(lang, report)
    more = len(report.findings) - FINDINGS_SHOWN_MAX + sum(report.omitted.values())
    if more > 0:
        yield text(lang, "more_findings", count=more)
    for severity in Severity:
        count = sum(1 for finding in report.findings if finding.severity is severity)
        if count:
            yield f"{text(lang, f'{severity.value}_count')}: {count}"
    yield text(lang, "audit_ok" if report.ok else "audit_failed")


def _table(lang: Language, report: Report) -> Table:
    columns = [text(lang, key) for key in ("severity", "position", "code", "message", "to_do")]
    table = plain_table("", *columns, right=(1,), whole=(0, 2))
    for finding in report.findings[:FINDINGS_SHOWN_MAX]:
        table.add_row(
            text(lang, finding.severity.value),
            str(finding.position or ""),
            escape(finding.code),
            escape("：".join(filter(None, (finding_title(lang, finding.code), finding.message)))),
            escape(finding.hint),
        )
    return table


def checks_parts(lang: Language, path: Path, found: Verification) -> Iterable[Table | str]:
    """A verification, step by step, and what this path alone cannot show."""
    columns = [text(lang, key) for key in ("check", "outcome", "details")]
    table = plain_table(f"{path} ({text(lang, found.kind)})", *columns, whole=(0, 1))
    for check in found.checks:
        table.add_row(check_title(lang, check.name), text(lang, "holds" if check.ok else "fails"), escape(check.detail))
    yield table
    if found.unchecked:
        yield text(lang, "unchecked")
        yield from (f"  {each}" for each in found.unchecked)

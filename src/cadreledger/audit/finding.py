"""What an audit finds, as data; the shape of ``audit --json``."""

from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

import attrs

__all__ = ["Finding", "Findings", "Report", "Severity"]

KEPT_MAX: Final = 1_000  # of one code; the rest is counted


class Severity(Enum):
    """How much a finding weighs. Only an error means that something is not as it was recorded, or does not hold."""

    ERROR = "error"
    WARNING = "warning"  # a rule that recorded history breaks, or a check that could not be made
    NOTE = "note"


@attrs.frozen
class Finding:
    """One thing that does not hold, or could not be looked at.

    ``code`` is listed in the reference; a rule's code where an event breaks a rule. ``position`` counts events from 1
    (0: it has none), ``leaf`` is the index in the tree, from 0 (-1: none); ``stream`` is the one as stored.
    """

    severity: Severity
    code: str
    message: str
    position: int = 0
    stream: str = ""
    hint: str = ""

    @property
    def leaf(self) -> int:
        """The event's index in the tree, from 0; -1 where the finding has no position."""
        return self.position - 1

    def json(self) -> dict[str, object]:
        """As it stands in ``audit --json``."""
        return {
            "severity": self.severity.value,
            "code": self.code,
            "position": self.position,
            "leaf": self.leaf,
            "stream": self.stream,
            "message": self.message,
            "hint": self.hint,
        }


class Findings:
    """Findings as they come in; of one code and weight only the first thousand are kept.

    By weight, too: a thousand warnings must hide no error of their code.
    """

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._counts: Counter[tuple[str, Severity]] = Counter()

    def error(self, code: str, message: str, position: int = 0, stream: object = "", hint: str = "") -> None:
        """Something is not as it was recorded, or does not hold."""
        self.add(Finding(Severity.ERROR, code, message, position, _named(stream), hint))

    def warning(self, code: str, message: str, position: int = 0, stream: object = "", hint: str = "") -> None:
        """Recorded history breaks a rule, or a check could not be made."""
        self.add(Finding(Severity.WARNING, code, message, position, _named(stream), hint))

    def note(self, code: str, message: str, position: int = 0, stream: object = "", hint: str = "") -> None:
        """Worth knowing."""
        self.add(Finding(Severity.NOTE, code, message, position, _named(stream), hint))

    def add(self, finding: Finding) -> None:
        """Take a finding in."""
        kind = finding.code, finding.severity
        self._counts[kind] += 1
        if self._counts[kind] <= KEPT_MAX:
            self._kept.append(finding)

    def has(self, code: str) -> bool:
        """Whether there is a finding of that code."""
        return any(self._counts[code, severity] for severity in Severity)

    def has_errors(self) -> bool:
        """Whether any finding is an error."""
        return any(finding.severity is Severity.ERROR for finding in self._kept)

    def in_order(self) -> tuple[Finding, ...]:
        """By weight, then by position."""
        weights = list(Severity)
        return tuple(sorted(self._kept, key=lambda found: (weights.index(found.severity), found.position, found.code)))

    def omitted(self) -> Mapping[str, int]:
        """How many more there are, by code."""
        more: Counter[str] = Counter()
        for (code, _), count in self._counts.items():
            more[code] += max(count - KEPT_MAX, 0)
        return MappingProxyType({code: count for code, count in sorted(more.items()) if count})


@attrs.frozen(kw_only=True)
class Report:
    """What an audit of ``source`` came to: ``events`` read, and the tree over them (``root``: 32 bytes).

    ``root`` is empty where a gap leaves no tree; ``sealed``: how many events the last checkpoint covers, 0 for none.
    ``omitted`` counts further findings of a code.
    """

    source: str
    origin: str
    events: int
    root: bytes
    sealed: int
    findings: tuple[Finding, ...]
    omitted: Mapping[str, int]

    @property
    def ok(self) -> bool:
        """Whether no finding is an error."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)

    def json(self) -> dict[str, object]:
        """As it stands in ``audit --json``."""
        return {
            "ledger": self.source,
            "origin": self.origin,
            "events": self.events,
            "size": self.sealed,
            "root": b64encode(self.root).decode("ascii"),
            "ok": self.ok,
            "findings": [finding.json() for finding in self.findings],
            "omitted": dict(self.omitted),
        }


def _named(stream: object) -> str:
    """A stream's name as stored; whatever else stands in its column is not repeated."""
    return stream if type(stream) is str and stream.isascii() and stream.isprintable() else ""

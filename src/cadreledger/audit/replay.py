"""The second reading of an audit, stream by stream: every event is decoded, and every rule is asked as it was then."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from cadreledger.aggregates import FOLDS, Fold, Violation
from cadreledger.audit.before import Before
from cadreledger.audit.finding import Findings
from cadreledger.audit.indexes import Indexes
from cadreledger.audit.records import Records, Row
from cadreledger.errors import CadreLedgerError, DecodeError, StoreError, VerificationError
from cadreledger.events import VOCABULARY, Codec, Recorded, leaf_text, without_personal
from cadreledger.events.void import Void
from cadreledger.queries import Remark, Survey, Weight
from cadreledger.values import StreamId, stream_kind

__all__ = ["Replay"]

AS_WRITTEN: Final = "The file was changed from outside, or written by a newer release."
_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "a header does not fit its internal section": "section_mismatch",
        "an event is not where it says": "place_mismatch",
        "a personal section does not open": "personal_mismatch",
        "a personal section does not fit its commitment": "personal_mismatch",
        "a personal section is missing": "personal_missing",
        "a personal section says nothing": "personal_mismatch",
        "a personal section is locked with another's key": "personal_mismatch",
        "a personal section is not committed to": "personal_mismatch",
    }
)


class Replay:
    """One reading. ``erased`` are the streams of people whose keys were destroyed, by the ledger's own word.

    ``today`` is the day of the audit.
    """

    def __init__(
        self,
        records: Records,
        findings: Findings,
        before: Before,
        erased: Collection[str],
        indexes: Indexes,
        today: date,
    ) -> None:
        self._records = records
        self._indexes = indexes
        self._before = before
        self._survey = Survey(before.policy, before.notices, today)
        self._findings = findings
        self._erased = erased
        self._codec = Codec(VOCABULARY)
        self._fold: Fold[Any] | None = None
        self._stream: object = None
        self._version = 0
        self._leaves: dict[int, bytes] = {}  # of the stream at hand, by version
        self._positions: dict[int, int] = {}
        self._key: tuple[str, bytes | None] = ("", None)  # of whom the last personal section was about
        self._locked: dict[str, tuple[int, str]] = {}  # whose key is not at hand: where first
        self.events = 0

    def read(self) -> None:
        """Read everything, into findings."""
        try:
            for row in self._records.by_stream():
                if row[1] != self._stream:
                    self._end()
                    self._begin(row)
                self._take(row)
            self._end()
        except StoreError as error:
            if not self._findings.has("store_unreadable"):  # the first reading met it, too
                self._findings.error("store_unreadable", str(error), hint=error.hint)
        self._positions = {}
        self._remark(self._survey.end())
        for subject, (position, stream) in self._locked.items():
            if subject not in self._erased:
                what = "a personal section cannot be opened, and nobody erased the person: their key is gone"
                self._findings.error("key_missing", what, position, stream, "Restore the key store from a backup.")
        for subject in sorted(self._erased) if self._records.has_keys else ():
            if self._records.key_of(subject) is not None:
                what = "somebody was erased, and their key is still there"
                self._findings.warning("key_not_destroyed", what, 0, subject, "Open the ledger: that finishes it.")

    def _end(self) -> None:
        """All of a stream is read."""
        if self._fold is not None and isinstance(self._stream, str):
            self._remark(self._survey.stream(StreamId(self._stream), self._fold.view()))

    def _remark(self, remarks: Iterable[Remark]) -> None:
        for remark in remarks:
            say = self._findings.warning if remark.weight is Weight.WARNING else self._findings.note
            what = f"{remark.message}; {remark.citation}" if remark.citation else remark.message
            say(remark.code, what, remark.position or self._positions.get(remark.version, 0), remark.stream)

    def _begin(self, row: Row) -> None:
        self._stream, self._version, self._leaves, self._positions = row[1], 0, {}, {}
        try:
            self._fold = FOLDS[stream_kind(row[1])]()
        except (CadreLedgerError, TypeError, KeyError):
            self._fold = None  # the codec says what is wrong with it

    def _take(self, row: Row) -> None:
        self.events += 1
        position, stream, version = row[0], row[1], row[2]
        if type(position) is not int or position < 1:
            self._findings.error("position_out_of_order", "an event has no place in the ledger", 0, stream)
        if version != self._version + 1:
            what = f"a stream goes on with version {version!s:.20}, where {self._version + 1} is due"
            self._findings.error("version_gap", what, position, stream, "Events were removed, or moved.")
        self._version = version if type(version) is int else self._version + 1
        recorded = self._decoded(row)
        if recorded is None or self._fold is None:
            return
        self._indexes.event(recorded)
        event = recorded.event
        if isinstance(event, Void):
            self._check_void(recorded, event)
        for violation in self._fold.check(event, partial(self._before.policy_at, position)):
            self._report(violation, position, stream)
        self._fold.take(recorded.version, event)
        self._leaves[recorded.version] = recorded.leaf
        self._positions[recorded.version] = recorded.position
        self._remark(self._survey.event(recorded))

    def _decoded(self, row: Row) -> Recorded | None:
        try:
            recorded = self._codec.decode(row, self._key_of)
        except DecodeError as error:
            return self._unreadable(row, error)
        if recorded.sealed and self._records.has_keys and recorded.subject is not None:
            self._locked.setdefault(recorded.subject, (row[0], row[1]))
        return recorded

    def _key_of(self, subject: str) -> bytes | None:
        """As the records say; a stream is mostly about one person."""
        if subject != self._key[0]:
            self._key = (subject, self._records.key_of(subject))
        return self._key[1]

    def _unreadable(self, row: Row, error: DecodeError) -> Recorded | None:
        """Name what is wrong; where it is the personal section alone, read on without it."""
        cause = error.__cause__
        code = (
            _CODES.get(cause.what, "event_unreadable") if isinstance(cause, VerificationError) else "event_unreadable"
        )
        what = error.found or "an event cannot be read"
        if code != "personal_missing":  # the first reading says so, once a person
            self._findings.error(code, what, error.position, row[1], AS_WRITTEN)
        if not code.startswith("personal"):
            return None
        try:
            return self._codec.decode(row)
        except DecodeError:
            return None

    def _check_void(self, recorded: Recorded, void: Void) -> None:
        """A void repeats what it takes back, and names its leaf."""
        if self._fold is None:
            return
        target = self._fold.standing().get(void.of_version)
        if target is None:
            return  # the rules say so
        leaf = leaf_text(self._leaves.get(void.of_version, b""))
        if void.undoes != without_personal(target) or void.target_leaf != leaf:
            what = "a void does not repeat what it takes back"
            self._findings.error("void_mismatch", what, recorded.position, recorded.stream, AS_WRITTEN)

    def _report(self, violation: Violation, position: int, stream: object) -> None:
        parts = [violation.what]
        if violation.expected:
            parts.append(f"expected {violation.expected}")
        if violation.citation:
            parts.append(violation.citation)
        say = self._findings.error if violation.weight == "senseless" else self._findings.warning
        say(violation.rule, "; ".join(parts), position, stream, violation.hint)

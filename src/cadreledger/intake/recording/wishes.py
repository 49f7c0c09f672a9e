"""微心愿: a wish is made, claimed, and comes true or is given up; each on its own day, as the register grows."""

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date
from typing import Final

from cadreledger.intake.content import content_of
from cadreledger.intake.private import SEALED, Sealing
from cadreledger.intake.problems import Code
from cadreledger.intake.recorder import Entries, Recorder, Rules
from cadreledger.intake.recording.people import person_of
from cadreledger.intake.recording.plans import Plan, Step
from cadreledger.intake.sheets import WishColumns, WishRow
from cadreledger.intake.words import WishStatus
from cadreledger.ledger import RowFound, RowState
from cadreledger.values import StreamId

__all__ = ["WISH_CONTENT", "plan_wish"]

WISH_CONTENT: Final = ("cadre", "on", "content", "claimant", "claimed_on", "fulfilled_on", "status", "items")
CANCELLED: Final = "wish.cancelled/1"
CODE_BYTES: Final = 8
_WORD: Final = re.compile(r"[0-9A-Za-z]+")
_RULES: Final[Rules] = {"left_the_register": WishColumns.CADRE}
# dates out of order were told in reading; and a register may learn of a claim when the wish has come true already
_MEANT: Final = frozenset({"before_what_it_follows", "wish_fulfilled_already", "wish_cancelled_already"})


def plan_wish(_recorder: Recorder, row: WishRow) -> Plan:
    """Made, claimed and ended, on a day each."""
    wish = _Wish(row)
    steps: list[Step] = [(row.on, wish.make)]
    if wish.is_claimed:
        steps.append((wish.claimed_on, wish.claim))
    if row.fulfilled_on is not None:
        steps.append((row.fulfilled_on, wish.fulfil))
    elif row.status is WishStatus.CANCELLED:
        steps.append((wish.claimed_on, wish.cancel))  # the register does not say when
    return Plan(row, (row.key,), tuple(steps))


class _Wish:
    """One row on its way from step to step. If it has changed, what is new is added, and what was wrong put right."""

    def __init__(self, row: WishRow) -> None:
        self._row = row
        self._cadre = StreamId("")  # whose wish it is, once there is something to record
        self._code = self._code_before = row.key
        self._source = f"{row.sheet} {row.key}"
        self.is_claimed = row.claimant is not None and row.status is not WishStatus.OPEN
        self.claimed_on = (row.claimed_on if self.is_claimed else None) or row.on

    def make(self, recorder: Recorder) -> None:
        """Put the wish forward. Of one that is there, take back what the row does not say any more."""
        row, content = self._row, content_of(self._row, WISH_CONTENT)
        stream = person_of(recorder, row, row.cadre, WishColumns.CADRE, content)
        days = (WishColumns.ON, row.on), (WishColumns.CLAIMED_ON, row.claimed_on)
        if not recorder.dated(row, *days, (WishColumns.FULFILLED_ON, row.fulfilled_on)) or stream is None:
            return
        found = recorder.look_up(row, WishColumns.CODE, content, stream)
        if found is None or not recorder.fits(row, WishColumns.CONTENT, locked=(row.content,)):
            return
        self._name(recorder, found)
        with self._recording(recorder, row.on if found.state is RowState.NEW else None):
            others = self._others(recorder, found, stream)
            voided = [self._take_from(recorder, other) for other in others]
            with recorder.replacing(next(filter(None, voided), None)):
                made = Entries(stream, self._make(recorder, stream))
            recorder.keep(row, content, stream, made)
            for other in others:
                recorder.moved(row, other, made)
            self._cadre = stream

    def claim(self, recorder: Recorder) -> None:
        """Let somebody take the wish on, or put right who did."""
        if not self._cadre:
            return
        row, cadre, sealing = self._row, recorder.tx.cadre(self._cadre), Sealing(None, recorder.words)
        claimant = sealing.clear(WishColumns.CLAIMANT, row.claimant)
        if not recorder.fits(row, WishColumns.CLAIMANT, clear=(claimant,)):
            return
        is_claimed = cadre.view.wishes[self._code].claimed
        with self._recording(recorder, None if is_claimed else self.claimed_on):
            if is_claimed:
                version = _claims(cadre.view.standing, cadre.view.wishes[self._code].version)[-1]
                note = sealing.note()
                recorder.correct(cadre, version, occurred_on=self.claimed_on, claimant=claimant, note=note)
            else:
                cadre.claim_wish(self._code, claimant, on=self.claimed_on, note=sealing.note())
            recorder.note_moved(row, sealing)

    def fulfil(self, recorder: Recorder) -> None:
        """Let the wish come true, or put right when it did."""
        row = self._row
        if not self._cadre or row.fulfilled_on is None:
            return
        cadre, items = recorder.tx.cadre(self._cadre), row.items or 1
        version = cadre.view.wishes[self._code].fulfilled
        with self._recording(recorder, row.fulfilled_on if version is None else None):
            if version is None:
                cadre.fulfil_wish(self._code, on=row.fulfilled_on, items=items)
            else:
                recorder.correct(cadre, version, occurred_on=row.fulfilled_on, items=items)

    def cancel(self, recorder: Recorder) -> None:
        """Let the wish be given up."""
        if not self._cadre:
            return
        cadre = recorder.tx.cadre(self._cadre)
        if not cadre.view.wishes[self._code].cancelled:
            with self._recording(recorder, None):
                cadre.cancel_wish(self._code)

    def _recording(self, recorder: Recorder, on: date | None) -> AbstractContextManager[None]:
        """Record what the register said on the day ``on``; None: what it says otherwise today."""
        written_on = recorder.tx.batch.today if on is None else on
        return recorder.recording(
            self._row, WishColumns.CODE, written_on, rules=_RULES, meant=_MEANT, source=self._source
        )

    def _name(self, recorder: Recorder, found: RowFound) -> None:
        """Find a name for the wish in the ledger: its code, unless that names whose wish it is."""
        row, entry = self._row, found.entry
        before = None if entry is None else recorder.tx.reader.whole(StreamId(entry.stream), entry.version)
        self._code = self._code_before = getattr(before, "code", row.key)
        holds = not row.cadre.isdigit() and row.cadre in _WORD.findall(row.key)
        if row.key == row.cadre or holds or recorder.words.names(row.key):
            hint = "It holds the code of the person whose wish it is; the ledger has another one in its place."
            recorder.warn(row.problem(WishColumns.CODE, Code.PERSONAL_TEXT, hint=hint))
            if not self._code.startswith(SEALED):
                self._code = f"{SEALED} {recorder.tx.reader.random(CODE_BYTES).hex()}"
        if self._code.startswith(SEALED):
            self._source = row.sheet

    def _others(self, recorder: Recorder, found: RowFound, stream: StreamId) -> list[StreamId]:
        """Those whose wish it was said to be before, from the first that is known to the last."""
        others: list[StreamId] = []
        entry = found.entry
        while entry is not None and entry.stream != stream and entry.stream not in others:
            others.append(StreamId(entry.stream))
            entry = recorder.tx.rows.where(self._row.sheet, self._row.key, others[-1])
        return others

    def _take_from(self, recorder: Recorder, other: StreamId) -> Entries | None:
        """Take back the wish where it was said to be another's; the void's place, if there was something to take."""
        cadre = recorder.tx.cadre(other)
        wish = cadre.view.wishes.get(self._code_before)
        if wish is None:
            return None
        voids = cadre.void(wish.version, reason="corrected")
        return Entries(other, voids[-1], is_void=True, of_version=wish.version)

    def _make(self, recorder: Recorder, stream: StreamId) -> int:
        """The version of the wish."""
        row, cadre = self._row, recorder.tx.cadre(stream)
        wish = cadre.view.wishes.get(self._code)
        if wish is None:
            return cadre.wish(self._code, on=row.on, content=row.content)
        standing = cadre.view.standing
        if wish.fulfilled is not None and row.fulfilled_on is None:
            cadre.void(wish.fulfilled, reason="reversed")
        for version in _cancellations(standing, wish.version) if row.status is not WishStatus.CANCELLED else ():
            cadre.void(version, reason="reversed")
        if wish.claimed and row.status is WishStatus.OPEN:
            cadre.claim_wish(self._code, None, on=recorder.tx.batch.today)
        elif wish.claimed and not self.is_claimed:
            cadre.void(_claims(standing, wish.version)[-1], reason="mistake")
        return recorder.correct(cadre, wish.version, occurred_on=row.on, content=row.content)


def _claims(standing: Mapping[int, object], wish: int) -> list[int]:
    """The versions of standing claims of a wish (its version), in order."""
    said = {version: event for version, event in standing.items() if getattr(event, "wish", None) == wish}
    return [version for version, event in said.items() if getattr(event, "claimant", None) is not None]


def _cancellations(standing: Mapping[int, object], wish: int) -> list[int]:
    """The versions of standing cancellations of a wish (its version)."""
    said = {version: event for version, event in standing.items() if getattr(event, "wish", None) == wish}
    return [version for version, event in said.items() if getattr(event, "wire", "") == CANCELLED]

"""意见建议: what somebody suggests, and on another day the answer."""

from datetime import date
from typing import Final

from cadreledger.intake.content import content_of
from cadreledger.intake.private import Sealing
from cadreledger.intake.recorder import Entries, Recorder
from cadreledger.intake.recording.plans import Plan, Step, by_number
from cadreledger.intake.sheets import SuggestionColumns, SuggestionRow
from cadreledger.ledger import RowState

__all__ = ["SUGGESTION_CONTENT", "plan_suggestion"]

SUGGESTION_CONTENT: Final = ("on", "notice", "content", "answered_on", "answer")
_MEANT: Final = frozenset({"before_what_it_follows"})  # dates out of order were told in reading


def plan_suggestion(_recorder: Recorder, row: SuggestionRow) -> Plan:
    """Received and answered, on a day each. An answer without a day is none yet: that was told in reading."""
    suggestion = _Suggestion(row)
    received: Step = (row.on, suggestion.receive)
    steps = (received,) if row.answered_on is None else (received, (row.answered_on, suggestion.answer))
    return Plan(row, by_number(row), steps)


class _Suggestion:
    """One row on its way from step to step."""

    def __init__(self, row: SuggestionRow) -> None:
        self._row = row
        self._is_recorded = False
        self._was_answered = False

    def receive(self, recorder: Recorder) -> None:
        """Take a suggestion in, or put right what it was; and take an answer back that was none."""
        row, content = self._row, content_of(self._row, SUGGESTION_CONTENT)
        days = (SuggestionColumns.ON, row.on), (SuggestionColumns.ANSWERED_ON, row.answered_on)
        if not recorder.dated(row, *days):
            return
        found = recorder.look_up(row, SuggestionColumns.NUMBER, content)
        if found is None:
            return
        sealing, community = Sealing(row.content, recorder.words), recorder.tx.community
        notice = sealing.clear(SuggestionColumns.NOTICE, row.notice)
        if not recorder.fits(row, SuggestionColumns.CONTENT, clear=(notice,), locked=(sealing.note(),)):
            return
        written_on = row.on if found.state is RowState.NEW else recorder.tx.batch.today
        with recorder.recording(row, SuggestionColumns.NUMBER, written_on, meant=_MEANT):
            version = community.view.suggestions.get(row.key)
            if version is None:
                version = community.receive_suggestion(row.key, on=row.on, notice=notice, content=sealing.note())
            else:
                answered = community.view.answered.get(version)
                self._was_answered = answered is not None
                if answered is not None and row.answered_on is None:
                    community.void(answered, reason="mistake")
                said = {"occurred_on": row.on, "notice": notice, "content": sealing.note()}
                version = recorder.correct(community, version, **said)
            recorder.note_moved(row, sealing)
            recorder.keep(row, content, None, Entries(community.stream, version))
            self._is_recorded = True

    def answer(self, recorder: Recorder) -> None:
        """Answer the suggestion, or put right what the answer was."""
        row, community = self._row, recorder.tx.community
        if not self._is_recorded or row.answered_on is None:
            return
        if not recorder.fits(row, SuggestionColumns.ANSWER, locked=(row.answer,)):
            return
        with recorder.recording(
            row, SuggestionColumns.ANSWERED_ON, self._written_on(recorder, row.answered_on), meant=_MEANT
        ):
            answered = community.view.answered.get(community.view.suggestions[row.key])
            if answered is None:
                community.answer_suggestion(row.key, on=row.answered_on, answer=row.answer)
            else:
                recorder.correct(community, answered, occurred_on=row.answered_on, answer=row.answer)

    def _written_on(self, recorder: Recorder, answered_on: date) -> date:
        """An answer that is there already, or was until the suggestion was put right, reads otherwise since today."""
        return recorder.tx.batch.today if self._was_answered else answered_on

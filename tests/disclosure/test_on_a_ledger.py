"""What a real ledger tells of late entries and corrections: adjustments, and why each record came."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cadreledger import Ledger, Period
from cadreledger.ledger import Transaction

BY = "staff:a"
JUNE, JULY = Period.parse("2021-06"), date(2021, 7, 5)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.create(
        tmp_path / "a.ledger", name="永兴社区", kek_dir=tmp_path / "kek", clock=lambda: datetime(2021, 8, 1, tzinfo=UTC)
    ) as ledger:
        yield ledger


def publish(tx: Transaction) -> None:
    community = tx.community
    community.propose_notice("2021-6", period=JUNE, on=JULY, proposer="post:1")
    community.review_notice("2021-6", on=JULY, reviewer="post:2")
    community.approve_notice("2021-6", on=JULY, approver="post:3")
    community.publish_notice("2021-6", period=JUNE, on=JULY)


def reasons(ledger: Ledger) -> dict[str, tuple[int, int, tuple[str, ...]]]:
    taken = ledger.snapshot("2021-06")
    return {row.key: (row.published.value, row.now.value, row.reasons) for row in taken.adjustments}


def test_of_two_alike_the_one_that_counts_instead_is_no_replacement(office: Ledger) -> None:
    """Correcting the first of two visits that look alike lets the second count: a decision of its own."""
    with office.transaction(by=BY) as tx:
        person = tx.cadres.register("C1", kind="retired", name="赵某")
        first = person.visit(reason="study", on=date(2021, 6, 8))
        person.visit(reason="study", on=date(2021, 6, 8))
        publish(tx)
    with office.transaction(by=BY) as tx:
        tx.cadres["C1"].correct(first, on=date(2021, 6, 9))
    assert reasons(office) == {"visits.made": (1, 2, ("corrected", "replacement", "late_entry"))}


def test_an_activity_of_another_kind_takes_the_place_of_what_was_written(office: Ledger) -> None:
    with office.transaction(by=BY) as tx:
        held = tx.community.hold("party_day", code="A1", title="主题党日", on=date(2021, 6, 4))
        publish(tx)
    with office.transaction(by=BY) as tx:
        tx.community.correct(held, kind="group_study")
    assert reasons(office) == {
        "party_days.held": (1, 0, ("corrected",)),
        "study.sessions": (0, 1, ("replacement",)),
    }


def test_what_rested_on_a_corrected_entry_is_recorded_anew_and_changes_nothing(office: Ledger) -> None:
    with office.transaction(by=BY) as tx:
        asked = tx.community.receive_suggestion("1", on=date(2021, 6, 1), content="字大些")
        tx.community.answer_suggestion("1", on=date(2021, 6, 2), answer="已办")
        publish(tx)
    with office.transaction(by=BY) as tx:
        tx.community.correct(asked, content="字放大些")
    assert reasons(office) == {}
    figures = office.figures("2021-06")
    assert (figures["suggestions.received"].value, figures["suggestions.answered"].value) == (1, 1)
    answers = [event.event for event in office.history("community") if event.event.wire == "suggestion.answered/1"]
    assert [getattr(answer, "answer", "") for answer in answers] == ["已办", "已办"]


def test_a_notice_that_is_put_right_is_the_one_that_hung_on_the_wall(office: Ledger) -> None:
    """What came after it stays late, whatever of the notice's own entry is corrected, or entered anew."""
    with office.transaction(by=BY) as tx:
        tx.community.hold("party_day", code="A1", title="主题党日", on=date(2021, 6, 4))
        publish(tx)
    with office.transaction(by=BY) as tx:
        tx.community.hold("party_day", code="A2", title="主题党日", on=date(2021, 6, 18))
    late = {"party_days.held": (1, 2, ("late_entry",))}
    assert reasons(office) == late
    with office.transaction(by=BY) as tx:
        (notice,) = tx.community.view.notices.values()
        again = tx.community.correct(notice.published, on=date(2021, 7, 6))
    assert reasons(office) == late
    with office.transaction(by=BY) as tx:
        tx.community.void(again)
        tx.community.publish_notice("2021-6", period=JUNE, on=date(2021, 7, 6))
    assert reasons(office) == late

"""Who did what, when, on which document: by code, by stream, and where other streams mention a person."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cadreledger import InputError, Ledger, Month, UnknownSubjectError, yuan
from cadreledger.events import leaf_text
from cadreledger.events.branch import FundSpent
from cadreledger.events.cadre import CadreRegistered, VisitMade
from cadreledger.events.community import SuggestionReceived
from cadreledger.events.person import PersonEnrolled
from cadreledger.events.programme import IssueFound
from cadreledger.events.sections import without_personal
from cadreledger.events.void import Void

DAY = date(2021, 7, 5)
BY = "staff:liaison"


def test_a_persons_history_tells_everything_in_order(place: Path) -> None:
    now = datetime(2021, 7, 9, 1, 2, 3, 4, tzinfo=UTC)
    with Ledger.create(place, name="永兴社区", clock=lambda: now) as ledger:
        with ledger.transaction(by="staff:a") as tx, tx.entry("register 2021, row 17", registered_on=DAY):
            member = tx.cadres.register("C1", kind="veteran", name="赵某", phone="13812345678")
            member.visit(reason="study", on=DAY, content="送学", note="在家")
        registered, visited = ledger.history("C1")
        assert isinstance(registered.event, CadreRegistered)
        assert isinstance(visited.event, VisitMade)
        assert (registered.event.code, registered.event.name, registered.event.phone) == ("C1", "赵某", "13812345678")
        assert (visited.event.content, visited.event.note) == ("送学", "在家")
        assert (registered.position, visited.position) == (2, 3)
        assert (registered.version, visited.version) == (1, 2)
        for record in (registered, visited):
            assert record.stream == record.subject == ledger.stream_of("C1")
            assert not record.sealed
            entry = record.entry
            assert (entry.by, entry.source, entry.registered_on) == ("staff:a", "register 2021, row 17", DAY)
            assert (entry.recorded_at, entry.tx_size) == (now, 2)


def test_by_code_by_stream_and_by_either_in_a_transaction(office: Ledger) -> None:
    person, branch = office.stream_of("C1"), office.stream_of("B1")
    assert person.startswith("cadre:")
    assert branch == "branch:B1"
    assert office.history("C1") == office.history(person)
    assert office.history("B1") == office.history(branch)
    assert office.stream_of(person) == person
    with office.transaction(by=BY) as tx:
        assert tx.cadres[person] is tx.cadres["C1"]
        assert tx.branches[branch] is tx.branches["B1"]


def test_the_ledgers_own_history(office: Ledger) -> None:
    assert [record.event.wire for record in office.history("ledger")] == ["ledger.opened/1"]


def test_what_other_streams_say_of_a_person_is_in_their_history(office: Ledger) -> None:
    with office.transaction(by=BY) as tx:
        member, branch = tx.cadres["C1"], tx.branches["B1"]
        other = tx.cadres.register("C2", kind="retired", name="钱某")
        branch.return_dues(yuan(900), on=DAY)
        branch.spend(yuan(500), use="hardship_aid", decision="R1", on=DAY, beneficiary=member.stream, note="患病住院")
        branch.spend(yuan(100), use="hardship_aid", decision="R1", on=DAY, beneficiary=other.stream)
        member.visit(reason="comfort", on=DAY)
    history = office.history("C1")
    assert [record.stream == "branch:B1" for record in history] == [False, False, True, False]
    assert [record.position for record in history] == sorted(record.position for record in history)
    spent = history[2]
    assert isinstance(spent.event, FundSpent)
    assert (spent.event.amount, spent.event.note, spent.subject) == (yuan(500), "患病住院", member.stream)
    assert len(office.history("B1")) == 1 + 3


def test_corrections_stay_in_the_history_opened(office: Ledger) -> None:
    with office.transaction(by=BY) as tx:
        member = tx.cadres["C1"]
        version = member.visit(reason="study", on=DAY, note="原来的话")
    with office.transaction(by=BY) as tx:
        tx.cadres["C1"].correct(version, occurred_on=date(2021, 7, 6))
    first, void, second = (record.event for record in office.history("C1")[-3:])
    assert isinstance(void, Void)
    assert isinstance(first, VisitMade)
    assert isinstance(second, VisitMade)
    assert void.of_version == version
    assert (first.note, second.note) == ("原来的话", "原来的话")
    assert (void.undoes, void.occurred_on) == (
        VisitMade(occurred_on=DAY, mode=first.mode, repeated=False, reason=first.reason),
        DAY,
    )
    told = [record.entry.replaces for record in office.history("C1")]
    assert told == [None] * 4 + [void.target_leaf]
    assert void.target_leaf == leaf_text(office.history("C1")[2].leaf)


def test_a_correction_within_one_transaction_keeps_what_is_personal(office: Ledger) -> None:
    with office.transaction(by=BY) as tx:
        member = tx.cadres["C1"]
        member.correct(member.visit(reason="study", on=DAY, note="原来的话"), occurred_on=date(2021, 7, 6))
    event = office.history("C1")[-1].event
    assert isinstance(event, VisitMade)
    assert (event.occurred_on, event.note) == (date(2021, 7, 6), "原来的话")


@pytest.mark.parametrize("subject", ["C9", "cadre:" + "0" * 32, "branch:B9", "B9"])
def test_nobody_of_that_name(office: Ledger, subject: str) -> None:
    with pytest.raises(UnknownSubjectError) as unknown:
        office.history(subject)
    assert unknown.value.hint
    assert subject not in str(unknown.value)


@pytest.mark.parametrize("subject", ["", " ", "a b", "a\0b", "名" * 65, "\ud800", None, 5, b"C1", ["C1"]])
def test_what_is_no_name_at_all(office: Ledger, subject: str) -> None:
    with pytest.raises(InputError):
        office.history(subject)


def test_a_code_that_a_person_and_a_branch_share(office: Ledger) -> None:
    with office.transaction(by=BY) as tx:
        person = tx.cadres.register("B1", kind="retired", name="孙某").stream
        assert tx.cadres["B1"].stream == person
        assert tx.branches["B1"].stream == "branch:B1"
    with pytest.raises(UnknownSubjectError, match="several have this code") as refused:
        office.history("B1")
    assert "branch:B1" in refused.value.hint
    assert person not in str(refused.value)
    assert len(office.history(person)) == 1
    assert len(office.history("branch:B1")) == 1


def test_a_code_that_a_branch_a_team_and_a_facility_share(office: Ledger) -> None:
    with office.transaction(by=BY) as tx:
        tx.teams.found("B1", kind="service", name="银铃")
        tx.facilities.enter("B1", kind="room", name="活动室")
        streams = [tx.branches["B1"].stream, tx.teams["B1"].stream, tx.facilities["B1"].stream]
    assert streams == ["branch:B1", "team:B1", "facility:B1"]
    with pytest.raises(UnknownSubjectError, match="several have this code"):
        office.history("B1")
    for stream in streams:
        assert [record.stream for record in office.history(stream)] == [stream]


def test_nobody_else_takes_a_persons_code(office: Ledger) -> None:
    """A code in the key store is one person's: a cadre's or somebody else's."""
    with office.transaction(by=BY) as tx:
        with pytest.raises(InputError, match="somebody else has that code"):
            tx.people.enrol("C1", role="审核", name="钱某")
        helper = tx.people.enrol("P1", role="审核", name="钱某").stream
        with pytest.raises(InputError, match="somebody else has that code"):
            tx.cadres.register("P1", kind="retired", name="孙某")
        assert "P1" not in tx.cadres
        assert "C1" not in tx.people
        assert tx.people["P1"] is tx.people[helper]
    assert office.history("P1") == office.history(helper)
    assert helper.startswith("person:")
    (enrolled,) = office.history("P1")
    assert isinstance(enrolled.event, PersonEnrolled)
    assert (enrolled.event.name, enrolled.subject) == ("钱某", helper)


def test_every_kind_of_thing_has_its_history(office: Ledger) -> None:
    with office.transaction(by=BY) as tx:
        tx.teams.found("S1", kind="service", name="银铃").hold("recreation", code="A1", title="歌咏", on=DAY)
        tx.facilities.enter("F1", kind="books", name="图书", count=1000, qualifier="at_least")
        tx.community.receive_suggestion("Y1", on=DAY, content="多办几次")
        tx.programme.find_issue("I1", on=DAY, text="扶手松了")
    wires = {name: [record.event.wire for record in office.history(name)] for name in ("S1", "F1")}
    assert wires == {"S1": ["team.founded/1", "activity.held/1"], "F1": ["facility.listed/1"]}
    (said,), (found,) = office.history("community"), office.history("programme")
    assert isinstance(said.event, SuggestionReceived)
    assert isinstance(found.event, IssueFound)
    assert (said.event.content, said.subject, said.sealed) == ("多办几次", "community", False)
    assert (found.event.text, found.subject, found.sealed) == ("扶手松了", "programme", False)


def test_a_history_of_what_is_not_there_yet(office: Ledger) -> None:
    for stream in ("community", "programme"):
        with pytest.raises(UnknownSubjectError):
            office.history(stream)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("𠮷01", "𠮷01"),  # outside the basic plane
        ("㐂02", "㐂02"),  # extension A
        ("e\u0301é", "ée\u0301"),  # combining and composed
        ("ＹＸ００１", "YX001"),  # full-width
        ("YX001", "ＹＸ００１"),
        ("ﾔﾏ", "ヤマ"),  # half-width
        ("①", "1"),
        (" C7　", "C7"),  # ideographic space
        ("ａ-１／２", "a-1/2"),
    ],
)
def test_rare_characters_and_widths_find_their_person_and_branch(office: Ledger, written: str, asked: str) -> None:
    with office.transaction(by=BY) as tx:
        tx.cadres.register(written, kind="retired", name=f"{written}某")
        tx.branches.establish(f"Z{written.strip()}", name=written, kind="formal")
    (record,) = office.history(asked)
    assert isinstance(record.event, CadreRegistered)
    assert record.event.name == f"{written}某"  # a name is left as it is
    assert len(office.history(f"Z{asked}")) == 1
    with office.transaction(by=BY) as tx:
        assert asked in tx.cadres
        assert f"Z{asked}" in tx.branches


def test_upper_and_lower_case_are_two_people(office: Ledger) -> None:
    with office.transaction(by=BY) as tx:
        tx.cadres.register("c1", kind="retired", name="钱某")
    assert len(office.history("c1")) == 1
    assert len(office.history("C1")) == 2


def test_events_are_read_in_parts(office: Ledger) -> None:
    everything = list(office.events())
    assert [record.position for record in everything] == list(range(1, office.position + 1))
    for cut in range(office.position + 2):
        assert [*office.events(upto=cut), *office.events(after=cut)] == everything


def test_what_comes_back_is_what_went_in(office: Ledger) -> None:
    with office.transaction(by=BY) as tx:
        member = tx.cadres["C1"]
        version = member.pay_dues(
            yuan("8.50"),
            for_month=Month(2021, 7),
            on=DAY,
            receipt="0042",
            method="cash",
            collector="post:1",
            payer="赵某",
            note="补交",
        )
        decided = member.state.payments[version]
    assert office.history("C1")[-1].event == decided
    with office.transaction(by=BY) as tx:  # what is read for decisions is less: nothing personal
        assert tx.cadres["C1"].state.payments[version] == without_personal(decided) != decided

"""Figures of a whole ledger: every key is there, voids take back, and the public sees what headers tell."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadreledger import InputError, Ledger, Month, Period, View, yuan
from cadreledger.figures import Catalogue, Visibility

DAY = date(2021, 7, 5)
BY = "staff:liaison"


@pytest.fixture
def busy(office: Ledger) -> Ledger:
    """A bit of everything that there is a verb for."""
    with office.transaction(by=BY) as tx:
        branch = tx.branches["B1"]
        temporary = tx.branches.establish("T1", name="临时党支部", kind="temporary", on=date(2021, 3, 1))
        member = tx.cadres["C1"]
        other = tx.cadres.register(
            "C2", kind="veteran", name="钱某", formal=branch, participating=temporary, smartphone=True, frail=True
        )
        member.change(smartphone=True, on=DAY)
        other.change(frail=False, on=DAY)
        member.pay_dues(yuan("8.50"), for_month=Month(2021, 6), on=DAY)
        refunded = other.pay_dues(yuan(20), for_month=Month(2021, 7), on=DAY)
        other.refund(refunded, yuan(5), decision="R1", on=date(2021, 8, 2))
        member.visit(reason="study", on=DAY)
        member.visit(reason="study", on=DAY)
        other.confirm_visit(
            _twice(other.visit(reason="call", on=DAY, mode="online"), other.visit(reason="call", on=DAY, mode="online"))
        )
        branch.remit_dues(yuan("8.50"), on=DAY)
        branch.return_dues(yuan(5), on=DAY)
        branch.spend(yuan(3), use="party_day", decision="R2", on=DAY)
    return office


def _twice(_first: int, second: int) -> int:
    return second


EXPECTED = {
    "dues.collected": 2350,
    "dues.credited": 2350,
    "dues.remitted": 850,
    "dues.returned": 500,
    "fund.spent": 300,
    "visits.made": 1,
    "visits.online": 2,
    "cadres.veteran": 1,
    "cadres.retired": 1,
    "cadres.smartphone": 2,
    "cadres.frail": 0,
    "members.affiliated": 2,
    "members.participating": 1,
}


def test_every_figure_of_the_catalogue_is_there_and_those_without_events_are_zero(busy: Ledger) -> None:
    figures = busy.figures("2021")
    assert list(figures) == [declared.key for declared in Catalogue.load().declarations]
    assert {key: figure.value for key, figure in figures.items() if figure.events} == EXPECTED
    assert all(figure.value == 0 for figure in figures.values() if not figure.events)


def test_an_empty_ledger_has_every_figure_too(ledger: Ledger) -> None:
    for view in View:
        assert {figure.value for figure in ledger.figures("2021", view=view).values()} == {0}


def test_the_public_sees_what_is_public_and_the_same_numbers(busy: Ledger) -> None:
    office, public = busy.figures("2021"), busy.figures("2021", view=View.PUBLIC)
    assert set(public) == {key for key, figure in office.items() if figure.visibility is Visibility.PUBLIC}
    differ = {key for key in public if public[key].value != office[key].value}
    assert differ == {"dues.collected"}  # the public's is the sum of tallies, which a seal posts
    assert public["dues.collected"].value == 0


def test_a_void_takes_back_exactly_what_was_added(busy: Ledger) -> None:
    before = {key: figure.value for key, figure in busy.figures("2021").items()}
    with busy.transaction(by=BY) as tx:
        made = [
            (tx.cadres["C1"], tx.cadres["C1"].visit(reason="comfort", on=DAY)),
            (tx.cadres["C1"], tx.cadres["C1"].pay_dues(yuan(7), for_month=Month(2021, 7), on=DAY)),
            (tx.cadres["C2"], tx.cadres["C2"].leave(cause="moved", on=DAY)),
            (tx.branches["B1"], tx.branches["B1"].spend(yuan(1), use="visits", decision="R3", on=DAY)),
            (tx.branches["B1"], tx.branches["B1"].remit_dues(yuan(1), on=DAY)),
        ]
    assert {key: figure.value for key, figure in busy.figures("2021").items()} != before
    with busy.transaction(by=BY) as tx:
        for handle, version in reversed(made):
            (tx.branches if handle.stream == "branch:B1" else tx.cadres)[handle.stream].void(version)
    for view in View:
        after = {key: figure.value for key, figure in busy.figures("2021", view=view).items()}
        if view is View.OFFICE:
            assert after == before
        else:
            assert all(after[key] == before[key] for key in after if key != "dues.collected")


def test_a_month_a_period_or_its_text(busy: Ledger) -> None:
    july = Month(2021, 7)
    assert busy.figures("2021-07") == busy.figures(july) == busy.figures(Period(july, july))
    assert busy.figures("2021-07")["dues.collected"].value == 2850
    assert busy.figures("2021Q3")["dues.collected"].value == 2350
    assert busy.figures("2020")["cadres.retired"].value == 1  # undated: from the start
    assert busy.figures("2021-06")["cadres.smartphone"].value == 1
    assert repr(busy.figures("2021-07")["fund.spent"]) == "Figure(300 fen, 1 event, public)"


@pytest.mark.parametrize(
    "period", ["", "July", "2021-13", "2021-07..2021-06", "1899", None, 2021, date(2021, 7, 1), []]
)
def test_what_is_no_period(ledger: Ledger, period: str) -> None:
    with pytest.raises(InputError):
        ledger.figures(period)


@settings(max_examples=15)
@given(
    paid=st.lists(
        st.tuples(st.sampled_from(["C1", "C2"]), st.integers(1, 12), st.integers(1, 10**6), st.booleans()),
        unique_by=lambda row: row[:2],
        max_size=12,
    )
)
def test_dues_add_up_to_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory, paid: list[tuple[str, int, int, bool]]
) -> None:
    place = tmp_path_factory.mktemp("dues") / "a.ledger"
    with Ledger.create(place, name="永兴社区") as ledger:
        with ledger.transaction(by=BY) as tx:
            branch = tx.branches.establish("B1", name="支部", kind="formal")
            for person in ("C1", "C2"):
                tx.cadres.register(person, kind="retired", name="某", formal=branch)
        for person, month, amount, voided in paid:
            with ledger.transaction(by=BY) as tx:
                member = tx.cadres[person]
                version = member.pay_dues(yuan(amount), for_month=Month(2021, month), on=date(2021, month, 9))
                if voided:
                    member.void(version)
        for month in range(1, 13):
            rows = [(amount, voided) for _, at, amount, voided in paid if at == month]
            figure = ledger.figures(Month(2021, month))["dues.collected"]
            assert figure.value == 100 * sum(amount for amount, voided in rows if not voided)
            assert figure.events == sum(1 + voided for _, voided in rows)
        by_month = ledger.figures("2021").by_month()
        assert (
            sum(values["dues.collected"] for values in by_month.values())
            == ledger.figures("2021")["dues.collected"].value
        )


def test_the_program_of_the_readme(place: Path) -> None:
    """Its lines, so that they are looked at closer than by running them."""
    with Ledger.create(place, name="永兴社区") as ledger:
        with ledger.transaction(by="staff:liaison") as tx:
            branch = tx.branches.establish("B1", name="离退休干部党支部", kind="formal", on=date(2012, 6, 28))
            cadre = tx.cadres.register("C017", kind="retired", name="赵某017", formal=branch)
            with tx.entry("dues register 2021, row 17"):
                cadre.pay_dues(yuan("8.50"), for_month=Month(2021, 7), on=date(2021, 7, 5), receipt="0042")
        ledger.run(lambda tx: tx.cadres["C017"].visit(reason="study", on=date(2021, 7, 6)), by="staff:a", key="app/991")
        assert repr(ledger.figures("2021-07")["dues.collected"]) == "Figure(850 fen, 1 event, public)"
        assert [(record.event.wire, record.entry.by, record.entry.source) for record in ledger.history("C017")] == [
            ("cadre.registered/1", "staff:liaison", None),
            ("member.joined/1", "staff:liaison", None),
            ("dues.received/1", "staff:liaison", "dues register 2021, row 17"),
            ("visit.made/1", "staff:a", None),
        ]
        then = ledger.history("C017", as_known=date(2021, 7, 5))
        assert [record.event.wire for record in then] == ["cadre.registered/1", "member.joined/1", "dues.received/1"]

"""The evaluator against a naive one, written figure by figure from the design, over random ledgers with voids."""

import json
import pickle
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import FEW

from cadreledger.errors import InputError, VerificationError
from cadreledger.figures import Catalogue, Kind, MonthTally, Record, Totals, View, evaluate, figures, tallies, uncounted
from cadreledger.figures.declaration import Role
from cadreledger.sealing import canonical
from cadreledger.values import Month, Period, Qualifier, Quantity

CATALOGUE = Catalogue.load()

# --- random ledgers --------------------------------------------------------------------------------------------------


@attrs.frozen
class Happening:
    """An event as somebody would tell it: what a header shows of it, and what only the office knows."""

    wire: str
    day: date | None
    public: dict[str, Any]
    internal: dict[str, Any]
    noted: bool = False

    @property
    def month(self) -> str | None:
        return self.public.get("month") or (str(self.day)[:7] if self.day else None)


@attrs.frozen
class Told:
    """A happening, or the void of one."""

    what: Happening
    sign: int = 1


DAYS = st.integers(0, 400).map(lambda days: date(2021, 1, 1) + timedelta(days=days))
MONTHS = DAYS.map(lambda day: str(day)[:7])
AMOUNTS = st.integers(0, 3000)
VERSIONS = st.integers(1, 9)
SIGNED = st.integers(-3, 3)


Fields = dict[str, st.SearchStrategy[Any]]


def happening(
    wire: str,
    *,
    public: Fields | None = None,
    internal: Fields | None = None,
    perhaps: Fields | None = None,
    noted: bool = False,
    dated: bool = True,
) -> tuple[str, st.SearchStrategy[Happening]]:
    """A type, and happenings of it with these fields; those of ``perhaps`` are internal and may be absent."""
    return wire, st.builds(
        Happening,
        st.just(wire),
        DAYS if dated else st.none() | DAYS,
        st.fixed_dictionaries(public or {}),
        st.fixed_dictionaries(internal or {}, optional=perhaps or {}),
        st.just(noted),
    )


KINDS = st.sampled_from(["veteran", "retired"])
FLAGS = {"smartphone": st.booleans(), "frail": st.booleans()}
DELTAS = {"smartphone_delta": st.integers(-1, 1), "frail_delta": st.integers(-1, 1)}
MODES = st.sampled_from(["door", "online"])
RELATIONS = {"branch": st.just("branch:B1"), "relation": st.sampled_from(["formal", "participating"])}
ACTIVITIES = ["party_day", "group_study", "exchange", "recreation", "performance", "ceremony", "meeting"]
DUES = {"amount": AMOUNTS, "for_month": MONTHS, "held": st.booleans(), "branch": st.just("branch:B1")}
REFUND = {"payment": VERSIONS, "amount": AMOUNTS, "decision": st.just("d")}
ALLOCATION = {"payment": VERSIONS, "for_month": MONTHS, "amount": AMOUNTS}
MONEY = {"amount": AMOUNTS}

PEOPLE = {"people": st.integers(0, 30), "social_workers": st.integers(0, 5)}
TEAMS = {"kind": st.sampled_from(["service", "cultural"])}
TEAM_CHANGES = {**TEAMS, "teams": st.integers(-1, 1), "people": st.integers(-9, 9), "social_workers": SIGNED}
FACILITIES = st.sampled_from(["room", "books", "equipment", "furniture", "venue", "power"])
QUALIFIERS = st.sampled_from(["exact", "at_least", "about"])
COUNTED = {"kind": FACILITIES, "count": st.integers(0, 2000), "qualifier": QUALIFIERS}
RECOUNTED = {**COUNTED, "count": st.integers(-500, 500)}
WORK = {"kind": st.sampled_from(["survey", "meeting", "plan", "observation", "tutoring"]), "count": st.integers(0, 30)}
NOTICE = {
    "number": st.just("2021-1"),
    "edition": st.integers(1, 3),
    "supersedes": st.integers(0, 2),
    "period": st.just("2021-01..2021-06"),
    "size": st.just(0),
    "digest": st.just(""),
}

TALLY = {"month": MONTHS, "amount": st.integers(-3000, 3000), "payments": SIGNED, "refunds": SIGNED}

EACH_TYPE = dict(
    [
        happening("dues.received/1", internal=DUES),
        happening("dues.refunded/1", internal=REFUND, perhaps={"for_month": MONTHS}),
        happening("dues.allocated/1", internal=ALLOCATION, noted=True),
        happening("dues.assessed/1", internal={"owed": AMOUNTS, "scheme": st.just("retired")}, noted=True),
        happening("fund.remitted/1", public=MONEY),
        happening("fund.returned/1", public=MONEY),
        happening("fund.spent/1", public={**MONEY, "use": st.sampled_from(["training", "other"])}),
        happening("fund.credited/1", internal={**MONEY, "kind": st.just("interest")}, noted=True),
        happening("visit.made/1", public={"mode": MODES, "repeated": st.booleans()}),
        happening("visit.confirmed/1", public={"mode": MODES}, internal={"visit": VERSIONS}),
        happening("activity.held/1", public={"kind": st.sampled_from(ACTIVITIES), "items": st.integers(0, 20)}),
        happening("attendance.recorded/1", public={"mode": st.sampled_from(["in_person", "made_up"])}),
        happening("wish.made/1", internal={"code": st.just("W1")}),
        happening("wish.cancelled/1", internal={"wish": VERSIONS}, noted=True, dated=False),
        happening("wish.fulfilled/1", public={"items": st.integers(1, 3)}, internal={"wish": VERSIONS}),
        happening("cadre.registered/1", public={"kind": KINDS}, internal=FLAGS, dated=False),
        happening("cadre.changed/1", internal=DELTAS, noted=True, dated=False),
        happening("cadre.left/1", public={"kind": KINDS}, internal={**FLAGS, "cause": st.just("moved")}, dated=False),
        happening("member.joined/1", internal=RELATIONS, noted=True, dated=False),
        happening("member.left/1", internal=RELATIONS, noted=True, dated=False),
        happening("team.founded/1", public={**TEAMS, **PEOPLE}, dated=False),
        happening("team.changed/1", public=TEAM_CHANGES, dated=False),
        happening("facility.listed/1", public=COUNTED, dated=False),
        happening("facility.recounted/1", public=RECOUNTED, dated=False),
        happening("facility.withdrawn/1", public=RECOUNTED, dated=False),
        happening("booking.made/1", internal={"start": st.just("2021-07-06T14:00")}, noted=True),
        happening("partner.joined/1", internal={"code": st.just("P1")}, dated=False),
        happening("partner.changed/1", internal={"partner": VERSIONS}, noted=True, dated=False),
        happening("partner.left/1", internal={"partner": VERSIONS}, dated=False),
        happening("regulation.adopted/1", public={"in_force": st.integers(0, 1)}, dated=False),
        happening("regulation.repealed/1", public={"in_force": st.just(-1)}, dated=False),
        happening("notice.approved/1", internal={"number": st.just("2021-1"), "edition": VERSIONS}, noted=True),
        happening("notice.published/1", public=NOTICE),
        happening("suggestion.received/1", internal={"code": st.just("S1")}),
        happening("suggestion.answered/1", internal={"suggestion": VERSIONS}),
        happening("programme.worked/1", public=WORK),
        happening("issue.found/1", internal={"code": st.just("I1")}),
        happening("issue.rectified/1", internal={"code": st.just("R1"), "issue": VERSIONS}),
        happening("issue.verified/1", internal={"code": st.just("V1"), "issue": VERSIONS}),
        happening("application.submitted/1", internal={"code": st.just("A1")}),
        happening("recommendation.made/1", internal={"code": st.just("A2")}),
        happening("dues.tallied/1", public=TALLY, dated=False),
    ]
)
HAPPENINGS = st.one_of(list(EACH_TYPE.values()))
UNTALLIED = st.one_of([told for wire, told in EACH_TYPE.items() if wire != "dues.tallied/1"])
"""As a ledger is before its tallies are posted."""


@st.composite
def ledgers(draw: st.DrawFn, happenings: st.SearchStrategy[Happening] = HAPPENINGS) -> list[Told]:
    """Happenings, some of them voided later on, each once at most."""
    whats = draw(st.lists(happenings, max_size=20))
    told = [Told(what) for what in whats]
    for index in draw(st.sets(st.integers(0, 19), max_size=6)):
        if index < len(whats):
            what = whats[index]
            told.insert(draw(st.integers(told.index(Told(what)) + 1, len(told))), Told(what, -1))
    return told


def record(told: Told) -> Record:
    """The event as the ledger stores it: its header, and its internal section without the salt."""
    what = told.what
    header: dict[str, Any] = {"internal": "i" * 43, "type": "noted/1"}
    if not what.noted:
        header |= {"type": what.wire} | what.public | ({"month": what.month} if what.month else {})
        header |= {"sign": -1, "voids": "v" * 43} if told.sign < 0 else {}
    dated: dict[str, Any] = {"occurred_on": str(what.day)} if what.day else {}
    inside: dict[str, Any] = {"type": what.wire} | dated | what.public | what.internal
    if told.sign < 0:
        inside = {"type": "void/1", "of_version": 1, "reason": "error", "voids": "v" * 43, "undoes": inside}
        inside |= {"occurred_on": "2024-12-31"}  # a void's own day is nobody's month
    inside |= {"stream": "cadre:" + "0" * 32, "version": 7, "by": "staff:liaison", "tx": "1" * 32, "tx_size": 1}
    inside |= {"recorded_at": "2021-07-05T01:02:03.000004Z", "source": "赵某017 的表"}
    return canonical(header), canonical(inside)


def records(ledger: list[Told]) -> list[Record]:
    return [record(told) for told in ledger]


# --- the naive evaluator ---------------------------------------------------------------------------------------------

Part = tuple[str, str | None, Quantity]
"""A figure's key, a month, what is added."""

KEY_OF_ACTIVITY = {
    "group_study": "study.sessions",
    "exchange": "study.exchanges",
    "party_day": "party_days.held",
    "meeting": "meetings.held",
    "recreation": "recreation.held",
    "performance": "performances.held",
    "ceremony": "ceremonies.held",
}


KEY_OF_FACILITY = {
    "room": "rooms.count",
    "books": "books.volumes",
    "equipment": "equipment.items",
    "furniture": "furniture.items",
    "venue": "venues.partner",
    "power": "power.partner",
}

KEY_OF_WORK = {"survey": "surveys.made", "observation": "observation.people", "tutoring": "tutoring.given"}

KEY_OF_ONE = {
    "wish.made/1": "wishes.made",
    "partner.joined/1": "partners.count",
    "suggestion.received/1": "suggestions.received",
    "suggestion.answered/1": "suggestions.answered",
    "issue.found/1": "issues.found",
    "issue.rectified/1": "issues.rectified",
    "issue.verified/1": "issues.verified",
    "application.submitted/1": "applications.submitted",
    "recommendation.made/1": "recommendations.made",
}
"""Where every event of a type is one, whatever it says."""


def parts(what: Happening) -> Iterator[Part]:
    """What one event adds to the office's figures, by the words of figures.md."""
    for key, month, value in (*numbers(what), *stocks(what)):
        yield key, month, value if isinstance(value, Quantity) else Quantity(value)


def stocks(what: Happening) -> Iterator[tuple[str, str | None, int | Quantity]]:  # noqa: C901 - one case a row
    """What one event adds to what is there: people, teams, things."""
    month, field = what.month, what.public | what.internal
    match what.wire:
        case "cadre.registered/1" | "cadre.left/1":
            sign = 1 if what.wire == "cadre.registered/1" else -1
            yield f"cadres.{field['kind']}", month, sign
            for flag in ("smartphone", "frail"):
                if field[flag]:
                    yield f"cadres.{flag}", month, sign
        case "cadre.changed/1":
            for flag in ("smartphone", "frail"):
                if field[f"{flag}_delta"]:
                    yield f"cadres.{flag}", month, field[f"{flag}_delta"]
        case "member.joined/1" | "member.left/1":
            sign = 1 if what.wire == "member.joined/1" else -1
            key = {"formal": "members.affiliated", "participating": "members.participating"}[field["relation"]]
            yield key, month, sign
        case "team.founded/1" | "team.changed/1":
            yield f"teams.{field['kind']}", month, field.get("teams", 1)
            if field["kind"] == "service":
                yield "service.people", month, field["people"]
                yield "service.social_workers", month, field["social_workers"]
        case "facility.listed/1" | "facility.recounted/1" | "facility.withdrawn/1":
            counted_so = Quantity.of(field["count"], Qualifier(field["qualifier"]))
            sign = -1 if what.wire == "facility.withdrawn/1" else 1
            yield KEY_OF_FACILITY[field["kind"]], month, -counted_so if sign < 0 else counted_so
        case "partner.left/1":
            yield "partners.count", month, -1
        case "regulation.adopted/1" | "regulation.repealed/1":
            yield "regulations.in_force", month, field["in_force"]


def numbers(what: Happening) -> Iterator[tuple[str, str | None, int]]:  # noqa: C901, PLR0912 - one case a row
    """What one event adds to what was done in a month, and where each event is one."""
    month, field = what.month, what.public | what.internal
    match what.wire:
        case "dues.received/1":
            yield "dues.collected", month, field["amount"]
            if not field["held"]:
                yield "dues.credited", field["for_month"], field["amount"]
        case "dues.refunded/1":
            yield "dues.collected", month, -field["amount"]
            if "for_month" in field:
                yield "dues.credited", field["for_month"], -field["amount"]
        case "dues.allocated/1":
            yield "dues.credited", field["for_month"], field["amount"]
        case "fund.remitted/1":
            yield "dues.remitted", month, field["amount"]
        case "fund.returned/1":
            yield "dues.returned", month, field["amount"]
        case "fund.spent/1":
            yield "fund.spent", month, field["amount"]
        case "visit.made/1":
            if not field["repeated"]:
                yield {"door": "visits.made", "online": "visits.online"}[field["mode"]], month, 1
        case "visit.confirmed/1":
            yield {"door": "visits.made", "online": "visits.online"}[field["mode"]], month, 1
        case "activity.held/1":
            yield KEY_OF_ACTIVITY[field["kind"]], month, 1
            if field["kind"] == "performance":
                yield "performances.items", month, field["items"]
        case "attendance.recorded/1":
            yield f"attendance.{field['mode']}", month, 1
        case "wish.fulfilled/1":
            yield "wishes.fulfilled", month, field["items"]
        case "programme.worked/1":
            if field["kind"] in KEY_OF_WORK:
                yield KEY_OF_WORK[field["kind"]], month, field["count"]
        case "notice.published/1":
            if field["edition"] == 1:
                yield "notices.published", month, 1
        case wire if wire in KEY_OF_ONE:
            yield KEY_OF_ONE[wire], month, 1


ATTESTED = {"dues.credited", "cadres.smartphone", "cadres.frail", "members.affiliated", "members.participating"}
STOCKS = {"cadres.veteran", "cadres.retired", "cadres.smartphone", "cadres.frail"}
STOCKS |= {"members.affiliated", "members.participating", "partners.count", "regulations.in_force"}
STOCKS |= {"teams.service", "teams.cultural", "service.people", "service.social_workers", *KEY_OF_FACILITY.values()}


def public_parts(what: Happening) -> Iterator[Part]:
    if what.wire == "dues.tallied/1":
        yield "dues.collected", what.month, Quantity(what.public["amount"])
    else:
        yield from (part for part in parts(what) if part[0] not in ATTESTED | {"dues.collected"})


def signed(told: Told, quantity: Quantity) -> Quantity:
    return quantity if told.sign > 0 else -quantity


def counted(ledger: list[Told], key: str, period: Period, view: View) -> tuple[Quantity, int]:
    """What a figure comes to, and how many events it sums."""
    values = []
    for told in ledger:
        for found, text, value in (parts if view is View.OFFICE else public_parts)(told.what):
            month = Month.parse(text) if text else None
            if key in STOCKS:
                inside = month is None or month <= period.last
            else:
                inside = month is not None and period.first <= month <= period.last
            if found == key and inside:
                values.append(signed(told, value))
    return sum(values, start=Quantity()), len(values)


def test_every_type_that_a_figure_reads_is_told_of() -> None:
    read = {term.type for figure in CATALOGUE.declarations for term in (*figure.office, *figure.public)}
    assert read <= EACH_TYPE.keys()
    published = {header.name for header in CATALOGUE.schema if header.role is not Role.CONTROL}
    assert published - {"noted/1"} <= EACH_TYPE.keys()


PERIODS = st.tuples(MONTHS, MONTHS).map(lambda pair: Period(Month.parse(min(pair)), Month.parse(max(pair))))


@pytest.mark.parametrize("view", View)
@pytest.mark.parametrize("wire", EACH_TYPE)
@FEW
@given(data=st.data())
def test_every_type_of_event_adds_what_the_design_says(wire: str, view: View, data: st.DataObject) -> None:
    ledger = data.draw(ledgers(EACH_TYPE[wire]))
    sums: dict[tuple[str, Month | None], tuple[Quantity, int]] = {}
    for told in ledger:
        for key, month, value in (parts if view is View.OFFICE else public_parts)(told.what):
            cell = key, Month.parse(month) if month else None
            quantity, events = sums.get(cell, (Quantity(), 0))
            sums[cell] = quantity + signed(told, value), events + 1
    assert evaluate(records(ledger), CATALOGUE, view) == Totals(view, sums)


@given(ledgers(), PERIODS, st.sampled_from(View))
def test_every_figure_is_what_a_naive_count_gives(ledger: list[Told], period: Period, view: View) -> None:
    found = figures(evaluate(records(ledger), CATALOGUE, view), CATALOGUE, period)
    keys = [figure.key for figure in CATALOGUE.declarations if view is View.OFFICE or figure.key not in ATTESTED]
    assert list(found) == keys
    for key, figure in found.items():
        quantity, events = counted(ledger, key, period, view)
        assert (figure.value, figure.qualifier, figure.events) == (quantity.value, quantity.qualifier, events), key
    for month, values in found.by_month().items():
        alone = Period(month, month)
        assert values == {key: counted(ledger, key, alone, view)[0].value for key in keys}
    assert tuple(found.by_month()) == tuple(period.months())


@given(ledgers())
def test_the_public_needs_no_internal_section(ledger: list[Told]) -> None:
    headers = [(header, None) for header, _ in records(ledger)]
    assert evaluate(headers, CATALOGUE, View.PUBLIC) == evaluate(records(ledger), CATALOGUE, View.PUBLIC)


@given(ledgers(UNTALLIED))
def test_both_views_agree_where_no_money_of_a_person_is_summed(ledger: list[Told]) -> None:
    office = evaluate(records(ledger), CATALOGUE, View.OFFICE)
    public = evaluate(records(ledger), CATALOGUE, View.PUBLIC)
    assert dict(public) == {
        (key, month): held for (key, month), held in office.items() if key not in ATTESTED | {"dues.collected"}
    }


@given(ledgers(), st.randoms(use_true_random=False))
def test_order_means_nothing_and_a_void_takes_back_what_was_added(ledger: list[Told], random: Random) -> None:
    shuffled = random.sample(ledger, len(ledger))
    whole = evaluate(records(ledger), CATALOGUE, View.OFFICE)
    assert evaluate(records(shuffled), CATALOGUE, View.OFFICE) == whole
    undone = ledger + [Told(told.what, -told.sign) for told in ledger]
    for quantity, _ in evaluate(records(undone), CATALOGUE, View.OFFICE).values():
        assert quantity == Quantity()


def test_what_is_withdrawn_takes_off_what_was_vague() -> None:
    """A shelf of about 200 is counted at last; a room of at least 1000 is given up; both are sure from then on."""
    about = {"kind": "books", "count": 200, "qualifier": "about"}
    least = {"kind": "books", "count": 1000, "qualifier": "at_least"}
    exact = {"kind": "books", "count": 187, "qualifier": "exact"}
    days = [date(2021, month, 5) for month in (1, 2, 3, 4, 5)]
    listed, more, off, counted_at_last, given_up = (
        Told(Happening(f"facility.{what}/1", day, field, {}))
        for what, day, field in zip(
            ("listed", "recounted", "withdrawn", "recounted", "withdrawn"),
            days,
            (about, least, about, exact, least),
            strict=True,
        )
    )
    ledger = [listed, more, off, counted_at_last, given_up]
    said = []
    for month in range(1, 6):
        totals = evaluate(records(ledger), CATALOGUE, View.PUBLIC)
        said.append(repr(figures(totals, CATALOGUE, Period.parse(f"2021-0{month}"))["books.volumes"]))
    assert said == [
        "Figure(about 200 volumes, 1 event, public)",
        "Figure(about 1200 volumes, 2 events, public)",
        "Figure(at least 1000 volumes, 3 events, public)",
        "Figure(at least 1187 volumes, 4 events, public)",
        "Figure(187 volumes, 5 events, public)",
    ]
    taken_back = evaluate(records([*ledger, Told(given_up.what, -1)]), CATALOGUE, View.PUBLIC)
    again = figures(taken_back, CATALOGUE, Period.parse("2021"))["books.volumes"]
    assert repr(again) == "Figure(at least 1187 volumes, 6 events, public)"


# --- the group -------------------------------------------------------------------------------------------------------

TOTALS = ledgers().map(lambda ledger: evaluate(records(ledger), CATALOGUE, View.OFFICE))


@given(TOTALS, TOTALS, TOTALS)
def test_totals_are_an_abelian_group(a: Totals, b: Totals, c: Totals) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + Totals.zero() == a
    assert a + -a == Totals.zero()
    assert a - b == a + -b
    assert Totals.merge([a, b, c]) == a + b + c
    assert hash(a + b) == hash(b + a)


@given(ledgers(), st.lists(st.integers(0, 30), max_size=4), st.sampled_from(View))
def test_shards_merge_into_the_whole(ledger: list[Told], cuts: list[int], view: View) -> None:
    stored = records(ledger)
    shards = [stored[first:last] for first, last in pairwise(sorted({0, *cuts, len(stored) + 30}))]
    merged = Totals.merge(evaluate(shard, CATALOGUE, view) for shard in shards)
    assert merged == evaluate(stored, CATALOGUE, view)
    assert pickle.loads(pickle.dumps(merged)) == merged  # shards may be summed elsewhere


def test_zeros_are_left_out() -> None:
    month = Month(2021, 7)
    one = Totals(View.OFFICE, {("wishes.made", month): (Quantity(1), 1)})
    assert len(one - one) == 0
    voided = one + Totals(View.OFFICE, {("wishes.made", month): (Quantity(-1), 1)})
    assert dict(voided) == {("wishes.made", month): (Quantity(), 2)}
    assert repr(voided) == "Totals(office, 1 sums)"


def test_totals_of_nothing_are_zero() -> None:
    assert evaluate([], CATALOGUE, View.PUBLIC) == Totals.zero(View.PUBLIC)
    assert Totals.merge([]) == Totals.zero()
    assert Totals.merge([Totals.zero(View.PUBLIC)]) == Totals.zero(View.PUBLIC) != Totals.zero(View.OFFICE)


def test_totals_of_two_views_do_not_add_up() -> None:
    with pytest.raises(InputError, match="two views"):
        Totals.zero(View.OFFICE) + Totals.zero(View.PUBLIC)


# --- tallies ---------------------------------------------------------------------------------------------------------


@given(ledgers(), st.lists(st.integers(0, 30), max_size=4))
def test_tallies_sum_to_what_the_office_collected_however_the_ledger_is_cut(
    ledger: list[Told], cuts: list[int]
) -> None:
    stored = records(ledger)
    batches = [stored[first:last] for first, last in pairwise(sorted({0, *cuts, len(stored) + 30}))]
    posted = [tally for batch in batches for tally in tallies(batch)]
    signs = {"dues.received/1": "payments", "dues.refunded/1": "refunds"}
    for month in {str(tally.month) for tally in posted} | {part[1] for told in ledger for part in parts(told.what)}:
        if month is None:
            continue
        mine = [tally for tally in posted if str(tally.month) == month]
        period = Period(Month.parse(month), Month.parse(month))
        collected, _ = counted(ledger, "dues.collected", period, View.OFFICE)
        assert sum(tally.amount_fen for tally in mine) == collected.value
        for wire, name in signs.items():
            headers = [told.sign for told in ledger if told.what.wire == wire and told.what.month == month]
            assert sum(getattr(tally, name) for tally in mine) == sum(headers)


@given(ledgers(UNTALLIED))
def test_the_public_sums_tallies_to_what_the_office_sums_of_payments(ledger: list[Told]) -> None:
    posted = [
        Told(
            Happening(
                "dues.tallied/1",
                None,
                {
                    "month": str(tally.month),
                    "amount": tally.amount_fen,
                    "payments": tally.payments,
                    "refunds": tally.refunds,
                },
                {"first": 1, "last": 9},
            )
        )
        for tally in tallies(records(ledger))
    ]
    office = evaluate(records(ledger + posted), CATALOGUE, View.OFFICE)
    public = evaluate(records(ledger + posted), CATALOGUE, View.PUBLIC)
    for key, month in {cell for totals in (office, public) for cell in totals if cell[0] == "dues.collected"}:
        assert office[key, month][0] == public[key, month][0]


@given(ledgers())
def test_tallies_are_one_for_each_month_that_was_touched(ledger: list[Told]) -> None:
    touched = {told.what.month for told in ledger if told.what.wire in {"dues.received/1", "dues.refunded/1"}}
    assert [str(tally.month) for tally in tallies(records(ledger))] == sorted(month for month in touched if month)


PAYMENT = Happening(
    "dues.received/1",
    date(2021, 7, 5),
    {},
    {"amount": 850, "for_month": "2021-06", "held": False, "branch": "branch:B1"},
)


def test_a_payment_and_its_void_still_post_their_month() -> None:
    assert tallies(records([Told(PAYMENT), Told(PAYMENT, -1)])) == (MonthTally(Month(2021, 7), 0, 0, 0),)


def test_a_tally_does_not_ask_for_sections_that_it_does_not_read() -> None:
    header = canonical({"internal": "i" * 43, "type": "noted/1"})
    assert tallies([(header, None), record(Told(PAYMENT))]) == (MonthTally(Month(2021, 7), 850, 1, 0),)


def test_a_payment_without_a_date_is_an_error() -> None:
    with pytest.raises(VerificationError, match="no date"):
        tallies([record(Told(attrs.evolve(PAYMENT, day=None)))])


# --- what is not read ------------------------------------------------------------------------------------------------


@given(ledgers())
def test_types_that_nothing_reads_are_listed(ledger: list[Told]) -> None:
    noted = sum(told.what.noted for told in ledger)
    assert uncounted(records(ledger)) == ({"noted/1": noted} if noted else {})


def test_control_types_are_listed_too() -> None:
    opened = b'{"internal":"i","origin":"o","type":"ledger.opened/1"}'
    rotated = b'{"internal":"i","key":"k","type":"key.rotated/1"}'
    listed = uncounted([(opened, None), (rotated, None), record(Told(PAYMENT)), (rotated, None)])
    assert list(listed.items()) == [("key.rotated/1", 2), ("ledger.opened/1", 1)]


# --- what cannot be read ---------------------------------------------------------------------------------------------

NOTED = b'{"internal":"i","type":"noted/1"}'
RECEIVED = b'{"internal":"i","month":"2021-07","type":"dues.received/1"}'
PAID = canonical({"type": "dues.received/1", "occurred_on": "2021-07-05"} | PAYMENT.internal)


@pytest.mark.parametrize("view", View)
def test_an_unknown_header_type_is_an_error(view: View) -> None:
    with pytest.raises(VerificationError) as caught:
        evaluate(
            [(NOTED, canonical({"type": "medal.awarded/1"})), (b'{"type":"tea.drunk/1"}', None)],
            CATALOGUE,
            view,
        )
    assert caught.value.what == "unknown header type"
    assert caught.value.found == "event 2 of those given"
    with pytest.raises(VerificationError, match="unknown header type"):
        uncounted([(b'{"type":"tea.drunk/1"}', None)])


@pytest.mark.parametrize("header", [NOTED, RECEIVED])
def test_a_missing_internal_section_is_an_error_where_it_is_needed(header: bytes) -> None:
    with pytest.raises(VerificationError, match="an internal section is missing"):
        evaluate([(header, None)], CATALOGUE, View.OFFICE)


def test_a_header_is_enough_where_it_holds_all_that_is_summed() -> None:
    header, _ = record(Told(Happening("visit.made/1", date(2021, 7, 6), {"mode": "door", "repeated": False}, {})))
    totals = evaluate([(header, None)], CATALOGUE, View.OFFICE)
    assert totals["visits.made", Month(2021, 7)] == (Quantity(1), 1)


VISIT = {"internal": "i", "type": "visit.made/1", "month": "2021-07", "mode": "door", "repeated": False}
WISH = {"internal": "i", "type": "wish.fulfilled/1", "month": "2021-07", "items": 1}


@pytest.mark.parametrize(
    "header",
    [
        VISIT | {"repeated": 0},
        VISIT | {"mode": True},
        VISIT | {"month": "2021-13"},
        VISIT | {"month": "2021-7"},
        VISIT | {"month": None},
        VISIT | {"sign": 0},
        VISIT | {"sign": -2},
        VISIT | {"sign": True},
        {name: value for name, value in VISIT.items() if name != "mode"},
        WISH | {"items": 1.5},
        WISH | {"items": True},
        WISH | {"items": "1"},
        {name: value for name, value in WISH.items() if name != "items"},
        {"internal": "i"},
        {"type": 1},
        [],
    ],
)
def test_a_header_of_the_wrong_form_is_an_error(header: object) -> None:
    for view in View:
        with pytest.raises(VerificationError):
            evaluate([(json.dumps(header).encode(), None)], CATALOGUE, view)


def _paid(**changes: object) -> bytes:
    return json.dumps(json.loads(PAID) | changes).encode()


@pytest.mark.parametrize(
    "internal",
    [
        b"",
        b"{}",
        _paid(amount="850"),
        _paid(amount=8.5),
        _paid(held=0),
        _paid(for_month="June"),
        _paid(occurred_on="in July"),
        _paid(type="void/1"),
        _paid(type="void/1", undoes={"type": "dues.received/1"}),
        _paid(type="dues.allocated/1"),
        _paid(type="medal.awarded/1"),
        b'{"type":"void/1","undoes":' + b"[" * 100_000,
    ],
)
def test_an_internal_section_of_the_wrong_form_is_an_error(internal: bytes) -> None:
    with pytest.raises(VerificationError):
        evaluate([(RECEIVED, internal)], CATALOGUE, View.OFFICE)


def test_a_payment_cannot_hide_under_a_noted_header() -> None:
    with pytest.raises(VerificationError, match="does not name its event's type"):
        evaluate([(NOTED, PAID)], CATALOGUE, View.OFFICE)


def test_an_error_names_nothing_personal() -> None:
    internal = _paid(note="赵某017", type="void/1", undoes={"type": "dues.received/1", "amount": "赵某017"})
    with pytest.raises(VerificationError) as caught:
        evaluate([(RECEIVED, internal)], CATALOGUE, View.OFFICE)
    assert "赵某" not in repr(caught.value)
    assert caught.value.__cause__ is None


@given(st.binary(), st.none() | st.binary(), st.sampled_from(View))
def test_any_bytes_are_a_verification_error(header: bytes, internal: bytes | None, view: View) -> None:
    with pytest.raises(VerificationError):
        evaluate([(header, internal)], CATALOGUE, view)


def test_an_error_of_whoever_gives_the_records_is_theirs() -> None:
    def broken() -> Iterator[Record]:
        yield record(Told(PAYMENT))
        raise ValueError("the disk is gone")

    with pytest.raises(ValueError, match="the disk is gone"):
        evaluate(broken(), CATALOGUE, View.OFFICE)


# --- another catalogue -----------------------------------------------------------------------------------------------

SHELVES = json.dumps(
    {
        "format": "catalogue/1",
        "headers": [
            {"type": "noted/1", "role": "noted", "month": "absent"},
            {"type": "shelf.filled/1", "role": "counted", "month": "optional"},
            {"type": "shelf.cleared/1", "role": "counted", "month": "optional"},
        ],
        "fields": [
            {"type": wire, "field": field, "form": form, **more}
            for wire in ("shelf.filled/1", "shelf.cleared/1")
            for field, form, more in (
                ("count", "delta", {}),
                ("qualifier", "word", {"values": ["exact", "at_least", "about"]}),
            )
        ],
        "checks": [],
        "figures": [
            {
                "key": "shelves.volumes",
                "kind": "stock",
                "unit": "volumes",
                "visibility": "public",
                "zh": "书架",
                "en": "Books on shelves",
            },
            {
                "key": "medals.given",
                "kind": "flow",
                "unit": "medals",
                "visibility": "attested",
                "zh": "纪念章",
                "en": "Medals",
            },
        ],
        "terms": [
            {
                "figure": "shelves.volumes",
                "type": wire,
                "weight": weight,
                "sum": "count",
                "qualifier": "qualifier",
            }
            for wire, weight in (("shelf.filled/1", 1), ("shelf.cleared/1", -1))
        ]
        + [{"figure": "medals.given", "view": "office", "type": "medal.awarded/1", "weight": 1}],
    }
).encode()


def test_a_later_catalogue_needs_no_other_code() -> None:
    catalogue = Catalogue.parse(SHELVES)
    shelf = Happening("shelf.filled/1", None, {"count": 1000, "qualifier": "at_least"}, {})
    box = Happening("shelf.filled/1", date(2021, 7, 5), {"count": 300, "qualifier": "exact"}, {})
    medal = Happening("medal.awarded/1", date(2021, 7, 1), {}, {"medal": "m"}, noted=True)
    year, june = Period.parse("2021"), Period.parse("2021-06")

    books = figures(evaluate(records([Told(shelf), Told(box), Told(medal)]), catalogue, View.OFFICE), catalogue, year)
    assert repr(books["shelves.volumes"]) == "Figure(at least 1300 volumes, 2 events, public)"
    assert repr(books["medals.given"]) == "Figure(1 medals, 1 event, attested)"

    voided = evaluate(records([Told(shelf), Told(box), Told(shelf, -1)]), catalogue, View.PUBLIC)
    assert repr(figures(voided, catalogue, year)["shelves.volumes"]) == "Figure(300 volumes, 3 events, public)"
    assert figures(voided, catalogue, june)["shelves.volumes"].value == 0
    with pytest.raises(InputError, match="another catalogue"):
        figures(voided, CATALOGUE, year)

    cleared = Happening("shelf.cleared/1", None, shelf.public, {})
    left = evaluate(records([Told(shelf), Told(box), Told(cleared)]), catalogue, View.PUBLIC)
    assert repr(figures(left, catalogue, year)["shelves.volumes"]) == "Figure(300 volumes, 3 events, public)"


def test_stocks_and_flows_are_as_the_design_has_them() -> None:
    assert {figure.key for figure in CATALOGUE.declarations if figure.kind is Kind.STOCK} == STOCKS

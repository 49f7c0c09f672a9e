"""A snapshot's numbers are the figures', and what it says of earlier notices is what the ledger held then."""

from datetime import date, datetime
from hashlib import sha256
from typing import Any, Self

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.disclosure.ledgers import CATALOGUE, MONTHS, PERIODS, USES, Book, books, numbers, snapshot_of

from cadreledger.disclosure import PublishedNotice, Snapshot, counting, take
from cadreledger.disclosure.breakdowns import divided
from cadreledger.errors import InputError, VerificationError
from cadreledger.figures import Catalogue, Record, View, Visibility, evaluate, figures, uncounted
from cadreledger.sealing import base64url, canonical, leaf_hash, parse_canonical, tree_root
from cadreledger.values import Month, Period, Quantity

EVER = Period(Month(1900, 1), Month(2200, 12))
DAY = date(2021, 2, 8)


# --- figures ---------------------------------------------------------------------------------------------------------


@given(books(), PERIODS)
def test_every_number_is_that_of_the_office_s_figures(book: Book, period: Period) -> None:
    snapshot = snapshot_of(book, period)
    found = figures(evaluate(book.records, CATALOGUE, View.OFFICE), CATALOGUE, period)
    assert [row.key for row in snapshot.figures] == list(found)
    for row in snapshot.figures:
        figure = found[row.key]
        assert (row.value, row.qualifier, row.events) == (figure.value, figure.qualifier, figure.events), row.key
        by_month = tuple(values[row.key] for values in found.by_month().values())
        assert row.months == (by_month if row.visibility is Visibility.PUBLIC else ())


@given(books(), PERIODS)
def test_nothing_hides_outside_the_months(book: Book, period: Period) -> None:
    """All-time is every month there is, and what has none."""
    totals = evaluate(book.records, CATALOGUE, View.OFFICE)
    for row in snapshot_of(book, period).figures:
        cells = {month: quantity for (key, month), (quantity, _) in totals.items() if key == row.key}
        assert row.undated == cells.pop(None, Quantity())
        months = sum((quantity.value for quantity in cells.values()), 0)
        assert row.all_time.value == months + row.undated.value
    assert all(row.all_time == row.undated for row in snapshot_of(Book(), period).figures)


@given(books(), MONTHS)
def test_all_time_is_what_the_figure_is_over_all_time(book: Book, month: Month) -> None:
    found = figures(evaluate(book.records, CATALOGUE, View.OFFICE), CATALOGUE, EVER)
    for row in snapshot_of(book, Period(month, month)).figures:
        undated = row.undated.value if row.kind == "flow" else 0
        assert row.all_time.value == found[row.key].value + undated


@given(books(), PERIODS)
def test_headers_alone_give_a_figure_where_they_give_every_number_of_it(book: Book, period: Period) -> None:
    headers: list[Record] = [(header, None) for header, _ in book.records]
    office = figures(evaluate(book.records, CATALOGUE, View.OFFICE), CATALOGUE, period)
    public = figures(evaluate(headers, CATALOGUE, View.PUBLIC), CATALOGUE, period)
    for row in snapshot_of(book, period).figures:
        same = row.key in public and all(
            public.by_month()[month][row.key] == values[row.key] for month, values in office.by_month().items()
        )
        assert row.from_headers is (same and public[row.key].qualifier is row.qualifier), row.key


def test_dues_come_from_headers_as_soon_as_they_are_tallied() -> None:
    book = Book()
    book.add("dues.received/1", DAY, None, {"amount": 850, "for_month": "2021-02", "held": False})
    row = next(row for row in snapshot_of(book).figures if row.key == "dues.collected")
    assert (row.value, row.from_headers) == (850, False)
    book.add("dues.tallied/1", DAY, {"amount": 850, "payments": 1, "refunds": 0})
    rows = {row.key: row for row in snapshot_of(book).figures}
    assert (rows["dues.collected"].value, rows["dues.collected"].from_headers) == (850, True)
    assert not rows["dues.credited"].from_headers  # attested: never


@given(books())
def test_the_root_is_over_every_header_and_what_no_figure_reads_is_listed(book: Book) -> None:
    snapshot = snapshot_of(book)
    assert snapshot.size == len(book.records)
    assert snapshot.root == tree_root(leaf_hash(header) for header, _ in book.records)
    assert dict(snapshot.uncounted) == uncounted(book.records, CATALOGUE)
    assert sum(headers for _, headers in snapshot.uncounted) <= snapshot.size


def test_a_ledger_that_was_only_opened_has_a_snapshot() -> None:
    book = Book()
    snapshot = snapshot_of(book)
    assert snapshot.root == sha256(b"\x00" + book.records[0][0]).digest()
    assert {row.value for row in snapshot.figures} == {0}
    assert snapshot.breakdowns == ()


# --- when it was recorded --------------------------------------------------------------------------------------------


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)))  # noqa: DTZ001 - UTC, as text
def test_the_day_of_the_last_record_is_that_in_utc(moment: datetime) -> None:
    book = Book()
    book.recorded_at = "2035-01-01T00:00:00.000000Z"  # only the last one counts, not the latest
    book.add("dues.assessed/1", DAY, None, {"owed": 1})
    book.recorded_at = moment.isoformat(timespec="microseconds") + "Z"
    book.add("dues.assessed/1", DAY, None, {"owed": 1})
    snapshot = snapshot_of(book)
    assert snapshot.recorded_on == moment.date()
    assert numbers(snapshot)["recorded_on"] == str(moment.date())


@pytest.mark.parametrize(
    ("recorded", "may_grow"),
    [("2021-02-28", True), ("2021-03-01", True), ("2021-03-31", True), ("2021-04-01", False), ("2022-01-01", False)],
)
def test_a_period_may_grow_until_something_is_recorded_after_its_last_month(recorded: str, *, may_grow: bool) -> None:
    book = Book()
    book.recorded_at = f"{recorded}T23:59:59.999999Z"
    book.add("dues.assessed/1", DAY, None, {"owed": 1})
    assert snapshot_of(book, "2021-02..2021-03").may_grow is may_grow


# --- breakdowns ------------------------------------------------------------------------------------------------------


@given(books(), PERIODS)
def test_what_a_field_s_words_add_is_the_figure(book: Book, period: Period) -> None:
    snapshot = snapshot_of(book, period)
    sums: dict[tuple[str, str], int] = {}
    for row in snapshot.breakdowns:
        sums[row.key, row.field] = sums.get((row.key, row.field), 0) + row.value
    declared = {(figure.key, field) for figure in CATALOGUE.declarations for field in figure.by}
    assert declared
    figure_of = {row.key: row for row in snapshot.figures}
    assert sums.keys() == {(key, field) for key, field in declared if figure_of[key].events}
    assert all(value == figure_of[key].value for (key, _), value in sums.items())


@given(books(), PERIODS)
def test_each_word_has_what_entries_of_it_spent_that_stand(book: Book, period: Period) -> None:
    spent = dict.fromkeys(USES, 0)
    for entry in book.entries:
        if entry.wire == "fund.spent/1" and entry.day and Month.of(entry.day) in period:
            spent[entry.public["use"]] += entry.public["amount"]
    shown = {row["word"]: row["value"] for row in numbers(snapshot_of(book, period))["breakdowns"]}
    assert {use: shown.get(use, 0) for use in USES} == spent
    assert set(shown) <= set(USES)


def test_words_come_in_the_schema_s_order_and_only_those_that_are_used() -> None:
    book = Book()
    for use in ("other", "subscriptions", "other"):
        book.add("fund.spent/1", date(2021, 1, 9), {"amount": 100, "use": use})
    book.add("fund.spent/1", date(2020, 12, 9), {"amount": 100, "use": "visits"})
    one = {"key": "fund.spent", "field": "use"}
    assert numbers(snapshot_of(book))["breakdowns"] == [
        one | {"word": "subscriptions", "value": 100},
        one | {"word": "other", "value": 200},
    ]


def with_by(**by: str) -> Catalogue:
    """The catalogue, where figures are broken down so instead; in their keys ``__`` stands for the dot."""
    fields = {key.replace("__", "."): (field,) for key, field in by.items()}
    declarations = tuple(attrs.evolve(figure, by=fields.get(figure.key, ())) for figure in CATALOGUE.declarations)
    return attrs.evolve(CATALOGUE, declarations=declarations)


def test_any_figure_can_be_broken_down_and_a_vague_part_says_so() -> None:
    book = Book()
    book.add("facility.listed/1", None, {"kind": "books", "count": 1000, "qualifier": "at_least"})
    book.add("facility.listed/1", date(2021, 3, 3), {"kind": "books", "count": 300, "qualifier": "exact"})
    book.add("visit.made/1", DAY, {"mode": "door", "repeated": False}, {"reason": "study"})
    assert numbers(snapshot_of(book, catalogue=with_by(books__volumes="kind", visits__made="mode")))["breakdowns"] == [
        {"key": "visits.made", "field": "mode", "word": "door", "value": 1},
        {"key": "books.volumes", "field": "kind", "word": "books", "value": 1300, "qualifier": "at_least"},
    ]


@pytest.mark.parametrize(
    "by",
    [
        {"dues__collected": "held"},  # the public sums tallies, the office payments: no header tells of one
        {"cadres__smartphone": "smartphone"},  # attested
        {"books__volumes": "qualifier"},
    ],
)
def test_what_cannot_add_up_to_its_figure_is_not_broken_down(by: dict[str, str]) -> None:
    assert divided(with_by(**by)).declarations == ()


# --- what earlier notices showed -------------------------------------------------------------------------------------


def published(book: Book) -> list[PublishedNotice]:
    """The last edition of every number among the notices that stand, by a look at the book itself."""
    last: dict[str, tuple[int, int, PublishedNotice]] = {}
    leaves = {entry.leaf for entry in book.entries}
    first_held: dict[tuple[str, int], int] = {}
    for index, (header, _) in enumerate(book.records):
        fields: dict[str, Any] = parse_canonical(header)
        if fields["type"] != "notice.published/1" or "sign" in fields:
            continue
        held = first_held.setdefault((fields["number"], fields["edition"]), fields["size"] or index)
        if base64url(leaf_hash(header)) in leaves:
            first, _, end = fields["period"].partition("..")
            notice = PublishedNotice(
                number=fields["number"],
                edition=fields["edition"],
                period=Period(Month.parse(first), Month.parse(end)),
                month=Month.parse(fields["month"]),
                held=held,
            )
            last[notice.number] = max(
                (notice.edition, index, notice), last.get(notice.number, (0, 0, notice)), key=lambda item: item[:2]
            )
    return [notice for _, _, notice in sorted(last.values(), key=lambda item: item[1])]


@given(books(40), PERIODS)
def test_an_adjustment_is_what_the_ledger_holds_now_less_what_it_held_then(book: Book, period: Period) -> None:
    now = evaluate(book.records, CATALOGUE, View.OFFICE)
    expected = []
    for notice in published(book):
        then = figures(evaluate(book.records[: notice.held], CATALOGUE, View.OFFICE), CATALOGUE, notice.period)
        for key, figure in figures(now, CATALOGUE, notice.period).items():
            shown, known = (then[key].value, then[key].qualifier), (figure.value, figure.qualifier)
            if figure.visibility is Visibility.PUBLIC and shown != known:
                expected.append((notice, key, shown, known))
    assert [
        (
            item.notice,
            item.key,
            (item.published.value, item.published.qualifier),
            (item.now.value, item.now.qualifier),
        )
        for item in snapshot_of(book, period).adjustments
    ] == expected


@pytest.mark.parametrize("size", [1, 3, 4096])
@given(book=books(40))
def test_an_adjustment_names_every_record_behind_it_and_why_it_came(book: Book, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "BATCH_RECORDS", size)
        snapshot = snapshot_of(book)
    each = [evaluate([record], CATALOGUE, View.OFFICE) for record in book.records] if snapshot.adjustments else []
    for item in snapshot.adjustments:
        alone = [figures(totals, CATALOGUE, item.notice.period)[item.key] for totals in each]
        adds = [
            index
            for index, figure in enumerate(alone)
            if index >= item.notice.held and (figure.value, figure.qualifier.value) != (0, "exact")
        ]
        assert list(item.leaves) == adds
        assert sum(alone[leaf].value for leaf in item.leaves) == item.now.value - item.published.value
        assert item.reasons == tuple(book.why[leaf] for leaf in item.leaves)


def test_the_example_a_correction_a_late_entry_and_a_mistake() -> None:
    book = Book()
    wrong = book.add("dues.received/1", date(2021, 1, 5), None, {"amount": 8760, "for_month": "2021-01", "held": False})
    kept = book.add("visit.made/1", date(2021, 1, 6), {"mode": "door", "repeated": False}, {"reason": "study"})
    book.notice("2021-1", "2021-01", DAY)
    book.correct(wrong, amount=876)
    book.void(kept, "mistake")
    book.add("visit.made/1", date(2021, 1, 7), {"mode": "online", "repeated": False}, {"reason": "study"})
    book.add("visit.made/1", date(2021, 2, 7), {"mode": "door", "repeated": False}, {"reason": "study"})
    one = {"notice": "2021-1", "edition": 1, "period": "2021-01"}
    assert numbers(snapshot_of(book))["adjustments"] == [
        one
        | {
            "key": "dues.collected",
            "published": 8760,
            "now": 876,
            "leaves": [4, 5],
            "reasons": ["corrected", "replacement"],
        },
        one | {"key": "visits.made", "published": 1, "now": 0, "leaves": [6], "reasons": ["mistake"]},
        one | {"key": "visits.online", "published": 0, "now": 1, "leaves": [7], "reasons": ["late_entry"]},
    ]


def test_a_notice_rests_on_the_size_it_names_not_on_what_came_between() -> None:
    visit = {"mode": "door", "repeated": False}
    book = Book()
    book.add("visit.made/1", date(2021, 1, 6), visit, {"reason": "study"})
    book.add("visit.made/1", date(2021, 1, 7), visit, {"reason": "study"})
    book.notice("2021-1", "2021-01", DAY, size=2)
    (adjustment,) = snapshot_of(book).adjustments
    assert (adjustment.published.value, adjustment.now.value, adjustment.leaves) == (1, 2, (2,))


def test_a_later_edition_and_a_void_change_what_counts_as_published() -> None:
    book = Book()
    book.notice("2021-1", "2021-01", DAY)
    book.add("visit.made/1", date(2021, 1, 7), {"mode": "door", "repeated": False}, {"reason": "study"})
    assert len(snapshot_of(book).adjustments) == 1
    second = book.notice("2021-1", "2021-01", DAY, edition=2)
    snapshot = snapshot_of(book)
    assert snapshot.adjustments == ()
    assert [(notice.number, notice.edition) for notice in snapshot.notices] == [("2021-1", 1), ("2021-1", 2)]
    book.void(second, "mistake")
    snapshot = snapshot_of(book)
    assert [item.notice.edition for item in snapshot.adjustments] == [1]
    assert [(notice.number, notice.edition) for notice in snapshot.notices] == [("2021-1", 1)]


def test_a_number_that_became_vague_is_another_number() -> None:
    book = Book()
    books_listed = {"kind": "books", "count": 300, "qualifier": "exact"}
    entry = book.add("facility.listed/1", None, books_listed)
    book.notice("2021-1", "2021-01", DAY)
    book.correct(entry, qualifier="at_least")
    (adjustment,) = numbers(snapshot_of(book))["adjustments"]
    assert (adjustment["key"], adjustment["published"], adjustment["now"]) == ("books.volumes", 300, 300)
    assert adjustment["now_qualifier"] == "at_least"
    assert "published_qualifier" not in adjustment


# --- refusals --------------------------------------------------------------------------------------------------------


def altered(header: bytes, **changes: object) -> Record:
    document: dict[str, Any] = parse_canonical(header) | changes
    return canonical(document), b"{}"


@pytest.mark.parametrize(
    "changes",
    [
        {"size": 3},
        {"size": -1},
        {"edition": 0},
        {"period": "2021-03..2021-01"},
        {"period": "soon"},
        {"month": "2021-13"},
        {"number": 7},
        {"sign": -1, "voids": "A" * 43},
        {"sign": 0},
    ],
)
def test_a_notice_that_cannot_be_is_refused_with_its_place(changes: dict[str, object]) -> None:
    book = Book()
    book.add("visit.made/1", DAY, {"mode": "door", "repeated": False}, {"reason": "study"})
    book.notice("2021-1", "2021-01", DAY)
    book.records[2] = altered(book.records[2][0], **changes)
    with pytest.raises(VerificationError, match="event 3 of those given"):
        snapshot_of(book)


@pytest.mark.parametrize("internal", [None, b"", b"{", b'{"type":"void/1","stream":"s","version":1,"tx":"t"}'])
def test_a_record_that_does_not_say_why_it_came_is_refused(internal: bytes | None) -> None:
    book = Book()
    book.notice("2021-1", "2021-01", DAY)
    book.add("visit.made/1", date(2021, 1, 7), {"mode": "door", "repeated": False}, {"reason": "study"})
    book.records[2] = (book.records[2][0], internal)
    with pytest.raises(VerificationError, match="internal section"):
        snapshot_of(book)


@pytest.mark.parametrize(
    "moment", [False, 7, "soon", "2021-07-05", "2021-07-05T01:02:03.000004", "0001-01-01T00:00:00+09:00"]
)
def test_a_last_record_that_does_not_say_when_it_was_made_is_refused(moment: object) -> None:
    book = Book()
    header, internal = book.records[-1]
    document: dict[str, Any] = parse_canonical(internal or b"")
    book.records[-1] = (header, canonical(document | {"recorded_at": moment}))
    with pytest.raises(VerificationError, match="internal section") as refused:
        snapshot_of(book)
    assert "event 1 of those given" in str(refused.value)


def test_a_ledger_without_its_opening_is_refused() -> None:
    with pytest.raises(VerificationError, match="no record"):
        taken(records=list)


def taken(**changes: object) -> Snapshot:
    given: dict[str, Any] = {
        "origin": "yongxing.example/log",
        "name": "永兴社区",
        "period": Period.parse("2021-01"),
        "records": lambda: iter(Book().records),
        "catalogue": CATALOGUE,
    }
    return take(**(given | changes))


@pytest.mark.parametrize("origin", ["", "two words", "a\nb", "永兴", "x" * 256])
def test_an_origin_is_one_line_of_a_checkpoint(origin: str) -> None:
    with pytest.raises(InputError, match="origin"):
        taken(origin=origin)


@pytest.mark.parametrize("name", ["", "  ", "a\ud800"])
def test_a_name_can_be_published(name: str) -> None:
    with pytest.raises(InputError, match="name"):
        taken(name=name)


def test_a_period_has_ten_years_at_most() -> None:
    assert len(taken(period=Period(Month(2012, 1), Month(2021, 12))).figures[0].months) == 120
    with pytest.raises(InputError, match="120"):
        taken(period=Period(Month(2011, 12), Month(2021, 12)))


def test_records_that_change_while_they_are_read_are_refused() -> None:
    book = Book()
    for _ in range(3):
        book.add("visit.made/1", DAY, {"mode": "door", "repeated": False}, {"reason": "study"})

    def shrinking() -> list[Record]:
        book.records.pop()
        return list(book.records)

    with pytest.raises(VerificationError, match="changed"):
        taken(records=shrinking)


class Counted(tuple[bytes, bytes | None]):  # noqa: SLOT001 - it is counted, not compared
    """A record that knows how many of its kind are alive."""

    alive = 0
    most = 0

    def __new__(cls, record: Record) -> Self:
        Counted.alive += 1
        Counted.most = max(Counted.most, Counted.alive)
        return super().__new__(cls, record)

    def __del__(self) -> None:
        Counted.alive -= 1


@given(st.integers(2, 9))
def test_records_are_not_kept(size: int) -> None:
    """However long the ledger, a few batches are in memory at a time, adjustments looked for and all."""
    book = Book()
    visit = {"mode": "door", "repeated": False}
    book.notice("2021-1", "2021-01", DAY)
    for _ in range(300):
        book.add("visit.made/1", date(2021, 1, 7), visit, {"reason": "study"})
    Counted.alive = Counted.most = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "BATCH_RECORDS", size)
        snapshot = taken(records=lambda: map(Counted, book.records))
    assert len(snapshot.adjustments[0].leaves) == 300
    assert Counted.most <= 3 * size
    assert Counted.alive == 0

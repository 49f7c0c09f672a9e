"""What has become of earlier notices: the page computes it again, on random ledgers, and on a known one, touched."""

from __future__ import annotations  # Playwright may be missing

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.browser.sealed import SealedBook, sealed_books
from tests.browser.test_agreeing import PROGRAM
from tests.browser.test_verifying import touched, verified
from tests.disclosure.ledgers import PERIODS, numbers

from cadreledger.disclosure import Snapshot
from cadreledger.disclosure.page import changed, page
from cadreledger.disclosure.sections import amount_of
from cadreledger.sealing import canonical
from cadreledger.values import Period, Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

Open = Callable[..., "Page"]
Numbers = dict[str, Any]

OFTEN = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
VERIFY = """async ([evidence, figures, changes]) => {
  const said = {};
  const report = (name, ok, detail) => { said[name] = ok === false ? detail.code : ""; };
  await verifyPage(JSON.parse(evidence), { figures, changes, bars: [], texts: [], notice: [] }, "2030-01", report);
  return said;
}"""
TALLIED = "dues.collected"


@pytest.fixture(scope="module")
def program(chromium: Browser) -> Iterator[Page]:
    """A blank page with the verifier's functions in it."""
    opened = chromium.new_page()
    opened.add_script_tag(content=PROGRAM)
    yield opened
    opened.close()


def checked(program: Page, snapshot: Snapshot, data: bytes) -> dict[str, str]:
    """Each check with its fault, where the page carries ``data`` as its snapshot, and shows all that this one tells."""
    assert snapshot.evidence
    figures = [
        {"key": row.key, "part": part, "texts": [said.zh, said.en]}
        for row in snapshot.figures
        for part, quantity in (("", Quantity.of(row.value, row.qualifier)), ("all", row.all_time))
        for said in [amount_of(row, quantity)]
    ]
    units = {row.key: row for row in snapshot.figures}
    changes = [
        {"name": change.name, "part": part, "texts": [said.zh, said.en]}
        for change in (changed(item, units[item.key]) for item in snapshot.adjustments)
        for part in ("published", "now", "difference", "leaves")
        for said in [getattr(change, part)]
    ]
    said: dict[str, str] = program.evaluate(VERIFY, [snapshot.evidence.to_json(data, None), figures, changes])
    return said


@OFTEN
@given(sealed_books(), PERIODS)
def test_whatever_comes_late_or_is_taken_back_the_page_agrees(program: Page, book: SealedBook, period: Period) -> None:
    snapshot = book.shown(period)
    said = checked(program, snapshot, snapshot.to_json())
    assert set(said.values()) == {""}
    assert list(said)[-1] == "shown"


# --- touched ---------------------------------------------------------------------------------------------------------


def sealed_editions(book: SealedBook) -> set[tuple[str, int]]:
    """Number and edition of the notices that came out on a checkpoint, and not on paper."""
    first: dict[tuple[str, int], bool] = {}
    for header, _ in book.records:
        fields: Numbers = json.loads(header)
        if fields["type"] == "notice.published/1" and "sign" not in fields:
            first.setdefault((fields["number"], fields["edition"]), bool(fields["size"]))
    return {name for name, sealed in first.items() if sealed}


def change_row(draw: st.DrawFn, row: Numbers, known: bool) -> None:  # noqa: FBT001 - of this test alone
    """Something in an adjustment that headers tell: ``known`` where they tell all of it."""
    members = ["now", "now_qualifier", "edition", "period", "reasons"]
    if known:
        members += ["published", "published_qualifier"]
    if row["key"] != TALLIED:
        members += ["leaves", "key"]
    match draw(st.sampled_from(members)):
        case "reasons":
            row["reasons"].append("late_entry")
        case "leaves":
            before, at = list(row["leaves"]), draw(st.integers(0, len(row["leaves"])))
            row["leaves"][at : at + draw(st.integers(0, 1))] = draw(st.lists(st.integers(0, 60), max_size=1))
            assume(row["leaves"] != before)
            row["reasons"] = ["late_entry"] * len(row["leaves"])
        case "key":
            row["key"] = draw(st.sampled_from(["visits.made", "visits.online", "fund.spent", "books.volumes"]))
        case "period":
            row["period"] = str(draw(PERIODS))
        case "now_qualifier" | "published_qualifier" as member:
            row[member] = draw(st.sampled_from(["exact", "at_least", "about"]))
        case member:
            row[member] += draw(st.sampled_from([-1, 1]))


@st.composite
def changes(draw: st.DrawFn, book: SealedBook, told: Numbers) -> Numbers:
    """What a snapshot tells, with something else about earlier notices."""
    told = deepcopy(told)
    notices, rows, sealed = told["notices"], told["adjustments"], sealed_editions(book)
    known = [row for row in rows if row["key"] != TALLIED or (row["notice"], row["edition"]) in sealed]
    steps = ["add"] if notices else []
    steps += ["notice", "drop notice", "twice"] if notices else []
    steps += ["row", "row", "row twice"] if rows else []
    steps += ["drop row"] if known else []
    assume(steps)
    match draw(st.sampled_from(steps)):
        case "add":
            notice = draw(st.sampled_from(notices))
            row = {"notice": notice["number"], "edition": notice["edition"], "period": notice["period"]}
            row |= {
                "key": "visits.made",
                "published": 1,
                "now": 2,
                "leaves": [told["size"] - 1],
                "reasons": ["late_entry"],
            }
            rows.append(row)
        case "notice":
            notice = draw(st.sampled_from(notices))
            member = draw(st.sampled_from(["number", "edition", "period", "month"]))
            other = {"number": "3", "edition": notice["edition"] + 1, "period": "2020-01", "month": "2020-01"}
            notice[member] = other[member]
        case "drop notice":
            notices.pop(draw(st.integers(0, len(notices) - 1)))
        case "twice":
            notices.append(draw(st.sampled_from(notices)))
        case "row":
            row = draw(st.sampled_from(rows))
            change_row(draw, row, row in known)
        case "row twice":
            rows.append(draw(st.sampled_from(rows)))
        case _:
            rows.remove(draw(st.sampled_from(known)))
    return told


@OFTEN
@given(st.data(), sealed_books())
def test_whatever_is_told_otherwise_turns_it_red(program: Page, data: st.DataObject, book: SealedBook) -> None:
    snapshot = book.shown()
    told = numbers(snapshot)
    other = data.draw(changes(book, told))
    assume(other != told)
    said = checked(program, snapshot, canonical(other))
    assert list(said)[-1] == "adjustments"
    assert said["adjustments"].startswith(("adjustment_", "notices_"))


def january() -> SealedBook:
    """A notice on paper, one on a checkpoint, what came since, and one more on paper, of what is tallied later."""
    book, visit, study = SealedBook(), {"mode": "door", "repeated": False}, {"reason": "study"}
    paid = {"amount": 8760, "for_month": "2021-01", "held": False}
    wrong = book.add("dues.received/1", date(2021, 1, 5), None, paid)
    kept = book.add("visit.made/1", date(2021, 1, 6), visit, study)
    listed = book.add("facility.listed/1", None, {"kind": "books", "count": 300, "qualifier": "exact"})
    book.notice("2021-1", "2021-01", date(2021, 2, 8))
    book.notice("2021-2", "2021-01..2021-02", date(2021, 3, 8), size=book.seal())
    book.correct(wrong, amount=876)
    book.void(kept, "mistake")
    for day in (7, 8):
        book.add("visit.made/1", date(2021, 1, day), {"mode": "online", "repeated": False}, study)
    book.correct(listed, qualifier="at_least")
    book.notice("2021-3", "2021-01", date(2021, 4, 8))
    book.seal()
    return book


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of that."""
    file = tmp_path_factory.mktemp("january") / "notice.html"
    file.write_bytes(page(january().shown()))
    return file


def told_of(number: str, key: str, **changes: object) -> Callable[[Numbers], None]:
    """Tells otherwise of a figure in a notice."""

    def change(told: Numbers) -> None:
        (row,) = [row for row in told["adjustments"] if (row["notice"], row["key"]) == (number, key)]
        assert row | changes != row
        row |= changes

    return change


def leave_out(told: Numbers) -> None:
    told["adjustments"].pop(1)


def leave_out_what_became_vague(told: Numbers) -> None:
    told["adjustments"] = [row for row in told["adjustments"] if row["key"] != "books.volumes"]


def leave_out_dues(told: Numbers) -> None:
    told["adjustments"] = [row for row in told["adjustments"] if (row["notice"], row["key"]) != ("2021-2", TALLIED)]


def invent(told: Numbers) -> None:
    told["adjustments"].append(told["adjustments"][-1] | {"key": "fund.spent"})


def invent_a_notice(told: Numbers) -> None:
    told["adjustments"].append(told["adjustments"][-1] | {"notice": "2021-4"})


def leave_out_a_notice(told: Numbers) -> None:
    told["notices"].pop(0)


def another_edition(told: Numbers) -> None:
    told["notices"][1]["edition"] = 2


def test_a_notice_on_paper_may_come_before_its_tally(open_page: Open, sealed: Path) -> None:
    assert {row["notice"] for row in numbers(january().shown())["adjustments"]} == {"2021-1", "2021-2"}
    verdict, checks = verified(open_page(sealed))
    assert (verdict, checks["adjustments"]) == ("holds", "")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (leave_out, "adjustment_missing"),
        (leave_out_dues, "adjustment_missing"),
        (leave_out_what_became_vague, "adjustment_missing"),
        (invent, "adjustment_extra"),
        (invent_a_notice, "adjustment_extra"),
        (told_of("2021-1", "visits.made", published=2), "adjustment_wrong"),
        (told_of("2021-1", "visits.online", now=1), "adjustment_wrong"),
        (told_of("2021-2", TALLIED, published=8761), "adjustment_wrong"),
        (told_of("2021-1", TALLIED, now=877), "adjustment_wrong"),
        (told_of("2021-2", "visits.online", now_qualifier="about"), "adjustment_wrong"),
        (told_of("2021-2", "visits.made", period="2021-01"), "adjustment_wrong"),
        (told_of("2021-1", "visits.online", leaves=[10], reasons=["late_entry"]), "adjustment_leaves"),
        (told_of("2021-1", "visits.online", leaves=[10, 12]), "adjustment_leaves"),
        (told_of("2021-2", TALLIED, leaves=[2, 8]), "adjustment_leaves"),  # one from before the notice
        (leave_out_a_notice, "notices_wrong"),
        (another_edition, "notices_wrong"),
    ],
)
def test_a_difference_that_is_told_otherwise_is_named(
    open_page: Open, sealed: Path, tmp_path: Path, change: Callable[[Numbers], None], fault: str
) -> None:
    def touch(evidence: Numbers) -> None:
        told = json.loads(evidence["snapshot"])
        change(told)
        evidence["snapshot"] = canonical(told).decode()

    verdict, checks = verified(open_page(touched(sealed, tmp_path, touch)))
    assert verdict == "fails"
    assert {name: said for name, said in checks.items() if said} == {"adjustments": fault}


def test_what_headers_cannot_tell_is_not_compared(open_page: Open, sealed: Path, tmp_path: Path) -> None:
    """As formats.md has it: what dues were on paper, which payments dues come from, any reason."""
    told = numbers(january().shown())
    dues = [row for row in told["adjustments"] if row["key"] == TALLIED]
    assert [(row["notice"], row["published"], row["now"], row["leaves"]) for row in dues] == [
        ("2021-1", 8760, 876, [7, 8]),
        ("2021-2", 8760, 876, [7, 8]),
    ]

    def touch(evidence: Numbers) -> None:
        told_of("2021-1", TALLIED, published=1, leaves=[7], reasons=["mistake"])(told)
        told_of("2021-2", "visits.made", reasons=["duplicate"])(told)
        evidence["snapshot"] = canonical(told).decode()

    _, checks = verified(open_page(touched(sealed, tmp_path, touch)))
    assert (checks["adjustments"], checks["shown"]) == ("", "shown_wrong")  # what was shown was not touched


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            'data-part="published" data-en="87.60 yuan">87.60 元<',
            'data-part="published" data-en="87.60 yuan">87.61 元<',
        ),
        ('data-part="now" data-en="8.76 yuan">', 'data-part="now" data-en="18.76 yuan">'),
        (">至少 300 册<", ">至少 30 册<"),
        (">−78.84 元<", ">78.84 元<"),
        (">第 8、9 条<", ">第 8 条<"),
        ('data-en="8, 9">', 'data-en="8, 10">'),
    ],
)
def test_a_difference_that_reads_otherwise_turns_it_red(
    open_page: Open, sealed: Path, tmp_path: Path, old: str, new: str
) -> None:
    text = sealed.read_text("utf-8")
    assert old in text
    (tmp_path / "notice.html").write_text(text.replace(old, new, 1), "utf-8")
    verdict, checks = verified(open_page(tmp_path / "notice.html"))
    assert (verdict, checks["shown"]) == ("fails", "shown_wrong")


def test_a_difference_that_is_not_shown_turns_it_red(open_page: Open, sealed: Path, tmp_path: Path) -> None:
    text = sealed.read_text("utf-8")
    first, last = (
        text.index("<li>", text.index('<ol class="changes">')),
        text.index("</ol>", text.index('class="changes"')),
    )
    (tmp_path / "notice.html").write_text(text[:first] + text[first:last].partition("</li>")[2] + text[last:], "utf-8")
    verdict, checks = verified(open_page(tmp_path / "notice.html"))
    assert (verdict, checks["shown"]) == ("fails", "shown_unknown")

"""One cell: what a clerk may type, and what it is read as."""

import pickle
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadreledger.events.activity import ActivityKind
from cadreledger.events.branch import BranchKind, FundUse
from cadreledger.events.cadre import AttendanceMode, CadreKind, VisitMode, VisitReason
from cadreledger.events.dues import PaymentMethod
from cadreledger.events.facility import FacilityKind
from cadreledger.events.team import TeamKind
from cadreledger.intake import cells, words
from cadreledger.intake.cells import CellError, CellValue, Refused
from cadreledger.intake.problems import Code
from cadreledger.values import Money, Month, fen, yuan
from cadreledger.values.money import AMOUNT_FEN_MAX

WIDE = {ord(char): ord(char) + 0xFEE0 for char in "0123456789-./,"}
BLANKS = ("", " ", "\u3000", "\t\n", "\xa0 ")

dates = st.dates(date(1900, 1, 1), date(9998, 12, 31))
months = st.builds(Month, st.integers(1900, 9998), st.integers(1, 12))
amounts = st.integers(0, AMOUNT_FEN_MAX).map(fen)
numbers = st.booleans() | st.integers(-(10**20), 10**20) | st.floats()
moments = st.dates() | st.datetimes() | st.times() | st.timedeltas()
values: st.SearchStrategy[CellValue] = st.none() | st.text(max_size=20) | numbers | moments
pads = st.sampled_from(("", " ", "\u3000", "\n", " \xa0"))


def typed(draw: st.DataObject, text: str) -> str:
    """``text`` as a clerk may type it: full-width or not, space around it."""
    wide = draw.draw(st.booleans())
    return draw.draw(pads) + (text.translate(WIDE) if wide else text) + draw.draw(pads)


def refusal(parse: Callable[[CellValue], object], value: CellValue) -> Code:
    with pytest.raises(CellError) as caught:
        parse(value)
    return caught.value.code


# --- dates and months


@given(dates, st.data())
def test_a_date_in_any_of_its_forms(day: date, data: st.DataObject) -> None:
    y, m, d = day.year, day.month, day.day
    forms = (
        f"{y}-{m:02}-{d:02}",
        f"{y}.{m}.{d}",
        f"{y}/{m}/{d}",
        f"{y}/{m:02}/{d:02}",
        f"{y}年{m}月{d}日",
        f"{y}年{m:02}月{d:02}日",
    )
    for form in forms:
        assert cells.day(typed(data, form)) == day
    assert cells.day(day) == cells.day(datetime.combine(day, time())) == cells.day_or_month(day) == day


@given(months, st.integers(1, 28), st.data())
def test_a_month_in_any_of_its_forms(month: Month, day: int, data: st.DataObject) -> None:
    y, m = month.year, month.month
    for form in (f"{y}-{m:02}", f"{y}-{m}", f"{y}.{m}", f"{y}/{m}", f"{y}年{m}月", f"{y}年{m:02}月"):
        assert cells.month(typed(data, form)) == month
        assert cells.day_or_month(typed(data, form)) == month
    assert cells.month(date(y, m, day)) == cells.month(datetime(y, m, day, 23, 59)) == month  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2021-02-30", Code.DATE_UNREADABLE),
        ("2021-13-01", Code.DATE_UNREADABLE),
        ("2021-7", Code.DATE_UNREADABLE),
        ("2021-07/05", Code.DATE_UNREADABLE),
        ("21-07-05", Code.DATE_UNREADABLE),
        ("2021年7月5", Code.DATE_UNREADABLE),
        ("2021-07-05 10:00", Code.DATE_UNREADABLE),
        ("٢٠٢١-٠٧-٠٥", Code.DATE_UNREADABLE),
        ("2021-07-⑤", Code.DATE_UNREADABLE),
        ("昨天", Code.DATE_UNREADABLE),
        (44382, Code.DATE_UNREADABLE),
        (44382.5, Code.DATE_UNREADABLE),
        (True, Code.DATE_UNREADABLE),
        (time(10, 30), Code.DATE_UNREADABLE),
        (timedelta(days=1), Code.DATE_UNREADABLE),
        (date(9999, 1, 1), Code.DATE_UNREADABLE),
        (date(1899, 12, 31), Code.DATE_TOO_EARLY),
        ("1899-12-31", Code.DATE_TOO_EARLY),
        ("0001.1.1", Code.DATE_TOO_EARLY),
    ],
)
def test_what_is_no_date(value: CellValue, code: Code) -> None:
    assert refusal(cells.day, value) is code


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (2021.1, Code.MONTH_IS_NUMBER),
        (2021, Code.MONTH_IS_NUMBER),
        (44382, Code.MONTH_IS_NUMBER),
        ("2021", Code.MONTH_UNREADABLE),
        ("2021-0", Code.MONTH_UNREADABLE),
        ("2021-13", Code.MONTH_UNREADABLE),
        ("2021-07-05", Code.MONTH_UNREADABLE),
        ("9999-01", Code.MONTH_UNREADABLE),
        ("七月", Code.MONTH_UNREADABLE),
        (True, Code.MONTH_UNREADABLE),
        (time(1), Code.MONTH_UNREADABLE),
        ("1899-12", Code.DATE_TOO_EARLY),
        (date(1899, 12, 31), Code.DATE_TOO_EARLY),
    ],
)
def test_what_is_no_month(value: CellValue, code: Code) -> None:
    assert refusal(cells.month, value) is code


def test_a_date_where_a_month_might_do() -> None:
    assert cells.day_or_month("2021.3.16") == date(2021, 3, 16)
    assert cells.day_or_month("2021.3") == Month(2021, 3)
    assert refusal(cells.day_or_month, 2021.3) is Code.MONTH_IS_NUMBER
    assert refusal(cells.day_or_month, "2021-02-30") is Code.DATE_UNREADABLE


def test_a_time_of_day_is_dropped_with_a_warning() -> None:
    at_ten = datetime(2021, 7, 5, 10)  # noqa: DTZ001 - a cell has no time zone
    assert cells.day(at_ten) == date(2021, 7, 5)
    assert [oddity.code for oddity in cells.day_oddities(at_ten)] == [Code.TIME_IGNORED]
    assert cells.day_oddities(datetime(2021, 7, 5)) == cells.day_oddities("2021-07-05") == ()  # noqa: DTZ001


# --- amounts and numbers


@given(amounts, st.data())
def test_an_amount_in_any_of_its_forms(money: Money, data: st.DataObject) -> None:
    grouped = f"{Decimal(money.fen).scaleb(-2):,.2f}"
    for form in (str(money), grouped, f"¥{money}", f"￥{grouped}"):
        assert cells.amount(typed(data, form)) == money
    assert cells.amount(money.fen) == yuan(money.fen) if money.fen <= AMOUNT_FEN_MAX // 100 else True


@given(st.integers(0, 10**13))
def test_a_number_cell_is_its_shortest_decimal(amount_fen: int) -> None:
    assert cells.amount(amount_fen / 100) == fen(amount_fen)


def test_the_double_nearest_to_an_amount_is_the_amount() -> None:
    assert cells.amount(float("7.4000000000000004")) == yuan("7.40")
    assert cells.amount(-0.0) == cells.amount(0) == cells.amount("0") == fen(0)
    assert cells.amount("12.5") == cells.amount(12.5) == yuan("12.50")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("十二", Code.AMOUNT_NOT_A_NUMBER),
        ("12元", Code.AMOUNT_NOT_A_NUMBER),
        ("12,5", Code.AMOUNT_NOT_A_NUMBER),
        ("1,2000", Code.AMOUNT_NOT_A_NUMBER),
        (",200", Code.AMOUNT_NOT_A_NUMBER),
        ("1e3", Code.AMOUNT_NOT_A_NUMBER),
        (".5", Code.AMOUNT_NOT_A_NUMBER),
        ("12.", Code.AMOUNT_NOT_A_NUMBER),
        ("5²", Code.AMOUNT_NOT_A_NUMBER),
        ("¥", Code.AMOUNT_NOT_A_NUMBER),
        ("NaN", Code.AMOUNT_NOT_A_NUMBER),
        (True, Code.AMOUNT_NOT_A_NUMBER),
        (float("nan"), Code.AMOUNT_NOT_A_NUMBER),
        (float("inf"), Code.AMOUNT_NOT_A_NUMBER),
        (date(2021, 7, 5), Code.AMOUNT_NOT_A_NUMBER),
        (timedelta(1), Code.AMOUNT_NOT_A_NUMBER),
        (-1, Code.AMOUNT_NEGATIVE),
        (-0.01, Code.AMOUNT_NEGATIVE),
        ("-12.50", Code.AMOUNT_NEGATIVE),
        ("¥-12.50", Code.AMOUNT_NEGATIVE),
        ("－１２", Code.AMOUNT_NEGATIVE),
        ("12.505", Code.AMOUNT_DECIMALS),
        ("12.500", Code.AMOUNT_DECIMALS),
        (12.505, Code.AMOUNT_DECIMALS),
        (1e-7, Code.AMOUNT_DECIMALS),
        (0.1 + 0.2, Code.AMOUNT_DECIMALS),
        (10**15, Code.AMOUNT_TOO_LARGE),
        (1e300, Code.AMOUNT_TOO_LARGE),
        ("9" * 5000, Code.AMOUNT_TOO_LARGE),
    ],
)
def test_what_is_no_amount(value: CellValue, code: Code) -> None:
    assert refusal(cells.amount, value) is code


@given(st.integers(1, cells.COUNT_MAX), st.data())
def test_a_sequence_number_in_any_of_its_forms(number: int, data: st.DataObject) -> None:
    assert cells.sequence(number) == cells.sequence(float(number)) == cells.sequence(typed(data, str(number))) == number


@pytest.mark.parametrize(
    "value", [0, -1, 1.5, True, "5-1", "一", "5.0", "①", "5²", float("inf"), 10**9, date(2021, 1, 5), time(1)]
)
def test_what_is_no_sequence_number(value: CellValue) -> None:
    assert refusal(cells.sequence, value) is Code.NUMBER_UNREADABLE


def test_a_count_may_be_zero() -> None:
    assert cells.count(0) == cells.count("０") == 0
    assert cells.count(" ５０ ") == 50
    assert refusal(cells.count, -1) is Code.NUMBER_UNREADABLE


# --- words, codes, text


def test_yes_and_no() -> None:
    assert [cells.yes_no(value) for value in ("是", "√", "Y", "y", "Ｙ", " 是\u3000", True)] == [True] * 7
    assert [cells.yes_no(value) for value in ("否", "N", "n", "Ｎ", None, "\u3000", False)] == [False] * 7
    for value in ("有", "X", 1, 0, date(2021, 1, 1)):
        assert refusal(cells.yes_no, value) is Code.UNKNOWN_WORD


def test_a_word_of_a_list() -> None:
    parse = cells.word(words.METHODS)
    assert parse("\u3000转账 ") is words.Method.TRANSFER
    for value in ("支票", "现 金", 1, True, date(2021, 1, 1)):
        assert refusal(parse, value) is Code.UNKNOWN_WORD
    with pytest.raises(CellError, match="one of 现金, 转账, 代缴"):
        parse("支票")


@pytest.mark.parametrize(
    ("ours", "events"),
    [
        (words.ActivityKind, ActivityKind),
        (words.AttendanceMode, AttendanceMode),
        (words.BranchKind, BranchKind),
        (words.CadreKind, CadreKind),
        (words.FacilityKind, FacilityKind),
        (words.FundUse, FundUse),
        (words.Method, PaymentMethod),
        (words.TeamKind, TeamKind),
        (words.VisitMode, VisitMode),
        (words.VisitReason, VisitReason),
    ],
)
def test_words_mean_what_events_call_them(ours: type[Enum], events: type[Enum]) -> None:
    assert {word.value for word in ours} <= {word.value for word in events}


def test_a_code_is_normalised() -> None:
    assert cells.code(" ＹＸ００１\u3000") == "YX001"
    assert cells.code(17) == cells.code(17.0) == "17"
    for value in ("A B", "x" * 65, "YX\u200b1", True, date(2021, 1, 2), time(1), timedelta(1)):
        assert refusal(cells.code, value) is Code.CODE_UNREADABLE


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_text_is_trimmed_and_no_more(text: str) -> None:
    assert cells.text(1_000)(text) == (text.strip() or None)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("㐂某 \u3000", "㐂某"),
        ("ＡＢ", "ＡＢ"),
        (10000000037, "10000000037"),
        (10000000037.0, "10000000037"),
        (1e16, "10000000000000000"),
        (0.1, "0.1"),
        (True, "TRUE"),
        (date(2021, 7, 5), "2021-07-05"),
        (datetime(2021, 7, 5), "2021-07-05"),  # noqa: DTZ001
        (datetime(2021, 7, 5, 10, 30), "2021-07-05 10:30:00"),  # noqa: DTZ001
    ],
)
def test_what_is_typed_is_text(value: CellValue, text: str) -> None:
    assert cells.text(100)(value) == text


def test_a_label_is_normalised_text() -> None:
    assert cells.label(100)(" Ｂ１ ") == "B1"
    assert cells.label(100)("外地 支部") == "外地 支部"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=0, max_value=10**12), st.data())
def test_a_number_that_may_be_text_is_a_plain_decimal(number: Decimal, data: st.DataObject) -> None:
    parse = cells.decimal_or_text(100)
    for form in (str(number), f"{number:,}"):
        assert parse(typed(data, form)) == str(number)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5906, "5906"),
        (530.0, "530"),
        (0.7, "0.7"),
        (1e16, "10000000000000000"),
        (" 16  ", "16"),
        ("５", "5"),
        ("－１２", "-12"),
        ("1,200.50", "1200.50"),
        ("1,2", "1,2"),
        ("2003年1月", "2003年1月"),
        ("２０２１年", "２０２１年"),
        ("5²", "5²"),
        ("约５ ", "约５"),
        ("7%", "7%"),
        (None, None),
        ("\u3000", None),
    ],
)
def test_what_is_mostly_a_number(value: CellValue, text: str | None) -> None:
    assert cells.decimal_or_text(100)(value) == text


def test_a_number_beyond_all_numbers_is_none() -> None:
    for value in (float("inf"), float("-inf"), float("nan")):
        assert refusal(cells.decimal_or_text(100), value) is Code.NUMBER_UNREADABLE
    assert refusal(cells.decimal_or_text(5), "123456") is Code.TEXT_TOO_LONG


@pytest.mark.parametrize(
    ("value", "number"),
    [("２０２１－１", "2021-1"), (" 第\u30003 期 ", "第 3 期"), (7, "7"), (7.0, "7"), ("期" * 64, "期" * 64)],
)
def test_the_number_of_a_notice(value: CellValue, number: str) -> None:
    assert cells.notice_number(value) == number


@pytest.mark.parametrize("value", [2021.1, date(2021, 1, 1), time(1), timedelta(1), True, "期" * 65, "1\n2", "1\u200b"])
def test_what_is_no_number_of_a_notice(value: CellValue) -> None:
    assert refusal(cells.notice_number, value) is Code.CODE_UNREADABLE


def test_text_has_a_limit_in_bytes() -> None:
    assert cells.text(6)("某某") == "某某"
    assert refusal(cells.text(5), "某某") is Code.TEXT_TOO_LONG


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        ("=1+1", [Code.FORMULA_LIKE_TEXT]),
        (" +86", [Code.FORMULA_LIKE_TEXT]),
        ("-", [Code.FORMULA_LIKE_TEXT]),
        ("@某", [Code.FORMULA_LIKE_TEXT]),
        ("某" * 2000, []),
        ("某" * 2001, [Code.LONG_TEXT]),
        ("=" * 2001, [Code.FORMULA_LIKE_TEXT, Code.LONG_TEXT]),
        (date(2021, 7, 5), [Code.DATE_IN_TEXT]),
        ("补登", []),
        (-5, []),
        (None, []),
    ],
)
def test_text_to_look_at_twice(value: CellValue, codes: list[Code]) -> None:
    assert [oddity.code for oddity in cells.text_oddities(value)] == codes


# --- all of them

PARSERS = (
    cells.amount,
    cells.sequence,
    cells.count,
    cells.day,
    cells.month,
    cells.day_or_month,
    cells.yes_no,
    cells.word(words.SEXES),
    cells.code,
    cells.text(100),
    cells.label(100),
    cells.decimal_or_text(100),
    cells.notice_number,
)


@pytest.mark.parametrize("parse", PARSERS)
def test_a_blank_cell_says_nothing(parse: Callable[[CellValue], object]) -> None:
    for blank in (None, *BLANKS):
        assert cells.is_blank(blank)
        assert not parse(blank)


@given(st.sampled_from(PARSERS), values)
def test_any_value_is_read_or_refused(parse: Callable[[CellValue], object], value: CellValue) -> None:
    try:
        parse(value)
    except CellError as error:
        refused = error
    else:
        return
    assert refused.expected
    assert not refused.found


@given(st.one_of(values, st.builds(Refused, st.just(Code.FORMULA), st.text())))
def test_what_is_shown_is_short_and_printable(value: CellValue) -> None:
    shown = cells.shown(value)
    assert len(shown) <= 40
    assert shown.isprintable()


def test_an_error_pickles() -> None:
    with pytest.raises(CellError) as caught:
        cells.amount(-1)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.code, again.expected, str(again)) == (Code.AMOUNT_NEGATIVE, caught.value.expected, str(caught.value))

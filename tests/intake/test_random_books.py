"""Any workbook of any community, against totals that are added up in the plainest way there is."""

import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.intake.office import Book, Line, branch, cadre, dues, fund, new_ledger, take_in, visit

from cadreledger import Ledger

PERIOD = "2020-10..2021-06"
DAYS = (date(2020, 11, 1), date(2021, 5, 31))
FLOWS = {
    *("dues.collected", "dues.credited", "dues.remitted", "dues.returned"),
    *("fund.spent", "visits.made", "visits.online"),
}
STOCKS = {
    *("cadres.veteran", "cadres.retired", "cadres.smartphone", "cadres.frail"),
    *("members.affiliated", "members.participating"),
}
FUNDS = {"上缴": "dues.remitted", "返还": "dues.returned", "支出": "fund.spent"}

VOIDS: list[Line] = [{}, {"金额": None}, {"备注": "作废"}]

days = st.dates(*DAYS)
amounts = st.integers(0, 100_000)
yes_no = st.sampled_from(["是", "否"])


def typed(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


def fen_of(row: Line) -> int:
    yuan, _, decimals = str(row["金额"]).partition(".")
    return int(yuan) * 100 + int(decimals)


def month(day: object) -> str:
    return str(day)[:7]


@st.composite
def people(draw: st.DrawFn) -> list[Line]:
    return [
        cadre(
            f"R{number}",
            f"某{number}某",
            draw(st.sampled_from(["离休", "退休"])),
            智能手机=draw(yes_no),
            行动不便=draw(yes_no),
            所属支部=draw(st.sampled_from(["B1", "B1", "B3", "外地支部", None])),
            参加支部=draw(st.sampled_from([None, "B2"])),
        )
        for number in range(draw(st.integers(1, 5)))
    ]


@st.composite
def journals(draw: st.DrawFn, codes: list[str], payers: list[str]) -> tuple[list[Line], list[Line], list[Line]]:
    """Rows in the order in which they were registered; some take back one of the same year that stands."""
    paid: list[Line] = []
    visits: list[Line] = []
    registered = date(2021, 6, 1)
    standing: list[int] = []
    for number in range(1, draw(st.integers(0, 12)) + 1 if payers else 1):
        registered += timedelta(draw(st.integers(0, 3)))
        corrects = draw(correction(paid, standing, "收款日期"))
        on = date.fromisoformat(str(corrects.get("收款日期") or draw(days)))
        owed = month(on.replace(day=15) + timedelta(30 * draw(st.integers(-2, 2))))
        void: Line = draw(st.sampled_from(VOIDS)) if corrects else {}
        code, amount = draw(st.sampled_from(payers)), typed(draw(amounts))
        row = {**dues(number, str(on), code, owed, amount, 登记日期=str(registered)), **corrects, **void}
        paid.append(row)
        settle(standing, row)
    standing = []
    for number in range(1, draw(st.integers(0, 12)) + 1):
        registered += timedelta(draw(st.integers(0, 3)))
        on = date(2021, 3, 1) + timedelta(draw(st.integers(-1, 1)))
        corrects = draw(correction(visits, standing, "日期"))
        note = draw(st.sampled_from([None, None, "非重复", "作废"] if corrects else [None, None, "非重复"]))
        mode = draw(st.sampled_from(["上门", "网上"]))
        told = visit(number, str(on), draw(st.sampled_from(codes)), 登记日期=str(registered), 方式=mode, 备注=note)
        row = {**told, **corrects}
        visits.append(row)
        settle(standing, row)
    funds = [
        fund(number, str(draw(days)), draw(st.sampled_from(sorted(FUNDS))), typed(draw(amounts)))
        for number in range(1, draw(st.integers(0, 5)) + 1)
    ]
    return paid, funds, visits


@st.composite
def correction(draw: st.DrawFn, rows: list[Line], standing: list[int], header: str) -> Mapping[str, object]:
    if not standing or draw(st.integers(0, 2)):
        return {}
    number = draw(st.sampled_from(standing))
    return {"更正序号": number, header: rows[number - 1][header]}


def settle(standing: list[int], row: Line) -> None:
    if isinstance(row.get("更正序号"), int):
        standing.remove(int(str(row["更正序号"])))
    if not is_void(row):
        standing.append(int(str(row["序号"])))


def is_void(row: Line) -> bool:
    return row.get("更正序号") is not None and (row.get("金额", "") is None or row.get("备注") == "作废")


@st.composite
def books(draw: st.DrawFn) -> Book:
    registered = draw(people())
    payers = [str(row["编号"]) for row in registered if row["所属支部"] in {"B1", "B3"}]
    paid, funds, visits = draw(journals([str(row["编号"]) for row in registered], payers))
    branches = [branch("B1"), branch("B2", "临时"), branch("B3", 成立日期="2020-11")]
    return {"支部": branches, "干部": registered, "党费": paid, "党费收支": funds, "走访": visits}


def added_up(book: Book) -> Counter[tuple[str, str]]:
    """Figure and month -> value, from what stands in the end."""
    totals: Counter[tuple[str, str]] = Counter()
    standing: dict[object, Line] = {}
    credited: set[object] = set()
    for row in book["党费"]:
        gone = standing.pop(row.get("更正序号"), None)
        credited.discard(row.get("更正序号"))
        assert (gone is None) == (row.get("更正序号") is None)
        if is_void(row):
            continue
        taken = {(standing[number]["编号"], standing[number]["所属月份"]) for number in credited}
        if (row["编号"], row["所属月份"]) not in taken:
            credited.add(row["序号"])
        standing[row["序号"]] = row
    for number, row in standing.items():
        totals["dues.collected", month(row["收款日期"])] += fen_of(row)
        totals["dues.credited", month(row["所属月份"])] += fen_of(row) if number in credited else 0
    for row in book["党费收支"]:
        totals[FUNDS[str(row["类别"])], month(row["日期"])] += fen_of(row)
    for row in counted_visits(book["走访"]):
        totals["visits.online" if row["方式"] == "网上" else "visits.made", month(row["日期"])] += 1
    return totals


def counted_visits(rows: object) -> list[Line]:
    """Of visits alike, the first and those that are said to be no repetition; never none while one stands."""
    standing: list[tuple[Line, bool]] = []
    assert isinstance(rows, list)
    for row in rows:
        gone = [held for held in standing if held[0]["序号"] == row.get("更正序号")]
        standing = [held for held in standing if held not in gone]
        for was, _ in gone:
            like = [place for place, held in enumerate(standing) if look(held[0]) == look(was)]
            if like and not any(standing[place][1] for place in like):
                standing[like[0]] = (standing[like[0]][0], True)
        if not is_void(row):
            seen = any(look(held) == look(row) for held, _ in standing)
            standing.append((row, not seen or row["备注"] == "非重复"))
    return [row for row, counts in standing if counts]


def look(row: Line) -> tuple[object, ...]:
    return row["编号"], row["日期"], row["事由"], row["方式"]


def stocks_of(book: Book) -> Counter[str]:
    stocks: Counter[str] = Counter()
    for row in book["干部"]:
        stocks["cadres.veteran" if row["类别"] == "离休" else "cadres.retired"] += 1
        stocks["cadres.smartphone"] += row["智能手机"] == "是"
        stocks["cadres.frail"] += row["行动不便"] == "是"
        stocks["members.affiliated"] += row["所属支部"] in {"B1", "B3"}
        stocks["members.participating"] += row["参加支部"] == "B2"
    return stocks


def check(ledger: Ledger, book: Book) -> None:
    totals, stocks = added_up(book), stocks_of(book)
    for found_in, found in ledger.figures(PERIOD).by_month().items():
        expected = {figure: totals[figure, str(found_in)] for figure in FLOWS}
        assert {figure: found[figure] for figure in FLOWS} == expected, found_in
        assert {figure: found[figure] for figure in STOCKS} == {figure: stocks[figure] for figure in STOCKS}


@settings(max_examples=40)
@given(books(), st.data())
def test_a_workbook_gives_what_its_rows_add_up_to(book: Book, data: st.DataObject) -> None:
    """Whole, or first some of the people and of each journal's rows."""
    with tempfile.TemporaryDirectory() as place, new_ledger(Path(place)) as ledger:
        if data.draw(st.booleans(), label="a part first"):
            part = {
                sheet: rows[: data.draw(st.integers(0, len(rows)))] if sheet not in {"支部", "干部"} else rows
                for sheet, rows in book.items()
            }
            take_in(ledger, Path(place), part)
            check(ledger, part)
        report = take_in(ledger, Path(place), book)
        assert all(said.recorded + said.known == said.rows for said in report.sheets.values())
        check(ledger, book)
        position = ledger.position
        shuffled = {sheet: data.draw(st.permutations(list(rows)), label=sheet) for sheet, rows in book.items()}
        assert take_in(ledger, Path(place), shuffled).events == 0
        assert ledger.position == position

"""Any workbook of any community, against totals that are added up in the plainest way there is."""

import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.intake.office import (
    Book,
    Line,
    activity,
    attendance,
    branch,
    cadre,
    dues,
    facility,
    fund,
    new_ledger,
    notice,
    partner,
    regulation,
    step,
    suggestion,
    take_in,
    team,
    visit,
    wish,
)

from cadreledger import Ledger

PERIOD = "2020-10..2021-06"
DAYS = (date(2020, 11, 1), date(2021, 5, 31))
FLOWS = {
    *("dues.collected", "dues.credited", "dues.remitted", "dues.returned"),
    *("fund.spent", "visits.made", "visits.online"),
    *("party_days.held", "study.sessions", "performances.held", "performances.items"),
    *("attendance.in_person", "attendance.made_up", "wishes.made", "wishes.fulfilled"),
    *("surveys.made", "issues.found", "issues.rectified", "issues.verified"),
    *("notices.published", "suggestions.received", "suggestions.answered"),
}
STOCKS = {
    *("cadres.veteran", "cadres.retired", "cadres.smartphone", "cadres.frail"),
    *("members.affiliated", "members.participating"),
    *("teams.service", "teams.cultural", "service.people", "rooms.count", "books.volumes"),
    *("partners.count", "regulations.in_force"),
}
HELD = {"主题党日": "party_days.held", "集中学习": "study.sessions", "演出": "performances.held"}
WORKED = {"自查问题": "issues.found", "整改": "issues.rectified", "验收": "issues.verified"}
WHOLE = {"支部", "干部", "队伍", "活动"}  # what rows of other sheets are about
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
def services(draw: st.DrawFn, codes: list[str]) -> Book:
    """What is held, who takes part, and what people wish for."""
    held = [
        activity(f"H{number}", str(draw(days)), kind, 组织者=organiser, 节目数=items)
        for number, (kind, organiser, items) in enumerate(draw(st.lists(activity_parts, max_size=4)))
    ]
    pairs = [(str(row["活动编号"]), code) for row in held for code in codes]
    modes = st.sampled_from(["现场", "网上补学"])
    attended = (
        draw(st.lists(st.tuples(st.sampled_from(pairs), modes), max_size=6, unique_by=lambda item: item[0]))
        if pairs
        else []
    )
    return {
        "活动": held,
        "出勤": [attendance(*pair, mode) for pair, mode in attended],
        "微心愿": [draw(wishes(f"W{number}", codes)) for number in range(draw(st.integers(0, 4)))],
    }


activity_parts = st.tuples(
    st.sampled_from(sorted(HELD)), st.sampled_from([None, "B1", "T0", "社区"]), st.sampled_from([None, 3])
)


@st.composite
def wishes(draw: st.DrawFn, code: str, codes: list[str]) -> Line:
    made, claimed, done = sorted(draw(st.tuples(days, days, days)))
    status = draw(st.sampled_from(["待认领", "已认领", "已完成", "已取消"]))
    row = dict(wish(code, draw(st.sampled_from(codes)), str(made), status))
    if status != "待认领":
        row |= {"认领人": "志愿者岗", "认领日期": str(claimed)}
    return row | ({"完成日期": str(done), "件次": draw(st.sampled_from([None, 2]))} if status == "已完成" else {})


@st.composite
def community(draw: st.DrawFn) -> Book:
    """Teams, facilities, partners, regulations; notices and what is said of them; the programme."""
    counts, numbers = st.sampled_from([None, 0, 7]), st.integers(0, 3)
    worked: list[Line] = []
    for number in range(1, draw(st.integers(0, 6)) + 1):
        issues = [row["序号"] for row in worked if row["事项"] == "自查问题"]
        matter = draw(st.sampled_from(["调研", "自查问题", *(["整改", "验收"] if issues else [])]))
        row = dict(
            step(number, str(draw(st.dates(date(2021, 1, 1), DAYS[1]))), matter, 数量=draw(st.sampled_from([None, 1])))
        )
        worked.append(row | ({"关联序号": draw(st.sampled_from(issues))} if matter in {"整改", "验收"} else {}))
    received = [draw(suggestions(number)) for number in range(1, draw(numbers) + 1)]
    return {
        "队伍": [
            team(f"T{n}", draw(st.sampled_from(["服务", "文体"])), 人数=draw(counts)) for n in range(draw(numbers))
        ],
        "设施": [facility(f"F{n}", draw(st.sampled_from(["功能室", "图书"])), n) for n in range(draw(numbers))],
        "共建单位": [partner(f"P{n}") for n in range(draw(numbers))],
        "制度": [regulation(f"Z{n}", draw(st.sampled_from(["建立", "修订"]))) for n in range(draw(numbers))],
        "公示": [notice(f"N{n}", str(draw(days)), "2020-11", "2020-12") for n in range(draw(numbers))],
        "意见建议": received,
        "创建工作": worked,
    }


@st.composite
def suggestions(draw: st.DrawFn, number: int) -> Line:
    received, answered = sorted(draw(st.tuples(days, days)))
    return suggestion(
        number, str(received), **({"答复日期": str(answered), "答复": "好"} if draw(st.booleans()) else {})
    )


@st.composite
def books(draw: st.DrawFn) -> Book:
    registered = draw(people())
    payers = [str(row["编号"]) for row in registered if row["所属支部"] in {"B1", "B3"}]
    paid, funds, visits = draw(journals([str(row["编号"]) for row in registered], payers))
    branches = [branch("B1"), branch("B2", "临时"), branch("B3", 成立日期="2020-11")]
    journal = {"支部": branches, "干部": registered, "党费": paid, "党费收支": funds, "走访": visits}
    return {**journal, **draw(services([str(row["编号"]) for row in registered])), **draw(community())}


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
        taken = {
            (standing[number]["编号"], standing[number]["所属月份"])
            for number in credited
            if fen_of(standing[number])  # of nothing, no month is paid
        }
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
    return totals + added_up_elsewhere(book)


def added_up_elsewhere(book: Book) -> Counter[tuple[str, str]]:
    totals: Counter[tuple[str, str]] = Counter()
    held_in = {row["活动编号"]: month(row["日期"]) for row in book["活动"]}
    for row in book["活动"]:
        totals[HELD[str(row["类别"])], month(row["日期"])] += 1
        totals["performances.items", month(row["日期"])] += number_in(row, "节目数", 0) * (row["类别"] == "演出")
    for row in book["出勤"]:
        totals["attendance.in_person" if row["方式"] == "现场" else "attendance.made_up", held_in[row["活动编号"]]] += 1
    for row in book["微心愿"]:
        totals["wishes.made", month(row["提出日期"])] += 1
        if row["状态"] == "已完成":
            totals["wishes.fulfilled", month(row["完成日期"])] += number_in(row, "件次", 1)
    for row in book["创建工作"]:
        totals[WORKED.get(str(row["事项"]), "surveys.made"), month(row["日期"])] += 1
    for row in book["公示"]:
        totals["notices.published", month(row["公示日期"])] += 1
    for row in book["意见建议"]:
        totals["suggestions.received", month(row["日期"])] += 1
        totals["suggestions.answered", month(row.get("答复日期"))] += 1
    return totals


def number_in(row: Line, header: str, blank: int) -> int:
    return blank if row[header] is None else int(str(row[header]))


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
    for row in book["队伍"]:
        stocks["teams.service" if row["类别"] == "服务" else "teams.cultural"] += 1
        stocks["service.people"] += number_in(row, "人数", 0) * (row["类别"] == "服务")
    for row in book["设施"]:
        stocks["rooms.count" if row["类别"] == "功能室" else "books.volumes"] += number_in(row, "数量", 0)
    return stocks + Counter({"partners.count": len(book["共建单位"]), "regulations.in_force": len(book["制度"])})


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
                sheet: rows[: data.draw(st.integers(0, len(rows)))] if sheet not in WHOLE else rows
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

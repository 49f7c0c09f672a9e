"""An office for tests: a ledger whose clock stands still, and workbooks typed row by row."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from openpyxl import Workbook

from cadreledger import Ledger
from cadreledger.errors import IntakeProblem
from cadreledger.intake import ImportReport, import_workbook
from cadreledger.intake.sheets import SHEETS

__all__ = [
    "BRANCHES",
    "NOW",
    "PEOPLE",
    "Book",
    "Line",
    "activity",
    "attendance",
    "branch",
    "brief",
    "cadre",
    "dues",
    "facility",
    "fund",
    "new_ledger",
    "notice",
    "partner",
    "profile",
    "regulation",
    "step",
    "suggestion",
    "take_in",
    "team",
    "values",
    "visit",
    "wires",
    "wish",
    "write_book",
]

Line = Mapping[str, object]
"""A row: what is typed under each header; blank where nothing is said."""

Book = Mapping[str, Sequence[Line]]
"""Rows by sheet; a sheet that is not named has none."""

NOW: Final = datetime(2021, 12, 31, 12, tzinfo=UTC)


def branch(code: str, kind: str = "正式", **more: object) -> Line:
    return {"支部编号": code, "名称": f"{code}支部", "类型": kind, "书记": "书记岗"} | more


def cadre(code: str, name: str, kind: str = "退休", **more: object) -> Line:
    return {"编号": code, "姓名": name, "类别": kind, "党员": "是"} | more


def dues(number: int, on: str, code: str, month: str, amount: object, **more: object) -> Line:
    return {"序号": number, "收款日期": on, "编号": code, "所属月份": month, "金额": amount, "方式": "现金"} | more


def fund(number: int, on: str, kind: str, amount: object, **more: object) -> Line:
    row = {"序号": number, "日期": on, "支部编号": "B1", "类别": kind, "金额": amount, "依据": "决议"}
    return row | ({"用途": "主题党日"} if kind == "支出" else {}) | more


def visit(number: int, on: str, code: str, **more: object) -> Line:
    return {"序号": number, "日期": on, "编号": code, "事由": "送学", "方式": "上门", "小组": "一组"} | more


def profile(item: str, value: object, **more: object) -> Line:
    return {"项目": item, "数值": value} | more


def activity(code: str, on: str, kind: str = "主题党日", **more: object) -> Line:
    title = "支委会" if kind == "三会一课" else f"{kind}{code}"
    return {"活动编号": code, "日期": on, "类别": kind, "名称": title} | more


def attendance(activity_code: str, cadre_code: str, mode: str = "现场", **more: object) -> Line:
    return {"活动编号": activity_code, "编号": cadre_code, "方式": mode} | more


def wish(code: str, cadre_code: str, on: str, status: str = "待认领", **more: object) -> Line:
    return {"心愿编号": code, "编号": cadre_code, "提出日期": on, "状态": status} | more


def team(code: str, kind: str = "文体", **more: object) -> Line:
    return {"队伍编号": code, "名称": f"{code}队", "类别": kind} | more


def facility(code: str, kind: str = "功能室", count: object = 1, **more: object) -> Line:
    return {"设施编号": code, "名称": f"{kind}{code}", "类别": kind, "数量": count} | more


def partner(code: str, **more: object) -> Line:
    return {"单位编号": code, "名称": f"{code}单位"} | more


def regulation(code: str, way: str = "建立", **more: object) -> Line:
    return {"制度编号": code, "名称": f"{code}制度", "方式": way} | more


def step(number: int, on: str, matter: str, **more: object) -> Line:
    """A row of 创建工作."""
    return {"序号": number, "日期": on, "事项": matter} | more


def notice(number: str, on: str, first: str, last: str, **more: object) -> Line:
    return {"期号": number, "公示日期": on, "期间起": first, "期间止": last} | more


def suggestion(number: int, on: str, **more: object) -> Line:
    return {"序号": number, "日期": on} | more


BRANCHES: Final = (branch("B1", 成立日期="2012-06-28"), branch("B2", "临时"))
PEOPLE: Final[Book] = {
    "支部": BRANCHES,
    "干部": (
        cadre("C1", "甲建国", "离休", 所属支部="B1", 行动不便="是", 党费基数=1760, 基数起始月="2021-01"),
        cadre("C2", "乙秀英", 所属支部="B1", 智能手机="是"),
        cadre("C3", "丙卫东", 所属支部="外地 某支部（二）", 参加支部="B2"),
    ),
}


def write_book(path: Path, rows: Book, headers: Mapping[str, Sequence[str]] | None = None) -> Path:
    """Writes a workbook with all sheets of the format. ``headers`` puts the columns of a sheet into another order."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for form in SHEETS:
        sheet = workbook.create_sheet(form.name)
        columns = (headers or {}).get(form.name, form.headers)
        sheet.append(columns)
        for row in rows.get(form.name, ()):
            assert set(row) <= set(columns), set(row) - set(columns)
            sheet.append([row.get(header) for header in columns])
            for cell in sheet[sheet.max_row]:
                if isinstance(cell.value, str):
                    cell.data_type = "s"  # text that starts with "=" is text
    workbook.save(path)
    return path


@contextmanager
def new_ledger(folder: Path, now: datetime = NOW) -> Iterator[Ledger]:
    """A new ledger in ``folder``, at ``now`` for ever."""
    with Ledger.create(folder / "office.ledger", name="测试社区", clock=lambda: now) as ledger:
        yield ledger


def take_in(ledger: Ledger, folder: Path, rows: Book, *, dry_run: bool = False) -> ImportReport:
    """Types a workbook into ``folder`` and imports it."""
    return import_workbook(ledger, write_book(folder / "book.xlsx", rows), dry_run=dry_run)


def values(ledger: Ledger, period: str = "2021") -> dict[str, int]:
    """The figures of a period that are not zero."""
    return {key: figure.value for key, figure in ledger.figures(period).items() if figure.value}


def wires(ledger: Ledger, subject: str) -> list[str]:
    """What happened to somebody, by its names."""
    return [recorded.event.wire.partition("/")[0] for recorded in ledger.history(subject)]


def brief(found: Sequence[IntakeProblem]) -> list[tuple[str, str, str]]:
    return [(problem.sheet, problem.cell, problem.code) for problem in found]

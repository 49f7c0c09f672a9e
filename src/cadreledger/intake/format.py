"""The format of the office workbook as data: which sheets, which columns, and what a column holds."""

from collections.abc import Callable
from datetime import date
from typing import Final, Generic, TypeVar

import attrs

from cadreledger.intake import cells, words
from cadreledger.intake.cells import CellValue, Oddity
from cadreledger.values import Month

__all__ = [
    "CLEAR_BYTES_MAX",
    "LOCKED_BYTES_MAX",
    "SHEETS",
    "SHEET_NAMES",
    "BranchColumns",
    "CadreColumns",
    "Column",
    "DuesColumns",
    "FundColumns",
    "Kind",
    "SheetForm",
    "VisitColumns",
]

# What the texts of a row may take of a section of its event; the rest is for the section's other fields.
LOCKED_BYTES_MAX: Final = 65_536 - 1_024
CLEAR_BYTES_MAX: Final = 16_384 - 1_024

T_co = TypeVar("T_co", covariant=True)


def _no_oddities(_value: CellValue) -> tuple[Oddity, ...]:
    return ()


@attrs.frozen
class Kind(Generic[T_co]):
    """What a cell of a column holds: how it is read, and what is worth a warning."""

    parse: Callable[[CellValue], T_co | None]
    oddities: Callable[[CellValue], tuple[Oddity, ...]] = _no_oddities


@attrs.frozen
class Column(Generic[T_co]):
    """One column of a sheet, found by its header. What stands in a ``personal`` one is never shown in a message."""

    header: str
    kind: Kind[T_co]
    required: bool = attrs.field(default=False, kw_only=True)
    personal: bool = attrs.field(default=False, kw_only=True)


@attrs.frozen
class SheetForm:
    """One sheet: all its headers, and the columns that are read (none: the sheet is not read yet)."""

    name: str
    headers: tuple[str, ...]
    columns: tuple[Column[object], ...] = ()


_AMOUNT: Final = Kind(cells.amount)
_CODE: Final = Kind(cells.code, cells.text_oddities)
_DAY: Final = Kind(cells.day, cells.day_oddities)
_DAY_OR_MONTH: Final[Kind[date | Month]] = Kind(cells.day_or_month, cells.day_oddities)
_MONTH: Final = Kind(cells.month)
_SEQUENCE: Final = Kind(cells.sequence)
_YES_NO: Final = Kind(cells.yes_no)
_LABEL: Final = Kind(cells.label(CLEAR_BYTES_MAX), cells.text_oddities)
_TEXT: Final = Kind(cells.text(CLEAR_BYTES_MAX), cells.text_oddities)
_PERSONAL_TEXT: Final = Kind(cells.text(LOCKED_BYTES_MAX), cells.text_oddities)


class BranchColumns:
    """支部."""

    CODE = Column("支部编号", _CODE, required=True)
    NAME = Column("名称", _TEXT, required=True)
    KIND = Column("类型", Kind(cells.word(words.BRANCH_KINDS)), required=True)
    ESTABLISHED = Column("成立日期", _DAY_OR_MONTH)
    APPROVAL = Column("批准文号", _TEXT)
    SECRETARY = Column("书记", _TEXT, personal=True)  # a post, or the name of who holds it
    ORGANISER = Column("组织委员", _TEXT, personal=True)
    PUBLICIST = Column("宣传委员", _TEXT, personal=True)
    LIAISON = Column("联络员", _TEXT, personal=True)


class CadreColumns:
    """干部."""

    CODE = Column("编号", _CODE, required=True, personal=True)
    NAME = Column("姓名", _PERSONAL_TEXT, required=True, personal=True)
    SEX = Column("性别", Kind(cells.word(words.SEXES)), personal=True)
    BORN = Column("出生年月", _MONTH, personal=True)
    KIND = Column("类别", Kind(cells.word(words.CADRE_KINDS)), required=True)
    PHONE = Column("手机", _PERSONAL_TEXT, personal=True)
    ADDRESS = Column("住址", _PERSONAL_TEXT, personal=True)
    SMARTPHONE = Column("智能手机", _YES_NO)
    FRAIL = Column("行动不便", _YES_NO, personal=True)
    MEMBER = Column("党员", _YES_NO)
    FULL_MEMBER_ON = Column("转正日期", _DAY, personal=True)
    FORMAL_BRANCH = Column("所属支部", _LABEL)
    JOINED_BRANCH = Column("参加支部", _LABEL)
    DUES_BASE = Column("党费基数", _AMOUNT, personal=True)
    DUES_BASE_FROM = Column("基数起始月", _MONTH)


class DuesColumns:
    """党费."""

    NUMBER = Column("序号", _SEQUENCE, required=True)
    REGISTERED_ON = Column("登记日期", _DAY)
    RECEIVED_ON = Column("收款日期", _DAY, required=True)
    CADRE = Column("编号", _CODE, required=True, personal=True)
    FOR_MONTH = Column("所属月份", _MONTH, required=True)
    AMOUNT = Column("金额", _AMOUNT)  # required, unless the row voids another
    METHOD = Column("方式", Kind(cells.word(words.METHODS)))
    RECEIPT = Column("收据号", _TEXT)
    COLLECTOR = Column("经办人", _TEXT, personal=True)
    CORRECTS = Column("更正序号", _SEQUENCE)
    NOTE = Column("备注", _PERSONAL_TEXT, personal=True)


class FundColumns:
    """党费收支."""

    NUMBER = Column("序号", _SEQUENCE, required=True)
    ON = Column("日期", _DAY, required=True)
    BRANCH = Column("支部编号", _CODE, required=True)
    KIND = Column("类别", Kind(cells.word(words.FUND_KINDS)), required=True)
    AMOUNT = Column("金额", _AMOUNT, required=True)
    USE = Column("用途", _LABEL)  # another word than those of the list is a warning, so it is no list
    BASIS = Column("依据", _TEXT)
    HANDLER = Column("经办人", _TEXT, personal=True)
    APPROVER = Column("审批人", _TEXT, personal=True)
    NOTE = Column("备注", _PERSONAL_TEXT, personal=True)


class VisitColumns:
    """走访."""

    NUMBER = Column("序号", _SEQUENCE, required=True)
    REGISTERED_ON = Column("登记日期", _DAY)
    ON = Column("日期", _DAY, required=True)
    GROUP = Column("小组", _LABEL)
    CADRE = Column("编号", _CODE, required=True, personal=True)
    REASON = Column("事由", Kind(cells.word(words.VISIT_REASONS)), required=True)
    CONTENT = Column("内容", _PERSONAL_TEXT, personal=True)
    MODE = Column("方式", Kind(cells.word(words.VISIT_MODES)), required=True)
    HANDLER = Column("经办人", _TEXT, personal=True)
    CORRECTS = Column("更正序号", _SEQUENCE)
    NOTE = Column("备注", _PERSONAL_TEXT, personal=True)


def _read(name: str, namespace: type) -> SheetForm:
    columns = tuple(column for column in vars(namespace).values() if isinstance(column, Column))
    return SheetForm(name, tuple(column.header for column in columns), columns)


def _not_read(name: str, headers: str) -> SheetForm:
    return SheetForm(name, tuple(headers.split()))


BRANCHES: Final = _read("支部", BranchColumns)
CADRES: Final = _read("干部", CadreColumns)
DUES: Final = _read("党费", DuesColumns)
FUNDS: Final = _read("党费收支", FundColumns)
VISITS: Final = _read("走访", VisitColumns)

SHEETS: Final = (
    _not_read("概况", "项目 数值 单位 精度 期间 依据"),
    BRANCHES,
    CADRES,
    DUES,
    FUNDS,
    VISITS,
    _not_read("活动", "活动编号 日期 类别 名称 组织者 场地编号 参加人数 节目数 备注"),
    _not_read("出勤", "活动编号 编号 方式 备注"),
    _not_read("微心愿", "心愿编号 编号 提出日期 内容 认领人 认领日期 完成日期 状态 件次"),
    _not_read("队伍", "队伍编号 名称 类别 成立日期 负责人 人数 社工师人数 备注"),
    _not_read("设施", "设施编号 名称 类别 数量 单位 精度 面积 提供单位 开放条件 备注"),
    _not_read("共建单位", "单位编号 名称 类别 支持内容"),
    _not_read("制度", "制度编号 名称 方式 日期"),
    _not_read("创建工作", "序号 日期 事项 内容 数量 单位 责任人 依据 关联序号"),
    _not_read("公示", "期号 公示日期 期间起 期间止 栏目 提出人 审核人 审批人"),
    _not_read("意见建议", "序号 日期 期号 内容 答复日期 答复"),
)
"""All sheets of the format, in its order."""

SHEET_NAMES: Final = tuple(form.name for form in SHEETS)

"""The five sheets that are read: for each, a row's key, the rules of its own, and the typed row it becomes."""

from collections.abc import Callable, Mapping
from typing import Final, Generic, TypeVar

import attrs

from cadreledger.errors import InputError
from cadreledger.intake import format as forms
from cadreledger.intake.cells import normal
from cadreledger.intake.format import (
    BranchColumns,
    CadreColumns,
    Column,
    DuesColumns,
    FundColumns,
    SheetForm,
    VisitColumns,
)
from cadreledger.intake.keys import Corrections, Keys, numbered_key
from cadreledger.intake.lines import Line, read_lines
from cadreledger.intake.problems import Code, Problems
from cadreledger.intake.rows import BranchRow, CadreRow, DuesRow, FundRow, Row, VisitRow
from cadreledger.intake.words import FUND_USES, FundKind, FundUse
from cadreledger.intake.workbook import Worksheet
from cadreledger.values import Month, Period

__all__ = ["BRANCHES", "CADRES", "DUES", "FUNDS", "VISITS", "Register", "RegisterRead"]

PREPAID_MONTHS_MAX: Final = 5  # after the month of receipt: six in all (中组发〔2008〕3号, art. 12)
_VOID: Final = "作废"
_DISTINCT: Final = "非重复"

R = TypeVar("R", bound=Row)


@attrs.frozen(kw_only=True)
class RegisterRead(Generic[R]):
    """One sheet, read: its sound rows, every key that could be read, and how many rows there were."""

    sheet: str
    rows: tuple[R, ...] = attrs.field(repr=False)
    keys: frozenset[str] = attrs.field(repr=False)
    rows_count: int


def _no_check(_line: Line) -> None:
    pass


def _no_target(_line: Line) -> str | None:
    return None


@attrs.frozen(kw_only=True)
class Register(Generic[R]):
    """How one sheet is read: ``target`` is the key of the row corrected; all but ``build`` see lines in error too."""

    form: SheetForm
    key_column: Column[object]
    key: Callable[[Line], str | None]
    build: Callable[[Line, str], R]
    check: Callable[[Line], None] = _no_check
    target_column: Column[object] | None = None
    target: Callable[[Line], str | None] = _no_target

    def read(self, sheets: Mapping[str, Worksheet], problems: Problems) -> RegisterRead[R]:
        """Read this register's sheet, if it is there; what is wrong goes to ``problems``."""
        keys = Keys(self.key_column)
        corrections = Corrections(self.target_column or self.key_column)
        rows: list[R] = []
        rows_count = 0
        sheet = sheets.get(self.form.name)
        for line in read_lines(sheet, self.form, problems) if sheet else ():
            rows_count += 1
            key = self.key(line)
            keys.add(key, line)
            corrections.add(key, self.target(line), line)
            self.check(line)
            if key is not None and line.is_sound:
                rows.append(self.build(line, key))
        looped = corrections.check_loops()
        sound = tuple(row for row in rows if row.key not in looped)
        return RegisterRead(sheet=self.form.name, rows=sound, keys=keys.known(), rows_count=rows_count)


def _branch(line: Line, key: str) -> BranchRow:
    return BranchRow(
        at=line.at,
        key=key,
        name=line.need(BranchColumns.NAME),
        kind=line.need(BranchColumns.KIND),
        established=line.get(BranchColumns.ESTABLISHED),
        approval=line.get(BranchColumns.APPROVAL),
        secretary=line.get(BranchColumns.SECRETARY),
        organiser=line.get(BranchColumns.ORGANISER),
        publicist=line.get(BranchColumns.PUBLICIST),
        liaison=line.get(BranchColumns.LIAISON),
    )


def _cadre(line: Line, key: str) -> CadreRow:
    return CadreRow(
        at=line.at,
        key=key,
        name=line.need(CadreColumns.NAME),
        sex=line.get(CadreColumns.SEX),
        born=line.get(CadreColumns.BORN),
        kind=line.need(CadreColumns.KIND),
        phone=line.get(CadreColumns.PHONE),
        address=line.get(CadreColumns.ADDRESS),
        smartphone=line.need(CadreColumns.SMARTPHONE),
        frail=line.need(CadreColumns.FRAIL),
        member=line.need(CadreColumns.MEMBER),
        full_member_on=line.get(CadreColumns.FULL_MEMBER_ON),
        formal_branch=line.get(CadreColumns.FORMAL_BRANCH),
        joined_branch=line.get(CadreColumns.JOINED_BRANCH),
        dues_base=line.get(CadreColumns.DUES_BASE),
        dues_base_from=line.get(CadreColumns.DUES_BASE_FROM),
    )


def _dues_key(line: Line) -> str | None:
    return numbered_key(line.get(DuesColumns.RECEIVED_ON), line.get(DuesColumns.NUMBER))


def _dues_target(line: Line) -> str | None:
    return numbered_key(line.get(DuesColumns.RECEIVED_ON), line.get(DuesColumns.CORRECTS))


def _check_dues(line: Line) -> None:
    """An amount, unless another row is voided; and dues for at most five months ahead."""
    _check_void(line, DuesColumns.CORRECTS, DuesColumns.NOTE)
    is_payment = line.get(DuesColumns.CORRECTS) is None and not line.failed(DuesColumns.CORRECTS)
    if is_payment and line.get(DuesColumns.AMOUNT) is None and not line.failed(DuesColumns.AMOUNT):
        hint = "Only a row with 更正序号 may leave it blank: it voids the row it names."
        line.error(DuesColumns.AMOUNT, Code.MISSING_VALUE, expected="a value in 金额", hint=hint)
    received_on, for_month = line.get(DuesColumns.RECEIVED_ON), line.get(DuesColumns.FOR_MONTH)
    if received_on and for_month and for_month.months_since(Month.of(received_on)) > PREPAID_MONTHS_MAX:
        expected = f"at most {PREPAID_MONTHS_MAX} months after the month of receipt, {Month.of(received_on)}"
        line.error(DuesColumns.FOR_MONTH, Code.MONTH_TOO_FAR, expected=expected)


def _dues(line: Line, key: str) -> DuesRow:
    corrects = _dues_target(line)
    amount = line.get(DuesColumns.AMOUNT)
    received_on = line.need(DuesColumns.RECEIVED_ON)
    return DuesRow(
        at=line.at,
        key=key,
        number=line.need(DuesColumns.NUMBER),
        registered_on=line.get(DuesColumns.REGISTERED_ON) or received_on,
        received_on=received_on,
        cadre=line.need(DuesColumns.CADRE),
        for_month=line.need(DuesColumns.FOR_MONTH),
        amount=amount,
        method=line.get(DuesColumns.METHOD),
        receipt=line.get(DuesColumns.RECEIPT),
        collector=line.get(DuesColumns.COLLECTOR),
        corrects=corrects,
        is_void=corrects is not None and (amount is None or _says_void(line, DuesColumns.NOTE)),
        note=line.get(DuesColumns.NOTE),
    )


def _fund_key(line: Line) -> str | None:
    return numbered_key(line.get(FundColumns.ON), line.get(FundColumns.NUMBER))


def _check_fund(line: Line) -> None:
    """What is spent has a use, and nothing else has; this register knows no corrections."""
    if _says_void(line, FundColumns.NOTE):
        hint = "This sheet has no 更正序号: take the row out, or put it right in its place."
        line.error(FundColumns.NOTE, Code.VOID_WITHOUT_CORRECTION, expected="a row that stands", hint=hint)
    kind, use = line.get(FundColumns.KIND), line.get(FundColumns.USE)
    if kind is None or line.failed(FundColumns.USE):
        return
    if kind is not FundKind.SPENT:
        if use is not None:
            line.warn(FundColumns.USE, Code.VALUE_UNUSED, expected="blank, but for 支出", hint="It is not recorded.")
    elif use is None:
        line.warn(FundColumns.USE, Code.USE_MISSING, expected=f"one of {', '.join(FUND_USES)}")
    elif use not in FUND_USES:
        hint = "It is counted as another use than those of the list."
        line.warn(FundColumns.USE, Code.UNKNOWN_WORD, expected=f"one of {', '.join(FUND_USES)}", hint=hint)


def _fund(line: Line, key: str) -> FundRow:
    kind = line.need(FundColumns.KIND)
    use_word, note = line.get(FundColumns.USE), line.get(FundColumns.NOTE)
    return FundRow(
        at=line.at,
        key=key,
        number=line.need(FundColumns.NUMBER),
        on=line.need(FundColumns.ON),
        branch=line.need(FundColumns.BRANCH),
        kind=kind,
        amount=line.need(FundColumns.AMOUNT),
        use=FUND_USES.get(use_word or "", FundUse.OTHER) if kind is FundKind.SPENT else None,
        use_word=use_word,
        base=_period(note) if kind is not FundKind.SPENT else None,
        basis=line.get(FundColumns.BASIS),
        handler=line.get(FundColumns.HANDLER),
        approver=line.get(FundColumns.APPROVER),
        note=note,
    )


def _visit_key(line: Line) -> str | None:
    return numbered_key(line.get(VisitColumns.ON), line.get(VisitColumns.NUMBER))


def _visit_target(line: Line) -> str | None:
    return numbered_key(line.get(VisitColumns.ON), line.get(VisitColumns.CORRECTS))


def _check_visit(line: Line) -> None:
    _check_void(line, VisitColumns.CORRECTS, VisitColumns.NOTE)


def _visit(line: Line, key: str) -> VisitRow:
    corrects = _visit_target(line)
    on = line.need(VisitColumns.ON)
    note = line.get(VisitColumns.NOTE)
    return VisitRow(
        at=line.at,
        key=key,
        number=line.need(VisitColumns.NUMBER),
        registered_on=line.get(VisitColumns.REGISTERED_ON) or on,
        on=on,
        group=line.get(VisitColumns.GROUP),
        cadre=line.need(VisitColumns.CADRE),
        reason=line.need(VisitColumns.REASON),
        content=line.get(VisitColumns.CONTENT),
        mode=line.need(VisitColumns.MODE),
        handler=line.get(VisitColumns.HANDLER),
        corrects=corrects,
        is_void=corrects is not None and _says_void(line, VisitColumns.NOTE),
        is_distinct=note == _DISTINCT,
        note=note,
    )


def _says_void(line: Line, note: Column[str]) -> bool:
    return _VOID in (line.get(note) or "")


def _check_void(line: Line, corrects: Column[int], note: Column[str]) -> None:
    """作废 must say which row it means."""
    if _says_void(line, note) and line.get(corrects) is None and not line.failed(corrects):
        hint = "Put the 序号 of the row that is void into 更正序号, or take 作废 out of 备注."
        line.error(corrects, Code.VOID_WITHOUT_CORRECTION, expected="the 序号 of the row that is void", hint=hint)


def _period(note: str | None) -> Period | None:
    """The base period that ``note`` is, if it is nothing else."""
    try:
        return Period.parse(normal(note)) if note else None
    except InputError:
        return None


BRANCHES: Final = Register(
    form=forms.BRANCHES,
    key_column=BranchColumns.CODE,
    key=lambda line: line.get(BranchColumns.CODE),
    build=_branch,
)
CADRES: Final = Register(
    form=forms.CADRES,
    key_column=CadreColumns.CODE,
    key=lambda line: line.get(CadreColumns.CODE),
    build=_cadre,
)
DUES: Final = Register(
    form=forms.DUES,
    key_column=DuesColumns.NUMBER,
    key=_dues_key,
    build=_dues,
    check=_check_dues,
    target_column=DuesColumns.CORRECTS,
    target=_dues_target,
)
FUNDS: Final = Register(form=forms.FUNDS, key_column=FundColumns.NUMBER, key=_fund_key, build=_fund, check=_check_fund)
VISITS: Final = Register(
    form=forms.VISITS,
    key_column=VisitColumns.NUMBER,
    key=_visit_key,
    build=_visit,
    check=_check_visit,
    target_column=VisitColumns.CORRECTS,
    target=_visit_target,
)

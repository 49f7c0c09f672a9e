"""Whatever a verb is given, it decides or says why not, in our words, without theirs; never half of it."""

import inspect
import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadreledger import CadreLedgerError, Ledger, Month, Period, Transaction, fen, yuan
from cadreledger.aggregates import Branch, Cadre
from cadreledger.events.cadre import CadreKind, VisitReason
from cadreledger.ledger.commit import encode
from cadreledger.ledger.transaction import Branches, Cadres
from cadreledger.store import NewRecord

DAY, JULY = date(2021, 7, 5), Month(2021, 7)
MARK = "赵某017机密"  # stands for what no error may repeat
BY = "staff:a"

JUNK: list[object] = [
    None,
    True,
    0,
    -1,
    3,
    2**31,
    2**80,
    1.5,
    float("nan"),
    Decimal("8.50"),
    1j,
    "",
    " ",
    "x",
    "2021-07",
    "8.50",
    MARK,
    f"{MARK}\ud800",
    "\ud800",
    "\0",
    "C1",
    "branch:B1",
    "cadre:" + "0" * 32,
    "长" * 70_000,
    MARK.encode(),
    bytearray(b"x"),
    [],
    [MARK],
    {},
    {MARK: MARK},
    (),
    set(),
    object(),
    object,
    date(1, 1, 1),
    date(1899, 12, 31),
    date(9999, 12, 31),
    datetime(2021, 7, 5, tzinfo=UTC),
    Month(1900, 1),
    Month(9998, 12),
    Period.parse("2021"),
    Period.parse("1900-01..9998-12"),
    fen(0),
    fen(-1),
    fen(2**53 - 1),
    CadreKind.RETIRED,
    VisitReason.CALL,
    NotImplemented,
    ...,
]

Verb = tuple[Callable[[Transaction], Callable[..., object]], Mapping[str, object]]


def cadre(name: str) -> Callable[[Transaction], Callable[..., object]]:
    return lambda tx: getattr(tx.cadres["C1"], name)


def branch(name: str) -> Callable[[Transaction], Callable[..., object]]:
    return lambda tx: getattr(tx.branches["B1"], name)


class OfTheTransaction:
    """Stands for a handle that only the transaction can give."""

    def __init__(self, code: str) -> None:
        self.code = code


HOME, TEMPORARY = OfTheTransaction("B1"), OfTheTransaction("T1")
REGISTER = {
    "kind": "retired",
    "name": "某",
    "on": DAY,
    "smartphone": True,
    "frail": True,
    "full_member_on": DAY,
    "sex": "男",
    "born": "1940-01",
    "phone": "1",
    "address": "某处",
}
FUND = {"document": "1号", "handler": "post:1", "approver": "post:2", "note": "n", "base_period": "2021H1"}
# Every verb with every parameter that it has (a test sees to that), each with a value that is right.
VERBS: dict[str, Verb] = {
    "Cadres.register": (
        lambda tx: tx.cadres.register,
        {"person": "C2", "formal": HOME, "participating": TEMPORARY, **REGISTER},
    ),
    "Cadres.get": (lambda tx: tx.cadres.get, {"subject": "C1"}),
    "Branches.establish": (
        lambda tx: tx.branches.establish,
        {"number": "B2", "name": "二支部", "kind": "formal", "on": DAY},
    ),
    "Branches.get": (lambda tx: tx.branches.get, {"subject": "B1"}),
    "Cadre.register": (cadre("register"), {"code": "C1", **REGISTER}),
    "Cadre.change": (
        cadre("change"),
        {"smartphone": True, "frail": True, "full_member_on": DAY, "on": DAY, "phone": "2", "name": "某某"},
    ),
    "Cadre.leave": (cadre("leave"), {"cause": "moved", "on": DAY, "circumstances": "c"}),
    "Cadre.join": (
        cadre("join"),
        {"branch": TEMPORARY, "relation": "participating", "on": DAY, "permit": "p", "letter": "l"},
    ),
    "Cadre.leave_branch": (
        cadre("leave_branch"),
        {"branch": HOME, "relation": "formal", "cause": "transfer", "on": DAY},
    ),
    "Cadre.assess_dues": (
        cadre("assess_dues"),
        {
            "base": yuan(4200),
            "valid_from": JULY,
            "scheme": "retired",
            "on": DAY,
            "relief_owed": yuan(10),
            "relief": "R1",
            "ground": "g",
        },
    ),
    "Cadre.pay_dues": (
        cadre("pay_dues"),
        {
            "amount": yuan(21),
            "for_month": JULY,
            "on": DAY,
            "receipt": "0042",
            "method": "cash",
            "collector": "post:1",
            "payer": "某",
            "note": "n",
            "branch": HOME,
            "if_paid": "hold",
        },
    ),
    "Cadre.allocate": (
        cadre("allocate"),
        {"payment": 4, "for_month": Month(2021, 8), "amount": yuan(7), "on": DAY},
    ),
    "Cadre.refund": (cadre("refund"), {"payment": 4, "amount": yuan(1), "decision": "R1", "on": DAY, "note": "n"}),
    "Cadre.volunteer": (
        cadre("volunteer"),
        {"amount": yuan(1000), "on": DAY, "forwarded_by": "组织部", "note": "n"},
    ),
    "Cadre.visit": (
        cadre("visit"),
        {
            "reason": "study",
            "on": DAY,
            "mode": "online",
            "group": "G1",
            "handler": "post:3",
            "content": "c",
            "note": "n",
            "distinct": False,
        },
    ),
    "Cadre.confirm_visit": (cadre("confirm_visit"), {"visit": 6}),
    "Cadre.void": (cadre("void"), {"version": 6, "reason": "duplicate", "words": "w"}),
    "Cadre.correct": (cadre("correct"), {"version": 5, "occurred_on": date(2021, 7, 6), "note": "n", "group": "G1"}),
    "Branch.establish": (branch("establish"), {"kind": "formal", "code": "B1", "name": "支部", "on": DAY}),
    "Branch.approve": (branch("approve"), {"document": "1号", "on": DAY}),
    "Branch.dissolve": (branch("dissolve"), {"cause": "end", "on": DAY}),
    "Branch.assign": (
        branch("assign"),
        {"post": "书记", "holder": "post:1", "on": DAY, "term": "2021-2026", "note": "n"},
    ),
    "Branch.remit_dues": (branch("remit_dues"), {"amount": yuan(1), "on": DAY, **FUND}),
    "Branch.return_dues": (
        branch("return_dues"),
        {"amount": yuan(7), "on": DAY, "share": "0.70", "base": yuan(10), **FUND},
    ),
    "Branch.spend": (
        branch("spend"),
        {
            "amount": yuan(1),
            "use": "visits",
            "on": DAY,
            "decision": "R1",
            "handler": "post:1",
            "approver": "post:2",
            "beneficiary": None,
            "note": "n",
        },
    ),
    "Branch.credit": (branch("credit"), {"amount": yuan(1), "kind": "interest", "on": DAY}),
    "Branch.void": (branch("void"), {"version": 2, "reason": "mistake", "words": "w"}),
    "Branch.correct": (branch("correct"), {"version": 2, "amount": yuan(5), "note": "n"}),
}
NO_VERBS = {
    *("stream", "state", "version", "stands", "at_once", "decides_in"),  # what every handle has
    *("require_open", "require_formal"),  # what one handle asks another
}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    place = tmp_path_factory.mktemp("hostile") / "a.ledger"
    with Ledger.create(place, name="永兴社区") as ledger:
        with ledger.transaction(by=BY) as tx:
            home = tx.branches.establish("B1", name="支部", kind="formal", on=date(2012, 6, 28))
            home.return_dues(yuan(100), on=DAY)
            tx.branches.establish("T1", name="临时支部", kind="temporary")
            member = tx.cadres.register("C1", kind="retired", name="某", formal=home)
            assert member.pay_dues(yuan(7), for_month=JULY, on=DAY) == 3
            assert member.pay_dues(yuan(7), for_month=JULY, on=DAY, if_paid="hold") == 4
            assert [member.visit(reason="call", on=DAY) for _ in range(2)] == [5, 6]
        yield ledger


def call(tx: Transaction, verb: Verb, values: Mapping[str, object]) -> object:
    """The verb, with positional parameters by name too: what it is called with is what it says."""
    given_values = {
        name: tx.branches[value.code] if isinstance(value, OfTheTransaction) else value
        for name, value in values.items()
    }
    return verb[0](tx)(**given_values)


class UndoneError(Exception):
    """Leaves a transaction without recording it."""


def refused(attempt: Callable[[], object]) -> CadreLedgerError | None:
    """Our error, if it raises one; any other goes through."""
    try:
        attempt()
    except CadreLedgerError as error:
        return error
    return None


def said(error: BaseException) -> str:
    """All that a log would show."""
    return "".join(traceback.format_exception(error)) + repr(vars(error))


@pytest.mark.parametrize("room", [Cadre, Branch, Cadres, Branches], ids=lambda room: room.__name__)
def test_every_verb_and_every_parameter_is_tried(room: type) -> None:
    for name, function in inspect.getmembers(room):
        if name.startswith("_") or name in NO_VERBS:
            continue
        parameters = inspect.signature(function).parameters.values()
        named = {p.name for p in parameters if p.kind is not inspect.Parameter.VAR_KEYWORD} - {"self"}
        tried = VERBS[f"{room.__name__}.{name}"][1]
        assert named <= set(tried), f"{room.__name__}.{name} has a parameter that is not tried"


@pytest.mark.parametrize("name", VERBS)
def test_the_verbs_are_right_as_they_stand(ledger: Ledger, name: str) -> None:
    """Or else nothing would be seen of what is wrong with one value."""
    known = {"Cadre.register", "Branch.establish"}  # they are there already
    position = ledger.position
    with pytest.raises(CadreLedgerError if name in known else UndoneError), ledger.transaction(by=BY) as tx:  # noqa: PT012
        call(tx, VERBS[name], VERBS[name][1])
        raise UndoneError
    assert ledger.position == position


@pytest.mark.parametrize("name", VERBS)
def test_one_wrong_value_is_refused_in_our_words_or_taken_whole(ledger: Ledger, name: str) -> None:
    for parameter in VERBS[name][1]:
        for junk in JUNK:
            try_with(ledger, name, {parameter: junk})


@given(data=st.data())
def test_several_wrong_values_at_once(ledger: Ledger, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(VERBS)))
    parameters = st.sampled_from(sorted(VERBS[name][1]))
    try_with(ledger, name, data.draw(st.dictionaries(parameters, st.sampled_from(JUNK), min_size=1)))


def try_with(ledger: Ledger, name: str, wrong: Mapping[str, object]) -> None:
    """In a transaction that holds a good decision before, and one after; what stays must be readable."""
    position = ledger.position
    with pytest.raises(UndoneError), ledger.transaction(by=BY) as tx:  # noqa: PT012 - it is left without recording
        member = tx.cadres["C1"]
        member.visit(reason="comfort", on=DAY)
        states = (member.state, tx.branches["B1"].state)
        pending = list(tx.batch.pending)
        refusal = refused(lambda: call(tx, VERBS[name], {**VERBS[name][1], **wrong}))
        if refusal is not None:
            shown = "share" in wrong  # a number that the office types
            assert shown or MARK not in said(refusal), (name, wrong)
            assert (member.state, tx.branches["B1"].state) == states
            assert tx.batch.pending == pending
        tx.branches["B1"].approve("2号", on=DAY)
        written(ledger, tx, name)
        raise UndoneError
    assert ledger.position == position


def written(ledger: Ledger, tx: Transaction, name: str) -> None:
    """What was decided can be written, or an error of ours says why not; and what is written can be read."""
    records: list[NewRecord] = []
    refusal = refused(lambda: records.extend(encode(ledger._reader, tx, datetime(2021, 7, 9, tzinfo=UTC))))
    assert refusal is None or MARK not in said(refusal), name
    for number, record in enumerate(records, start=1):
        decoded = ledger._reader.codec.decode((number, record.stream, record.version, record.topic, record.state))
        assert decoded.version == record.version


def test_only_a_missing_keyword_is_a_type_error(ledger: Ledger) -> None:
    attempts: list[Callable[[Transaction], object]] = [
        lambda tx: tx.cadres["C1"].pay_dues(yuan(1), on=DAY),  # type: ignore[call-arg]
        lambda tx: tx.cadres["C1"].visit(reason="call"),  # type: ignore[call-arg]
        lambda tx: tx.branches["B1"].spend(),  # type: ignore[call-arg]
    ]
    for attempt in attempts:
        with pytest.raises(TypeError), ledger.transaction(by=BY) as tx:
            attempt(tx)


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: ascii(junk)[:30].split(" at 0x")[0])
def test_questions_are_answered_or_refused(ledger: Ledger, junk: object) -> None:
    questions: list[Callable[[], object]] = [
        lambda: ledger.history(junk),  # type: ignore[arg-type]
        lambda: ledger.history("C1", as_known=junk),  # type: ignore[arg-type]
        lambda: ledger.figures(junk) if not isinstance(junk, Period) else None,  # type: ignore[arg-type]
        lambda: ledger.figures("2021", as_known=junk),  # type: ignore[arg-type]
        lambda: ledger.run(lambda _: None, by=junk),  # type: ignore[arg-type]
        lambda: ledger.run(lambda _: None, by=BY, key=junk),  # type: ignore[arg-type]
        lambda: ledger.run(lambda tx: tx.entry(junk).__enter__(), by=BY),  # type: ignore[arg-type]
        lambda: ledger.run(lambda tx: tx.entry("a", junk).__enter__(), by=BY),  # type: ignore[arg-type]
        lambda: ledger.run(lambda tx: tx.cadres[junk], by=BY),  # type: ignore[index]
        lambda: ledger.run(lambda tx: tx.branches[junk], by=BY),  # type: ignore[index]
        lambda: ledger.run(lambda tx: junk in tx.cadres, by=BY),  # type: ignore[operator]
    ]
    position = ledger.position
    for number, question in enumerate(questions):
        refusal = refused(question)
        shown = number == 2  # what is no period: an office types it itself
        assert refusal is None or shown or MARK not in said(refusal)
    assert ledger.position == position

"""Whatever a verb is given, it decides or says why not, in our words, without theirs; never half of it."""

import inspect
import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.places import file_of, provision

from cadreledger import CadreLedgerError, Ledger, Month, Period, Transaction, aggregates, fen, yuan
from cadreledger.aggregates import Branch, Cadre, Community, Facility, Handle, Log, Person, Programme, Team
from cadreledger.events.cadre import CadreKind, VisitReason
from cadreledger.ledger.commit import encode
from cadreledger.ledger.subjects import Branches, Cadres, Collection, Facilities, People, Teams
from cadreledger.sealing import COSIGNATURE, verifier_key
from cadreledger.store import NewRecord

DAY, JULY, HALF = date(2021, 7, 5), Month(2021, 7), Period.parse("2021H1")
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

EDGES = [item for item in JUNK if isinstance(item, date | Month | Period) or type(item) in {int, type(fen(0))}]
"""Right in type, and at the ends of what there is."""

Verb = tuple[Callable[[Transaction], Callable[..., object]], dict[str, object]]


def cadre(name: str) -> Callable[[Transaction], Callable[..., object]]:
    return lambda tx: getattr(tx.cadres["C1"], name)


def branch(name: str) -> Callable[[Transaction], Callable[..., object]]:
    return lambda tx: getattr(tx.branches["B1"], name)


def team(name: str) -> Callable[[Transaction], Callable[..., object]]:
    return lambda tx: getattr(tx.teams["S1"], name)


def facility(name: str) -> Callable[[Transaction], Callable[..., object]]:
    return lambda tx: getattr(tx.facilities["F1"], name)


def set_opening(tx: Transaction) -> Callable[..., object]:
    """With one window by name, which the verb itself takes by place."""

    def verb(windows: str, *, on: date | None = None) -> int:
        return tx.facilities["F1"].set_opening(windows, on=on)

    return verb


def person(name: str) -> Callable[[Transaction], Callable[..., object]]:
    return lambda tx: getattr(tx.people["P1"], name)


def community(name: str) -> Callable[[Transaction], Callable[..., object]]:
    return lambda tx: getattr(tx.community, name)


def programme(name: str) -> Callable[[Transaction], Callable[..., object]]:
    return lambda tx: getattr(tx.programme, name)


def settled(name: str) -> Callable[[Transaction], Callable[..., object]]:
    """A verb of the programme once every issue is settled, and the application is there for a recommendation."""

    def verb(tx: Transaction) -> Callable[..., object]:
        there = tx.programme
        if there.view.open_issues:
            there.rectify_issue("I1", code="K7", on=DAY)
            for issue in ("I1", "I2"):
                there.verify_issue(issue, code="K8", on=DAY)
            there.submit_application("K9", on=DAY)
        return getattr(there, name)  # type: ignore[no-any-return] # a verb

    return verb


def log(name: str) -> Callable[[Transaction], Callable[..., object]]:
    return lambda tx: getattr(tx.log, name)


class OfTheTransaction:
    """Stands for a handle that only the transaction can give."""

    def __init__(self, code: str, where: str = "branches") -> None:
        self.code = code
        self.where = where

    def of(self, tx: Transaction) -> object:
        return getattr(tx, self.where)[self.code]


HOME, TEMPORARY, ELSEWHERE = OfTheTransaction("B1"), OfTheTransaction("T1"), OfTheTransaction("B3")
MEMBER = OfTheTransaction("C1", "cadres")
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
TEAM = {"kind": "service", "name": "银铃", "people": 12, "social_workers": 2, "leader": "post:4", "note": "n"}
ROOM = {
    "name": "活动室",
    "count": 3,
    "qualifier": "about",
    "unit": "间",
    "area": "60",
    "provider": "G1",
    "opening": "工作日",
    "on": DAY,
    "note": "n",
}
HELD = {
    "kind": "performance",
    "code": "A2",
    "title": "重阳节",
    "on": DAY,
    "items": 7,
    "organiser": "S1",
    "venue": "F1",
    "people": 40,
    "note": "n",
}
BOX = {"month": JULY, "counted": yuan(13), "on": DAY, "explanation_code": "lost", "explanation": "少一元"}
WORK = {"on": DAY, "responsible": "post:5", "basis": "1号", "text": "t"}
POLICY = file_of([provision("fund.returned_share", '"0.60"', binding="refuse")], "daan/1")
# Every verb with every parameter that it has (a test sees to that), each with a value that is right.
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
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
    "Teams.found": (lambda tx: tx.teams.found, {"number": "S2", "on": DAY, **TEAM}),
    "Teams.get": (lambda tx: tx.teams.get, {"subject": "S1"}),
    "Facilities.enter": (lambda tx: tx.facilities.enter, {"number": "F2", "kind": "room", **ROOM}),
    "Facilities.get": (lambda tx: tx.facilities.get, {"subject": "F1"}),
    "People.enrol": (
        lambda tx: tx.people.enrol,
        {"person": "P2", "role": "审核", "name": "某", "contact": "1", "on": DAY},
    ),
    "People.get": (lambda tx: tx.people.get, {"subject": "P1"}),
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
    "Cadre.attend": (cadre("attend"), {"holder": HOME, "activity": "A1", "mode": "made_up", "note": "n"}),
    "Cadre.wish": (cadre("wish"), {"code": "W2", "on": DAY, "content": "c"}),
    "Cadre.claim_wish": (cadre("claim_wish"), {"code": "W1", "claimant": "post:6", "on": DAY, "note": "n"}),
    "Cadre.fulfil_wish": (cadre("fulfil_wish"), {"code": "W1", "on": DAY, "items": 2}),
    "Cadre.cancel_wish": (cadre("cancel_wish"), {"code": "W1", "on": DAY, "reason": "r"}),
    "Cadre.award": (cadre("award"), {"medal": "party_50", "year": 2021, "on": DAY}),
    "Cadre.consent": (cadre("consent"), {"purpose": "photos", "given": True, "on": DAY}),
    "Cadre.erase": (cadre("erase"), {"reason": "request"}),
    "Cadre.transfer": (
        cadre("transfer"),
        {"to": "某支部", "paid_to": JULY, "on": DAY, "expires_on": date(2021, 8, 5)},
    ),
    "Cadre.review_arrears": (cadre("review_arrears"), {"step": "opened", "months": 6, "on": DAY, "ground": "g"}),
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
    "Branch.resolve": (
        branch("resolve"),
        {"matter": "评议", "entitled": 3, "present": 3, "in_favour": 3, "on": DAY},
    ),
    "Branch.count_cash": (branch("count_cash"), {"expected": yuan(14), **BOX}),
    "Branch.close_month": (branch("close_month"), {"expected": yuan(14), **BOX}),
    "Branch.credit": (branch("credit"), {"amount": yuan(1), "kind": "interest", "on": DAY}),
    "Branch.hold": (branch("hold"), HELD),
    "Branch.activity": (branch("activity"), {"code": "A1"}),
    "Branch.void": (branch("void"), {"version": 2, "reason": "mistake", "words": "w"}),
    "Branch.correct": (branch("correct"), {"version": 2, "amount": yuan(5), "note": "n"}),
    "Team.found": (team("found"), {"code": "S1", "on": DAY, **TEAM}),
    "Team.change": (team("change"), {**TEAM, "kind": "cultural", "support": "G1", "on": DAY}),
    "Team.disband": (team("disband"), {"on": DAY}),
    "Team.hold": (team("hold"), HELD),
    "Team.activity": (team("activity"), {"code": "A1"}),
    "Team.void": (team("void"), {"version": 2, "reason": "mistake", "words": "w"}),
    "Team.correct": (team("correct"), {"version": 2, "code": "A3", "items": 3, "on": DAY, "note": "n"}),
    "Facility.enter": (facility("enter"), {"kind": "room", "code": "F1", **ROOM}),
    "Facility.recount": (facility("recount"), {**ROOM, "qualifier": "exact"}),
    "Facility.withdraw": (facility("withdraw"), {"on": DAY}),
    "Facility.set_opening": (set_opening, {"windows": "1-5 08:30-16:30", "on": DAY}),
    "Facility.book": (
        facility("book"),
        {"start": "2021-07-06T16:00", "end": "2021-07-06T17:00", "on": DAY, "booked_for": "S1", "note": "n"},
    ),
    "Facility.cancel": (facility("cancel"), {"booking": 2, "on": DAY, "reason": "r"}),
    "Facility.void": (facility("void"), {"version": 2, "reason": "mistake", "words": "w"}),
    "Facility.correct": (facility("correct"), {"version": 2, "end": "2021-07-06T15:30", "booked_for": "B1"}),
    "Person.enrol": (person("enrol"), {"role": "审核", "name": "某", "code": "P1", "contact": "1", "on": DAY}),
    "Person.erase": (person("erase"), {"reason": "death"}),
    "Person.void": (person("void"), {"version": 1, "reason": "mistake", "words": "w"}),
    "Person.correct": (person("correct"), {"version": 1, "role": "批准", "contact": "2"}),
    "Community.state_profile": (
        community("state_profile"),
        {"item": "area", "value": "2.1", "unit": "km2", "qualifier": "about", "as_of": JULY, "basis": "b"},
    ),
    "Community.add_partner": (
        community("add_partner"),
        {"code": "G2", "name": "某校", "kind": "学校", "support": "场地", "on": DAY},
    ),
    "Community.change_partner": (
        community("change_partner"),
        {"code": "G1", "name": "某院", "kind": "医院", "support": "义诊", "on": DAY},
    ),
    "Community.drop_partner": (community("drop_partner"), {"code": "G1", "on": DAY}),
    "Community.adopt_regulation": (
        community("adopt_regulation"),
        {"code": "R2", "title": "学习制度", "way": "revised", "on": DAY},
    ),
    "Community.repeal_regulation": (community("repeal_regulation"), {"code": "R1", "on": DAY}),
    "Community.propose_notice": (
        community("propose_notice"),
        {"number": "2021-2", "period": HALF, "on": DAY, "edition": 1, "sections": "党费", "proposer": "post:7"},
    ),
    "Community.review_notice": (
        community("review_notice"),
        {"number": "公示1", "on": DAY, "edition": 1, "reviewer": "post:8"},
    ),
    "Community.approve_notice": (
        community("approve_notice"),
        {"number": "公示2", "on": DAY, "edition": 1, "approver": "post:9"},
    ),
    "Community.publish_notice": (
        community("publish_notice"),
        {
            "number": "公示3",
            "period": HALF,
            "on": DAY,
            "edition": 1,
            "reason": "r",
            "size": 1,
            "digest": "A" * 43,
            "texts": "[]",
        },
    ),
    "Community.receive_suggestion": (
        community("receive_suggestion"),
        {"code": "Y2", "on": DAY, "notice": "公示3", "content": "c"},
    ),
    "Community.answer_suggestion": (community("answer_suggestion"), {"code": "Y1", "on": DAY, "answer": "a"}),
    "Community.hold": (community("hold"), HELD),
    "Community.activity": (community("activity"), {"code": "A1"}),
    "Community.void": (community("void"), {"version": 1, "reason": "mistake", "words": "w"}),
    "Community.correct": (community("correct"), {"version": 1, "title": "联欢会", "people": 30}),
    "Programme.work": (
        programme("work"),
        {"kind": "survey", "code": "K1", "count": 3, "unit": "处", **WORK},
    ),
    "Programme.find_issue": (programme("find_issue"), {"code": "I3", **WORK}),
    "Programme.rectify_issue": (programme("rectify_issue"), {"issue": "I1", "code": "K2", **WORK}),
    "Programme.verify_issue": (programme("verify_issue"), {"issue": "I2", "code": "K3", **WORK}),
    "Programme.submit_application": (settled("submit_application"), {"code": "K4", **WORK}),
    "Programme.recommend": (settled("recommend"), {"code": "K5", **WORK}),
    "Programme.void": (programme("void"), {"version": 1, "reason": "mistake", "words": "w"}),
    "Programme.correct": (programme("correct"), {"version": 1, "code": "I9", "text": "t", "on": DAY}),
    "Transaction.record_death": (lambda tx: tx.record_death, {"cadre": MEMBER, "on": DAY, "circumstances": "c"}),
    "Transaction.dissolve": (lambda tx: tx.dissolve, {"branch": TEMPORARY, "cause": "end", "on": DAY}),
    "Transaction.close_month": (lambda tx: tx.close_month, {"branch": HOME, **BOX}),
    "Transaction.transfer": (
        lambda tx: tx.transfer,
        {
            "cadre": MEMBER,
            "to": ELSEWHERE,
            "letter_on": date(2021, 7, 1),
            "accepted_on": DAY,
            "letter": "7号",
            "paid_to": JULY,
        },
    ),
    "Log.adopt_catalogue": (log("adopt_catalogue"), {"digest": "A" * 43}),
    "Log.adopt_policy": (log("adopt_policy"), {"text": POLICY, "valid_from": JULY, "on": DAY}),
    "Log.rotate_key": (log("rotate_key"), {"key": verifier_key("log", KEY)}),
    "Log.name_witnesses": (log("name_witnesses"), {"keys": (verifier_key("witness", KEY, COSIGNATURE),)}),
    "Log.tally": (
        log("tally"),
        {"month": JULY, "amount": yuan(1), "payments": 1, "refunds": 0, "first": 1, "last": 1},
    ),
    "Log.void": (log("void"), {"version": 1, "reason": "mistake", "words": "w"}),
    "Log.correct": (log("correct"), {"version": 1, "name": "某社区"}),
}
NO_VERBS = {
    *("at_once", "decides_in"),  # what every handle has
    *("require_open", "require_formal"),  # what one handle asks another
}
THERE_ALREADY = {"Cadre.register", "Branch.establish", "Team.found", "Facility.enter", "Person.enrol"}
NEVER_TAKEN_BACK = {"Log.void", "Log.correct"}


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
            member.wish("W1", on=date(2021, 6, 1), content="愿")
            live(tx, home)
        yield ledger


def live(tx: Transaction, home: Branch) -> None:
    """All else that a verb may speak of."""
    earlier = date(2021, 6, 1)
    tx.branches.establish("B3", name="三支部", kind="formal")
    team = tx.teams.found("S1", kind="service", name="银铃", people=9)
    for holder in (home, team, tx.community):
        holder.hold("party_day", code="A1", title="主题党日", on=earlier)
    room = tx.facilities.enter("F1", kind="room", name="活动室", qualifier="about")
    assert room.book(start="2021-07-06T14:00", end="2021-07-06T16:00", on=earlier) == 2
    tx.people.enrol("P1", role="书记", name="某")
    tx.community.add_partner("G1", name="某医院")
    tx.community.adopt_regulation("R1", title="服务制度")
    steps = (
        partial(tx.community.review_notice, reviewer="post:2"),
        partial(tx.community.approve_notice, approver="post:3"),
    )
    for number in (1, 2, 3):
        tx.community.propose_notice(f"公示{number}", period=HALF, on=earlier)
        for step in steps[: number - 1]:
            step(f"公示{number}", on=earlier)
    tx.community.receive_suggestion("Y1", on=earlier, content="多办几次")
    assert [tx.programme.find_issue(code, on=earlier) for code in ("I1", "I2")] == [1, 2]
    tx.programme.rectify_issue("I2", code="K6", on=earlier)


def call(tx: Transaction, verb: Verb, values: Mapping[str, object]) -> object:
    """The verb, with positional parameters by name too: what it is called with is what it says."""
    given_values = {
        name: value.of(tx) if isinstance(value, OfTheTransaction) else value for name, value in values.items()
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


ROOMS: list[type] = [Cadre, Branch, Team, Facility, Person, Community, Programme, Log]
ROOMS += [Cadres, Branches, Teams, Facilities, People]


def test_every_handle_and_every_collection_is_tried() -> None:
    handles = {item for item in vars(aggregates).values() if isinstance(item, type) and issubclass(item, Handle)}
    assert (handles - {Handle}) | set(Collection.__subclasses__()) == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_every_verb_and_every_parameter_is_tried(room: type) -> None:
    for name, function in inspect.getmembers(room, inspect.isfunction):
        if name.startswith("_") or name in NO_VERBS:
            continue
        parameters = inspect.signature(function).parameters.values()
        named = {p.name for p in parameters if p.kind is not inspect.Parameter.VAR_KEYWORD} - {"self"}
        tried = VERBS[f"{room.__name__}.{name}"][1]
        assert named <= set(tried), f"{room.__name__}.{name} has a parameter that is not tried"


@pytest.mark.parametrize("name", VERBS)
def test_the_verbs_are_right_as_they_stand(ledger: Ledger, name: str) -> None:
    """Or else nothing would be seen of what is wrong with one value."""
    refused = name in THERE_ALREADY | NEVER_TAKEN_BACK
    position = ledger.position
    with pytest.raises(CadreLedgerError if refused else UndoneError), ledger.transaction(by=BY) as tx:  # noqa: PT012
        call(tx, VERBS[name], VERBS[name][1])
        raise UndoneError
    assert ledger.position == position


@pytest.mark.parametrize("name", VERBS)
def test_one_wrong_value_is_refused_in_our_words_or_taken_whole(ledger: Ledger, name: str) -> None:
    values = VERBS[name][1]
    for parameter in values:
        for junk in JUNK:
            try_with(ledger, name, values | {parameter: junk})


@pytest.mark.parametrize("name", VERBS)
def test_so_it_is_where_nothing_is_said_that_may_be_left_out(ledger: Ledger, name: str) -> None:
    bare = needed(ledger, name)
    for parameter in VERBS[name][1]:
        for junk in EDGES:
            try_with(ledger, name, bare | {parameter: junk})


@given(data=st.data())
def test_several_wrong_values_at_once(ledger: Ledger, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(VERBS)))
    parameters = st.sampled_from(sorted(VERBS[name][1]))
    wrong = data.draw(st.dictionaries(parameters, st.sampled_from(JUNK), min_size=1))
    left_out = data.draw(st.sets(parameters)) - needed(ledger, name).keys() - wrong.keys()
    values = VERBS[name][1] | wrong
    try_with(ledger, name, {parameter: value for parameter, value in values.items() if parameter not in left_out})


def needed(ledger: Ledger, name: str) -> dict[str, object]:
    """What the verb cannot do without."""
    with pytest.raises(UndoneError), ledger.transaction(by=BY) as tx:  # noqa: PT012 - only looked at
        parameters = inspect.signature(VERBS[name][0](tx)).parameters.values()
        raise UndoneError
    named = {parameter.name for parameter in parameters if parameter.default is parameter.empty}
    return {parameter: value for parameter, value in VERBS[name][1].items() if parameter in named}


def try_with(ledger: Ledger, name: str, values: Mapping[str, object]) -> None:
    """In a transaction that holds a good decision before, and one after; what stays must be readable."""
    position = ledger.position
    with pytest.raises(UndoneError), ledger.transaction(by=BY) as tx:  # noqa: PT012 - it is left without recording
        tx.cadres["C1"].visit(reason="comfort", on=DAY)
        VERBS[name][0](tx)  # whatever must be there before it
        states = states_of(tx)
        pending = list(tx.batch.pending)
        refusal = refused(lambda: call(tx, VERBS[name], values))
        if refusal is not None:
            shown = MARK in str(values.get("share"))  # a number that the office types
            assert shown or MARK not in said(refusal), (name, values)
            assert states_of(tx) | states == states_of(tx)
            assert tx.batch.pending == pending
        tx.branches["B1"].approve("2号", on=DAY)
        written(ledger, tx, name)
        raise UndoneError
    assert ledger.position == position


def states_of(tx: Transaction) -> dict[str, object]:
    """The state of everything that was decided about or looked at so far."""
    return {stream: handle.state for stream, handle in tx._handles.items()}


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
        lambda tx: tx.teams["S1"].found(kind="service"),  # type: ignore[call-arg]
        lambda tx: tx.community.publish_notice("公示3"),  # type: ignore[call-arg]
        lambda tx: tx.programme.work("survey", code="K1"),  # type: ignore[call-arg]
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
        lambda: ledger.run(lambda tx: tx.teams[junk], by=BY),  # type: ignore[index]
        lambda: ledger.run(lambda tx: tx.facilities[junk], by=BY),  # type: ignore[index]
        lambda: ledger.run(lambda tx: tx.people[junk], by=BY),  # type: ignore[index]
        lambda: ledger.run(lambda tx: tx.community.activity(junk), by=BY),  # type: ignore[arg-type]
        lambda: ledger.stream_of(junk),  # type: ignore[arg-type]
        lambda: ledger.position_as_known(junk),  # type: ignore[arg-type]
        lambda: ledger.trail(junk, "2021"),  # type: ignore[arg-type]
        lambda: ledger.trail("wishes.made", "2021", as_known=junk),  # type: ignore[arg-type]
        lambda: ledger.snapshot("2021", at=junk),  # type: ignore[arg-type]
        lambda: ledger.adopt_catalogue(by=junk),  # type: ignore[arg-type]
        lambda: ledger.arrears(JULY, as_known=junk),  # type: ignore[arg-type]
        lambda: ledger.cash_close(junk, JULY),  # type: ignore[arg-type]
        lambda: ledger.arrears(junk),  # type: ignore[arg-type]
        lambda: ledger.cash_close("B1", junk),  # type: ignore[arg-type]
    ]
    position = ledger.position
    for number, question in enumerate(questions):
        refusal = refused(question)
        shown = number in {2, len(questions) - 2, len(questions) - 1}  # no period, no month: an office types it itself
        assert refusal is None or shown or MARK not in said(refusal)
    assert ledger.position == position

"""What is personal is in no file in the clear, and in no error."""

import traceback
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cadreledger import CadreLedgerError, Ledger, Month, Transaction, yuan
from cadreledger.events.sections import own_fields

DAY, JULY = date(2021, 7, 5), Month(2021, 7)
BY = "staff:a"
SECRETS = {
    "code": "YX-秘017",
    "name": "赵秘某",
    "sex": "男秘",
    "born": "1940-13秘",
    "phone": "13812345678",
    "address": "永兴街秘巷7号",
    "new phone": "13987654321",
    "payer": "女儿秘某",
    "dues note": "替母秘代缴",
    "base": "4321.09",
    "ground": "重病秘",
    "refund note": "退还秘",
    "gift note": "生日秘捐",
    "content": "送学秘题",
    "visit note": "卧床秘",
    "words": "记错秘人",
    "circumstances": "在家秘世",
    "aid note": "住院秘助",
    "post note": "书记秘某",
    "key": "app/秘/991",
}


def live(tx: Transaction) -> None:
    s = SECRETS
    branch = tx.branches.establish("B1", name="离退休干部党支部", kind="formal", on=DAY)
    member = tx.cadres.register(
        s["code"],
        kind="retired",
        name=s["name"],
        sex=s["sex"],
        born=s["born"],
        phone=s["phone"],
        address=s["address"],
        formal=branch,
    )
    member.change(phone=s["new phone"])
    member.assess_dues(yuan(s["base"]), valid_from=JULY, on=DAY, ground=s["ground"])
    payment = member.pay_dues(yuan(21), for_month=JULY, on=DAY, payer=s["payer"], note=s["dues note"])
    member.refund(payment, yuan(1), decision="R1", on=DAY, note=s["refund note"])
    member.volunteer(yuan(1000), on=DAY, note=s["gift note"])
    visit = member.visit(reason="study", on=DAY, content=s["content"], note=s["visit note"])
    member.correct(visit, occurred_on=date(2021, 7, 4))
    member.void(member.visit(reason="call", on=DAY), words=s["words"])
    branch.return_dues(yuan(900), on=DAY)
    branch.spend(yuan(500), use="visits", decision="R1", on=DAY, beneficiary=member.stream, note=s["aid note"])
    branch.assign("书记", "post:1", on=DAY, note=s["post note"])
    member.leave(cause="death", on=DAY, circumstances=s["circumstances"])


def files(place: Path) -> Iterator[tuple[str, bytes]]:
    for path in place.parent.iterdir():
        yield path.name, path.read_bytes()


def forms(secret: str) -> set[bytes]:
    """How text may stand in a file: UTF-8, UTF-16, escaped JSON."""
    return {secret.encode(), secret.encode("utf-16-le"), secret.encode("utf-16-be"), ascii(secret)[1:-1].encode()}


def test_the_test_would_find_what_is_in_the_clear(place: Path) -> None:
    with Ledger.create(place, name="永兴社区") as ledger:
        with ledger.transaction(by=BY) as tx, tx.entry("登记册 第17行"):
            tx.branches.establish("B1", name="离退休干部党支部", kind="formal")
        found = b"".join(content for _, content in files(place))
        assert all(text.encode() in found for text in ("登记册 第17行", "离退休干部党支部", "B1", BY))


def test_nothing_personal_is_in_any_file_in_the_clear(place: Path) -> None:
    with Ledger.create(place, name="永兴社区") as ledger:
        ledger.run(live, by=BY, key=SECRETS["key"])
        history = [*ledger.history(SECRETS["code"]), *ledger.history("B1")]
        told = str(
            [[getattr(record.event, field.name) for field in own_fields(type(record.event))] for record in history]
        )
        assert [name for name, secret in SECRETS.items() if name != "key" and secret not in told] == []
        assert not any(secret in repr(history) for secret in SECRETS.values())  # what is printed gets logged
        open_files = dict(files(place))  # with what is in the -wal only
        assert {path for path in open_files if path.endswith("-wal")} == {"yongxing.ledger-wal", "yongxing.keys-wal"}
    for name, content in [*open_files.items(), *files(place)]:
        for what, secret in SECRETS.items():
            assert not any(form in content for form in forms(secret)), (name, what)


@settings(max_examples=10)
@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=6, max_size=20), st.text(min_size=6, max_size=60))
def test_no_name_and_no_note_is(tmp_path_factory: pytest.TempPathFactory, code: str, note: str) -> None:
    place = tmp_path_factory.mktemp("secrets") / "a.ledger"
    with Ledger.create(place, name="n") as ledger:
        there = b"".join(content for _, content in files(place))  # names of tables, and the like
        assume(code.encode() not in there)
        assume(note.encode(errors="replace") not in there)
        try:
            with ledger.transaction(by=BY) as tx:
                tx.cadres.register(code, kind="retired", name=note).visit(reason="call", on=DAY, note=note)
        except CadreLedgerError:
            return
        for _, content in files(place):
            assert code.encode() not in content
            assert note.encode() not in content or not note.strip("\0")


SECRET = "赵秘某13812345678"
LONE = f"{SECRET}\ud800"
Attempt = Callable[[Transaction], object]
ATTEMPTS: dict[str, Attempt] = {
    "unknown person": lambda tx: tx.cadres[SECRET],
    "unknown branch": lambda tx: tx.branches[SECRET],
    "a code with space": lambda tx: tx.cadres.register(f"{SECRET} a", kind="retired", name="n"),
    "a code too long": lambda tx: tx.cadres.register(SECRET * 9, kind="retired", name="n"),
    "a kind": lambda tx: tx.cadres.register("C2", kind=SECRET, name="n"),
    "a name": lambda tx: tx.cadres.register("C2", kind="retired", name=LONE),
    "a name of another type": lambda tx: tx.cadres.register("C2", kind="retired", name=[SECRET]),  # type: ignore[arg-type]
    "a long name": lambda tx: tx.cadres.register("C2", kind="retired", name=SECRET * 9999),
    "registered twice": lambda tx: tx.cadres.register("C1", kind="retired", name=SECRET),
    "a note": lambda tx: tx.cadres["C1"].visit(reason="call", on=DAY, note=LONE),
    "a date": lambda tx: tx.cadres["C1"].visit(reason="call", on=SECRET),  # type: ignore[arg-type]
    "the future": lambda tx: tx.cadres["C1"].visit(reason="call", on=date(9999, 1, 1), note=SECRET),
    "a base": lambda tx: tx.cadres["C1"].assess_dues(SECRET, valid_from=JULY, on=DAY),  # type: ignore[arg-type]
    "paid too far": lambda tx: tx.cadres["C1"].pay_dues(yuan(1), for_month=Month(2022, 7), on=DAY, payer=SECRET),
    "no such field": lambda tx: tx.cadres["C1"].change(name=SECRET, colour=SECRET),
    "an entry": lambda tx: tx.entry(LONE).__enter__(),
    "a registration date": lambda tx: tx.entry("a", SECRET).__enter__(),  # type: ignore[arg-type]
    "a beneficiary": lambda tx: tx.branches["B1"].spend(
        yuan(1),
        use="visits",
        on=DAY,
        decision="R1",
        beneficiary=SECRET,  # type: ignore[arg-type]
    ),
    "who did it": lambda _: (_ for _ in ()).throw(AssertionError),
}


@pytest.mark.parametrize("what", ATTEMPTS)
def test_no_error_repeats_what_is_personal(office: Ledger, what: str) -> None:
    by = SECRET if what == "who did it" else BY
    with pytest.raises(CadreLedgerError) as error, office.transaction(by=by) as tx:
        ATTEMPTS[what](tx)
    told = "".join(traceback.format_exception(error.value)) + repr(vars(error.value))
    assert SECRET not in told
    assert "13812345678" not in told


@pytest.mark.parametrize("subject", [SECRET, LONE, f"{SECRET} a", f"cadre:{SECRET}", f"branch:{SECRET}"])
def test_nor_does_the_answer_to_a_question(office: Ledger, subject: str) -> None:
    with pytest.raises(CadreLedgerError) as error:
        office.history(subject)
    assert SECRET not in "".join(traceback.format_exception(error.value))

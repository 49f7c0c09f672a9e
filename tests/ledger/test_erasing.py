"""Erasing a person: their words are gone for good, everybody else's stay, and no total changes."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import pytest
from tests.store.dying import die_at, lines_reached

import cadreledger.errors
from cadreledger import (
    CadreLedgerError,
    ConflictError,
    Figure,
    InputError,
    KeyStoreError,
    Ledger,
    Month,
    Recorded,
    RuleError,
    Transaction,
    UnknownSubjectError,
    View,
    yuan,
)
from cadreledger.errors import ErasedError
from cadreledger.events.ledger import ErasureReason, SubjectErased
from cadreledger.events.sections import without_personal
from cadreledger.ledger import erasing
from cadreledger.sealing import decode_frame, parse_canonical
from cadreledger.store import erasure
from cadreledger.store.kek import next_kek, opens
from cadreledger.store.key_tables import message

PACKAGE = Path(cadreledger.errors.__file__).parents[1]  # the child tests what we test
ERASER = Path(__file__).with_name("eraser.py")
DAY = date(2021, 7, 5)
BY = "staff:liaison"
WORDS = {
    "code": "YX-秘017",
    "name": "赵秘某",
    "phone": "13812345678",
    "address": "永兴街秘巷7号",
    "payer": "女儿秘某",
    "content": "送学秘题",
    "note": "卧床秘",
    "words": "记错秘人",
    "spent on": "慰问秘金",
    "wish": "想听秘戏",
}
GONE, STAYS, HELPER = WORDS["code"], "YX002", "P1"


class Office:
    """A lived ledger, and what it said before anybody was erased."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with Ledger.create(folder / "yongxing.ledger", name="永兴社区", kek_dir=folder / "kek") as ledger:
            live(ledger)
            self.gone, self.stays, self.helper = (ledger.stream_of(code) for code in (GONE, STAYS, HELPER))
            self.events = tuple(ledger.events())
            self.figures = figures(ledger)
            self.key = ledger._reader.keys.key_of(self.gone) or b""
            self.kek_file = ledger._reader.keys.kek_file
        self.kek = self.kek_file.read_bytes()

    def open(self, folder: Path | None = None) -> Ledger:
        folder = folder or self.folder
        return Ledger.open(folder / "yongxing.ledger", kek_dir=folder / "kek")

    def of_gone(self, record: Recorded) -> bool:
        return record.subject == self.gone

    def check_erased(self, ledger: Ledger) -> None:
        """All of it, and nothing else."""
        *before, last = ledger.events()
        assert (last.stream, type(last.event)) == (self.gone, SubjectErased)
        assert [record.leaf for record in before] == [record.leaf for record in self.events]
        for now, then in zip(before, self.events, strict=True):
            assert (now.sealed, now.event) == (
                (True, without_personal(then.event)) if self.of_gone(then) else (then.sealed, then.event)
            )
        assert figures(ledger) == self.figures
        for name in (GONE, f" {GONE} "):
            with pytest.raises(ErasedError, match="has been erased"):
                ledger.history(name)
        assert [record.position for record in ledger.history(self.gone)] == [
            *(record.position for record in self.events if self.gone in {record.stream, record.subject}),
            last.position,
        ]
        assert (ledger.stream_of(STAYS), ledger.stream_of(HELPER)) == (self.stays, self.helper)

    def check_untouched(self, ledger: Ledger) -> None:
        assert tuple(ledger.events()) == self.events
        assert ledger.stream_of(GONE) == self.gone

    def check_tidy(self, folder: Path | None = None) -> None:
        folder = folder or self.folder
        assert [path.name for path in (folder / "kek").glob("*.kek*")] == [self.kek_file.name]
        with closing(sqlite3.connect(folder / "yongxing.keys")) as file:
            assert file.execute("SELECT * FROM erasing").fetchall() == []


def live(ledger: Ledger) -> None:
    words = WORDS
    with ledger.transaction(by=BY) as tx:
        branch = tx.branches.establish("B1", name="离退休干部党支部", kind="formal", on=date(2012, 6, 28))
        member = tx.cadres.register(
            GONE, kind="retired", name=words["name"], phone=words["phone"], address=words["address"], formal=branch
        )
        member.pay_dues(yuan("8.50"), for_month=Month(2021, 7), on=DAY, payer=words["payer"])
        member.void(member.visit(reason="call", on=DAY, note=words["note"]), words=words["words"])
        member.visit(reason="study", on=DAY, content=words["content"])
        member.wish("W1", on=DAY, content=words["wish"])
        other = tx.cadres.register(STAYS, kind="retired", name="钱某", formal=branch)
        other.visit(reason="study", on=DAY, note="在家")
        tx.people.enrol(HELPER, role="书记", name="孙某")
        branch.return_dues(yuan(100), on=DAY, note="年中返还")
        branch.spend(yuan(57), use="visits", decision="R1", on=DAY, beneficiary=member.stream, note=words["spent on"])


def figures(ledger: Ledger) -> list[dict[str, Figure]]:
    return [dict(ledger.figures(period, view=view)) for period in ("2021", "2021-07") for view in View]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    folder = tmp_path / "office"
    folder.mkdir()
    return Office(folder)


# --- what it does


@pytest.mark.parametrize("named", ["code", "stream"])
@pytest.mark.parametrize("reason", list(ErasureReason))
def test_what_is_personal_is_gone_and_all_else_stays(office: Office, named: str, reason: ErasureReason) -> None:
    with office.open() as ledger:
        receipt = ledger.erase(GONE if named == "code" else office.gone, by=BY, reason=reason.value)
        assert (len(receipt.positions), receipt.positions.stop - 1) == (1, ledger.position)
        office.check_erased(ledger)
        last = list(ledger.events())[-1]
        assert (last.event, last.entry.by) == (SubjectErased(occurred_on=last.event.occurred_on, reason=reason), BY)
    with office.open() as ledger:
        office.check_erased(ledger)
    office.check_tidy()


def test_the_header_of_an_erasure_does_not_tell_that_it_is_one(office: Office) -> None:
    with office.open() as ledger:
        ledger.erase(GONE, by=BY, reason="death")
        frame = decode_frame(list(ledger._reader.store.states())[-1])
    assert set(parse_canonical(frame.header)) == {"internal", "type"}
    assert b'"type":"noted/1"' in frame.header


def test_somebody_else_than_a_cadre_can_be_erased(office: Office) -> None:
    with office.open() as ledger:
        ledger.erase(HELPER, by=BY, reason="retention")
        enrolled, erased = ledger.history(office.helper)
        assert (enrolled.sealed, getattr(enrolled.event, "name", ""), type(erased.event)) == (True, None, SubjectErased)
        with pytest.raises(ErasedError):
            ledger.run(lambda tx: tx.people.enrol(HELPER, role="书记", name="李某"), by=BY)
        assert ledger.stream_of(GONE) == office.gone


def test_somebody_whose_entries_were_all_taken_back_can_be_erased(office: Office) -> None:
    with office.open() as ledger:
        ledger.run(lambda tx: tx.cadres.register("YX003", kind="retired", name="周某"), by=BY)
        stream = ledger.stream_of("YX003")
        ledger.run(lambda tx: tx.cadres[stream].void(1), by=BY)
        ledger.erase("YX003", by=BY, reason="request")
        assert [record.sealed for record in ledger.history(stream)] == [True, False, False]


Refused = tuple[str, type[CadreLedgerError], Callable[[Ledger, Office], object]]
REFUSED: list[Refused] = [
    ("a branch", InputError, lambda ledger, _: ledger.erase("B1", by=BY, reason="request")),
    ("the ledger", InputError, lambda ledger, _: ledger.erase("ledger", by=BY, reason="request")),
    ("nobody", UnknownSubjectError, lambda ledger, _: ledger.erase("YX999", by=BY, reason="request")),
    ("no stream", UnknownSubjectError, lambda ledger, _: ledger.erase(f"cadre:{9:032x}", by=BY, reason="request")),
    ("no reason", InputError, lambda ledger, _: ledger.erase(STAYS, by=BY, reason="因故")),
    ("no actor", InputError, lambda ledger, _: ledger.erase(STAYS, by="钱某", reason="request")),
    ("again by code", ErasedError, lambda ledger, _: ledger.erase(GONE, by=BY, reason="request")),
    ("again by stream", ErasedError, lambda ledger, office: ledger.erase(office.gone, by=BY, reason="request")),
]


@pytest.mark.parametrize(("_name", "error", "attempt"), REFUSED, ids=[name for name, *_ in REFUSED])
def test_what_cannot_be_erased_is_refused_and_nothing_is_recorded(
    office: Office, _name: str, error: type[CadreLedgerError], attempt: Callable[[Ledger, Office], object]
) -> None:
    with office.open() as ledger:
        ledger.erase(GONE, by=BY, reason="request")
        kek_before = office.kek_file.read_bytes()
        with pytest.raises(error) as caught:
            attempt(ledger, office)
        assert type(caught.value) is error
        assert not any(word in str(caught.value) for word in WORDS.values())
        office.check_erased(ledger)
        assert office.kek_file.read_bytes() == kek_before


@pytest.mark.parametrize("lost", ["yongxing.keys", "kek"])
def test_without_the_key_store_nothing_is_recorded(office: Office, lost: str) -> None:
    (office.folder / lost).rename(office.folder / "elsewhere")
    with office.open() as ledger:
        for subject in (GONE, office.gone):
            with pytest.raises(KeyStoreError):
                ledger.erase(subject, by=BY, reason="request")
        assert ledger.position == len(office.events)


# --- afterwards

PERSONAL: list[Callable[[Transaction, Office], object]] = [
    lambda tx, office: tx.cadres[office.gone].visit(reason="call", on=DAY, note="在家"),
    lambda tx, office: tx.cadres[office.gone].change(phone="1"),
    lambda tx, office: tx.cadres[office.gone].void(6, words="记错了"),
    lambda tx, office: tx.branches["B1"].spend(
        yuan(1), use="visits", decision="R2", on=DAY, beneficiary=office.gone, note="慰问金"
    ),
    lambda tx, _: tx.cadres[GONE].visit(reason="call", on=DAY),
    lambda tx, _: tx.cadres.register(GONE, kind="retired", name="赵某"),
    lambda tx, _: tx.people.enrol(GONE, role="书记", name="赵某"),
]


@pytest.mark.parametrize("decide", PERSONAL)
def test_nothing_personal_is_recorded_about_them_any_more(
    office: Office, decide: Callable[[Transaction, Office], object]
) -> None:
    with office.open() as ledger, office.open() as other:
        ledger.erase(GONE, by=BY, reason="request")
        for opened in (ledger, other):
            with pytest.raises(ErasedError) as caught, opened.transaction(by=BY) as tx:
                decide(tx, office)
            assert caught.value.hint
        office.check_erased(ledger)


def test_facts_without_words_go_on_and_old_entries_can_be_taken_back(office: Office) -> None:
    with office.open() as ledger:
        ledger.erase(GONE, by=BY, reason="death")
        with ledger.transaction(by=BY) as tx:
            assert (tx.cadres.get(GONE), GONE in tx.cadres, GONE in tx.people) == (None, False, False)
            person = tx.cadres[office.gone]
            assert person.state.erased
            person.leave(cause="death", on=DAY)
            person.void(3)
            tx.branches["B1"].spend(yuan(1), use="visits", decision="R2", on=DAY, beneficiary=office.gone)
        assert ledger.figures("2021")["dues.collected"].value == 0
        assert [record.sealed for record in ledger.history(office.gone)][-5:] == [False] * 5


def test_an_erasure_is_neither_repeated_nor_taken_back(office: Office) -> None:
    with office.open() as ledger:
        for code, stream in ((GONE, office.gone), (HELPER, office.helper)):
            ledger.erase(code, by=BY, reason="request")
            position = ledger.position
            with pytest.raises(RuleError, match="erased already"), ledger.transaction(by=BY, lenient=True) as tx:
                tx.person(stream).erase("request")
            with pytest.raises(RuleError, match="not taken back"), ledger.transaction(by=BY, lenient=True) as tx:
                tx.person(stream).void(tx.person(stream).version)
            assert ledger.position == position


def test_a_known_key_still_gives_its_result_when_the_person_is_gone(office: Office) -> None:
    def decide(tx: Transaction) -> int:
        return tx.cadres[office.gone].visit(reason="call", on=DAY, note="在家")

    with office.open() as ledger:
        first = ledger.run(decide, by=BY, key="app/1")
        ledger.erase(GONE, by=BY, reason="request")
        again = ledger.run(decide, by=BY, key="app/1")
        assert (again.positions, again.repeated) == (first.positions, True)


def test_a_word_decided_before_and_recorded_after_is_not_recorded(office: Office) -> None:
    def decides(tx: Transaction) -> Iterator[Callable[[], object]]:
        yield lambda: tx.cadres[GONE].visit(reason="call", on=DAY, note="在家")
        spent: dict[str, object] = {"use": "visits", "decision": "R2", "on": DAY, "beneficiary": office.helper}
        yield lambda: tx.branches["B1"].spend(yuan(1), note="慰问金", **spent)  # type: ignore[arg-type] # as it stands

    for number, code in enumerate((GONE, HELPER)):
        with office.open() as ledger, office.open() as other:
            with pytest.raises((ConflictError, ErasedError)), ledger.transaction(by=BY) as tx:  # noqa: PT012
                list(decides(tx))[number]()
                other.erase(code, by=BY, reason="request")
                position = ledger.position
            assert ledger.position == position


def test_a_key_that_came_back_with_all_files_but_the_ledger_opens_nothing_new_and_can_be_destroyed(
    office: Office, tmp_path: Path
) -> None:
    shutil.copytree(office.folder, tmp_path / "backup")
    with office.open() as ledger:
        ledger.erase(GONE, by=BY, reason="request")
    shutil.copy(tmp_path / "backup" / "yongxing.keys", office.folder / "yongxing.keys")
    shutil.copy(tmp_path / "backup" / "kek" / office.kek_file.name, office.kek_file)
    with office.open() as ledger:
        assert ledger.stream_of(GONE) == office.gone
        with pytest.raises(ErasedError), ledger.transaction(by=BY) as tx:
            tx.cadres[GONE].visit(reason="call", on=DAY, note="在家")
        assert len(ledger.erase(GONE, by=BY, reason="request").positions) == 0
        office.check_erased(ledger)
    office.check_tidy()


# --- what others may have kept


def test_no_copy_of_any_file_tells_a_word_of_them(office: Office, tmp_path: Path) -> None:
    """The files as copied at every moment, while another process reads; with the KEK folder as it is left."""
    copies = tmp_path / "copies"
    copies.mkdir()
    shutil.copytree(office.folder, copies / "backup", ignore=shutil.ignore_patterns("kek"))
    with process(office, "look", GONE, STAYS) as reader:
        assert ask(reader, 2) == [[GONE, WORDS["name"]], [STAYS, "钱某"]]
        with office.open() as ledger:
            shutil.copytree(office.folder, copies / "before", ignore=shutil.ignore_patterns("kek"))
            ledger.erase(GONE, by=BY, reason="request")
            shutil.copytree(office.folder, copies / "behind", ignore=shutil.ignore_patterns("kek"))
        assert ask(reader, 2) == [[GONE, "ErasedError"], [STAYS, "钱某"]]
        shutil.copytree(office.folder, copies / "after", ignore=shutil.ignore_patterns("kek"))
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    secrets = [office.key, office.kek, *(word.encode() for word in WORDS.values())]
    assert [secret for secret in secrets if secret in left] == []
    (kek_now,) = [path.read_bytes() for path in (office.folder / "kek").glob("*.kek*")]
    identity = message("key", office.gone)
    wrapped = (left[start : start + 60] for start in range(len(left) - 59))
    assert not any(opens(kek_now, blob, identity) for blob in wrapped)
    shutil.rmtree(office.folder)
    for copy in ("backup", "before", "behind"):  # and the library itself, given what there is, does no better
        (copies / copy / "kek").mkdir()
        (copies / copy / "kek" / office.kek_file.name).write_bytes(kek_now)
        (copies / copy / "kek" / office.kek_file.name).chmod(0o600)
        with office.open(copies / copy) as ledger:
            assert all(record.sealed for record in ledger.events() if office.of_gone(record))


def test_a_backup_of_the_key_store_is_refused_in_words(office: Office, tmp_path: Path) -> None:
    shutil.copy(office.folder / "yongxing.keys", tmp_path / "backup")
    with office.open() as ledger:
        ledger.erase(GONE, by=BY, reason="request")
    shutil.copy(tmp_path / "backup", office.folder / "yongxing.keys")
    with office.open() as ledger:
        assert figures(ledger) == office.figures
        with pytest.raises(KeyStoreError, match="does not open the key store") as caught:
            ledger.history(STAYS)
        assert "another time" in caught.value.hint


# --- several at once, and cut off


@contextmanager
def process(office: Office, what: str, *codes: str) -> Iterator["subprocess.Popen[str]"]:
    place = (office.folder / "yongxing.ledger", office.folder / "kek")
    arguments: list[str | Path] = [sys.executable, ERASER, what, *place, *codes]
    environment = os.environ | {"PYTHONPATH": str(PACKAGE), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=environment
    ) as started:
        assert started.stdout is not None
        try:
            assert started.stdout.readline() == "ready\n"
            yield started
        except BaseException:
            started.kill()
            raise


def ask(asked: "subprocess.Popen[str]", answers: int) -> list[list[str]]:
    assert asked.stdin is not None
    assert asked.stdout is not None
    asked.stdin.write("go\n")
    asked.stdin.flush()
    return [asked.stdout.readline().split() for _ in range(answers)]


def test_two_processes_erase_two_people_at_once(office: Office) -> None:
    codes = [f"N{number}" for number in range(6)]
    with office.open() as ledger:
        for code in codes:
            with ledger.transaction(by=BY) as tx:
                tx.cadres.register(code, kind="retired", name="李某")
    with process(office, "erase", *codes[::2]) as one, process(office, "erase", *codes[1::2]) as two:
        assert one.stdin is not None
        assert two.stdin is not None
        one.stdin.write("go\n")
        two.stdin.write("go\n")
        said = [*one.communicate()[0].splitlines(), *two.communicate()[0].splitlines()]
    assert sorted(said) == [f"{code} 1" for code in codes]
    with office.open() as ledger:
        for code in codes:
            with pytest.raises(ErasedError):
                ledger.history(code)
        assert [record.sealed for record in ledger.events()].count(True) == len(codes)
        assert ledger.stream_of(GONE) == office.gone
        assert list(ledger.events())[: len(office.events)] == list(office.events)
    office.check_tidy()


def test_two_processes_erase_the_same_person_at_once(office: Office) -> None:
    with process(office, "erase", GONE) as one, process(office, "erase", GONE) as two:
        assert one.stdin is not None
        assert two.stdin is not None
        one.stdin.write("go\n")
        two.stdin.write("go\n")
        said = {one.communicate()[0].strip(), two.communicate()[0].strip()}
    assert f"{GONE} 1" in said
    assert said <= {f"{GONE} 1", f"{GONE} 0", f"{GONE} ErasedError"}
    with office.open() as ledger:
        office.check_erased(ledger)
    office.check_tidy()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
def test_cut_off_at_any_line_it_has_not_happened_or_it_has_happened_whole(office: Office, tmp_path: Path) -> None:
    trial = tmp_path / "trial"
    modules = [erasing, erasure]  # what they call in the key store is cut off in tests/store

    def afresh() -> None:
        shutil.rmtree(trial, ignore_errors=True)
        shutil.copytree(office.folder, trial)

    def act() -> None:
        with office.open(trial) as ledger:
            ledger.erase(GONE, by=BY, reason="request")

    afresh()
    lines = lines_reached(act, modules, times_max=1)
    outcomes = set()
    for line in lines:
        afresh()
        die_at(line, act, modules)
        with office.open(trial) as ledger:
            happened = ledger.position > len(office.events)
            outcomes.add(happened)
            if happened:
                office.check_erased(ledger)
                office.check_tidy(trial)
            else:
                office.check_untouched(ledger)
                ledger.erase(GONE, by=BY, reason="request")
                office.check_erased(ledger)
        office.check_tidy(trial)
        left = b"".join(path.read_bytes() for path in trial.rglob("*") if path.is_file())
        assert office.kek not in left
    assert outcomes == {True, False}


def test_while_an_erasure_cannot_be_finished_nobody_reads_and_then_it_is(office: Office) -> None:
    obstacle = next_kek(office.kek_file)
    with office.open() as ledger:
        obstacle.mkdir()
        with pytest.raises(KeyStoreError, match="cannot be written"):
            ledger.erase(GONE, by=BY, reason="request")
    with office.open() as ledger:
        assert all(record.sealed for record in ledger.events() if record.subject is not None)
        assert figures(ledger) == office.figures
    obstacle.rmdir()
    with office.open() as ledger:
        office.check_erased(ledger)
    office.check_tidy()


def test_the_verb_destroys_the_key_when_its_transaction_is_recorded_and_not_before(office: Office) -> None:
    with office.open() as ledger:
        with pytest.raises(RuntimeError), ledger.transaction(by=BY) as tx:  # noqa: PT012 - the block is the transaction
            tx.cadres[GONE].erase("request")
            raise RuntimeError
        office.check_untouched(ledger)
        ledger.run(lambda tx: tx.cadres[GONE].erase("request"), by=BY)
        office.check_erased(ledger)
    office.check_tidy()

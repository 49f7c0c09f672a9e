"""One person's statement: what it proves without the ledger, and that nothing in it can be changed."""

import json
import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.audit.ledgers import WITNESS, make

from cadreledger import ErasedError, InputError, Ledger, StoreError
from cadreledger.audit import Trust, Verification
from cadreledger.audit.statement import verify_statement
from cadreledger.disclosure.statement import Statement, StatementEvent
from cadreledger.errors import VerificationError
from cadreledger.export import statement, write_site

AS_OF = datetime(2021, 9, 1, tzinfo=UTC)
MUTATIONS = 2_000


class Office:
    """A sealed ledger, its published log, and the statement of C001, who has an entry that was corrected."""

    def __init__(self, folder: Path) -> None:
        self.path, self.kek, self.site = make(folder), folder / "kek", folder / "site"
        with self.open() as ledger:
            write_site(ledger, self.site)
            self.keys = ledger.sealed.keys
            self.statement = statement(ledger, "C001")

    def open(self) -> Ledger:
        return Ledger.open(self.path, kek_dir=self.kek)

    def verify(self, data: bytes, *, site: Path | None = None, keys: tuple[str, ...] | None = None) -> Verification:
        trust = Trust(as_of=AS_OF, keys=self.keys if keys is None else keys)
        return verify_statement(data, trust, site=site)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


def failed(found: Verification) -> list[str]:
    return [check.name for check in found.checks if not check.ok]


def test_it_verifies_without_the_ledger_and_says_what_it_cannot_show(office: Office) -> None:
    found = office.verify(office.statement.to_json())
    assert found.ok, found.checks
    assert "registered as 赵1𠮷" in next(check.detail for check in found.checks if check.name == "person")
    assert any("complete" in each for each in found.unchecked)
    assert any("taken back after" in each for each in found.unchecked)


def test_with_the_published_log_it_is_also_shown_what_came_after(office: Office) -> None:
    data = office.statement.to_json()
    for keys in (office.keys, office.keys[-1:], office.keys[:1], ()):
        found = office.verify(data, site=office.site, keys=keys)
        assert found.ok, found.checks
        assert found.checks[-1].name == "since"


def test_entries_that_were_taken_back_are_named(office: Office) -> None:
    found = office.verify(office.statement.to_json())
    assert next(check.detail for check in found.checks if check.name == "voids").startswith("taken back: leaf")


def test_nobody_elses_name_or_code_is_in_it(office: Office) -> None:
    data = office.statement.to_json()
    shown = b"".join(event.internal + (event.personal or b"") for event in office.statement.events)
    for number in (0, 2, 3, 4, 5):
        for word in (f"赵{number}𠮷", f"C{number:03}"):
            assert word.encode() not in data
            assert word.encode() not in shown


def test_whatever_is_changed_in_it_is_found(office: Office) -> None:
    data = office.statement.to_json()
    rng = random.Random(4)
    for _ in range(MUTATIONS):
        changed = bytearray(data)
        at = rng.randrange(len(data))
        match rng.randrange(4):
            case 0:
                changed[at] ^= 1 << rng.randrange(8)
            case 1:
                del changed[at : at + rng.randrange(1, 200)]
            case 2:
                changed[at:at] = changed[max(0, at - 30) : at]
            case 3:
                changed[at] = rng.choice(b'0aA"[]{},:')
        if bytes(changed) != data:
            assert not office.verify(bytes(changed)).ok


def changed(office: Office, change: Callable[[list[dict[str, object]]], object]) -> list[str]:
    document = json.loads(office.statement.to_json())
    change(document["events"])
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return failed(office.verify(text.encode()))


def test_each_thing_that_is_wrong_is_told_by_its_step(office: Office, tmp_path: Path) -> None:
    with office.open() as ledger:
        other = json.loads(statement(ledger, "C002").to_json())["events"]
    assert changed(office, list.reverse) == ["inclusion"]
    assert changed(office, lambda events: events.append(events[0])) == ["inclusion"]
    assert changed(office, lambda events: events.insert(0, events[0])) == ["inclusion"]
    assert changed(office, lambda events: events[0].update(proof=events[1]["proof"])) == ["inclusion"]
    assert changed(office, lambda events: events[1].update(internal=events[2]["internal"])) == ["sections"]
    assert changed(office, lambda events: events[0].update(personal=other[0]["personal"])) == ["sections"]
    assert changed(office, lambda events: events[0].pop("personal")) == ["sections"]
    assert changed(office, lambda events: events[1].update(personal=events[0]["personal"])) == ["sections"]
    assert changed(office, lambda events: events.__setitem__(slice(None), other)) == ["person"]
    assert changed(office, lambda events: events.pop(0)) == ["person"]  # without the registration, it is nobody's
    assert changed(office, lambda events: events[0].update(more=1)) == ["format"]
    assert failed(office.verify(office.statement.to_json(), keys=(other_key(tmp_path),))) == ["signature"]


def other_key(folder: Path) -> str:
    with Ledger.create(folder / "other.ledger", name="永兴社区", kek_dir=folder / "kek2") as ledger:
        return ledger.sealed.keys[0]


def test_an_entry_left_out_is_no_lie_but_one_that_takes_it_back_says_so(office: Office) -> None:
    document = json.loads(office.statement.to_json())
    voided = next(at for at, event in enumerate(document["events"]) if '"type":"dues.received' in event["header"])
    del document["events"][voided]
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    found = office.verify(text.encode())
    assert found.ok
    assert any("takes back an entry that is not in the statement" in each for each in found.unchecked)


def test_what_was_taken_back_later_is_found_with_the_published_log(tmp_path: Path) -> None:
    office = Office(tmp_path)
    data = office.statement.to_json()
    with office.open() as ledger:
        with ledger.transaction(by="staff:a") as tx:
            handle = tx.cadres["C001"]
            handle.void(next(v for v, e in handle.view.standing.items() if e.wire == "visit.made/1"))
        ledger.seal()
        write_site(ledger, office.site)
        assert ledger.sealed.latest().size > 0
    assert office.verify(data).ok
    found = office.verify(data, site=office.site)
    assert failed(found) == ["since"]
    assert "taken back later" in found.checks[-1].detail


def test_a_quorum_of_witnesses_can_be_asked_for(office: Office) -> None:
    with office.open() as ledger:
        cosigned = next(seal for seal in ledger.sealed.checkpoints() if WITNESS.name in str(seal))
        data = statement(ledger, "C001", at=cosigned).to_json()
    trust = Trust(as_of=AS_OF, keys=office.keys, witnesses=(WITNESS.vkey,), quorum=1)
    assert verify_statement(data, trust).ok
    assert failed(verify_statement(office.statement.to_json(), trust)) == ["signature"]


def test_whom_no_statement_can_be_made_for_is_said(office: Office, tmp_path: Path) -> None:
    with office.open() as ledger:
        with pytest.raises(ErasedError):
            statement(ledger, "C003")
        erased = next(each.stream for each in ledger.events() if each.event.wire == "subject.erased/1")
        with pytest.raises(ErasedError):
            statement(ledger, erased)
        with pytest.raises(InputError, match="about a person"):
            statement(ledger, "B1")
    with Ledger.create(tmp_path / "new.ledger", name="永兴社区") as ledger:
        ledger.run(lambda tx: tx.cadres.register("C1", kind="retired", name="赵某", on=date(2021, 1, 1)), by="staff:a")
        with pytest.raises(StoreError, match="never sealed"):
            statement(ledger, "C1")
        ledger.seal()
        ledger.run(lambda tx: tx.cadres.register("C2", kind="retired", name="钱某"), by="staff:a")
        with pytest.raises(InputError, match="does not cover"):
            statement(ledger, "C2")


def test_without_a_key_or_a_site_nothing_is_claimed(office: Office) -> None:
    with pytest.raises(InputError, match="does not say whose"):
        office.verify(office.statement.to_json(), keys=())


def test_the_file_is_read_in_one_form_or_not_at_all(office: Office) -> None:
    data = office.statement.to_json()
    assert Statement.parse(data) == office.statement
    for wrong in (b"", b"{}", data + b"\n", data.replace(b'"format"', b'"format" '), b'{"format":"statement/2"}'):
        with pytest.raises(VerificationError):
            Statement.parse(wrong)


def test_its_form_stays_as_it_is(golden: Callable[[str, bytes], None]) -> None:
    event = StatementEvent(2, b'{"internal":"x"}', bytes(40), bytes(33), (bytes(32), b"\x01" * 32))
    plain = StatementEvent(3, b"{}", bytes(34), None, ())
    golden("disclosure/statement.json", Statement("log.example/a", "cadre:0", b"a note\n", (event, plain)).to_json())


def test_with_the_published_log_a_void_that_was_left_out_is_found(office: Office) -> None:
    document = json.loads(office.statement.to_json())
    document["events"] = [event for event in document["events"] if '"voids"' not in event["header"]]
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    alone = office.verify(text.encode())
    assert alone.ok
    assert any("leaves out" in each for each in alone.unchecked)
    assert failed(office.verify(text.encode(), site=office.site)) == ["since"]

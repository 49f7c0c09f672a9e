"""Somebody is named in a notice by consent alone, and the name can leave again, while the notice stays provable."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cadreledger import InputError, Ledger, RuleError, UnknownSubjectError, VerificationError
from cadreledger.audit import Trust, audit, verify_path
from cadreledger.disclosure import Notice
from cadreledger.disclosure.paragraphs import WITHHELD, read_names, shown
from cadreledger.export import write_notices, write_site
from cadreledger.ledger import LedgerRecords
from cadreledger.values import Period, yuan

DAY = date(2021, 12, 2)
PERIOD = Period.parse("2021-11")
WORDS = "为{C1}发放帮扶金 500.00 元。"
RARE = "𠮷\U000e0100某"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.create(tmp_path / "office.ledger", name="永兴社区") as ledger:
        with ledger.transaction(by="staff:a") as tx:
            home = tx.branches.establish("B1", name="党支部", kind="formal", on=date(2012, 6, 28))
            member = tx.cadres.register("C1", kind="retired", name="赵建国", formal=home)
            tx.cadres.register("C2", kind="retired", name=RARE, formal=home)
            member.consent("name_in_notice", given=True, on=date(2021, 11, 20))
        yield ledger


def publish(ledger: Ledger, *texts: str, edition: int = 1, reason: str | None = None) -> Notice:
    with ledger.transaction(by="office:a") as tx:
        tx.community.propose_notice("7", period=PERIOD, on=DAY, edition=edition, proposer="office:a")
        tx.community.review_notice("7", on=DAY, edition=edition, reviewer="office:b")
        tx.community.approve_notice("7", on=DAY, edition=edition, approver="office:c")
    return ledger.publish_notice("7", period=PERIOD, by="office:c", on=DAY, edition=edition, texts=texts, reason=reason)


def withdraw(ledger: Ledger, person: str = "C1") -> None:
    ledger.run(lambda tx: tx.cadres[person].consent("name_in_notice", given=False, on=date(2021, 12, 9)), by="staff:a")


def test_aid_names_a_person_by_consent_and_a_new_edition_leaves_the_name_out(office: Ledger, tmp_path: Path) -> None:
    first = publish(office, WORDS)
    assert shown(first.texts[0]) == "为赵建国发放帮扶金 500.00 元。"
    assert "赵建国".encode() in first.files()["notice.html"]
    withdraw(office)
    again = office.notice("7", edition=1)
    assert again.digest == first.digest
    assert not any("赵建国".encode() in data for data in again.files().values())
    assert shown(again.texts[0]) == f"为{WITHHELD}发放帮扶金 500.00 元。"
    second = publish(office, "发放帮扶金 500.00 元。", edition=2, reason="撤回同意")
    assert second.names is None
    assert [shown(text) for text in second.texts] == ["发放帮扶金 500.00 元。"]
    write_site(office, tmp_path / "site")
    write_notices(office, tmp_path / "site")
    assert not [
        path for path in (tmp_path / "site").rglob("*") if path.is_file() and "赵建国".encode() in path.read_bytes()
    ]


def test_without_consent_nothing_goes_out_and_the_article_is_named(office: Ledger) -> None:
    with pytest.raises(RuleError) as refused:
        publish(office, "感谢{C2}。")
    assert refused.value.rule == "name_without_consent"
    assert refused.value.citation == "《个人信息保护法》 art. 25"
    assert refused.value.policy_version == "cn-2008/1"
    assert office.notices() == ()


def test_consent_to_something_else_is_none(office: Ledger) -> None:
    office.run(lambda tx: tx.cadres["C2"].consent("photo", given=True, on=DAY), by="staff:a")
    with pytest.raises(RuleError, match="has not consented"):
        publish(office, "感谢{C2}。")


@pytest.mark.parametrize(
    "words", ["为赵建国发放帮扶金。", "为赵 建 国发放帮扶金。", "为赵·建国发放帮扶金。", f"感谢{RARE}。"]
)
def test_a_name_in_the_words_themselves_is_refused(office: Ledger, words: str) -> None:
    with pytest.raises(InputError, match="somebody's name") as refused:
        publish(office, words)
    assert "赵" not in str(refused.value)
    with pytest.raises(InputError, match="somebody's name"):
        office.publish_notice("7", period=PERIOD, by="office:c", on=DAY, texts=[], reason=words)


@pytest.mark.parametrize("words", ["为{}发放。", "为{C9}发放。", "为{B1}发放。"])
def test_braces_without_a_person_are_refused(office: Ledger, words: str) -> None:
    with pytest.raises((InputError, UnknownSubjectError)):
        publish(office, words)


@pytest.mark.parametrize("words", ["为{C1发放。", "为C1}发放。", "{{C1}}"])
def test_a_brace_alone_is_refused(office: Ledger, words: str) -> None:
    with pytest.raises(InputError, match="brace"):
        publish(office, words)


def test_no_name_is_in_what_the_digest_is_of_nor_in_the_ledgers_clear_bytes(office: Ledger, tmp_path: Path) -> None:
    notice = publish(office, WORDS)
    assert "赵建国".encode() not in notice.to_json()
    assert office.stream_of("C1").encode() not in b"".join(notice.files().values())
    for path in tmp_path.glob("office.ledger*"):
        assert "赵建国".encode() not in path.read_bytes()


def test_who_is_erased_is_named_no_more_and_the_notice_stands(office: Ledger, tmp_path: Path) -> None:
    notice = publish(office, WORDS)
    office.erase("C1", reason="request", by="office:c")
    again = office.notice("7")
    assert (again.digest, again.names) == (notice.digest, b'{"format":"names/1","names":[]}')
    office.seal()
    write_site(office, tmp_path / "site")
    write_notices(office, tmp_path / "site")
    trust = Trust(as_of=datetime.now(UTC), keys=office.sealed.keys[:1])
    assert verify_path(tmp_path / "site" / "notice" / "7", trust, site=tmp_path / "site").ok


def test_without_the_key_store_the_notice_is_made_and_names_nobody(office: Ledger, tmp_path: Path) -> None:
    notice = publish(office, WORDS)
    (copy := tmp_path / "copy").mkdir()
    office.close()
    (copy / "office.ledger").write_bytes((tmp_path / "office.ledger").read_bytes())
    with Ledger.open(copy / "office.ledger") as auditors:
        made = auditors.notice("7")
    assert made.digest == notice.digest
    assert shown(made.texts[0]) == f"为{WITHHELD}发放帮扶金 500.00 元。"


def remarks(path: Path) -> list[str]:
    with LedgerRecords.open(path) as records:
        report = audit(records, as_of=datetime.now(UTC))
    assert report.ok
    return [each.message for each in report.findings if each.code == "name_without_consent"]


def test_the_audit_says_who_must_leave_a_notice(office: Ledger, tmp_path: Path) -> None:
    publish(office, WORDS)
    assert remarks(tmp_path / "office.ledger") == []
    withdraw(office)
    (said,) = remarks(tmp_path / "office.ledger")
    assert "《个人信息保护法》 art. 25" in said
    publish(office, "发放帮扶金 500.00 元。", edition=2, reason="撤回同意")
    assert remarks(tmp_path / "office.ledger") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("赵建国", "赵建军"), ('"salt":"', '"salt":"A'), ("names/1", "names/2"), ('"name":', '"nom":')],
)
def test_changed_names_do_not_verify(office: Ledger, tmp_path: Path, old: str, new: str) -> None:
    notice = publish(office, WORDS)
    notice.write(tmp_path / "out")
    names = tmp_path / "out" / "names.json"
    changed = names.read_text("utf-8").replace(old, new)
    assert changed != names.read_text("utf-8")
    names.write_text(changed, "utf-8")
    trust = Trust(as_of=datetime.now(UTC), keys=office.sealed.keys[:1])
    found = verify_path(tmp_path / "out", trust)
    assert (found.kind, found.ok, found.checks[-1].name) == ("notice", False, "format")
    with pytest.raises(VerificationError):
        read_names(changed.encode())


def test_names_of_another_notice_do_not_verify(office: Ledger, tmp_path: Path) -> None:
    named = publish(office, WORDS)
    other = publish(office, "没有姓名。", edition=2, reason="更正")
    other.write(tmp_path / "out")
    (tmp_path / "out" / "names.json").write_bytes(named.names or b"")
    trust = Trust(as_of=datetime.now(UTC), keys=office.sealed.keys[:1])
    assert not verify_path(tmp_path / "out", trust).ok


def test_the_same_name_twice_has_two_commitments(office: Ledger) -> None:
    notice = publish(office, "{C1}与{C1}。", "再谢{C1}。")
    texts = json.loads(notice.to_json())["texts"]
    found = [part["name"] for text in texts for part in text if isinstance(part, dict)]
    assert len(found) == len(set(found)) == 3
    assert sorted(read_names(notice.names or b"")) == sorted(found)


def test_a_name_that_is_corrected_later_stays_as_it_was_published(office: Ledger) -> None:
    first = publish(office, WORDS)
    office.run(lambda tx: tx.cadres["C1"].change(name="赵建军"), by="staff:a")
    assert office.notice("7").files() == first.files()


def test_money_that_was_said_to_nobody_needs_no_consent(office: Ledger) -> None:
    assert publish(office, f"发放帮扶金 {yuan('500.00')} 元。").names is None

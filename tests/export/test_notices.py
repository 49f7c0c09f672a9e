"""Notices in a site: each edition in a folder that never changes, and an index of them all."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cadreledger import Ledger, Month, StoreError, yuan
from cadreledger.audit import Severity, Trust, audit, verify_path
from cadreledger.disclosure.index_page import changes_between, notice_folder
from cadreledger.export import write_notices, write_site
from cadreledger.ledger import LedgerRecords
from cadreledger.values import Period

DAY = date(2021, 8, 2)
JULY = Period.parse("2021-07")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.create(tmp_path / "office.ledger", name="永兴<社区>") as ledger:
        with ledger.transaction(by="staff:a") as tx:
            home = tx.branches.establish("B1", name="党支部", kind="formal", on=date(2012, 6, 28))
            member = tx.cadres.register("C1", kind="retired", name="赵某", formal=home)
            member.pay_dues(yuan("1257.00"), for_month=Month(2021, 7), on=date(2021, 7, 5))
        yield ledger


def publish(ledger: Ledger, number: str = "3", edition: int = 1, reason: str | None = None) -> None:
    with ledger.transaction(by="office:a") as tx:
        tx.community.propose_notice(number, period=JULY, on=DAY, edition=edition, proposer="office:a")
        tx.community.review_notice(number, on=DAY, edition=edition, reviewer="office:b")
        tx.community.approve_notice(number, on=DAY, edition=edition, approver="office:c")
    ledger.publish_notice(number, period=JULY, by="office:c", on=DAY, edition=edition, reason=reason)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_before_the_first_notice_there_is_an_index_that_says_so(office: Ledger, tmp_path: Path) -> None:
    done = write_notices(office, tmp_path / "site")
    assert done.notices == 0
    assert "还没有可核对的公示" in (tmp_path / "site" / "index.html").read_text("utf-8")


def test_notice_3_showed_1257_and_its_correction_names_the_difference_and_why(office: Ledger, tmp_path: Path) -> None:
    publish(office)
    write_notices(office, tmp_path / "site")
    first = files(tmp_path / "site")
    with office.transaction(by="staff:a") as tx:
        member = tx.cadres["C1"]
        paid = next(v for v, event in member.view.standing.items() if event.wire == "dues.received/1")
        member.correct(paid, amount=yuan("1275.00"))
    publish(office, edition=2, reason="7月党费登记错误")
    done = write_notices(office, tmp_path / "site")
    second = files(tmp_path / "site")
    assert done.notices == 2
    assert {name: data for name, data in second.items() if name in first and name != "index.html"} == {
        name: data for name, data in first.items() if name != "index.html"
    }
    assert set(second) > set(first)
    one, other = office.notice("3", edition=1), office.notice("3", edition=2)
    assert [each.zh for each in changes_between(one, other)] == [
        "党费收缴：1257.00 元，更正为 1275.00 元，差 +18.00 元",
        "党费（按所属月份）：1257.00 元，更正为 1275.00 元，差 +18.00 元",
    ]
    index = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert "notice/3-R1/notice.html" in index
    assert "差 +18.00 元" in index
    assert '原因：</span><span lang="zh-CN">7月党费登记错误' in index
    assert "永兴&lt;社区&gt;" in index
    for edition in (one, other):  # both verify
        folder = tmp_path / "site" / notice_folder("3", edition.edition)
        write_site(office, tmp_path / "site")
        trust = Trust(as_of=datetime.now(UTC), keys=office.sealed.keys[:1])
        assert verify_path(folder, trust, site=tmp_path / "site").ok
    assert "代替第 1 版" in (tmp_path / "site" / "notice" / "3-R1" / "notice.html").read_text("utf-8")


def test_nothing_new_writes_nothing_and_a_changed_notice_is_refused(office: Ledger, tmp_path: Path) -> None:
    publish(office)
    write_site(office, tmp_path / "site")
    write_notices(office, tmp_path / "site")
    assert write_notices(office, tmp_path / "site").written == 0
    assert write_site(office, tmp_path / "site").written == 0
    place = tmp_path / "site" / "notice" / "3" / "notice.json"
    place.write_bytes(place.read_bytes().replace(b"}", b" }"))
    with pytest.raises(StoreError, match="another notice"):
        write_notices(office, tmp_path / "site")


def test_what_was_cut_off_is_gone_on_with(office: Ledger, tmp_path: Path) -> None:
    publish(office)
    write_notices(office, tmp_path / "site")
    whole = files(tmp_path / "site")
    (tmp_path / "site" / "notice" / "3" / "notice.json").unlink()
    (tmp_path / "site" / "notice" / "3" / "notice.html").write_bytes(b"half")
    write_notices(office, tmp_path / "site")
    assert files(tmp_path / "site") == whole


@pytest.mark.parametrize(
    ("number", "edition", "folder"),
    [("2021-6", 1, "notice/2021-6"), ("3", 2, "notice/3-R1"), ("a/../b", 1, "notice/a_2f.._2fb")],
)
def test_a_number_names_a_folder_below_the_site(number: str, edition: int, folder: str) -> None:
    assert notice_folder(number, edition) == folder


def test_with_one_byte_of_an_old_event_changed_nothing_is_published_and_its_position_is_named(
    office: Ledger, tmp_path: Path
) -> None:
    publish(office, "1")
    position = office.position
    with closing(sqlite3.connect(tmp_path / "office.ledger")) as file, file:
        (state,) = file.execute("SELECT state FROM stored_events WHERE rowid=3").fetchone()
        changed = state.replace(b"retired", b"retirec", 1)
        assert changed != state
        file.execute("UPDATE stored_events SET state=? WHERE rowid=3", (changed,))
    with Ledger.open(tmp_path / "office.ledger") as again:
        with pytest.raises(StoreError, match="not the one that was sealed"):
            publish(again, "2")
        assert again.notices() == (("1", 1),)
        assert again.position == position + 3  # proposed, reviewed, approved
    with LedgerRecords.open(tmp_path / "office.ledger") as records:
        found = [each for each in audit(records, as_of=datetime.now(UTC)).findings if each.severity is Severity.ERROR]
    assert min(each.position for each in found if each.position) == 3

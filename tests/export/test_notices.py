"""Notices in a site: each edition in a folder that never changes, and an index of them all."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cadreledger import Ledger, Month, StoreError, yuan
from cadreledger.disclosure.index_page import changes_between, notice_folder
from cadreledger.export import write_notices, write_site
from cadreledger.values import Period

DAY = date(2021, 8, 2)
JULY = Period.parse("2021-07")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.create(tmp_path / "office.ledger", name="永兴<社区>") as ledger:
        with ledger.transaction(by="staff:a") as tx:
            home = tx.branches.establish("B1", name="党支部", kind="formal", on=date(2012, 6, 28))
            member = tx.cadres.register("C1", kind="retired", name="赵某", formal=home)
            member.pay_dues(yuan("12.57"), for_month=Month(2021, 7), on=date(2021, 7, 5))
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


def test_notice_3_showed_12_57_and_its_correction_names_the_difference_and_why(office: Ledger, tmp_path: Path) -> None:
    publish(office)
    write_notices(office, tmp_path / "site")
    first = files(tmp_path / "site")
    with office.transaction(by="staff:a") as tx:
        member = tx.cadres["C1"]
        paid = next(v for v, event in member.view.standing.items() if event.wire == "dues.received/1")
        member.correct(paid, amount=yuan("12.75"))
    publish(office, edition=2, reason="7月党费登记错误")
    done = write_notices(office, tmp_path / "site")
    second = files(tmp_path / "site")
    assert done.notices == 2
    assert {name: data for name, data in second.items() if name in first and name != "index.html"} == {
        name: data for name, data in first.items() if name != "index.html"
    }
    assert set(second) > set(first)
    one, other = office.notice("3", edition=1), office.notice("3", edition=2)
    assert changes_between(one, other) == (
        "党费收缴：12.57 元，更正为 12.75 元，差 +0.18 元",
        "党费（按所属月份）：12.57 元，更正为 12.75 元，差 +0.18 元",
    )
    index = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert "notice/3-R1/notice.html" in index
    assert "差 +0.18 元" in index
    assert "原因：7月党费登记错误" in index
    assert "永兴&lt;社区&gt;" in index
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

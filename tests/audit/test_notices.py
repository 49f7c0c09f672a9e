"""The audit makes every published notice again, and finds the one that does not hold."""

from datetime import UTC, date, datetime

import attrs
import pytest
from tests.audit.ledgers import HeldRecords
from tests.audit.test_each_finding import rewritten

from cadreledger import Ledger, Month, yuan
from cadreledger.audit import Finding, Severity, audit
from cadreledger.sealing.canonical import JsonObject
from cadreledger.values import Period

DAY = date(2021, 8, 2)
JULY = Period.parse("2021-07")
AS_OF = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> HeldRecords:
    path = tmp_path_factory.mktemp("noticed") / "office.ledger"
    (path.parent / "kek").mkdir(mode=0o700)
    with Ledger.create(path, name="永兴社区", kek_dir=path.parent / "kek") as ledger:
        with ledger.transaction(by="staff:a") as tx:
            home = tx.branches.establish("B1", name="党支部", kind="formal", on=date(2012, 6, 28))
            member = tx.cadres.register("C1", kind="retired", name="赵某", formal=home)
            member.pay_dues(yuan("8.50"), for_month=Month(2021, 7), on=date(2021, 7, 5))
            tx.community.propose_notice("6", period=JULY, on=DAY, proposer="office:a")
            tx.community.review_notice("6", on=DAY, reviewer="office:b")
            tx.community.approve_notice("6", on=DAY, approver="office:c")
        ledger.publish_notice("6", period=JULY, by="office:c", on=DAY, texts=["党费已交。"])
    return HeldRecords.of(path)


def errors(held: HeldRecords) -> list[Finding]:
    bare = attrs.evolve(held, tiles={})
    return [each for each in audit(bare, as_of=AS_OF).findings if each.severity is Severity.ERROR]


def noticed(held: HeldRecords) -> int:
    return next(at for at, row in enumerate(held.rows) if row[3] == "notice.published/1")


def test_a_notice_that_went_up_comes_out_again(held: HeldRecords) -> None:
    assert errors(held) == []


def changed(held: HeldRecords, change: dict[str, str | int]) -> HeldRecords:
    """With other fields in header and section both."""

    def other(document: JsonObject) -> JsonObject:
        return {**document, **change}

    return rewritten(held, noticed(held), other, other)


def test_another_digest_is_found(held: HeldRecords) -> None:
    other = changed(held, {"digest": "A" * 43})
    found = errors(attrs.evolve(other, notes=held.notes[:1]))
    assert [each.code for each in found] == ["notice_mismatch"]
    assert found[0].position == noticed(held) + 1


def test_other_words_than_those_published_are_found(held: HeldRecords) -> None:
    other = rewritten(held, noticed(held), lambda section: {**section, "texts": '["党费未交。"]'})
    found = errors(attrs.evolve(other, notes=held.notes[:1]))
    assert [each.code for each in found] == ["notice_mismatch"]


def test_a_size_that_nobody_signed_is_found(held: HeldRecords) -> None:
    other = changed(held, {"size": 3})
    found = errors(attrs.evolve(other, notes=held.notes[:1]))
    assert [each.code for each in found] == ["notice_unsealed"]

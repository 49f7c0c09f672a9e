"""The pages of statements out of a ledger: by which keys, in the site, and from the command line."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from cadreledger import ErasedError, Ledger
from cadreledger.disclosure.statement import Statement
from cadreledger.export import page_for_statements, page_of_statement, statement, write_notices, write_site


def evidence(page: bytes) -> dict[str, object]:
    (text,) = re.findall(r'id="evidence">(.*?)</script>', page.decode(), re.DOTALL)
    document: dict[str, object] = json.loads(text)
    return document


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = Ledger.create(tmp_path / "office.ledger", name="永兴社区")
    with made.transaction(by="staff:a") as tx:
        tx.cadres.register("C1", kind="retired", name="赵某一").visit(reason="call", on=date(2021, 7, 6))
        tx.cadres.register("C2", kind="retired", name="钱某二")
    made.seal()
    return made


def test_each_key_is_named_with_the_size_from_which_it_signs(ledger: Ledger) -> None:
    first = ledger.sealed.latest().size
    ledger.rotate_key(by="office:keys")
    ledger.seal()
    held = evidence(page_for_statements(ledger))
    keys = ledger.sealed.keys
    assert held["keys"] == [{"key": keys[0], "size": 1}, {"key": keys[1], "size": first + 1}]
    assert held["origin"] == ledger.origin
    assert "statement" not in held


def test_the_page_for_a_person_carries_their_statement_byte_for_byte(ledger: Ledger) -> None:
    made = statement(ledger, "C1")
    page = page_of_statement(ledger, made)
    assert Statement.parse(str(evidence(page)["statement"]).encode()) == made
    assert "钱某二" not in page.decode()
    assert "钱某二".encode("unicode_escape").decode() not in page.decode()


def test_the_page_for_anybody_tells_of_nobody(ledger: Ledger) -> None:
    page = page_for_statements(ledger).decode()
    for stream in (ledger.stream_of(code) for code in ("C1", "C2")):
        assert stream not in page
    assert "赵某一" not in page
    assert "赵某一".encode("unicode_escape").decode() not in page


def test_the_site_has_it_beside_its_index_which_names_it(ledger: Ledger, tmp_path: Path) -> None:
    write_site(ledger, tmp_path / "site")
    write_notices(ledger, tmp_path / "site")
    assert (tmp_path / "site" / "statement.html").read_bytes() == page_for_statements(ledger)
    assert 'href="statement.html"' in (tmp_path / "site" / "index.html").read_text("utf-8")
    assert write_notices(ledger, tmp_path / "site").written == 0
    ledger.rotate_key(by="office:keys")
    assert write_notices(ledger, tmp_path / "site").written == 1


def test_nobody_is_given_the_page_of_somebody_erased(ledger: Ledger) -> None:
    ledger.erase("C1", by="office:archive", reason="request")
    ledger.seal()
    with pytest.raises(ErasedError):
        statement(ledger, "C1")

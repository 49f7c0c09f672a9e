"""A statement that was tampered with turns the page red, which says what is wrong and shows nothing of it."""

from __future__ import annotations  # Playwright may be missing

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.statements import Office, make_office, press, put, spelled

from cadreledger import Ledger
from cadreledger.disclosure.statement_page import LogKey, statement_page
from cadreledger.export import statement

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

Open = Callable[..., "Page"]
Document = dict[str, Any]

DATA = re.compile(r'(<script type="application/json" id="evidence">)(.*?)(</script>)', re.DOTALL)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The example year's office, with its pages of statements."""
    folder = tmp_path_factory.mktemp("office")
    with Ledger.create(folder / "office.ledger", name="永兴社区") as ledger:
        yield make_office(ledger, folder)


def spoil_signature(document: Document) -> None:
    head, _, last = document["checkpoint"].rstrip("\n").rpartition(" ")
    document["checkpoint"] = f"{head} {last[:-8]}{'AAAA' if last[-8:-4] != 'AAAA' else 'BBBB'}{last[-4:]}\n"


def drop_last_signature(document: Document) -> None:
    lines = document["checkpoint"].splitlines(keepends=True)
    document["checkpoint"] = "".join(lines[:-1])


def other_root(document: Document) -> None:
    lines = document["checkpoint"].split("\n")
    lines[2] = f"AAAA{lines[2][4:]}"
    document["checkpoint"] = "\n".join(lines)


def in_event(at: int, member: str, value: object) -> Callable[[Document], object]:
    return lambda document: document["events"][at].update({member: value})


def flip(at: int, member: str) -> Callable[[Document], object]:
    """Change a letter in the middle of a section."""

    def change(document: Document) -> None:
        text = document["events"][at][member]
        middle = len(text) // 2
        document["events"][at][member] = text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1 :]

    return change


def put_in(member: str) -> Callable[[Document], object]:
    """The second event has what is the first one's."""
    return lambda document: document["events"][1].update({member: document["events"][0][member]})


def swap(member: str) -> Callable[[Document], object]:
    """The second event has what is the third one's."""
    return lambda document: document["events"][1].update({member: document["events"][2][member]})


TAMPERS: list[tuple[str, Callable[[Document], object], str, str]] = [
    ("a member more", lambda document: document.update(more=1), "format", "statement_form"),
    ("another form", lambda document: document.update(format="statement/2"), "format", "statement_other"),
    ("another origin", lambda document: document.update(origin="log.example/b"), "format", "checkpoint_other"),
    ("no checkpoint", lambda document: document.update(checkpoint="words\n"), "format", "checkpoint_form"),
    ("loose base64", in_event(0, "proof", ["AAAA"]), "format", "statement_form"),
    ("an index that is none", in_event(0, "index", -1), "format", "statement_form"),
    ("a spoilt signature", spoil_signature, "signature", "signature_wrong"),
    ("the old key alone", drop_last_signature, "signature", "signature_old"),
    ("another root", other_root, "signature", "signature_wrong"),
    ("turned round", lambda document: document["events"].reverse(), "inclusion", "order_wrong"),
    ("an event twice", lambda d: d["events"].insert(0, d["events"][0]), "inclusion", "order_wrong"),
    ("no proof", in_event(0, "proof", []), "inclusion", "inclusion_wrong"),
    ("another header", in_event(1, "header", '{"internal":"x","type":"noted/1"}'), "inclusion", "inclusion_wrong"),
    ("another's proof", put_in("proof"), "inclusion", "inclusion_wrong"),
    ("another salt", in_event(1, "internal", "A" * 60), "sections", "entry_form"),
    ("another's section", swap("internal"), "sections", "entry_header"),
    ("a changed section", flip(1, "internal"), "sections", ""),
    ("a changed name", flip(0, "personal"), "sections", "personal_wrong"),
    ("no name", lambda document: document["events"][0].pop("personal"), "sections", "personal_missing"),
    ("a name put in", put_in("personal"), "sections", "personal_missing"),
    ("no registration", lambda document: document["events"].pop(0), "person", "person_unnamed"),
    ("no event", lambda document: document["events"].clear(), "person", "person_unnamed"),
    ("another stream", lambda document: document.update(stream="cadre:" + "0" * 32), "person", "person_other"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "check", "fault"), [each[1:] for each in TAMPERS], ids=[each[0] for each in TAMPERS]
)
def test_what_was_touched_turns_both_pages_red_and_is_named(
    open_page: Open,
    office: Office,
    tmp_path: Path,
    change: Callable[[Document], object],
    check: str,
    fault: str,
) -> None:
    document = json.loads(office.with_void().to_json())
    change(document)
    text = spelled(document).decode()
    whole = office.carried.read_text("utf-8")
    found = DATA.search(whole)
    assert found
    evidence = json.dumps({**json.loads(found[2]), "statement": text}).replace("<", "\\u003c")
    (tmp_path / "mine.html").write_text(whole[: found.start(2)] + evidence + whole[found.end(2) :], "utf-8")
    mine, any_one = open_page(tmp_path / "mine.html"), open_page(office.page)
    for page, (verdict, checks) in ((mine, press(mine)), (any_one, put(any_one, text.encode()))):
        failed = {name: said for name, said in checks.items() if said}
        assert (verdict, list(failed)) == ("fails", [check])
        assert failed[check] == fault or not fault
        assert "请勿采信" in page.locator("#verdict").inner_text()
        assert page.locator("#entries > li").count() == 0
        assert not page.locator(".told").first.is_visible()


def test_a_statement_of_another_log_is_refused(open_page: Open, office: Office, tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "other.ledger", name="永兴社区") as ledger:
        ledger.run(lambda tx: tx.cadres.register("C1", kind="retired", name="赵某一"), by="staff:a")
        ledger.seal()
        other = statement(ledger, "C1")
    assert put(open_page(office.page), other.to_json()) == ("fails", {"format": "", "signature": "log_other"})


def test_a_key_signs_from_its_own_size_on_and_the_old_one_no_more(
    open_page: Open, office: Office, tmp_path: Path
) -> None:
    """What was sealed before the rotation holds by the old key; by a page that knows only a key of another, nothing."""
    first, last = office.ledger.sealed.checkpoints()[0], office.ledger.sealed.keys[-1]
    made = statement(office.ledger, next(iter(office.statements)), at=first)
    assert put(open_page(office.page), made.to_json())[0] == "holds"
    later = statement_page("永兴社区", office.ledger.origin, [LogKey(last, 1)])
    (tmp_path / "later.html").write_bytes(later)
    assert put(open_page(tmp_path / "later.html"), made.to_json())[1]["signature"] == "signature_missing"


def test_a_changed_program_does_not_run(chromium: Browser, office: Office, tmp_path: Path) -> None:
    page = office.page.read_text("utf-8")
    (tmp_path / "statement.html").write_text(page.replace("function checkIncluded", "function  checkIncluded"), "utf-8")
    opened = chromium.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.goto((tmp_path / "statement.html").as_uri())
    assert opened.locator("#drop").is_hidden()
    assert "Content Security Policy" in said[0]
    opened.close()

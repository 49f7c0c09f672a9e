"""The statement's page as bytes: its words for everything that can be wrong, its policy, and what it carries."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

import pytest

from cadreledger.disclosure.statement import Statement, StatementEvent
from cadreledger.disclosure.statement_page import PROGRAM, LogKey, statement_page
from cadreledger.disclosure.vocabulary import vocabulary_json
from cadreledger.events import VOCABULARY, own_fields

KEYS = (LogKey("log.example/a+00000000+AAAA", 1), LogKey("log.example/a+11111111+AAAA", 7))
WEB = files("cadreledger.disclosure").joinpath("web")
FAULT = re.compile(r'"((?:entry|statement|personal|person|void|signature|order|inclusion|checkpoint|log|key)_[a-z_]+)"')
HOSTILE = "</script><script>alert(1)</script><!--"
EVENT = StatementEvent(2, HOSTILE.encode(), bytes(40), None, ())
MADE = Statement("log.example/a", "cadre:0", b"a note\n", (EVENT,))


def evidence(page: bytes) -> dict[str, object]:
    found = re.findall(r'<script type="application/json" id="evidence">(.*?)</script>', page.decode(), re.DOTALL)
    (text,) = found
    document: dict[str, object] = json.loads(text)
    return document


def text_of(name: str) -> str:
    return WEB.joinpath(f"{name}.js").read_text("utf-8")


def test_everything_that_can_be_wrong_has_words_and_no_words_are_idle() -> None:
    faults = set(FAULT.findall(text_of("entries") + text_of("statement")))
    faults |= {"checkpoint_form", "key_form", "signature_wrong"}  # log.js: notes, keys, signatures
    block = text_of("statement_texts").partition("STATEMENT_FAULTS = {")[2].partition("};")[0]
    rows = re.findall(r'^  ([a-z_]+): \["[^"]*[\u4e00-\u9fff][^"]*", "[ -~]+"\],$', block, re.MULTILINE)
    assert len(rows) == len(block.strip().splitlines())
    assert set(rows) == faults | {"broken"}


def test_its_policy_lets_its_own_style_and_program_run_and_nothing_be_fetched() -> None:
    page = statement_page("永兴社区", "log.example/a", KEYS, MADE).decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    style, script = (re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL) for tag in ("style", "script"))
    digests = [b64encode(sha256(text.encode()).digest()).decode() for text in (style[0], script[0])]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digests[0]}'; script-src 'sha256-{digests[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"url\(|@import|//", style[0])
    program = "".join(map(text_of, PROGRAM))
    assert not re.search(
        r"fetch\(|XMLHttpRequest|WebSocket|sendBeacon|localStorage|innerHTML|insertAdjacent|eval\(", program
    )


@pytest.mark.parametrize("made", [None, MADE])
def test_it_carries_the_keys_and_the_statement_whole_and_nothing_ends_its_data(made: Statement | None) -> None:
    held = evidence(statement_page(HOSTILE, "log.example/a", KEYS, made))
    assert held["format"] == "statement-page/1"
    assert held["keys"] == [{"key": each.key, "size": each.size} for each in KEYS]
    assert held.get("statement") == (None if made is None else made.to_json().decode())


def test_only_the_page_of_the_site_leads_back_to_it() -> None:
    assert b'href="index.html"' in statement_page("永兴社区", "log.example/a", KEYS)
    assert b"href=" not in statement_page("永兴社区", "log.example/a", KEYS, MADE)


def test_the_pages_vocabulary_has_every_event_and_field_as_it_is() -> None:
    told = json.loads(vocabulary_json())
    assert not VOCABULARY.upcasters, "the page reads no old form of an event: teach it (web/entries.js)"
    assert set(told) == set(VOCABULARY.shapes)
    for wire, shape in VOCABULARY.shapes.items():
        assert list(told[wire]["fields"]) == [field.name for field in own_fields(shape.event_class)]
        for field in own_fields(shape.event_class):
            assert told[wire]["fields"][field.name]["section"] == field.metadata["section"].value

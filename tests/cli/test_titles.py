"""Whoever reads Chinese finds every finding and every step of a verification by a name in Chinese."""

import re

from tests.docs.test_findings import ROOT, said

from cadreledger.cli.texts import Language
from cadreledger.cli.titles import CHECKS, FINDINGS, check_title, finding_title
from cadreledger.queries.remark import CODES

STEP = re.compile(r'\.step\("([a-z]+)"\)')


def test_every_finding_has_a_title() -> None:
    assert set(FINDINGS) == {code for code, _ in said()} | CODES.keys()
    assert len(set(FINDINGS.values())) == len(FINDINGS)


def test_every_step_has_a_title() -> None:
    sources = (ROOT / "src" / "cadreledger" / "audit").glob("*.py")
    assert set(CHECKS) == {name for path in sources for name in STEP.findall(path.read_text("utf-8"))}


def test_in_english_the_code_is_the_title() -> None:
    assert (finding_title(Language.EN, "version_gap"), check_title(Language.EN, "root")) == ("", "root")
    assert (finding_title(Language.ZH, "version_gap"), check_title(Language.ZH, "root")) == ("版本不连续", "树根")
    assert finding_title(Language.ZH, "no_decision") == ""

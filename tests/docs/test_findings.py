"""The list of findings names what the audit can say, all of it and nothing else, with its weight."""

import re
from pathlib import Path

from cadreledger.queries.remark import CODES

ROOT = Path(__file__).parents[2]
SAID = re.compile(r'\.(error|warning|note)\(\s*"([a-z_]+)"')
TABLED = re.compile(r'": "([a-z_]+_[a-z]+)",$|what, "([a-z_]+)"\) if', re.MULTILINE)
MADE = re.compile(r'"([a-z]+(?:_[a-z]+)*)"')
REMARK = re.compile(r"yield Remark\(|_placed\(|of_rule\(|code = ")
ROW = re.compile(r"^\| `([a-z_]+)` \| (error|warning|note) \|", re.MULTILINE)
NAMED = re.compile(r"`([a-z]+_[a-z_]+)`")


def said() -> set[tuple[str, str]]:
    """The codes that the audit can say, each with its weight."""
    found: set[tuple[str, str]] = set()
    for path in (ROOT / "src" / "cadreledger" / "audit").glob("*.py"):
        text = path.read_text("utf-8")
        found |= {(code, weight) for weight, code in SAID.findall(text)}
        if path.name == "replay.py":
            found |= {(one or other, "error") for one, other in TABLED.findall(text)}
    return found


def test_every_finding_is_listed_with_its_weight() -> None:
    listed = ROW.findall((ROOT / "docs" / "reference" / "findings.md").read_text("utf-8"))
    remarks = {(code, weight.value) for code, weight in CODES.items()}
    assert len(said()) > 25
    assert set(listed) == said() | remarks
    assert len(listed) == len(said() | remarks)


def test_a_remark_is_made_by_a_code_that_is_listed() -> None:
    """Each code stands somewhere in the source beside the list, and no other is given to a remark."""
    sources = [ROOT / "src" / "cadreledger" / "queries" / f"{name}.py" for name in ("survey", "remarks")]
    lines = [line for path in sources for line in path.read_text("utf-8").splitlines()]
    made = {word for line in lines if REMARK.search(line) for word in MADE.findall(line)}
    assert made - {"community"} == CODES.keys()


def test_explanations_name_no_other_findings() -> None:
    listed = {code for code, _ in ROW.findall((ROOT / "docs" / "reference" / "findings.md").read_text("utf-8"))}
    for page in ("trust", "sealing", "erasure"):
        named = NAMED.findall((ROOT / "docs" / "explanation" / f"{page}.md").read_text("utf-8"))
        assert set(named) <= listed, page
        assert named or page == "sealing"

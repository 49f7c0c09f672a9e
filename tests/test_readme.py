"""The documents keep their word: their programs run and print what they say, their commands and figures exist."""

import inspect
import json
import re
import shlex
import shutil
import subprocess
import sys
from enum import Enum
from importlib.resources import files
from pathlib import Path

import pytest

from cadreledger import Ledger, Transaction
from cadreledger.aggregates import Branch, Cadre, Community, Facility, Person, Programme, Team
from cadreledger.events.activity import ActivityKind
from cadreledger.events.branch import BranchKind, FundUse
from cadreledger.events.cadre import (
    AttendanceMode,
    CadreKind,
    LeaveCause,
    Medal,
    MembershipEnd,
    Relation,
    VisitMode,
    VisitReason,
)
from cadreledger.events.community import RegulationWay
from cadreledger.events.dues import ArrearsStep, PaymentMethod
from cadreledger.events.facility import FacilityKind
from cadreledger.events.programme import WorkKind
from cadreledger.events.team import TeamKind
from cadreledger.events.void import VoidReason
from cadreledger.ledger.subjects import Branches, Cadres, Facilities, People, Teams
from cadreledger.rules.dues import DuesScheme
from cadreledger.values import Qualifier

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
PROGRAM = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
PRINTED = re.compile(r"^ *print\(.*\)  # (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
CODE = re.compile(r"`[^`\n]*`")
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
WORKBOOK = ROOT / "examples" / "yongxing-2021.xlsx"


def programs() -> list[tuple[str, str]]:
    """(page, program): the Python blocks of a page, joined, since a later one goes on from an earlier."""
    found = [(str(page.relative_to(ROOT)), "\n".join(PROGRAM.findall(page.read_text("utf-8")))) for page in PAGES]
    return [(page, program) for page, program in found if program]


def calls() -> list[tuple[Path, list[list[str]]]]:
    """The commands of a page, in order."""
    found = []
    for page in PAGES:
        lines = "".join(CONSOLE.findall(page.read_text("utf-8"))).splitlines()
        words = [
            shlex.split(line.removeprefix("$ cadreledger ")) for line in lines if line.startswith("$ cadreledger ")
        ]
        if words:
            found.append((page, words))
    return found


def command(*words: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    cadreledger = Path(sys.executable).with_name("cadreledger")
    return subprocess.run([cadreledger, *words], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("page", "program"), programs(), ids=lambda value: value if value.endswith(".md") else "")
def test_programs_run_and_print_what_the_page_says(page: str, program: str, tmp_path: Path) -> None:
    shutil.copy(WORKBOOK, tmp_path)
    said = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, ""), page
    assert said.stdout.splitlines() == PRINTED.findall(program)


def test_the_readme_has_a_program() -> None:
    assert "README.md" in dict(programs())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(CODE.sub("", page.read_text("utf-8"))):  # a pattern such as `[1-7](-[1-7])?` is no link
        assert (page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target} is not there"


def test_every_command_is_documented_and_every_documented_command_exists(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "reference" / "cli.md").read_text("utf-8")
    documented = set(re.findall(r"^## `([a-z-]+)", text, re.MULTILINE))
    assert documented
    for name in documented:
        said = command(name, "--help", cwd=tmp_path)
        assert said.returncode == 0, f"docs/reference/cli.md: there is no command {name}"
    help_text = command("--help", cwd=tmp_path).stdout.partition("Commands:")[2]
    listed = set(re.findall(r"^  ([a-z][a-z-]*) ", help_text, re.MULTILINE))
    assert listed == documented


@pytest.mark.parametrize(("page", "words_of"), calls(), ids=lambda value: value.name if isinstance(value, Path) else "")
def test_the_commands_of_a_page_do_what_it_says(page: Path, words_of: list[list[str]], tmp_path: Path) -> None:
    shutil.copy(WORKBOOK, tmp_path)
    shutil.copytree(WORKBOOK.parent, tmp_path / "examples")
    for words in words_of:
        said = command(*words, cwd=tmp_path)
        assert said.returncode == 0, (page.name, words, said.stdout, said.stderr)


def test_the_readme_and_the_tutorial_have_commands() -> None:
    assert {"README.md", "tutorial.md"} <= {page.name for page, _ in calls()}


INNER = {
    "at_once",
    "decides_in",
    "require_open",
    "require_formal",
    "position_as_known",
}  # for other rooms than programs
TOGETHER = type(
    "Transaction",
    (),
    {name: getattr(Transaction, name) for name in ("record_death", "dissolve", "close_month", "transfer", "picture")},
)


@pytest.mark.parametrize(
    ("section", "owners"),
    [
        ("`tx.cadres` and `tx.branches`", [Cadres, Branches]),
        ("A person", [Cadre]),
        ("A branch", [Branch]),
        ("Several at once", [TOGETHER]),
        ("A team", [Teams, Team]),
        ("A facility", [Facilities, Facility]),
        ("Somebody else", [People, Person]),
        ("The community", [Community]),
        ("The programme", [Programme]),
        ("Ledger", [Ledger]),
    ],
)
def test_every_verb_and_every_argument_is_documented(section: str, owners: list[type]) -> None:
    text = (ROOT / "docs" / "reference" / "verbs.md").read_text("utf-8").partition(f"## {section}\n")[2]
    rows = re.findall(r"^\| (`.*)$", text.partition("\n## ")[0], re.MULTILINE)
    for owner in owners:
        for name, verb in inspect.getmembers(owner, inspect.isroutine):
            if name.startswith("_") or name in INNER:
                continue
            said = [row for row in rows if re.search(rf"[`.]{name}\(", row.partition(" |")[0])]
            assert said, f"docs/reference/verbs.md: {owner.__name__}.{name} is not there"
            arguments = inspect.signature(verb).parameters.values()
            named = [each.name for each in arguments if each.kind is inspect.Parameter.KEYWORD_ONLY]
            missing = [argument for argument in named if not re.search(rf"\b{argument}\b", said[0])]
            assert not missing, f"docs/reference/verbs.md: {owner.__name__}.{name} takes {missing} too"


@pytest.mark.parametrize(
    "words",
    [
        *(CadreKind, LeaveCause, Relation, MembershipEnd, DuesScheme, PaymentMethod),
        *(VisitReason, VisitMode, BranchKind, FundUse, VoidReason),
        *(TeamKind, FacilityKind, Qualifier, ActivityKind, AttendanceMode, Medal, ArrearsStep),
        *(RegulationWay, WorkKind),
    ],
)
def test_every_word_is_documented(words: type[Enum]) -> None:
    text = (ROOT / "docs" / "reference" / "verbs.md").read_text("utf-8").partition("## Words\n")[2]
    rows = [set(re.findall(r"`([a-z0-9_]+)` –", row)) for row in re.findall(r"^\| (.*)$", text, re.MULTILINE)]
    assert {word.value for word in words} in rows


def test_every_figure_is_in_the_documents() -> None:
    catalogue = json.loads(files("cadreledger.figures").joinpath("catalogue.json").read_bytes())
    keys = {figure["key"] for figure in catalogue["figures"]}
    text = (ROOT / "docs" / "reference" / "figures.md").read_text("utf-8")
    assert keys == set(re.findall(r"^\| \[`([a-z_.]+)`\]", text, re.MULTILINE))

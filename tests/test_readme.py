"""The documents keep their word: their programs run and print what they say, their commands and figures exist."""

import json
import re
import shlex
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
PROGRAM = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
PRINTED = re.compile(r"^ *print\(.*\)  # (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def programs() -> list[tuple[str, str]]:
    """(page, program): the Python blocks of a page, joined, since a later one goes on from an earlier."""
    found = [(str(page.relative_to(ROOT)), "\n".join(PROGRAM.findall(page.read_text("utf-8")))) for page in PAGES]
    return [(page, program) for page, program in found if program]


def command(*words: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    cadreledger = Path(sys.executable).with_name("cadreledger")
    return subprocess.run([cadreledger, *words], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("page", "program"), programs(), ids=lambda value: value if value.endswith(".md") else "")
def test_programs_run_and_print_what_the_page_says(page: str, program: str, tmp_path: Path) -> None:
    said = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, ""), page
    assert said.stdout.splitlines() == PRINTED.findall(program)


def test_the_readme_has_a_program() -> None:
    assert "README.md" in dict(programs())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
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


def test_the_commands_of_the_tutorial_do_what_it_says(tmp_path: Path) -> None:
    workbook = ROOT / "examples" / "yongxing-2021.xlsx"
    (tmp_path / workbook.name).write_bytes(workbook.read_bytes())
    text = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
    lines = [
        line
        for block in re.findall(r"^```console\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        for line in block.splitlines()
    ]
    calls = [shlex.split(line.removeprefix("$ cadreledger ")) for line in lines if line.startswith("$ cadreledger ")]
    assert calls
    for words in calls:
        said = command(*words, cwd=tmp_path)
        assert said.returncode == 0, (words, said.stdout, said.stderr)


def test_every_figure_is_in_the_documents() -> None:
    catalogue = json.loads(files("cadreledger.figures").joinpath("catalogue.json").read_bytes())
    keys = {figure["key"] for figure in catalogue["figures"]}
    text = (ROOT / "docs" / "explanation" / "figures.md").read_text("utf-8")
    assert keys == set(re.findall(r"^\| `([a-z_.]+)` \|", text, re.MULTILINE))

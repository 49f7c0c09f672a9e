"""The life of a notice on the command line."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cadreledger import Ledger, Month, yuan
from cadreledger.audit import Trust, verify_path
from cadreledger.cli.app import app

Run = Callable[..., Result]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "office.ledger"
    with Ledger.create(path, name="永兴社区") as ledger, ledger.transaction(by="staff:a") as tx:
        home = tx.branches.establish("B1", name="党支部", kind="formal", on=date(2012, 6, 28))
        member = tx.cadres.register("C1", kind="retired", name="赵某", formal=home)
        member.pay_dues(yuan("12.75"), for_month=Month(2021, 7), on=date(2021, 7, 5))
    return path


@pytest.fixture
def run() -> Run:
    return lambda *arguments: CliRunner().invoke(app, ["notice", *(str(argument) for argument in arguments)])


def prepared(run: Run, place: Path, number: str = "2021-6") -> None:
    assert run("propose", place, number, "--period", "2021-07", "--by", "office:a").exit_code == 0
    assert run("review", place, number, "--by", "office:b").exit_code == 0
    assert run("approve", place, number, "--by", "office:c").exit_code == 0


def test_from_a_proposal_to_a_page_and_to_its_correction(run: Run, place: Path, tmp_path: Path) -> None:
    prepared(run, place)
    made = run(
        "publish", place, "2021-6", "--by", "office:c", "--out", tmp_path / "n", "--text", "党费已交。", "--json"
    )
    assert made.exit_code == 0
    shape = json.loads(made.stdout)
    assert (shape["number"], shape["edition"]) == ("2021-6", 1)
    assert {Path(name).name for name in shape["files"]} >= {"notice.html", "notice.json", "snapshot.checkpoint"}
    assert "党费已交。" in (tmp_path / "n" / "notice.html").read_text("utf-8")
    with Ledger.open(place) as ledger:
        trust = Trust(as_of=datetime(2100, 1, 1, tzinfo=UTC), keys=ledger.sealed.keys)
    alone = verify_path(tmp_path / "n" / "notice.json", trust)
    assert alone.ok
    assert any("number, edition and words" in each for each in alone.unchecked)
    prepared(run, place)
    refused = run("publish", place, "2021-6", "--by", "office:c", "--out", tmp_path / "m")
    assert (refused.exit_code, "correct" in refused.stderr) == (2, True)
    corrected = run("correct", place, "2021-6", "--by", "office:c", "--reason", "改正", "--out", tmp_path / "m")
    assert corrected.exit_code == 0
    listed = json.loads(run("list", place, "--json").stdout)["notices"]
    assert listed == [{"number": "2021-6", "edition": edition, "stage": "published"} for edition in (1, 2)]
    assert "已公布" in run("list", place, "--lang", "zh").stdout


def test_each_step_wants_the_one_before_and_somebody_else(run: Run, place: Path, tmp_path: Path) -> None:
    early = run("publish", place, "2021-6", "--by", "office:c", "--out", tmp_path / "n")
    assert (early.exit_code, "propose" in early.stderr) == (2, True)
    assert run("propose", place, "2021-6", "--period", "2021-07", "--by", "office:a").exit_code == 0
    same = run("review", place, "2021-6", "--by", "office:a", "--json")
    assert same.exit_code == 2
    assert json.loads(same.stdout)["error"]["rule"] == "same_person"
    assert run("review", place, "2021-6", "--by", "office:b").exit_code == 0
    unapproved = run("publish", place, "2021-6", "--by", "office:c", "--out", tmp_path / "n", "--json")
    assert json.loads(unapproved.stdout)["error"]["rule"] == "notice_not_approved"
    assert not (tmp_path / "n").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("propose", "2021-6", "--period", "2021-13", "--by", "office:a"),
        ("propose", "2021-6", "--period", "2021-07", "--by", "office:a", "--on", "yesterday"),
        ("correct", "2021-6", "--by", "office:a", "--reason", " ", "--out", "n"),
        ("publish", "2021-6", "--by", "", "--out", "n"),
    ],
)
def test_a_wrong_call_records_nothing(run: Run, place: Path, arguments: tuple[str, ...]) -> None:
    with Ledger.open(place) as ledger:
        before = ledger.position
    command, *rest = arguments
    said = run(command, place, *rest)
    assert said.exit_code == 2
    assert "Traceback" not in said.output
    with Ledger.open(place) as ledger:
        assert ledger.position == before

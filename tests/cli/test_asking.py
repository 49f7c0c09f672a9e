"""What the office asks on the command line: in words, in both languages, and for programs."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cadreledger import Ledger, Month, yuan
from cadreledger.cli.app import app
from cadreledger.intake import import_workbook

EXAMPLE = Path(__file__).parents[2] / "examples" / "yongxing-2021.xlsx"
YEAR = "2021-01..2021-07"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("asked") / "year.ledger"
    with Ledger.create(path, name="永兴社区", clock=lambda: datetime(2021, 8, 20, tzinfo=UTC)) as ledger:
        import_workbook(ledger, EXAMPLE)
    return path


@pytest.fixture
def run() -> Callable[..., Result]:
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_month_without_a_party_day_is_named(run: Callable[..., Result], place: Path) -> None:
    said = run("cadence", place, "--period", YEAR, "--lang", "en")
    assert said.exit_code == 0
    row = next(line for line in said.stdout.splitlines() if "meeting.party_day" in line)
    assert "8" in row
    assert "2021-03" in row
    shape = json.loads(run("cadence", place, "--period", YEAR, "--json").stdout)
    days = next(each for each in shape["cadence"] if each["rule"] == "meeting.party_day")
    assert (days["held"], days["lacking"], days["by_month"]["2021-06"]) == (8, ["2021-03"], 2)


def test_coverage_is_by_the_offices_codes_and_adds_up(run: Callable[..., Result], place: Path) -> None:
    shape = json.loads(run("coverage", place, "--period", YEAR, "--json").stdout)
    people = shape["people"]
    assert (len(people), sum(each["attended"] for each in people), sum(each["made_up"] for each in people)) == (
        113,
        205,
        36,
    )
    for each in people:
        assert each["sessions"] == each["attended"] + each["made_up"] + each["excused"] + each["absent"]
    said = run("coverage", place, "--period", YEAR, "--lang", "zh").stdout
    lines = [line for line in said.splitlines() if "YX" in line]
    assert lines == sorted(lines)
    assert len(lines) == 113
    assert "赵" not in said  # codes, no names


def test_who_has_not_paid_is_named_with_the_month(run: Callable[..., Result], place: Path) -> None:
    said = run("arrears", place, "--month", "2021-07", "--lang", "en").stdout
    assert "YX061" in said
    assert "2021-04 7.40" in said
    shape = json.loads(run("arrears", place, "--month", "2021-07", "--json").stdout)
    assert [each["lacking"] for each in shape["arrears"]] == [740]
    assert run("arrears", place, "--month", "2021-03", "--lang", "en").stdout.startswith("Nothing that was assessed")
    before = run("arrears", place, "--month", "2021-07", "--as-known", "2021-06-15", "--json")
    assert before.exit_code == 0


def test_who_is_due_the_medal(run: Callable[..., Result], place: Path) -> None:
    said = run("medal-roll", place, "--year", "2021", "--lang", "zh").stdout
    assert "8 人" in said
    assert "YX011" in said
    assert "YX012" not in said  # by a day
    assert json.loads(run("medal-roll", place, "--year", "2021", "--json").stdout)["since"] == "1971-07-01"
    assert "no medal" in run("medal-roll", place, "--year", "1999", "--lang", "en").stdout.lower()


def test_the_cash_box_before_and_after_its_month_is_closed(run: Callable[..., Result], tmp_path: Path) -> None:
    path = tmp_path / "box.ledger"
    with Ledger.create(path, name="永兴社区") as ledger:
        with ledger.transaction(by="staff:a") as tx:
            home = tx.branches.establish("B1", name="党支部", kind="formal", on=date(2012, 6, 28))
            member = tx.cadres.register("C1", kind="retired", name="赵某", formal=home)
            member.pay_dues(yuan("302.00"), for_month=Month(2021, 7), on=date(2021, 7, 5), method="cash")
            member.pay_dues(yuan("10.00"), for_month=Month(2021, 8), on=date(2021, 7, 5), method="transfer")
        assert "302.00" in run("cash", path, "B1", "--month", "2021-07", "--lang", "en").stdout
        with ledger.transaction(by="staff:a") as tx:
            tx.close_month(tx.branches["B1"], Month(2021, 7), counted=yuan("302.00"), on=date(2021, 8, 1))
    shape = json.loads(run("cash", path, "B1", "--month", "2021-07", "--json").stdout)
    assert (shape["expected"], shape["counted"], shape["variance"], shape["closed"]) == (30200, 30200, 0, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("cadence", "--period", "2021-13"),
        ("coverage", "--period", "2021", "--kind", "dancing"),
        ("arrears", "--month", "July"),
        ("medal-roll", "--year", "0"),
        ("cash", "NOBODY", "--month", "2021-07"),
        ("cadence", "--period", "2021", "--as-known", "999999"),
    ],
)
def test_what_cannot_be_asked_is_a_wrong_call(
    run: Callable[..., Result], place: Path, arguments: tuple[str, ...]
) -> None:
    command, *rest = arguments
    said = run(command, place, *rest)
    assert said.exit_code == 2
    assert "Traceback" not in said.output

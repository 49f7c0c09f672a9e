"""The command line as a person or a program meets it: a real process, its output, its exit code."""

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from cadreledger import Ledger, Month, yuan

ROOT = Path(__file__).parents[2]
WORKBOOK = ROOT / "examples" / "yongxing-2021.xlsx"
EXPECTED = json.loads((ROOT / "examples" / "yongxing-2021.expected.json").read_text("utf-8"))["figures"]
TODAY = date.today()  # noqa: DTZ011 - the machine's day is what the process sees too

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*args: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cadreledger", *map(str, args)],
            cwd=tmp_path,
            env={**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "220", **env},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture
def imported(run: Run, tmp_path: Path) -> Path:
    ledger = tmp_path / "yongxing.ledger"
    assert run("init", ledger, "--name", "永兴社区").returncode == 0
    assert run("import", ledger, WORKBOOK).returncode == 0
    return ledger


def personal_words() -> set[str]:
    sheet = openpyxl.load_workbook(WORKBOOK, read_only=True)["干部"]
    rows = sheet.iter_rows(min_row=2, max_col=7, values_only=True)
    columns = [(str(code).strip(), name, phone, address) for code, name, _, _, _, phone, address in rows if code]
    return {str(word).strip() for row in columns for word in row if word}


def readable(path: Path) -> str:
    """What a file holds, unpacked."""
    if path.suffix != ".xlsx":
        return path.read_bytes().decode("utf-8", "ignore")
    with zipfile.ZipFile(path) as packed:
        return "".join(packed.read(name).decode("utf-8") for name in packed.namelist())


def test_the_demo_agrees_with_the_paper_and_says_what_to_open(run: Run, tmp_path: Path) -> None:
    done = run("demo", "--out", tmp_path / "out", "--lang", "en")
    assert done.returncode == 0, done.stderr
    for shown in ("1275.00", "892.50", "26", "57", "105", "at least 1300", "agrees"):
        assert shown in done.stdout
    assert "differs" not in done.stdout
    page = re.search(r"Open (\S+notice\.html) in a browser", done.stdout)
    assert page is not None
    assert "壹仟贰佰柒拾伍元整" in Path(page[1]).read_text("utf-8")
    commands = re.findall(r"CADRELEDGER_KEK_DIR=(\S+) .*?cadreledger\S* ((?:figures|history) .*\S)", done.stdout)
    assert len(commands) == 4
    for kek_dir, command in commands:
        again = run(*command.split(), CADRELEDGER_KEK_DIR=kek_dir)
        assert again.returncode == 0, again.stderr


def test_the_demo_shows_what_came_after_a_notice(run: Run, tmp_path: Path) -> None:
    done = run("demo", "--out", tmp_path / "out", "--lang", "en")
    shown = [line.split("│")[1:-1] for line in done.stdout.splitlines() if line.startswith("│ 2021-")]
    assert [[cell.strip() for cell in row] for row in shown] == [
        ["2021-1", "Dues collected", "262.04", "183.20", "corrected, its replacement"],
        ["2021-3", "Dues collected", "177.00", "175.80", "late entry, taken back"],
        ["2021-4", "Visits at the door", "2", "3", "late entry"],
    ]
    with Ledger.open(tmp_path / "out" / "yongxing.ledger", kek_dir=tmp_path / "out" / "kek") as ledger:
        recorded = [event.entry.recorded_at.date() for event in ledger.events()][1:]
        written = [event.entry.registered_on for event in ledger.events()][1:]
    assert recorded == sorted(recorded)
    assert all(day is None or day <= moment for day, moment in zip(written, recorded, strict=True))
    assert len(set(recorded)) > 100


def test_a_second_demo_in_the_same_folder_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    run("demo", "--out", tmp_path / "out")
    again = run("demo", "--out", tmp_path / "out")
    assert again.returncode == 2
    assert "Traceback" not in again.stderr
    assert "error:" in again.stderr


def test_nothing_personal_is_printed_nor_stored_in_the_ledger(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "yongxing.ledger"
    outputs = [
        run("demo", "--out", tmp_path / "out"),
        run("init", ledger, "--name", "永兴社区"),
        run("import", ledger, WORKBOOK),
        run("import", ledger, WORKBOOK, "--json"),
        run("figures", ledger, "--period", "2021", "--by", "month"),
        run("history", ledger, "YXZ1"),
        run("history", ledger, "YX017", "--json"),
        run("snapshot", ledger, "--period", "2021-01..2021-07", "--out", tmp_path / "snapshot"),
        run("snapshot", ledger, "--period", "2021", "--out", tmp_path / "year", "--json"),
    ]
    said = "".join(done.stdout + done.stderr for done in outputs)
    files = [ledger, *(path for folder in ("snapshot", "year") for path in (tmp_path / folder).iterdir())]
    stored = "".join(map(readable, files))
    for word in personal_words():
        assert word not in said
        assert word not in stored


def test_init_says_where_the_keys_are(run: Run, tmp_path: Path) -> None:
    made = run("init", tmp_path / "a.ledger", "--name", "永兴社区", "--json")
    said = json.loads(made.stdout)
    assert made.returncode == 0
    assert Path(said["keys"]).exists()
    assert Path(said["kek"]).exists()
    assert said["origin"].isascii()


@pytest.mark.parametrize("name", ["", "  "])
def test_init_wants_a_name(run: Run, tmp_path: Path, name: str) -> None:
    made = run("init", tmp_path / "a.ledger", "--name", name)
    assert made.returncode == 2
    assert not (tmp_path / "a.ledger").exists()


def test_init_never_overwrites(run: Run, imported: Path) -> None:
    before = imported.read_bytes()
    assert run("init", imported, "--name", "x").returncode == 2
    assert imported.read_bytes() == before


def test_import_json_has_the_fixed_shape(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "a.ledger"
    run("init", ledger, "--name", "永兴社区")
    done = run("import", ledger, WORKBOOK, "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 0
    assert list(said) == ["workbook", "sheets", "events", "errors", "warnings"]
    assert said["sheets"]["党费"] == {"rows": 156, "recorded": 156, "known": 0, "warnings": 0}
    assert said["errors"] == []
    assert {tuple(problem) for problem in said["warnings"]} == {("sheet", "cell", "code", "found", "expected", "hint")}
    again = json.loads(run("import", ledger, WORKBOOK, "--json").stdout)
    assert again["events"] == 0
    assert again["sheets"]["党费"] == {"rows": 156, "recorded": 0, "known": 156, "warnings": 0}


def test_a_dry_run_records_nothing(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "a.ledger"
    run("init", ledger, "--name", "永兴社区")
    done = run("import", ledger, WORKBOOK, "--dry-run", "--json")
    assert json.loads(done.stdout)["events"] > 400
    figures = json.loads(run("figures", ledger, "--period", "2021", "--json").stdout)
    assert figures["position"] == 1
    assert json.loads(run("import", ledger, WORKBOOK, "--json").stdout)["sheets"]["干部"]["recorded"] == 113


def test_a_bad_workbook_names_its_cells_and_exits_2(run: Run, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(WORKBOOK)
    sheet = book["党费"]
    headers = [cell.value for cell in sheet[1]]
    cell = sheet.cell(row=12, column=headers.index("金额") + 1, value="十二")
    book.save(tmp_path / "bad.xlsx")
    ledger = tmp_path / "a.ledger"
    run("init", ledger, "--name", "永兴社区")
    done = run("import", ledger, "bad.xlsx", "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 2
    assert [(error["sheet"], error["cell"], error["code"]) for error in said["errors"]] == [
        ("党费", cell.coordinate, "amount_not_a_number")
    ]
    shown = run("import", ledger, "bad.xlsx")
    assert shown.returncode == 2
    assert "amount_not_a_number" in shown.stdout
    assert "Traceback" not in shown.stdout + shown.stderr
    assert json.loads(run("figures", ledger, "--period", "2021", "--json").stdout)["position"] == 1


def test_figures_json_has_the_fixed_shape_and_the_expected_totals(run: Run, imported: Path) -> None:
    done = run("figures", imported, "--period", "2021-01..2021-07", "--by", "month", "--json")
    said = json.loads(done.stdout)
    assert list(said) == ["ledger", "period", "position", "figures", "by_month"]
    assert said["period"] == "2021-01..2021-07"
    assert set(said["figures"]) == set(EXPECTED)
    for key, expected in EXPECTED.items():
        found = said["figures"][key]
        assert {name: found[name] for name in ("value", "qualifier") if name in found} == expected, key
        assert set(found) - {"qualifier"} == {"value", "unit", "kind", "visibility", "events"}
    months = said["by_month"]
    assert list(months) == [f"2021-0{month}" for month in range(1, 8)]
    for key in ("dues.collected", "dues.credited", "visits.made"):
        assert sum(values[key] for values in months.values()) == EXPECTED[key]["value"]
    assert {values["cadres.retired"] for values in months.values()} == {105}


def test_figures_as_known_at_a_position_or_a_time(run: Run, imported: Path) -> None:
    def value(as_known: str) -> int:
        done = run("figures", imported, "--period", "2021", "--as-known", as_known, "--json")
        return int(json.loads(done.stdout)["figures"]["dues.collected"]["value"])

    assert value("1") == 0
    with Ledger.open(imported) as ledger:
        assert value(str(ledger.position)) == 127500
    assert value("2000-01-01T00:00") == 0
    assert value("2000-01-01") == 0
    assert value(str(TODAY + timedelta(days=2))) == 127500
    # registered by the end of February: three payments of 87.60 less what was corrected by then
    assert 0 < value("2021-02-21") < 127500
    assert value("2021-02-21") - value("2021-02-22") == 8760 - 876


@pytest.mark.parametrize("command", [("figures", "--period", "2021"), ("history", "ledger")])
def test_a_position_that_is_not_there_yet_is_refused(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    run("init", tmp_path / "a.ledger", "--name", "永兴社区")
    name, *rest = command
    assert run(name, "a.ledger", *rest, "--as-known", "1").returncode == 0
    done = run(name, "a.ledger", *rest, "--as-known", "2", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"] == {
        "kind": "InputError",
        "what": "there is no such position yet",
        "expected": "a position up to 1",
        "found": "2",
        "hint": "",
    }


def test_what_headers_do_not_give_yet_is_not_called_unrecorded(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "a.ledger", "--name", "永兴社区")
    with Ledger.open(tmp_path / "a.ledger") as ledger, ledger.transaction(by="staff:a") as tx:
        branch = tx.branches.establish("B1", name="x", kind="formal")
        cadre = tx.cadres.register("C1", kind="retired", name="x", formal=branch)
        cadre.pay_dues(yuan("1.00"), for_month=Month(2021, 1), on=date(2021, 1, 5))

    def silent(view: str) -> tuple[str, set[str]]:
        done = run("figures", tmp_path / "a.ledger", "--period", "2021", "--lang", "en", "--view", view)
        said, _, keys = done.stdout.splitlines()[-1].partition(": ")
        return said, set(keys.split(", "))

    office, public = silent("office"), silent("public")
    assert (office[0], public[0]) == ("Nothing recorded for", "Headers alone give nothing yet for")
    assert public[1] - office[1] == {"dues.collected"}
    assert office[1] - public[1] == {"cadres.smartphone", "cadres.frail", "members.participating"}


@pytest.mark.parametrize(
    "args",
    [
        ("figures", "LEDGER", "--period", "2021-13"),
        ("figures", "LEDGER", "--period", "soon"),
        ("figures", "LEDGER", "--period", "2021", "--by", "week"),
        ("figures", "LEDGER", "--period", "2021", "--as-known", "yesterday"),
        ("figures", "LEDGER"),
        ("figures", "nowhere.ledger", "--period", "2021"),
        ("history", "LEDGER", "NOBODY"),
        ("history", "LEDGER", "cadre:" + "0" * 32),
        ("history", "LEDGER", ""),
        ("import", "LEDGER", "nowhere.xlsx"),
        ("import", "LEDGER", str(WORKBOOK), "--by", "王某001"),
        ("unheard-of",),
    ],
)
def test_a_wrong_call_exits_2_without_a_traceback(run: Run, imported: Path, args: tuple[str, ...]) -> None:
    done = run(*(str(imported) if arg == "LEDGER" else arg for arg in args))
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_debug_shows_where_an_error_came_from(run: Run) -> None:
    assert "Traceback" in run("figures", "nowhere.ledger", "--period", "2021", "--debug").stderr


def test_an_error_with_json_is_json(run: Run) -> None:
    done = run("figures", "nowhere.ledger", "--period", "2021", "--json")
    assert json.loads(done.stdout)["error"]["kind"] == "StoreError"
    assert done.returncode == 2


def test_a_history_shows_the_correction_of_a_payment(run: Run, imported: Path) -> None:
    done = run("history", imported, "YX098", "--json")
    events = {event["position"]: event for event in json.loads(done.stdout)["events"]}
    (void,) = (event for event in events.values() if event["type"] == "void/1")
    wrong, right = events[void["voids"]], events[void["position"] + 1]
    assert (wrong["details"]["amount"], right["details"]["amount"]) == ("87.60", "8.76")
    assert wrong["voided_by"] == void["position"]
    assert void["source"] == "党费 2021/45"


@pytest.mark.parametrize("key", ["dues.collected", "dues.credited", "visits.made", "cadres.retired"])
def test_behind_a_figure_are_as_many_events_as_it_says(run: Run, imported: Path, key: str) -> None:
    figures = json.loads(run("figures", imported, "--period", "2021-04", "--json").stdout)["figures"]
    behind = json.loads(run("figures", imported, "--period", "2021-04", "--behind", key, "--json").stdout)["events"]
    assert len(behind) == figures[key]["events"] > 0


def test_behind_an_unknown_figure_is_an_error(run: Run, imported: Path) -> None:
    assert run("figures", imported, "--period", "2021", "--behind", "dues.lost").returncode == 2


def test_a_history_shows_what_is_personal_only_when_asked(run: Run, imported: Path) -> None:
    assert "韩某098" not in run("history", imported, "YX098").stdout
    assert "韩某098" in run("history", imported, "YX098", "--personal").stdout


def test_without_the_key_store_figures_and_histories_by_stream_still_work(run: Run, imported: Path) -> None:
    with Ledger.open(imported) as ledger:
        stream = ledger.stream_of("YX098")
    imported.with_suffix(".keys").unlink()
    figures = json.loads(run("figures", imported, "--period", "2021", "--json").stdout)
    assert figures["figures"]["dues.collected"]["value"] == 127500
    history = run("history", imported, stream, "--personal")
    assert history.returncode == 0
    assert "key not at hand" in history.stdout
    by_code = run("history", imported, "YX098")
    assert by_code.returncode == 2
    assert "Traceback" not in by_code.stderr


def test_messages_come_in_chinese(run: Run, imported: Path) -> None:
    done = run("figures", imported, "--period", "2021", "--lang", "zh")
    assert "党费收缴" in done.stdout
    assert "任何人" in done.stdout
    assert "错误" in run("figures", "nowhere.ledger", "--period", "2021", "--lang", "zh").stderr


def test_an_empty_ledger_has_figures(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "a.ledger", "--name", "永兴社区")
    done = run("figures", tmp_path / "a.ledger", "--period", "2021", "--by", "month")
    assert done.returncode == 0, done.stderr
    assert "dues.collected" in done.stdout


def test_markup_in_a_name_is_shown_and_not_obeyed(run: Run, tmp_path: Path) -> None:
    name = "[bold]永兴[/bold] [red]x"
    run("init", tmp_path / "a.ledger", "--name", name)
    with Ledger.open(tmp_path / "a.ledger") as ledger, ledger.transaction(by="staff:a") as tx:
        branch = tx.branches.establish("B1", name="x", kind="formal")
        cadre = tx.cadres.register("C1", kind="retired", name="x", formal=branch)
        with tx.entry("[red]register[/red]"):
            cadre.pay_dues(yuan("1.00"), for_month=Month(2021, 1), on=date(2021, 1, 5))
    assert name in run("figures", tmp_path / "a.ledger", "--period", "2021").stdout
    assert "[red]register[/red]" in run("history", tmp_path / "a.ledger", "C1").stdout


def test_a_terminal_without_chinese_still_gets_an_answer(run: Run, imported: Path) -> None:
    done = run("figures", imported, "--period", "2021", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert done.returncode == 0
    assert "1275.00" in done.stdout


def test_a_reader_that_goes_away_is_no_error(imported: Path) -> None:
    command = f"{sys.executable} -m cadreledger figures {imported} --period 1901..9998 --json --by month | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=120)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["init", "import", "figures", "history", "demo", "snapshot", "adopt"])
def test_every_command_explains_itself(run: Run, command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout
    for option in re.findall(r"--[a-z-]+", done.stdout):
        assert option.isascii()


# --- snapshot and adopt -----------------------------------------------------------------------------------------------


def test_a_snapshot_is_four_files_and_says_which_to_open(run: Run, imported: Path, tmp_path: Path) -> None:
    out = tmp_path / "notice"
    done = run("snapshot", imported, "--period", "2021-01..2021-07", "--out", out, "--lang", "en")
    assert done.returncode == 0, done.stderr
    names = {"snapshot.json", "notice.html", "figures.csv", "figures.xlsx"}
    assert {path.name for path in out.iterdir()} == names
    assert all(str(out / name) in done.stdout for name in names)
    assert f"Open {out / 'notice.html'} in a browser." in done.stdout
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    said = json.loads(run("snapshot", imported, "--period", "2021-01..2021-07", "--out", out, "--json").stdout)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first
    taken = json.loads(first["snapshot.json"])
    assert (said["size"], said["period"], said["adjustments"]) == (taken["size"], "2021-01..2021-07", 3)
    assert taken["checkpoint"] == f"{said['ledger']}\n{said['size']}\n{said['root']}\n"


@pytest.mark.parametrize(
    ("period", "out"), [("yesterday", "out"), ("2021-13", "out"), ("1900..2021", "out"), ("2021", "a file")]
)
def test_a_snapshot_that_cannot_be_is_refused_in_words(
    run: Run, imported: Path, tmp_path: Path, period: str, out: str
) -> None:
    (tmp_path / "a file").write_text("in the way")
    done = run("snapshot", imported, "--period", period, "--out", tmp_path / out)
    assert done.returncode == 2
    assert "error:" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_catalogue_that_is_in_force_is_not_adopted_again(run: Run, imported: Path) -> None:
    done = run("adopt", imported, "--lang", "en")
    assert done.returncode == 2
    assert "in force already" in done.stderr

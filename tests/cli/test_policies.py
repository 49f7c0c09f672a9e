"""What a policy says, on the command line: shown, checked, adopted, refused."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.rules.places import place

from cadreledger import Ledger, Month
from cadreledger.cli.shapes import policy_shape
from cadreledger.cli.speaking import json_text
from cadreledger.rules import RULES, Policy, national, read_policy

DAAN = Path(__file__).parents[2] / "examples" / "daan.toml"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*args: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "cadreledger", "policy", *map(str, args)],
            cwd=tmp_path,
            env={**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "200"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "daan.ledger"
    Ledger.create(path, name="大安社区").close()
    return path


def answers(said: "subprocess.CompletedProcess[str]") -> dict[str, str]:
    """What each rule answers, in JSON."""
    assert said.returncode == 0, said.stderr
    return {each["rule"]: each["value"] for each in json.loads(said.stdout)["provisions"]}


def in_month(policy: Policy, month: Month) -> dict[str, str]:
    found = {name: policy.find(rule, month) for name, rule in RULES.items()}
    return {name: RULES[name].kind.said(each.value) for name, each in found.items() if each is not None}


def refused(said: "subprocess.CompletedProcess[str]") -> str:
    assert said.returncode == 2
    assert "Traceback" not in said.stderr
    return said.stderr


def test_without_a_ledger_the_national_policy_is_shown(run: Run) -> None:
    said = run("show", "--month", "2021-07", "--json")
    assert answers(said) == in_month(national(), Month(2021, 7))
    assert (json.loads(said.stdout)["ledger"], json.loads(said.stdout)["version"]) == ("", "cn-2008/1")
    assert "dues.changed" not in answers(run("show", "--month", "2008-03", "--json"))


def test_a_table_says_the_same_in_words(run: Run) -> None:
    english, chinese = (run("show", "--rule", "dues.fixed", "--lang", lang).stdout for lang in ("en", "zh"))
    assert "Students, the laid-off" in english
    assert "computes" in english
    assert "学生党员" in chinese
    assert "计算" in chinese
    for each in (english, chinese):
        assert "中组发〔2008〕3号 art. 6" in each


def test_a_rule_is_shown_through_time_or_in_one_month(run: Run) -> None:
    through_time = json.loads(run("show", "--rule", "dues.changed", "--json").stdout)
    assert [each["from"] for each in through_time["provisions"]] == ["2008-04", "2017-01"]
    one = json.loads(run("show", "--rule", "dues.changed", "--month", "2016-12", "--json").stdout)
    assert [each["value"] for each in one["provisions"]] == ["from_the_month"]


def test_a_rule_that_nobody_has_answered_is_said_to_be_open(run: Run) -> None:
    said = run("show", "--rule", "fund.returned_share", "--month", "2021-07", "--lang", "en")
    assert said.returncode == 0
    assert said.stdout == "The policy cn-2008/1 says nothing of fund.returned_share in 2021-07.\n"


def test_a_policy_is_checked_then_adopted_then_in_force(run: Run, ledger: Path) -> None:
    checked = json.loads(run("check", DAAN, "--json").stdout)
    assert (checked["path"], checked["version"]) == (str(DAAN), "daan/1")
    assert {each["rule"] for each in checked["provisions"]} == {
        "fund.returned_share",
        "dues.rounding",
        "dues.prepaid_months_max",
        "meeting.party_day",
        "dues.retired",
    }
    assert {each["version"] for each in checked["provisions"]} == {"daan/1"}
    adopted = run("adopt", ledger, DAAN, "--from", "2021-03", "--by", "office:policy", "--json")
    assert json.loads(adopted.stdout) == {
        "ledger": json.loads(run("show", ledger, "--json").stdout)["ledger"],
        "version": "daan/1",
        "from": "2021-03",
        "position": 2,
    }
    policy = national().then(read_policy(DAAN.read_text("utf-8")), Month(2021, 3))
    for month in (Month(2021, 2), Month(2021, 3), Month(2021, 7)):
        assert answers(run("show", ledger, "--month", str(month), "--json")) == in_month(policy, month)
    with Ledger.open(ledger) as opened:
        (made,) = opened.history("ledger")[1:]
        assert (made.entry.by, made.event.wire) == ("office:policy", "policy.adopted/1")


def test_an_answer_that_another_policy_ended_says_until_when(run: Run, ledger: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.toml"
    second.write_text(place("dues.fixed", '"0.50"', version="daan/2"), "utf-8")
    for file, month in ((DAAN, "2021-03"), (second, "2021-09")):
        assert run("adopt", ledger, file, "--from", month, "--by", "office:policy").returncode == 0
    shown = json.loads(run("show", ledger, "--rule", "fund.returned_share", "--json").stdout)
    assert [(each["from"], each["until"]) for each in shown["provisions"]] == [("2021-03", "2021-09")]
    table = run("show", ledger, "--rule", "fund.returned_share", "--lang", "en").stdout
    assert "2021-03" in table
    assert "< 2021-09" in table


def test_what_was_adopted_is_said_in_two_languages(run: Run, ledger: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.toml"
    second.write_text(place("dues.fixed", '"0.50"', version="daan/2"), "utf-8")
    words = ("adopt", ledger, "--by", "office:policy", "--from", "2021-07")
    assert "From 2021-07 on, the policy daan/1 holds (event 2)." in run(*words, DAAN, "--lang", "en").stdout
    assert "自 2021-07 起执行政策 daan/2（第 3 条事件）" in run(*words, second, "--lang", "zh").stdout


def test_a_second_adoption_of_one_version_is_refused_with_its_rule(run: Run, ledger: Path) -> None:
    words = ("adopt", ledger, DAAN, "--by", "office:policy")
    run(*words, "--from", "2021-03")
    again = run(*words, "--from", "2021-04", "--json")
    refused(again)
    error = json.loads(again.stdout)["error"]
    assert (error["kind"], error["rule"], error["policy_version"]) == ("RuleError", "policy_adopted_already", "")
    assert "[policy_adopted_already]" in again.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "--rule", "dues.fixd"), "there is no such rule"),
        (("show", "--month", "July"), "a month cannot be read"),
        (("show", "none.ledger"), "no ledger"),
        (("check", "none.toml"), "none.toml cannot be read"),
        (("check", "."), "cannot be read"),
        (("check", "gbk.toml"), "is not UTF-8"),
        (("check", "wrong.toml"), "provision 1 (dues.fixed)"),
        (("check", "huge.toml"), "too long to stand in an event"),
        (("adopt", "daan.ledger", "wrong.toml", "--from", "2021-07", "--by", "office:policy"), "provision 1"),
        (("adopt", "daan.ledger", "right.toml", "--from", "July", "--by", "office:policy"), "a month cannot be read"),
        (("adopt", "daan.ledger", "right.toml", "--from", "2021-07", "--by", "赵建国"), "actor"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_recorded(
    run: Run, ledger: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    (tmp_path / "right.toml").write_text(place("dues.fixed", '"0.50"'), "utf-8")
    (tmp_path / "wrong.toml").write_text(place("dues.fixed", "0.50"), "utf-8")
    (tmp_path / "gbk.toml").write_bytes("# 大安".encode("gbk"))
    (tmp_path / "huge.toml").write_bytes(b"#" * 2**21)
    assert said in refused(run(*words, "--lang", "en"))
    with Ledger.open(ledger) as opened:
        assert opened.position == 1


def test_a_file_with_a_byte_order_mark_is_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "marked.toml").write_bytes(b"\xef\xbb\xbf" + DAAN.read_bytes())
    assert json.loads(run("check", "marked.toml", "--json").stdout)["version"] == "daan/1"


def test_a_file_cannot_speak_to_the_terminal(run: Run, tmp_path: Path) -> None:
    text = place("dues.fixed", '"0.50"', en="\\u001b[2J[bold]gone[/bold]")
    (tmp_path / "loud.toml").write_text(text, "utf-8")
    shown = run("check", "loud.toml", "--lang", "en").stdout
    assert "\x1b" not in shown
    assert "[bold]gone" in shown
    (tmp_path / "loud.toml").write_text(text.replace("dues.fixed", "\\u001b[2J"), "utf-8")
    complaint = refused(run("check", "loud.toml", "--lang", "en"))
    assert "\x1b" not in complaint
    assert "\\u001b[2J".removeprefix("\\u") in complaint


def test_a_policy_is_told_to_programs_as_it_always_was(golden: Callable[[str, bytes], None]) -> None:
    policy = national().then(read_policy(DAAN.read_text("utf-8")), Month(2021, 3))
    policy = policy.then(national(), Month(2021, 9))
    own = [each for answers in policy.provisions.values() for each in answers if each.version == "daan/1"]
    golden("cli/policy-show.json", json_text(policy_shape("daan.example/log", "daan/1", "2021-03", own)).encode())

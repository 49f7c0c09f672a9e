"""Seal, publish, witness, verify, audit, erase: the way of a year's books through the commands, in real processes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKBOOK = ROOT / "examples" / "yongxing-2021.xlsx"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    def run(*args: str | Path, code: int = 0, text: str = "") -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [sys.executable, "-m", "cadreledger", *map(str, args)],
            cwd=folder,
            env={**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "220", "CADRELEDGER_KEK_DIR": str(folder / "kek")},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
            input=text,
        )
        assert "Traceback" not in done.stderr
        assert done.returncode == code, (args, done.stdout, done.stderr)
        return done

    return run


@pytest.fixture(scope="module")
def key(run: Run, folder: Path) -> str:
    """The log's verifier key: of a ledger that was imported, sealed, published, cosigned, and published again."""
    made = json.loads(run("init", "office.ledger", "--name", "永兴社区", "--json").stdout)
    run("import", "office.ledger", WORKBOOK)
    witness = run("witness-key", "bureau.example/w1", "--out", "w1.key").stdout.splitlines()[-1]
    (folder / "witness").write_text(witness, "utf-8")
    run("witnesses", "office.ledger", witness)
    run("seal", "office.ledger")
    run("site", "office.ledger", "--out", "public")
    cosign = ("cosign", "public/checkpoint", "--site", "public", "--key", "w1.key", "--state", "w1.state")
    run(*cosign, "--out", "cosigned", code=2)  # it does not know the log yet
    run(*cosign, "--out", "cosigned", "--log-key", made["key"])
    run("collect", "office.ledger", "cosigned")
    run("site", "office.ledger", "--out", "public")
    return str(made["key"])


def test_the_published_log_verifies_with_the_key_and_the_witness(run: Run, key: str, folder: Path) -> None:
    witness = (folder / "witness").read_text("utf-8")
    found = json.loads(run("verify", "public", "--key", key, "--witness", witness, "--json").stdout)
    assert found["ok"]
    assert found["kind"] == "site"
    assert {"root", "signature", "witnesses"} <= {check["name"] for check in found["checks"]}
    assert "holds" in run("verify", "public", "--lang", "en").stdout
    assert "成立" in run("verify", "public", "--lang", "zh").stdout


def test_a_bundle_is_verified_and_audited_without_the_ledger_and_its_keys(run: Run, key: str, folder: Path) -> None:
    run("export", "office.ledger", "--format", "bundle", "--out", "office.bundle")
    assert run("verify", "office.bundle", "--key", key).returncode == 0
    (folder / "elsewhere").mkdir(exist_ok=True)
    (folder / "office.bundle").rename(folder / "elsewhere" / "office.bundle")
    report = json.loads(run("audit", "elsewhere/office.bundle", "--checkpoint", "cosigned", "--json").stdout)
    assert report["ok"]
    assert report["events"] == report["size"]


def test_a_snapshot_and_a_statement_verify_with_the_site(run: Run, key: str, folder: Path) -> None:
    run("snapshot", "office.ledger", "--period", "2021-01..2021-07", "--out", "notice")
    run("verify", "notice", "--site", "public", "--key", key)
    run("audit", "office.ledger", "--snapshot", "notice/snapshot.json")
    run("statement", "office.ledger", "YX001", "--out", "statement.json")
    assert (folder / "statement.json").stat().st_mode & 0o077 == 0
    run("verify", "statement.json", "--site", "public", "--key", key)
    run("verify", "statement.json", code=2)  # whose it is, it cannot say alone


def test_what_was_tampered_with_is_told_by_exit_code_1(run: Run, key: str, folder: Path) -> None:
    data = bytearray((folder / "public" / "tile" / "entries" / "000").read_bytes())
    data[100] ^= 1
    copy = folder / "tampered"
    subprocess.run(["cp", "-r", folder / "public", copy], check=True)
    (copy / "tile" / "entries" / "000").write_bytes(data)
    done = run("verify", "tampered", "--key", key, code=1)
    assert "FAILS" in done.stdout or "不成立" in done.stdout


def test_proofs_are_printed_and_refused_where_there_are_none(run: Run, key: str) -> None:
    assert run("prove", "office.ledger", "--position", "3").stdout.startswith("c2sp.org/tlog-proof@v1\nindex 2\n")
    assert run("prove", "office.ledger", "--since", "100").stdout.startswith("old 100\n")
    run("prove", "office.ledger", "--position", "99999", code=2)
    run("prove", "office.ledger", code=2)
    assert key


def test_a_key_is_rotated_and_the_chain_holds_for_whoever_knows_the_old_one(run: Run, key: str) -> None:
    new = json.loads(run("rotate-key", "office.ledger", "--json").stdout)["key"]
    run("rotate-key", "office.ledger", code=2)  # it waits for its checkpoint
    assert run("seal", "office.ledger").stdout.count("\u2014 ") == 2
    run("site", "office.ledger", "--out", "public")
    run("verify", "public", "--key", key)
    run("verify", "public", "--key", new)
    again = ("cosign", "public/checkpoint", "--site", "public", "--key", "w1.key", "--state", "w1.state")
    run(*again, "--out", "cosigned2")


def test_somebody_is_erased_only_when_it_is_meant(run: Run, key: str) -> None:
    erase = ("erase", "office.ledger", "YX002", "--by", "office:archive", "--reason", "request")
    run(*erase, text="n\n", code=2)
    assert run(*erase, text="", code=2).stderr.splitlines()[-1].endswith("Nothing was done.")
    assert run("history", "office.ledger", "YX002").returncode == 0
    run(*erase, "--yes")
    run("history", "office.ledger", "YX002", code=2)
    run(*erase, "--yes", code=2)
    run("erase", "office.ledger", "YX002", "--by", "office:archive", "--reason", "whim", "--yes", code=2)
    run("seal", "office.ledger")
    run("audit", "office.ledger")
    run("site", "office.ledger", "--out", "public")
    run("verify", "public", "--key", key)
    run("statement", "office.ledger", "YX002", "--out", "gone.json", code=2)


@pytest.mark.parametrize(
    "command",
    [
        ("seal", "nothing.ledger"),
        ("audit", "nothing.ledger"),
        ("verify", "nothing"),
        ("site", "nothing.ledger", "--out", "x"),
        ("cosign", "nothing", "--site", "public", "--key", "w1.key", "--state", "w1.state"),
        ("cosign", "public/checkpoint", "--key", "w1.key", "--state", "w1.state"),
        ("cosign", "public/checkpoint", "--site", "public", "--key", "public/checkpoint", "--state", "s"),
        ("witness-key", "with space", "--out", "w2.key"),
        ("witness-key", "bureau.example/w1", "--out", "w1.key"),
        ("collect", "office.ledger", "nothing"),
        ("witnesses", "office.ledger", "no-key"),
        ("verify", "public", "--key", "no-key"),
        ("verify", "public", "--quorum", "3"),
        ("audit", "office.ledger", "--checkpoint", "witness"),
        ("audit", "office.ledger", "--snapshot", "witness"),
    ],
)
def test_a_wrong_call_is_told_and_does_nothing(key: str, folder: Path, command: tuple[str, ...]) -> None:
    before = (folder / "office.ledger").read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "cadreledger", *command],
        cwd=folder,
        env={**os.environ, "CADRELEDGER_KEK_DIR": str(folder / "kek")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode in {1, 2}, done.stdout
    assert done.stderr or done.stdout
    assert "Traceback" not in done.stderr
    assert (folder / "office.ledger").read_bytes() == before
    assert key

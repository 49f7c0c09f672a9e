"""`site` and `export` as a person or a program meets them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.export.ledgers import build, trust

from cadreledger.audit.bundle import verify_bundle
from cadreledger.audit.site import verify_site

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*args: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cadreledger", *map(str, args)],
            cwd=tmp_path,
            env={**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "220", "CADRELEDGER_KEK_DIR": str(tmp_path / "kek")},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    return run


def test_a_site_is_written_and_grows(run: Run, tmp_path: Path) -> None:
    ledger = build(tmp_path, 1)
    first = run("site", ledger, "--out", "public", "--json")
    assert first.returncode == 0, first.stderr
    shape = json.loads(first.stdout)
    assert shape.keys() == {"ledger", "path", "size", "root", "written", "removed", "notices"}
    assert (shape["path"], shape["removed"]) == ("public", 0)
    assert verify_site(tmp_path / "public", trust()).ok
    again = run("site", ledger, "--out", "public", "--json")
    assert json.loads(again.stdout) == shape | {"written": 0}
    assert run("witnesses", ledger, "--none").returncode == 0
    assert run("seal", ledger).returncode == 0
    grown = run("site", ledger, "--out", "public", "--lang", "zh")
    assert grown.returncode == 0
    assert "public 已发布至第" in grown.stdout
    assert "already" in run("site", ledger, "--out", "public", "--lang", "en").stdout


def test_a_bundle_is_written(run: Run, tmp_path: Path) -> None:
    ledger = build(tmp_path, 2)
    done = run("export", ledger, "--format", "bundle", "--out", "office.bundle", "--json")
    assert done.returncode == 0, done.stderr
    shape = json.loads(done.stdout)
    assert shape.keys() == {"ledger", "format", "path", "size", "root", "bytes"}
    assert shape["bytes"] == (tmp_path / "office.bundle").stat().st_size
    assert verify_bundle(tmp_path / "office.bundle", trust()).ok
    assert (
        "for auditors" in run("export", ledger, "--format", "bundle", "--out", "office.bundle", "--lang", "en").stdout
    )


def test_what_is_refused_says_why(run: Run, tmp_path: Path) -> None:
    ledger = build(tmp_path, 0)
    for words in (("site", ledger, "--out", "public"), ("export", ledger, "--format", "bundle", "--out", "x")):
        done = run(*words)
        assert done.returncode == 2
        assert "never sealed" in done.stderr
        assert "Traceback" not in done.stderr
    assert run("export", ledger, "--format", "poem", "--out", "x").returncode == 2
    assert not (tmp_path / "public").exists()
    assert not (tmp_path / "x").exists()

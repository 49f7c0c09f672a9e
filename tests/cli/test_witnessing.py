"""The commands of a witness: which exit code each outcome has, and what is on the disk afterwards."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from cadreledger import Ledger
from cadreledger.sealing import NoteVerifier, ProofFile, leaf_hash, open_note, parse_checkpoint, verify_inclusion

Run = Callable[..., "subprocess.CompletedProcess[str]"]
NAME = "赵某一"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*args: str | Path, code: int = 0) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [sys.executable, "-m", "cadreledger", *map(str, args)],
            cwd=tmp_path,
            env={**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "220"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        assert done.returncode == code, (args, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        assert NAME not in done.stdout + done.stderr
        return done

    return run


class Books:
    """``office.ledger`` with one person, sealed at ``sizes``; ``cp0``, ``cp1`` … are the checkpoints."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "office.ledger"
        self.sizes: list[int] = []
        with Ledger.create(self.path, name="永兴社区") as ledger:
            ledger.run(lambda tx: tx.cadres.register("C1", kind="retired", name=NAME), by="staff:a")
            self.key = ledger.sealed.keys[0]
        self.seal()

    def seal(self) -> Path:
        with Ledger.open(self.path) as ledger:
            ledger.run(lambda tx: tx.cadres["C1"].visit(reason="study", on=date(2021, 7, 6)), by="staff:a")
            made = ledger.seal()
        checkpoint = self.folder / f"cp{len(self.sizes)}"
        checkpoint.write_bytes(made.note)
        self.sizes.append(made.size)
        return checkpoint


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(tmp_path)


def cosigners(note: bytes, vkey: str) -> int:
    return len(open_note(note, [NoteVerifier.parse(vkey)]).signatures)


def test_from_the_key_to_the_collected_cosignature(run: Run, books: Books, tmp_path: Path) -> None:
    made = json.loads(run("witness-key", "bureau.example/w1", "--out", "w.key", "--json").stdout)
    assert (tmp_path / "w.key").stat().st_mode & 0o077 == 0
    secret = (tmp_path / "w.key").read_bytes()
    run("witness-key", "bureau.example/w1", "--out", "w.key", code=2)
    assert (tmp_path / "w.key").read_bytes() == secret
    run("witnesses", "office.ledger", made["key"])
    run("prove", "office.ledger", "--since", str(books.sizes[0]), "--out", "proof0")
    cosign = ("cosign", "--key", "w.key", "--state", "w.state")
    assert "--log-key" in run(*cosign, "cp0", "--proof", "proof0", code=2).stderr
    run(*cosign, "cp0", "--proof", "proof0", "--log-key", books.key)
    books.seal()
    run("prove", "office.ledger", "--since", str(books.sizes[0]), "--out", "proof1")
    said = json.loads(run(*cosign, "cp1", "--proof", "proof1", "--json").stdout)
    assert (said["size"], said["witness"]) == (books.sizes[1], made["key"])
    cosigned = (tmp_path / "cp1").read_bytes()  # in the checkpoint's own place
    assert said["checkpoint"].encode() == cosigned
    assert cosigners(cosigned, made["key"]) == 1
    assert cosigners(cosigned, books.key) == 1
    collected = json.loads(run("collect", "office.ledger", "cp1", "--json").stdout)
    assert cosigners(collected["checkpoint"].encode(), made["key"]) == 1
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".part"]
    for printed in (*tmp_path.glob("w.state*"), tmp_path / "cp1"):
        assert secret.strip().split(b"+", 4)[4] not in printed.read_bytes()


def test_what_is_refused_has_its_exit_code_and_changes_nothing(run: Run, books: Books, tmp_path: Path) -> None:
    run("witness-key", "bureau.example/w1", "--out", "w.key")
    cosign = ("cosign", "--key", "w.key", "--state", "w.state")
    books.seal()
    run("site", "office.ledger", "--out", "public")
    run(*cosign, "cp1", "--site", "public", "--log-key", books.key)
    old, state = (tmp_path / "cp0").read_bytes(), (tmp_path / "w.state").read_bytes()

    done = run(*cosign, "cp0", "--site", "public", "--lang", "en", code=1)
    assert f"size {books.sizes[1]} or more" in done.stderr
    assert f"size {books.sizes[0]}" in done.stderr
    lines = (tmp_path / "cp1").read_bytes().split(b"\n")
    lines[2] = (b"C" if lines[2].startswith(b"B") else b"B") + lines[2][1:]  # another root
    (tmp_path / "cp9").write_bytes(b"\n".join(lines))
    run(*cosign, "cp9", "--site", "public", code=1)
    books.seal()
    run(*cosign, "cp2", "--site", "public", code=2)  # the site has not come as far
    run(*cosign, "cp2", "--site", "nowhere", code=2)
    run(*cosign, "cp2", "--site", "public", "--log-key", "no key", code=2)
    run(*cosign, "cp2", code=2)
    (tmp_path / "large").write_bytes(b"\n" * (2 * 2**20 + 1))
    assert "too large" in run(*cosign, "large", "--site", "public", "--lang", "en", code=2).stderr
    run("witness-key", "bureau.example/w2", "--out", "w2.key")
    done = run("cosign", "--key", "w2.key", "--state", "w.state", "cp1", "--site", "public", "--lang", "en", code=2)
    assert "another witness's state" in done.stderr
    run("cosign", "--key", "w.key", "--state", ".", "cp2", "--site", "public", code=2)
    for nowhere in (".", "cp0/x", "nowhere/x"):  # what cannot be written is said in words
        done = run(*cosign, "cp1", "--site", "public", "--out", nowhere, "--json", code=2)
        assert json.loads(done.stdout)["error"]["kind"] == "StoreError"
        state = (tmp_path / "w.state").read_bytes()  # the same checkpoint, cosigned again
    run("cosign", "--key", "cp1", "--state", "w.state", "cp2", "--site", "public", code=2)
    assert (tmp_path / "cp0").read_bytes() == old
    assert (tmp_path / "w.state").read_bytes() == state

    (tmp_path / "w.state").unlink()
    assert "--anew" in run(*cosign, "cp0", "--site", "public", "--log-key", books.key, code=2).stderr
    run(*cosign, "cp0", "--site", "public", "--log-key", books.key, "--anew")


@pytest.mark.parametrize("name", ["", "with space", "with+plus", "名字", "x" * 256, "line\nbreak"])
def test_a_witness_has_a_name_that_anybody_can_type(run: Run, tmp_path: Path, name: str) -> None:
    run("witness-key", name, "--out", "w.key", code=2)
    assert not (tmp_path / "w.key").exists()


def test_an_event_is_proved_by_a_file_that_others_can_read(run: Run, books: Books, tmp_path: Path) -> None:
    run("prove", "office.ledger", "--position", "2", "--out", "proof")
    assert "tlog-proof" in run("verify", "proof", code=2).stderr
    proof = ProofFile.parse((tmp_path / "proof").read_bytes())
    with Ledger.open(books.path) as ledger:
        header = next(iter(ledger.sealed.entries(1, 2)))
    checkpoint = parse_checkpoint(open_note(proof.checkpoint, [NoteVerifier.parse(books.key)]).text)
    verify_inclusion(leaf_hash(header), proof.index, checkpoint.size, proof.proof, checkpoint.root)
    assert proof.index == 1
    for wrong in (("--position", "0"), ("--since", "0"), ("--since", "999"), ("--position", "1", "--since", "1")):
        run("prove", "office.ledger", *wrong, code=2)


def test_a_checkpoint_that_nobody_cosigned_is_not_collected(run: Run, books: Books, tmp_path: Path) -> None:
    made = json.loads(run("witness-key", "bureau.example/w1", "--out", "w.key", "--json").stdout)
    run("collect", "office.ledger", "cp0", code=1)
    run("witnesses", "office.ledger", made["key"])
    run("collect", "office.ledger", "cp0", code=1)
    (tmp_path / "words").write_text("words\n", "utf-8")
    run("collect", "office.ledger", "words", code=1)
    assert books.sizes


def test_a_statement_is_for_one_person_and_says_no_name_on_the_terminal(run: Run, books: Books, tmp_path: Path) -> None:
    said = json.loads(run("statement", "office.ledger", "C1", "--out", "mine", "--json").stdout)
    assert said["events"] == 2
    assert (tmp_path / "mine").stat().st_mode & 0o077 == 0
    run("statement", "office.ledger", "C2", "--out", "other", code=2)
    run("statement", "office.ledger", "ledger", "--out", "other", code=2)
    assert not (tmp_path / "other").exists()
    assert books.key


@pytest.mark.usefixtures("books")
def test_a_statement_can_be_a_page_too_or_only(run: Run, tmp_path: Path) -> None:
    said = json.loads(run("statement", "office.ledger", "C1", "--out", "mine", "--page", "mine.html", "--json").stdout)
    assert (said["path"], said["page"]) == ("mine", "mine.html")
    only = json.loads(run("statement", "office.ledger", "C1", "--page", "only.html", "--json").stdout)
    assert "path" not in only
    pages = [tmp_path / "mine.html", tmp_path / "only.html"]
    assert pages[0].read_bytes() == pages[1].read_bytes()
    assert all(page.stat().st_mode & 0o077 == 0 for page in pages)
    for wrong in ((), ("--out", "one", "--page", "one")):
        run("statement", "office.ledger", "C1", *wrong, code=2)
    assert not (tmp_path / "one").exists()
    run("statement", "office.ledger", "C2", "--page", "other.html", code=2)
    assert not (tmp_path / "other.html").exists()

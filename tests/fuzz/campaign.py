"""``python -m tests.fuzz.campaign``: every parser under a coverage-guided fuzzer (atheris), a process for each.

A finding is a file in ``build/fuzz/crashes``: bytes that made a parser raise what it must not, give other bytes than
it read, or take longer than SECONDS_MAX. ``--target NAME --file PATH`` tries such a file again. The corpus grows in
``build/fuzz/corpus`` from one run to the next; the public test vectors join it where they are beside the checkout.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PLACE: Final = ROOT / "build" / "fuzz"
VECTORS: Final = ROOT.parent / "shared" / "vectors"
SECONDS_MAX: Final = 10
BYTES_MAX: Final = 8_192
WORDS_MAX: Final = 400
RUNS: Final = 1_000_000


def main() -> int:
    """Run what the command line asks for; 1 if anything was found."""
    parser = argparse.ArgumentParser(description="fuzz every parser of untrusted bytes")
    parser.add_argument("--runs", type=int, default=RUNS, help="over all targets")
    parser.add_argument("--target", help="this one alone")
    parser.add_argument("--file", type=Path, help="try this input alone")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child or asked.file:
        return _fuzz(asked.target, asked.runs, asked.file)
    from tests.fuzz.targets import TARGETS

    names = [asked.target] if asked.target else list(TARGETS)
    found = 0
    for name in names:
        _write_corpus(name, TARGETS[name].seeds)
        _write_words(name, TARGETS[name].seeds)
        command = [sys.executable, "-m", "tests.fuzz.campaign", "--child", "--target", name]
        done = subprocess.run(
            [*command, "--runs", str(asked.runs // len(names))],
            cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        summary = next((line for line in reversed(done.stderr.splitlines()) if line.startswith("Done ")), "")
        _say(f"{name:20}{summary or 'stopped'}")
        if done.returncode:
            found += 1
            _say("\n".join(done.stderr.splitlines()[-40:]))
    return 1 if found else 0


def _fuzz(name: str, runs: int, file: Path | None) -> int:
    """One target, until ``runs`` inputs were tried or something is found; libFuzzer then ends the process."""
    import atheris

    with atheris.instrument_imports(include=["cadreledger"]):
        from tests.fuzz.targets import TARGETS, try_one
    target = TARGETS[name]
    if file is not None:
        _say("read" if try_one(target, file.read_bytes()) else "refused")
        return 0
    crashes = PLACE / "crashes" / name
    crashes.mkdir(parents=True, exist_ok=True)
    options = [f"-runs={runs}", f"-max_len={BYTES_MAX}", f"-timeout={SECONDS_MAX}", f"-artifact_prefix={crashes}/"]
    options += [f"-dict={PLACE / 'words' / name}"]

    def one(data: bytes) -> None:
        try_one(target, data)

    atheris.Setup([sys.argv[0], *options, str(PLACE / "corpus" / name)], one)
    atheris.Fuzz()
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _write_corpus(name: str, seeds: tuple[bytes, ...]) -> None:
    place = PLACE / "corpus" / name
    place.mkdir(parents=True, exist_ok=True)
    for data in (*seeds, *_vectors(name)):
        (place / sha256(data).hexdigest()[:16]).write_bytes(data)


def _write_words(name: str, seeds: tuple[bytes, ...]) -> None:
    """What examples are made of: by chance alone no fuzzer spells a field's name."""
    words = dict.fromkeys(word for data in seeds for word in re.findall(rb'[A-Za-z0-9_./"-]{2,24}', data))
    place = PLACE / "words"
    place.mkdir(parents=True, exist_ok=True)
    lines = (b'"%b"\n' % word.replace(b'"', b'\\"') for word in [*words][:WORDS_MAX])
    (place / name).write_bytes(b"".join(lines))


def _vectors(name: str) -> Iterator[bytes]:
    """What the public vectors have for a target."""
    if name in {"split_note", "open_note", "verify_checkpoint"} and VECTORS.is_dir():
        for row in json.loads((VECTORS / "note" / "signed_note.json").read_text("utf-8"))["open"]:
            yield b64decode(row["note_b64"])
    if name == "checkpoint" and VECTORS.is_dir():
        for row in json.loads((VECTORS / "checkpoint" / "checkpoints.json").read_text("utf-8"))["parse"]:
            yield b64decode(row["text_b64"])
    if name == "canonical" and VECTORS.is_dir():
        for path in sorted((VECTORS / "jcs" / "output").glob("*.json")):
            yield path.read_bytes()


if __name__ == "__main__":
    sys.exit(main())

"""Go's own code for transparency logs accepts our logs: `check.go` shares nothing with ours but the specifications."""

import os
import random
import shutil
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from tests.export.ledgers import STAGES, build, grow, opened

from cadreledger.export import write_site
from cadreledger.sealing.checkpoint import Checkpoint
from cadreledger.sealing.note import ED25519, NoteSigner, join_note
from cadreledger.sealing.tiles import TILE_WIDTH, GrowingTree, encode_entries, tiles_of
from cadreledger.sealing.tree import leaf_hash

GOPATH = Path("/usr/share/gocode")  # where Debian's golang-golang-x-mod-dev puts its sources
SIGNER = NoteSigner("example.org/ledger", bytes(range(32)), ED25519)

Check = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def check(tmp_path_factory: pytest.TempPathFactory) -> Check:
    """Runs `check.go` with these arguments. Skips where there is no Go or not the library that it uses."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("go is not installed (Debian: golang-go)")
    if not (GOPATH / "src" / "golang.org" / "x" / "mod" / "sumdb" / "tlog").is_dir():
        pytest.skip("Go's tlog is not installed (Debian: golang-golang-x-mod-dev)")
    folder = tmp_path_factory.mktemp("go")
    program = folder / "check"
    environment = {
        "PATH": os.environ["PATH"],
        "GO111MODULE": "off",
        "GOPATH": str(GOPATH),
        "GOCACHE": str(folder / "cache"),
        "GOFLAGS": "",
    }
    source = Path(__file__).with_name("check.go")
    subprocess.run([go, "build", "-o", str(program), str(source)], env=environment, check=True)

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)

    return run


def write_log(folder: Path, headers: list[bytes], steps: list[int]) -> None:
    """A log of ``headers`` as static files, as it is once it has grown to each of the sizes ``steps``."""
    tree = GrowingTree()
    full: dict[tuple[int, int], bytes] = {}
    for old, new in pairwise([0, *steps, len(headers)]):
        for level, index, hashes in tree.extend([leaf_hash(header) for header in headers[old:new]]):
            full[level, index] = hashes
    edge = tree.edge()
    for tile in tiles_of(tree.size):
        path = folder / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        start = tile.index * TILE_WIDTH
        if tile.level < 0:
            path.write_bytes(encode_entries(headers[start : start + tile.width]))
        else:
            path.write_bytes(full[tile.level, tile.index] if tile.width == TILE_WIDTH else edge[tile.level])
    text = Checkpoint(SIGNER.name, tree.size, tree.root()).text
    (folder / "checkpoint").write_bytes(join_note(text, [SIGNER.sign(text)]))


def some_headers(count: int) -> list[bytes]:
    chance = random.Random(count)
    return [chance.randbytes(chance.choice([0, 1, 20, 20, 200])) for _ in range(count)]


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 70_000])
def test_go_accepts_a_log_of_ours(check: Check, tmp_path: Path, size: int) -> None:
    steps = sorted({step for step in (1, 2, 200, 256, 257, 65_536, size // 2) if 0 < step <= size})
    write_log(tmp_path, some_headers(size), steps)
    leaves_max = 2000 if size < 1000 else 40
    done = check(tmp_path, SIGNER.vkey, leaves_max, *steps, size)
    assert (done.stdout, done.stderr, done.returncode) == (f"ok {min(size, leaves_max)}\n", "", 0)


@pytest.mark.parametrize(
    "name", ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44", "checkpoint"]
)
def test_go_refuses_a_log_with_one_bit_changed(check: Check, tmp_path: Path, name: str) -> None:
    write_log(tmp_path, some_headers(300), [])
    assert check(tmp_path, SIGNER.vkey, 300).returncode == 0
    data = bytearray((tmp_path / name).read_bytes())
    data[-3] ^= 1
    (tmp_path / name).write_bytes(data)
    done = check(tmp_path, SIGNER.vkey, 300)
    assert (done.stdout, done.returncode) == ("", 1)
    assert done.stderr


def test_go_refuses_the_key_of_another_log(check: Check, tmp_path: Path) -> None:
    write_log(tmp_path, some_headers(3), [1])
    other = NoteSigner(SIGNER.name, bytes(32), ED25519)
    assert check(tmp_path, other.vkey, 3).returncode == 1


def test_go_accepts_the_site_of_a_ledger_as_it_grows(check: Check, tmp_path: Path) -> None:
    """With the key in force, and at a rotation with the older one too."""
    sizes: list[int] = []
    signed: list[list[bool]] = []
    with opened(build(tmp_path, 0)) as ledger:
        for stage in range(STAGES):
            grow(ledger, stage)
            sizes.append(write_site(ledger, tmp_path / "site").size)
            done = check(tmp_path / "site", ledger.sealed.keys[-1], 2000, *sizes)
            assert (done.stdout, done.stderr, done.returncode) == (f"ok {sizes[-1]}\n", "", 0)
            signed.append([check(tmp_path / "site", key, 1).returncode == 0 for key in ledger.sealed.keys])
    assert signed == [[True], [True], [True, True], [False, True], [False, True]]

"""The published log: what lies in its folder, how it grows, and what becomes of it when writing is cut off."""

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import pytest
from tests.export.ledgers import (
    CODES,
    COSIGNED_AT,
    PERSONAL,
    STAGES,
    WITNESSES,
    build,
    files_in,
    grow,
    opened,
    trust,
)
from tests.sealing.reference import Entries

import cadreledger.errors
from cadreledger import Ledger, StoreError
from cadreledger.audit.site import verify_site
from cadreledger.export import write_site
from cadreledger.sealing import (
    NoteVerifier,
    Tile,
    cosign,
    decode_frame,
    encode_entries,
    encode_frame,
    join_note,
    open_note,
    parse_checkpoint,
    split_note,
)

PACKAGE = Path(cadreledger.errors.__file__).parents[1]


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The ledger's sites as they were written anew at each of its seals; the ledger is beside the first one."""
    folder = tmp_path_factory.mktemp("stages")
    path = build(folder, 0)
    sites: list[Path] = []
    with opened(path) as ledger:
        for stage in range(STAGES):
            grow(ledger, stage)
            sites.append(folder / f"site{stage}")
            write_site(ledger, sites[-1])
            shutil.copytree(folder, folder / f"at{stage}", ignore=shutil.ignore_patterns("site*", "at*"))
    return sites


def ledger_at(stages: list[Path], stage: int) -> Ledger:
    return opened(stages[0].parent / f"at{stage}" / "office.ledger")


def naive_files(ledger: Ledger) -> dict[str, bytes]:
    """Every tile that C2SP tlog-tiles asks for, after its definitions: MTH over D[n * 256**l ...]."""
    sizes = [seal.size for seal in ledger.sealed.checkpoints()]
    latest = sizes[-1]
    headers = list(ledger.sealed.entries(0, latest))
    tree = Entries(dict(enumerate(headers)))
    files: dict[str, bytes] = {}
    for size in sizes:
        for level in range(3):
            width = 256**level
            total = size // width
            for index in range(-(-total // 256)):
                here = min(256, total - index * 256)
                if here < 256 and latest // width >= (index + 1) * 256:
                    continue  # the full tile is there
                starts = [(index * 256 + at) * width for at in range(here)]
                files[Tile(level, index, here).path] = b"".join(tree.mth(at, at + width) for at in starts)
                if level == 0:
                    bundle = headers[index * 256 : index * 256 + here]
                    files[Tile(-1, index, here).path] = encode_entries(bundle)
    return files


@pytest.mark.parametrize("stage", range(STAGES))
def test_a_site_holds_what_the_specification_asks_for_and_no_more(stages: list[Path], stage: int) -> None:
    with ledger_at(stages, stage) as ledger:
        seals = ledger.sealed.checkpoints()
        expected = naive_files(ledger)
    expected["checkpoint"] = seals[-1].note
    expected |= {f"checkpoints/{seal.size}": seal.note for seal in seals}
    expected["checkpoints/sizes"] = "".join(f"{seal.size}\n" for seal in seals).encode()
    found = files_in(stages[stage])
    (catalogue,) = (name for name in found if name.startswith("catalogue/"))
    assert json.loads(found.pop(catalogue))["format"] == "catalogue/1"
    assert found == expected


def test_a_checkpoint_carries_the_signatures_of_the_log_and_of_its_witnesses(sealed: Path, tmp_path: Path) -> None:
    with opened(sealed) as ledger:
        write_site(ledger, tmp_path)
        notes = [(tmp_path / f"checkpoints/{seal.size}").read_bytes() for seal in ledger.sealed.checkpoints()]
        logs = [NoteVerifier.parse(key) for key in ledger.sealed.keys]
    witnesses = [NoteVerifier.parse(witness.vkey) for witness in WITNESSES]
    assert [len(open_note(note, logs).signatures) for note in notes] == [1, 1, 2, 1, 1]
    assert [len(open_note(note, witnesses).signatures) for note in notes[1:]] == [2, 2, 2, 2]
    assert [len(split_note(note)[1]) for note in notes] == [1, 3, 4, 3, 3]


def test_a_witness_is_published_once_the_headers_name_it(tmp_path: Path) -> None:
    path = build(tmp_path, 2)
    with opened(path) as ledger:
        write_site(ledger, tmp_path / "site")
        ledger.name_witnesses([WITNESSES[2].vkey], by="office:keys")
        latest = ledger.sealed.latest()
        text, lines = split_note(latest.note)
        ledger.sealed.collect(join_note(text, [*lines, cosign(text, WITNESSES[2], COSIGNED_AT)]))
        assert write_site(ledger, tmp_path / "site").written == 0
        ledger.seal()
        write_site(ledger, tmp_path / "site")
    note = (tmp_path / "site" / f"checkpoints/{latest.size}").read_bytes()
    assert WITNESSES[2].name.encode() in note
    assert verify_site(tmp_path / "site", trust()).ok


def test_a_site_that_grew_is_the_one_that_is_written_at_once(stages: list[Path], tmp_path: Path) -> None:
    for stage in range(STAGES):
        with ledger_at(stages, stage) as ledger:
            before = {path: path.stat() for path in tmp_path.rglob("*") if path.is_file()}
            report = write_site(ledger, tmp_path)
            assert report.size == ledger.sealed.latest().size
            assert report.written > 0
        assert files_in(tmp_path) == files_in(stages[stage])
        for path, was in before.items():
            if path.exists() and path.name not in {"checkpoint", "sizes"}:
                assert (path.stat().st_ino, path.stat().st_mtime_ns) == (was.st_ino, was.st_mtime_ns)


def test_a_second_run_writes_nothing(sealed: Path, tmp_path: Path) -> None:
    with opened(sealed) as ledger:
        first = write_site(ledger, tmp_path)
        before = {path: path.stat().st_mtime_ns for path in [tmp_path, *tmp_path.rglob("*")]}
        second = write_site(ledger, tmp_path)
    assert (first.written, first.removed) == (len(files_in(tmp_path)), 0)
    assert (second.written, second.removed) == (0, 0)
    assert {path: path.stat().st_mtime_ns for path in [tmp_path, *tmp_path.rglob("*")]} == before


def test_nothing_but_headers_of_any_event_is_published(sealed: Path, tmp_path: Path) -> None:
    with opened(sealed) as ledger:
        write_site(ledger, tmp_path)
        frames = [decode_frame(state) for state in ledger.sealed.states(0, ledger.sealed.latest().size)]
        streams = {event.stream for event in ledger.events() if ":" in event.stream}
        everything = b"".join(name.encode() + data for name, data in files_in(tmp_path).items())
    for word in (*PERSONAL, *CODES, *streams, "staff:liaison", "register, row", "永兴社区"):
        assert word.encode() not in everything
    for frame in frames:
        assert frame.header in everything
        for secret in (frame.internal[:32], frame.internal[32:], frame.personal[:12], frame.personal[12:44]):
            assert not secret or secret not in everything


def test_files_can_be_read_by_everybody_and_others_are_left_alone(sealed: Path, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("notices")
    (tmp_path / "notices").mkdir()
    umask = os.umask(0o077)
    try:
        with opened(sealed) as ledger:
            write_site(ledger, tmp_path)
    finally:
        os.umask(umask)
    assert (tmp_path / "index.html").read_text() == "notices"
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("*/**/*") if path.is_file()}
    assert modes == {0o644}
    assert stat.S_IMODE((tmp_path / "checkpoint").stat().st_mode) == 0o644
    assert verify_site(tmp_path, trust()).ok


# --- what is refused -------------------------------------------------------------------------------------------------


@contextmanager
def nothing_changes(folder: Path) -> Iterator[None]:
    before = files_in(folder)
    yield
    assert files_in(folder) == before


def refused(ledger: Ledger, out: Path) -> str:
    with nothing_changes(out), pytest.raises(StoreError) as caught:
        write_site(ledger, out)
    return caught.value.what


def test_a_ledger_that_was_never_sealed_is_not_published(tmp_path: Path) -> None:
    with opened(build(tmp_path, 0)) as ledger, pytest.raises(StoreError) as caught:
        write_site(ledger, tmp_path / "site")
    assert caught.value.what == "this ledger was never sealed"
    assert not (tmp_path / "site").exists()


def test_another_logs_folder_is_refused(sealed: Path, tmp_path: Path) -> None:
    with opened(build(tmp_path, 1, seed=2)) as other:
        write_site(other, tmp_path / "site")
    with opened(sealed) as ledger:
        assert refused(ledger, tmp_path / "site") == "the folder holds another log"


def test_a_ledger_from_a_backup_is_refused(stages: list[Path], tmp_path: Path) -> None:
    shutil.copytree(stages[3], tmp_path / "site")
    with ledger_at(stages, 2) as older:
        assert "a later checkpoint than the ledger" in refused(older, tmp_path / "site")


def test_a_checkpoint_that_the_ledger_does_not_have_is_refused(stages: list[Path], tmp_path: Path) -> None:
    site = shutil.copytree(stages[1], tmp_path / "site")
    text, lines = split_note((site / "checkpoint").read_bytes())
    body = text.split("\n")
    body[2] = "A" * 43 + "="
    (site / "checkpoint").write_text("\n".join(body) + "\n" + "".join(lines), "utf-8")
    with ledger_at(stages, 2) as ledger:
        assert refused(ledger, site) == "the folder holds a checkpoint that this ledger does not have"
        (site / "checkpoint").write_text("my own page")
        assert refused(ledger, site) == "checkpoint is there and is no checkpoint"


@pytest.mark.parametrize("name", ["tile/0/000", "tile/entries/000", "tile/0/001.p/*", "tile/1/000.p/1"])
def test_another_tile_where_an_immutable_one_belongs_is_refused(stages: list[Path], tmp_path: Path, name: str) -> None:
    site = shutil.copytree(stages[3], tmp_path / "site")
    tile = min(site.glob(name))
    data = bytearray(tile.read_bytes())
    data[-1] ^= 1
    tile.write_bytes(data)
    with ledger_at(stages, 4) as ledger:
        assert refused(ledger, site) == "another tile lies where one of this log belongs, which never changes"


def test_a_ledger_that_is_not_as_it_was_sealed_is_not_published(stages: list[Path], tmp_path: Path) -> None:
    folder = shutil.copytree(stages[0].parent / "at4", tmp_path / "ledger")
    with closing(sqlite3.connect(folder / "office.ledger")) as file, file:
        (state,) = file.execute("SELECT state FROM stored_events WHERE rowid=3").fetchone()
        frame = decode_frame(state)
        changed = encode_frame(frame._replace(header=frame.header.replace(b'"kind":"retired"', b'"kind":"veteran"')))
        assert changed != state
        file.execute("UPDATE stored_events SET state=? WHERE rowid=3", (changed,))
    site = shutil.copytree(stages[1], tmp_path / "site")
    with opened(folder / "office.ledger") as ledger:
        assert refused(ledger, site) in {
            "another tile lies where one of this log belongs, which never changes",
            "the ledger is not the one that was sealed",
        }
        fresh = tmp_path / "fresh"
        assert refused(ledger, fresh) == "the ledger is not the one that was sealed"
        assert not files_in(fresh)


def test_a_folder_that_cannot_be_written_is_an_error_in_words(sealed: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with opened(sealed) as ledger:
        for out in (tmp_path / "file", tmp_path / "file" / "site", Path("zero\0byte")):
            with pytest.raises(StoreError) as caught:
                write_site(ledger, out)
            assert caught.value.what.startswith("a site cannot be written to")


# --- cut off, and at once --------------------------------------------------------------------------------------------


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours catches it."""


@contextmanager
def killed_at(number: int) -> Iterator[None]:
    """The process ends at that call to the system, if there are so many."""
    calls = count()

    def dying(real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            if next(calls) == number:
                raise Killed
            return real(*args, **kwargs)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in ("fsync", "replace", "unlink", "mkdir", "rmdir", "chmod"):
            patch.setattr(os, name, dying(getattr(os, name)))
        yield


def is_killed_at(number: int, ledger: Ledger, site: Path) -> bool:
    try:
        with killed_at(number):
            write_site(ledger, site)
    except Killed:
        return True
    return False


def test_wherever_writing_is_cut_off_readers_see_a_whole_log_and_the_next_run_finishes(
    stages: list[Path], tmp_path: Path
) -> None:
    sizes = [parse_checkpoint(split_note((site / "checkpoint").read_bytes())[0]).size for site in stages]
    seen: set[tuple[int, bool]] = set()
    for number in count():
        site = shutil.copytree(stages[1], tmp_path / str(number))
        with ledger_at(stages, 3) as ledger:
            keys = ledger.sealed.keys
            killed = is_killed_at(number, ledger, site)
            found = verify_site(site, trust(keys[0]))
            assert found.ok, [check for check in found.checks if not check.ok]
            said = parse_checkpoint(split_note((site / "checkpoint").read_bytes())[0]).size
            assert said in {sizes[1], sizes[3]}
            seen.add((said, bool(found.unchecked)))
            assert write_site(ledger, site).size == sizes[3]
        assert files_in(site) == files_in(stages[3])
        assert verify_site(site, trust(keys[0])).unchecked == ()
        shutil.rmtree(site)
        if not killed:
            break
    assert number > 30
    assert seen == {(sizes[1], False), (sizes[1], True), (sizes[3], False)}


def test_a_first_run_that_is_cut_off_is_finished_by_the_next(stages: list[Path], tmp_path: Path) -> None:
    for number in (0, 1, 5, 20):
        site = tmp_path / str(number)
        with ledger_at(stages, 3) as ledger:
            assert is_killed_at(number, ledger, site)
            assert not (site / "checkpoint").exists()
            write_site(ledger, site)
        assert files_in(site) == files_in(stages[3])


WRITER = """
import sys
from pathlib import Path
from cadreledger import Ledger
from cadreledger.export import write_site
path = Path(sys.argv[1])
with Ledger.open(path, kek_dir=path.parent / "kek") as ledger:
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(5):
        write_site(ledger, sys.argv[2])
"""


def test_writers_at_once_end_well(stages: list[Path], tmp_path: Path) -> None:
    site = tmp_path / "site"
    ledgers = [stages[0].parent / "at3" / "office.ledger"] * 3
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, path, site],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(PACKAGE)},
        )
        for path in ledgers
    ]
    try:
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write("go\n")
            writer.stdin.flush()
        assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    assert files_in(site) == files_in(stages[3])

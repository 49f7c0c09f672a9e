"""The page of formats suffices: a verifier written from it alone agrees with the library, and its examples are real."""

import ast
import base64
import hashlib
import random
import re
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from tests.audit.logs import CATALOGUE, NEW, OLD, WITNESS, header, noted, opening, publish
from tests.docs import example
from tests.docs.second_verifier import RefusedError, verify
from tests.export.ledgers import AS_OF, WITNESSES, build, opened

from cadreledger.audit import Trust, audit
from cadreledger.audit.bundle import BundleRecords, verify_bundle
from cadreledger.audit.site import verify_site
from cadreledger.audit.statement import verify_statement
from cadreledger.disclosure.bundle import CATALOGUES_MAX, CHECKPOINTS_MAX, EVENT_BYTES_MAX, FILE_BYTES_MAX
from cadreledger.export import write_site
from cadreledger.sealing import NoteSigner, Policy, base64url, leaf_hash, verify_proof_file
from cadreledger.sealing.frame import HEADER_BYTES_MAX, INTERNAL_BYTES_MAX, PERSONAL_BYTES_MAX
from cadreledger.witness import parse_proof

ROOT: Final = Path(__file__).parents[2]
GOLDENS: Final = ROOT / "tests" / "goldens" / "formats"
PAGE: Final = (ROOT / "docs" / "reference" / "formats.md").read_text("utf-8")
NOW: Final = datetime(2021, 10, 1, tzinfo=UTC)
MUTATIONS: Final = 300
SHOWN: Final = example.shown()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    """The site of a ledger of some 600 events, published after its second seal and after its fifth; its keys."""
    site = tmp_path_factory.mktemp("office") / "site"
    keys: tuple[str, ...] = ()
    for stages in (2, 5):
        with opened(build(tmp_path_factory.mktemp("ledger"), stages)) as ledger:
            write_site(ledger, site)
            keys = ledger.sealed.keys
    return site, keys


def both(folder: Path, *keys: str, as_of: datetime = NOW) -> tuple[bool, bool]:
    """Whether the library, and whether the second verifier find nothing wrong with a site."""
    try:
        verify(folder, as_of, keys)
    except RefusedError:
        second = False
    else:
        second = True
    return verify_site(folder, Trust(as_of=as_of, keys=keys, catalogues=(example.catalogue(),))).ok, second


# --- the examples ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_the_page_shows_what_the_library_writes(name: str, golden: Callable[[str, bytes], None]) -> None:
    golden(f"formats/{name}", SHOWN[name])


def test_nothing_else_lies_among_the_examples() -> None:
    there = {path.relative_to(GOLDENS).as_posix() for path in GOLDENS.rglob("*") if path.is_file()}
    assert there == SHOWN.keys()


def test_the_examples_hold() -> None:
    own = (example.catalogue(),)
    witnesses = tuple(key.vkey for key in example.WITNESSES)
    trust = Trust(as_of=NOW, keys=(example.OLD.vkey,), witnesses=witnesses, quorum=2, catalogues=own)
    assert verify_site(GOLDENS / "site", trust).ok
    assert verify_bundle(GOLDENS / "bundle.bin", trust).ok
    assert verify_statement(SHOWN["statement.json"], Trust(as_of=NOW, catalogues=own), site=GOLDENS / "site").ok
    assert audit(BundleRecords(GOLDENS / "bundle.bin"), as_of=NOW).ok
    policy = Policy(origin=example.ORIGIN, keys=(example.OLD.vkey,))
    assert verify_proof_file(SHOWN["leaf-2.tlog-proof"], leaf_hash(example.headers()[2]), policy).size == 5
    assert parse_proof(SHOWN["add-checkpoint.txt"])[::2] == (5, SHOWN["site/checkpoint"])


def test_the_page_shows_each_of_them() -> None:
    shown = ["keys.txt", "tree.txt", "tile.txt", "bundle.txt", "statement.json", "site/checkpoint", "catalogue.json"]
    for name in (*shown, "leaf-2.tlog-proof", "add-checkpoint.txt"):
        assert f"tests/goldens/formats/{name}\n" in PAGE, name


def test_the_page_knows_the_limits() -> None:
    frames = (HEADER_BYTES_MAX, INTERNAL_BYTES_MAX, PERSONAL_BYTES_MAX)
    for limit in (*frames, EVENT_BYTES_MAX, FILE_BYTES_MAX, CATALOGUES_MAX, CHECKPOINTS_MAX):
        assert re.search(rf"[ |]{limit:,}[ |,;]", PAGE), limit


# --- the second verifier ---------------------------------------------------------------------------------------------


def test_the_second_verifier_rests_on_nothing_of_ours() -> None:
    tree = ast.parse((ROOT / "tests" / "docs" / "second_verifier.py").read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported
    assert not [name for name in imported if name is None or name.startswith(("cadreledger", "tests", "."))]


def test_the_example_is_verified_by_any_of_its_keys() -> None:
    witnesses = [key.vkey for key in example.WITNESSES]
    for keys in ((), (example.OLD.vkey,), (example.NEW.vkey,)):
        assert verify(GOLDENS / "site", NOW, keys, witnesses, quorum=2) == 9
    with pytest.raises(RefusedError, match="no trusted key"):
        verify(GOLDENS / "site", NOW, [NoteSigner(example.ORIGIN, bytes(32)).vkey])
    with pytest.raises(RefusedError, match="another log"):
        verify(GOLDENS / "site", NOW, [NoteSigner("another.example/log", bytes([2]) * 32).vkey])
    with pytest.raises(RefusedError, match="too few"):
        verify(GOLDENS / "site", NOW, [example.OLD.vkey], witnesses[:1], quorum=2)


def test_a_site_that_the_library_wrote_is_verified_by_any_of_its_keys(office: tuple[Path, tuple[str, ...]]) -> None:
    site, keys = office
    witnesses = [witness.vkey for witness in WITNESSES[1:]]
    assert len(keys) == 2
    for trusted in ((), keys[:1], keys[1:], keys):
        assert verify(site, AS_OF, trusted, witnesses, quorum=2) > 256


@pytest.mark.parametrize("seed", range(MUTATIONS // 100))
def test_no_change_of_the_example_goes_unseen(seed: int, tmp_path: Path) -> None:
    site = shutil.copytree(GOLDENS / "site", tmp_path / "site")
    _mutate(site, random.Random(seed), 100, (example.OLD.vkey,), NOW)


def test_no_change_of_a_larger_site_goes_unseen(office: tuple[Path, tuple[str, ...]], tmp_path: Path) -> None:
    site = shutil.copytree(office[0], tmp_path / "site")
    _mutate(site, random.Random(7), 60, office[1][:1], AS_OF)


def _mutate(site: Path, chance: random.Random, times: int, keys: Sequence[str], as_of: datetime) -> None:
    """Flip a bit, cut a file, put a byte behind it, take it away, put another one beside it: each is refused."""
    paths = sorted(path for path in site.rglob("*") if path.is_file())
    for _ in range(times):
        path = chance.choice(paths)
        data = path.read_bytes()
        at = chance.randrange(len(data))
        flipped = data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
        beside = path.with_name(f"{path.name}0")
        match chance.choice(("flip", "flip", "cut", "more", "gone", "beside")):
            case "flip":
                path.write_bytes(flipped)
            case "cut":
                path.write_bytes(data[:at])
            case "more":
                path.write_bytes(data + b"\n")
            case "gone":
                path.unlink()
            case _ if beside.parent != site:
                beside.write_bytes(data)
            case _:
                continue
        assert both(site, *keys, as_of=as_of) == (False, False), path
        path.write_bytes(data)
        beside.unlink(missing_ok=True)
    assert both(site, *keys, as_of=as_of) == (True, True)


# --- each rule of the page -------------------------------------------------------------------------------------------


def _void(target: bytes, **changed: str) -> bytes:
    fields = {"month": "2021-07", "mode": "door", "repeated": False, **changed}
    return header("visit.made/1", **fields, sign=-1, voids=base64url(leaf_hash(target)))


def _vkey(public: bytes) -> str:
    """A verifier key whose id and form are right, whatever the public key."""
    data = b"\x01" + public
    key_id = hashlib.sha256(OLD.name.encode() + b"\n" + data).hexdigest()[:8]
    return f"{OLD.name}+{key_id}+{base64.b64encode(data).decode()}"


VISIT: Final = header("visit.made/1", month="2021-07", mode="door", repeated=False)
PAID: Final = header("dues.received/1", month="2021-07")
TALLIED: Final = header("dues.tallied/1", month="2021-07", amount=850, payments=1, refunds=0)
ROTATED: Final = header("key.rotated/1", key=NEW.vkey)
FIRST: Final = opening(OLD.vkey, WITNESS.vkey)
SOUND: Final = [FIRST, VISIT, PAID, TALLIED, _void(VISIT), *noted(3)]
WRONG: Final = {
    "a second opening": [*SOUND, opening(OLD.vkey)],
    "no opening": [*noted(1), *SOUND],
    "a type that is not listed": [*SOUND, header("visit.dreamt/1", month="2021-07")],
    "a field too many": [*SOUND, header("visit.made/1", month="2021-07", mode="door", repeated=False, name="x")],
    "a field too few": [*SOUND, header("visit.made/1", month="2021-07", mode="door")],
    "a word that is not listed": [*SOUND, header("visit.made/1", month="2021-07", mode="dream", repeated=False)],
    "a number for a boolean": [*SOUND, header("visit.made/1", month="2021-07", mode="door", repeated=0)],
    "a boolean for a number": [*SOUND, header("wish.fulfilled/1", month="2021-07", items=True)],
    "less than nothing": [*SOUND, header("wish.fulfilled/1", month="2021-07", items=-1)],
    "no month": [*SOUND, header("visit.made/1", mode="door", repeated=False)],
    "a month that is none": [*SOUND, header("visit.made/1", month="2021-13", mode="door", repeated=False)],
    "a month in the future": [*SOUND, header("visit.made/1", month="2021-11", mode="door", repeated=False)],
    "a month of noted": [*SOUND, header("noted/1", month="2021-07")],
    "a sign alone": [*SOUND, header("visit.made/1", month="2021-07", mode="door", repeated=False, sign=-1)],
    "a key taken back": [FIRST, ROTATED, header("key.rotated/1", key=NEW.vkey, sign=-1, voids=base64url(bytes(32)))],
    "a void of nothing": [*SOUND, _void(b"nothing")],
    "a void of what comes later": [FIRST, _void(VISIT), VISIT],
    "a void of a void": [*SOUND, _void(SOUND[4])],
    "a void once more": [*SOUND, _void(VISIT)],
    "a void of another month": [FIRST, VISIT, _void(VISIT, month="2021-06")],
    "a void that changes a word": [FIRST, VISIT, _void(VISIT, mode="online")],
    "a header twice": [*SOUND, VISIT],
    "a commitment twice": [*SOUND, VISIT.replace(b"door", b"online")],
    "a payment without a tally": [*SOUND, header("dues.received/1", month="2021-07")],
    "a tally of another month": [
        *SOUND[:3],
        header("dues.tallied/1", month="2021-06", amount=1, payments=1, refunds=0),
    ],
    "spaces in a header": [*SOUND, header("noted/1").replace(b":", b": ")],
    "a member twice": [*SOUND, header("noted/1").replace(b'"type":"noted/1"', b'"type":"noted/1","type":"noted/1"')],
    "a key with the id of another": [*SOUND, header("key.rotated/1", key=NEW.vkey.replace(NEW.vkey[19:27], "0" * 8))],
    "a key of small order": [*SOUND, header("key.rotated/1", key=_vkey(bytes(32)))],
    "a key that is no point": [*SOUND, header("key.rotated/1", key=_vkey(bytes([2]) + bytes(31)))],
    "a key that is too large": [*SOUND, header("key.rotated/1", key=_vkey(b"\xf0" + b"\xff" * 30 + b"\x7f"))],
    "a witness's key for the log": [*SOUND, header("key.rotated/1", key=WITNESS.vkey)],
    "the log's key for a witness": [*SOUND, header("witnesses.named/1", keys=[NEW.vkey])],
    "a catalogue that is not there": [*SOUND, header("catalogue.adopted/1", catalogue=base64url(bytes(32)))],
}


def test_a_sound_log_is_sound(tmp_path: Path) -> None:
    rotated = [*SOUND, ROTATED]
    notes = {3: [OLD], 8: [OLD, WITNESS], 9: [OLD, NEW]}
    assert both(publish(tmp_path, rotated, notes, cosigned_at=int(NOW.timestamp())), OLD.vkey) == (True, True)


@pytest.mark.parametrize("name", WRONG)
def test_each_rule_of_the_page_is_asked_by_both(name: str, tmp_path: Path) -> None:
    headers = WRONG[name]
    signers = [OLD, NEW] if ROTATED in headers else [OLD]
    assert both(publish(tmp_path, headers, {len(headers): signers})) == (False, False)


@pytest.mark.parametrize(
    ("notes", "why"),
    [
        ({8: [OLD], 9: [NEW]}, "the old key has not signed in the new one"),
        ({8: [OLD], 9: [OLD]}, "the new key has not signed"),
        ({8: [NEW], 9: [OLD, NEW]}, "a key signed before it was named"),
        ({8: [OLD], 9: [OLD, NEW, NoteSigner("nobody.example", bytes([9]) * 32)]}, "nobody known signed"),
        ({9: [WITNESS]}, "a witness alone signed"),
    ],
)
def test_each_checkpoint_has_the_signatures_that_it_must_have(
    notes: dict[int, Sequence[NoteSigner]], why: str, tmp_path: Path
) -> None:
    site = publish(tmp_path, [*SOUND, ROTATED], notes, cosigned_at=int(NOW.timestamp()))
    assert both(site, OLD.vkey, NEW.vkey) == (False, False), why


def test_no_header_is_later_than_its_earliest_cosignature(tmp_path: Path) -> None:
    for day, holds in ((datetime(2021, 6, 30, 9, tzinfo=UTC), False), (datetime(2021, 6, 30, 10, tzinfo=UTC), True)):
        site = publish(tmp_path / str(holds), SOUND, {8: [OLD, WITNESS]}, cosigned_at=int(day.timestamp()))
        assert both(site) == (holds, holds)


def test_an_older_checkpoint_over_other_headers_is_refused(tmp_path: Path) -> None:
    others = publish(tmp_path / "others", [FIRST, *noted(7)], {3: [OLD], 8: [OLD]})
    site = publish(tmp_path / "site", SOUND, {3: [OLD], 8: [OLD]})
    assert both(site, OLD.vkey) == (True, True)
    shutil.copy(others / "checkpoints/3", site / "checkpoints/3")
    assert both(site, OLD.vkey) == (False, False)


def test_a_link_is_no_file_of_a_site(tmp_path: Path) -> None:
    site = publish(tmp_path / "site", SOUND, {8: [OLD]})
    shutil.move(site / "checkpoints/8", tmp_path / "8")
    (site / "checkpoints/8").symlink_to(tmp_path / "8")
    assert both(site, OLD.vkey) == (False, False)


def test_a_catalogue_that_nobody_names_has_no_place(tmp_path: Path) -> None:
    site = publish(tmp_path, SOUND, {8: [OLD]}, catalogues=(CATALOGUE, base64url(bytes(32))))
    assert both(site) == (False, False)

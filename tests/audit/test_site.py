"""A published log is verified without the ledger: by whichever key is known, down to the last bit."""

import json
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.audit.logs import (
    CATALOGUE,
    CATALOGUE_FILE,
    NEW,
    OLD,
    STOLEN,
    WITNESS,
    Notes,
    header,
    noted,
    opening,
    publish,
)
from tests.export.ledgers import AS_OF, WITNESSES, files_in, trust

from cadreledger.audit import Trust, Verification
from cadreledger.audit.log_keys import fingerprint
from cadreledger.audit.site import Site, verify_site
from cadreledger.errors import InputError, StoreError
from cadreledger.sealing import Checkpoint, base64url, canonical, join_note, leaf_hash, split_note, tree_root

MUTATIONS = 2_000
STEPS = [
    "files",
    "entries",
    "signature",
    "witnesses",
    "root",
    "checkpoints",
    "catalogue",
    "schema",
    "keys",
    "tallies",
    "voids",
]


def failed(found: Verification) -> tuple[str, str]:
    """The step that did not hold, and what it says: the last one, as nothing rests on it."""
    assert [check.name for check in found.checks] == STEPS[: len(found.checks)]
    *held, last = found.checks
    assert all(check.ok for check in held)
    assert not last.ok
    assert not found.ok
    return last.name, last.detail


def detail(found: Verification, name: str) -> str:
    assert found.ok, found.checks
    assert [check.name for check in found.checks] == STEPS
    return next(check.detail for check in found.checks if check.name == name)


# --- a log that is as it was published -------------------------------------------------------------------------------


def test_without_a_key_the_log_vouches_for_itself_and_shows_its_fingerprint(
    copies: Path, log_keys: tuple[str, ...]
) -> None:
    digest = sha256(log_keys[0].encode()).hexdigest()
    shown = " ".join(digest[at : at + 4] for at in range(0, 32, 4))
    said = detail(verify_site(copies / "site", trust()), "signature")
    assert "vouches for itself" in said
    assert shown in said
    assert shown == fingerprint(log_keys[0])


def test_any_key_of_the_log_will_do(copies: Path, log_keys: tuple[str, ...]) -> None:
    older, newer = log_keys
    for keys, way in (
        ((newer,), "a trusted key"),
        ((older,), "follows from a trusted one"),
        (log_keys, "a trusted key"),
    ):
        said = detail(verify_site(copies / "site", trust(*keys)), "signature")
        assert way in said
        assert fingerprint(newer) in said


def test_another_logs_key_will_not(copies: Path, log_keys: tuple[str, ...]) -> None:
    assert failed(verify_site(copies / "site", trust(OLD.vkey)))[0] == "signature"
    origin = log_keys[0].partition("+")[0]
    namesake = type(OLD)(origin, bytes(32)).vkey
    step, said = failed(verify_site(copies / "site", trust(namesake)))
    assert (step, "by no key that is trusted" in said) == ("signature", True)
    assert verify_site(copies / "site", trust(namesake, log_keys[1])).ok


@pytest.mark.parametrize(
    "wrong",
    [
        {"keys": ("nonsense",)},
        {"witnesses": ("bureau.example+0",)},
        {"quorum": 1},
        {"quorum": -1},
        {"age_max": timedelta(days=-1)},
        {"age_max": timedelta.max},
        {"catalogues": (b"{}",)},
        {"age_max": timedelta(days=5)},
    ],
)
def test_what_cannot_be_trusted_is_refused_before_anything_is_verified(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="to be trusted cannot be used"):
        Trust(as_of=AS_OF, **wrong)


def test_a_catalogue_that_is_none_is_not_called_a_key() -> None:
    with pytest.raises(InputError) as refused:
        Trust(as_of=AS_OF, catalogues=(b"{}",))
    assert "catalogue/1" in refused.value.hint


def test_a_catalogue_of_the_offices_own_making_counts_only_for_whoever_trusts_it(tmp_path: Path) -> None:
    """One that lets more through would pass every check that it defines itself."""
    lax = json.loads(CATALOGUE_FILE)
    lax["headers"].append({"type": "anything.goes/1", "role": "counted", "month": "absent"})
    data = canonical(lax)
    digest = base64url(sha256(data).digest())
    log = [opening(OLD.vkey).replace(CATALOGUE.encode(), digest.encode()), header("anything.goes/1")]
    site = publish(tmp_path, log, {2: [OLD]}, catalogues=())
    (site / "catalogue").mkdir(exist_ok=True)
    (site / f"catalogue/{digest}.json").write_bytes(data)
    step, said = failed(verify_site(site, by(OLD.vkey)))
    assert (step, "was not released" in said) == ("catalogue", True)
    assert verify_site(site, attrs.evolve(by(OLD.vkey), catalogues=(data,))).ok


def test_a_quorum_of_witnesses_is_asked_for(copies: Path, log_keys: tuple[str, ...]) -> None:
    assert "2 of 2" in detail(verify_site(copies / "site", trust(*log_keys, quorum=2)), "witnesses")
    gone = Trust(as_of=AS_OF, keys=log_keys, witnesses=(WITNESSES[0].vkey,), quorum=1)
    assert failed(verify_site(copies / "site", gone))[0] == "witnesses"


def test_the_files_of_a_site_are_there_for_other_verifiers(copies: Path) -> None:
    site = Site(copies / "site")
    text, _ = split_note(site.checkpoint())
    size = int(text.split("\n")[1])
    headers = list(site.headers(size))
    assert Checkpoint(text.split("\n")[0], size, tree_root(map(leaf_hash, headers))).text == text
    for older in map(int, (copies / "site/checkpoints/sizes").read_text().split()):
        assert list(site.headers(older)) == headers[:older]


def test_other_files_at_the_top_are_left_alone(copies: Path, tmp_path: Path) -> None:
    site = shutil.copytree(copies / "site", tmp_path / "site")
    (site / "index.html").write_text("notices")
    (site / "notices").mkdir()
    assert verify_site(site, trust()).ok


def test_what_is_no_folder_is_an_error(copies: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", copies / "office.bundle", Path("zero\0byte")):
        with pytest.raises(StoreError) as caught:
            verify_site(path, trust())
        assert caught.value.what.startswith("there is no folder at")
    assert failed(verify_site(tmp_path, trust()))[0] == "files"


def test_a_log_of_three_levels_verifies_and_each_level_counts(tmp_path: Path) -> None:
    site = publish(tmp_path, [opening(OLD.vkey), *noted(65_999)], {10: [OLD], 65_536: [OLD], 66_000: [OLD]})
    assert (site / "tile/2/000.p/1").is_file()
    assert verify_site(site, by(OLD.vkey)).ok
    for name in ("tile/0/255", "tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1"):
        data = (site / name).read_bytes()
        (site / name).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        step, said = failed(verify_site(site, by(OLD.vkey)))
        assert (step, name in said) == ("root", True)
        (site / name).write_bytes(data)


# --- keys ------------------------------------------------------------------------------------------------------------


def rotated() -> list[bytes]:
    return [opening(OLD.vkey, WITNESS.vkey), *noted(9), header("key.rotated/1", key=NEW.vkey), *noted(9)]


def by(*keys: str) -> Trust:
    return Trust(as_of=AS_OF, keys=keys)


@pytest.mark.parametrize("keys", [(), (OLD.vkey,), (NEW.vkey,), (OLD.vkey, NEW.vkey)])
def test_a_rotation_that_both_keys_sign_is_followed(tmp_path: Path, keys: tuple[str, ...]) -> None:
    for number, notes in enumerate(
        [{20: [OLD, NEW]}, {5: [OLD], 20: [OLD, NEW]}, {5: [OLD], 12: [OLD, NEW], 15: [NEW], 20: [NEW]}]
    ):
        found = verify_site(publish(tmp_path / str(number), rotated(), notes), by(*keys))
        assert found.ok, found.checks


@pytest.mark.parametrize(
    ("notes", "keys", "step"),
    [
        ({5: [OLD], 20: [NEW]}, (), "signature"),  # nothing leads from the old key to the new one
        ({5: [OLD], 20: [NEW]}, (OLD.vkey,), "signature"),
        ({5: [OLD], 20: [NEW]}, (NEW.vkey,), "keys"),
        ({20: [NEW]}, (NEW.vkey,), "keys"),
        ({5: [OLD], 20: [OLD]}, (OLD.vkey,), "keys"),  # the new one never signs
        ({5: [OLD], 12: [OLD, NEW], 20: [OLD]}, (OLD.vkey,), "keys"),  # the old one signs on
        ({5: [OLD], 12: [OLD, NEW], 20: [OLD]}, (NEW.vkey,), "keys"),
        ({5: [OLD], 12: [OLD, NEW], 20: [STOLEN]}, (NEW.vkey,), "signature"),
        ({5: [OLD], 12: [OLD, NEW], 20: [NEW, STOLEN]}, (NEW.vkey,), "checkpoints"),  # nobody knows that one
        ({5: [OLD], 12: [OLD, NEW], 20: [NEW]}, (STOLEN.vkey,), "signature"),
        ({5: [STOLEN], 12: [OLD, NEW], 20: [NEW]}, (NEW.vkey,), "checkpoints"),
        ({5: [NEW], 12: [OLD, NEW], 20: [NEW]}, (NEW.vkey,), "checkpoints"),  # before anybody named it
    ],
)
def test_a_rotation_that_is_not_signed_by_both_is_not(
    tmp_path: Path, notes: Notes, keys: tuple[str, ...], step: str
) -> None:
    assert failed(verify_site(publish(tmp_path, rotated(), notes), by(*keys)))[0] == step


def test_whoever_has_the_old_key_cannot_go_on_from_the_rotation(tmp_path: Path) -> None:
    headers = [*rotated(), header("key.rotated/1", key=STOLEN.vkey), *noted(3)]
    notes: Notes = {5: [OLD], 12: [OLD, NEW], 20: [NEW], 24: [OLD, STOLEN]}
    for keys in ((NEW.vkey,), (OLD.vkey,), ()):
        assert failed(verify_site(publish(tmp_path, headers, notes), by(*keys)))[0] == "keys"


def test_a_trusted_key_that_the_log_does_not_name_is_not_enough(tmp_path: Path) -> None:
    site = publish(tmp_path, rotated(), {20: [OLD, NEW, STOLEN]})
    assert failed(verify_site(site, by(STOLEN.vkey)))[0] == "keys"


def test_headers_prove_nothing_before_a_signature_over_them_does(tmp_path: Path) -> None:
    """A rotation that nobody signed: its header is in no tree that a trusted key has signed."""
    site = publish(tmp_path, rotated(), {5: [OLD], 20: [NEW]})
    real = publish(tmp_path / "real", [*rotated()[:10], *noted(10)], {20: [OLD]})
    for name in ("checkpoints/20", "checkpoint"):
        text, lines = split_note((site / name).read_bytes())
        signed = split_note((real / "checkpoint").read_bytes())[1]
        (site / name).write_bytes(join_note(text, [*lines, *signed]))
    assert failed(verify_site(site, by(OLD.vkey)))[0] == "signature"


# --- what headers say ------------------------------------------------------------------------------------------------


def paid(month: str) -> bytes:
    return header("dues.received/1", month=month)


def tallied(month: str, payments: int) -> bytes:
    return header("dues.tallied/1", month=month, amount=850, payments=payments, refunds=0)


def outcome(tmp_path: Path, headers: list[bytes]) -> Verification:
    log = [opening(OLD.vkey, WITNESS.vkey), *headers]
    site = publish(tmp_path, log, {len(log): [OLD, WITNESS]}, cosigned_at=_time(2021, 7, 15))
    return verify_site(site, by(OLD.vkey))


def _time(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp())  # type: ignore[arg-type,misc] # year, month, day


def test_tallies_that_count_the_payments_hold(tmp_path: Path) -> None:
    assert outcome(
        tmp_path, [paid("2021-07"), paid("2021-07"), paid("2021-06"), tallied("2021-06", 1), tallied("2021-07", 2)]
    ).ok


def test_tallies_that_do_not_are_named_by_month(tmp_path: Path) -> None:
    step, said = failed(outcome(tmp_path, [paid("2021-07"), tallied("2021-07", 2)]))
    assert step == "tallies"
    assert "2021-07" in said


def test_a_header_of_an_unknown_type_or_shape_fails_the_schema(tmp_path: Path) -> None:
    for number, wrong in enumerate(
        [header("money.stolen/1"), header("dues.received/1"), b"{}", header("noted/1", a=1)]
    ):
        assert failed(outcome(tmp_path / str(number), [wrong]))[0] == "schema"


def test_no_header_lies_after_the_month_in_which_it_was_cosigned(tmp_path: Path) -> None:
    step, said = failed(outcome(tmp_path, [paid("2021-08"), tallied("2021-08", 1)]))
    assert step == "schema"
    assert "2021-08" in said


def test_a_month_may_have_begun_somewhere_when_it_was_cosigned(tmp_path: Path) -> None:
    log = [opening(OLD.vkey, WITNESS.vkey), paid("2021-08"), tallied("2021-08", 1)]
    for cosigned_at, ok in ((_time(2021, 7, 31, 17), True), (_time(2021, 7, 31, 9), False), (2**62, True)):
        site = publish(tmp_path / str(cosigned_at), log, {3: [OLD, WITNESS]}, cosigned_at=cosigned_at)
        assert verify_site(site, by(OLD.vkey)).ok is ok


def test_no_header_lies_after_the_month_of_verification(tmp_path: Path) -> None:
    log = [opening(OLD.vkey), paid("2021-10"), tallied("2021-10", 1)]
    assert failed(verify_site(publish(tmp_path, log, {3: [OLD]}), by(OLD.vkey)))[0] == "schema"


def test_a_void_names_what_it_takes_back(tmp_path: Path) -> None:
    visit = header("visit.made/1", month="2021-07", mode="door", repeated=False)
    fields = {"month": "2021-07", "mode": "door", "repeated": False, "sign": -1}
    right = header("visit.made/1", voids=base64url(leaf_hash(visit)), **fields)
    wrong = header("visit.made/1", voids=base64url(leaf_hash(right)), **fields)
    assert outcome(tmp_path / "right", [visit, right]).ok
    assert failed(outcome(tmp_path / "wrong", [visit, wrong]))[0] == "voids"


def test_a_catalogue_that_is_missing_or_not_named_is_an_error(tmp_path: Path) -> None:
    site = publish(tmp_path / "missing", rotated(), {20: [OLD, NEW]}, catalogues=())
    assert failed(verify_site(site, by()))[0] == "catalogue"
    site = publish(tmp_path / "more", rotated(), {20: [OLD, NEW]}, catalogues=(CATALOGUE, "A" * 43))
    assert failed(verify_site(site, by()))[0] == "catalogue"
    log = [*rotated(), header("catalogue.adopted/1", catalogue="A" * 42 + "E")]
    assert failed(verify_site(publish(tmp_path / "other", log, {21: [OLD, NEW]}), by()))[0] == "catalogue"


def test_a_log_of_another_origin_than_its_key_fails(tmp_path: Path) -> None:
    other = type(OLD)("somebody.else/log", bytes(32))
    site = publish(tmp_path, [opening(other.vkey), *noted(3)], {4: [other]})
    assert failed(verify_site(site, by(other.vkey)))[0] == "signature"
    assert failed(verify_site(site, by()))[0] == "signature"


# --- what is on its way ----------------------------------------------------------------------------------------------


def test_a_checkpoint_that_the_log_announces_is_said_not_to_be_verified(tmp_path: Path) -> None:
    headers = [opening(OLD.vkey), *noted(300)]
    site = publish(tmp_path / "now", headers[:200], {200: [OLD]})
    later = publish(tmp_path / "later", headers, {200: [OLD], 301: [OLD]})
    shutil.copy(later / "checkpoints/301", site / "checkpoints/301")
    found = verify_site(site, by(OLD.vkey))
    assert found.ok
    assert any("301" in said for said in found.unchecked)
    shutil.copytree(later / "tile", site / "tile", dirs_exist_ok=True)
    found = verify_site(site, by(OLD.vkey))
    assert found.ok
    assert any("`checkpoint` still tells of 200" in said for said in found.unchecked)
    assert detail(found, "root") == "301 headers"


def test_a_checkpoint_that_somebody_else_announces_fails(tmp_path: Path) -> None:
    headers = [opening(OLD.vkey), *noted(300)]
    site = publish(tmp_path / "now", headers[:200], {200: [OLD]})
    later = publish(tmp_path / "later", headers, {301: [STOLEN]})
    shutil.copy(later / "checkpoints/301", site / "checkpoints/301")
    assert failed(verify_site(site, by(OLD.vkey)))[0] == "checkpoints"


# --- whatever is changed ---------------------------------------------------------------------------------------------

Change = Callable[[random.Random, Path, list[str]], bool]
"""Changes a site; False where nothing came of it."""


def a_bit_flips(rng: random.Random, site: Path, names: list[str]) -> bool:
    path = site / rng.choice(names)
    data = bytearray(path.read_bytes())
    at = rng.randrange(len(data) * 8)
    data[at // 8] ^= 1 << at % 8
    path.write_bytes(data)
    return True


def a_file_goes(rng: random.Random, site: Path, names: list[str]) -> bool:
    (site / rng.choice(names)).unlink()
    return True


def files_change_places(rng: random.Random, site: Path, names: list[str]) -> bool:
    one, other = (site / name for name in rng.sample(names, 2))
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    return first != second


def a_file_is_cut(rng: random.Random, site: Path, names: list[str]) -> bool:
    path = site / rng.choice(names)
    data = path.read_bytes()
    left = data[: rng.randrange(len(data))]
    path.write_bytes(left)
    # a note without its last cosignatures is the note as it was before it had them
    return not (b"\n\n\xe2\x80\x94 " in left and left.endswith(b"\n"))


def a_file_grows(rng: random.Random, site: Path, names: list[str]) -> bool:
    with (site / rng.choice(names)).open("ab") as file:
        file.write(rng.randbytes(rng.randrange(1, 40)))
    return True


def a_file_is_added(rng: random.Random, site: Path, names: list[str]) -> bool:
    name = rng.choice(
        [
            "tile/x",
            "tile/0/003",
            "tile/0/000.p/3",
            "tile/0/002.p/1",
            "tile/entries/002.p/200",
            "tile/9/000",
            "tile/2/000.p/1",
            "tile/00/000",
            "tile/0/x001/000",
            "checkpoints/9",
            "checkpoints/5000",
            "checkpoints/0",
            "checkpoints/x/y",
            "catalogue/x.json",
            f"catalogue/{'A' * 43}.json",
        ]
    )
    path = site / name
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((site / rng.choice(names)).read_bytes())
    return True


def a_file_becomes_a_link(rng: random.Random, site: Path, names: list[str]) -> bool:
    path = site / rng.choice(names)
    hidden = site / "elsewhere"
    path.rename(hidden)
    path.symlink_to(hidden)
    return True


def a_file_becomes_a_folder(rng: random.Random, site: Path, names: list[str]) -> bool:
    path = site / rng.choice(names)
    path.unlink()
    path.mkdir()
    return True


def a_folder_becomes_a_link(rng: random.Random, site: Path, names: list[str]) -> bool:
    folder = (site / rng.choice([name for name in names if "/" in name])).parent
    hidden = site / "elsewhere"
    folder.rename(hidden)
    folder.symlink_to(hidden)
    return True


def an_older_file_takes_its_place(rng: random.Random, site: Path, names: list[str]) -> bool:
    one, other = (site / name for name in rng.sample(names, 2))
    before, after = one.read_bytes(), other.read_bytes()
    # an older checkpoint alone is an older state of the log, which the log can be in: it is said, and holds
    if one.name == "checkpoint" and other.parent.name == "checkpoints" and other.name != "sizes":
        return False
    one.write_bytes(after)
    return before != after


CHANGES: tuple[Change, ...] = (
    *[a_bit_flips] * 8,
    a_file_goes,
    files_change_places,
    a_file_is_cut,
    a_file_grows,
    a_file_is_added,
    a_file_becomes_a_link,
    a_file_becomes_a_folder,
    a_folder_becomes_a_link,
    an_older_file_takes_its_place,
)


@pytest.fixture(scope="module")
def playground(copies: Path, tmp_path_factory: pytest.TempPathFactory) -> "Playground":
    return Playground(copies / "site", tmp_path_factory.mktemp("playground"))


class Playground:
    """A copy of a site that is as it was after each change."""

    def __init__(self, site: Path, folder: Path) -> None:
        self._original = site
        self.site = folder / "site"
        self.names = list(files_in(site))

    def fresh(self) -> Path:
        shutil.rmtree(self.site, ignore_errors=True)
        return shutil.copytree(self._original, self.site, copy_function=_copy)


def _copy(source: str, target: str) -> None:
    Path(target).write_bytes(Path(source).read_bytes())


def test_two_thousand_changes_are_all_found(playground: Playground, log_keys: tuple[str, ...]) -> None:
    rng = random.Random(20210705)
    found: Counter[str] = Counter()
    done: Counter[str] = Counter()
    while done.total() < MUTATIONS:
        change = rng.choice(CHANGES)
        if change(rng, playground.fresh(), playground.names):
            step, _ = failed(verify_site(playground.site, trust(*log_keys[:1])))
            found[step] += 1
            done[change.__name__] += 1
    assert len(done) == len(set(CHANGES))
    assert {"files", "entries", "signature", "root", "checkpoints", "catalogue"} <= found.keys()


def test_each_bit_of_what_is_signed_counts(playground: Playground, log_keys: tuple[str, ...]) -> None:
    """Every byte of the notes, of the list of sizes and of one partial tile."""
    site = playground.fresh()
    for name in ("checkpoint", "checkpoints/sizes", "tile/1/000.p/1"):
        path = site / name
        data = path.read_bytes()
        for at in range(len(data)):
            path.write_bytes(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :])
            failed(verify_site(site, trust(*log_keys)))
        path.write_bytes(data)
    assert verify_site(site, trust(*log_keys)).ok


@given(st.data())
def test_any_change_is_found_with_whatever_keys(
    playground: Playground, log_keys: tuple[str, ...], data: st.DataObject
) -> None:
    keys = data.draw(st.sets(st.sampled_from(log_keys)))
    change = data.draw(st.sampled_from(CHANGES))
    rng = random.Random(data.draw(st.integers(0, 2**32)))
    assume(change(rng, playground.fresh(), playground.names))
    failed(verify_site(playground.site, trust(*keys)))


@given(st.binary(max_size=300), st.data())
def test_any_bytes_in_any_file_are_found(playground: Playground, content: bytes, data: st.DataObject) -> None:
    site = playground.fresh()
    path = site / data.draw(st.sampled_from(playground.names))
    assume(path.read_bytes() != content)
    path.write_bytes(content)
    failed(verify_site(site, trust()))


def test_a_pipe_is_no_file(playground: Playground) -> None:
    for name in ("checkpoint", "tile/0/000"):
        site = playground.fresh()
        (site / name).unlink()
        os.mkfifo(site / name)
        assert failed(verify_site(site, trust()))[0] == "files"

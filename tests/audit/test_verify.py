"""Which verification a path gets; snapshots and checkpoints, verified without the ledger."""

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copytree

import pytest
from tests.audit.ledgers import WITNESS, make

from cadreledger import InputError, Ledger, StoreError
from cadreledger.audit import Trust, Verification, verify_path
from cadreledger.export import statement, write_bundle, write_site

AS_OF = datetime(2021, 9, 1, tzinfo=UTC)


class Published:
    """A folder with ``site``, ``notice`` (a snapshot), ``office.bundle``, ``statement.json`` and ``checkpoint``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with Ledger.open(make(folder), kek_dir=folder / "kek") as ledger:
            self.keys = ledger.sealed.keys
            self.cosigned = next(seal for seal in ledger.sealed.checkpoints() if WITNESS.name in str(seal))
            write_site(ledger, folder / "site")
            write_bundle(ledger, folder / "office.bundle")
            ledger.snapshot("2021-05..2021-07", at=self.cosigned).write(folder / "notice")
            (folder / "statement.json").write_bytes(statement(ledger, "C001").to_json())
            (folder / "checkpoint").write_bytes(self.cosigned.note)

    def verify(self, name: str | Path, site: Path | None = None, *, alone: bool = False) -> Verification:
        trust = Trust(as_of=AS_OF, keys=() if alone else self.keys)
        return verify_path(self.folder / name, trust, site=site)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    return Published(tmp_path_factory.mktemp("published"))


def failed(found: Verification) -> list[str]:
    return [check.name for check in found.checks if not check.ok]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("site", "site"),
        ("office.bundle", "bundle"),
        ("notice", "snapshot"),
        ("notice/snapshot.json", "snapshot"),
        ("statement.json", "statement"),
        ("checkpoint", "checkpoint"),
        ("site/checkpoint", "checkpoint"),
    ],
)
def test_each_kind_is_known_and_holds(published: Published, name: str, kind: str) -> None:
    found = published.verify(name)
    assert (found.kind, failed(found)) == (kind, [])
    assert found.ok


@pytest.mark.parametrize("data", [b"", b"{}", b'{"format":"other/1"}', b"\xff\x00", b"words\n", b"[" * 100_000])
def test_what_is_none_of_them_is_refused_or_fails(published: Published, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file").write_bytes(data)
    try:
        found = published.verify(tmp_path / "file")
    except InputError:
        return  # nothing that can be verified
    assert not found.ok


def test_what_is_not_there_is_said_so(published: Published, tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        published.verify(tmp_path / "nothing")
    found = published.verify(tmp_path)
    assert failed(found) == ["files"]


def test_a_checkpoint_alone_needs_a_key(published: Published) -> None:
    with pytest.raises(InputError, match="does not say whose"):
        published.verify("checkpoint", alone=True)


def test_witnesses_are_counted(published: Published) -> None:
    for quorum, ok in ((1, True), (0, True)):
        trust = Trust(as_of=AS_OF, keys=published.keys, witnesses=(WITNESS.vkey,), quorum=quorum)
        assert verify_path(published.folder / "checkpoint", trust).ok is ok
        assert failed(verify_path(published.folder / "site/checkpoint", trust)) == ([] if not quorum else ["witnesses"])


def test_a_snapshots_figures_are_computed_again_from_the_published_headers(published: Published) -> None:
    found = published.verify("notice", published.folder / "site")
    assert [check.name for check in found.checks] == ["format", "site", "signature", "root", "figures"]
    assert found.ok, found.checks
    assert any("dues.credited" in each for each in found.unchecked)


def test_a_snapshot_in_the_folder_of_its_log_is_verified_by_it(published: Published, tmp_path: Path) -> None:
    copytree(published.folder / "site", tmp_path / "all")
    copytree(published.folder / "notice", tmp_path / "all", dirs_exist_ok=True)
    found = published.verify(tmp_path / "all", alone=True)
    assert failed(found) == []
    assert found.checks[-1].name == "figures"


def test_a_figure_a_month_and_a_count_that_were_changed_are_found(published: Published, tmp_path: Path) -> None:
    whole = json.loads((published.folder / "notice" / "snapshot.json").read_bytes())
    site = published.folder / "site"

    def verified(document: object, where: Path | None = site) -> list[str]:
        text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        (tmp_path / "snapshot.json").write_text(text, "utf-8")
        note = (published.folder / "notice" / "snapshot.checkpoint").read_bytes()
        (tmp_path / "snapshot.checkpoint").write_bytes(note)
        return failed(published.verify(tmp_path / "snapshot.json", where))

    def changed(**members: object) -> object:
        return {**whole, **members}

    rows = whole["figures"]
    row = next(at for at, each in enumerate(rows) if each["key"] == "dues.collected")
    for member, value in (("value", 1), ("all_time", 1), ("undated", 1), ("months", [0, 0, 1])):
        figures = [*rows[:row], {**rows[row], member: value}, *rows[row + 1 :]]
        assert verified(changed(figures=figures)) == ["figures"]
    assert verified(whole) == []
    assert verified(changed(figures=[each for at, each in enumerate(rows) if at != row])) == ["figures"]
    assert verified(changed(figures=[*rows, rows[row]])) == ["figures"]
    hidden = [*rows[:row], {**rows[row], "value": 1, "from_headers": False}, *rows[row + 1 :]]
    assert verified(changed(figures=hidden)) == ["figures"]
    assert verified(changed(figures=[*rows, {**rows[row], "key": "zzz.invented"}])) == ["figures"]
    assert verified(changed(uncounted=[])) == ["figures"]
    assert verified(changed(period="2021-05..2021-06")) == ["figures"]
    assert verified(changed(catalogue="A" * 43)) == ["format"]
    assert verified(changed(size=whole["size"] - 1)) == ["format"]
    assert verified(changed(origin="other")) == ["format"]
    other = whole["checkpoint"].replace(f"\n{whole['size']}\n", f"\n{whole['size'] - 1}\n")
    assert verified(changed(checkpoint=other, size=whole["size"] - 1)) == ["signature"]


def test_where_the_log_was_sealed_a_snapshot_hides_no_figure_by_leaving_its_checkpoint_out(
    published: Published, tmp_path: Path
) -> None:
    whole = json.loads((published.folder / "notice" / "snapshot.json").read_bytes())
    rows = [{**row, "value": 1, "from_headers": False} for row in whole["figures"]]
    text = json.dumps({**whole, "figures": rows}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    (tmp_path / "snapshot.json").write_text(text, "utf-8")
    found = published.verify(tmp_path / "snapshot.json", published.folder / "site")
    assert failed(found) == ["figures"]
    assert "at a checkpoint where it does" in found.checks[-1].detail
    twice = json.dumps(
        {**whole, "uncounted": whole["uncounted"] * 2}, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    (tmp_path / "snapshot.json").write_text(twice, "utf-8")
    assert failed(published.verify(tmp_path / "snapshot.json", published.folder / "site")) == ["figures"]


def test_a_snapshot_between_checkpoints_hides_not_every_figure_either(tmp_path: Path) -> None:
    """There, dues wait for their tally, and a snapshot may say that they are not from headers; not of all there is."""
    with Ledger.open(make(tmp_path), kek_dir=tmp_path / "kek") as ledger:
        ledger.run(lambda tx: tx.cadres["C000"].visit(reason="call", on=date(2021, 7, 9)), by="staff:liaison")
        document = json.loads(ledger.snapshot("2021-07").to_json())
        ledger.run(lambda tx: tx.cadres["C000"].visit(reason="call", on=date(2021, 7, 20)), by="staff:liaison")
        ledger.seal()
        write_site(ledger, tmp_path / "site")

    def verified() -> list[str]:
        text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        (tmp_path / "snapshot.json").write_text(text, "utf-8")
        return failed(verify_path(tmp_path / "snapshot.json", Trust(as_of=AS_OF), site=tmp_path / "site"))

    assert verified() == []
    for row in document["figures"]:
        row.update(value=1, from_headers=False)
    assert verified() == ["figures"]


def test_nothing_is_verified_by_a_site_that_does_not_hold_itself(published: Published, tmp_path: Path) -> None:
    copytree(published.folder / "site", tmp_path / "site")
    tile = next(path for path in sorted((tmp_path / "site" / "tile" / "0").rglob("*")) if path.is_file())
    tile.write_bytes(bytes(len(tile.read_bytes())))
    for name in ("notice", "statement.json"):
        found = published.verify(name, tmp_path / "site")
        assert failed(found) == ["site"]
        assert "the site does not hold" in found.checks[-1].detail


def test_a_snapshot_of_another_log_is_not_verified_by_this_one(published: Published, tmp_path: Path) -> None:
    other = Published(tmp_path)
    found = verify_path(other.folder / "notice", Trust(as_of=AS_OF), site=published.folder / "site")
    assert failed(found) == ["site"]


def test_with_a_key_or_a_witness_named_a_snapshot_without_its_signature_fails(
    published: Published, tmp_path: Path
) -> None:
    (tmp_path / "snapshot.json").write_bytes((published.folder / "notice" / "snapshot.json").read_bytes())
    assert failed(published.verify(tmp_path / "snapshot.json")) == ["signature"]
    witnessed = Trust(as_of=AS_OF, witnesses=(WITNESS.vkey,), quorum=1)
    assert failed(verify_path(tmp_path / "snapshot.json", witnessed)) == ["signature"]
    assert failed(verify_path(published.folder / "notice", witnessed)) == ["signature"]
    assert published.verify(tmp_path / "snapshot.json", published.folder / "site").ok


def test_whoever_trusts_the_older_key_follows_to_a_snapshot_signed_by_the_newer_one(
    published: Published, tmp_path: Path
) -> None:
    with Ledger.open(published.folder / "audited.ledger", kek_dir=published.folder / "kek") as ledger:
        ledger.snapshot("2021-07", at=ledger.sealed.latest()).write(tmp_path / "late")
    trust = Trust(as_of=AS_OF, keys=published.keys[:1])
    assert failed(verify_path(tmp_path / "late", trust)) == ["signature"]
    assert failed(verify_path(tmp_path / "late", trust, site=published.folder / "site")) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", Path(os.devnull)):
        with pytest.raises(InputError, match="neither a file nor a folder"):
            verify_path(place, Trust(as_of=AS_OF))


def test_a_site_is_named_only_where_one_is_asked_for(published: Published) -> None:
    site = published.folder / "site"
    for place in (site, site / "checkpoint"):
        with pytest.raises(InputError, match="not verified by another site"):
            verify_path(place, Trust(as_of=AS_OF, keys=published.keys), site=site)


@pytest.mark.parametrize("data", [b"", b"\n", b"hello\n", b"\x00" * 99, b"PK\x03\x04", "永兴\n".encode()])
def test_what_was_never_published_is_said_to_be_nothing_of_the_kind(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(InputError, match="nothing that can be verified"):
        verify_path(tmp_path / "file", Trust(as_of=AS_OF))

"""The list of a site's checkpoints names each of them, the current one too: whoever cannot list a folder reads it."""

import shutil
from pathlib import Path

import pytest
from tests.audit.logs import NEW, OLD, noted, opening, publish
from tests.export.ledgers import trust

from cadreledger.audit.site import verify_site
from cadreledger.disclosure.site import SIZES, sizes_file

CHECKPOINTS = (20, 40, 60)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return publish(tmp_path / "site", [opening(OLD.vkey), *noted(59)], {size: [OLD] for size in CHECKPOINTS})


@pytest.mark.parametrize(
    "listed", [(), (20,), (20, 40), (20, 60), (40, 60), (20, 40, 60, 60), (60, 40, 20), (20, 40, 60, 61)]
)
def test_a_list_of_other_checkpoints_fails(site: Path, listed: tuple[int, ...]) -> None:
    assert verify_site(site, trust(OLD.vkey)).ok
    (site / SIZES).write_bytes(sizes_file(listed))
    found = verify_site(site, trust(OLD.vkey))
    assert not found.ok
    assert found.checks[-1].name == "files"
    assert "the list of checkpoints" in found.checks[-1].detail


@pytest.mark.parametrize(
    "data", [b"20\n40\n60", b"20\n40\n60\n\n", b"20\r\n40\r\n60\r\n", b"020\n40\n60\n", b" 20\n40\n60\n"]
)
def test_a_list_in_another_form_fails(site: Path, data: bytes) -> None:
    (site / SIZES).write_bytes(data)
    assert [check.name for check in verify_site(site, trust(OLD.vkey)).checks if not check.ok] == ["files"]


@pytest.mark.parametrize("listed", [(20, 40), (20, 40, 60)])
def test_a_checkpoint_that_is_only_announced_may_be_listed_already(
    site: Path, tmp_path: Path, listed: tuple[int, ...]
) -> None:
    before = tmp_path / "before"
    shutil.copytree(site, before)
    shutil.copy(before / "checkpoints/40", before / "checkpoint")  # as a writer leaves it that was cut off
    (before / "tile/0/000.p/60").unlink()
    (before / SIZES).write_bytes(sizes_file(listed))
    found = verify_site(before, trust(OLD.vkey))
    assert found.ok
    assert any("60" in said for said in found.unchecked)
    assert not verify_site(before, trust(NEW.vkey)).ok

"""What the tests of published copies share: one sealed ledger, its site and its bundle, which nobody changes."""

from pathlib import Path

import pytest
from tests.export.ledgers import build, opened

from cadreledger.export import write_bundle, write_site


@pytest.fixture(scope="session")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``office.ledger``, ``site`` and ``office.bundle``."""
    folder = tmp_path_factory.mktemp("copies")
    with opened(build(folder)) as ledger:
        write_site(ledger, folder / "site")
        write_bundle(ledger, folder / "office.bundle")
    return folder


@pytest.fixture(scope="session")
def log_keys(copies: Path) -> tuple[str, ...]:
    """The log's verifier keys, the older one first."""
    with opened(copies / "office.ledger") as ledger:
        return ledger.sealed.keys

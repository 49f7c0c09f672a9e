"""What the tests of copies share: one ledger, which nobody changes."""

from pathlib import Path

import pytest
from tests.export.ledgers import build


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("sealed"))

"""Where the public test vectors are: in a folder beside the checkout, since they are not ours to ship."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of vectors; a test that needs it is skipped where it is absent."""
    path = Path(__file__).parents[3] / "shared" / "vectors"
    if not path.is_dir():
        pytest.skip("the public test vectors are not beside this checkout")
    return path

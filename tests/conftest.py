"""What every test shares: how hard Hypothesis looks, where keys may go, and the golden files."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import cadreledger

GOLDENS = Path(__file__).parent / "goldens"

# No test is timed: a busy machine is no reason to fail.
_UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("here", _UNTIMED, max_examples=50)
settings.register_profile("ci", _UNTIMED, max_examples=100, derandomize=True)
settings.register_profile("thorough", _UNTIMED, max_examples=2000)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-goldens", action="store_true", help="write the golden files anew instead of comparing")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "golden" in getattr(item, "fixturenames", ()):
            item.add_marker("golden")


def pytest_report_header() -> str:
    return f"cadreledger: {cadreledger.__path__[0]}"


@pytest.fixture(scope="session", autouse=True)
def _keys_stay_out_of_the_home_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A session's fixture, since Hypothesis would call a test's own one only once for all its examples."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CADRELEDGER_KEK_DIR", str(tmp_path_factory.mktemp("kek")))
        yield


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, bytes], None]:
    """``golden("snapshot-1.json", data)``: ``data`` is, byte for byte, what tests/goldens holds under that name."""
    write = bool(request.config.getoption("--write-goldens"))

    def compare(name: str, data: bytes) -> None:
        path = GOLDENS / name
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        known = path.read_bytes() if path.exists() else None
        if known is None:
            pytest.fail(f"tests/goldens/{name} is missing; run `make goldens` and look at what it wrote")
        if known != data:
            pytest.fail(f"{name}: bytes changed; if intended, bump the format's version and run `make goldens`")

    return compare

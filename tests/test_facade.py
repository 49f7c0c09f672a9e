"""The facade is literal: what it lists is what it gives, and nothing else."""

import importlib
import pkgutil
import subprocess
import sys
from importlib.metadata import version

import cadreledger
from cadreledger.errors import CadreLedgerError


def names_given_by_star() -> set[str]:
    given: dict[str, object] = {}
    exec("from cadreledger import *", given)  # noqa: S102 - the statement itself is what is tested
    return set(given) - {"__builtins__"}


def test_star_gives_exactly_what_is_listed() -> None:
    assert names_given_by_star() == set(cadreledger.__all__)


def test_no_name_is_listed_twice() -> None:
    assert len(cadreledger.__all__) == len(set(cadreledger.__all__))


def test_the_names_of_the_readme_are_there() -> None:
    assert {"Ledger", "Money", "Month", "Period", "fen", "yuan", "CadreLedgerError"} <= set(cadreledger.__all__)


def test_every_error_of_the_facade_is_a_cadreledger_error() -> None:
    errors = [getattr(cadreledger, name) for name in cadreledger.__all__ if name.endswith("Error")]
    assert errors
    assert all(issubclass(error, CadreLedgerError) for error in errors)


def test_every_module_lists_names_that_it_has() -> None:
    for module in pkgutil.walk_packages(cadreledger.__path__, "cadreledger."):
        if module.name.endswith("__main__"):
            continue
        loaded = importlib.import_module(module.name)
        missing = [name for name in getattr(loaded, "__all__", ()) if not hasattr(loaded, name)]
        assert not missing, f"{module.name}.__all__ lists what is not there: {missing}"


def test_importing_the_facade_loads_no_extra_and_no_command_line() -> None:
    program = "import sys, cadreledger; print(sorted({'openpyxl', 'typer', 'rich'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "[]"


def test_the_version_is_the_one_that_is_installed() -> None:
    assert cadreledger.__version__ == version("cadreledger")

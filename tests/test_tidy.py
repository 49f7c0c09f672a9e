"""The house style, kept by a test. Each message says what to do instead."""

import ast
import io
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "cadreledger"
MODULES = sorted(SOURCE.rglob("*.py"))

MODULE_LINES_MAX = 350
FUNCTION_LINES_MAX = 60
SEALING_LINES_MAX = 900  # so that one person reads it in an afternoon

EDGE = {"ledger", "cli"}  # where the clock and chance enter
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "monotonic"),
}
RANDOM = {"random", "secrets", "uuid"}
RANDOM_HINT = "call what an argument `random: Callable[[int], bytes]` gave you"
DRAWERS = ("utils", "util", "helpers", "misc", "common")
MUTABLE = {"list", "dict", "set", "bytearray", "List", "Dict", "Set"}

each_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))


def room(path: Path) -> str:
    """``sealing`` for src/cadreledger/sealing/tree.py, ``errors`` for src/cadreledger/errors.py."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def where(path: Path, node: ast.stmt | ast.expr) -> str:
    return f"{path.relative_to(SOURCE.parents[1])}:{node.lineno}"


def code_lines(path: Path) -> set[int]:
    """The numbers of the lines that hold code: no blank lines, comments or docstrings."""
    text = path.read_text("utf-8")
    silent = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in silent:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node
        ):
            docstring = node.body[0]
            lines.difference_update(range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1))
    return lines


def imported(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """Every import statement with the full name of the module it names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            yield node, node.module or "."


def targets(node: ast.stmt) -> list[ast.expr]:
    """What an assignment assigns to; nothing for any other statement."""
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []


def test_there_is_something_to_look_at() -> None:
    assert MODULES


@each_module
def test_the_clock_is_read_at_the_edge_only(path: Path) -> None:
    if room(path) in EDGE:
        return
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            assert (owner, node.attr) not in CLOCKS, (
                f"{where(path, node)}: `{owner}.{node.attr}` is banned here, take the time as an argument"
            )


@each_module
def test_random_numbers_are_drawn_at_the_edge_only(path: Path) -> None:
    if room(path) in EDGE:
        return
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = ast.unparse(node.func)
            assert name.split(".")[0] not in RANDOM, f"{where(path, node)}: {RANDOM_HINT}, not `{name}`"
            assert name != "os.urandom", f"{where(path, node)}: {RANDOM_HINT}, not `{name}`"


@each_module
def test_only_the_command_line_prints(path: Path) -> None:
    if room(path) == "cli":
        return
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print", f"{where(path, node)}: return what is to be said, and let cli print it"


@each_module
def test_a_rule_is_no_assert(path: Path) -> None:
    for node in ast.walk(parse(path)):
        assert not isinstance(node, ast.Assert), (
            f"{where(path, node)}: `python -O` drops asserts, raise an error of ours"
        )


@each_module
def test_a_module_says_what_it_offers(path: Path) -> None:
    if path.name.startswith("_") and path.name != "__init__.py":
        return
    names = {ast.unparse(target) for node in parse(path).body for target in targets(node)}
    assert "__all__" in names, f"{path.relative_to(SOURCE)}: give the module an __all__, or a name with an underscore"


@each_module
def test_no_drawer_for_odds_and_ends(path: Path) -> None:
    assert path.stem.strip("_") not in DRAWERS, f"{path.relative_to(SOURCE)}: name the module for its one idea"


@each_module
def test_a_module_can_be_seen_at_once(path: Path) -> None:
    lines = len(code_lines(path))
    assert lines <= MODULE_LINES_MAX, f"{path.relative_to(SOURCE)} has {lines} lines of code: split it by idea"


@each_module
def test_a_function_can_be_seen_at_once(path: Path) -> None:
    lines = code_lines(path)
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            count = len(lines.intersection(range(node.lineno, (node.end_lineno or node.lineno) + 1)))
            assert count <= FUNCTION_LINES_MAX, f"{where(path, node)}: {node.name} has {count} lines of code: split it"


@each_module
def test_frozen_classes_hold_nothing_that_can_change(path: Path) -> None:
    for node in ast.walk(parse(path)):
        if not isinstance(node, ast.ClassDef) or not any("frozen" in ast.unparse(mark) for mark in node.decorator_list):
            continue
        for field in node.body:
            if isinstance(field, ast.AnnAssign):
                held = {part.id for part in ast.walk(field.annotation) if isinstance(part, ast.Name)}
                assert not held & MUTABLE, (
                    f"{where(path, field)}: use a tuple, a frozenset or a Mapping in a frozen class"
                )


@each_module
def test_no_room_goes_in_through_the_front_door(path: Path) -> None:
    if room(path) in {"__init__", "__main__", "intake", "cli"}:
        return
    for node, name in imported(parse(path)):
        assert name != "cadreledger", (
            f"{where(path, node)}: import from the room that defines it, the facade is for users"
        )


def test_an_auditor_reads_sealing_in_an_afternoon() -> None:
    lines = sum(len(code_lines(path)) for path in MODULES if room(path) == "sealing")
    assert lines <= SEALING_LINES_MAX, f"sealing has {lines} lines of code, want at most {SEALING_LINES_MAX}"


def test_sealing_needs_the_standard_library_and_cryptography_only() -> None:
    ours = ("cadreledger.sealing", "cadreledger.errors", "cryptography")
    for path in MODULES:
        if room(path) == "sealing":
            for node, name in imported(parse(path)):
                assert name.split(".")[0] in sys.stdlib_module_names or name.startswith(ours), (
                    f"{where(path, node)}: `{name}` is one thing more that an auditor would have to trust"
                )

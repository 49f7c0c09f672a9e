"""The page of rules says every rule with its source, and by which codes the program speaks of it."""

import ast
import re
import runpy
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

import cadreledger
from cadreledger.rules import NATIONAL_VERSION, RULES, Binding, Rule, declared, national, read_policy
from cadreledger.rules.reading import TEXT_BYTES_MAX

DOCS = Path(__file__).parents[2] / "docs"
GENERATE = runpy.run_path(str(DOCS / "generate.py"))
CODES: Mapping[str, tuple[str, ...]] = GENERATE["CODES"]
BUILT_IN: frozenset[str] = GENERATE["BUILT_IN"]
ASKED_FOR: Callable[[], frozenset[str]] = GENERATE["asked_for"]
PAGE = (DOCS / "reference" / "rules.md").read_text("utf-8")
SOURCE = Path(cadreledger.__path__[0])
ROOMS = ("aggregates", "queries", "ledger")
SPEAKING = {"against": 1, "of_rule": 1}  # the place of the code among the arguments; the provision is the first


def section(name: str) -> str:
    """What stands under a rule's heading."""
    return re.split(r"^#{2,3} ", PAGE.partition(f"\n### `{name}`\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def functions() -> Iterator[ast.FunctionDef]:
    for room in ROOMS:
        for path in sorted((SOURCE / room).glob("*.py")):
            yield from (
                node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)
            )


def rule_in(value: ast.expr) -> str | None:
    """The rule that an expression asks a policy for."""
    found = [node.attr for node in ast.walk(value) if isinstance(node, ast.Attribute)]
    rules = [getattr(declared, name) for name in found if name.isupper() and hasattr(declared, name)]
    names = [rule.name for rule in rules if isinstance(rule, Rule)]
    return names[0] if names else None


def spoken() -> set[tuple[str, str]]:
    """Each code that the source says of a provision, with the rule that the provision was found by."""
    said: set[tuple[str, str]] = set()
    for function in functions():
        rules: dict[str, str] = {}
        calls: list[ast.Call] = []
        for node in ast.walk(function):
            if isinstance(node, ast.Assign):
                for target, value in pairs(node.targets[0], node.value):
                    rule = rule_in(value)
                    if rule is not None and isinstance(target, ast.Name):
                        rules[target.id] = rule
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPEAKING:
                calls.append(node)
        for call in calls:
            provision, code = call.args[0], call.args[SPEAKING[ast.unparse(call.func)]]
            assert isinstance(code, ast.Constant), f"{function.name}: say the code as text, so that it can be found"
            rule = rules.get(ast.unparse(provision))
            assert rule is not None, f"{function.name}: find the provision where its breach is spoken of"
            said.add((rule, str(code.value)))
    return said


def pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]


@pytest.mark.parametrize("name", RULES)
def test_every_rule_is_there_with_its_source_in_two_languages(name: str) -> None:
    found = section(name)
    assert RULES[name].kind.looks in found
    for each in national().provisions.get(name, ()):
        assert f"- From {each.valid_from}: " in found
        for part in (RULES[name].kind.said(each.value), each.citation, each.certainty.value, each.en, each.zh):
            assert part in found
    if name not in national().provisions:
        assert "No national policy answers it." in found


def test_the_page_says_whose_policy_it_is() -> None:
    assert f"`{NATIONAL_VERSION}`" in PAGE
    assert len(re.findall(r"^### `", PAGE, re.MULTILINE)) == len(RULES)


def test_every_code_that_speaks_of_a_provision_is_listed_with_its_rule() -> None:
    said = spoken()
    assert said
    listed = {(name, code) for name, codes in CODES.items() for code in codes}
    assert said - listed == set(), "docs/generate.py: put them into CODES"


@pytest.mark.parametrize("name", CODES)
def test_every_listed_code_is_spoken_somewhere(name: str) -> None:
    assert name in RULES
    text = "".join(path.read_text("utf-8") for room in ROOMS for path in sorted((SOURCE / room).glob("*.py")))
    for code in CODES[name]:
        assert f'"{code}"' in text
        assert f"`{code}`" in section(name)


@pytest.mark.parametrize("name", RULES)
def test_what_is_refused_or_named_has_a_code_or_is_said_not_to_be_asked_for(name: str) -> None:
    binds = any(each.binding in {Binding.REFUSE, Binding.WARN} for each in national().provisions.get(name, ()))
    asked = name in ASKED_FOR()
    assert not (asked and name in BUILT_IN), "docs/generate.py: it is asked for now, take it out of BUILT_IN"
    if name in BUILT_IN:
        assert GENERATE["KEPT"] in section(name)
    elif not asked:
        assert GENERATE["UNASKED"] in section(name)
    elif binds:
        assert CODES.get(name), "docs/generate.py: say in CODES by which code"


def test_what_the_dues_are_reckoned_by_is_asked_for() -> None:
    names = {"dues.employed", "dues.retired", "dues.farmers", "dues.fixed", "dues.rounding", "fund.returned_rounding"}
    assert names <= ASKED_FOR()
    assert "branch.term_years" not in ASKED_FOR()


def test_the_how_to_shows_the_whole_of_the_example_which_can_be_read() -> None:
    page = (DOCS / "how-to" / "write-a-local-policy.md").read_text("utf-8")
    (shown,) = re.findall(r"^```toml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert shown == (DOCS.parent / "examples" / "daan.toml").read_text("utf-8")
    policy = read_policy(shown)
    assert policy.version == "daan/1"
    own = {
        name: [each for each in answers if each.version == policy.version]
        for name, answers in policy.provisions.items()
    }
    kinds = {RULES[name].kind.looks for name, answers in own.items() if answers}
    assert len(kinds) == 5, "an example of each of the commonest kinds of answer"


def test_the_how_to_says_how_long_a_file_may_be() -> None:
    page = (DOCS / "how-to" / "write-a-local-policy.md").read_text("utf-8")
    assert f"{TEXT_BYTES_MAX // 1000} {TEXT_BYTES_MAX % 1000:03} bytes" in page

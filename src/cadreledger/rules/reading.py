"""A policy file: TOML in, provisions out, every mistake named.

A file begins with ``version``; a place's own file names the national version that it is ``based_on``. Then each
``[[provision]]`` answers a ``rule`` ``from`` a month on. A place's sentences may be left out; its citations may not.
A file that says nothing but the ``version`` of a national policy stands for that one.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from enum import Enum
from functools import cache, lru_cache
from importlib import resources
from typing import Final, TypeVar

from cadreledger.errors import CadreLedgerError, InputError
from cadreledger.rules.declared import RULES
from cadreledger.rules.kinds import word_of
from cadreledger.rules.policy import Binding, Certainty, Policy, Provision, Rule
from cadreledger.values import Month, well_formed

__all__ = ["NATIONAL_VERSION", "national", "national_text", "read_policy"]

E = TypeVar("E", bound=Enum)

NATIONAL_VERSION: Final = "cn-2008/1"
FILE_CHARACTERS_MAX: Final = 65_536  # of a national one
TEXT_BYTES_MAX: Final = 14_336  # of a place's own as JSON: it stands in an event's internal section (16 KiB)
PROVISIONS_MAX: Final = 1_000
TEXT_MAX: Final = 400
_VERSION: Final = re.compile(r"[a-z][a-z0-9.-]{0,31}/[0-9]{1,6}\Z", re.ASCII)
_KEYS: Final = ("rule", "from", "value", "citation", "certainty", "binding", "en", "zh")
_HINT: Final = "The how-to on a place's own policy shows a whole file."


def national_text(version: str = NATIONAL_VERSION) -> str:
    """The file of the national policy of that version, as shipped. Raises InputError for a version that is not."""
    file = resources.files("cadreledger.rules") / "national" / (version.replace("/", "-") + ".toml")
    if not _VERSION.match(version) or not file.is_file():
        hint = "Use the release that has it."
        raise InputError("this release has no such national policy", NATIONAL_VERSION, version[:64], hint)
    return file.read_text("utf-8")


@cache
def national(version: str = NATIONAL_VERSION) -> Policy:
    """The national policy of that version. Raises InputError for a version that is not shipped.

    A version that was released never changes: an amount found by it years ago is found again.
    """
    document = _parsed(national_text(version))
    if document.get("version") != version:
        raise InputError("a national policy is not of the version it is filed under", version)
    return Policy.of(version, _provisions(document, version, None))


def read_policy(text: str) -> Policy:
    """A place's own policy file, laid over the national one that it names; or a national one, by its version alone.

    Raises InputError with the rule, what was expected and what was found, for anything that is not right.
    """
    if type(text) is not str:
        raise InputError("a policy is not text", "the text of a TOML file", type(text).__name__)
    return _read_policy(text)


@lru_cache(maxsize=16)  # a ledger's state reads its policies again and again
def _read_policy(text: str) -> Policy:
    if not well_formed(text):
        raise InputError("a policy file is not text that can be stored", "UTF-8, without lone surrogates", hint=_HINT)
    length = len(json.dumps(text, ensure_ascii=False).encode()) if len(text) <= TEXT_BYTES_MAX else len(text)
    if length > TEXT_BYTES_MAX:
        expected, hint = f"at most {TEXT_BYTES_MAX} bytes", "Answer only what the place answers otherwise."
        raise InputError("a policy file is too long to stand in an event", expected, str(length), hint)
    document = _parsed(text)
    unknown = sorted(set(document) - {"version", "based_on", "name", "provision"})
    if unknown:
        raise InputError(
            "a policy file has an unknown key", "version, based_on, name, provision", unknown[0][:32], _HINT
        )
    version = _version(document, "version")
    _text(document, "name", "")  # of the place, for people
    if version.startswith("cn-") and set(document) == {"version"}:
        return national(version)
    base = national(_version(document, "based_on"))
    if version.startswith("cn-"):
        raise InputError("a place's policy has the name of a national one", "a version of its own", version, _HINT)
    provisions = _provisions(document, version, base)
    if not provisions:
        raise InputError("a policy file says nothing", "at least one [[provision]]", hint=_HINT)
    return base.with_local(Policy.of(version, provisions))


def _parsed(text: str) -> dict[str, object]:
    if len(text) > FILE_CHARACTERS_MAX:
        raise InputError("a policy file is too long", f"{FILE_CHARACTERS_MAX} characters", str(len(text)))
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a plain ValueError
        raise InputError("a policy file is not TOML", "TOML 1.0", str(error)[:80], _HINT) from error


def _version(document: Mapping[str, object], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not _VERSION.match(value):
        found = value[:32] if isinstance(value, str) else "none" if value is None else type(value).__name__
        raise InputError(f"a policy file needs its {key}", "a name, a slash and a number, such as daan/1", found, _HINT)
    return value


def _provisions(document: Mapping[str, object], version: str, base: Policy | None) -> list[Provision[object]]:
    tables = document.get("provision", [])
    if not isinstance(tables, list) or len(tables) > PROVISIONS_MAX:
        raise InputError("provisions have a wrong form", f"at most {PROVISIONS_MAX} tables [[provision]]", hint=_HINT)
    return [_provision(number, table, version, base) for number, table in enumerate(tables, 1)]


def _provision(number: int, table: object, version: str, base: Policy | None) -> Provision[object]:
    if not isinstance(table, dict):
        raise InputError(f"provision {number} is no table", "a table [[provision]]", type(table).__name__, _HINT)
    name = table.get("rule")
    rule = RULES.get(name) if isinstance(name, str) else None
    if rule is None:
        found = name[:48] if isinstance(name, str) else "none" if name is None else type(name).__name__
        raise InputError(f"provision {number} is of no known rule", "a rule of the reference", found, _HINT)
    where = f"provision {number} ({rule.name})"
    unknown = sorted(set(table) - set(_KEYS))
    if unknown:
        raise InputError(f"{where} has an unknown key", ", ".join(_KEYS), unknown[0][:32], _HINT)
    try:
        return _read(rule, table, version, base)
    except CadreLedgerError as error:
        raise InputError(f"{where}: {error.what}", error.expected, error.found, error.hint or _HINT) from error


def _read(rule: Rule[object], table: Mapping[str, object], version: str, base: Policy | None) -> Provision[object]:
    known = base.provisions.get(rule.name) if base is not None else None
    model = known[-1] if known else None
    if "value" not in table:
        raise InputError("a value is missing", rule.kind.looks)
    return Provision(
        rule=rule.name,
        value=rule.kind.read(table["value"]),
        valid_from=Month.parse(_text(table, "from", None)),
        citation=_text(table, "citation", None),
        certainty=_word(Certainty, table, "certainty", Certainty.CONFIRMED if base else None),
        binding=_word(Binding, table, "binding", model.binding if model else None),
        version=version,
        en=_text(table, "en", "" if base else None),
        zh=_text(table, "zh", "" if base else None),
    )


def _text(table: Mapping[str, object], key: str, default: str | None) -> str:
    value = table.get(key, default)
    if not isinstance(value, str) or len(value) > TEXT_MAX or (default is None and not value.strip()):
        found = (
            "none" if value is None else f"{len(value)} characters" if isinstance(value, str) else type(value).__name__
        )
        raise InputError(f"{key} is missing, or has a wrong form", f"text of 1 to {TEXT_MAX} characters", found, _HINT)
    return value


def _word(words: type[E], table: Mapping[str, object], key: str, default: E | None) -> E:
    if key not in table and default is not None:
        return default
    try:
        return word_of(words).read(table.get(key))
    except InputError as error:
        found = error.found if key in table else "none"
        raise InputError(f"{key} is missing, or no such word", error.expected, found) from error

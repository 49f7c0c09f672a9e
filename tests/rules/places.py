"""Policies of places, as text: whole files, made of a few provisions."""

import json
from collections.abc import Iterable
from typing import Final

__all__ = ["file_of", "place", "provision", "toml"]

HEAD: Final = 'version = "{version}"\nbased_on = "cn-2008/1"\n'


def file_of(provisions: Iterable[str], version: str = "place/1") -> str:
    """A place's policy of these provisions, each as TOML."""
    return HEAD.format(version=version) + "\n".join(provisions)


def provision(rule: str, value: str, since: str = "2008-04", **others: str) -> str:
    """One answer as TOML; ``value`` as it is written there, ``others`` as text."""
    lines = ["[[provision]]", f'rule = "{rule}"', f'from = "{since}"', f"value = {value}"]
    lines += [f'{key} = "{text}"' for key, text in {"citation": "an order of this place", **others}.items()]
    return "\n".join(lines) + "\n"


def place(rule: str, value: str, since: str = "2008-04", version: str = "place/1", **others: str) -> str:
    """A place's policy that answers one rule otherwise."""
    return file_of([provision(rule, value, since, **others)], version)


def toml(value: object) -> str:
    """A value as a policy file writes it."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case dict():
            return f"{{ {', '.join(f'{key} = {toml(each)}' for key, each in value.items())} }}"
        case _:
            return str(value)  # a number, a date

"""The rules between headers, asked of a whole log at once."""

from collections.abc import Callable, Iterable

from cadreledger.audit.header_rules import HeaderRules, Schemas
from cadreledger.sealing import leaf_hash

Headers = Callable[[], Iterable[bytes]]
"""Reads them from the first one on."""


def check_headers(headers: Headers, schemas: Schemas, month_max: str | None) -> None:
    """Raises VerificationError as the rules do."""
    rules = HeaderRules(schemas, month_max)
    for header in headers():
        rules.take(header, leaf_hash(header))
    rules.close()
    rules.look_again(headers())

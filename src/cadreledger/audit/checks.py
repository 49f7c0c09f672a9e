"""A verification: numbered steps, each with its outcome in words; the shape of ``verify --json``."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import attrs

from cadreledger.errors import VerificationError
from cadreledger.sealing import Policy

__all__ = ["Check", "Steps", "Trust", "Verification"]


@attrs.frozen
class Check:
    """One step: its ``name`` (a code), whether it held, and what was found, in words."""

    name: str
    ok: bool
    detail: str

    def json(self) -> dict[str, object]:
        """As it stands in ``verify --json``."""
        return {"name": self.name, "ok": self.ok, "detail": self.detail}


@attrs.frozen(kw_only=True)
class Trust:
    """What a verifier knows from elsewhere.

    ``keys``: verifier keys of the log, any one of them (none: the log's own word is taken, and said so). ``witnesses``:
    verifier keys of witnesses, ``quorum`` of which must have cosigned, not longer ago than ``age_max`` where it is
    given. ``as_of``: the time of verification, UTC.
    """

    as_of: datetime
    keys: tuple[str, ...] = ()
    witnesses: tuple[str, ...] = ()
    quorum: int = 0
    age_max: timedelta | None = None

    def policy(self, origin: str, keys: tuple[str, ...]) -> Policy:
        """What a checkpoint of that log must have, signed by one of ``keys``."""
        return Policy(
            origin=origin,
            keys=keys,
            witnesses=self.witnesses,
            quorum=self.quorum,
            age_max=self.age_max,
            as_of=self.as_of,
        )


@attrs.frozen
class Verification:
    """What became of a verification of ``kind`` (site, bundle, snapshot, statement or checkpoint).

    ``unchecked`` says what this path alone cannot show.
    """

    kind: str
    checks: tuple[Check, ...]
    unchecked: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every step held. Of no steps, nothing was shown."""
        return bool(self.checks) and all(check.ok for check in self.checks)


class Steps:
    """Steps under way. A step that fails ends the verification: what follows would rest on it."""

    def __init__(self) -> None:
        self.checks: list[Check] = []

    @contextmanager
    def step(self, name: str) -> Iterator[list[str]]:
        """One step; what is appended to the list given is its detail. Raises StoppedError where it fails."""
        said: list[str] = []
        try:
            yield said
        except VerificationError as error:
            self.checks.append(Check(name, ok=False, detail=str(error)))
            raise StoppedError from error
        self.checks.append(Check(name, ok=True, detail="; ".join(said)))


class StoppedError(Exception):
    """A step has failed; it stands among the checks."""

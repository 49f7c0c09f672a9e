"""A verification: numbered steps, each with its outcome in words; the shape of ``verify --json``."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

import attrs

from cadreledger.errors import InputError, VerificationError
from cadreledger.figures import Catalogue
from cadreledger.sealing import NoteVerifier, Policy

__all__ = ["Check", "Steps", "Trust", "Verification"]

AGE_MAX: Final = timedelta(days=36_525)
KEYS: Final = "A verifier key has three parts with + between them; copy the whole of it, as the log's owner gave it."


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
    given. ``catalogues``: files of catalogues that are known to be good, beside those that were released. ``as_of``:
    the time of verification, UTC. Raises InputError for a key that is none, a quorum of more witnesses than there are,
    an age that is negative, longer than a century, or asked for without a quorum, and a catalogue that is none.
    """

    as_of: datetime
    keys: tuple[str, ...] = ()
    witnesses: tuple[str, ...] = ()
    quorum: int = 0
    age_max: timedelta | None = None
    catalogues: tuple[bytes, ...] = ()

    def __attrs_post_init__(self) -> None:
        what = "what is to be trusted cannot be used"
        try:
            for key in (*self.keys, *self.witnesses):
                NoteVerifier.parse(key)
        except VerificationError as error:
            raise InputError(what, error.expected or error.what, error.found, KEYS) from error
        try:
            for data in self.catalogues:
                Catalogue.parse(data)
        except VerificationError as error:
            hint = "Name a catalogue's file, as it was released: JSON of the format catalogue/1."
            raise InputError(what, error.expected or error.what, error.found, hint) from error
        if type(self.quorum) is not int or not 0 <= self.quorum <= len(self.witnesses):
            hint = "Name the witnesses, and no more of them to ask for: --witness, --quorum."
            raise InputError(what, f"a quorum from 0 to {len(self.witnesses)}", str(self.quorum), hint)
        if self.age_max is not None and not timedelta() <= self.age_max <= AGE_MAX:
            raise InputError(what, f"an age of at most {AGE_MAX.days} days", str(self.age_max), "Give it in days.")
        if self.age_max is not None and not self.quorum:
            hint = "Only a witness says when: name one, and ask for it (--witness, --quorum)."
            raise InputError(what, "a witness, where an age is asked for", "none", hint)

    def knows(self, digest: str) -> bool:
        """Whether that catalogue was released, or is trusted."""
        return Catalogue.file_of(digest) is not None or any(
            Catalogue.parse(data).digest == digest for data in self.catalogues
        )

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

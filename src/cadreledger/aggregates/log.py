"""The ledger itself: who signs and witnesses it, by which catalogue it is summed, how far its dues are tallied."""

from base64 import b64decode
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

import attrs

from cadreledger.aggregates.base import Handle, exactly
from cadreledger.aggregates.standing import Fold, State
from cadreledger.aggregates.violation import Violation
from cadreledger.errors import InputError
from cadreledger.events.ledger import (
    CatalogueAdopted,
    DuesTallied,
    KeyRotated,
    LedgerOpened,
    PolicyAdopted,
    WitnessesNamed,
)
from cadreledger.events.sections import Event
from cadreledger.events.void import Void
from cadreledger.rules import Policy, national, read_policy
from cadreledger.values import Money, Month, StreamKind

__all__ = ["Log", "LogState"]

SIGNING, WITNESSING = b"\x01", b"\x04"  # types of verifier keys: C2SP signed-note, tlog-cosignature


@attrs.frozen(kw_only=True)
class LogState(State):
    """The ledger as it stands.

    ``catalogue``: the digest of the one in force. ``keys``: the verifier keys that the log signed with, in order of
    time; the last is today's. ``witnesses``: those of the witnesses from here on. ``tally``: the latest.
    ``policy``: what is in force in which month; ``adopted``: the texts that it came from, in order of time.
    """

    catalogue: str = ""
    keys: tuple[str, ...] = ()
    witnesses: tuple[str, ...] = ()
    tally: DuesTallied | None = None
    policy: Policy = attrs.field(factory=national)
    adopted: tuple[str, ...] = ()

    @property
    def tallied(self) -> int:
        """The last position that a tally covers; 0 where there is none."""
        return 0 if self.tally is None else self.tally.last


class LogFold(Fold[LogState]):
    """The ledger's own state under construction."""

    _catalogue: str
    _keys: tuple[str, ...]
    _witnesses: tuple[str, ...]
    _tally: DuesTallied | None
    _policy: Policy
    _adopted: tuple[str, ...]

    def _view(self) -> LogState:
        """The state as it stands; valid until the next `take`."""
        return LogState(
            version=self.version,
            standing=self.standing(),
            catalogue=self._catalogue,
            keys=self._keys,
            witnesses=self._witnesses,
            tally=self._tally,
            policy=self._policy,
            adopted=self._adopted,
        )

    def _reset(self) -> None:
        self._catalogue, self._keys, self._witnesses, self._tally = "", (), (), None
        self._policy, self._adopted = national(), ()

    def _thaw(self, state: LogState) -> None:
        self._catalogue, self._keys = state.catalogue, state.keys
        self._witnesses, self._tally = state.witnesses, state.tally
        self._policy, self._adopted = state.policy, state.adopted

    def _apply(self, version: int, event: Event) -> None:  # noqa: ARG002 - which version said it does not matter
        match event:
            case LedgerOpened():
                self._catalogue = event.catalogue
                self._keys += _of_type(SIGNING, event.keys)
                self._witnesses = _of_type(WITNESSING, event.keys)
            case CatalogueAdopted():
                self._catalogue = event.catalogue
            case KeyRotated():
                self._keys += (event.key,)
            case WitnessesNamed():
                self._witnesses = event.keys
            case DuesTallied():
                self._tally = event
            case PolicyAdopted():
                self._policy = _following(self._policy, event)
                self._adopted += (event.policy,)

    def _check(self, event: Event) -> tuple[Violation, ...]:
        match event:
            case CatalogueAdopted() if event.catalogue == self._catalogue:
                return (Violation("catalogue_in_force", "this catalogue is in force already"),)
            case KeyRotated():
                return self._check_key(event.key)
            case WitnessesNamed():
                return _check_witnesses(event.keys)
            case DuesTallied():
                return self._check_tally(event)
            case PolicyAdopted():
                return self._check_policy(event)
        return ()

    def _check_key(self, key: str) -> tuple[Violation, ...]:
        if not _of_type(SIGNING, (key,)):
            return (Violation("no_signing_key", "this is no key that a log signs with", "a verifier key of type 1"),)
        if key in self._keys:
            return (Violation("key_came_before", "the log signs, or signed, with this key", "a new key"),)
        return ()

    def _check_policy(self, event: PolicyAdopted) -> tuple[Violation, ...]:
        """What is adopted can be read, bears its own version, and no version means two things."""
        try:
            adopted = read_policy(event.policy)
        except InputError as error:
            return (Violation("policy_unreadable", error.what, error.expected, error.found, weight="senseless"),)
        if adopted.version != event.adopted_version:
            what = "a policy is adopted under another version than its own"
            return (Violation("another_version", what, adopted.version, event.adopted_version, weight="senseless"),)
        since, in_force = self._policy.versions[-1]
        earlier = _versions(self._adopted)  # also of those that another one replaced before they were in force
        if adopted.version in earlier or (adopted.version == in_force and since <= event.valid_from):
            what, hint = "a policy of that version was adopted already", "Give the changed file a new version."
            return (Violation("policy_adopted_already", what, "a new version", adopted.version, hint),)
        return ()

    def _check_tally(self, event: DuesTallied) -> tuple[Violation, ...]:
        """A tally goes on where the one before ended; those of one batch cover the same, and name later months."""
        before = self._tally
        expected = 1 if before is None else before.last + 1
        goes_on = event.first == expected and event.first <= event.last
        if goes_on or (before is not None and _of_one_batch(before, event)):
            return ()
        what, found = "a tally does not go on where the one before ended", f"{event.first} to {event.last}"
        return (Violation("tally_out_of_order", what, f"from position {expected} on", found),)

    def _check_void(self, void: Void) -> tuple[Violation, ...]:  # noqa: ARG002 - whatever it is
        what = "what the ledger says of itself is not taken back"
        return (Violation("not_to_be_voided", what, weight="senseless"),)


class Log(Handle[LogState]):
    """The ledger's own stream inside a transaction. Every verb returns the version of the entry it records.

    Verbs raise RuleError where a rule refuses the decision and InputError for a value of the wrong form.
    """

    kind = StreamKind.LEDGER
    fold = LogFold

    def adopt_catalogue(self, digest: str) -> int:
        """From here on, let headers and figures follow the published catalogue with that ``digest``."""
        return self._record(CatalogueAdopted(catalogue=digest))

    def adopt_policy(self, text: str, *, valid_from: Month, on: date) -> int:
        """Settle what the regulations leave open, as the policy file with that ``text`` says, from a month on.

        The whole text stands in the event, so that whoever has the ledger can find every amount again.
        Raises InputError for a file that is not right.
        """
        version = read_policy(text).version
        return self._record(
            PolicyAdopted(
                occurred_on=on, policy=text, adopted_version=version, valid_from=exactly(Month, valid_from, "a month")
            )
        )

    def rotate_key(self, key: str) -> int:
        """From the next checkpoint on, sign with another ``key`` (a verifier key of type 1)."""
        return self._record(KeyRotated(key=key))

    def name_witnesses(self, keys: Sequence[str]) -> int:
        """From the next checkpoint on, be witnessed by these ``keys`` (verifier keys of type 4; none is allowed)."""
        if not isinstance(keys, list | tuple):
            raise InputError("witnesses are named in a list", "a list or tuple of verifier keys", type(keys).__name__)
        return self._record(WitnessesNamed(keys=tuple(keys)))

    def tally(self, month: Month, amount: Money, payments: int, refunds: int, first: int, last: int) -> int:
        """Sum the payments, refunds and voids of a ``month`` that stand from position ``first`` to ``last``."""
        tallied = DuesTallied(month=month, amount=amount, payments=payments, refunds=refunds, first=first, last=last)
        return self._record(tallied)


def _of_type(kind: bytes, keys: Sequence[str]) -> tuple[str, ...]:
    """The verifier keys of a type: the first byte of what they hold in base64 behind name and id."""
    return tuple(key for key in keys if b64decode(key[-44:-40])[:1] == kind)


def _check_witnesses(keys: Sequence[str]) -> tuple[Violation, ...]:
    if len(_of_type(WITNESSING, keys)) < len(keys):
        return (Violation("no_witness_key", "this is no witness's key", "verifier keys of type 4"),)
    if len(set(keys)) < len(keys):
        return (Violation("witness_named_twice", "a witness is named twice", "each key once"),)
    return ()


def _of_one_batch(before: DuesTallied, event: DuesTallied) -> bool:
    return (before.first, before.last) == (event.first, event.last) and before.month < event.month


def _versions(texts: Sequence[str]) -> set[str]:
    """The versions of what was adopted; not of what cannot be read, nor of national ones, which never change."""
    found = set()
    for text in texts:
        with suppress(InputError):
            found.add(read_policy(text).version)
    return {version for version in found if not version.startswith("cn-")}


def _following(policy: Policy, event: PolicyAdopted) -> Policy:
    """``policy`` with what was adopted; as it was where that cannot be read: `check` says so."""
    try:
        return policy.then(read_policy(event.policy), event.valid_from)
    except InputError:
        return policy

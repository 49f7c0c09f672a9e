"""The ledger itself: who signs and witnesses it, by which catalogue it is summed, how far its dues are tallied."""

from base64 import b64decode
from collections.abc import Sequence

import attrs

from cadreledger.aggregates.base import Handle
from cadreledger.aggregates.standing import Fold, State
from cadreledger.aggregates.violation import Violation
from cadreledger.errors import InputError
from cadreledger.events.ledger import CatalogueAdopted, DuesTallied, KeyRotated, LedgerOpened, WitnessesNamed
from cadreledger.events.sections import Event
from cadreledger.events.void import Void
from cadreledger.values import Money, Month, StreamKind

__all__ = ["Log", "LogState"]

SIGNING, WITNESSING = b"\x01", b"\x04"  # types of verifier keys: C2SP signed-note, tlog-cosignature


@attrs.frozen(kw_only=True)
class LogState(State):
    """The ledger as it stands.

    ``catalogue``: the digest of the one in force. ``keys``: the verifier keys that the log signed with, in order of
    time; the last is today's. ``witnesses``: those of the witnesses from here on. ``tally``: the latest.
    """

    catalogue: str = ""
    keys: tuple[str, ...] = ()
    witnesses: tuple[str, ...] = ()
    tally: DuesTallied | None = None

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

    def _view(self) -> LogState:
        """The state as it stands; valid until the next `take`."""
        return LogState(
            version=self.version,
            standing=self.standing(),
            catalogue=self._catalogue,
            keys=self._keys,
            witnesses=self._witnesses,
            tally=self._tally,
        )

    def _reset(self) -> None:
        self._catalogue, self._keys, self._witnesses, self._tally = "", (), (), None

    def _thaw(self, state: LogState) -> None:
        self._catalogue, self._keys = state.catalogue, state.keys
        self._witnesses, self._tally = state.witnesses, state.tally

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
        return ()

    def _check_key(self, key: str) -> tuple[Violation, ...]:
        if not _of_type(SIGNING, (key,)):
            return (Violation("no_signing_key", "this is no key that a log signs with", "a verifier key of type 1"),)
        if key in self._keys:
            return (Violation("key_came_before", "the log signs, or signed, with this key", "a new key"),)
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

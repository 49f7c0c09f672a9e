"""What happens to the ledger itself."""

from enum import Enum
from typing import Final

from cadreledger.events.sections import Dated, Event, event, internal, public
from cadreledger.values import Money, Month, StreamKind

__all__ = [
    "CatalogueAdopted",
    "DuesTallied",
    "ErasureReason",
    "KeyRotated",
    "LedgerOpened",
    "PolicyAdopted",
    "SubjectErased",
    "WitnessesNamed",
]

DIGEST: Final = r"[A-Za-z0-9_-]{43}"
VERIFIER_KEY: Final = r"[!-*,-~]{1,255}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}"  # C2SP signed-note, Ed25519
ORIGIN: Final = r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}"


class ErasureReason(Enum):
    """Why a person's key was destroyed."""

    REQUEST = "request"  # PIPL article 47
    DEATH = "death"
    RETENTION = "retention"  # the duty to keep has ended


@event("ledger.opened/1", StreamKind.LEDGER, counted=True, dated=Dated.NEVER)
class LedgerOpened(Event):
    """Leaf 0: whose log this is, who signs it, and by which catalogue its figures are summed."""

    origin: str = public(unit="a name such as example.org/log", pattern=ORIGIN)
    suite: str = public(pattern=r"sha256-ed25519")
    keys: tuple[str, ...] = public(unit="verifier keys: the log's, then the witnesses'", pattern=VERIFIER_KEY)
    catalogue: str = public(unit="SHA-256, base64url", pattern=DIGEST)
    time_zone: str = internal()
    name: str = internal()
    key_store: str = internal(pattern=r"[0-9a-f]{32}")


@event("key.rotated/1", StreamKind.LEDGER, counted=True, dated=Dated.NEVER)
class KeyRotated(Event):
    """From the next checkpoint on, the log signs with another key."""

    key: str = public(unit="verifier key", pattern=VERIFIER_KEY)


@event("witnesses.named/1", StreamKind.LEDGER, counted=True, dated=Dated.NEVER)
class WitnessesNamed(Event):
    """From the next checkpoint on, these witnesses cosign, and no others."""

    keys: tuple[str, ...] = public(unit="verifier keys of the witnesses from here on", pattern=VERIFIER_KEY)


@event("catalogue.adopted/1", StreamKind.LEDGER, counted=True, dated=Dated.NEVER)
class CatalogueAdopted(Event):
    """From here on, headers and figures follow another published catalogue."""

    catalogue: str = public(unit="SHA-256, base64url", pattern=DIGEST)


@event("policy.adopted/1", StreamKind.LEDGER, counted=False)
class PolicyAdopted(Event):
    """The office settles a question that the regulations leave open."""

    policy: str = internal()
    adopted_version: str = internal()
    valid_from: Month = internal()


@event("dues.tallied/1", StreamKind.LEDGER, counted=True, dated=Dated.NEVER)
class DuesTallied(Event):
    """The month's payments, refunds and voids since the last tally, summed, so that no header shows one payer."""

    month: Month = public()
    amount: Money = public(unit="fen, signed")
    payments: int = public(unit="payments, signed")
    refunds: int = public(unit="refunds, signed")
    first: int = internal(unit="position", least=1)
    last: int = internal(unit="position", least=1)


@event("subject.erased/1", StreamKind.CADRE, StreamKind.PERSON, counted=False)
class SubjectErased(Event):
    """The person's key is destroyed; what it locked can never be read again. Stands in the person's own stream."""

    reason: ErasureReason = internal()

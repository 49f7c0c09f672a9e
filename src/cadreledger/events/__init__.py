"""What can happen, as frozen classes; how each becomes bytes; and how bytes are read back, strictly."""

from cadreledger.events import branch, cadre, dues, ledger, void
from cadreledger.events.codec import Codec, Encoded, Entry, Recorded, leaf_text, utc_text
from cadreledger.events.registry import NOTED, Registry, Upcaster
from cadreledger.events.sections import (
    Dated,
    Event,
    Section,
    event,
    evolve,
    internal,
    mentions,
    own_fields,
    personal,
    public,
    without_personal,
)

__all__ = [
    "NOTED",
    "VOCABULARY",
    "Codec",
    "Dated",
    "Encoded",
    "Entry",
    "Event",
    "Recorded",
    "Registry",
    "Section",
    "Upcaster",
    "branch",
    "cadre",
    "dues",
    "event",
    "evolve",
    "internal",
    "leaf_text",
    "ledger",
    "mentions",
    "own_fields",
    "personal",
    "public",
    "utc_text",
    "void",
    "without_personal",
]

_MODULES = (ledger, void, cadre, dues, branch)

VOCABULARY = Registry.of(
    item
    for module in _MODULES
    for item in (getattr(module, name) for name in module.__all__)
    if isinstance(item, type) and issubclass(item, Event)
)
"""Every event of this version, by wire name."""

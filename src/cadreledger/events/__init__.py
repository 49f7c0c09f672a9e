"""What can happen, as frozen classes; how each becomes bytes; and how bytes are read back, strictly."""

from cadreledger.events import (
    activity,
    branch,
    cadre,
    community,
    dues,
    facility,
    ledger,
    person,
    programme,
    team,
    void,
)
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
    resting_field,
    rests_on,
    stream_fields,
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
    "activity",
    "branch",
    "cadre",
    "community",
    "dues",
    "event",
    "evolve",
    "facility",
    "internal",
    "leaf_text",
    "ledger",
    "mentions",
    "own_fields",
    "person",
    "personal",
    "programme",
    "public",
    "resting_field",
    "rests_on",
    "stream_fields",
    "team",
    "utc_text",
    "void",
    "without_personal",
]

_MODULES = (ledger, void, cadre, dues, branch, activity, team, facility, community, programme, person)

VOCABULARY = Registry.of(
    item
    for module in _MODULES
    for item in (getattr(module, name) for name in module.__all__)
    if isinstance(item, type) and issubclass(item, Event)
)
"""Every event of this version, by wire name."""

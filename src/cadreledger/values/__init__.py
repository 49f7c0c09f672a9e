"""Small immutable values that everything else is made of: money, months, periods, quantities, names."""

from cadreledger.values.identity import (
    Actor,
    StreamId,
    StreamKind,
    actor,
    code,
    names_stream,
    stream_id,
    stream_kind,
    well_formed,
)
from cadreledger.values.money import Money, fen, yuan
from cadreledger.values.quantity import Qualifier, Quantity
from cadreledger.values.time import Month, Period

__all__ = [
    "Actor",
    "Money",
    "Month",
    "Period",
    "Qualifier",
    "Quantity",
    "StreamId",
    "StreamKind",
    "actor",
    "code",
    "fen",
    "names_stream",
    "stream_id",
    "stream_kind",
    "well_formed",
    "yuan",
]

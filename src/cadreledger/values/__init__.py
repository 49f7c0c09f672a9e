"""Small immutable values that everything else is made of: money, months, periods, quantities, names."""

from cadreledger.values.identity import (
    Actor,
    StreamId,
    StreamKind,
    actor,
    ascii_code,
    code,
    names_stream,
    readable_code,
    stream_id,
    stream_kind,
    well_formed,
)
from cadreledger.values.money import Money, fen, yuan
from cadreledger.values.quantity import Qualifier, Quantity
from cadreledger.values.time import Month, Period
from cadreledger.values.words import in_words

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
    "ascii_code",
    "code",
    "fen",
    "in_words",
    "names_stream",
    "readable_code",
    "stream_id",
    "stream_kind",
    "well_formed",
    "yuan",
]

"""What the regulations say, as dated and cited data, and pure functions over it."""

from cadreledger.rules.dues import (
    DEFAULT,
    Assessment,
    Band,
    Cited,
    DuesPolicy,
    DuesScheme,
    Rounding,
    Tariff,
    assess,
    returned,
)

__all__ = [
    "DEFAULT",
    "Assessment",
    "Band",
    "Cited",
    "DuesPolicy",
    "DuesScheme",
    "Rounding",
    "Tariff",
    "assess",
    "returned",
]

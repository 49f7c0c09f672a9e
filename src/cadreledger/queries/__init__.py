"""What an office asks of its ledger: pure functions over a picture of it, by the policy in force."""

from cadreledger.queries.picture import Picture

__all__ = ["Picture"]

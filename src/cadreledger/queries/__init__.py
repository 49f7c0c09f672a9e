"""What an office asks of its ledger: pure functions over a picture of it, by the policy in force."""

from cadreledger.queries.picture import Picture
from cadreledger.queries.remark import Remark, Weight
from cadreledger.queries.survey import Noticed, Survey

__all__ = ["Noticed", "Picture", "Remark", "Survey", "Weight"]

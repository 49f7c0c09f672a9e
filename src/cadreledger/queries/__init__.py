"""What an office asks of its ledger: pure functions over a picture of it, by the policy in force."""

from cadreledger.queries.arrears import Arrears, arrears, paid_to, prepaid_beyond
from cadreledger.queries.cadence import Kept, cadence
from cadreledger.queries.cash import CashClose, cash_close
from cadreledger.queries.coverage import Coverage, coverage
from cadreledger.queries.medals import MedalRoll, medal_roll
from cadreledger.queries.picture import Picture
from cadreledger.queries.remark import Remark, Weight
from cadreledger.queries.responsibility import responsible
from cadreledger.queries.survey import Noticed, Survey

__all__ = [
    "Arrears",
    "CashClose",
    "Coverage",
    "Kept",
    "MedalRoll",
    "Noticed",
    "Picture",
    "Remark",
    "Survey",
    "Weight",
    "arrears",
    "cadence",
    "cash_close",
    "coverage",
    "medal_roll",
    "paid_to",
    "prepaid_beyond",
    "responsible",
]

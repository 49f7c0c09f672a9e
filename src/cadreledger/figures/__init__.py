"""What is counted: the published catalogue of figures, one evaluator, and the tallies that stand in for money."""

from cadreledger.figures.catalogue import Catalogue
from cadreledger.figures.declaration import Declaration, HeaderType, Kind, Term, View, Visibility
from cadreledger.figures.evaluate import Record, evaluate, uncounted
from cadreledger.figures.figure import Figure, Figures, contributing, figures
from cadreledger.figures.tally import PAID, MonthTally, tallies
from cadreledger.figures.totals import Totals

__all__ = [
    "PAID",
    "Catalogue",
    "Declaration",
    "Figure",
    "Figures",
    "HeaderType",
    "Kind",
    "MonthTally",
    "Record",
    "Term",
    "Totals",
    "View",
    "Visibility",
    "contributing",
    "evaluate",
    "figures",
    "tallies",
    "uncounted",
]

"""How figures divide by the words of a field, where the catalogue's ``by`` lets a notice say so.

Each word makes a figure of its own: the declaration's terms, with that word in ``where``. So the one evaluator sums
them, and nothing here knows which figures there are.
"""

from collections.abc import Iterator

import attrs

from cadreledger.disclosure.snapshot import BreakdownRow
from cadreledger.figures import Catalogue, Declaration, Totals, figures
from cadreledger.values import Period

__all__ = ["breakdowns", "divided"]


def divided(catalogue: Catalogue) -> Catalogue:
    """A catalogue whose figures are those of ``catalogue`` word by word; their keys are figure, field and word.

    Only figures that headers give as the office counts them are divided: of others, no header tells the words. None is
    by how sure its parts are: its qualifier says that.
    """
    return attrs.evolve(catalogue, declarations=tuple(_divided(catalogue)), digest="")


def _divided(catalogue: Catalogue) -> Iterator[Declaration]:
    words = {(header.name, field.name): field.values for header in catalogue.schema for field in header.fields}
    for figure in catalogue.declarations:
        fields = [field for field in figure.by if all(field != term.qualifier for term in figure.office)]
        for field in fields if figure.office == figure.public else ():
            for word in dict.fromkeys(word for term in figure.office for word in words[term.type, field]):
                terms = tuple(attrs.evolve(term, where=(*term.where, (field, word))) for term in figure.office)
                yield attrs.evolve(figure, key=f"{figure.key} {field} {word}", by=(), office=terms, public=terms)


def breakdowns(totals: Totals, catalogue: Catalogue, period: Period) -> tuple[BreakdownRow, ...]:
    """Every word that has an event in ``period``, in the schema's order; ``totals`` are of `divided` ``catalogue``."""
    found = figures(totals, divided(catalogue), period).items()
    return tuple(
        BreakdownRow(key, field, word, figure.value, figure.qualifier)
        for (key, field, word), figure in ((name.split(" ", 2), figure) for name, figure in found)
        if figure.events
    )

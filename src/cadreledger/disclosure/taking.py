"""How a snapshot is taken: three readings of a ledger's records, none of which keeps them."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Final

import msgspec

from cadreledger.disclosure.adjusting import differences, explained
from cadreledger.disclosure.breakdowns import breakdowns
from cadreledger.disclosure.counting import Counted, count
from cadreledger.disclosure.notices import NoticeReader
from cadreledger.disclosure.snapshot import FigureRow, Snapshot
from cadreledger.errors import InputError, VerificationError
from cadreledger.figures import Catalogue, Figures, Record, Visibility, figures
from cadreledger.sealing import tree_root
from cadreledger.values import Period, Quantity

__all__ = ["take"]

PERIOD_MONTHS_MAX = 120  # a page of more than ten years of months is read by nobody


def take(
    *, origin: str, name: str, period: Period, records: Callable[[], Iterable[Record]], catalogue: Catalogue
) -> Snapshot:
    """The snapshot of a ledger that holds ``records``, in ledger order, the same at every call.

    Figures are the office's; earlier notices are found among the records. Raises InputError for a period of more than
    120 months, an origin or a name that cannot be published, and VerificationError where there are no records, or some
    that cannot be summed.
    """
    months = period.last.months_since(period.first) + 1
    if months > PERIOD_MONTHS_MAX:
        raise InputError("a snapshot's period is too long", f"at most {PERIOD_MONTHS_MAX} months", str(months))
    reader = NoticeReader()
    root = tree_root(reader.leaves(records()))
    if not reader.size:
        raise VerificationError("a ledger holds no record", "its opening at least", "none")
    latest = reader.latest()
    counted = count(records(), reader.size, (notice.held for notice in latest), catalogue)
    found = differences(counted, latest, catalogue)
    return Snapshot(
        origin=origin,
        name=name,
        period=period,
        size=reader.size,
        recorded_on=_recorded_on(counted.last, reader.size),
        root=root,
        catalogue=catalogue.digest,
        figures=_rows(counted, catalogue, period),
        breakdowns=breakdowns(counted.divided, catalogue, period),
        uncounted=counted.uncounted,
        notices=reader.standing(),
        adjustments=explained(found, records(), reader.size, catalogue),
    )


class _Entry(msgspec.Struct):
    """As much of an internal section as tells when its event was recorded."""

    recorded_at: Annotated[datetime, msgspec.Meta(tz=True)]


_ENTRY: Final = msgspec.json.Decoder(_Entry)


def _recorded_on(internal: bytes | None, position: int) -> date:
    """The day, in UTC, on which an event was recorded. Raises VerificationError where its section does not tell."""
    try:
        return _ENTRY.decode(internal or b"").recorded_at.astimezone(UTC).date()
    except (ValueError, OverflowError, RecursionError):
        found = f"event {position} of those given"
        raise VerificationError("an internal section cannot be read", "when its event was recorded", found) from None


def _rows(counted: Counted, catalogue: Catalogue, period: Period) -> tuple[FigureRow, ...]:
    office, public = (figures(totals, catalogue, period) for totals in (counted.office, counted.public))
    months, public_months = _by_month(office), _by_month(public)
    all_time: dict[str, Quantity] = {}
    undated: dict[str, Quantity] = {}
    for (key, month), (quantity, _) in counted.office.items():
        all_time[key] = all_time.get(key, Quantity()) + quantity
        if month is None:
            undated[key] = quantity
    return tuple(
        FigureRow(
            key=key,
            zh=declaration.zh,
            en=declaration.en,
            kind=declaration.kind,
            unit=declaration.unit,
            visibility=declaration.visibility,
            value=office[key].value,
            qualifier=office[key].qualifier,
            events=office[key].events,
            from_headers=key in public
            and public[key].qualifier is office[key].qualifier
            and public_months[key] == months[key],
            months=months[key] if declaration.visibility is Visibility.PUBLIC else (),
            all_time=all_time.get(key, Quantity()),
            undated=undated.get(key, Quantity()),
        )
        for declaration in catalogue.declarations
        for key in (declaration.key,)
    )


def _by_month(held: Figures) -> dict[str, tuple[int, ...]]:
    """Each figure's values, month by month."""
    table = held.by_month().values()
    return {key: tuple(values[key] for values in table) for key in held}

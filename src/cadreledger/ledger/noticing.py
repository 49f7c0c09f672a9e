"""How a notice goes out: a checkpoint of the data, the event that names its digest, a checkpoint of the publication.

Whatever is cut off can be gone on with: the event holds all that the page is made of, so that it can be made again.
"""

from base64 import b64encode
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from cadreledger.disclosure import Notice
from cadreledger.disclosure.paragraphs import Named, checked_texts, texts_json
from cadreledger.errors import StoreError
from cadreledger.ledger.naming import Naming, check_consent
from cadreledger.ledger.noticed import notice
from cadreledger.ledger.reader import Reader
from cadreledger.ledger.transaction import Transaction
from cadreledger.values import Month, Period

if TYPE_CHECKING:
    from cadreledger.ledger.facade import Ledger

__all__ = ["publish"]


def publish(
    ledger: "Ledger",
    reader: Reader,
    number: str,
    period: Period,
    *,
    by: str,
    on: date,
    edition: int,
    texts: Iterable[str],
    reason: str | None,
) -> Notice:
    """See `Ledger.publish_notice`."""
    said = tuple(texts)
    naming = Naming(reader, number.strip(), edition)
    paragraphs = checked_texts(naming.written(said))
    naming.refuse_names((*said, reason or ""))
    people = {part.stream for paragraph in paragraphs for part in paragraph if isinstance(part, Named)}
    data = ledger.seal()
    snapshot = ledger.snapshot(period, at=data)
    if snapshot.root != data.root:  # taken from the stored headers, all of them
        what = "the records are not those that were sealed"
        raise StoreError(what, b64encode(data.root).decode("ascii"), hint="Nothing was published. Audit the ledger.")
    draft = Notice(number=number.strip(), edition=edition, snapshot=snapshot, texts=paragraphs, reason=reason)

    def decide(tx: Transaction) -> None:
        for stream in sorted(people):
            check_consent(tx.cadres[stream], ledger.policy, Month.of(on))
        tx.community.publish_notice(
            number,
            period=period,
            on=on,
            edition=edition,
            reason=reason,
            size=data.size,
            digest=draft.digest,
            texts=texts_json(paragraphs),
        )

    ledger.run(decide, by=by)
    ledger.seal()
    return notice(ledger, reader, number, edition)

"""What holds between the headers of a log, beyond the schema of each (sealing.schema)."""

from array import array
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final, cast

from cadreledger.errors import VerificationError
from cadreledger.sealing.canonical import JsonObject, canonical, parse_canonical
from cadreledger.sealing.schema import Check, HeaderSchema, is_month
from cadreledger.sealing.tree import leaf_hash

__all__ = ["HeaderRules"]

OPENED: Final = "ledger.opened/1"
ADOPTED: Final = "catalogue.adopted/1"

Schemas = Mapping[str, HeaderSchema]
"""By digest."""


class HeaderRules:
    """What holds between the headers of a ledger, which are read twice so that none need be kept.

    Give every header, in order, to `take`, then `close`, then let it `look_again` at what voids take back. All three
    raise VerificationError, which names the leaf or the month; after one, the rules are of no further use.

    - Leaf 0 is ``ledger.opened/1``, and no other. It names its schema, ``catalogue.adopted/1`` that of what follows.
    - No month lies after ``month_max`` (``2021-07``; None: it is not asked).
    - A void names an earlier leaf that is no void and not voided yet, and repeats its type, month and public fields.
      A schema lets only a counted type be voided, so no control type.
    - No commitment stands twice, so no leaf does.
    - Every check of the schema comes out even in every month.
    """

    def __init__(self, schemas: Schemas, month_max: str | None) -> None:
        """``schemas``: those that the ledger ever followed."""
        if month_max is not None and not is_month(month_max):
            raise VerificationError("the latest month has a wrong form", "YYYY-MM")
        self._schemas, self._month_max = schemas, month_max or "9999-12"
        self._schema: HeaderSchema | None = None  # of the next header
        self._size = 0
        self._leaves = sha256()  # over leaf hashes: what is read again must be what was read
        self._voids: dict[bytes, tuple[int, bytes]] = {}  # by target: the void's index, and what it repeats
        self._balances: Counter[tuple[Check, object]] = Counter()  # of each check and month
        self._hashes = tuple(array("q") for _ in range(256))  # of commitments, 8 bytes each; apart, to be compared
        self._doubtful: set[int] = set()  # hashes that came twice: one commitment, or two by chance

    def take(self, header: bytes, leaf: bytes) -> JsonObject:
        """Read the next header. Requires ``leaf`` to be its leaf hash; `look_again` finds out."""
        try:
            schema = self._schema or self._named(parse_canonical(header))
            document = schema.read(header)
            self._follow(schema, document)
        except VerificationError as error:
            raise VerificationError(f"leaf {self._size}: {error.what}", error.expected, error.found) from error
        hashed = hash(document["internal"])
        self._hashes[hashed & 255].append(hashed)
        self._leaves.update(leaf)
        self._size += 1
        return document

    def close(self) -> None:
        """There are no more headers."""
        if not self._size:
            raise VerificationError("leaf 0 is missing", OPENED)
        for (check, month), balance in self._balances.items():
            if balance:
                what = f"in {month}, the {check.field} of {check.type} are not the number of {check.counts}"
                raise VerificationError(what, "no difference", f"{balance:+d}")
        for hashes in self._hashes:
            self._doubtful.update(hashed for hashed, times in Counter(hashes).items() if times > 1)

    def look_again(self, headers: Iterable[bytes]) -> None:
        """Look at what voids take back, and at commitments of one hash. Requires `close`, and the headers taken."""
        leaves, voids, doubted = sha256(), self._voids.copy(), set[object]()
        for index, header in enumerate(headers):
            leaf = leaf_hash(header)
            leaves.update(leaf)
            if leaf in voids:
                (void, repeated), target = voids.pop(leaf), parse_canonical(header)
                if index >= void or "voids" in target or _repeated(target) != repeated:
                    what = f"leaf {void}: a void does not repeat an earlier entry"
                    raise VerificationError(what, "its type, month and public fields", f"leaf {index}")
            if self._doubtful and hash(internal := parse_canonical(header)["internal"]) in self._doubtful:
                if internal in doubted:
                    raise VerificationError(f"leaf {index}: a commitment stands twice", "a fresh salt for each section")
                doubted.add(internal)
        if leaves.digest() != self._leaves.digest():
            raise VerificationError("the headers are not those read before", f"the same {self._size}")
        for void, _ in voids.values():
            raise VerificationError(f"leaf {void}: a void names no leaf of this ledger", "an earlier leaf")

    def _named(self, document: JsonObject) -> HeaderSchema:
        digest = str(document.get("catalogue"))
        if digest not in self._schemas or self._schemas[digest].digest != digest:
            raise VerificationError("the schema in force is not at hand", "its file", digest[:43])
        return self._schemas[digest]

    def _follow(self, schema: HeaderSchema, document: JsonObject) -> None:
        """What a header means for those behind it, and for the sums."""
        name, month, sign = document["type"], document.get("month"), cast("int", document.get("sign", 1))
        if (name == OPENED) is not (self._size == 0):
            raise VerificationError("a ledger is opened by leaf 0, once", OPENED, str(name))
        self._schema = self._named(document) if name == ADOPTED else schema
        if month is not None and str(month) > self._month_max:
            raise VerificationError("a header lies in the future", f"months up to {self._month_max}", str(month))
        if sign < 0:
            target = urlsafe_b64decode(f"{document['voids']}=")
            if target in self._voids:
                raise VerificationError("a leaf is voided again", "once", f"leaf {self._voids[target][0]} voids it")
            self._voids[target] = self._size, _repeated(document)
        for check in schema.checks:
            if name in (check.type, check.counts):
                worth = cast("int", document[check.field]) if name == check.type else -1
                self._balances[check, month] += worth * sign


def _repeated(document: JsonObject) -> bytes:
    """What a void repeats of its target."""
    return canonical({name: document[name] for name in document if name not in {"internal", "sign", "voids"}})

"""The catalogues that a log names, as they are published with it."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from cadreledger.errors import StoreError
from cadreledger.figures import Catalogue

__all__ = ["catalogue_files"]


def catalogue_files(digests: Iterable[str]) -> Mapping[str, bytes]:
    """The bytes of each catalogue of ``digests``, by digest, in that order.

    Raises StoreError for one that this release does not know: nobody could verify what is published without it.
    """
    found: dict[str, bytes] = {}
    for digest in digests:
        data = Catalogue.file_of(digest)
        if data is None:
            what = "the ledger followed a catalogue of figures that this release does not know"
            hint = "Publish with a release that knows it: the one the ledger was made with, or a later one."
            raise StoreError(what, "a catalogue that was released", digest, hint)
        found[digest] = data
    return MappingProxyType(found)

"""The published catalogues that this release has, as their files are."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from cadreledger.figures import Catalogue

__all__ = ["known_catalogues"]


def known_catalogues(digests: Iterable[str]) -> Mapping[str, bytes]:
    """The bytes of each catalogue of ``digests`` that is known, by digest, in that order."""
    shipped = {Catalogue.load().digest: _shipped()}
    return MappingProxyType({digest: shipped[digest] for digest in digests if digest in shipped})


@cache
def _shipped() -> bytes:
    return files("cadreledger.figures").joinpath("catalogue.json").read_bytes()

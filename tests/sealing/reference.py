"""The recursions of RFC 6962 section 2.1, word for word: slow, plainly what the RFC says, and so the tests' oracle."""

import hashlib
from bisect import bisect_left
from collections.abc import Mapping
from typing import Literal

Side = Literal["left", "right"]


class Entries:
    """The RFC's list D: ``some`` entries by their index, and nothing (0 bytes) in every other place, so of any length.

    What is written D[start:end] there is (start, end) here.
    """

    def __init__(self, some: Mapping[int, bytes]) -> None:
        self._some = dict(some)
        self._places = sorted(some)
        self._known: dict[tuple[int, int], bytes] = {}

    def mth(self, start: int, end: int) -> bytes:
        """MTH(D[start:end]), remembered; stretches of nothing differ only in their length."""
        alike = bisect_left(self._places, start) == bisect_left(self._places, end)
        key = (-1, end - start) if alike else (start, end)
        if key not in self._known:
            self._known[key] = self._mth(start, end)
        return self._known[key]

    def _mth(self, start: int, end: int) -> bytes:
        n = end - start
        if n == 0:
            return hashlib.sha256(b"").digest()
        if n == 1:
            return hashlib.sha256(b"\x00" + self._some.get(start, b"")).digest()
        k = split(n)
        return hashlib.sha256(b"\x01" + self.mth(start, start + k) + self.mth(start + k, end)).digest()

    def path(self, m: int, start: int, end: int) -> tuple[bytes, ...]:
        """PATH(m, D[start:end])."""
        n = end - start
        if n == 1:
            return ()
        k = split(n)
        if m < k:
            return (*self.path(m, start, start + k), self.mth(start + k, end))
        return (*self.path(m - k, start + k, end), self.mth(start, start + k))

    def proof(self, m: int, n: int) -> tuple[bytes, ...]:
        """PROOF(m, D[n])."""
        return self._subproof(m, 0, n, complete=True)

    def _subproof(self, m: int, start: int, end: int, *, complete: bool) -> tuple[bytes, ...]:
        n = end - start
        if m == n:
            return () if complete else (self.mth(start, end),)
        k = split(n)
        if m <= k:
            return (*self._subproof(m, start, start + k, complete=complete), self.mth(start + k, end))
        return (*self._subproof(m - k, start + k, end, complete=False), self.mth(start, start + k))

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree, as `NodeReader` has it."""
        return self.mth(index << level, (index + 1) << level)


def split(n: int) -> int:
    """k, the largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def sides(m: int, n: int) -> tuple[Side, ...]:
    """On which side each hash of PATH(m, D[n]) stands. A proof for one tree fits another one of the same sides."""
    if n == 1:
        return ()
    k = split(n)
    return (*sides(m, k), "right") if m < k else (*sides(m - k, n - k), "left")


def proof_sides(m: int, n: int) -> tuple[Side | Literal["seed"], ...]:
    """The same of PROOF(m, D[n]); a seed is the hash that it starts from."""

    def subproof(m: int, n: int, *, complete: bool) -> tuple[Side | Literal["seed"], ...]:
        if m == n:
            return () if complete else ("seed",)
        k = split(n)
        if m <= k:
            return (*subproof(m, k, complete=complete), "right")
        return (*subproof(m - k, n - k, complete=False), "left")

    return subproof(m, n, complete=True)

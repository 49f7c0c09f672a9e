"""The steps in which anything that is published of a log is verified: a site's, and as far as it goes a bundle's.

1. signature: the latest checkpoint is signed by a key that is trusted, or by one that follows from it (`log_keys`).
2. witnesses: as many have cosigned it as are asked for.
3. root: the tree over the headers, all of them hashed, is the one that was signed.
4. checkpoints: every earlier one is signed, and over these very headers. No signature is by somebody unknown.
5. catalogue: the files that headers follow are there, and are those that the headers name.
6. schema: every header is as its catalogue says; no month lies in the future of a cosignature.
7. keys: each checkpoint over a new key is signed by the old one and by the new one.
8. tallies: they count the payments, month by month.
9. voids: each repeats an earlier entry; no commitment stands twice.

The tree is made before the first step, in the one reading that finds the log's keys; nothing of it is believed then.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Final

from cadreledger.audit.checkpoints import SignedNote
from cadreledger.audit.checks import Steps, Trust
from cadreledger.audit.header_rules import HeaderRules
from cadreledger.audit.log_keys import LogKeys, fingerprint, follow, key_of
from cadreledger.audit.months import latest_month
from cadreledger.disclosure.site import LogTiles
from cadreledger.errors import VerificationError
from cadreledger.sealing import (
    HeaderSchema,
    Note,
    NoteVerifier,
    Tile,
    leaf_hash,
    open_note,
    parse_canonical,
    split_note,
    verify_checkpoint,
)

__all__ = ["PublishedLog"]

CONTROL: Final = re.compile(rb'"type":"(?:ledger\.opened|key\.rotated|witnesses\.named|catalogue\.adopted)/')

Headers = Callable[[], Iterable[bytes]]
"""Reads them from the first one on."""


class PublishedLog:
    """One verification. ``notes`` are the checkpoints up to the one that is verified, the smallest first.

    Each step returns what it found, in words, and raises VerificationError where something does not hold.
    """

    def __init__(self, notes: Sequence[SignedNote], trust: Trust) -> None:
        self._notes = notes
        self._trust = trust
        self._latest = notes[-1].checkpoint
        self._named = LogKeys()
        self._catalogues: list[str] = []
        self._tiles = LogTiles(note.checkpoint.size for note in notes)
        self._read = sha256()  # over the headers: what is read again must be what was read
        self._believed: tuple[NoteVerifier, ...] = ()
        self._cosigned: dict[int, int] = {}  # by size: the earliest cosignature, in POSIX seconds
        self._schemas: dict[str, HeaderSchema] = {}
        self._rules: HeaderRules | None = None

    def tiles(self, headers: Iterable[bytes]) -> Iterator[tuple[Tile, bytes]]:
        """The first reading, to its end: every tile that the headers give."""
        return self._tiles.make(self._watched(headers))

    def _watched(self, headers: Iterable[bytes]) -> Iterator[bytes]:
        for leaf, header in enumerate(headers):
            self._read.update(leaf_hash(header))
            if CONTROL.search(header):
                document = parse_canonical(header)
                self._named.take(leaf, document)
                if "catalogue" in document:
                    self._catalogues.append(str(document["catalogue"]))
            yield header

    def signature(self) -> str:
        """(1) Nobody's word is taken but that of a trusted key, and of those that follow from it."""
        trusted = [key_of(vkey) for vkey in self._trust.keys] or list(self._named.signing(1))
        if not any(key.name == self._latest.origin for key in trusted):
            raise VerificationError("the checkpoint is of a log whose key is not trusted", found=self._latest.origin)
        self._believed = follow(self._notes, self._tiles.roots, self._named, trusted)
        try:
            signed = _signers(self._notes[-1].note, self._believed)
        except VerificationError as error:
            what = "the checkpoint is signed by no key that is trusted, nor by one that follows from it"
            raise VerificationError(what, found=error.what) from error
        if not self._trust.keys:
            prints = ", ".join(fingerprint(key.vkey) for key in trusted)
            return f"no key was given, so the log vouches for itself; compare the fingerprint of its key: {prints}"
        prints = ", ".join(fingerprint(key.vkey) for key in signed)
        way = "a trusted key" if any(key in trusted for key in signed) else "a key that follows from a trusted one"
        return f"signed by {way}: {prints}"

    def witnesses(self) -> str:
        """(2) A quorum of those trusted from elsewhere; the log's own list of witnesses counts for nothing here."""
        trust = self._trust
        policy = trust.policy(self._latest.origin, tuple(key.vkey for key in self._believed))
        signed = verify_checkpoint(self._notes[-1].note, policy)
        cosigned = sum(1 for signature in signed.signatures if signature.time is not None)
        if not trust.witnesses:
            return "no witness was named to look for"
        return f"{cosigned} of {len(trust.witnesses)} cosigned, {trust.quorum} are asked for"

    def root(self) -> str:
        """(3) Over all headers, none left out."""
        if self._tiles.roots[self._latest.size] != self._latest.root:
            raise VerificationError("the headers are not those that the checkpoint was signed over", "its root")
        return f"{self._latest.size} headers"

    def checkpoints(self, ahead: Sequence[SignedNote] = ()) -> str:
        """(4) ``ahead`` are later checkpoints, which the log has announced.

        The first of them is signed by a key that is named already, the others perhaps by keys that it names.
        """
        size = self._latest.size
        known = dict.fromkeys((*self._named.signing(size), *self._named.witnesses(size)))
        known.update(dict.fromkeys(key_of(vkey) for vkey in (*self._trust.keys, *self._trust.witnesses)))
        for note in (*self._notes, *ahead[:1]):
            at = note.checkpoint.size
            if note.checkpoint.origin != self._latest.origin:
                raise VerificationError(f"the checkpoint over {at} events is another log's", self._latest.origin)
            opened = _opened(note, tuple(known))
            ours = {(key.name, key.key_id) for key in self._named.signing(at)}
            if not any((signature.name, signature.key_id) in ours for signature in opened.signatures):
                raise VerificationError(f"the checkpoint over {at} events is not signed by the log")
            if not ahead and len(split_note(note.note)[1]) != len(opened.signatures):
                what = f"the checkpoint over {at} events has a signature by nobody known, or one twice"
                raise VerificationError(what, "one by each key of the log and of its witnesses")
            if at <= size and self._tiles.roots[at] != note.checkpoint.root:
                raise VerificationError(f"the first {at} headers are not those that a checkpoint was signed over")
            times = [signature.time for signature in opened.signatures if signature.time is not None]
            if times:
                self._cosigned[at] = min([*times, self._cosigned[at]] if at in self._cosigned else times)
        return f"{len(self._notes)} checkpoints, each over the beginning of the next"

    def catalogue(self, files: Mapping[str, bytes], *, strangers: bool = False) -> str:
        """(5) ``files`` are catalogues by digest; with ``strangers``, some that the log does not name yet."""
        for digest in dict.fromkeys(self._catalogues):
            if digest not in files:
                raise VerificationError("a catalogue that the log names is not there", digest)
            self._schemas[digest] = _schema(files[digest])
            if self._schemas[digest].digest != digest:
                raise VerificationError("a catalogue is not the one that the log names", digest)
            if not self._trust.knows(digest):  # one of the office's own making may let anything through
                what = "the log follows a catalogue that was not released, as far as this program knows"
                hint = "Update cadreledger; or read the catalogue, and say that it is good: --catalogue."
                raise VerificationError(what, "one that was", digest, hint)
        if not strangers and len(files) > len(self._schemas):
            raise VerificationError("a catalogue is there that the log does not name")
        return ", ".join(self._schemas)

    def schema(self, headers: Headers) -> str:
        """(6) The second reading."""
        last = latest_month(self._trust.as_of.timestamp())
        self._rules = HeaderRules(self._schemas, last)
        month = ""
        for size, header in enumerate(self.again(headers()), 1):
            document = self._rules.take(header, leaf_hash(header))
            month = max(month, str(document.get("month", "")))
            if size in self._cosigned and month > latest_month(self._cosigned[size]):
                raise VerificationError(f"one of the first {size} headers lies in {month}, after it was cosigned")
        return f"the latest month is {month or 'none'}"

    def again(self, headers: Iterable[bytes]) -> Iterator[bytes]:
        """The same headers. Raises VerificationError at the end, where they are not those of the first reading."""
        read = sha256()
        for header in headers:
            read.update(leaf_hash(header))
            yield header
        if read.digest() != self._read.digest():
            raise VerificationError("the headers changed while they were verified", "those of the first reading")

    def keys(self) -> str:
        """(7) Whoever trusts an older key can follow; whoever holds an older one alone cannot go on from here."""
        signing = self._named.signing(self._latest.size)
        trusted = {key_of(vkey) for vkey in self._trust.keys}
        if trusted and not trusted & set(signing):
            raise VerificationError("no trusted key is one of the log's", "one that its headers name")
        if any(key.name != self._latest.origin for key in signing):
            raise VerificationError("a key of the log has another name than the log", self._latest.origin)
        before = 0
        for note in self._notes:
            size = note.checkpoint.size
            signed = {(key.name, key.key_id) for key in _signers(note.note, signing)}
            if any((key.name, key.key_id) not in signed for key in self._named.due(size, before)):
                what = f"the checkpoint over {size} events lacks the signature of a key in force"
                raise VerificationError(what, "the key of the checkpoint before, and each that came since")
            before = size
        return f"{len(signing)} in all; in force: {fingerprint(signing[-1].vkey)}"

    def tallies(self) -> str:
        """(8) Requires `schema`."""
        self._taken().close()
        return "even in every month"

    def voids(self, headers: Headers) -> str:
        """(9) The third reading. Requires `tallies`."""
        self._taken().look_again(headers())
        return "each repeats an earlier entry; every commitment stands once"

    def rest(self, steps: Steps, headers: Headers) -> None:
        """Steps 6 to 9."""
        with steps.step("schema") as said:
            said.append(self.schema(headers))
        with steps.step("keys") as said:
            said.append(self.keys())
        with steps.step("tallies") as said:
            said.append(self.tallies())
        with steps.step("voids") as said:
            said.append(self.voids(headers))

    def _taken(self) -> HeaderRules:
        if self._rules is None:
            raise VerificationError("the headers have not been read")
        return self._rules


@lru_cache(maxsize=8)
def _schema(data: bytes) -> HeaderSchema:
    return HeaderSchema.parse(data)


def _signers(note: bytes, keys: Sequence[NoteVerifier]) -> tuple[NoteVerifier, ...]:
    """Those of ``keys`` that have signed ``note``. Raises VerificationError if none has, or a signature fails."""
    signed = {(signature.name, signature.key_id) for signature in open_note(note, keys).signatures}
    return tuple(key for key in keys if (key.name, key.key_id) in signed)


def _opened(note: SignedNote, keys: Sequence[NoteVerifier]) -> Note:
    try:
        return open_note(note.note, keys)
    except VerificationError as error:
        what = f"the checkpoint over {note.checkpoint.size} events: {error.what}"
        raise VerificationError(what, error.expected, error.found) from error

"""An auditor's bundle: replayed like a ledger, or verified by itself."""

from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

import msgspec

from cadreledger.audit.checkpoints import SignedNote, read_note
from cadreledger.audit.checks import Steps, StoppedError, Trust, Verification
from cadreledger.audit.published import PublishedLog
from cadreledger.audit.records import Row
from cadreledger.disclosure.bundle import MAGIC, Chunk, ChunkKind, read_bundle, read_event
from cadreledger.errors import StoreError, VerificationError
from cadreledger.sealing import INTERNAL_TAG, Frame, base64url, commitment, decode_frame, open_sections, parse_canonical

__all__ = ["BundleRecords", "is_bundle", "verify_bundle"]

DAMAGED: Final = "Ask for the bundle again."


class BundleRecords:
    """The records in the bundle at a path, for `cadreledger.audit.audit`. Each method reads the file anew.

    All raise StoreError where it cannot be read on, after what could be.
    """

    holds_personal = False
    has_keys = False
    why_no_keys = "a bundle has none"
    keeps_tree = False

    def __init__(self, path: str | Path) -> None:
        self.source = str(path)
        self._path = Path(path)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """The records at ``path``. Raises StoreError where there is no bundle. Nothing stays open."""
        records = cls(path)
        if not is_bundle(Path(path)):
            raise StoreError(f"{path} is no bundle", hint="Check that this is the right file.")
        return records

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """There is nothing to close."""

    def in_order(self) -> Iterator[Row]:
        """Every event, in ledger order."""
        with self._open() as stream:
            for position, chunk in enumerate(_of(ChunkKind.EVENT, read_bundle(stream)), 1):
                yield _row(position, chunk.payload)

    def by_stream(self) -> Iterator[Row]:
        """The same, stream by stream: one reading notes where each event stands, 16 bytes an event."""
        places: dict[str, array[int]] = {}  # by stream: position, offset, position, offset …
        with self._open() as stream:
            for position, chunk in enumerate(_of(ChunkKind.EVENT, read_bundle(stream)), 1):
                name = _row(position, chunk.payload)[1]
                places.setdefault(name, array("Q")).extend((position, chunk.at))
            for name in sorted(places):
                numbers = places.pop(name)
                for position, at in zip(numbers[::2], numbers[1::2], strict=True):
                    stream.seek(at)
                    yield _row(position, read_event(stream))

    def checkpoints(self) -> Iterable[bytes]:
        """The signed notes, the smallest first."""
        with self._open() as stream:
            for chunk in read_bundle(stream):
                if chunk.kind is ChunkKind.CHECKPOINT:
                    yield chunk.payload
                elif chunk.kind is ChunkKind.EVENT:
                    return

    def tile(self, level: int, number: int) -> bytes:  # noqa: ARG002 - whichever it is
        """None: a bundle has no tree, only what it is built over."""
        return b""

    def last_signed(self) -> bytes | None:
        """None: it is among the checkpoints."""
        return None

    def transactions(self) -> None:
        """None: a bundle has no index."""

    def mentions(self) -> None:
        """None: a bundle has no index."""

    def key_of(self, subject: str) -> bytes | None:  # noqa: ARG002 - whoever it is
        """None: no key leaves the office."""
        return None

    @contextmanager
    def _open(self) -> Iterator[BinaryIO]:
        with _opened(self._path) as stream:
            try:
                yield stream
            except VerificationError as error:
                raise StoreError(f"the bundle {self._path} is damaged", found=str(error), hint=DAMAGED) from error


def is_bundle(path: Path) -> bool:
    """Whether the file at ``path`` begins as a bundle does; not where there is none, or it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(MAGIC)) == MAGIC
    except (OSError, ValueError):
        return False


def verify_bundle(path: str | Path, trust: Trust) -> Verification:
    """Verify the bundle at ``path``; see `Trust` for what is taken on trust.

    Steps: format, entries, those of `cadreledger.audit.published`, and among them commitments: every internal section
    is the one that its header commits to. Whatever is wrong is a check that failed. Raises StoreError where there is no
    such file, or the system refuses to read it.
    """
    steps = Steps()
    with _opened(Path(path)) as stream, suppress(StoppedError):
        _verify(stream, steps, trust)
    what = "what internal sections say: `cadreledger audit` replays them"
    return Verification("bundle", tuple(steps.checks), (what, "personal sections, which a bundle leaves out"))


def _verify(stream: BinaryIO, steps: Steps, trust: Trust) -> None:
    with steps.step("format") as said:
        catalogues: dict[str, bytes] = {}
        notes: list[SignedNote] = []
        for chunk in _chunks(stream):
            if chunk.kind is ChunkKind.CATALOGUE:
                catalogues[base64url(sha256(chunk.payload).digest())] = chunk.payload
            elif chunk.kind is ChunkKind.CHECKPOINT:
                notes.append(read_note(chunk.payload))
            else:
                break  # the next step reads on to the end
        said.append("bundle/1")
    log = PublishedLog(notes, trust)

    def headers() -> Iterator[bytes]:
        return (frame.header for frame in _frames(stream))

    with steps.step("entries") as said:
        reading = headers()
        for _ in chain(log.tiles(reading), reading):
            pass
        said.append(f"{notes[-1].checkpoint.size} events")
    with steps.step("signature") as said:
        said.append(log.signature())
    with steps.step("witnesses") as said:
        said.append(log.witnesses())
    with steps.step("root") as said:
        said.append(log.root())
    with steps.step("checkpoints") as said:
        said.append(log.checkpoints())
    with steps.step("commitments") as said:
        said.append(_check_commitments(stream, log))
    with steps.step("catalogue") as said:
        said.append(log.catalogue(catalogues))
    log.rest(steps, headers)


def _check_commitments(stream: BinaryIO, log: PublishedLog) -> str:
    """Each internal section is the one that its header commits to."""
    held: list[bytes] = []  # the internal section of the header under way

    def headers() -> Iterator[bytes]:
        for frame in _frames(stream):
            held[:] = [frame.internal]
            yield frame.header

    count = 0
    for count, header in enumerate(log.again(headers()), 1):
        if parse_canonical(header).get("internal") != commitment(INTERNAL_TAG, held[0]):
            raise VerificationError(f"event {count}: its internal section is not the one its header commits to")
    return f"{count} internal sections"


def _chunks(stream: BinaryIO) -> Iterator[Chunk]:
    stream.seek(0)
    return read_bundle(stream)


def _frames(stream: BinaryIO) -> Iterator[Frame]:
    return (decode_frame(chunk.payload) for chunk in _of(ChunkKind.EVENT, _chunks(stream)))


def _of(kind: ChunkKind, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    return (chunk for chunk in chunks if chunk.kind is kind)


class _Place(msgspec.Struct):
    """As much of an internal section as says where its event belongs."""

    type: str
    stream: str
    version: int


_PLACE: Final = msgspec.json.Decoder(_Place)


def _row(position: int, state: bytes) -> Row:
    """The event as a ledger would store it; without a place where its section does not tell."""
    try:
        place = _PLACE.decode(open_sections(state)[1])
    except (ValueError, RecursionError, VerificationError):
        return position, "", 0, "", state
    return position, place.stream, place.version, place.type, state


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file at a path. Raises StoreError where the system refuses."""
    what = f"the bundle {path} cannot be read"
    try:
        stream = path.open("rb")
    except ValueError as error:
        raise StoreError(what, found="a path of a wrong form", hint="Check the path.") from error
    except OSError as error:
        raise StoreError(what, found=error.strerror or "", hint="Check the path.") from error
    with stream:
        try:
            yield stream
        except OSError as error:
            raise StoreError(what, found=error.strerror or "", hint="Check the disk.") from error

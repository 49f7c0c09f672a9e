"""The small log that docs/reference/formats.md shows: nine events, two checkpoints, a rotation, a void, two tallies.

Keys, salts and nonces are made from numbers, so that each run gives the same bytes. The catalogue is the example's own:
it stays as it is when the library's grows.
"""

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Final

from cadreledger.disclosure.bundle import BundleWriter, ChunkKind, read_bundle
from cadreledger.disclosure.site import LogTiles, catalogue_path, checkpoint_path, sizes_file
from cadreledger.disclosure.statement import Statement, StatementEvent
from cadreledger.events import VOCABULARY, Codec, Entry, Event, leaf_text
from cadreledger.events.cadre import CadreKind, CadreRegistered, VisitMade, VisitMode, VisitReason
from cadreledger.events.dues import DuesReceived
from cadreledger.events.ledger import DuesTallied, KeyRotated, LedgerOpened
from cadreledger.events.void import Void, VoidReason
from cadreledger.sealing import (
    COSIGNATURE,
    Checkpoint,
    Frame,
    NoteSigner,
    ProofFile,
    base64url,
    consistency_proof,
    cosign,
    decode_frame,
    decrypt_personal,
    encode_frame,
    inclusion_proof,
    join_note,
    leaf_hash,
    tree_root,
)
from cadreledger.values import Money, Month, StreamId, actor
from cadreledger.witness import proof_text

ORIGIN: Final = "office.example/log"
OLD, NEW = (NoteSigner(ORIGIN, bytes([number]) * 32) for number in (1, 2))
WITNESSES: Final = tuple(
    NoteSigner(f"{name}.example/w1", bytes([number]) * 32, COSIGNATURE) for number, name in ((3, "bureau"), (4, "city"))
)
PERSON: Final = StreamId("cadre:00112233445566778899aabbccddeeff")
LEDGER: Final = StreamId("ledger")
KEY: Final = bytes(range(32))
SIZES: Final = (5, 9)
COSIGNED_AT: Final = int(datetime(2021, 9, 1, tzinfo=UTC).timestamp())
HASH_BYTES: Final = 32
SALT_BYTES: Final = 32


def catalogue() -> bytes:
    """A catalogue of what the example holds, and of one figure."""
    key = r"[!-*,-~]{1,255}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}"
    opened = "ledger.opened/1"
    tables: dict[str, list[dict[str, object]]] = {
        "headers": [
            {"type": "noted/1", "role": "noted", "month": "absent"},
            {"type": opened, "role": "control", "month": "absent"},
            {"type": "key.rotated/1", "role": "control", "month": "absent"},
            {"type": "dues.tallied/1", "role": "counted", "month": "required"},
            {"type": "dues.received/1", "role": "counted", "month": "required"},
            {"type": "visit.made/1", "role": "counted", "month": "required"},
            {"type": "cadre.registered/1", "role": "counted", "month": "optional"},
        ],
        "fields": [
            {"type": opened, "field": "origin", "form": "text", "pattern": "[A-Za-z0-9][A-Za-z0-9._/-]{0,199}"},
            {"type": opened, "field": "suite", "form": "word", "values": ["sha256-ed25519"]},
            {"type": opened, "field": "keys", "form": "texts", "pattern": key},
            {"type": opened, "field": "catalogue", "form": "text", "pattern": "[A-Za-z0-9_-]{43}"},
            {"type": "key.rotated/1", "field": "key", "form": "text", "pattern": key},
            {"type": "dues.tallied/1", "field": "amount", "form": "delta"},
            {"type": "dues.tallied/1", "field": "payments", "form": "delta"},
            {"type": "dues.tallied/1", "field": "refunds", "form": "delta"},
            {"type": "visit.made/1", "field": "mode", "form": "word", "values": ["door", "online"]},
            {"type": "visit.made/1", "field": "repeated", "form": "boolean"},
            {"type": "cadre.registered/1", "field": "kind", "form": "word", "values": ["veteran", "retired"]},
        ],
        "checks": [{"type": "dues.tallied/1", "field": "payments", "counts": "dues.received/1"}],
        "figures": [
            {
                "key": "dues.collected",
                "kind": "flow",
                "unit": "CNY_fen",
                "visibility": "public",
                "zh": "党费收缴",
                "en": "Dues collected",
            }
        ],
        "terms": [
            {"figure": "dues.collected", "view": "public", "type": "dues.tallied/1", "weight": 1, "sum": "amount"},
            {"figure": "dues.collected", "view": "office", "type": "dues.received/1", "weight": 1, "sum": "amount"},
        ],
    }
    rows = [
        f' "{name}": [\n  ' + ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in table) + "\n ]"
        for name, table in tables.items()
    ]
    return ('{\n "format": "catalogue/1",\n' + ",\n".join(rows) + "\n}\n").encode()


def states() -> list[bytes]:
    """The frames, in order."""
    visit = VisitMade(
        mode=VisitMode.DOOR, repeated=False, reason=VisitReason.COMFORT, occurred_on=date(2021, 7, 5), note="一切安好"
    )
    made: list[bytes] = []
    codec = Codec(VOCABULARY, _chance())
    for stream, version, event in _events(visit, lambda: leaf_text(leaf_hash(decode_frame(made[2]).header))):
        entry = Entry(
            stream=stream,
            version=version,
            recorded_at=datetime(2021, 7 + len(made) // SIZES[0], 20, 1, len(made), tzinfo=UTC),
            by=actor("staff:liaison" if stream == PERSON else "office:keys"),
            tx=hashlib.sha256(b"%d" % len(made)).hexdigest()[:32],
            tx_size=1,
        )
        made.append(codec.encode(event, entry, KEY).state)
    return made


def _events(visit: VisitMade, visited: Callable[[], str]) -> Iterator[tuple[StreamId, int, Event]]:
    yield (
        LEDGER,
        1,
        LedgerOpened(
            origin=ORIGIN,
            suite="sha256-ed25519",
            keys=(OLD.vkey, *(witness.vkey for witness in WITNESSES)),
            catalogue=base64url(hashlib.sha256(catalogue()).digest()),
            time_zone="Asia/Shanghai",
            name="永兴社区",
            key_store="0f" * 16,
        ),
    )
    yield PERSON, 1, CadreRegistered(kind=CadreKind.RETIRED, smartphone=True, frail=False, code="YX001", name="赵某")
    yield PERSON, 2, visit
    yield PERSON, 3, _payment(7)
    yield LEDGER, 2, DuesTallied(month=Month(2021, 7), amount=Money(850), payments=1, refunds=0, first=1, last=4)
    yield LEDGER, 3, KeyRotated(key=NEW.vkey)
    undone = {"undoes": visit, "undoes_type": visit.wire, "target_leaf": visited()}
    yield PERSON, 4, Void(of_version=2, reason=VoidReason.MISTAKE, words="记错了", **undone)  # type: ignore[arg-type]
    yield PERSON, 5, _payment(8)
    yield LEDGER, 4, DuesTallied(month=Month(2021, 8), amount=Money(850), payments=1, refunds=0, first=5, last=8)


def _payment(month: int) -> DuesReceived:
    return DuesReceived(
        amount=Money(850),
        for_month=Month(2021, month),
        held=False,
        branch=StreamId("branch:B1"),
        occurred_on=date(2021, month, 6),
    )


def _chance() -> Callable[[int], bytes]:
    numbers = count()
    return lambda length: hashlib.sha256(b"salt %d" % next(numbers)).digest()[:length]


# --- what is published of it -----------------------------------------------------------------------------------------


def headers() -> list[bytes]:
    return [decode_frame(state).header for state in states()]


def leaves() -> list[bytes]:
    return [leaf_hash(header) for header in headers()]


def note(size: int) -> bytes:
    """The checkpoint of that size: signed by the key in force, at a rotation by both; the last one cosigned."""
    text = Checkpoint(ORIGIN, size, tree_root(leaves()[:size])).text
    lines = [signer.sign(text) for signer in ((OLD,) if size == SIZES[0] else (OLD, NEW))]
    lines += [cosign(text, witness, COSIGNED_AT) for witness in WITNESSES if size == SIZES[-1]]
    return join_note(text, lines)


def node(level: int, index: int) -> bytes:
    return tree_root(leaves()[index << level : index + 1 << level])


def site() -> dict[str, bytes]:
    """Its files, by path."""
    digest = base64url(hashlib.sha256(catalogue()).digest())
    found = {tile.path: data for tile, data in LogTiles(SIZES).make(headers())}
    found |= {checkpoint_path(size): note(size) for size in SIZES}
    found |= {"checkpoint": note(SIZES[-1]), "checkpoints/sizes": sizes_file(SIZES)}
    return found | {catalogue_path(digest): catalogue()}


def bundle() -> bytes:
    stream = io.BytesIO()
    writer = BundleWriter(stream)
    writer.put(ChunkKind.CATALOGUE, catalogue())
    for size in SIZES:
        writer.put(ChunkKind.CHECKPOINT, note(size))
    for frame in map(decode_frame, states()):
        writer.put(ChunkKind.EVENT, encode_frame(Frame(frame.header, frame.internal)))
    writer.put(ChunkKind.END, len(states()).to_bytes(8, "big"))
    return stream.getvalue()


def statement() -> bytes:
    size = SIZES[-1]
    events: list[StatementEvent] = []
    version = 0
    for index, frame in enumerate(map(decode_frame, states())):
        if f'"stream":"{PERSON}"'.encode() in frame.internal:
            version += 1
            personal = decrypt_personal(KEY, frame.personal, PERSON, version) if frame.personal else None
            proof = inclusion_proof(index, size, node)
            events.append(StatementEvent(index, frame.header, frame.internal, personal, proof))
    return Statement(ORIGIN, PERSON, note(size), tuple(events)).to_json()


# --- what the page shows of it ---------------------------------------------------------------------------------------


def shown() -> dict[str, bytes]:
    """Every file in tests/goldens/formats, by name."""
    old, new = SIZES
    proof = inclusion_proof(2, old, node)
    return {
        "catalogue.json": catalogue(),
        "keys.txt": "".join(f"{signer.vkey}\n" for signer in (OLD, NEW, *WITNESSES)).encode(),
        "tree.txt": _tree().encode(),
        "tile.txt": _tile().encode(),
        "leaf-2.tlog-proof": ProofFile(2, proof, note(old)).encode(),
        "add-checkpoint.txt": proof_text(old, consistency_proof(old, new, node), note(new)),
        "bundle.bin": bundle(),
        "bundle.txt": _chunks().encode(),
        "statement.json": statement(),
        **{f"site/{name}": data for name, data in site().items()},
    }


def _tree() -> str:
    lines = [f"{index} {leaf_hash(header).hex()} {header.decode()}" for index, header in enumerate(headers())]
    lines += [f"root over {size}: {tree_root(leaves()[:size]).hex()}" for size in SIZES]
    return "".join(f"{line}\n" for line in lines)


def _tile() -> str:
    found = site()
    name = f"tile/entries/000.p/{SIZES[-1]}"
    tile = found[name.replace("entries", "0")]
    hashes = [tile[at : at + HASH_BYTES].hex() for at in range(0, len(tile), HASH_BYTES)]
    first = found[name]
    return "\n".join([*hashes, "", f"{first[:2].hex()} {first[2:40].decode()}…", ""])


def _chunks() -> str:
    data = bundle()
    lines = [f"{0:5} {data[:21]!r}"]
    for chunk in read_bundle(io.BytesIO(data)):
        head = data[chunk.at : chunk.at + 5].hex(" ")
        more = "…" if len(chunk.payload) > 16 else ""
        lines.append(f"{chunk.at:5} {head}  {chunk.payload[:16].hex(' ')}{more}")
    return "".join(f"{line}\n" for line in lines)

"""A second verifier for a published log, written from docs/reference/formats.md: it imports nothing of cadreledger.

    python second_verifier.py FOLDER [VKEY ...]

It takes each step that the page lists under "The site", and asks for no age of cosignatures. A site that is just being
written is refused; try again.
"""

import base64
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

P: Final = 2**255 - 19
D: Final = -121665 * pow(121666, -1, P) % P
HASH: Final = {"form": "text", "pattern": r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"}
MONTH: Final = {"form": "text", "pattern": r"(?!9999)(19|[2-9][0-9])[0-9]{2}-(0[1-9]|1[0-2])"}
LOG, WITNESS = b"\x01", b"\x04"
LINE: Final = r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})\n"

Header = dict[str, Any]


class RefusedError(Exception):
    """What does not hold."""


class Key(NamedTuple):
    name: str
    id: bytes
    kind: bytes
    public: bytes


class Note(NamedTuple):
    text: str
    lines: tuple[tuple[str, bytes], ...]
    origin: str
    size: int
    root: bytes


def demand(met: object, what: str) -> None:
    if not met:
        raise RefusedError(what)


# --- bytes ------------------------------------------------------------------------------------------------------------


def unbase64(text: str) -> bytes:
    data = base64.b64decode(text)
    demand(base64.b64encode(data).decode() == text, "base64")
    return data


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def canonical(data: bytes) -> Header:
    document: Header = json.loads(data.decode())
    again = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    demand(type(document) is dict and again == data and in_profile(document, 1), "canonical JSON")
    return document


def in_profile(value: object, depth: int) -> bool:
    if isinstance(value, dict):
        return all(is_text("[a-z][a-z0-9_]{0,31}", name) for name in value) and in_profile([*value.values()], depth)
    if isinstance(value, list):
        return depth <= 4 and all(in_profile(item, depth + 1) for item in value)
    return type(value) in {str, bool} or (type(value) is int and abs(value) < 2**53)


# --- keys and notes ---------------------------------------------------------------------------------------------------


def parse_key(text: str) -> Key:
    name, key_id, key = text.split("+", 2)
    data = unbase64(key)
    kind, public = data[:1], data[1:]
    digest = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    demand(kind in {LOG, WITNESS} and len(public) == 32 and name and not re.search(r"\s", name), "a key's form")
    demand(key_id == digest.hex(), "a key's id")
    y = int.from_bytes(public, "little") % 2**255
    demand(y < P and pow(x_squared(y), (P - 1) // 2, P) in {0, 1}, "a key is no point")
    for _ in range(3):
        y = (x_squared(y) + y * y) * pow(2 + x_squared(y) - y * y, -1, P) % P
    demand(y != 1, "a key of small order")
    return Key(name, digest, kind, public)


def x_squared(y: int) -> int:
    return (y * y - 1) * pow(D * y * y + 1, -1, P) % P


def parse_note(data: bytes) -> Note:
    whole = data.decode()
    demand(len(data) <= 2**20 and not re.search(r"[\x00-\x09\x0b-\x1f]", whole), "a note's characters")
    text, blank, signed = whole.rpartition("\n\n")
    demand(blank and re.fullmatch(f"({LINE}){{1,100}}", signed), "a note's form")
    lines = tuple((name, unbase64(signature)) for name, signature in re.findall(LINE, signed))
    origin, size, root, *more = text.split("\n")
    demand(all((origin, *more)) and re.fullmatch("0|[1-9][0-9]{0,19}", size), "a checkpoint")
    demand(len(unbase64(root)) == 32 and 0 < int(size) < 2**64, "a checkpoint's numbers")
    return Note(text + "\n", lines, origin, int(size), unbase64(root))


def signers(note: Note, keys: Sequence[Key]) -> dict[Key, int]:
    """Who of ``keys`` signed; with the time, of a witness."""
    found: dict[Key, int] = {}
    known = {(key.name, key.id): key for key in keys}
    for name, signature in note.lines:
        if key := known.get((name, signature[:4])):
            demand(len(signature) == (76 if key.kind == WITNESS else 68), "a signature's length")
            time = int.from_bytes(signature[4:-64], "big")
            head = f"cosignature/v1\ntime {time}\n" if key.kind == WITNESS else ""
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature[-64:], (head + note.text).encode())
            demand(time < 2**63, "a cosignature's time")
            found.setdefault(key, time)
    return found


# --- the tree and its files -------------------------------------------------------------------------------------------


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def tree_root(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"")
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + tree_root(leaves[:half]) + tree_root(leaves[half:]))


def number(index: int) -> str:
    groups = f"{index:,}".split(",")
    return "/".join([*(f"x{group:0>3}" for group in groups[:-1]), f"{groups[-1]:0>3}"])


def tiles(size: int, entries: Sequence[bytes], leaves: Sequence[bytes]) -> dict[str, bytes]:
    """Every tile and bundle of the tree over the first headers."""
    found: dict[str, bytes] = {}
    level, hashes = 0, leaves[:size]
    while hashes:
        for at in range(0, len(hashes), 256):
            tile = hashes[at : at + 256]
            name = number(at // 256) + ("" if len(tile) == 256 else f".p/{len(tile)}")
            found[f"tile/{level}/{name}"] = b"".join(tile)
            if level == 0:
                bundle = entries[at : at + len(tile)]
                found[f"tile/entries/{name}"] = b"".join(len(each).to_bytes(2, "big") + each for each in bundle)
        level, hashes = level + 1, [tree_root(hashes[at : at + 256]) for at in range(0, len(hashes) - 255, 256)]
    return found


def read_headers(folder: Path, size: int) -> list[bytes]:
    headers: list[bytes] = []
    while len(headers) < size:
        name, width = f"tile/entries/{number(len(headers) // 256)}", min(256, size - len(headers))
        data = (folder / (name if width == 256 else f"{name}.p/{width}")).read_bytes()
        for _ in range(width):
            end = 2 + int.from_bytes(data[:2], "big")
            headers.append(data[2:end])
            data = data[end:]
    return headers


# --- headers ----------------------------------------------------------------------------------------------------------


def once(pairs: list[tuple[str, Any]]) -> Header:
    demand(len(dict(pairs)) == len(pairs), "a catalogue has a key twice")
    return dict(pairs)


def conforms(header: Header, catalogue: Header) -> bool:
    [row] = [row for row in catalogue["headers"] if row["type"] == header["type"]]
    forms = {field["field"]: field for field in catalogue["fields"] if field["type"] == row["type"]}
    forms |= {"type": {"form": "word", "values": [row["type"]]}, "internal": HASH}
    if row["month"] == "required" or (row["month"] == "optional" and "month" in header):
        forms["month"] = MONTH
    if row["role"] == "counted" and "voids" in header:
        forms |= {"voids": HASH, "sign": {"form": "sign"}}
    return header.keys() == forms.keys() and all(holds(header[name], form) for name, form in forms.items())


def is_text(pattern: str, value: object) -> bool:
    return type(value) is str and re.fullmatch(pattern, value, re.ASCII) is not None


def holds(value: Any, row: Header) -> bool:  # noqa: ANN401 - JSON
    form = row["form"]
    if form in {"text", "texts"}:
        texts = value if form == "texts" else [value]
        return type(texts) is list and all(is_text(row["pattern"], text) for text in texts)
    if form in {"word", "boolean"}:
        return type(value) is bool if form == "boolean" else type(value) is str and value in row["values"]
    least = {"count": 0, "amount": 0, "delta": 1 - 2**53, "sign": -1}[form]
    return type(value) is int and least <= value < (0 if form == "sign" else 2**53)


# --- the steps --------------------------------------------------------------------------------------------------------


def verify(
    folder: Path, as_of: datetime, trusted: Sequence[str] = (), witnesses: Sequence[str] = (), quorum: int = 0
) -> int:
    """How many headers the log in ``folder`` has. Raises RefusedError where a step does not hold."""
    try:
        return Site(folder).verify(as_of, [*map(parse_key, trusted)], [*map(parse_key, witnesses)], quorum)
    except (InvalidSignature, ArithmeticError, LookupError, OSError, RecursionError, TypeError, ValueError) as error:
        raise RefusedError(f"{type(error).__name__}: {error}") from error


class Site:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.latest = parse_note((folder / "checkpoint").read_bytes())
        sizes = [int(line) for line in (folder / "checkpoints/sizes").read_text("ascii").splitlines()]
        self.notes = [parse_note((folder / f"checkpoints/{size}").read_bytes()) for size in sizes]
        demand([note.size for note in self.notes] == sorted(set(sizes)), "checkpoints")
        demand(self.notes[-1].text == self.latest.text, "`checkpoint` is not the last of the checkpoints")
        self.headers = read_headers(folder, self.latest.size)
        self.leaves = [sha256(b"\x00" + header) for header in self.headers]
        self.roots = {size: tree_root(self.leaves[:size]) for size in sizes}
        self.said = [canonical(header) for header in self.headers]
        self.keys: list[tuple[int, Key]] = []
        self.catalogues: list[str] = []
        self.balance: Counter[tuple[str, str]] = Counter()
        for index, header in enumerate(self.said):
            if header["type"] in {"ledger.opened/1", "witnesses.named/1", "key.rotated/1"}:
                keys = [parse_key(key) for key in header.get("keys", [header.get("key")])]
                kinds = {"key.rotated/1": {LOG}, "witnesses.named/1": {WITNESS}}.get(header["type"], {LOG, WITNESS})
                demand({key.kind for key in keys} <= kinds, "a key of another type")
                self.keys += [(index, key) for key in keys]
            self.catalogues += [header["catalogue"]] if "catalogue" in header else []

    def named(self, size: int, kind: bytes) -> list[Key]:
        return [key for index, key in self.keys if index < size and key.kind == kind]

    def verify(self, as_of: datetime, trusted: Sequence[Key], witnesses: Sequence[Key], quorum: int) -> int:
        self.files()
        believed = self.follow(trusted or self.named(1, LOG))
        demand(any(key.name == self.latest.origin for key in trusted or believed), "another log's checkpoint")
        demand(signers(self.latest, believed), "the checkpoint is signed by no trusted key")
        demand(len({key.public for key in signers(self.latest, witnesses)}) >= quorum, "too few cosignatures")
        demand(self.latest.root == self.roots[self.latest.size], "the root")
        cosigned = self.checkpoints([*believed, *witnesses])
        self.schema(as_of, cosigned)
        self.voids()
        return self.latest.size

    def files(self) -> None:
        expected: dict[str, bytes] = {}
        for size in self.roots:
            expected |= tiles(size, self.headers, self.leaves)
        spare = {name for name in expected if ".p/" in name and name.partition(".p/")[0] in expected}
        expected["checkpoints/sizes"] = "".join(f"{size}\n" for size in self.roots).encode()
        others = [f"checkpoints/{n}" for n in self.roots] + [f"catalogue/{digest}.json" for digest in self.catalogues]
        expected |= dict.fromkeys(others, b"")
        paths = [path for top in ("tile", "checkpoints", "catalogue") for path in (self.folder / top).rglob("*")]
        demand(not any(path.is_symlink() for path in paths), "a link")
        found = {str(path.relative_to(self.folder)) for path in paths if not path.is_dir()}
        demand(expected.keys() - spare <= found <= expected.keys(), "files")
        differing = [name for name in found if expected[name] not in {b"", (self.folder / name).read_bytes()}]
        demand(not differing, "what stands in a file")

    def follow(self, trusted: Sequence[Key]) -> list[Key]:
        believed, before = list(trusted), 0
        while len(believed) > before:
            before = len(believed)
            for note in self.notes:
                if note.root == self.roots[note.size] and signers(note, believed):
                    believed += [key for key in self.named(note.size, LOG) if key not in believed]
        return believed

    def checkpoints(self, trusted: Sequence[Key]) -> dict[int, int]:
        """The earliest cosignature of each checkpoint, by size."""
        cosigned: dict[int, int] = {}
        before = 0
        known = list(dict.fromkeys([*(key for _, key in self.keys), *trusted]))
        for note in (*self.notes, self.latest):
            demand(note.origin == self.latest.origin and note.root == self.roots[note.size], "a checkpoint's root")
            signed = signers(note, known)
            demand(len(signed) == len(note.lines), "a signature by nobody known")
            due = self.named(note.size, LOG)[max(0, len(self.named(before, LOG)) - 1) :]
            demand(due and signed.keys() >= set(due), "a key in force did not sign")
            times = [time for key, time in signed.items() if key.kind == WITNESS]
            cosigned[note.size] = min([*times, cosigned.get(note.size, 2**63)])
            before = note.size if note is not self.notes[-1] else before
        return cosigned

    def schema(self, as_of: datetime, cosigned: dict[int, int]) -> None:
        files = {digest: (self.folder / f"catalogue/{digest}.json").read_bytes() for digest in set(self.catalogues)}
        demand(all(base64url(sha256(data)) == digest for digest, data in files.items()), "a catalogue's digest")
        force, month = json.loads(files[self.said[0]["catalogue"]], object_pairs_hook=once), ""
        for index, header in enumerate(self.said):
            demand((header["type"] == "ledger.opened/1") is (index == 0), "leaf 0")
            demand(len(self.headers[index]) <= 4096 and conforms(header, force), f"leaf {index}: its form")
            if header["type"] == "catalogue.adopted/1":
                force = json.loads(files[header["catalogue"]], object_pairs_hook=once)
            self.count(header, force["checks"])
            month = max(month, header.get("month", ""))
            latest = datetime.fromtimestamp(min(as_of.timestamp(), cosigned.get(index + 1, 2**63)), UTC)
            demand(month <= f"{latest + timedelta(hours=14):%Y-%m}", "a month in the future")
        demand(not any(self.balance.values()), "tallies")

    def count(self, header: Header, checks: Sequence[Header]) -> None:
        for row in checks:
            if header["type"] in {row["type"], row["counts"]}:
                worth = header[row["field"]] if header["type"] == row["type"] else -1
                self.balance[row["field"], header["month"]] += header.get("sign", 1) * worth

    def voids(self) -> None:
        index_of = {base64url(leaf): index for index, leaf in enumerate(self.leaves)}
        voids = [(index, header) for index, header in enumerate(self.said) if "voids" in header]
        for index, void in voids:
            target = self.said[index_of[void["voids"]]]
            repeated = {name: value for name, value in void.items() if name not in {"sign", "voids"}}
            demand(index_of[void["voids"]] < index and "voids" not in target, "a void's target")
            demand(repeated | {"internal": ""} == target | {"internal": ""}, "a void does not repeat its target")
        demand(len({void["voids"] for _, void in voids}) == len(voids), "a leaf is voided twice")
        demand(len({header["internal"] for header in self.said}) == len(self.said), "a commitment stands twice")


if __name__ == "__main__":
    print(verify(Path(sys.argv[1]), datetime.now(UTC), sys.argv[2:]), "headers, and every step holds")  # noqa: T201

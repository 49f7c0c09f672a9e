"""What the public is shown, month by month, and what a reader can compute from it without this library.

`python disclosure_snapshot.py [FOLDER]` imports the example year, takes a snapshot for each notice as it was when the
notice came out and as it is now, and writes the one of the whole period into FOLDER (else a temporary one). Then it
reads `snapshot.json` back with the standard library alone. It exits with 1 if anything does not add up.
"""

import json
import sys
import tempfile
from argparse import ArgumentParser
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cadreledger import Ledger, Money
from cadreledger.intake import import_workbook
from cadreledger.values import in_words

WORKBOOK: Final = Path(__file__).with_name("yongxing-2021.xlsx")
PERIOD: Final = "2021-01..2021-07"

Json = Mapping[str, Any]
"""A file as `json.loads` gives it. Whatever is wrong with it shows when it is used."""


# --- at the office: with the library ---------------------------------------------------------------------------------


def take(ledger: Ledger, folder: Path) -> tuple[list[tuple[bytes, bytes]], list[bytes]]:
    """Write the snapshot of the whole period into ``folder``, and take those of each notice's period.

    Returns ``snapshot.json`` of each notice, as it came out and as it would now, and the hash of every event's header.
    """
    whole = ledger.snapshot(PERIOD)
    for path in whole.write(folder):
        print(f"  {path.name:14} {path.stat().st_size:7} bytes")
    notices = [
        (ledger.snapshot(notice.period, at=notice.held).to_json(), ledger.snapshot(notice.period).to_json())
        for notice in whole.notices
    ]
    return notices, [recorded.leaf for recorded in ledger.events(upto=whole.size)]


# --- anywhere: with json and hashlib ---------------------------------------------------------------------------------


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root of the tree over leaf hashes, word for word as RFC 9162 section 2.1.1 has it."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)  # the largest power of two below their number
    return sha256(b"\x01" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


def contradictions(data: bytes, leaves: Sequence[bytes]) -> Iterator[str]:
    """What in ``snapshot.json`` does not fit together, or not with the headers that it says it rests on."""
    shown: Json = json.loads(data)
    if json.dumps(shown, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() != data:
        yield "it is not written as canonical JSON"
    origin, size, root = shown["checkpoint"].splitlines()
    if (origin, int(size)) != (shown["origin"], shown["size"]) or int(size) != len(leaves):
        yield "its checkpoint is of another ledger, or of another size"
    elif root != b64encode(root_of(leaves)).decode():
        yield "its checkpoint rests on other headers"
    for row in shown["figures"]:
        months = row.get("months")  # an attested figure has none
        if months and row["value"] != (sum(months) if row["kind"] == "flow" else months[-1]):
            yield f"{row['key']}: its months do not add up to it"
        everything = row["value"] + (row["undated"] if row["kind"] == "flow" else 0)
        if everything != row["all_time"]:
            yield f"{row['key']}: something lies outside {shown['period']}"
    values = {row["key"]: row["value"] for row in shown["figures"]}
    for key, field in {(row["key"], row["field"]) for row in shown["breakdowns"]}:
        if values[key] != sum(
            row["value"] for row in shown["breakdowns"] if (row["key"], row["field"]) == (key, field)
        ):
            yield f"{key}: it is not what each {field} adds up to"


def differences(then: Json, now: Json) -> Iterator[tuple[str, str, int, int]]:
    """Public figures that have changed since a notice: period, key, as published, as it is now."""
    values = {row["key"]: row["value"] for row in now["figures"]}
    for row in then["figures"]:
        if row["visibility"] == "public" and row["value"] != values[row["key"]]:
            yield then["period"], row["key"], row["value"], values[row["key"]]


# --- both ------------------------------------------------------------------------------------------------------------


def amount(value: int, unit: str) -> str:
    """A value as people read it: money in yuan."""
    return f"{Money(value)} 元" if unit == "CNY_fen" else f"{value} {unit}"


def show(shown: Json) -> None:
    """The totals, money in 大写 too, and what has become of earlier notices."""
    units = {row["key"]: row["unit"] for row in shown["figures"]}
    for row in shown["figures"]:
        vague = "at least " if row.get("qualifier") == "at_least" else ""
        words = f" {in_words(Money(row['value']))}" if row["unit"] == "CNY_fen" else ""
        whom = "" if row["visibility"] == "public" else " (checked by overseers)"
        print(f"  {row['key']:24} {vague}{amount(row['value'], row['unit'])}{words}{whom}")
    for row in shown["breakdowns"]:
        print(f"  {row['key']}, {row['field']} {row['word']}: {amount(row['value'], units[row['key']])}")
    print("\nSince earlier notices:")
    for row in shown["adjustments"]:
        then, now = (amount(row[when], units[row["key"]]) for when in ("published", "now"))
        print(f"  {row['notice']} ({row['period']}) {row['key']}: {then} then, {now} now: {', '.join(row['reasons'])}")


def main() -> None:
    """Take, write, read back, compare."""
    parser = ArgumentParser(description="What the public is shown of the example year, and computed anew by a reader.")
    parser.add_argument("folder", metavar="FOLDER", type=Path, nargs="?", help="where the snapshot is to stay")
    asked: Path | None = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked or Path(scratch)
        with Ledger.create(Path(scratch, "example.ledger"), name="永兴社区", kek_dir=Path(scratch, "kek")) as ledger:
            import_workbook(ledger, WORKBOOK)
            print(f"The snapshot of {PERIOD}:")
            notices, leaves = take(ledger, folder)
        data = Path(folder, "snapshot.json").read_bytes()
    print(f"  SHA-256 of snapshot.json: {sha256(data).hexdigest()}\n")
    shown: Json = json.loads(data)
    show(shown)
    wrong = list(contradictions(data, leaves))
    told = [(row["period"], row["key"], row["published"], row["now"]) for row in shown["adjustments"]]
    found = [each for then, now in notices for each in differences(json.loads(then), json.loads(now))]
    if told != found:
        wrong.append(f"its adjustments are {told}, and should be {found}")
    print(
        "\nRead again without the library: "
        + ("; ".join(wrong) or "months, all-time, uses, tree and adjustments agree.")
    )
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()

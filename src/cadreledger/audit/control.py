"""What a log says of itself, in the order said: its keys, its witnesses, its catalogues."""

from cadreledger.audit.finding import Findings
from cadreledger.audit.log_keys import LogKeys
from cadreledger.errors import VerificationError
from cadreledger.sealing.canonical import JsonObject, parse_canonical

__all__ = ["Control"]


class Control:
    """The public headers of the ledger's own stream, but for tallies; told apart by type, with their leaf indexes."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self.headers: list[tuple[int, JsonObject]] = []
        self.keys = LogKeys()
        self.month_max: dict[int, str] = {}  # the latest month of any header, by size of the tree

    def take(self, position: int, header: bytes) -> JsonObject:
        """Take a header in, and give it back as a document; an empty one where it is none."""
        try:
            document = parse_canonical(header)
        except VerificationError as error:
            self._findings.error("header_unreadable", str(error), position, "ledger")
            return {}
        if document.get("type") != "dues.tallied/1":
            self.headers.append((position - 1, document))
            try:
                self.keys.take(position - 1, document)
            except VerificationError as error:
                self._findings.error("header_unreadable", str(error), position, "ledger")
        return document

    @property
    def origin(self) -> str:
        """The log's name; "" where leaf 0 does not tell."""
        if not self.headers or self.headers[0][0] != 0:
            return ""
        return str(self.headers[0][1].get("origin", ""))

    def catalogues(self) -> tuple[str, ...]:
        """The digests of the catalogues, in the order they came into force."""
        named = (document.get("catalogue") for _, document in self.headers)
        return tuple(str(digest) for digest in named if digest is not None)

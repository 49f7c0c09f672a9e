"""Who is named in a notice: only by consent that is an event, and in a way that lets the name leave again.

In the office's words ``{C0031}`` stands for the person of that code. The salt of a name's commitment comes from the
person's own key, so that the same notice can be made again, and no longer opened once the key is destroyed.
"""

import hmac
import re
import unicodedata
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from cadreledger.aggregates import Cadre
from cadreledger.disclosure.paragraphs import SALT_BYTES, Named, Paragraph, commitment
from cadreledger.errors import InputError, RuleError, UnknownSubjectError
from cadreledger.events import Recorded
from cadreledger.events.cadre import NAME_IN_NOTICE
from cadreledger.events.void import Void
from cadreledger.ledger.reader import Reader
from cadreledger.rules import Policy
from cadreledger.rules.declared import SEPARATE_CONSENT
from cadreledger.values import Month, StreamId, StreamKind, code, stream_kind

__all__ = ["Naming", "check_consent"]

NAME_CHARACTERS_MIN: Final = 2  # one character is in too much that is no name
_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_PEOPLE: Final = frozenset({StreamKind.CADRE, StreamKind.PERSON})


class Naming:
    """Names of one edition of a notice: ``number`` as it is written."""

    def __init__(self, reader: Reader, number: str, edition: int) -> None:
        self._reader = reader
        self._place = f"cadreledger notice name\n{number}\n{edition}"

    def written(self, texts: Iterable[str]) -> tuple[Paragraph, ...]:
        """``texts`` with people in place of their codes, opened. Consent is not asked here; see `check_consent`.

        Raises UnknownSubjectError for a code of nobody, InputError for braces without a code and for a text that has
        somebody's name in it, and KeyStoreError without the key store where there is a code.
        """
        found: list[Paragraph] = []
        count = 0
        for text in texts:
            parts: list[str | Named] = []
            for index, piece in enumerate(_BRACES.split(text) if isinstance(text, str) else [text]):
                if index % 2:
                    parts.append(self._named(self._whose(piece), count, None))
                    count += 1
                elif piece:
                    parts.append(piece)
            if any(isinstance(part, str) and ("{" in part or "}" in part) for part in parts):
                raise InputError("a brace stands alone in a paragraph", "{CODE}, for a person")
            found.append(tuple(parts) or ("",))
        return tuple(found)

    def opened(self, texts: Iterable[Paragraph], upto: int) -> tuple[Paragraph, ...]:
        """Paragraphs as recorded, with the names of those who still consent; as they were at the position ``upto``."""
        found: list[Paragraph] = []
        count = 0
        for paragraph in texts:
            parts: list[str | Named] = []
            for part in paragraph:
                if isinstance(part, str):
                    parts.append(part)
                    continue
                parts.append(self._shown(part, count, upto))
                count += 1
            found.append(tuple(parts))
        return tuple(found)

    def refuse_names(self, texts: Iterable[str]) -> None:
        """Raises InputError where somebody's name stands in a text itself; without the key store none is known."""
        plain = [_joined(text) for text in texts]
        if not any(plain) or self._reader.no_keys is not None:
            return
        for record in self._reader.store.replay():
            if stream_kind(record.stream) not in _PEOPLE:
                continue
            name = _joined(_name_in(self._reader.decode(record, opened=True)) or "")
            if len(name) >= NAME_CHARACTERS_MIN and any(name in text for text in plain):
                hint = "Write {CODE} in the name's place; it needs the person's consent."
                raise InputError("a notice's words have somebody's name in them", "a person by their code", hint=hint)

    def _whose(self, person: str) -> StreamId:
        stream = self._reader.stream_of(code(person))
        if stream is None or stream_kind(stream) is not StreamKind.CADRE:
            what, hint = "a notice names somebody who is not registered", "Check the code between the braces."
            raise UnknownSubjectError(what, hint=hint)
        return stream

    def _shown(self, part: Named, count: int, upto: int) -> Named:
        if self._reader.key_of(part.stream) is None or not consents(self._reader, StreamId(part.stream)):
            return Named(part.stream, part.commitment)
        named = self._named(StreamId(part.stream), count, upto)
        return named if named.commitment == part.commitment else Named(part.stream, part.commitment)

    def _named(self, stream: StreamId, count: int, upto: int | None) -> Named:
        key = self._reader.key_of(stream)
        events = [self._reader.decode(each, opened=True) for each in self._reader.store.stream(stream, upto=upto)]
        voided = {each.event.of_version for each in events if isinstance(each.event, Void)}
        names = [name for each in events if each.version not in voided and (name := _name_in(each))]
        if key is None or not names:
            raise UnknownSubjectError("nobody knows the name of somebody that a notice names", hint="Check the code.")
        salt = hmac.digest(key, f"{self._place}\n{count}".encode(), sha256)[:SALT_BYTES]
        return Named(stream, commitment(salt, names[-1]), salt, names[-1])


def consents(reader: Reader, stream: StreamId) -> bool:
    """Whether a person allows at present that notices name them."""
    return reader.fold(Cadre, stream).view().consents.get(NAME_IN_NOTICE, False)


def check_consent(cadre: Cadre, policy: Policy, month: Month) -> None:
    """Raises RuleError unless the person allows to be named (PIPL article 25)."""
    if cadre.view.consents.get(NAME_IN_NOTICE, False):
        return
    provision = policy.find(SEPARATE_CONSENT, month)
    raise RuleError(
        "a notice names somebody who has not consented to that",
        f"consent to {NAME_IN_NOTICE}, of that person",
        hint="Record the consent, or leave the name out.",
        rule="name_without_consent",
        citation="" if provision is None else provision.citation,
        policy_version="" if provision is None else provision.version,
    )


def _name_in(recorded: Recorded) -> str | None:
    name = getattr(recorded.event, "name", None)
    return name if isinstance(name, str) else None


def _joined(text: str) -> str:
    """``text`` as one word: a name that is spaced out or dotted is the same name."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isalnum())

"""Every error the library raises, one hierarchy.

Each error says *what* went wrong, what was *expected*, what was *found*, and a *hint*: what to do.
All four are plain fields, so that a program can use them and a pickle keeps them.
No field ever holds personal data: callers mask what comes from a personal column.
Standard library alone, because an auditor's verifier raises them too.
"""

from dataclasses import dataclass, fields

__all__ = [
    "CadreLedgerError",
    "ConflictError",
    "DecodeError",
    "ErasedError",
    "ExtraMissingError",
    "InputError",
    "IntakeError",
    "IntakeProblem",
    "KeyStoreError",
    "RuleError",
    "StoreError",
    "UnknownSubjectError",
    "VerificationError",
]


@dataclass(eq=False)
class CadreLedgerError(Exception):
    """The root of all errors of this library; catch it to catch them all."""

    what: str
    expected: str = ""
    found: str = ""
    hint: str = ""

    def __reduce__(self) -> tuple[type["CadreLedgerError"], tuple[object, ...]]:
        """By its fields, so that a pickle keeps them."""
        return type(self), tuple(getattr(self, field.name) for field in fields(self))

    def __str__(self) -> str:
        parts = [self.what]
        if self.expected and self.found:
            parts.append(f": expected {self.expected}, found {self.found}")
        elif self.expected:
            parts.append(f": expected {self.expected}")
        elif self.found:
            parts.append(f": found {self.found}")
        text = "".join(parts)
        return f"{text}. {self.hint}" if self.hint else text


@dataclass(eq=False)
class InputError(CadreLedgerError):
    """The call itself is wrong: a value of the wrong type, form or range. Nothing was recorded."""


@dataclass(eq=False)
class UnknownSubjectError(InputError):
    """No cadre, branch or stream of that name is in this ledger (or its key store is not at hand)."""


@dataclass(eq=False)
class ErasedError(UnknownSubjectError):
    """The person was known once, and their key has been destroyed."""


@dataclass(eq=False)
class ExtraMissingError(CadreLedgerError):
    """A part of the library needs an optional dependency; the hint names the extra."""


@dataclass(eq=False)
class RuleError(CadreLedgerError):
    """A decision was refused by a rule. Nothing was recorded.

    ``rule`` is the rule's code; ``citation`` is the article it rests on and ``policy_version`` the policy that says so,
    both "" for a rule of the ledger itself.
    """

    rule: str = ""
    citation: str = ""
    policy_version: str = ""

    @property
    def grounds(self) -> str:
        """What the refusal rests on: the rule, the article, the policy."""
        policy = self.policy_version and f"policy {self.policy_version}"
        return "; ".join(filter(None, (self.rule, self.citation, policy)))

    def __str__(self) -> str:
        return f"{super().__str__()} [{self.grounds}]" if self.grounds else super().__str__()


@dataclass(eq=False)
class ConflictError(CadreLedgerError):
    """Somebody else recorded first, or a known key came back with other content. Nothing was recorded."""

    stream: str = ""


@dataclass(eq=False)
class StoreError(CadreLedgerError):
    """The place where the bytes live cannot be used: missing, locked, damaged, or no ledger at all."""


@dataclass(eq=False)
class KeyStoreError(StoreError):
    """The key store or its key-encrypting key is missing, damaged, or belongs to another ledger."""


@dataclass(eq=False)
class DecodeError(StoreError):
    """Stored bytes are not an event of this vocabulary. Names the position (0: not known)."""

    position: int = 0
    stream: str = ""
    version: int = 0


@dataclass(eq=False)
class VerificationError(CadreLedgerError):
    """Published bytes do not prove what they claim. The verifiers raise this or succeed, nothing else."""


@dataclass(frozen=True, kw_only=True)
class IntakeProblem:
    """One thing wrong (or odd) with one cell of a workbook.

    ``cell`` is an Excel reference such as ``F12`` ("" for a whole sheet or file);
    ``found`` is masked where the column is personal.
    """

    sheet: str
    cell: str
    code: str
    found: str = ""
    expected: str = ""
    hint: str = ""


@dataclass(eq=False)
class IntakeError(CadreLedgerError):
    """A workbook cannot be imported. ``problems`` holds every error found, in the order of the sheets."""

    problems: tuple[IntakeProblem, ...] = ()
    warnings: tuple[IntakeProblem, ...] = ()

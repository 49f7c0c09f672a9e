"""What a transaction finds by the office's code: people, branches, teams, facilities."""

from datetime import date
from typing import TYPE_CHECKING, Generic, TypeVar

from cadreledger.aggregates import Branch, Cadre, Facility, Handle, Person, State, Team
from cadreledger.errors import ErasedError, InputError, UnknownSubjectError
from cadreledger.events.branch import BranchKind
from cadreledger.events.cadre import CadreKind, Relation
from cadreledger.events.facility import FacilityKind
from cadreledger.events.team import TeamKind
from cadreledger.values import Qualifier, StreamId, StreamKind, code, names_stream, stream_id

if TYPE_CHECKING:
    from cadreledger.ledger.transaction import Transaction

__all__ = ["Branches", "Cadres", "Collection", "Facilities", "People", "Teams", "stream_named"]

H = TypeVar("H", bound=Handle[State])


class Collection(Generic[H]):
    """The aggregates of one kind, by the office's code or by stream."""

    handle: type[H]
    what: str

    def __init__(self, tx: "Transaction") -> None:
        self._tx = tx

    def get(self, subject: str) -> H | None:
        """The one with that code (or stream), if there is one. Somebody who was erased has no code any more."""
        try:
            return self._find(subject)
        except ErasedError:
            return None

    def __getitem__(self, subject: str) -> H:
        found = self._find(subject)
        if found is None:
            raise UnknownSubjectError(f"no such {self.what}", hint="Check the code, or enter it first.")
        return found

    def __contains__(self, subject: str) -> bool:
        return self.get(subject) is not None

    __iter__ = None  # nothing lists them yet; Python would try the codes 0, 1, 2 …

    def _find(self, subject: str) -> H | None:
        stream = stream_named(subject, self.handle.kind) or self._stream(code(subject))
        if stream is None:
            return None
        found = self._tx.handle(self.handle, stream)
        return found if found.stands else None

    def _stream(self, known: str) -> StreamId | None:
        kind = self.handle.kind
        return self._tx.stream_of(known, kind) if kind.is_random else stream_id(kind, known)

    def _new(self, subject: str) -> tuple[H, str]:
        """The handle for a new code, and the code. Raises InputError, or ErasedError, where it cannot be used."""
        known = code(subject)
        if names_stream(known):
            hint = "Give it another code: by this one it could not be found."
            raise InputError("a code looks like the name of a stream", "a code of another form", hint=hint)
        kind = self.handle.kind
        stream = self._tx.stream_for(known, kind) if kind.is_random else stream_id(kind, known)
        return self._tx.handle(self.handle, stream), known


class Cadres(Collection[Cadre]):
    """The retired cadres of a ledger."""

    handle = Cadre
    what = "person is registered"

    def register(
        self,
        person: str,
        *,
        kind: CadreKind | str,
        name: str,
        formal: Branch | None = None,
        participating: Branch | None = None,
        on: date | None = None,
        smartphone: bool = False,
        frail: bool = False,
        full_member_on: date | None = None,
        sex: str | None = None,
        born: str | None = None,
        phone: str | None = None,
        address: str | None = None,
    ) -> Cadre:
        """Enter a person under the office's code, and in their branches. Returns the handle.

        Raises RuleError if they are registered already, InputError for a code or a value of the wrong form.
        """
        cadre, known = self._new(person)
        with cadre.at_once():
            cadre.register(
                kind=kind,
                code=known,
                name=name,
                on=on,
                smartphone=smartphone,
                frail=frail,
                full_member_on=full_member_on,
                sex=sex,
                born=born,
                phone=phone,
                address=address,
            )
            if formal is not None:
                cadre.join(formal, relation=Relation.FORMAL, on=on)
            if participating is not None:
                cadre.join(participating, relation=Relation.PARTICIPATING, on=on)
        return cadre


class Branches(Collection[Branch]):
    """The branches of a ledger."""

    handle = Branch
    what = "branch is established"

    def establish(self, number: str, *, name: str, kind: BranchKind | str, on: date | None = None) -> Branch:
        """Set up a branch under the office's code. Returns the handle. Raises RuleError if it is there already."""
        branch, known = self._new(number)
        branch.establish(kind=kind, code=known, name=name, on=on)
        return branch


class Teams(Collection[Team]):
    """The teams of a ledger."""

    handle = Team
    what = "team is there"

    def found(
        self,
        number: str,
        *,
        kind: TeamKind | str,
        name: str,
        people: int = 0,
        social_workers: int = 0,
        leader: str | None = None,
        on: date | None = None,
        note: str | None = None,
    ) -> Team:
        """Enter a team under the office's code; people not known are none. Raises RuleError if it is there already."""
        team, known = self._new(number)
        team.found(
            kind=kind,
            code=known,
            name=name,
            people=people,
            social_workers=social_workers,
            leader=leader,
            on=on,
            note=note,
        )
        return team


class Facilities(Collection[Facility]):
    """The facilities of a ledger."""

    handle = Facility
    what = "facility is there"

    def enter(
        self,
        number: str,
        *,
        kind: FacilityKind | str,
        name: str,
        count: int = 1,
        qualifier: Qualifier | str = Qualifier.EXACT,
        unit: str | None = None,
        area: str | None = None,
        provider: str | None = None,
        opening: str | None = None,
        on: date | None = None,
        note: str | None = None,
    ) -> Facility:
        """Enter a facility under the office's code. Raises RuleError if it is there already."""
        facility, known = self._new(number)
        facility.enter(
            kind=kind,
            code=known,
            name=name,
            count=count,
            qualifier=qualifier,
            unit=unit,
            area=area,
            provider=provider,
            opening=opening,
            on=on,
            note=note,
        )
        return facility


class People(Collection[Person]):
    """Other people than retired cadres: those who hold posts, help, review or approve."""

    handle = Person
    what = "person is enrolled"

    def enrol(self, person: str, *, role: str, name: str, contact: str | None = None, on: date | None = None) -> Person:
        """Enter somebody under a code of their own. Raises RuleError if they are there already."""
        enrolled, known = self._new(person)
        enrolled.enrol(role=role, code=known, name=name, contact=contact, on=on)
        return enrolled


def stream_named(text: str, kind: StreamKind | None = None) -> StreamId | None:
    """``text`` as a stream (of that ``kind``), if it is the name of one."""
    return StreamId(text) if isinstance(text, str) and names_stream(text, kind) else None

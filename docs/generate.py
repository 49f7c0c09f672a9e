"""Write the pages of the reference that the code itself gives: events, figures, and the rules of the national policy.

``make reference`` runs it; a test compares what it would write with what is there.
"""

import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cadreledger
from cadreledger.events import VOCABULARY, Event, Section, own_fields
from cadreledger.events.kinds import Kind
from cadreledger.events.registry import NOTED, Registry
from cadreledger.events.sections import Dated
from cadreledger.events.shape import Inside
from cadreledger.events.void import Void
from cadreledger.figures import Catalogue, Declaration, HeaderType, Term, View, Visibility
from cadreledger.rules import NATIONAL_VERSION, RULES, Provision, Rule, declared, national
from cadreledger.values import Money, Month, StreamKind

if TYPE_CHECKING:
    import attrs

SOURCE: Final = Path(cadreledger.__path__[0])
REFERENCE: Final = Path(__file__).parent / "reference"
TYPES: Final = {
    str: "text",
    int: "whole number",
    bool: "true or false",
    tuple: "texts",
    date: "date",
    Month: "month",
    Money: "money",
}
FRAME: Final = {
    "type": "the event's own wire name, also where its header is `noted/1`",
    "stream": "the stream it is in",
    "version": "its number in that stream, from 1",
    "recorded_at": "when the ledger stored it: UTC, to the microsecond",
    "by": "who recorded it: a post or an account",
    "tx": "the transaction, 32 hexadecimal digits",
    "tx_size": "how many events the transaction has",
    "occurred_on": "the day on which it happened, where it has one",
    "registered_on": "the day on which the office wrote it down, where that is known",
    "source": "the document behind it, where one was named",
    "replaces": "the leaf hash of the entry that was taken back and whose place this one takes, where it takes one",
    "subject": "whose key locks the personal section, where there is one",
    "personal": "the commitment to the personal section, where there is one",
}
DATES: Final = {Dated.ALWAYS: "always", Dated.MAYBE: "where it is known", Dated.NEVER: "never"}

EVENTS: Final = """\
# Events

Everything that a ledger can hold, by wire name. A stored event never changes its fields: a new shape is a new version,
`…/2`, and the old one is still read. [Three sections](../explanation/sections.md) says who may see which field. Fields
without the word *optional* are always there, but personal ones: those are left out where there is nothing to say, or
where the person's key is gone.

- **Streams**: which kinds of streams may hold the event.
- **Date**: whether it has an `occurred_on`.
- **Header**: what everybody sees. It names the type only where a public [figure](figures.md) counts it, or where the
  proof needs it; else it says `noted/1`, and nothing more.
- **Figures**: those that count it; in *italics* where only the office and its overseers can.

| type | in Python | as stored (JSON) |
|---|---|---|
| text, texts | `str`, `tuple[str, …]` | a string, an array of strings |
| whole number | `int` | a number |
| true or false | `bool` | the same |
| word | a member of the `Enum` named beside it | a string, one of those listed |
| date, month | `datetime.date`, `Month` | a string: `"2021-07-05"`, `"2021-07"` |
| money | `Money` | a number of fen |
| stream | `str` | a string: a stream's name |
"""

FIGURES: Final = """\
# Figures

The catalogue of this version. Its digest is `{digest}`.

[Figures](../explanation/figures.md) explains the words, and each type leads to its fields. An event counts in the month
of its `occurred_on`, and from the start without one. Where a field with another month is named, it counts in that one,
and not at all without it. A void takes back what its target added.
"""

RULES_TEXT: Final = """\
# Rules

What the regulations say, as the policy `{version}` has it: each rule is a question, and each answer has its source and
the month from which it holds. [A place's own policy](../how-to/write-a-local-policy.md) may answer any of them
otherwise from a month on; `cadreledger policy show` says what holds in a ledger.

How sure we are of an answer:

- **confirmed**: somebody read it in a document.
- **unconfirmed**: it is general knowledge, for the office to confirm.
- **proposed**: the text is silent or the sources disagree, and this is our proposal.

What the ledger does with it, its *binding*:

- **refuse**: a decision against it is not recorded; an import records it with a warning, and the audit names it.
- **warn**: it is recorded, and the audit names it.
- **compute**: an amount, a date or a count follows from it.
- **note**: it is said for people.

A code is what a refusal, a warning of an import, or a finding of an audit is called.
"""
KEPT: Final = "The ledger keeps this rule itself, whatever a policy says of it."
UNASKED: Final = "No program asks for it: whoever records keeps it."
OPEN: Final = {
    "fund.returned_share": "The share of the dues collected that comes back to the branch (返还).",
}
CODES: Final = {
    "notice.separate_consent": ("name_without_consent",),
    "dues.farmers": ("farmer_outside_limits",),
    "dues.relief_decided": ("relief_not_decided",),
    "dues.permit_pays_there": ("not_the_formal_branch",),
    "dues.changed": ("changed_within_the_year",),
    "dues.month_max": ("above_month_max",),
    "dues.voluntary_min": ("voluntary_too_small",),
    "dues.prepaid_months_max": ("prepaid_too_far",),
    "dues.backpaid_months_max": ("paid_late",),
    "dues.handed_over": ("dues_handed_over",),
    "dues.paid_once": ("month_already_paid",),
    "fund.returned_share": ("another_share", "not_its_share"),
    "fund.uses": ("use_not_permitted",),
    "fund.decided": ("no_decision",),
    "cash.variance_explained": ("variance_unexplained",),
    "branch.members_max": ("branch_too_large",),
    "branch.temporary_approved": ("temporary_not_approved",),
    "branch.temporary_collects": ("temporary_branch",),
    "meeting.general": ("meeting_missing",),
    "meeting.party_day": ("meeting_missing",),
    "meeting.quorum": ("not_quorate",),
    "meeting.majority": ("not_passed",),
    "member.letter_months_max": ("letter_valid_too_long", "letter_expired"),
    "member.one_formal_relation": ("one_formal_relation",),
    "member.medal_years": ("medal_not_due", "medal_due"),
    "visit.duplicate_waits": ("visit_waits", "visit_confirmed"),
    "wish.months_open": ("wish_open_long",),
    "notice.hands_apart": ("nobody_named", "same_person"),
}
"""By which codes a refusal or a finding speaks of a rule; a test looks for them in the source."""
BUILT_IN: Final = frozenset(
    {"dues.paid_once", "member.one_formal_relation", "visit.duplicate_waits", "notice.hands_apart"}
)
"""Rules that the aggregates keep without asking a policy."""


def main() -> None:
    """Write the pages."""
    for name, text in pages(VOCABULARY, Catalogue.load()).items():
        (REFERENCE / name).write_text(text, "utf-8")
        sys.stdout.write(f"docs/reference/{name}\n")


def pages(vocabulary: Registry, catalogue: Catalogue) -> dict[str, str]:
    """The pages of docs/reference by file name."""
    return {
        "events.md": "\n".join(_events_page(vocabulary, catalogue)),
        "figures.md": "\n".join(_figures_page(vocabulary, catalogue)),
        "rules.md": "\n".join(_rules_page()),
    }


# --- events ----------------------------------------------------------------------------------------------------------


def _events_page(vocabulary: Registry, catalogue: Catalogue) -> Iterator[str]:
    yield _generated(EVENTS)
    yield "Every internal section also holds:\n"
    yield from _table(("member", "is"), ((f"`{name}`", FRAME[name]) for name in Inside.__struct_fields__))
    for name, classes in groupby(vocabulary.classes(), lambda cls: cls.__module__):
        module = sys.modules[name]
        order = list(vars(module))  # as written
        yield f"## {name.rpartition('.')[2].capitalize()}\n"
        yield f"{_prose(module.__doc__)}\n"
        for cls in sorted(classes, key=lambda cls: order.index(cls.__name__)):
            yield from _event(cls, vocabulary, catalogue)


def _event(cls: type[Event], vocabulary: Registry, catalogue: Catalogue) -> Iterator[str]:
    old = [name for name in vocabulary.upcasters if _newest(name, vocabulary) == cls.wire]
    yield f"### `{cls.wire}`\n"
    yield f"{_prose(cls.__doc__)}\n"
    yield f"- Class: `{cls.__module__}.{cls.__qualname__}`"
    if old:
        yield f"- Older forms: {_codes(old)}"
    yield f"- Streams: {', '.join(kind.value for kind in StreamKind if kind in getattr(cls, 'streams', ())) or 'any'}"
    yield f"- Date: {DATES[cls.dated]}"
    yield f"- Header: {_header(cls, vocabulary)}"
    yield f"- Figures: {_figures_of({cls.wire, *old}, catalogue) if cls is not Void else 'those of its target'}\n"
    rows = [_field(field) for field in own_fields(cls)]
    if rows:
        yield from _table(("field", "section", "type", "unit", "form"), rows)


def _header(cls: type[Event], vocabulary: Registry) -> str:
    if cls is Void:
        return "its target's, with `sign` (-1) and `voids` (the target's leaf hash)"
    if not cls.counted:
        return f"`{NOTED}`"
    fields = vocabulary.public_fields(cls.wire)
    return f"`{cls.wire}` with {_codes(fields if cls.dated is Dated.NEVER else ('month', *fields)) or 'nothing else'}"


def _figures_of(wires: set[str], catalogue: Catalogue) -> str:
    found = []
    for figure in catalogue.declarations:
        views = [view for view in View if any(term.type in wires for term in figure.terms(view))]
        link = f"[`{figure.key}`](figures.md#{_anchor(figure.key)})"
        if views:
            found.append(link if View.PUBLIC in views else f"*{link}*")
    return ", ".join(found) or "none"


def _field(field: "attrs.Attribute[object]") -> tuple[str, ...]:
    rules, kind = field.metadata, field.metadata["kind"]
    optional = kind.optional and rules["section"] is not Section.PERSONAL
    form = [
        _codes(word.value for word in kind.exact) if issubclass(kind.exact, Enum) else "",
        f"at least {rules['least']}" if rules["least"] is not None else "",
        f"`{rules['pattern']}`" if rules["pattern"] else "",
        "optional" if optional else "",
    ]
    return f"`{field.name}`", rules["section"].value, _type(kind), rules["unit"], "; ".join(filter(None, form))


def _type(kind: Kind) -> str:
    if kind.holds_stream:
        return "stream"
    if issubclass(kind.exact, Enum):
        return f"word, `{kind.exact.__name__}`"
    return TYPES.get(kind.exact, f"`{kind.exact.__name__}`")


def _newest(wire: str, vocabulary: Registry) -> str | None:
    shape = vocabulary.shape_of(wire)
    return shape.event_class.wire if shape else None


# --- figures ---------------------------------------------------------------------------------------------------------


def _figures_page(vocabulary: Registry, catalogue: Catalogue) -> Iterator[str]:
    yield _generated(FIGURES.format(digest=catalogue.digest))
    heads = ("key", "in Chinese", "in English", "unit", "kind", "visibility")
    yield from _table(heads, map(_summary, catalogue.declarations))
    yield "## What each one sums\n"
    for figure in catalogue.declarations:
        yield from _figure(figure, vocabulary)
    yield "## Headers\n"
    yield "The closed list of header types; a header of another type, or with another field, is refused.\n"
    columns = ("type", "role", "month", "public fields")
    yield from _table(columns, (_schema(header, vocabulary) for header in catalogue.schema))
    if catalogue.checks:
        yield "No figure sums these fields. They are checked month by month:\n"
        for check in catalogue.checks:
            counted = f"the number of {_wire(check.counts, vocabulary)}, less their voids"
            yield f"- `{check.field}` of {_wire(check.type, vocabulary)} sums to {counted}."
        yield ""


def _summary(figure: Declaration) -> tuple[str, ...]:
    link = f"[`{figure.key}`](#{_anchor(figure.key)})"
    return link, figure.zh, figure.en, figure.unit, figure.kind, figure.visibility


def _figure(figure: Declaration, vocabulary: Registry) -> Iterator[str]:
    yield f"### `{figure.key}`\n"
    apart = f" A notice may break it down by {_codes(figure.by)}." if figure.by else ""
    yield f"{figure.zh}. {figure.en}: {figure.kind}, {figure.visibility}, in {figure.unit}.{apart}\n"
    same = figure.visibility is Visibility.PUBLIC and figure.office == figure.public
    for who, terms in (("Everybody sums", figure.office),) if same else _by_view(figure):
        yield f"{who}:\n"
        yield from (f"- {_term(term, vocabulary)}" for term in terms)
        yield ""


def _by_view(figure: Declaration) -> Iterator[tuple[str, tuple[Term, ...]]]:
    yield "The office and its overseers sum", figure.office
    if figure.public:
        yield "The public sums", figure.public


def _term(term: Term, vocabulary: Registry) -> str:
    sign = "plus" if term.weight > 0 else "minus"
    what = f"the `{term.sum}` of" if term.sum else "1 for"
    where = " and ".join(f"`{name}` is `{str(value).lower()}`" for name, value in term.where)
    more = (
        f" whose {where}" if where else "",
        f", in its `{term.month}`" if term.month else "",
        f", as sure as its `{term.qualifier}` says" if term.qualifier else "",
    )
    return f"{sign} {what} each {_wire(term.type, vocabulary)}{''.join(more)}"


def _schema(header: HeaderType, vocabulary: Registry) -> tuple[str, ...]:
    fields = ", ".join(f"`{field.name}` ({field.form})" for field in header.fields)
    return _wire(header.name, vocabulary), header.role, header.month, fields


def _wire(name: str, vocabulary: Registry) -> str:
    newest = _newest(name, vocabulary)
    return f"[`{name}`](events.md#{_anchor(newest)})" if newest else f"`{name}`"


# --- rules -----------------------------------------------------------------------------------------------------------


def _rules_page() -> Iterator[str]:
    yield _generated(RULES_TEXT.format(version=NATIONAL_VERSION))
    rows = [row for rule in RULES.values() for row in _answers(rule)]
    yield from _table(("rule", "answer", "from", "source", "how sure", "binding"), rows)
    for room, rules in groupby(RULES.values(), lambda rule: rule.name.partition(".")[0]):
        yield f"## {room.capitalize()}\n"
        for rule in rules:
            yield from _rule(rule)


def _answers(rule: Rule[object]) -> Iterator[tuple[str, ...]]:
    link = f"[`{rule.name}`](#{_anchor(rule.name)})"
    answers = national().provisions.get(rule.name, ())
    if not answers:
        yield link, "none", "", "for each place to settle", "", ""
    for each in answers:
        words = (each.citation, each.certainty.value, each.binding.value)
        yield link, rule.kind.said(each.value), str(each.valid_from), *words


def _rule(rule: Rule[object]) -> Iterator[str]:
    yield f"### `{rule.name}`\n"
    answers = national().provisions.get(rule.name, ())
    if not answers:
        yield f"{OPEN[rule.name]} No national policy answers it.\n"
    for each in answers:
        yield f"{each.en} {each.zh}\n"
        yield f"- From {each.valid_from}: {_answer(rule, each)}"
        yield f"- Source: {each.citation} ({each.certainty.value})"
        yield f"- Binding: {each.binding.value}\n"
    codes = _codes(CODES.get(rule.name, ()))
    asked = KEPT if rule.name in BUILT_IN else "" if rule.name in asked_for() else UNASKED
    parts = (f"In a policy file: `{rule.kind.looks}`.", f"Codes: {codes}." if codes else "", asked)
    yield f"{' '.join(filter(None, parts))}\n"


def _answer(rule: Rule[object], provision: Provision[object]) -> str:
    said = rule.kind.said(provision.value)
    return f"`{said}`" if " | " in rule.kind.looks or "_" in said else said


def asked_for() -> frozenset[str]:
    """The names of the rules that some program asks a policy for."""
    names = {name: rule.name for name, rule in vars(declared).items() if isinstance(rule, Rule)}
    text = "".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    asked = re.findall(r"\bdeclared\.([A-Z_]+)\b", text) + re.findall(r"\bpolicy\.(?:at|find)\(([A-Z_]+), ", text)
    return frozenset(names[name] for name in asked if name in names)


# --- Markdown --------------------------------------------------------------------------------------------------------


def _generated(text: str) -> str:
    return f"<!-- Written by `make reference`; do not edit by hand. -->\n\n{text}"


def _prose(docstring: str | None) -> str:
    return inspect.cleandoc(docstring or "").replace("``", "`")


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _anchor(heading: str) -> str:
    """The fragment of a heading's link, as repositories and MyST make it."""
    return "".join(char for char in heading.lower() if char.isalnum() or char in "_-")


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


if __name__ == "__main__":
    main()

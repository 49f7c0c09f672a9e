"""The notice as a page: one HTML file that asks nobody for anything."""

import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import attrs

from cadreledger.disclosure import chinese, english
from cadreledger.disclosure.bilingual import Said, say
from cadreledger.disclosure.extra import missing
from cadreledger.disclosure.headings import DONE, SPENT
from cadreledger.disclosure.paragraphs import shown
from cadreledger.disclosure.qr import qr_code
from cadreledger.disclosure.sections import amount_of, line, parts, title_of
from cadreledger.disclosure.snapshot import Adjustment, FigureRow, Snapshot
from cadreledger.figures import Visibility
from cadreledger.values import Month, Period, Qualifier, Quantity, readable_code

if TYPE_CHECKING:
    from jinja2 import Template

    from cadreledger.disclosure.notice import Notice

__all__ = ["LANGUAGE", "VERIFYING", "Change", "changed", "page", "program", "render", "source"]

LANGUAGE: Final = ("language",)
VERIFYING: Final = ("bytes", "log", "figures", "amounts", "adjusting", "tiles", "reading", "shown", "verify", "page")
LEAVES_SHOWN: Final = 12  # of an adjustment; the JSON has them all


def page(snapshot: Snapshot, notice: "Notice | None" = None) -> bytes:
    """``notice.html``, of a ``notice`` where there is one. Raises ExtraMissingError without jinja2 or cn2an."""
    held = {row.key: row for row in snapshot.figures}
    evidence = snapshot.evidence
    return render(
        "notice.html.j2",
        LANGUAGE if evidence is None else (*LANGUAGE, *VERIFYING),
        snapshot=snapshot,
        evidence=""
        if evidence is None
        else evidence.to_json(
            snapshot.to_json(), *((None, None) if notice is None else (notice.to_json(), notice.names))
        ),
        notice=notice,
        texts=[shown(paragraph) for paragraph in (() if notice is None else notice.texts)],
        fingerprint="" if evidence is None else evidence.fingerprint,
        qr="" if evidence is None else qr_code(f"{snapshot.checkpoint}{evidence.fingerprint}"),
        period=say(lambda tongue: tongue.period_words(snapshot.period)),
        recorded_on=say(lambda tongue: tongue.day_words(snapshot.recorded_on)),
        spent=[line(held[key]) for key in SPENT if key in held],
        done=[line(held[key]) for key in DONE if key in held],
        parts=list(parts(snapshot)),
        notices=[
            (readable_code(notice.number), notice.edition, _period(notice.period), _month(notice.month))
            for notice in snapshot.notices
        ],
        adjustments=[changed(item, held[item.key]) for item in snapshot.adjustments],
        uncounted=[(_header_type(name), name, headers) for name, headers in snapshot.uncounted],
        marks=_marks(snapshot),
        root=b64encode(snapshot.root).decode("ascii"),
        checkpoint=snapshot.checkpoint.splitlines(),
    )


@attrs.frozen
class Change:
    """What an earlier notice showed of a figure, what it is now, and why; ``leaves`` are the records behind it.

    ``name``: the notice's number, as headers have it, and the figure's key.
    """

    name: str
    number: str
    edition: int
    period: Said
    title: Said
    published: Said
    now: Said
    difference: Said
    reason: Said
    leaves: Said


def changed(item: Adjustment, row: FigureRow) -> Change:
    """An adjustment, in words."""
    difference = item.now.value - item.published.value
    sign = "+" if difference > 0 else ""
    apart = amount_of(row, Quantity(difference))
    return Change(
        name=f"{item.notice.number} {item.key}",
        number=readable_code(item.notice.number),
        edition=item.notice.edition,
        period=_period(item.notice.period),
        title=title_of(row),
        published=amount_of(row, item.published),
        now=amount_of(row, item.now),
        difference=Said(f"{sign}{apart.zh}", f"{sign}{apart.en}"),
        reason=say(lambda tongue: tongue.reason_words(item)),
        leaves=_leaves(item),
    )


def _leaves(item: Adjustment) -> Said:
    shown = say(lambda tongue: tongue.record_numbers(item.leaves[:LEAVES_SHOWN]))
    if len(item.leaves) <= LEAVES_SHOWN:
        return Said(f"第 {shown.zh} 条", shown.en)
    return Said(f"第 {shown.zh} 条等，共 {len(item.leaves)} 条", f"{shown.en} …, {len(item.leaves)} in all")


def _period(period: Period) -> Said:
    return say(lambda tongue: tongue.period_words(period))


def _month(month: Month) -> Said:
    return _period(Period(month, month))


def _header_type(name: str) -> Said:
    return say(lambda tongue: tongue.header_type(name))


def _marks(snapshot: Snapshot) -> dict[str, int]:
    """How many figures anyone can check, how many once their sums are posted, how many only an overseer can."""
    public = [row for row in snapshot.figures if row.visibility is Visibility.PUBLIC]
    ready = sum(row.from_headers for row in public)
    return {"ready": ready, "waiting": len(public) - ready, "attested": len(snapshot.figures) - len(public)}


def render(
    template: str,
    programs: tuple[str, ...],
    /,
    *,
    styles: tuple[str, ...] = ("notice",),
    constants: tuple[str, ...] = (),
    **values: object,
) -> bytes:
    """A page of ours: the ``template`` with its style, and the program that its policy allows by hash.

    ``constants`` are declarations of ours that the program begins with. Raises ExtraMissingError without jinja2.
    """
    style = "".join(_resource(f"templates/{each}.css") for each in styles)
    script = program(programs, constants)
    return (
        _template(template)
        .render(
            style=style,
            style_hash=_digest(style),
            script=script,
            script_hash=_digest(script),
            both=Said,
            **values,
        )
        .encode()
    )


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode("ascii")


@cache
def program(names: tuple[str, ...], constants: tuple[str, ...] = ()) -> str:
    """A page's program: one strict block in which nothing leaks into the page."""
    return f'(() => {{\n"use strict";\n{source(names, constants)}}})();\n'


def source(names: tuple[str, ...], constants: tuple[str, ...] = ()) -> str:
    """The named parts of a program, with the words of amounts before them."""
    return "\n".join([f"const UNITS = {_units()};", *constants, *(_resource(f"web/{name}.js") for name in names)])


def _units() -> str:
    """How amounts are said, for the program: by language the words before a number, and the units behind it."""
    shape = {
        "zh": {
            "vague": {qualifier.value: chinese.VAGUE[qualifier] for qualifier in Qualifier},
            "units": {name: [word, word] for name, word in chinese.UNITS.items()},
            "unitsOf": dict(chinese.UNITS_OF),
        },
        "en": {
            "vague": {qualifier.value: english.VAGUE[qualifier] for qualifier in Qualifier},
            "units": {name: list(words) for name, words in english.UNITS.items()},
            "unitsOf": {},
        },
    }
    return json.dumps(shape, ensure_ascii=True)


@cache
def _template(name: str) -> "Template":
    """A template of ours. Raises ExtraMissingError without jinja2."""
    try:
        from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - an optional dependency
    except ImportError:
        raise missing("jinja2") from None
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_shown,
        loader=FunctionLoader(lambda each: _resource(f"templates/{each}")),
    )
    return environment.get_template(name)


def _shown(value: object) -> object:
    """Plain text with nothing hidden in it; whatever is marked as safe is ours, and stays."""
    return chinese.visible(value) if type(value) is str else value


def _resource(path: str) -> str:
    """The text of a file of ours."""
    return files(__package__).joinpath(*path.split("/")).read_text("utf-8")

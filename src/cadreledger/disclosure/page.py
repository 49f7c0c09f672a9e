"""The notice as a page: one HTML file that asks nobody for anything."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from cadreledger.disclosure import chinese
from cadreledger.disclosure.extra import missing
from cadreledger.disclosure.qr import qr_code
from cadreledger.disclosure.sections import DONE, SPENT, line, parts
from cadreledger.disclosure.snapshot import Adjustment, FigureRow, Snapshot
from cadreledger.figures import Visibility
from cadreledger.values import Month, Period, Quantity, readable_code

if TYPE_CHECKING:
    from jinja2 import Template

    from cadreledger.disclosure.notice import Notice

__all__ = ["adjustment_sentence", "page", "resource", "template"]

SCRIPTS = ("bytes", "log", "figures", "verify", "page")
LEAVES_SHOWN = 12  # of an adjustment; the JSON has them all


def page(snapshot: Snapshot, notice: "Notice | None" = None) -> bytes:
    """``notice.html``, of a ``notice`` where there is one. Raises ExtraMissingError without jinja2 or cn2an."""
    held = {row.key: row for row in snapshot.figures}
    style = resource("notice.css")
    evidence = snapshot.evidence
    script = "" if evidence is None else _script()
    text = template("notice.html.j2").render(
        snapshot=snapshot,
        style=style,
        style_hash=_digest(style),
        script=script,
        script_hash=_digest(script),
        evidence=""
        if evidence is None
        else evidence.to_json(snapshot.to_json(), None if notice is None else notice.to_json()),
        notice=notice,
        fingerprint="" if evidence is None else evidence.fingerprint,
        qr="" if evidence is None else qr_code(f"{snapshot.checkpoint}{evidence.fingerprint}"),
        period=chinese.period_words(snapshot.period),
        recorded_on=chinese.day_words(snapshot.recorded_on),
        spent=[line(held[key]) for key in SPENT if key in held],
        done=[line(held[key]) for key in DONE if key in held],
        parts=list(parts(snapshot)),
        notices=[
            (readable_code(notice.number), notice.edition, chinese.period_words(notice.period), _in_month(notice.month))
            for notice in snapshot.notices
        ],
        adjustments=[(adjustment_sentence(item, held[item.key]), _leaves(item)) for item in snapshot.adjustments],
        uncounted=[(chinese.header_type(name), name, headers) for name, headers in snapshot.uncounted],
        marks=_marks(snapshot),
        root=b64encode(snapshot.root).decode("ascii"),
        checkpoint=snapshot.checkpoint.splitlines(),
    )
    return text.encode()


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode("ascii")


@cache
def _script() -> str:
    """The page's program: one strict block in which nothing leaks into the page."""
    parts = [files(__package__).joinpath("web", f"{name}.js").read_text("utf-8") for name in SCRIPTS]
    return "(() => {\n" + "\n".join(parts) + "})();\n"


def _in_month(month: Month) -> str:
    return chinese.period_words(Period(month, month))


def adjustment_sentence(item: Adjustment, row: FigureRow) -> str:
    """What an earlier notice showed, what it is now, and why."""
    notice, difference = item.notice, item.now.value - item.published.value
    edition = f"，第 {notice.edition} 版" if notice.edition > 1 else ""
    sign = "+" if difference > 0 else ""
    return (
        f"{readable_code(notice.number)} 号公示（{chinese.period_words(notice.period)}{edition}）{row.zh}："
        f"当时公布 {chinese.amount(row, item.published)}，现为 {chinese.amount(row, item.now)}，"
        f"差 {sign}{chinese.amount(row, Quantity(difference))}；原因：{chinese.reason_words(item)}"
    )


def _leaves(item: Adjustment) -> str:
    shown = f"第 {chinese.record_numbers(item.leaves[:LEAVES_SHOWN])} 条"
    return shown if len(item.leaves) <= LEAVES_SHOWN else f"{shown}等，共 {len(item.leaves)} 条"


def _marks(snapshot: Snapshot) -> dict[str, int]:
    """How many figures anyone can check, how many once their sums are posted, how many only an overseer can."""
    public = [row for row in snapshot.figures if row.visibility is Visibility.PUBLIC]
    ready = sum(row.from_headers for row in public)
    return {"ready": ready, "waiting": len(public) - ready, "attested": len(snapshot.figures) - len(public)}


@cache
def template(name: str) -> "Template":
    """A template of ours. Raises ExtraMissingError without jinja2."""
    try:
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - an optional dependency
    except ImportError:
        raise missing("jinja2") from None
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_shown,
    )
    return environment.from_string(resource(name))


def _shown(value: object) -> object:
    """Plain text with nothing hidden in it; whatever is marked as safe is ours, and stays."""
    return chinese.visible(value) if type(value) is str else value


def resource(name: str) -> str:
    """The text of a file of ours."""
    return files(__package__).joinpath("templates", name).read_text("utf-8")

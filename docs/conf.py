"""How Sphinx makes these pages into a site: `make docs`. Nothing is fetched, neither now nor by a reader's browser."""

import re
from importlib.metadata import version as version_of

import attrs
from sphinx.application import Sphinx

project = "cadreledger"
version = release = version_of("cadreledger")
language = "en"
smartquotes = False  # `--json` and "noted/1" are meant as they are typed

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_heading_anchors = 3  # as on a repository's page, so that a link leads to the same heading in both

html_theme = "furo"
html_title = f"cadreledger {release}"
html_show_copyright = False  # LICENSE speaks for these pages too
html_show_sourcelink = False
html_copy_source = False

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 100
default_role = "py:obj"  # `Name` in a docstring is a link where it leads somewhere, else a name

nitpicky = True  # every link must lead somewhere, except
nitpick_ignore_regex = [
    ("py:obj", ".*"),  # names in docstrings, which may be an argument's
    ("py:class", r"(attrs|collections\.abc|contextlib|datetime|decimal|fractions|pathlib)\..*"),  # other people's pages
    ("py:class", r"cadreledger\.(events|rules)\..*"),  # events and words: reference/events.md has them by wire name
    ("py:class", r"cadreledger\.aggregates\..*"),  # what handles and their states are made of
    ("py:class", r"cadreledger\..*\.[A-Z](_co)?"),  # type variables
    ("py:class", "JsonValue"),  # an alias that names itself
]


def setup(app: Sphinx) -> None:
    """Sphinx calls this."""
    app.connect("autodoc-process-signature", _signature)


def _signature(*event: object) -> tuple[object, object] | None:
    """Nothing for a class that only the library makes; ``clock=_now`` for ``clock=<function _now>``, no Python."""
    _app, _what, _name, item, _options, signature, returned = event
    room = str(getattr(item, "__module__", ""))
    if (
        isinstance(item, type)
        and not attrs.has(item)
        and room.startswith(("cadreledger.aggregates", "cadreledger.ledger"))
    ):
        return "", returned
    return (re.sub(r"<function (\w+)>", r"\1", signature), returned) if isinstance(signature, str) else None

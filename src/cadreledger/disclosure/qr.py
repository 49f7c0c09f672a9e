"""A QR code as it stands in a page: a drawing, without a link to anywhere."""

from typing import Final

from cadreledger.disclosure.extra import missing

__all__ = ["qr_code"]

QUIET_MODULES: Final = 4  # around the code (ISO/IEC 18004)


def qr_code(text: str) -> str:
    """``text`` as a QR code in inline SVG, in black on white. Raises ExtraMissingError without segno."""
    try:
        import segno  # noqa: PLC0415 - an optional dependency
    except ImportError:
        raise missing("segno") from None
    code = segno.make(text, error="m", micro=False, boost_error=False)
    return str(code.svg_inline(scale=3, border=QUIET_MODULES, dark="#000", light="#fff", svgclass="qr", lineclass=None))

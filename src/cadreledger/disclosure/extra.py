"""What to say where an optional package is not there."""

from cadreledger.errors import ExtraMissingError

__all__ = ["missing"]


def missing(package: str) -> ExtraMissingError:
    """The error that names the extra which brings ``package``."""
    hint = "Install it with: pip install 'cadreledger[disclosure]'"
    return ExtraMissingError(f"the files of a snapshot need {package}", hint=hint)

"""The command line: thin, and the only room that prints."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command in ``sys.argv``; exits with its code."""
    from cadreledger.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Chinese still gets the message
    app()

"""Ed25519 as Project Wycheproof tests it. None of its keys is of small order, so each of its cases is looked at."""

import json
from pathlib import Path
from typing import Any

import pytest

from cadreledger.errors import VerificationError
from cadreledger.sealing.note import NoteVerifier, Signature


def groups(vectors: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((vectors / "wycheproof" / "ed25519_test.json").read_text())["testGroups"]
    return found


def test_every_case_is_there(vectors: Path) -> None:
    results = [case["result"] for group in groups(vectors) for case in group["tests"]]
    assert (len(results), results.count("valid"), results.count("invalid")) == (151, 88, 63)


def test_signatures_verify_exactly_where_wycheproof_says_so(vectors: Path) -> None:
    for group in groups(vectors):
        key = NoteVerifier("wycheproof", bytes.fromhex(group["publicKey"]["pk"]))
        for case in group["tests"]:
            message, signature = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
            if case["result"] == "valid":
                assert key.verify(message, signature) == Signature("wycheproof", key.key_id), case["tcId"]
            else:
                with pytest.raises(VerificationError, match=r"does not verify|wrong length"):
                    key.verify(message, signature)

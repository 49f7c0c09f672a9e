"""The auditor's reading room: how an event becomes bytes, and what those bytes commit to.

Standard library and `cryptography` only, so that one person can read all of it in an afternoon.
Every function here raises VerificationError on bad input and nothing else.
"""

from cadreledger.sealing.canonical import canonical, parse_canonical
from cadreledger.sealing.frame import Frame, decode_frame, encode_frame
from cadreledger.sealing.note import verifier_key
from cadreledger.sealing.sections import (
    INTERNAL_TAG,
    PERSONAL_TAG,
    base64url,
    commitment,
    decrypt_personal,
    encrypt_personal,
    join_salt,
    open_sections,
    split_salt,
)
from cadreledger.sealing.tree import leaf_hash, node_hash, tree_root

__all__ = [
    "INTERNAL_TAG",
    "PERSONAL_TAG",
    "Frame",
    "base64url",
    "canonical",
    "commitment",
    "decode_frame",
    "decrypt_personal",
    "encode_frame",
    "encrypt_personal",
    "join_salt",
    "leaf_hash",
    "node_hash",
    "open_sections",
    "parse_canonical",
    "split_salt",
    "tree_root",
    "verifier_key",
]

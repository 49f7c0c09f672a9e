"""The auditor's reading room: how an event becomes bytes, what those bytes commit to, and how it is proved.

Standard library and `cryptography` only, so that one person can read all of it in an afternoon. Read in this order:
`canonical`, `frame`, `sections` (an event); `tree`, `proofs`, `tiles` (all of them); `note`, `checkpoint`, `proof_file`
(who vouches); `schema` (what a header may say). Whatever bytes are given, a function here succeeds or raises
VerificationError, and nothing else. Where its docstring requires a type, another one is the caller's mistake.
"""

# One line a module, so that the room's contents are read at a glance.
# isort: off
# fmt: off
from cadreledger.sealing.canonical import canonical, parse_canonical
from cadreledger.sealing.checkpoint import (
    Checkpoint, Policy, SignedCheckpoint, cosign, parse_checkpoint, verify_checkpoint,
)
from cadreledger.sealing.frame import Frame, decode_frame, encode_frame
from cadreledger.sealing.note import (
    COSIGNATURE, ED25519, Note, NoteSigner, NoteVerifier, Signature, join_note, open_note, split_note, verifier_key,
)
from cadreledger.sealing.proof_file import ProofFile, verify_proof_file
from cadreledger.sealing.proofs import consistency_proof, inclusion_proof, root_of, verify_consistency, verify_inclusion
from cadreledger.sealing.schema import HeaderSchema
from cadreledger.sealing.sections import (
    INTERNAL_TAG, PERSONAL_TAG, base64url, commitment, decrypt_personal, encrypt_personal, join_salt, open_sections,
    split_salt,
)
from cadreledger.sealing.tiles import (
    TILE_WIDTH, GrowingTree, Tile, decode_entries, encode_entries, new_tiles, node_reader, tiles_of,
)
from cadreledger.sealing.tree import leaf_hash, node_hash, tree_root

__all__ = [
    "COSIGNATURE", "ED25519", "INTERNAL_TAG", "PERSONAL_TAG", "TILE_WIDTH", "Checkpoint", "Frame", "GrowingTree",
    "HeaderSchema", "Note", "NoteSigner", "NoteVerifier", "Policy", "ProofFile", "Signature",
    "SignedCheckpoint", "Tile", "base64url", "canonical", "commitment", "consistency_proof", "cosign",
    "decode_entries", "decode_frame", "decrypt_personal", "encode_entries", "encode_frame", "encrypt_personal",
    "inclusion_proof", "join_note", "join_salt", "leaf_hash", "new_tiles", "node_hash", "node_reader", "open_note",
    "open_sections", "parse_canonical", "parse_checkpoint", "root_of", "split_note", "split_salt", "tiles_of",
    "tree_root", "verifier_key", "verify_checkpoint", "verify_consistency", "verify_inclusion", "verify_proof_file",
]
# fmt: on

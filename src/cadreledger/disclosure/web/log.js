// The log: headers by the schema, what holds between them, the tree, signed checkpoints (RFC 6962, C2SP signed-note).
"use strict";

const HEADER_BYTES_MAX = 4096;
const HASH = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
const MONTH = /^(?!9999)(?:19|[2-9][0-9])[0-9]{2}-(?:0[1-9]|1[0-2])$/;
const OPENED = "ledger.opened/1";

const leafHash = (header) => sha256(concatenated(Uint8Array.of(0), header));
const nodeHash = (left, right) => sha256(concatenated(Uint8Array.of(1), left, right));

/** The root over the first `size` leaves, by whole subtrees from the left (RFC 6962 section 2.1). */
class Tree {
  constructor() {
    this.size = 0;
    this.edge = []; // roots of whole subtrees, the largest first: one for each bit of the size
  }

  add(leaf) {
    let hash = leaf;
    for (let rest = this.size; rest % 2 === 1; rest = (rest - 1) / 2) hash = nodeHash(this.edge.pop(), hash);
    this.edge.push(hash);
    this.size += 1;
  }

  root() {
    if (!this.size) return sha256(new Uint8Array());
    return this.edge.reduceRight((right, left) => (right ? nodeHash(left, right) : left), null);
  }
}

/** A closed list of header types, from the catalogue file that leaf 0 names. */
class Schema {
  constructor(file) {
    this.types = new Map();
    const fields = new Map();
    for (const row of file.fields) {
      if (!fields.has(row.type)) fields.set(row.type, new Map());
      fields.get(row.type).set(row.field, formOf(row));
    }
    for (const row of file.headers) {
      this.types.set(row.type, { role: row.role, month: row.month, fields: fields.get(row.type) ?? new Map() });
    }
    this.checks = file.checks;
  }

  /** What a header says, as a Map; a Fault unless it is canonical, of a known type, and as declared. */
  read(header, index) {
    demand(header.length <= HEADER_BYTES_MAX, "header_form", index);
    const document = parseCanonical(header, "header_form");
    const type = this.types.get(document.get("type"));
    demand(type, "header_type", document.get("type"));
    const forms = new Map([["type", () => true], ["internal", isHash], ...type.fields]);
    if (type.month === "required" || (type.month === "optional" && document.has("month"))) forms.set("month", isMonth);
    if (type.role === "counted" && document.has("voids")) {
      forms.set("voids", isHash);
      forms.set("sign", (value) => value === -1);
    }
    demand(document.size === forms.size, "header_fields", `${index}: ${document.get("type")}`);
    for (const [name, holds] of forms) demand(document.has(name) && holds(document.get(name)), "header_fields", `${index}: ${name}`);
    return document;
  }
}

const isHash = (value) => typeof value === "string" && HASH.test(value);
const isMonth = (value) => typeof value === "string" && MONTH.test(value);

function formOf(row) {
  const pattern = row.pattern ? new RegExp(`^(?:${row.pattern})$`) : null;
  const matches = (value) => typeof value === "string" && pattern.test(value);
  const whole = (value, least) => Number.isSafeInteger(value) && value >= least;
  switch (row.form) {
    case "word":
      return (value) => row.values.includes(value);
    case "boolean":
      return (value) => typeof value === "boolean";
    case "count":
    case "amount":
      return (value) => whole(value, 0);
    case "delta":
      return (value) => whole(value, -Number.MAX_SAFE_INTEGER);
    case "text":
      return matches;
    case "texts":
      return (value) => Array.isArray(value) && value.every(matches);
    default:
      throw new Fault("catalogue_form", row.form);
  }
}

/** What holds between the headers of a log; give it each in order, then `close`. */
class HeaderRules {
  constructor(monthMax) {
    this.monthMax = monthMax;
    this.size = 0;
    this.entries = new Map(); // by leaf hash: what a void repeats, or null once it may not be voided
    this.commitments = new Set();
    this.texts = new Map(); // what voids repeat, each text once: most headers say what others say
    this.balances = new Map();
  }

  take(document, leaf, schema) {
    const type = document.get("type");
    demand((type === OPENED) === (this.size === 0), "header_opened", this.size);
    const month = document.get("month") ?? "";
    demand(month <= this.monthMax, "header_future", month);
    demand(!this.commitments.has(document.get("internal")), "header_twice", this.size);
    this.commitments.add(document.get("internal"));
    const voided = document.get("voids");
    if (voided !== undefined) {
      demand(this.entries.get(voided) === repeated(document), "void_of_nothing", this.size);
      this.entries.set(voided, null);
    }
    this.entries.set(toBase64Url(leaf), voided === undefined ? this.once(repeated(document)) : null);
    this.weigh(document, type, month, schema);
    this.size += 1;
  }

  once(text) {
    if (!this.texts.has(text)) this.texts.set(text, text);
    return this.texts.get(text);
  }

  weigh(document, type, month, schema) {
    const sign = BigInt(document.get("sign") ?? 1);
    for (const check of schema.checks) {
      if (type !== check.type && type !== check.counts) continue;
      const worth = type === check.type ? BigInt(document.get(check.field)) : -1n;
      const cell = `${check.type} ${check.field} ${month}`;
      this.balances.set(cell, (this.balances.get(cell) ?? 0n) + worth * sign);
    }
  }

  close() {
    demand(this.size, "header_opened", 0);
    for (const [cell, balance] of this.balances) demand(balance === 0n, "tally_uneven", `${cell}: ${balance}`);
  }
}

/** What a void repeats of its target: type, month and public fields. */
function repeated(document) {
  const kept = [...document].filter(([name]) => !["internal", "sign", "voids"].includes(name));
  return JSON.stringify(kept.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** A verifier key `name+id+base64(type ‖ key)` of Ed25519, taken apart (C2SP signed-note). */
function parseKey(text) {
  const parts = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
  demand(parts, "key_form", text);
  const bytes = fromBase64(parts[3], "key_form");
  demand(bytes.length === 33 && bytes[0] === 1, "key_form", text);
  const id = sha256(concatenated(encodeText(`${parts[1]}\n`), bytes)).subarray(0, 4);
  demand([...id].map((byte) => byte.toString(16).padStart(2, "0")).join("") === parts[2], "key_form", text);
  return { name: parts[1], id, key: bytes.subarray(1), text };
}

/** Whether a verifier key is one that a log signs with (type 1), not a witness's. */
function isSigningKey(text) {
  const parts = /^[^+]+\+[0-9a-f]{8}\+(.+)$/.exec(text);
  return Boolean(parts) && fromBase64(parts[1], "key_form")[0] === 1;
}

/** The first 128 bits of SHA-256 of a verifier key's text, in groups of four: to be compared by people. */
function fingerprint(text) {
  const hex = [...sha256(encodeText(text)).subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.match(/.{4}/g).join(" ");
}

/** A signed note: its text, and its signatures. */
function splitNote(note) {
  const cut = note.lastIndexOf("\n\n");
  demand(cut > 0 && note.endsWith("\n"), "checkpoint_form");
  const lines = note.slice(cut + 2).split("\n").slice(0, -1);
  const signatures = lines.map((line) => {
    const parts = /^\u2014 ([^+\s]+) ([A-Za-z0-9+/=]+)$/.exec(line);
    demand(parts, "checkpoint_form", line.slice(0, 80));
    const bytes = fromBase64(parts[2], "checkpoint_form");
    demand(bytes.length > 4, "checkpoint_form");
    return { name: parts[1], id: bytes.subarray(0, 4), signature: bytes.subarray(4) };
  });
  demand(signatures.length >= 1 && signatures.length <= 100, "checkpoint_form");
  return { text: note.slice(0, cut + 1), signatures };
}

/** A checkpoint's text: origin, size, root (C2SP tlog-checkpoint). */
function parseCheckpoint(text) {
  const lines = text.split("\n");
  demand(lines.length >= 4 && lines[0] && /^(?:0|[1-9][0-9]{0,15})$/.test(lines[1]), "checkpoint_form", text.slice(0, 80));
  const root = fromBase64(lines[2], "checkpoint_form");
  demand(root.length === 32, "checkpoint_form");
  return { origin: lines[0], size: Number(lines[1]), root };
}

/** Whether `key` has signed `note`: true; null where this browser cannot tell. A Fault where the signature fails. */
async function isSigned(note, key) {
  const { text, signatures } = splitNote(note);
  const mine = signatures.find((each) => each.name === key.name && equalBytes(each.id, key.id));
  demand(mine && mine.signature.length === 64, "signature_missing", key.text);
  return isSignedBy(key, mine.signature, encodeText(text));
}

/** Whether `signature` over `message` is by `key`: true; null where this browser cannot tell. A Fault where it fails. */
async function isSignedBy(key, signature, message) {
  if (!globalThis.crypto?.subtle) return null; // over plain http
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key.key, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return null; // an older browser
  }
  demand(await crypto.subtle.verify("Ed25519", imported, signature, message), "signature_wrong", key.text);
  return true;
}

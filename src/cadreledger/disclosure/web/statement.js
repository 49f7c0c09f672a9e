// A statement: one person's events, each opened, each in the log. What is shown is read from the bytes verified.
"use strict";

const STATEMENT = "statement/1";
const NOTE_BYTES_MAX = 2 ** 20;
const PROOF_HASHES_MAX = 64;
const MEMBERS = ["checkpoint", "events", "format", "origin", "stream"];
const ROW = ["header", "index", "internal", "proof"];
const NAMING = ["cadre.registered/1", "person.enrolled/1"];

/**
 * Each check by name: told one by one to `report(name, ok, detail)`, the detail in both languages or a Fault. Ends with
 * the first that fails; the statement if none, else null. `log` is { origin, keys }: each verifier key with the size
 * from which it signs.
 */
async function verifyStatement(bytes, log, report) {
  const found = {};
  const steps = [
    ["format", () => readForm(bytes, found)],
    ["signature", () => checkNote(found, log)],
    ["inclusion", () => checkIncluded(found)],
    ["sections", () => openSections(found)],
    ["person", () => checkPerson(found)],
    ["voids", () => checkVoids(found)],
  ];
  for (const [name, step] of steps) {
    try {
      const detail = await step();
      report(name, detail === null ? null : true, detail ?? ["", ""]);
    } catch (error) {
      report(name, false, error instanceof Fault ? error : new Fault("broken", error?.message));
      return null;
    }
  }
  return found;
}

/** The same without the log: what a statement says, before it was verified. A Fault for what cannot be read. */
function readStatement(bytes) {
  const found = {};
  readForm(bytes, found);
  openSections(found);
  checkPerson(found);
  checkVoids(found);
  return found;
}

function readForm(bytes, found) {
  const document = parseCanonical(bytes, "statement_form");
  demand(document.get("format") === STATEMENT, "statement_other", document.get("format") ?? "");
  demandMembers([...document.keys()], MEMBERS);
  for (const name of ["checkpoint", "origin", "stream"]) demand(isText(document.get(name)), "statement_form", name);
  demand(Array.isArray(document.get("events")), "statement_form", "events");
  found.events = document.get("events").map(readRow);
  found.note = document.get("checkpoint");
  found.origin = document.get("origin");
  found.stream = document.get("stream");
  found.checkpoint = readCheckpoint(found.note);
  demand(found.checkpoint.origin === found.origin, "checkpoint_other", found.checkpoint.origin);
  return [`${found.events.length} 条`, `events: ${found.events.length}`];
}

function demandMembers(names, wanted) {
  demand(names.sort().join() === wanted.join(), "statement_form", names.find((name) => !wanted.includes(name)) ?? "");
}

function readRow(row) {
  demand(isObject(row), "statement_form");
  const names = Object.keys(row);
  demandMembers(names.filter((name) => name !== "personal"), ROW);
  demand(isWhole(row.index, 0) && isText(row.header) && Array.isArray(row.proof), "statement_form", row.index);
  demand(row.proof.length <= PROOF_HASHES_MAX, "statement_form", row.index);
  const proof = row.proof.map((text) => fromBase64(text, "statement_form"));
  demand(proof.every((hash) => hash.length === 32), "statement_form", row.index);
  return {
    index: row.index,
    header: encodeText(row.header),
    internal: fromBase64Url(row.internal),
    personal: names.includes("personal") ? fromBase64Url(row.personal) : null,
    proof,
  };
}

function fromBase64Url(text) {
  demand(isText(text) && /^[A-Za-z0-9_-]*$/.test(text), "statement_form");
  const plain = text.replace(/-/g, "+").replace(/_/g, "/");
  return fromBase64(plain + "=".repeat((4 - (plain.length % 4)) % 4), "statement_form");
}

/** A checkpoint's origin, size and root; and no line of its note that a signed note does not have (C2SP). */
function readCheckpoint(note) {
  demand(note.length <= NOTE_BYTES_MAX && !/[\x00-\x09\x0b-\x1f]/.test(note), "checkpoint_form");
  const { text } = splitNote(note);
  const checkpoint = parseCheckpoint(text);
  demand(Number.isSafeInteger(checkpoint.size) && text.split("\n").slice(3, -1).every(Boolean), "checkpoint_form");
  return checkpoint;
}

/** Signed by the key in force at its size, and by no key of the log wrongly; null where this browser cannot tell. */
async function checkNote(found, log) {
  demand(found.origin === log.origin, "log_other", found.origin);
  const { text, signatures } = splitNote(found.note);
  const keys = log.keys.map((each) => ({ ...parseKey(each.key), size: each.size }));
  const current = keys.filter((key) => key.size <= found.checkpoint.size && key.name === log.origin).pop();
  demand(current, "signature_missing");
  const mine = (key) => signatures.filter((each) => each.name === key.name && equalBytes(each.id, key.id));
  const some = keys.some((key) => mine(key).length);
  demand(mine(current).length, some ? "signature_old" : "signature_missing", current.text);
  let known = true;
  for (const key of keys) {
    for (const each of mine(key)) {
      demand(each.signature.length === 64, "signature_wrong", key.text);
      if ((await isSignedBy(key, each.signature, encodeText(text))) === null) known = false;
    }
  }
  return known ? [fingerprint(current.text), fingerprint(current.text)] : null;
}

/** Each event once, in the log's order, and each in the tree of the checkpoint. */
function checkIncluded(found) {
  let before = -1;
  for (const { index, header, proof } of found.events) {
    demand(before < index && index < found.checkpoint.size, "order_wrong", index);
    before = index;
    const root = rootFrom(leafHash(header), index, found.checkpoint.size, proof);
    demand(root && equalBytes(root, found.checkpoint.root), "inclusion_wrong", index);
  }
  return [`账本前 ${found.checkpoint.size} 条`, `the first ${found.checkpoint.size} of the log`];
}

/** The root that a proof of inclusion leads to (RFC 9162 section 2.1.3.2); null where it has more or fewer hashes. */
function rootFrom(leaf, index, size, proof) {
  let [at, last, hash] = [index, size - 1, leaf];
  for (const other of proof) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(other, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      hash = nodeHash(hash, other);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : null;
}

/** Each internal section is what the header commits to, each personal one what the internal section commits to. */
function openSections(found) {
  found.entries = found.events.map((event) => {
    const entry = readEntry(event);
    const committed = entry.inside.get("personal");
    demand((committed === undefined) === (event.personal === null), "personal_missing", event.index);
    if (event.personal === null) return { ...entry, personal: new Map() };
    demand(commitmentOf("P", event.personal) === committed, "personal_wrong", event.index);
    demand(event.personal.length > SALT_BYTES, "personal_wrong", event.index);
    return { ...entry, personal: parseCanonical(event.personal.subarray(SALT_BYTES), "personal_wrong") };
  });
  return ["", ""];
}

/** All of one person's stream, each version once, in order, among them a registration with a name. */
function checkPerson(found) {
  let before = 0;
  for (const { inside, index } of found.entries) {
    demand(inside.get("stream") === found.stream, "person_other", index);
    demand(inside.get("version") > before, "person_twice", index);
    before = inside.get("version");
  }
  demand(found.entries.length, "person_unnamed");
  demand(ONE_PERSON.test(found.stream), "person_none", found.stream);
  const gone = new Set(found.entries.map(({ inside }) => (inside.get("type") === VOID ? inside.get("of_version") : 0)));
  const named = found.entries.filter(
    ({ inside, personal }) =>
      NAMING.includes(inside.get("type")) && personal.has("name") && !gone.has(inside.get("version")),
  );
  demand(named.length, "person_unnamed");
  found.name = String(named.pop().personal.get("name"));
  return [visible(found.name), visible(found.name)];
}

/** Which of them were taken back, and by what. A void repeats, of what it takes back, all that it says. */
function checkVoids(found) {
  const byLeaf = new Map(found.entries.map((entry) => [entry.leaf, entry]));
  const byVersion = new Map(found.entries.map((entry) => [entry.inside.get("version"), entry]));
  found.voidedBy = new Map(); // by leaf index: the void
  found.unseen = []; // voids of what the statement does not show
  for (const entry of found.entries) {
    if (entry.inside.get("type") !== VOID) continue;
    const version = entry.inside.get("of_version");
    const target = byLeaf.get(entry.inside.get("target_leaf")) ?? byVersion.get(version);
    if (!target) {
      found.unseen.push(entry.index);
      continue;
    }
    demand(target.index < entry.index, "void_early", entry.index);
    const same = target.leaf === entry.inside.get("target_leaf") && target.inside.get("version") === version;
    const undoes = canonical(entry.inside.get("undoes"), 1, "entry_form");
    demand(same && undoes === undoneBy(target), "void_of_nothing", entry.index);
    demand(!found.voidedBy.has(target.index), "void_twice", entry.index);
    found.voidedBy.set(target.index, entry);
  }
  return [`撤回 ${found.voidedBy.size} 条`, `taken back: ${found.voidedBy.size}`];
}

/** A text in which nothing hides, as `chinese.visible` writes it. */
function visible(text) {
  const hex = (char) => char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/gu, (char) => `[U+${hex(char)}]`);
}

// Verifies this page by what it carries itself: asks nobody for anything, and says which check failed.
"use strict";

const HEADERS_BYTES_MAX = 64 * 2 ** 20;
const PUBLISHED = "notice.published/1";
const WITHHELD = "某同志"; // who may not be named, or not any more
const COUNT_MAX = 1_000_000;

/** Each check by name: told one by one to `report(name, ok, detail)`. Ends with the first that fails; true if none. */
async function verifyPage(evidence, shown, now, report) {
  const found = {};
  const steps = [
    ["form", () => readEvidence(evidence, found)],
    ["headers", () => inflateHeaders(evidence, found)],
    ["catalogue", () => readCatalogue(evidence, found)],
    ["schema", () => readHeaders(found, now)],
    ["root", () => compareRoots(found)],
    ["signature", () => checkSignature(found)],
    ["figures", () => compareFigures(found.snapshot, found.totals, found.file)],
    ["breakdowns", () => compareBreakdowns(found.snapshot, found.totals)],
    ["published", () => checkPublished(evidence, found, shown)],
    ["uncounted", () => compareUncounted(found.snapshot, found.totals, found.file)],
    ["shown", () => compareShown(found.snapshot, found.file, shown)],
  ];
  for (const [name, step] of steps) {
    if (name === "published" && !evidence.notice) continue; // a snapshot is no notice
    try {
      const detail = await step();
      report(name, detail === null ? null : true, String(detail ?? ""));
    } catch (error) {
      const fault = error instanceof Fault ? error : new Fault("broken", error?.message);
      report(name, false, fault);
      return false;
    }
  }
  return true;
}

function readEvidence(evidence, found) {
  demand(evidence && evidence.format === "page/1", "evidence_form");
  found.snapshotBytes = encodeText(evidence.snapshot);
  parseCanonical(found.snapshotBytes, "snapshot_form");
  found.snapshot = JSON.parse(evidence.snapshot);
  demand(found.snapshot.format === "snapshot/1", "snapshot_form");
  const checkpoint = parseCheckpoint(found.snapshot.checkpoint);
  const same = checkpoint.origin === found.snapshot.origin && checkpoint.size === found.snapshot.size;
  demand(same && checkpoint.size >= 1 && checkpoint.size <= COUNT_MAX, "snapshot_form");
  found.checkpoint = checkpoint;
  found.notes = evidence.notes.map((note) => ({ note, checkpoint: parseCheckpoint(splitNote(note).text) }));
  return toBase64Url(sha256(found.snapshotBytes));
}

/** Headers, each after its length (2 bytes, big endian), as entry bundles hold them (C2SP tlog-tiles); deflated. */
async function inflateHeaders(evidence, found) {
  demand(evidence.bytes <= HEADERS_BYTES_MAX, "headers_form", evidence.bytes);
  const packed = fromBase64(evidence.headers, "headers_form");
  const bytes = await inflate(packed, evidence.bytes);
  found.headers = [];
  for (let at = 0; at < bytes.length; ) {
    demand(at + 2 <= bytes.length, "headers_form");
    const end = at + 2 + bytes[at] * 256 + bytes[at + 1];
    demand(end <= bytes.length, "headers_form");
    found.headers.push(bytes.subarray(at + 2, end));
    at = end;
  }
  const size = Math.max(found.checkpoint.size, ...found.notes.map((each) => each.checkpoint.size));
  demand(found.headers.length === size, "headers_count", found.headers.length);
  return String(found.headers.length);
}

async function inflate(packed, length) {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const bytes = new Uint8Array(length);
  let at = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      demand(at + part.value.length <= length, "headers_form"); // stopped before it fills the memory
      bytes.set(part.value, at);
      at += part.value.length;
    }
  } catch (error) {
    throw error instanceof Fault ? error : new Fault("headers_form", error?.message);
  }
  demand(at === length, "headers_form");
  return bytes;
}

function readCatalogue(evidence, found) {
  const opened = parseCanonical(found.headers[0], "header_form");
  demand(opened.get("type") === OPENED && opened.get("origin") === found.snapshot.origin, "header_opened", 0);
  found.opened = opened;
  found.schemas = new Map();
  for (const [digest, text] of Object.entries(evidence.catalogues)) {
    demand(toBase64Url(sha256(encodeText(text))) === digest, "catalogue_digest", digest);
    const file = JSON.parse(text);
    demand(file.format === "catalogue/1", "catalogue_form", digest);
    found.schemas.set(digest, { schema: new Schema(file), file });
  }
  demand(found.schemas.has(opened.get("catalogue")), "catalogue_missing", opened.get("catalogue"));
  demand(found.schemas.has(found.snapshot.catalogue), "catalogue_missing", found.snapshot.catalogue);
  found.file = found.schemas.get(found.snapshot.catalogue).file;
  return found.snapshot.catalogue;
}

/** Every header: its form, what holds between them, what they add up to, and the roots of all checkpoints. */
function readHeaders(found, now) {
  const rules = new HeaderRules(now);
  const sizes = new Map(found.notes.map((each) => [each.checkpoint.size, null]));
  sizes.set(found.checkpoint.size, null);
  found.tree = new Tree();
  found.totals = new Totals(found.file);
  found.keys = [];
  found.published = new Map(); // notices that stand, by leaf
  let digest = found.opened.get("catalogue");
  found.headers.forEach((header, index) => {
    const { schema } = found.schemas.get(digest) ?? {};
    demand(schema, "catalogue_missing", digest);
    const document = schema.read(header, index);
    const leaf = leafHash(header);
    rules.take(document, leaf, schema);
    found.tree.add(leaf);
    if (index < found.checkpoint.size) found.totals.add(document);
    if (index < found.checkpoint.size && document.has("catalogue")) digest = document.get("catalogue");
    if (document.get("type") === PUBLISHED) takeNotice(document, leaf, found);
    followKeys(document, index, found);
    if (sizes.has(index + 1)) sizes.set(index + 1, found.tree.root());
  });
  rules.close();
  demand(digest === found.snapshot.catalogue, "catalogue_other", digest);
  found.roots = sizes;
  return String(found.headers.length);
}

function followKeys(document, index, found) {
  if (index === 0) {
    found.keys.push(...document.get("keys").filter(isSigningKey));
    demand(found.keys.length === 1, "key_form", found.keys.length);
  } else if (document.get("type").startsWith("key.rotated/")) {
    found.keys.push(document.get("key"));
  }
}

/** The headers' root is the snapshot's; and each earlier checkpoint is over the beginning of the same headers. */
function compareRoots(found) {
  const root = found.roots.get(found.checkpoint.size);
  demand(equalBytes(root, found.checkpoint.root), "root_wrong", toBase64(root));
  for (const { checkpoint } of found.notes) {
    demand(checkpoint.origin === found.checkpoint.origin, "checkpoint_other", checkpoint.origin);
    demand(equalBytes(found.roots.get(checkpoint.size), checkpoint.root), "root_earlier", checkpoint.size);
  }
  return toBase64(found.checkpoint.root);
}

/** The checkpoint of this snapshot is signed by the key in force; null where this browser cannot tell. */
async function checkSignature(found) {
  const own = found.notes.find((each) => splitNote(each.note).text === found.snapshot.checkpoint);
  demand(own, "signature_none");
  let known = true;
  for (const { note, checkpoint } of found.notes) {
    const key = parseKey(keyAt(found, checkpoint.size));
    demand(key.name === checkpoint.origin, "key_form", key.text);
    if ((await isSigned(note, key)) === null) known = false;
  }
  return known ? fingerprint(keyAt(found, found.checkpoint.size)) : null;
}

/** The log's key at a size: that of leaf 0, or the last that a header before it named. */
function keyAt(found, size) {
  let key = found.keys[0];
  let next = 1;
  for (let index = 1; index < size && next < found.keys.length; index++) {
    const text = decodeText(found.headers[index], "header_form");
    if (text.includes('"type":"key.rotated/')) key = found.keys[next++];
  }
  return key;
}

function takeNotice(document, leaf, found) {
  if (document.has("voids")) found.published.delete(document.get("voids"));
  else found.published.set(toBase64Url(leaf), document);
}

/** The office's words as they are to be read: people by their names where those are carried, and open. */
function readTexts(evidence, texts) {
  const names = new Map();
  if (evidence.names !== undefined) {
    const held = parseCanonical(encodeText(evidence.names), "name_wrong");
    for (const { commitment, name, salt } of held.get("names")) {
      const standard = `${salt}==`.replace(/-/g, "+").replace(/_/g, "/"); // 16 bytes
      const bytes = [...fromBase64(standard, "name_wrong"), ...encodeText(name)];
      demand(name && toBase64Url(sha256(new Uint8Array(bytes))) === commitment, "name_wrong");
      names.set(commitment, name);
    }
  }
  const used = texts.flat().filter((part) => typeof part !== "string");
  for (const commitment of names.keys()) demand(used.some((part) => part.name === commitment), "name_wrong");
  const said = (part) => (typeof part === "string" ? part : (names.get(part.name) ?? WITHHELD));
  return texts.map((text) => [text].flat().map(said).join(""));
}

/** The log names this very notice: its digest, over the snapshot and the office's words, after the data it rests on. */
function checkPublished(evidence, found, shown) {
  const bytes = encodeText(evidence.notice);
  const notice = parseCanonical(bytes, "notice_form");
  demand(notice.get("format") === "notice/1", "notice_form");
  demand(notice.get("snapshot") === toBase64Url(sha256(found.snapshotBytes)), "notice_other", notice.get("snapshot"));
  const digest = toBase64Url(sha256(bytes));
  const named = [...found.published.values()].filter((document) => document.get("digest") === digest);
  demand(named.length === 1, "notice_unpublished", digest);
  const [header] = named;
  const same = header.get("edition") === notice.get("edition") && header.get("size") === found.checkpoint.size;
  demand(same, "notice_other", `${header.get("number")} ${header.get("edition")}`);
  const twins = [...found.published.values()].filter(
    (document) => document.get("number") === header.get("number") && document.get("edition") === header.get("edition"),
  );
  demand(twins.length === 1, "notice_twice", header.get("number"));
  const texts = readTexts(evidence, notice.get("texts"));
  demand(shown.texts.length === texts.length && shown.texts.every((text, index) => text === texts[index]), "words_wrong");
  for (const { name, text } of shown.notice) demand(text === String(notice.get(name) ?? ""), "words_wrong", text);
  return `${header.get("number")} ${digest}`;
}

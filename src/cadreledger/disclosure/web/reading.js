// The headers, one by one, carried by the page or fetched: what each says, what they add up to, the roots on the way.
"use strict";

const HEADERS_BYTES_MAX = 64 * 2 ** 20; // carried by the page, inflated
const COUNT_MAX = 2_000_000; // what must be remembered of each, its leaf and its commitment, fills a browser's memory
const BATCH_HEADERS = 4096;

/** Reads every header once. A fault in what one of them says is kept in `found.late` for the check it belongs to. */
async function readHeaders(evidence, found, now, progress) {
  const size = Math.max(found.checkpoint.size, ...found.notes.map((each) => each.checkpoint.size));
  if (size > COUNT_MAX) throw new Unable("headers_many", size);
  const batches = evidence.tiles === undefined ? carriedBatches(evidence) : fetchedBatches(evidence.tiles, size);
  const reading = new Reading(evidence, found, now);
  let count = 0;
  for await (const batch of batches) {
    for (const header of batch) if (!found.late) reading.take(header);
    count += batch.length;
    await progress(count, size);
  }
  demand(count === size, "headers_count", count);
  if (!found.late) reading.close();
  return String(size);
}

/** Headers that the page carries: each after its length (2 bytes, big endian), as entry bundles hold them; deflated. */
async function* carriedBatches(evidence) {
  demand(evidence.bytes <= HEADERS_BYTES_MAX, "headers_form", evidence.bytes);
  const packed = fromBase64(evidence.headers, "headers_form");
  const headers = splitEntries(await inflate(packed, evidence.bytes), "headers_form");
  for (let at = 0; at < headers.length; at += BATCH_HEADERS) yield headers.slice(at, at + BATCH_HEADERS);
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

function splitEntries(bytes, code, place = "") {
  const headers = [];
  for (let at = 0; at < bytes.length; ) {
    demand(at + 2 <= bytes.length, code, place);
    const end = at + 2 + bytes[at] * 256 + bytes[at + 1];
    demand(end <= bytes.length, code, place);
    headers.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return headers;
}

/** Takes in headers in order: their form, what holds between them, what they add up to, the roots of all checkpoints. */
class Reading {
  constructor(evidence, found, now) {
    this.evidence = evidence;
    this.found = found;
    this.rules = new HeaderRules(now);
    this.tree = new Tree();
    found.roots = new Map(found.notes.map((each) => [each.checkpoint.size, null]));
    found.roots.set(found.checkpoint.size, null);
    found.past = new Past();
    found.keys = []; // each with the index of the header that names it
    found.published = new Map(); // notices that stand, by leaf
  }

  take(header) {
    let check = "catalogue";
    try {
      if (!this.rules.size) this.open(header);
      check = "schema";
      this.read(header, this.rules.size);
    } catch (error) {
      this.found.late = { check, error };
    }
  }

  open(header) {
    readCatalogue(this.evidence, header, this.found);
    this.found.totals = new Totals(this.found.file);
    this.digest = this.found.opened.get("catalogue");
  }

  read(header, index) {
    const { found } = this;
    const { schema } = found.schemas.get(this.digest) ?? {};
    demand(schema, "catalogue_missing", this.digest);
    const document = schema.read(header, index);
    const leaf = leafHash(header);
    this.rules.take(document, leaf, schema);
    this.tree.add(leaf);
    if (index < found.checkpoint.size) {
      found.past.take(document, leaf, index, found.totals.add(document));
      if (document.has("catalogue")) this.digest = document.get("catalogue");
    }
    if (document.get("type") === PUBLISHED) this.takeNotice(document, leaf);
    this.followKeys(document, index);
    if (found.roots.has(index + 1)) found.roots.set(index + 1, this.tree.root());
  }

  close() {
    try {
      this.rules.close();
      demand(this.digest === this.found.snapshot.catalogue, "catalogue_other", this.digest);
    } catch (error) {
      this.found.late = { check: "schema", error };
    }
  }

  followKeys(document, index) {
    if (index === 0) {
      this.found.keys.push(...document.get("keys").filter(isSigningKey).map((text) => ({ text, index })));
      demand(this.found.keys.length === 1, "key_form", this.found.keys.length);
    } else if (document.get("type").startsWith("key.rotated/")) {
      this.found.keys.push({ text: document.get("key"), index });
    }
  }

  takeNotice(document, leaf) {
    if (document.has("voids")) this.found.published.delete(document.get("voids"));
    else this.found.published.set(toBase64Url(leaf), document);
  }
}

/** A Fault if one waits for this check. */
function settle(found, check, detail) {
  if (found.late?.check === check) throw found.late.error;
  return detail;
}

function readCatalogue(evidence, header, found) {
  const opened = parseCanonical(header, "header_form");
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
}

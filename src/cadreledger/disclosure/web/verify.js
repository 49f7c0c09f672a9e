// Verifies this page by what it carries itself, or its own site has, and says which check failed.
"use strict";

const WITHHELD = "某同志"; // who may not be named, or not any more

/** Each check by name: told one by one to `report(name, ok, detail)`. Ends with the first that fails; true if none. */
async function verifyPage(evidence, shown, now, report, progress = () => {}) {
  const found = {};
  const steps = [
    ["form", () => readEvidence(evidence, found)],
    ["headers", () => readHeaders(evidence, found, now, progress)],
    ["catalogue", () => settle(found, "catalogue", found.snapshot.catalogue)],
    ["schema", () => settle(found, "schema", found.checkpoint.size)],
    ["root", () => compareRoots(found)],
    ["signature", () => checkSignature(found)],
    ["figures", () => compareFigures(found.snapshot, found.totals, found.file)],
    ["breakdowns", () => compareBreakdowns(found.snapshot, found.totals)],
    ["adjustments", () => compareAdjustments(found.snapshot, found.totals, found.past)],
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
      report(name, fault instanceof Unable ? null : false, fault);
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
  demand(same && checkpoint.size >= 1, "snapshot_form");
  found.checkpoint = checkpoint;
  found.notes = evidence.notes.map((note) => ({ note, checkpoint: parseCheckpoint(splitNote(note).text) }));
  return toBase64Url(sha256(found.snapshotBytes));
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
  return found.keys.findLast((key) => key.index < size).text;
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

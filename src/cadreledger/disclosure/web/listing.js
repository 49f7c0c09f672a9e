// The listing: a statement's entries as elements. Whatever a statement says is text, and never anything else.
"use strict";

const UNDATED = ["没有日期", "no date"];
const LISTING = {
  taken: ["已撤回", "Taken back"],
  reason: ["，原因：", ", reason: "],
  see: ["；见", "; see "],
  details: ["凭据", "Evidence"],
  header: ["公众看到的这一条（记录头）", "What the public sees of it (its header)"],
  leaf: ["记录头的指纹（叶）", "Fingerprint of the header (leaf)"],
  type: ["类型", "Type"],
};

/** An element with a text in both languages. */
function said(doc, tag, texts, kind = "") {
  const node = doc.createElement(tag);
  if (kind) node.className = kind;
  tell(node, texts);
  return node;
}

/** An element with a text that is no language's. */
function plain(doc, tag, text, kind = "") {
  const node = doc.createElement(tag);
  if (kind) node.className = kind;
  node.textContent = text;
  return node;
}

/** Show what was found in a statement in the list `place`, in place of all that it held. */
function showEntries(place, found) {
  const doc = place.ownerDocument;
  const byVersion = new Map(found.entries.map((entry) => [entry.inside.get("version"), entry]));
  const byLeaf = new Map(found.entries.map((entry) => [entry.leaf, entry]));
  const items = found.entries.map((entry) => {
    const item = doc.createElement("li");
    item.dataset.index = entry.index;
    const taken = found.voidedBy.get(entry.index);
    if (taken) item.className = "voided";
    item.append(heading(doc, entry));
    if (taken) item.append(takenBack(doc, taken));
    item.append(fieldList(doc, [...fieldsTold(entry, found.stream, byVersion), ...frameTold(entry, byLeaf)]));
    item.append(evidenceOf(doc, entry));
    return item;
  });
  place.replaceChildren(...items);
}

function heading(doc, entry) {
  const day = entry.inside.get("occurred_on");
  const node = doc.createElement("h3");
  node.append(said(doc, "span", day ? dayTexts(day) : UNDATED, "day"), said(doc, "span", entry.type.title, "what"));
  node.append(said(doc, "span", recordTexts(entry.index), "number"));
  return node;
}

/** Why an entry counts no longer: the void's reason, as a word and in the office's own words. */
function takenBack(doc, entry) {
  const reason = entry.type.fields.reason.words[entry.inside.get("reason")];
  const own = entry.personal.has("words") ? `（${visible(String(entry.personal.get("words")))}）` : "";
  const number = recordTexts(entry.index);
  const texts = [0, 1].map(
    (at) => `${LISTING.taken[at]}${LISTING.reason[at]}${reason[at]}${own}${LISTING.see[at]}${number[at]}`,
  );
  return said(doc, "p", texts, "taken");
}

function fieldList(doc, fields) {
  const list = doc.createElement("dl");
  for (const { section, title, texts } of fields) {
    const name = doc.createElement("dt");
    name.append(said(doc, "span", title));
    if (SECTIONS[section]) name.append(said(doc, "span", SECTIONS[section], `of ${section}`));
    list.append(name, said(doc, "dd", texts));
  }
  return list;
}

function evidenceOf(doc, entry) {
  const details = doc.createElement("details");
  const list = doc.createElement("dl");
  const rows = [
    [LISTING.type, entry.inside.get("type")],
    [LISTING.header, visible(entry.header)],
    [LISTING.leaf, entry.leaf],
  ];
  for (const [title, text] of rows) {
    const value = doc.createElement("dd");
    value.append(plain(doc, "code", text));
    list.append(said(doc, "dt", title), value);
  }
  details.append(said(doc, "summary", LISTING.details), list);
  return details;
}

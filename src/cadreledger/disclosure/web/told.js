// What an entry says, in words: titles, fields and values in both languages, other people not told.
"use strict";

const OPAQUE = /^(cadre|person):([0-9a-f]{8})[0-9a-f]{24}$/;
const PLACE = /^(?:branch|team|facility):(.+)$/;
const MONTH_NAMES = [
  ...["January", "February", "March", "April", "May", "June", "July", "August"],
  ...["September", "October", "November", "December"],
];
const SECTIONS = {
  public: ["公开", "public"],
  personal: ["个人", "personal"],
};
const HIDDEN = ["target_leaf", "undoes_type"]; // told in words, or of no use to a reader

/** The day or month as people say it: `2021-07-05`, `2021-07`. */
function dayTexts(day) {
  const [year, month, date] = day.split("-").map(Number);
  const zh = `${year}年${month}月${date ? `${date}日` : ""}`;
  return [zh, `${date ? `${date} ` : ""}${MONTH_NAMES[month - 1]} ${year}`];
}

const sameTexts = (text) => [text, text];
const recordTexts = (index) => [`第 ${index + 1} 条`, `record ${index + 1}`];

/** A field's value in both languages; `stream` is the person's own, `byVersion` their entries that are shown. */
function valueTexts(value, field, stream, byVersion) {
  if (field.words && holds(field.words, value)) return field.words[value];
  switch (field.form) {
    case "boolean":
      return value ? ["是", "yes"] : ["否", "no"];
    case "money":
      return [`${numberText(BigInt(value), MONEY)} 元`, `${numberText(BigInt(value), MONEY)} yuan`];
    case "month":
    case "date":
      return isMonth(value) || isDay(value) ? dayTexts(value) : placeTexts(String(value), stream);
    case "version":
      return versionTexts(value, byVersion);
    case "count":
      return sameTexts(String(value).replace("-", "−"));
    case "texts":
      return sameTexts(value.map(visible).join("；"));
    default:
      return placeTexts(typeof value === "string" ? value : JSON.stringify(value), stream);
  }
}

function versionTexts(version, byVersion) {
  const entry = byVersion.get(version);
  if (!entry) return [`本人的第 ${version} 次记录（本明细未列出）`, `entry ${version} of this person, not shown`];
  const { title } = entry.type;
  return recordTexts(entry.index).map((words, index) => [`${words}（${title[0]}）`, `${words} (${title[1]})`][index]);
}

/** A text as it stands; of a branch its code, of another person no more than that it is one. */
function placeTexts(text, stream) {
  if (text === stream) return ["本人", "this person"];
  const other = OPAQUE.exec(text);
  if (other) return [`另一人（${other[2]}…）`, `somebody else (${other[2]}…)`];
  return sameTexts(visible(PLACE.exec(text)?.[1] ?? text));
}

/** The fields of an entry in the vocabulary's order, each as { section, title, texts }. */
function fieldsTold(entry, stream, byVersion) {
  const told = [];
  const known = new Set();
  for (const [name, field] of Object.entries(entry.type.fields)) {
    known.add(name);
    const from = field.section === "personal" ? entry.personal : entry.inside;
    if (!from.has(name) || HIDDEN.includes(name)) continue;
    const texts = valueTexts(from.get(name), field, stream, byVersion);
    told.push({ section: field.section, title: field.title, texts });
  }
  for (const [name, value] of entry.personal) {
    if (known.has(name)) continue;
    const texts = valueTexts(value, { form: "text" }, stream, byVersion);
    told.push({ section: "personal", title: sameTexts(name), texts });
  }
  return told;
}

/** What the frame tells of an entry beside its fields, where it is of use to the person. */
function frameTold(entry, byLeaf) {
  const { inside } = entry;
  const told = [];
  const add = (name, title, texts) => {
    if (inside.has(name)) told.push({ section: "internal", title, texts });
  };
  add("registered_on", ["登记日期", "Written down on"], dayTexts(inside.get("registered_on") ?? ""));
  add("source", ["登记依据", "Source"], sameTexts(visible(inside.get("source") ?? "")));
  const replaced = byLeaf.get(inside.get("replaces"));
  const place = replaced ? recordTexts(replaced.index) : ["已撤回的一条", "an entry taken back"];
  add("replaces", ["代替", "Takes the place of"], place);
  const moment = inside.get("recorded_at");
  const [zh, en] = dayTexts(moment.slice(0, 10));
  const [by, time] = [inside.get("by"), moment.slice(11, 16)];
  add("by", ["记入", "Recorded"], [`${by}，${zh} ${time}（UTC）`, `by ${by}, ${en}, ${time} UTC`]);
  return told;
}

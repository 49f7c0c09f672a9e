// Entries: what an internal section may say by the vocabulary, and the one header that it gives.
"use strict";

const INTERNAL_BYTES_MAX = 16_384;
const SALT_BYTES = 32;
const VOID = "void/1";
const NOTED_TYPE = "noted/1";
const STREAM_ALONE = /^(?:ledger|community|programme)$/;
const STREAM_OF_CODE = /^(?:branch|team|facility):[^\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Z}]{1,64}$/u;
const ONE_PERSON = /^(?:cadre|person):[0-9a-f]{32}$/;
const ACTOR = /^[a-z][a-z0-9_]{0,15}:[A-Za-z0-9][A-Za-z0-9._@/-]{0,63}$/;
const MOMENT = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z$/;

const holds = (object, name) => Object.prototype.hasOwnProperty.call(object, name);
const isText = (value) => typeof value === "string";
const isWhole = (value, least) => Number.isSafeInteger(value) && value >= least;
const isDay = (value) => isText(value) && /^\d{4}-\d{2}-\d{2}$/.test(value) && value >= "0001" && isCivil(value);
const isDayOfEvent = (value) => isDay(value) && value >= "1900" && value < "9999";
const isCoded = (value) => STREAM_OF_CODE.test(value) && value.normalize("NFKC") === value;
const isStream = (value) => isText(value) && (ONE_PERSON.test(value) || isCoded(value) || STREAM_ALONE.test(value));

/** What every internal section holds beside the fields of its type. */
const ALWAYS = {
  type: isText,
  stream: isStream,
  version: (value) => isWhole(value, 1),
  recorded_at: (value) => isText(value) && MOMENT.test(value) && isCivil(value.slice(0, 10)),
  by: (value) => isText(value) && ACTOR.test(value),
  tx: (value) => isText(value) && /^[0-9a-f]{32}$/.test(value),
  tx_size: (value) => isWhole(value, 1),
};
const SOMETIMES = {
  occurred_on: isDayOfEvent,
  registered_on: isDay,
  source: isText,
  replaces: (value) => isText(value) && /^[A-Za-z0-9_-]{43}$/.test(value),
  subject: isText,
  personal: isText,
};

/** Whether there is such a day in the calendar. */
function isCivil(day) {
  const moment = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().slice(0, 10) === day;
}

function typeOf(wire) {
  demand(isText(wire) && holds(VOCABULARY, wire), "entry_type", wire);
  return VOCABULARY[wire];
}

function commitmentOf(tag, salted) {
  return toBase64Url(sha256(concatenated(Uint8Array.of(2, tag.charCodeAt(0)), salted)));
}

/** An entry: its header held against its internal section; both as they were committed to. */
function readEntry(event) {
  demand(event.header.length >= 1 && event.header.length <= HEADER_BYTES_MAX, "entry_form", event.index);
  const size = event.internal.length;
  demand(size > SALT_BYTES && size <= INTERNAL_BYTES_MAX, "entry_form", event.index);
  const inside = parseCanonical(event.internal.subarray(SALT_BYTES), "entry_form");
  const type = typeOf(inside.get("type"));
  const always = inside.get("type") === VOID ? { ...ALWAYS, undoes: isObject } : ALWAYS;
  readFields(inside, type, always, SOMETIMES, event.index);
  checkDate(inside.get("occurred_on"), type, event.index);
  const target = inside.get("type") === VOID ? readUndone(inside, event.index) : null;
  const kind = inside.get("stream").split(":")[0];
  const { streams } = target ?? type;
  demand(!streams.length || streams.includes(kind), "entry_place", event.index);
  demand(inside.has("personal") === inside.has("subject"), "entry_form", event.index);
  demand(!inside.has("subject") || inside.get("subject") === subjectOf(inside), "entry_place", event.index);
  const header = headerOf(inside, commitmentOf("I", event.internal));
  demand(equalBytes(encodeText(header), event.header), "entry_header", event.index);
  return { index: event.index, leaf: toBase64Url(leafHash(event.header)), header, inside, type };
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Each member is there that has to be, each is of its form, and there is no other. */
function readFields(document, type, always, sometimes, index) {
  const forms = new Map(Object.entries(sometimes));
  const needed = new Set(Object.keys(always));
  for (const [name, isRight] of Object.entries(always)) forms.set(name, isRight);
  for (const [name, field] of Object.entries(type.fields)) {
    if (field.section === "personal") continue;
    forms.set(name, (value) => isValue(value, field));
    if (!field.optional) needed.add(name);
  }
  for (const [name, value] of document) {
    demand(forms.get(name)?.(value), "entry_fields", `${index}: ${name}`);
    needed.delete(name);
  }
  demand(!needed.size, "entry_fields", `${index}: ${[...needed][0] ?? ""}`);
}

function isValue(value, field) {
  const matches = (text) => isText(text) && (!field.pattern || new RegExp(`^(?:${field.pattern})$`).test(text));
  switch (field.form) {
    case "word":
      return isText(value) && holds(field.words, value);
    case "boolean":
      return typeof value === "boolean";
    case "money":
    case "count":
    case "version":
      return isWhole(value, field.least ?? -Number.MAX_SAFE_INTEGER);
    case "month":
      return isMonth(value);
    case "date":
      return isDayOfEvent(value);
    case "stream":
      return isStream(value);
    case "texts":
      return Array.isArray(value) && value.every(matches);
    default:
      return matches(value);
  }
}

function checkDate(day, type, index) {
  const right = type.dated === "maybe" || (type.dated === "always") === (day !== undefined);
  demand(right, "entry_fields", `${index}: occurred_on`);
}

/** A void's target: of a known type that is no void, with the fields of that type, personal ones left out. */
function readUndone(inside, index) {
  const undoes = new Map(Object.entries(inside.get("undoes")));
  const wire = inside.get("undoes_type");
  demand(wire !== VOID && undoes.get("type") === wire && inside.get("target_leaf"), "entry_fields", `${index}: undoes`);
  const type = typeOf(wire);
  readFields(undoes, type, { type: isText }, { occurred_on: isDayOfEvent }, index);
  checkDate(undoes.get("occurred_on"), type, index);
  return type;
}

/** Whose key locks what is personal about it: of what a branch spends, that of the person it is for. */
function subjectOf(inside) {
  const about = inside.get("type") === VOID ? inside.get("undoes") : Object.fromEntries(inside);
  return about.beneficiary ?? inside.get("stream");
}

/** The header that an entry gives, as canonical JSON; `internal` commits to its internal section. */
function headerOf(inside, internal) {
  const voids = inside.get("type") === VOID;
  const shown = voids ? inside.get("undoes") : Object.fromEntries(inside);
  const type = typeOf(shown.type);
  if (!type.counted) return canonical({ internal, type: NOTED_TYPE }, 1, "entry_form");
  const header = { internal, type: shown.type };
  for (const [name, field] of Object.entries(type.fields)) {
    if (field.section === "public") header[name] = shown[name];
  }
  if (shown.occurred_on !== undefined) header.month = shown.occurred_on.slice(0, 7);
  if (voids) Object.assign(header, { sign: -1, voids: inside.get("target_leaf") });
  return canonical(header, 1, "entry_form");
}

/** What a void repeats of an entry: its type, its day, and its fields that are not personal. */
function undoneBy(entry) {
  const kept = { type: entry.inside.get("type") };
  for (const name of ["occurred_on", ...Object.keys(entry.type.fields)]) {
    if (entry.inside.has(name)) kept[name] = entry.inside.get(name);
  }
  return canonical(kept, 1, "entry_form");
}

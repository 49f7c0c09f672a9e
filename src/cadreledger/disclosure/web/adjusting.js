// Adjustments: what earlier notices showed, what that is now, and which records since then made the difference.
"use strict";

const PUBLISHED = "notice.published/1";

/** The notices that stand among the headers of a log, and what each header added. Give it the headers in order. */
class Past {
  constructor() {
    this.standing = new Map(); // by leaf hash, as a void names it
    this.held = new Map(); // by number and edition: what it first came out on
    this.added = new Map(); // by figure and month: each header's part, in order
  }

  take(document, leaf, index, parts) {
    for (const part of parts) {
      if (!this.added.has(part.key)) this.added.set(part.key, new Map());
      const months = this.added.get(part.key);
      if (!months.has(part.month)) months.set(part.month, []);
      months.get(part.month).push({ index, value: part.value, atLeast: part.atLeast, about: part.about });
    }
    if (document.get("type") !== PUBLISHED) return;
    if (document.has("voids")) this.standing.delete(document.get("voids"));
    else this.standing.set(toBase64Url(leaf), this.noticeOf(document, index));
  }

  noticeOf(document, index) {
    const [number, edition, size] = ["number", "edition", "size"].map((name) => document.get(name));
    const [first, last] = document.get("period").split("..");
    demand(edition >= 1 && size <= index && isCivil(first) && isCivil(last) && first <= last, "notice_header", index);
    const name = `${number} ${edition}`;
    // on paper it rests on what came before it; put right, it is still the notice that hung on the wall
    if (!this.held.has(name)) this.held.set(name, { held: size || index, sealed: size > 0 });
    return { number, edition, first, last, month: document.get("month"), ...this.held.get(name) };
  }

  /** Of every number the last edition that stands, in the log's order: what counts as published. */
  latest() {
    const last = new Map();
    for (const notice of this.standing.values()) {
      if (notice.edition >= (last.get(notice.number)?.edition ?? 0)) last.set(notice.number, notice);
    }
    return [...this.standing.values()].filter((notice) => last.get(notice.number) === notice);
  }

  /** What the headers since a notice add to a figure over its months, and the leaves of those that add anything. */
  since(declaration, { first, last, held }) {
    const adds = new Map();
    for (const [month, parts] of this.added.get(declaration.key) ?? []) {
      if (!liesIn(declaration, month, first, last)) continue;
      for (let at = parts.length - 1; at >= 0 && parts[at].index >= held; at--) {
        const own = adds.get(parts[at].index) ?? { value: 0n, atLeast: 0n, about: 0n };
        addUp(own, parts[at]);
        adds.set(parts[at].index, own);
      }
    }
    const total = { value: 0n, atLeast: 0n, about: 0n };
    for (const own of adds.values()) addUp(total, own);
    const leaves = [...adds].filter(([, own]) => own.value || own.atLeast || own.about).map(([leaf]) => leaf);
    return { total, leaves: leaves.sort((one, other) => one - other) };
  }
}

const isCivil = (text) => /^[0-9]{4}-(?:0[1-9]|1[0-2])$/.test(text);

/** A Fault unless the snapshot tells of the notices that stand, and of all that has become of what they showed. */
function compareAdjustments(snapshot, totals, past) {
  compareNotices(snapshot.notices, [...past.standing.values()]);
  const told = new Map(snapshot.adjustments.map((row) => [`${row.notice} ${row.key}`, row]));
  demand(told.size === snapshot.adjustments.length, "adjustment_extra", "");
  for (const notice of past.latest()) {
    for (const declaration of totals.declarations) {
      const name = `${notice.number} ${declaration.key}`;
      const row = told.get(name);
      if (row) compareForm(row, notice, snapshot.size, name);
      compareAdjustment(row, notice, declaration, totals, past, name);
      told.delete(name);
    }
  }
  demand(!told.size, "adjustment_extra", [...told.keys()][0]);
  return String(snapshot.adjustments.length);
}

function compareNotices(told, standing) {
  const same =
    told.length === standing.length &&
    standing.every((notice, index) => {
      const row = told[index];
      const named = row.number === notice.number && row.edition === notice.edition && row.month === notice.month;
      return named && isPeriodOf(row, notice);
    });
  demand(same, "notices_wrong", standing.map((notice) => `${notice.number} (${notice.edition})`).join(", "));
}

function isPeriodOf(row, notice) {
  const [first, last] = periodOf(row.period);
  return first === notice.first && last === notice.last;
}

/** What must hold of an adjustment, whoever can compute it: it is one, of this notice, by records since then. */
function compareForm(row, notice, size, name) {
  const numbers = [row.published, row.now].every(Number.isSafeInteger);
  const vague = [row.published_qualifier, row.now_qualifier]; // left out where it is exact
  const differs = !vague.includes("exact") && (row.published !== row.now || vague[0] !== vague[1]);
  demand(numbers && differs && row.edition === notice.edition && isPeriodOf(row, notice), "adjustment_wrong", name);
  const inOrder = row.leaves.every(
    (leaf, at) => Number.isSafeInteger(leaf) && leaf >= (at ? row.leaves[at - 1] + 1 : notice.held) && leaf < size,
  );
  demand(inOrder && row.leaves.length && row.leaves.length === row.reasons.length, "adjustment_leaves", name);
}

/** A figure over a notice's months: then, now, and why, as far as headers tell. */
function compareAdjustment(row, notice, declaration, totals, past, name) {
  const tallied = totals.tallied.has(declaration.key); // its leaves are payments, of which headers tell no amounts
  const known = notice.sealed || !tallied; // a notice on paper may have come between two tallies
  if (!row && !known) return;
  const { total, leaves } = past.since(declaration, notice);
  if (!row && !leaves.length) return; // most of them
  const now = totals.within(declaration, notice.first, notice.last);
  const then = { value: now.value - total.value, atLeast: now.atLeast - total.atLeast, about: now.about - total.about };
  const differs = then.value !== now.value || qualifierOf(then) !== qualifierOf(now);
  if (!row) {
    demand(!differs, "adjustment_missing", name);
    return;
  }
  demand(differs || !known, "adjustment_extra", name);
  demand(isTold(row, "now", now), "adjustment_wrong", `${name}: ${row.now}, ${now.value}`);
  if (!known) return;
  demand(isTold(row, "published", then), "adjustment_wrong", `${name}: ${row.published}, ${then.value}`);
  if (tallied) return;
  const same = row.leaves.length === leaves.length && leaves.every((leaf, index) => row.leaves[index] === leaf);
  demand(same, "adjustment_leaves", `${name}: ${leaves.slice(0, 12).join(", ")}`);
}

const isTold = (row, member, total) =>
  BigInt(row[member]) === total.value && (row[`${member}_qualifier`] ?? "exact") === qualifierOf(total);

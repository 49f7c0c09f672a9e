// Figures: sums over headers by the catalogue's declarations, in BigInt; the same that the library and an auditor sum.
"use strict";

/** What headers add to each public figure, by month; undated under "". */
class Totals {
  constructor(file) {
    this.declarations = file.figures.filter((row) => row.visibility === "public");
    const keys = new Set(this.declarations.map((row) => row.key));
    // the office sums other headers here than everybody else, who has the tallies of each seal: same at a checkpoint
    this.tallied = new Set(file.terms.filter((term) => term.view).map((term) => term.figure));
    this.terms = new Map();
    for (const term of file.terms) {
      if (!keys.has(term.figure) || term.view === "office") continue;
      if (!this.terms.has(term.type)) this.terms.set(term.type, []);
      this.terms.get(term.type).push(term);
    }
    this.cells = new Map(this.declarations.map((row) => [row.key, new Map()]));
    this.fields = new Map(this.declarations.map((row) => [row.key, row.by ?? []])); // by which a figure is divided
    this.words = new Map(); // sums by figure, field, word and month
    this.counts = new Map(); // headers by type
  }

  /** Sums a header up. Gives what it added, part by part: to which figure, in which month. */
  add(document) {
    const type = document.get("type");
    this.counts.set(type, (this.counts.get(type) ?? 0) + 1);
    const parts = this.partsOf(document, type);
    for (const part of parts) {
      const months = this.cells.get(part.key);
      const cell = months.get(part.month) ?? { value: 0n, atLeast: 0n, about: 0n, events: 0 };
      addUp(cell, part);
      cell.events += 1;
      months.set(part.month, cell);
      for (const field of this.fields.get(part.key)) {
        const name = `${part.key} ${field} ${document.get(field)}`;
        if (!this.words.has(name)) this.words.set(name, new Map());
        const word = this.words.get(name);
        word.set(part.month, (word.get(part.month) ?? 0n) + part.value);
      }
    }
    return parts;
  }

  partsOf(document, type) {
    const parts = [];
    const sign = BigInt(document.get("sign") ?? 1);
    for (const term of this.terms.get(type) ?? []) {
      if (Object.entries(term.where ?? {}).some(([name, value]) => document.get(name) !== value)) continue;
      const month = document.get(term.month ?? "month") ?? "";
      if (term.month && !month) continue;
      const weight = sign * BigInt(term.weight);
      const part = term.qualifier ? document.get(term.qualifier) : "exact";
      parts.push({
        key: term.figure,
        month,
        value: weight * (term.sum ? BigInt(document.get(term.sum)) : 1n),
        atLeast: part === "at_least" ? weight : 0n,
        about: part === "about" ? weight : 0n,
      });
    }
    return parts;
  }

  /** What a figure comes to over the months from `first` to `last`: its value and how vague that is, and its events. */
  within(declaration, first, last) {
    return sum([...this.cells.get(declaration.key)].filter(([month]) => liesIn(declaration, month, first, last)));
  }

  /** A figure's row over the months from `first` to `last`, as a snapshot tells it. */
  row(declaration, first, last) {
    const cells = [...this.cells.get(declaration.key)];
    const stock = declaration.kind === "stock";
    const within = this.within(declaration, first, last);
    const months = monthsOf(first, last).map(
      (each) => sum(cells.filter(([month]) => (stock ? month <= each : month === each) && (stock || month !== ""))).value,
    );
    return {
      value: within.value,
      events: within.events,
      qualifier: qualifierOf(within),
      months,
      allTime: sum(cells).value,
      undated: sum(cells.filter(([month]) => month === "")).value,
    };
  }
}

function sum(cells) {
  const total = { value: 0n, atLeast: 0n, about: 0n, events: 0 };
  for (const [, cell] of cells) {
    addUp(total, cell);
    total.events += cell.events;
  }
  return total;
}

function addUp(total, part) {
  total.value += part.value;
  total.atLeast += part.atLeast;
  total.about += part.about;
}

/** How vague a sum is: as long as its vague parts do not cancel. */
const qualifierOf = (total) => (total.about !== 0n ? "about" : total.atLeast !== 0n ? "at_least" : "exact");

/** Whether what has that month ("": none) counts: a flow's in the period, a stock's up to its end, undated too. */
function liesIn(declaration, month, first, last) {
  const stock = declaration.kind === "stock";
  return month === "" ? stock : month <= last && (stock || month >= first);
}

function monthsOf(first, last) {
  const months = [];
  let [year, month] = first.split("-").map(Number);
  for (let each = first; each <= last; each = `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}`) {
    months.push(each);
    [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
  }
  return months;
}

/** A Fault where a public row of the snapshot is not what the headers add up to. */
function compareFigures(snapshot, totals, file) {
  const rows = new Map(snapshot.figures.map((row) => [row.key, row]));
  demand(rows.size === snapshot.figures.length, "figure_twice");
  const [first, last] = periodOf(snapshot.period);
  let compared = 0;
  for (const declaration of totals.declarations) {
    const row = rows.get(declaration.key);
    demand(row, "figure_missing", declaration.key);
    demand(row.kind === declaration.kind && row.unit === declaration.unit && row.visibility === "public", "figure_kind", row.key);
    demand(row.from_headers, "figure_not_from_headers", row.key);
    const found = totals.row(declaration, first, last);
    const same =
      BigInt(row.value) === found.value &&
      (row.qualifier ?? "exact") === found.qualifier &&
      row.months.length === found.months.length &&
      row.months.every((value, index) => BigInt(value) === found.months[index]) &&
      BigInt(row.all_time) === found.allTime &&
      BigInt(row.undated) === found.undated;
    demand(same, "figure_wrong", `${row.key}: ${row.value}, ${found.value}`);
    compared += 1;
  }
  const known = new Set(file.figures.map((row) => row.key));
  for (const key of rows.keys()) demand(known.has(key), "figure_unknown", key);
  return compared;
}

/** A Fault where what a word adds to a figure is not what the headers with that word add up to, or one is left out. */
function compareBreakdowns(snapshot, totals) {
  const [first, last] = periodOf(snapshot.period);
  const told = new Map(snapshot.breakdowns.map((row) => [`${row.key} ${row.field} ${row.word}`, row.value]));
  demand(told.size === snapshot.breakdowns.length, "breakdown_wrong");
  const found = new Map();
  for (const [name, months] of totals.words) {
    const within = [...months].filter(([month]) => month >= first && month <= last);
    if (within.length) found.set(name, within.reduce((all, [, value]) => all + value, 0n));
  }
  for (const [name, value] of found) demand(BigInt(told.get(name) ?? -1) === value, "breakdown_wrong", name);
  demand(told.size === found.size, "breakdown_wrong", told.size);
  return String(found.size);
}

function compareUncounted(snapshot, totals, file) {
  const read = new Set(file.checks.flatMap((check) => [check.type, check.counts]));
  for (const term of file.terms) read.add(term.type);
  const told = new Map(snapshot.uncounted.map((row) => [row.type, row.headers]));
  const found = [...totals.counts].filter(([type]) => !read.has(type));
  const same = found.length === told.size && found.every(([type, count]) => told.get(type) === count);
  demand(same, "uncounted_wrong", found.map(([type, count]) => `${type} ${count}`).join(", "));
}

function periodOf(text) {
  const parts = /^([0-9]{4}-[0-9]{2})(?:\.\.([0-9]{4}-[0-9]{2}))?$/.exec(text);
  if (parts) return [parts[1], parts[2] ?? parts[1]];
  const year = /^([0-9]{4})$/.exec(text);
  demand(year, "snapshot_form", text);
  return [`${year[1]}-01`, `${year[1]}-12`];
}

// What a reader sees: each number, title and bar that stands on the page for a figure is the snapshot's.
"use strict";

const BAR_UNITS = 140; // the longest bar
const NONE = "–";
const LEAVES_SHOWN = 12; // of an adjustment; then how many there are

/** All that the page shows of figures and of the notice, in both languages. */
function readShown(doc) {
  const nodes = (selector) => [...doc.querySelectorAll(selector)];
  return {
    figures: nodes("[data-figure]").map((node) => ({
      key: node.dataset.figure,
      part: node.dataset.part ?? "",
      texts: "en" in node.dataset ? saidBy(node) : [node.textContent],
    })),
    changes: nodes("[data-change]").map((node) => ({
      name: node.dataset.change,
      part: node.dataset.part,
      texts: saidBy(node),
    })),
    bars: nodes("[data-bar]").map((node) => ({ key: node.dataset.bar, width: node.getAttribute("width") })),
    texts: nodes("[data-text]").map((node) => node.textContent),
    notice: nodes("[data-notice]").map((node) => ({ name: node.dataset.notice, text: node.textContent })),
  };
}

function compareShown(snapshot, file, shown) {
  const rows = new Map(snapshot.figures.map((row) => [row.key, row]));
  const declared = new Map(file.figures.map((row) => [row.key, row]));
  for (const { key, part, texts } of shown.figures) {
    const row = rows.get(key);
    demand(row, "shown_unknown", key);
    const allowed = allowedTexts(snapshot, row, declared.get(key), part);
    demand(allowed, "shown_unknown", `${key} ${part}`);
    const same = allowed.some((each) => texts.every((text, index) => text === each[index]));
    demand(same, part === "title" ? "title_wrong" : "shown_wrong", `${key}: ${texts.join(" / ")}`);
  }
  demand(shown.figures.length, "shown_unknown", 0);
  compareChanges(snapshot, rows, shown.changes);
  for (const key of new Set(shown.bars.map((bar) => bar.key))) {
    const months = rows.get(key)?.months ?? [];
    const longest = months.reduce((most, value) => Math.max(most, value), 1);
    const widths = months.map((value) => String((BigInt(value) * BigInt(BAR_UNITS)) / BigInt(longest)));
    const drawn = shown.bars.filter((bar) => bar.key === key).map((bar) => bar.width);
    demand(drawn.join() === widths.join(), "bar_wrong", key);
  }
  return String(shown.figures.length + shown.changes.length);
}

/** Every adjustment stands on the page: then, now, the difference, the records (which count from 1). */
function compareChanges(snapshot, rows, changes) {
  const shown = new Map(changes.map(({ name, part, texts }) => [`${name} ${part}`, texts]));
  demand(shown.size === changes.length && shown.size === 4 * snapshot.adjustments.length, "shown_unknown", changes.length);
  for (const told of snapshot.adjustments) {
    const row = rows.get(told.key);
    const [published, now] = [BigInt(told.published), BigInt(told.now)];
    const expected = {
      published: amountTexts(row, published, told.published_qualifier ?? "exact"),
      now: amountTexts(row, now, told.now_qualifier ?? "exact"),
      difference: amountTexts(row, now - published, "exact").map((text) => (now > published ? `+${text}` : text)),
      leaves: leavesTexts(told.leaves),
    };
    for (const [part, texts] of Object.entries(expected)) {
      const found = shown.get(`${told.notice} ${told.key} ${part}`) ?? [];
      demand(texts.every((text, index) => text === found[index]), "shown_wrong", `${told.key}: ${found.join(" / ")}`);
    }
  }
}

function leavesTexts(leaves) {
  const first = leaves.slice(0, LEAVES_SHOWN).map((leaf) => leaf + 1);
  const [zh, en] = [`第 ${first.join("、")} 条`, first.join(", ")];
  if (leaves.length <= LEAVES_SHOWN) return [zh, en];
  return [`${zh}等，共 ${leaves.length} 条`, `${en} …, ${leaves.length} in all`];
}

/** The texts that may stand for a part of a figure, each in the page's languages; undefined: there is no such part. */
function allowedTexts(snapshot, row, declaration, part) {
  if (part === "title") return [[declaration.zh, declaration.en]];
  const value = toldOf(snapshot, row, part);
  if (value === undefined) return undefined;
  const number = BigInt(value);
  if (part === "words") return [[capitals(number)]];
  const bare = [numberText(number, row.unit)];
  if (part === "sum") return [bare];
  if (/^[0-9]+$/.test(part)) return [number ? bare : [NONE]];
  const vague = part ? Object.keys(UNITS.zh.vague) : [row.qualifier ?? "exact"]; // a part's own is not told
  return vague.map((qualifier) => amountTexts(row, number, qualifier));
}

/** What the snapshot tells of a figure: in the period, in all, in one of its months, for one word of a field. */
function toldOf(snapshot, row, part) {
  if (part === "" || part === "sum" || part === "words") return row.value;
  if (part === "all") return row.all_time;
  if (/^[0-9]+$/.test(part)) return row.months?.[Number(part)];
  return snapshot.breakdowns.find((each) => each.key === row.key && `${each.field} ${each.word}` === part)?.value;
}

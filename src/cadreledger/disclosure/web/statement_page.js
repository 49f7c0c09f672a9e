// The statement's page: shows what one person's statement says, and checks it, on this device alone.
"use strict";

const FILE_BYTES_MAX = 64 * 2 ** 20;
const FOUND_MAX = 200; // of what was found where a check failed, as much as is shown

/** Run the checks over `bytes`, telling each; the statement, shown, if they hold, and nothing of it if one does not. */
async function checkStatement(doc, bytes, log) {
  const [list, verdict] = [doc.getElementById("verified"), doc.getElementById("verdict")];
  list.replaceChildren();
  verdict.className = "";
  tell(verdict, STATEMENT_SAID.running);
  await new Promise((resume) => setTimeout(resume)); // it is read before a large file keeps the page busy
  let unknown = false;
  let fault = null;
  const found = await verifyStatement(bytes, log, (name, ok, detail) => {
    if (ok === null) unknown = true;
    if (detail instanceof Fault) fault = detail;
    list.append(checkItem(doc, name, ok, detail));
  });
  if (found) show(doc, found);
  else hide(doc);
  tell(verdict, found ? goodTexts(found, unknown) : badTexts(fault));
  verdict.className = found ? (unknown ? "unknown" : "holds") : "fails";
  verdict.focus();
}

function checkItem(doc, name, ok, detail) {
  const outcome = ok === null ? "unknown" : ok ? "holds" : "fails";
  const fault = detail instanceof Fault;
  const found = fault ? visible(detail.found.slice(0, FOUND_MAX)) : "";
  const more = fault ? faultTexts(detail).map((words) => `${words} ${found}`.trim()) : detail;
  const words = [0, 1].map((at) => [STATEMENT_SAID[outcome][at], STATEMENT_CHECKS[name][at], more[at]]);
  const item = said(doc, "li", [
    `${words[0][0]}：${words[0][1]}${words[0][2] && `（${words[0][2]}）`}`,
    `${words[1][0]}: ${words[1][1]}${words[1][2] && ` (${words[1][2]})`}`,
  ]);
  item.className = outcome;
  item.dataset.check = name;
  if (fault) item.dataset.fault = detail.code;
  return item;
}

const faultTexts = (fault) => STATEMENT_FAULTS[fault.code] ?? STATEMENT_FAULTS.broken;

function badTexts(fault) {
  return STATEMENT_SAID.red.map((words, at) => words.replace("{what}", () => faultTexts(fault)[at]));
}

function goodTexts(found, unknown) {
  const { size } = found.checkpoint;
  const numbers = { size, count: found.events.length };
  return (unknown ? STATEMENT_SAID.most : STATEMENT_SAID.all).map((words) =>
    words.replace(/\{(size|count)\}/g, (_, name) => String(numbers[name])),
  );
}

/** Show what a statement says: whose it is, by which checkpoint, and every entry. */
function show(doc, found) {
  const facts = {
    name: visible(found.name),
    stream: found.stream,
    count: String(found.events.length),
    origin: visible(found.origin),
    size: String(found.checkpoint.size),
    root: toBase64(found.checkpoint.root),
  };
  for (const node of doc.querySelectorAll("[data-fact]")) node.textContent = facts[node.dataset.fact];
  showEntries(doc.getElementById("entries"), found);
  const unseen = found.unseen.map((index) => {
    const number = recordTexts(index);
    return said(doc, "li", STATEMENT_SAID.unseen.map((words, at) => words.replace("{number}", () => number[at])));
  });
  doc.getElementById("unseen").replaceChildren(...unseen);
  for (const node of doc.querySelectorAll(".told")) node.hidden = false;
}

function hide(doc) {
  for (const node of doc.querySelectorAll(".told")) node.hidden = true;
  for (const node of doc.querySelectorAll("[data-fact]")) node.textContent = "";
  doc.getElementById("entries").replaceChildren();
  doc.getElementById("unseen").replaceChildren();
}

/** The page that carries a statement: it is read at once, and checked on one press. */
function startWithStatement(doc, bytes, log) {
  const button = doc.getElementById("verify");
  const verdict = doc.getElementById("verdict");
  try {
    show(doc, readStatement(bytes));
    tell(verdict, STATEMENT_SAID.unchecked);
  } catch (error) {
    tell(verdict, badTexts(error instanceof Fault ? error : new Fault("broken")));
    verdict.className = "fails";
  }
  button.addEventListener("click", async () => {
    button.disabled = true;
    await checkStatement(doc, bytes, log);
    button.disabled = false;
  });
  button.hidden = false;
}

/** The page for any statement of this log: a file is read here, checked at once, and goes nowhere. */
function startWithFile(doc, log) {
  const input = doc.getElementById("file");
  const drop = doc.getElementById("drop");
  const verdict = doc.getElementById("verdict");
  let busy = false;
  const refuse = (texts) => {
    hide(doc);
    doc.getElementById("verified").replaceChildren();
    tell(verdict, texts);
    verdict.className = "fails";
    verdict.focus();
  };
  const take = async (files) => {
    if (busy || !files.length) return;
    busy = input.disabled = true;
    try {
      if (files.length > 1) refuse(STATEMENT_SAID.several);
      else if (files[0].size > FILE_BYTES_MAX) refuse(STATEMENT_SAID.large);
      else await checkStatement(doc, new Uint8Array(await files[0].arrayBuffer()), log);
    } catch {
      refuse(STATEMENT_SAID.unreadable); // a folder, or a file that is gone
    }
    input.value = ""; // so that the same file can be opened again
    busy = input.disabled = false;
  };
  input.addEventListener("change", () => take([...input.files]));
  for (const name of ["dragover", "drop", "dragleave"]) {
    doc.addEventListener(name, (event) => {
      if (name !== "dragleave") event.preventDefault(); // a browser would go to the file
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop") take([...event.dataTransfer.files]);
    });
  }
  drop.hidden = false;
}

function startStatement(doc) {
  const evidence = JSON.parse(doc.getElementById("evidence").textContent);
  const log = { origin: evidence.origin, keys: evidence.keys };
  const prints = log.keys.map(({ key, size }) => {
    const item = doc.createElement("li");
    const from = STATEMENT_SAID.from.map((words) => words.replace("{size}", () => String(size)));
    item.append(plain(doc, "code", fingerprint(key)), said(doc, "span", from, "note"));
    return item;
  });
  doc.getElementById("fingerprints").replaceChildren(...prints);
  if (evidence.statement === undefined) startWithFile(doc, log);
  else startWithStatement(doc, encodeText(evidence.statement), log);
}

startStatement(document);

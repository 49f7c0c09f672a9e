// One switch: the page is written in Chinese; its elements carry the English.
"use strict";

function inEnglish(doc) {
  return doc.documentElement.lang === "en";
}

/** What an element says, in Chinese and in English, whichever of them it shows now. */
function saidBy(node) {
  const other = inEnglish(node.ownerDocument);
  return other ? [node.dataset.zh ?? "", node.textContent] : [node.textContent, node.dataset.en ?? ""];
}

/** Give an element its text in both languages, and show the one that the page is in. */
function tell(node, [zh, en]) {
  node.dataset.zh = zh;
  node.dataset.en = en;
  node.textContent = inEnglish(node.ownerDocument) ? en : zh;
}

function startLanguage(doc) {
  const button = doc.getElementById("language");
  button.addEventListener("click", () => {
    const english = !inEnglish(doc);
    doc.documentElement.lang = english ? "en" : "zh-CN";
    for (const node of doc.querySelectorAll("[data-en]")) {
      node.dataset.zh ??= node.textContent;
      node.textContent = english ? node.dataset.en : node.dataset.zh;
    }
    for (const node of doc.querySelectorAll("[data-en-label]")) {
      node.dataset.zhLabel ??= node.getAttribute("aria-label");
      node.setAttribute("aria-label", english ? node.dataset.enLabel : node.dataset.zhLabel);
    }
    button.textContent = english ? "中文" : "English";
    button.lang = english ? "zh-CN" : "en";
  });
  button.hidden = false;
}

startLanguage(document);

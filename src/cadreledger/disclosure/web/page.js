// The page's one button: runs the checks and shows each, green or red, in the page's language.
"use strict";

const CHECKS = {
  form: ["本页自带的材料齐全", "What the page carries is whole"],
  headers: ["记录头完整", "The headers are whole"],
  catalogue: ["指标目录与账本所指一致", "The catalogue is the one that the log names"],
  schema: ["每条记录头都合规，撤销、月合计都对得上", "Every header is as declared; voids and tallies come out even"],
  root: ["由全部记录头算出的指纹与检查点一致", "The root over all headers is the checkpoint's"],
  signature: ["检查点由账本的密钥签名", "The checkpoint is signed by the log's key"],
  figures: ["每个公开数字由记录头重新算出", "Every public figure comes out again from headers"],
  breakdowns: ["分项数字由记录头重新算出", "Every breakdown comes out again from headers"],
  adjustments: ["与以往公示的差异由记录头重新算出", "What has changed since earlier notices comes out again from headers"],
  published: ["账本里有本期公示的记录，内容一字不差", "The log names this very notice"],
  uncounted: ["未计入数字的记录没有多也没有少", "The headers that no figure counts are as told"],
  shown: ["页面上看到的数字就是算出的数字", "The numbers on the page are those that were computed"],
};

const FAULTS = {
  adjustment_extra: ["列出了并不存在的差异", "a difference from an earlier notice is told that there is not"],
  adjustment_leaves: ["差异所列的记录不对", "a difference from an earlier notice names other records than those behind it"],
  adjustment_missing: ["少列了一处与以往公示的差异", "a difference from an earlier notice is left out"],
  adjustment_wrong: ["差异的数字与记录头之和不符", "a difference from an earlier notice is not what the headers add up to"],
  breakdown_wrong: ["分项数字与记录头之和不符", "a breakdown is not what the headers add up to"],
  broken: ["核对程序出错", "the verifier broke"],
  catalogue_digest: ["指标目录被改动", "the catalogue was changed"],
  catalogue_form: ["指标目录无法读取", "the catalogue cannot be read"],
  catalogue_missing: ["缺少账本所指的指标目录", "a catalogue that the log names is missing"],
  catalogue_other: ["公示所用的指标目录不是账本现用的", "the snapshot follows another catalogue than the log"],
  checkpoint_form: ["检查点无法读取", "a checkpoint cannot be read"],
  checkpoint_other: ["检查点属于另一账本，或超出本页范围", "a checkpoint is another log's, or reaches beyond this page"],
  evidence_form: ["本页自带的材料缺失", "what the page should carry is missing"],
  figure_kind: ["数字的单位或种类与目录不符", "a figure is of another kind or unit than declared"],
  figure_missing: ["缺少一个公开数字", "a public figure is missing"],
  figure_not_from_headers: ["有公开数字未能由记录头算出", "a public figure does not come from headers"],
  figure_twice: ["同一数字出现两次", "a figure is told twice"],
  figure_unknown: ["目录中没有这个数字", "a figure is not in the catalogue"],
  figure_wrong: ["数字与记录头之和不符", "a figure is not what the headers add up to"],
  header_fields: ["记录头的内容不合格式", "a header has other fields than its type"],
  header_form: ["记录头不是规范写法", "a header is not canonical"],
  header_future: ["记录头的月份尚未到来", "a header lies in the future"],
  header_opened: ["账本的第一条记录不对", "the log's first header is wrong"],
  header_twice: ["同一承诺值出现两次", "a commitment stands twice"],
  header_type: ["未知的记录头种类", "a header is of an unknown type"],
  headers_count: ["记录头的条数不对", "there are more or fewer headers than the checkpoint covers"],
  headers_many: ["记录太多，浏览器核对不了，请用 cadreledger verify", "a browser cannot check so many records: use cadreledger verify"],
  headers_form: ["记录头无法解开", "the headers cannot be unpacked"],
  key_form: ["账本的公钥不合格式", "a key of the log has a wrong form"],
  name_wrong: ["公示里的姓名不是当时公布的姓名", "a name is not the one that was published"],
  notice_form: ["公示内容无法读取", "the notice cannot be read"],
  notice_header: ["账本里有一条公示的记录头不合规", "the log names a notice that cannot be"],
  notice_other: ["账本里记的是另一份公示", "the log names another notice"],
  notice_twice: ["同一期公示在账本里出现两次", "the log names this edition twice"],
  notice_unpublished: ["账本里没有这份公示的记录", "the log does not name this notice"],
  notices_wrong: ["以往公示的列表与账本不符", "the earlier notices are not those that the log names"],
  root_earlier: ["与较早的检查点矛盾：此前的记录被改过", "an earlier checkpoint is contradicted: older records were changed"],
  root_wrong: ["记录头与检查点不符：有记录被改动", "the headers are not those that were signed"],
  bar_wrong: ["图上的柱子被改动", "a bar of a drawing was changed"],
  shown_unknown: ["页面上有来历不明的数字", "the page shows a number that no figure gives"],
  shown_wrong: ["页面上的数字被改动", "a number on the page was changed"],
  signature_missing: ["检查点没有账本密钥的签名", "the log's key has not signed"],
  signature_none: ["本页没有带来已签名的检查点", "the page carries no signed checkpoint"],
  signature_wrong: ["签名不成立", "the signature fails"],
  snapshot_form: ["公示数据无法读取", "the snapshot cannot be read"],
  title_wrong: ["项目名称被改动", "the name of a figure was changed"],
  tally_uneven: ["党费月合计的笔数与记录不符", "a monthly tally does not count its payments"],
  tile_form: ["网站上有一段记录无法读取", "a part of the site's records cannot be read"],
  tile_missing: ["网站上缺少一段记录", "a part of the site's records is missing"],
  tile_unreachable: ["网站上的记录取不到，请稍后再试", "the site's records cannot be fetched: try again later"],
  tiles_elsewhere: [
    "账本的记录太多，本页带不下，要从社区网站上取。请在网站上（https）打开本页，或用 cadreledger verify",
    "the ledger has more records than a page can carry. Open this page on the community's site (https), or use cadreledger verify",
  ],
  uncounted_wrong: ["未计入数字的记录条数不符", "the headers that no figure counts are others"],
  words_wrong: ["公示的文字被改动", "the notice's words were changed"],
  void_of_nothing: ["撤销记录与被撤销的记录不符", "a void does not repeat an earlier entry"],
};

const SAID = {
  holds: ["通过", "holds"],
  fails: ["不通过", "FAILS"],
  unknown: ["本浏览器无法验证", "this browser cannot tell"],
  all: ["全部核对通过。本页数字确由账本前 {size} 条记录算出。", "Everything holds, as of the first {size} records."],
  most: [
    "除签名外全部通过；此浏览器不能验证签名，请换用新版浏览器，或用 cadreledger verify。",
    "All but the signature holds: use a newer browser for that, or cadreledger verify.",
  ],
  unable: ["没有核对完：{what}。这不说明本页有误，也不说明它无误。", "Not checked: {what}. That speaks neither for this page nor against it."],
  untold: ["未能核对", "not checked"],
  red: ["核对不通过：{what}。请勿采信，并请告知社区。", "This page does not hold: {what}. Do not rely on it."],
  running: ["正在核对……", "Checking …"],
  going: ["正在核对……已读 {done} 条记录，共 {size} 条", "Checking … {done} of {size} records read"],
  limit: [
    "这一核对由本页自带的程序完成；程序与数字同出一处。要更放心，请与他处得到的密钥指纹比较，或用 cadreledger verify 独立核对。",
    " The page's own program did this. To be surer, compare the key's fingerprint with one from elsewhere, or use cadreledger verify.",
  ],
};

const PROGRESS_MS = 1000; // a screen reader reads each of them

function startPage(doc) {
  const button = doc.getElementById("verify");
  const list = doc.getElementById("verified");
  const verdict = doc.getElementById("verdict");
  const evidence = JSON.parse(doc.getElementById("evidence").textContent);
  button.addEventListener("click", async () => {
    button.disabled = true;
    list.textContent = "";
    verdict.className = "";
    tell(verdict, SAID.running);
    let unknown = false;
    let told = performance.now();
    const progress = async (done, size) => {
      if (performance.now() - told < PROGRESS_MS) return;
      told = performance.now();
      tell(
        verdict,
        SAID.going.map((said) => said.replace("{done}", done).replace("{size}", size)),
      );
      await new Promise((go) => setTimeout(go)); // lets the browser show it
    };
    let fault = null;
    const report = (name, ok, detail) => {
      const item = doc.createElement("li");
      item.className = ok === null ? "unknown" : ok ? "holds" : "fails";
      item.dataset.check = name;
      if (detail instanceof Fault) {
        item.dataset.fault = detail.code;
        fault = detail;
      }
      if (ok === null) unknown = true;
      const unable = detail instanceof Unable ? SAID.untold : SAID.unknown;
      tell(item, checkTexts(name, ok === null ? unable : ok ? SAID.holds : SAID.fails, detail));
      list.append(item);
    };
    const good = await verifyPage(evidence, readShown(doc), monthOfNow(), report, progress);
    verdict.className = good || fault instanceof Unable ? (unknown ? "unknown" : "holds") : "fails";
    tell(verdict, verdictTexts(evidence, unknown, fault));
    verdict.focus();
    button.disabled = false;
  });
  button.hidden = false;
}

/** A check's line: the outcome, which check it is, and what was found. */
function checkTexts(name, outcome, detail) {
  const found = detail instanceof Fault ? faultTexts(detail).map((said) => `${said} ${detail.found}`) : [detail, detail];
  const [zh, en] = found.map((words) => words.trim());
  return [
    `${outcome[0]}：${CHECKS[name][0]}${zh ? `（${zh}）` : ""}`,
    `${outcome[1]}: ${CHECKS[name][1]}${en ? ` (${en})` : ""}`,
  ];
}

function verdictTexts(evidence, unknown, fault) {
  const failed = fault instanceof Unable ? SAID.unable : SAID.red;
  if (fault) return failed.map((said, index) => said.replace("{what}", () => faultTexts(fault)[index]));
  const { size } = JSON.parse(evidence.snapshot);
  return (unknown ? SAID.most : SAID.all).map((said, index) => said.replace("{size}", () => size) + SAID.limit[index]);
}

function faultTexts(fault) {
  return FAULTS[fault.code] ?? FAULTS.broken;
}

/** The latest month that it is anywhere on earth: months are civil. */
function monthOfNow() {
  return new Date(Date.now() + 14 * 3_600_000).toISOString().slice(0, 7);
}

startPage(document);

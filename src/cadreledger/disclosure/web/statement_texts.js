// What the statement's page says: its checks, what may be wrong, and what came of it.
"use strict";

const STATEMENT_CHECKS = {
  format: ["文件是规范的个人明细", "The file is a statement, in its one form"],
  signature: ["检查点由账本的密钥签名", "The checkpoint is signed by the log's key"],
  inclusion: ["每条记录都在账本里，按账本的次序", "Every event is in the log, in the log's order"],
  sections: ["每条内容都与账本里的承诺值一致", "Every section is what the log commits to"],
  person: ["全部是同一人的记录，并有本人的登记", "All are one person's, who is registered by name"],
  voids: ["撤回的记录与被撤回的一致", "What was taken back is what it says"],
};

const STATEMENT_FAULTS = {
  broken: ["核对程序出错", "the verifier broke"],
  checkpoint_form: ["检查点无法读取", "the checkpoint cannot be read"],
  checkpoint_other: ["检查点属于另一账本", "the checkpoint is another log's"],
  entry_fields: ["记录的内容不合格式", "an event has other fields than its type"],
  entry_form: ["记录无法读取", "an event cannot be read"],
  entry_header: ["记录的内容与账本里的记录头不符", "an event does not say what its header commits to"],
  entry_place: ["记录放错了地方", "an event has no place in such a stream"],
  entry_type: ["未知的记录类型；本页可能太旧", "an event is of an unknown type; the page may be too old"],
  inclusion_wrong: ["记录不在账本里，或被改动", "an event is not in the log, or was changed"],
  key_form: ["账本的公钥不合格式", "a key of the log has a wrong form"],
  log_other: ["这是另一账本的明细", "this is a statement of another log"],
  order_wrong: ["记录的次序不对，或有重复", "the events are not in the log's order, each once"],
  person_none: ["不是个人的明细", "the statement is about no person"],
  person_other: ["混入了别人的记录", "there is an event of somebody else"],
  person_twice: ["同一记录出现两次，或次序颠倒", "an event stands twice, or in a wrong order"],
  person_unnamed: ["没有写明姓名的登记", "no registration says whose it is"],
  personal_missing: ["个人内容被删去或添加", "what is personal was left out or put in"],
  personal_wrong: ["个人内容被改动", "what is personal was changed"],
  signature_missing: ["检查点没有账本密钥的签名；本页也可能太旧", "the log's key has not signed, or the page is too old"],
  signature_old: ["只有账本停用的密钥签了名；本页也可能太旧", "only an earlier key of the log has signed, or the page is too old"],
  signature_wrong: ["签名不成立", "the signature fails"],
  statement_form: ["不是规范的个人明细文件", "the file is no statement in its one form"],
  statement_other: ["不是个人明细文件", "the file is no statement"],
  void_early: ["撤回了后来才有的记录", "something was taken back before it was there"],
  void_of_nothing: ["撤回的记录与被撤回的不符", "a void does not repeat what it takes back"],
  void_twice: ["同一记录被撤回两次", "something was taken back twice"],
};

const STATEMENT_SAID = {
  holds: ["通过", "holds"],
  fails: ["不通过", "FAILS"],
  unknown: ["本浏览器无法验证", "this browser cannot tell"],
  running: ["正在核对……", "Checking …"],
  unchecked: ["以下内容尚未核对。", "What follows has not been checked yet."],
  all: [
    "全部核对通过：下列 {count} 条确在账本的前 {size} 条记录之中，一字未改。",
    "Everything holds: these {count} events are among the first {size} of the log, as they stand here.",
  ],
  most: [
    "除签名外全部通过。签名未能验证：网页不是从 https 或本机文件打开的，或浏览器太旧。请把本页存到本机再打开，或换用新版浏览器，或用 cadreledger verify。",
    "All but the signature holds. It could not be verified: the page was not opened over https or from a file, or the browser is too old. Save the page and open it, use a newer browser, or cadreledger verify.",
  ],
  red: [
    "核对不通过：{what}。不显示其内容；请勿采信，并请告知社区。",
    "This does not hold: {what}. What it says is not shown. Do not rely on it, and tell the community.",
  ],
  large: ["文件超过 64 MiB，不是个人明细。", "The file is larger than 64 MiB, and no statement."],
  several: ["请一次只打开一个文件。", "Open one file at a time."],
  unreadable: ["文件无法读取。请选择个人明细的 JSON 文件。", "The file cannot be read. Choose the JSON file of a statement."],
  unseen: [
    "{number}撤回的一条记录不在本明细中。",
    "What {number} takes back is not in this statement.",
  ],
  from: ["自账本第 {size} 条记录起签名", "signs from record {size} of the log on"],
};

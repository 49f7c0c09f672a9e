"""What the command line says, in English and Chinese."""

import os
from enum import StrEnum
from types import MappingProxyType
from typing import Final

__all__ = ["Language", "language", "text"]


class Language(StrEnum):
    """The languages of messages."""

    ZH = "zh"
    EN = "en"


def language(asked: Language | None) -> Language:
    """The language asked for, else that of the locale (as POSIX ranks its variables), else English."""
    if asked is not None:
        return asked
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return Language.ZH if next(filter(None, names), "").startswith("zh") else Language.EN


def text(lang: Language, key: str, /, **values: object) -> str:
    """A sentence, with its gaps filled."""
    english, chinese = _TEXTS[key]
    return (chinese if lang is Language.ZH else english).format(**values)


_TEXTS: Final = MappingProxyType(
    {
        "error": ("error", "错误"),
        "errors": ("Errors", "错误"),
        "warning": ("warning", "提示"),
        "warnings": ("Warnings", "提示"),
        "hint": ("hint", "建议"),
        "to_do": ("Hint", "建议"),
        "unexpected": (
            "an unexpected error ({kind}); nothing more was recorded. Run again with --debug to see where.",
            "意外错误（{kind}），没有再记录任何内容。加 --debug 重试可查看位置。",
        ),
        "made": ("Made the ledger {ledger}.", "已建立账本 {ledger}。"),
        "made_keys": (
            (
                "Its keys are in {keys}, locked by {kek}. Keep the two apart, and back up both: without them the "
                "personal sections can never be read again."
            ),
            "密钥在 {keys}，由 {kek} 锁定。两者请分开保管并各自备份：丢失后，个人部分再也无法读取。",
        ),
        "origin": ("Its name for the world is {origin}.", "对外名称（origin）：{origin}。"),
        "verifier_key": ("Checkpoints are verified with its key {key}", "检查点的验证公钥：{key}"),
        "sheet": ("Sheet", "工作表"),
        "rows": ("Rows", "行数"),
        "recorded": ("Recorded", "新记录"),
        "known": ("Already known", "已有"),
        "cell": ("Cell", "单元格"),
        "code": ("Code", "代码"),
        "found": ("Found", "发现"),
        "but_found": ("found", "发现"),
        "expected": ("Expected", "应为"),
        "was_expected": ("expected", "应为"),
        "imported": ("Imported {workbook}: {events} events.", "已导入 {workbook}：{events} 条事件。"),
        "rehearsed": (
            "Rehearsed {workbook}: {events} events would be recorded. Nothing was.",
            "已试导入 {workbook}：将记录 {events} 条事件。本次没有记录。",
        ),
        "importing": ("Importing", "导入中"),
        "figure": ("Figure", "指标"),
        "key": ("Key", "键"),
        "value": ("Value", "数值"),
        "events": ("Events", "事件数"),
        "visibility": ("Who can check", "谁可核对"),
        "public": ("anyone", "任何人"),
        "attested": ("an overseer", "监督者"),
        "at_least": ("at least {amount}", "至少 {amount}"),
        "about": ("about {amount}", "约 {amount}"),
        "figures_of": ("{name}, {period}", "{name}　{period}"),
        "as_known": ("as known: {cut}", "截至：{cut}"),
        "no_events": ("Nothing recorded for: {keys}", "没有记录：{keys}"),
        "no_headers": ("Headers alone give nothing yet for: {keys}", "仅凭记录头尚不能得出：{keys}"),
        "nothing_behind": ("No event is behind {key} in {period}.", "{period} 的 {key} 没有任何事件。"),
        "behind": ("{key}, {period}: {value} from {count} events", "{key}　{period}：{value}，{count} 条事件"),
        "recorded_on": ("recorded {day}", "入账 {day}"),
        "history_of": ("{subject}: entries {count}", "{subject}：{count} 条"),
        "position": ("No.", "序"),
        "on": ("On", "日期"),
        "registered": ("written down on {day}", "登记于 {day}"),
        "what": ("What", "事项"),
        "details": ("Details", "内容"),
        "source": ("Document, by", "凭据、经办"),
        "voided_by": ("taken back by {position}", "由第 {position} 条撤销"),
        "takes_back": ("takes back {position}", "撤销第 {position} 条"),
        "sealed": ("personal part: key not at hand", "个人部分：无密钥"),
        "hidden": ("personal part not shown", "个人部分未显示"),
        "hidden_note": ("Personal parts are shown with --personal.", "加 --personal 可显示个人部分。"),
        "adopted": (
            "The ledger follows this release's catalogue from event {position} on.",
            "自第 {position} 条事件起，账本采用本版本的指标目录。",
        ),
        "rule": ("Rule", "规定"),
        "answer": ("Answer", "内容"),
        "since": ("From", "自"),
        "binding": ("The ledger", "处理"),
        "refuse": ("refuses", "拒绝"),
        "warn": ("warns", "提示"),
        "compute": ("computes", "计算"),
        "certainty": ("How sure", "依据情况"),
        "confirmed": ("read", "已查阅"),
        "unconfirmed": ("to confirm", "待核实"),
        "proposed": ("proposed", "建议"),
        "citation": ("Source, policy", "依据、版本"),
        "policy_of": ("Policy {version}, {month}", "政策 {version}　{month}"),
        "policy_checked": ("{path}: policy {version} answers", "{path}：政策 {version} 的规定"),
        "policy_silent": (
            "The policy {version} says nothing of {rule} in {month}.",
            "政策 {version} 在 {month} 没有关于 {rule} 的规定。",
        ),
        "policy_adopted": (
            "From {month} on, the policy {version} holds (event {position}). What was decided before stays as it is.",
            "自 {month} 起执行政策 {version}（第 {position} 条事件），此前的记录不变。",
        ),
        "holder": ("Held by", "开展者"),
        "all_together": ("all together", "全体"),
        "held": ("Held", "次数"),
        "lacking": ("Lacking", "所缺"),
        "cadence_of": ("{name}, {period}: party days and meetings", "{name}　{period}：组织生活"),
        "coverage_of": ("{name}, {period}: {kind}", "{name}　{period}：{kind}"),
        "person": ("Person", "人员"),
        "sessions": ("Sessions", "场次"),
        "attended": ("There", "现场"),
        "made_up": ("Made up", "补学"),
        "excused": ("Excused", "免到"),
        "absent": ("Absent", "缺席"),
        "covered": ("Covered", "覆盖"),
        "together": ("Together", "合计"),
        "arrears_of": ("{name}: unpaid to the end of {month}", "{name}：截至 {month} 未交党费"),
        "arrears_none": (
            "Nothing that was assessed is unpaid to the end of {month}.",
            "截至 {month}，已核定的党费均已交清。",
        ),
        "lacking_amount": ("Lacking", "欠交"),
        "unpaid_months": ("Months", "月份"),
        "in_a_row": ("In a row", "连续月数"),
        "review": ("Review", "核查"),
        "review_due": ("due", "应启动"),
        "review_open": ("open", "进行中"),
        "medal_none": ("No medal is given in {year}.", "{year} 年不颁发纪念章。"),
        "medal_due": (
            "Due in {year}, full members since {since} or before ({count}): ",
            "{year} 年应颁发（{since} 前转正，{count} 人）：",
        ),
        "medal_has": ("Have it ({count}): ", "已颁发（{count} 人）："),
        "medal_undated": ("Nobody has said since when: {count}.", "未登记转正日期：{count} 人。"),
        "cash_expected": ("{branch}, {month}: by the receipts, {amount}.", "{branch}　{month}：收据合计 {amount}。"),
        "cash_counted": ("Counted: {amount}, a variance of {variance}.", "清点：{amount}，差额 {variance}。"),
        "cash_uncounted": ("Nothing was counted yet.", "尚未清点。"),
        "month_closed": ("The month is closed.", "已结账。"),
        "month_open": ("The month is not closed.", "尚未结账。"),
        "rotated": (
            "From the next checkpoint on, which carries both, the ledger signs with a new key. Publish it:",
            "下一个检查点起，账本改用新密钥签名。请公布新密钥；下一个检查点由新旧两把密钥共同签名：",
        ),
        "witness_key_made": (
            "The key is in {path}: keep it to yourself. What others verify with is",
            "密钥在 {path}，请妥善保管。公开的验证公钥：",
        ),
        "cosigned": (
            "Cosigned {origin} over {size} events: {path}",
            "已为 {origin} 的前 {size} 条事件见证签名：{path}",
        ),
        "collected": ("The checkpoint over {size} events is now:", "前 {size} 条事件的检查点现为："),
        "statement_written": (
            "{path}: {count} events with their proofs. Whoever has it can prove what it says, for good.",
            "{path}：{count} 条事件及其证明。持有者可永久证明其内容。",
        ),
        "log_keys": ("The log signs, or signed, with:", "账本的签名密钥（按时间顺序）："),
        "witnesses_named": ("Its witnesses:", "见证人："),
        "witnesses_none": ("It names no witness.", "没有指定见证人。"),
        "erase_sure": (
            "Destroy the key of {subject} ({stream})? What is personal about them can never be read again.",
            "确定销毁 {subject}（{stream}）的密钥吗？其个人信息将永远无法读取。",
        ),
        "nothing_done": ("Nothing was done.", "没有任何改动。"),
        "erased": (
            (
                "The key of {stream} is destroyed ({day}, event {position}). The key-encrypting key is new: back it "
                "up with the key store, and destroy old copies of both. Workbooks and papers are yours to deal with."
            ),
            (
                "{stream} 的密钥已销毁（第 {position} 条事件，{day}）。主密钥已更换：请与密钥库一起重新备份，"
                "并销毁二者的旧备份。工作簿与纸质材料须另行处理。"
            ),
        ),
        "audited": (
            "Audited {source}: {events} events, {sealed} of them under a checkpoint.",
            "已审计 {source}：{events} 条事件，其中 {sealed} 条已封存。",
        ),
        "severity": ("Weight", "程度"),
        "note": ("note", "说明"),
        "error_count": ("Errors", "错误"),
        "warning_count": ("Warnings", "提示"),
        "note_count": ("Notes", "说明"),
        "message": ("Found", "发现"),
        "more_findings": (
            "… and {count} more; --json gives up to a thousand of each code.",
            "……另有 {count} 条；--json 可查看更多。",
        ),
        "audit_ok": ("Everything that was recorded is as it was recorded.", "所有记录均与入账时一致。"),
        "audit_failed": ("Something does not hold.", "有内容不成立。"),
        "check": ("Check", "核对项"),
        "outcome": ("Outcome", "结果"),
        "holds": ("holds", "成立"),
        "fails": ("FAILS", "不成立"),
        "unchecked": ("Not shown by this alone:", "仅凭此文件不能说明："),
        "verify_failed": ("Something does not hold.", "有内容不成立。"),
        "site": ("site", "网站"),
        "bundle": ("bundle", "审计包"),
        "snapshot": ("snapshot", "公开快照"),
        "statement": ("statement", "个人明细"),
        "checkpoint": ("checkpoint", "检查点"),
        "snapshot_written": (
            "Snapshot of {period}, over the ledger's first {size} events:",
            "{period} 公开快照，依据账本前 {size} 条事件：",
        ),
        "snapshot_adjusts": (
            "It tells of {count} figures that earlier notices gave otherwise.",
            "其中列出与以往公示不同的数字 {count} 处。",
        ),
        "snapshot_open": ("Open {page} in a browser.", "请用浏览器打开 {page}。"),
        "site_written": (
            "{path} holds the log up to event {size}: {written} files written, {removed} removed.",
            "{path} 已发布至第 {size} 条事件：写入文件 {written} 个，移除 {removed} 个。",
        ),
        "site_unchanged": (
            "{path} holds the log up to event {size} already.",
            "{path} 已是最新，至第 {size} 条事件。",
        ),
        "bundle_written": (
            "{path} holds the first {size} events without what is personal, for auditors alone.",
            "{path} 含前 {size} 条事件，不含个人部分，仅供审计人员使用。",
        ),
        "demo_title": (
            "{name}, {period}: what the books say, and what the paper says",
            "{name}　{period}：账本与论文对照",
        ),
        "paper": ("Paper", "论文"),
        "verdict": ("Verdict", "对照"),
        "agrees": ("agrees", "一致"),
        "differs": ("differs", "不一致"),
        "demo_note": (
            "The rows are a reconstruction: the paper publishes totals only, and the people in them do not exist.",
            "数据为重建：论文只有总数，其中人物均为虚构。",
        ),
        "demo_ratio": (
            "Of what came back, the paper gives only the share: 70 % of 1275.00 is {amount}.",
            "返还一项，论文只给出 70 % 的比例；1275.00 的 70 % 为 {amount}。",
        ),
        "demo_trail": (
            "Behind each total there is a trail. One payment was entered ten times too high, and corrected:",
            "每个总数背后都有来龙去脉。例如一笔党费曾多记一位，后来更正：",
        ),
        "demo_late": (
            "What was written down after a notice had told of its month is seen to be late, or a correction:",
            "公示之后才补登或更正的，一看便知：",
        ),
        "notice": ("Notice", "公示"),
        "edition": ("Edition", "版次"),
        "stage": ("Stage", "进度"),
        "stage_proposed": ("proposed", "已提出"),
        "stage_reviewed": ("reviewed", "已审查"),
        "stage_approved": ("approved", "已批准"),
        "stage_published": ("published", "已公布"),
        "notice_proposed": (
            "Notice {number}, edition {edition}: proposed.",
            "{number} 号公示第 {edition} 版：已提出。",
        ),
        "notice_reviewed": (
            "Notice {number}, edition {edition}: reviewed.",
            "{number} 号公示第 {edition} 版：已审查。",
        ),
        "notice_approved": (
            "Notice {number}, edition {edition}: approved.",
            "{number} 号公示第 {edition} 版：已批准。",
        ),
        "notice_published": (
            "Notice {number}, edition {edition}, is published. Its digest is {digest}; the page is {page}.",
            "{number} 号公示第 {edition} 版已公布。摘要 {digest}；页面 {page}。",
        ),
        "notice_written": (
            "Notice {number}, edition {edition}, as published. Its digest is {digest}; the page is {page}.",
            "{number} 号公示第 {edition} 版（已公布）。摘要 {digest}；页面 {page}。",
        ),
        "notices_written": (
            "{path} holds {notices} notices: {written} files written.",
            "{path} 有公示 {notices} 期：写入文件 {written} 个。",
        ),
        "published": ("Published", "当时公布"),
        "now": ("Known now", "现为"),
        "why": ("Why", "原因"),
        "late_entry": ("late entry", "补登"),
        "replacement": ("its replacement", "更正后"),
        "mistake": ("taken back", "误记作废"),
        "corrected": ("corrected", "更正"),
        "duplicate": ("duplicate", "重复"),
        "rested_on_voided": ("rested on what was taken back", "所依据的已撤销"),
        "reversed": ("reversed", "撤销"),
        "demo_sealed": (
            "A checkpoint over all of it, signed; whoever keeps it can tell any later change:",
            "以上全部记录的检查点，已签名。谁留存一份，谁就能发现事后改动：",
        ),
        "demo_audit": ("And what an auditor finds, who trusts nobody:", "审计（不信任任何人）的结果："),
        "demo_next": ("The ledger is {ledger}. Look further:", "账本文件：{ledger}。继续查看："),
    }
)

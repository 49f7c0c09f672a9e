"""Codes of findings and names of checks as a heading in Chinese; in English the code itself is one."""

from types import MappingProxyType
from typing import Final

from cadreledger.cli.texts import Language

__all__ = ["CHECKS", "FINDINGS", "check_title", "finding_title"]


def finding_title(lang: Language, code: str) -> str:
    """What a finding is called; "" where its code says it, or is a rule's."""
    return FINDINGS.get(code, "") if lang is Language.ZH else ""


def check_title(lang: Language, name: str) -> str:
    """What a step of a verification is called."""
    return CHECKS.get(name, name) if lang is Language.ZH else name


CHECKS: Final = MappingProxyType(
    {
        "catalogue": "指标目录",
        "checkpoints": "历次检查点",
        "commitments": "内部内容的承诺值",
        "entries": "逐条记录",
        "figures": "数字重算",
        "files": "文件齐全",
        "format": "格式",
        "inclusion": "包含证明",
        "keys": "密钥更替",
        "person": "个人内容",
        "published": "账本里的公示记录",
        "root": "树根",
        "schema": "记录头格式",
        "sections": "内部内容",
        "signature": "签名",
        "since": "此后有无撤销",
        "site": "所在网站",
        "tallies": "党费月合计",
        "voids": "撤销记录",
        "witnesses": "见证签名",
    }
)

FINDINGS: Final = MappingProxyType(
    {
        "branch_too_large": "支部人数偏多",
        "catalogue_unknown": "指标目录未知",
        "checkpoint_mismatch": "与检查点不符",
        "checkpoint_missing": "缺少最近签发的检查点",
        "checkpoint_unsigned": "检查点无有效签名",
        "clock_went_back": "时钟倒退",
        "closed_month_differs": "结账后收据有变",
        "corrected": "已更正",
        "corrected_after_notice": "公示后更正",
        "dues_handed_over": "他人代缴",
        "dues_months_differ": "收缴月与所属月不同",
        "dues_paid_ahead": "提前交纳",
        "event_unreadable": "事件无法读取",
        "events_missing": "末尾缺少事件",
        "figure_mismatch": "公开数字不符",
        "frame_damaged": "数据损坏",
        "fund_left": "返还党费收支",
        "header_unreadable": "记录头无法读取",
        "index_mismatch": "索引与事件不符",
        "items_missing": "节目数未填",
        "key_missing": "个人密钥缺失",
        "key_not_destroyed": "密钥尚未销毁",
        "late_entry": "公示后补登",
        "leaf_mismatch": "封存后被改动",
        "medal_due": "应颁发纪念章",
        "meeting_missing": "缺组织生活",
        "members_are_not_the_retired": "党员与退休干部不重合",
        "month_in_the_future": "月份尚未到来",
        "months_without_notice": "尚未公示的月份",
        "name_without_consent": "未经同意的姓名",
        "never_sealed": "从未封存",
        "notice_mismatch": "公示与记录不符",
        "notice_unsealed": "公示所依据的记录未封存",
        "payments_untallied": "党费没有月合计",
        "people_and_attendance_differ": "参加人数与出勤不同",
        "personal_mismatch": "个人部分不符",
        "personal_missing": "个人部分缺失",
        "personal_unchecked": "个人部分未核对",
        "place_mismatch": "事件位置被移动",
        "position_missing": "中间缺少事件",
        "position_out_of_order": "事件次序不当",
        "profile_and_register_differ": "概况与名册不同",
        "profile_does_not_multiply": "概况各数相乘不符",
        "section_mismatch": "记录头与内部内容不符",
        "section_unreadable": "内部内容无法读取",
        "snapshot_mismatch": "公开快照不符",
        "store_unreadable": "文件无法继续读取",
        "suggestion_open": "意见未答复",
        "tally_mismatch": "党费月合计不符",
        "temporary_not_approved": "临时支部未经批准",
        "transaction_incomplete": "同批记录不完整",
        "tree_incomplete": "存储的树不完整",
        "tree_mismatch": "存储的树不符",
        "unsealed": "尚有未封存的记录",
        "version_gap": "版本不连续",
        "visit_confirmed": "走访相同已确认",
        "visit_waits": "走访疑似重复",
        "void_mismatch": "撤销内容不符",
        "voided": "已作废",
        "voided_after_notice": "公示后作废",
        "wish_made_again": "微心愿重新提出",
        "wish_open_long": "微心愿久未实现",
    }
)

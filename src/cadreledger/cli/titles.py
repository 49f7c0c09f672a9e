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
        "catalogue_unknown": "指标目录未知",
        "checkpoint_mismatch": "与检查点不符",
        "checkpoint_missing": "缺少最近签发的检查点",
        "checkpoint_unsigned": "检查点无有效签名",
        "clock_went_back": "时钟倒退",
        "event_unreadable": "事件无法读取",
        "events_missing": "末尾缺少事件",
        "figure_mismatch": "公开数字不符",
        "frame_damaged": "数据损坏",
        "header_unreadable": "记录头无法读取",
        "index_mismatch": "索引与事件不符",
        "key_missing": "个人密钥缺失",
        "key_not_destroyed": "密钥尚未销毁",
        "leaf_mismatch": "封存后被改动",
        "month_in_the_future": "月份尚未到来",
        "never_sealed": "从未封存",
        "payments_untallied": "党费没有月合计",
        "personal_mismatch": "个人部分不符",
        "personal_missing": "个人部分缺失",
        "personal_unchecked": "个人部分未核对",
        "place_mismatch": "事件位置被移动",
        "position_missing": "中间缺少事件",
        "position_out_of_order": "事件次序不当",
        "section_mismatch": "记录头与内部内容不符",
        "section_unreadable": "内部内容无法读取",
        "snapshot_mismatch": "公开快照不符",
        "store_unreadable": "文件无法继续读取",
        "tally_mismatch": "党费月合计不符",
        "transaction_incomplete": "同批记录不完整",
        "tree_incomplete": "存储的树不完整",
        "tree_mismatch": "存储的树不符",
        "unsealed": "尚有未封存的记录",
        "version_gap": "版本不连续",
        "void_mismatch": "撤销内容不符",
    }
)

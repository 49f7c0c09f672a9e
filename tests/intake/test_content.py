"""What a row's fingerprint is taken of: stored by its digest, so the text must never change for the same row."""

from pathlib import Path

from cadreledger.intake import read_workbook
from cadreledger.intake.entries import _DUES_CONTENT, _FUND_CONTENT, _VISIT_CONTENT
from cadreledger.intake.masters import _BRANCH_CONTENT, _CADRE_CONTENT
from cadreledger.intake.recorder import content_of

WORKBOOK = Path(__file__).parents[2] / "examples" / "yongxing-2021.xlsx"


def test_the_text_of_each_register_is_as_ever() -> None:
    book = read_workbook(WORKBOOK)
    assert content_of(book.branches[1], _BRANCH_CONTENT) == (
        '{"established": "2021-03-16", "kind": "temporary", "liaison": "党建联络员岗", '
        '"name": "永兴社区离退休临时党支部", '
        '"organiser": "组织委员岗（临时）", "publicist": "宣传委员岗（临时）", "secretary": "书记岗（临时）"}'
    )
    assert content_of(book.cadres[0], _CADRE_CONTENT) == (
        '{"address": "永兴社区示例路82号", "born": "1928-08", "dues_base": "1955.84", "dues_base_from": "2021-01", '
        '"formal_branch": "YXZ1", "frail": "True", "full_member_on": "1948-11-03", "kind": "veteran", '
        '"member": "True", "name": "王某001", "phone": "10000000037", "sex": "male"}'
    )
    assert content_of(next(row for row in book.dues if row.number == 45), _DUES_CONTENT) == (
        '{"amount": "8.76", "cadre": "YX098", "collector": "组织委员岗", "corrects": "2021/16", '
        '"for_month": "2021-01", '
        '"method": "transfer", "note": "更正：金额多记一位", "receipt": "SJ210019", "received_on": "2021-01-11", '
        '"registered_on": "2021-02-22"}'
    )
    assert content_of(book.funds[2], _FUND_CONTENT) == (
        '{"amount": "168.00", "approver": "书记岗", "basis": "支委会2021年4月6日决议", "branch": "YXZ1", '
        '"handler": "宣传委员岗", "kind": "spent", "note": "党报党刊", "on": "2021-04-20", '
        '"use_word": "订阅购买资料设备"}'
    )
    assert content_of(next(row for row in book.visits if row.number == 32), _VISIT_CONTENT) == (
        '{"cadre": "YX039", "content": "送会议精神摘编", "corrects": "2021/25", "group": "送学一组", '
        '"handler": "社工岗甲", "is_void": "True", "mode": "door", "note": "作废", "on": "2021-06-09", '
        '"reason": "study", "registered_on": "2021-06-21"}'
    )


def test_a_blank_says_nothing_so_that_a_column_may_be_added() -> None:
    row = read_workbook(WORKBOOK).visits[0]
    assert content_of(row, (*_VISIT_CONTENT, "is_distinct")) == content_of(row, _VISIT_CONTENT)

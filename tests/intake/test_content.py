"""What a row's fingerprint is taken of: stored by its digest, so the text must never change for the same row."""

from pathlib import Path

from cadreledger.intake import read_workbook
from cadreledger.intake.content import content_of
from cadreledger.intake.recording.activities import ACTIVITY_CONTENT
from cadreledger.intake.recording.attendance import ATTENDANCE_CONTENT
from cadreledger.intake.recording.branches import BRANCH_CONTENT
from cadreledger.intake.recording.cadres import CADRE_CONTENT
from cadreledger.intake.recording.community import PARTNER_CONTENT, PROFILE_CONTENT, REGULATION_CONTENT
from cadreledger.intake.recording.dues import DUES_CONTENT
from cadreledger.intake.recording.facilities import FACILITY_CONTENT
from cadreledger.intake.recording.funds import FUND_CONTENT
from cadreledger.intake.recording.notices import NOTICE_CONTENT
from cadreledger.intake.recording.programme import PROGRAMME_CONTENT
from cadreledger.intake.recording.suggestions import SUGGESTION_CONTENT
from cadreledger.intake.recording.teams import TEAM_CONTENT
from cadreledger.intake.recording.visits import VISIT_CONTENT
from cadreledger.intake.recording.wishes import WISH_CONTENT

WORKBOOK = Path(__file__).parents[2] / "examples" / "yongxing-2021.xlsx"


def test_the_text_of_each_register_is_as_ever() -> None:
    book = read_workbook(WORKBOOK)
    assert content_of(book.branches[1], BRANCH_CONTENT) == (
        '{"established": "2021-03-16", "kind": "temporary", "liaison": "党建联络员岗", '
        '"name": "永兴社区离退休临时党支部", '
        '"organiser": "组织委员岗（临时）", "publicist": "宣传委员岗（临时）", "secretary": "书记岗（临时）"}'
    )
    assert content_of(book.cadres[0], CADRE_CONTENT) == (
        '{"address": "永兴社区示例路82号", "born": "1928-08", "dues_base": "1955.84", "dues_base_from": "2021-01", '
        '"formal_branch": "YXZ1", "frail": "True", "full_member_on": "1948-11-03", "kind": "veteran", '
        '"member": "True", "name": "王某001", "phone": "10000000037", "sex": "male"}'
    )
    assert content_of(next(row for row in book.dues if row.number == 45), DUES_CONTENT) == (
        '{"amount": "8.76", "cadre": "YX098", "collector": "组织委员岗", "corrects": "2021/16", '
        '"for_month": "2021-01", '
        '"method": "transfer", "note": "更正：金额多记一位", "receipt": "SJ210019", "received_on": "2021-01-11", '
        '"registered_on": "2021-02-22"}'
    )
    assert content_of(book.funds[2], FUND_CONTENT) == (
        '{"amount": "168.00", "approver": "书记岗", "basis": "支委会2021年4月6日决议", "branch": "YXZ1", '
        '"handler": "宣传委员岗", "kind": "spent", "note": "党报党刊", "on": "2021-04-20", '
        '"use_word": "订阅购买资料设备"}'
    )
    assert content_of(next(row for row in book.visits if row.number == 32), VISIT_CONTENT) == (
        '{"cadre": "YX039", "content": "送会议精神摘编", "corrects": "2021/25", "group": "送学一组", '
        '"handler": "社工岗甲", "is_void": "True", "mode": "door", "note": "作废", "on": "2021-06-09", '
        '"reason": "study", "registered_on": "2021-06-21"}'
    )


def test_the_text_of_the_other_registers_is_as_ever() -> None:
    book = read_workbook(WORKBOOK)
    assert content_of(book.profile[9], PROFILE_CONTENT) == (
        '{"as_of": "2021-07", "basis": "论文 一、建设离退休干部新型社区基本情况", "qualifier": "about", "unit": "人", '
        '"value": "981"}'
    )
    assert content_of(book.activities[32], ACTIVITY_CONTENT) == (
        '{"items": "17", "kind": "performance", "note": "参加人数含居民观众", "on": "2021-06-26", '
        '"organiser": "永兴社区联合共建单位", "people": "320", "title": "共驻共建耀党旗，筑梦初心守未来"}'
    )
    assert content_of(book.attendance[0], ATTENDANCE_CONTENT) == (
        '{"activity": "HD02", "cadre": "YX050", "mode": "in_person"}'
    )
    assert content_of(book.wishes[0], WISH_CONTENT) == (
        '{"cadre": "YX105", "claimant": "志愿者岗08", "claimed_on": "2021-01-11", "content": "送生日蛋糕", '
        '"fulfilled_on": "2021-01-22", "items": "2", "on": "2021-01-06", "status": "fulfilled"}'
    )
    assert content_of(book.teams[0], TEAM_CONTENT) == (
        '{"founded": "2021-03-01", "kind": "service", "leader": "组长岗", "name": "服务工作队伍", '
        '"note": "两委成员、社工岗、志愿者", "people": "50", "social_workers": "3"}'
    )
    assert content_of(book.facilities[9], FACILITY_CONTENT) == (
        '{"count": "1000", "kind": "books", "name": "图书室原有图书", "note": "论文：1000多册", '
        '"provider": "永兴社区", "qualifier": "at_least", "unit": "册"}'
    )
    assert content_of(book.partners[0], PARTNER_CONTENT) == '{"kind": "学校", "name": "临江小学", "support": "操场"}'
    assert content_of(book.regulations[0], REGULATION_CONTENT) == (
        '{"name": "离退休干部党支部工作职责", "on": "2021-03-10", "way": "revised"}'
    )
    assert content_of(book.programme[18], PROGRAMME_CONTENT) == (
        '{"count": "1", "matter": "rectification", "on": "2021-03-10", "related": "7", "responsible": "永兴社区", '
        '"text": "整改第7号问题", "unit": "项"}'
    )
    assert content_of(book.notices[1], NOTICE_CONTENT) == (
        '{"approver": "书记岗", "on": "2021-04-08", "period": "2021-02..2021-03", "proposer": "党建联络员岗", '
        '"reviewer": "宣传委员岗", "sections": "队伍建设、规章制度、学习、党费、困难帮扶"}'
    )
    assert content_of(book.suggestions[0], SUGGESTION_CONTENT) == (
        '{"answer": "已改为大字版", "answered_on": "2021-03-03", "content": "建议公示栏字号放大", '
        '"notice": "2021-1", "on": "2021-02-20"}'
    )


def test_a_blank_says_nothing_so_that_a_column_may_be_added() -> None:
    row = read_workbook(WORKBOOK).visits[0]
    assert content_of(row, (*VISIT_CONTENT, "is_distinct")) == content_of(row, VISIT_CONTENT)

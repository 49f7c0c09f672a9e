"""What is personal stays locked away: it is in no file, in no message and in no report."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.intake.office import (
    BRANCHES,
    Book,
    activity,
    attendance,
    brief,
    cadre,
    dues,
    facility,
    fund,
    notice,
    partner,
    profile,
    regulation,
    step,
    suggestion,
    team,
    values,
    visit,
    wires,
    wish,
)

from cadreledger import Ledger
from cadreledger.errors import IntakeError
from cadreledger.intake import ImportReport

Bring = Callable[..., ImportReport]

NAME, OTHER = "欧阳建国", "上官秀英"
PHONE, ADDRESS, BIRTH, BASE = "13912345678", "和平里东街17号院3单元", "1931-04", "4321.09"
CODES = ("QX0071", "QX0072")
NOTES = ("老伴替他送来", "腿脚不便住二楼", "家里刚添了孙子", "其女代领", "下月复查")
SECRETS = (NAME, OTHER, PHONE, ADDRESS, BIRTH, BASE, *CODES, *NOTES)
NAMING: Book = {
    "支部": [{**BRANCHES[0], "书记": NAME, "组织委员": f"{OTHER}（兼）"}],
    "干部": [
        cadre(
            CODES[0],
            NAME,
            手机=PHONE,
            住址=ADDRESS,
            出生年月=BIRTH,
            所属支部="B1",
            党费基数=float(BASE),
            基数起始月="2021-01",
        ),
        cadre(CODES[1], OTHER, "离休", 所属支部="B1"),
    ],
    "党费": [
        dues(1, "2021-01-06", CODES[0], "2021-01", 8.8, 收据号=f"S1/{PHONE}", 经办人=OTHER, 备注=NOTES[0]),
        dues(2, "2021-02-06", CODES[0], "2021-02", 8.8, 方式="代缴", 备注=NOTES[3]),
        dues(3, "2021-02-06", CODES[1], "2021-02", 8.8, 更正序号=2, 备注=NOTES[1], 登记日期="2021-02-07"),
    ],
    "党费收支": [
        fund(1, "2021-03-31", "上缴", 1, 依据=f"{NAME}送交", 备注=NOTES[2]),
        fund(2, "2021-03-31", "返还", 1, 备注=f"{OTHER} 2021年"),
        fund(3, "2021-04-30", "支出", 1, 经办人="欧阳 建国", 审批人=CODES[1], 备注=NOTES[4], 用途=f"看望{NAME}"),
    ],
    "走访": [visit(1, "2021-01-07", CODES[1], 小组=f"{NAME}组", 经办人=OTHER, 内容=NOTES[1], 备注=NOTES[2])],
    "概况": [profile(f"{NAME}家", f"{OTHER}所说", 单位=PHONE, 依据=CODES[0])],
    "活动": [activity("H1", "2021-01-09", 名称=f"看望{NAME}", 组织者=OTHER, 场地编号=ADDRESS, 备注=NOTES[0])],
    "出勤": [attendance("H1", CODES[0], 备注=NOTES[1]), attendance("H1", CODES[1], "网上补学")],
    "微心愿": [
        wish("W1", CODES[0], "2021-01-05", "已认领", 内容=NOTES[2], 认领人=OTHER, 认领日期="2021-01-06"),
        wish(CODES[1], CODES[1], "2021-01-05", 内容=NOTES[4]),
    ],
    "队伍": [team("T1", 名称=f"{NAME}歌队", 负责人=OTHER, 备注=NOTES[3])],
    "设施": [facility("F1", 名称=f"{NAME}书房", 提供单位=OTHER, 开放条件=f"电{PHONE}", 面积=CODES[0], 备注=NOTES[0])],
    "共建单位": [partner("P1", 名称=f"{NAME}商店", 类别=OTHER, 支持内容=f"找{PHONE}")],
    "制度": [regulation("Z1", 名称=f"{NAME}守则")],
    "创建工作": [step(1, "2021-01-19", "调研", 内容=NOTES[1], 责任人=NAME, 依据=f"{OTHER}来信", 单位=CODES[1])],
    "公示": [notice("1", "2021-02-08", "2021-01", "2021-01", 栏目=PHONE, 提出人=NAME, 审核人=OTHER, 审批人=CODES[1])],
    "意见建议": [suggestion(1, "2021-02-20", 期号=CODES[0], 内容=NOTES[2], 答复日期="2021-03-03", 答复=f"{NAME}已改")],
}
SEALED_CELLS = [
    *[("概况", "A2"), ("概况", "B2"), ("概况", "C2"), ("概况", "F2")],
    *[("支部", "F2"), ("支部", "G2")],
    *[("党费", "H2"), ("党费", "I2")],
    *[("党费收支", "G2"), ("党费收支", "J3"), ("党费收支", "H4"), ("党费收支", "I4")],
    *[("走访", "D2"), ("走访", "I2")],
    *[("活动", "D2"), ("活动", "E2"), ("活动", "F2")],
    *[("微心愿", "E2"), ("微心愿", "A3")],
    *[("队伍", "B2"), ("队伍", "E2")],
    *[("设施", "B2"), ("设施", "G2"), ("设施", "H2"), ("设施", "I2")],
    *[("共建单位", "B2"), ("共建单位", "C2"), ("共建单位", "D2")],
    ("制度", "B2"),
    *[("创建工作", "F2"), ("创建工作", "G2"), ("创建工作", "H2")],
    *[("公示", "E2"), ("公示", "F2"), ("公示", "G2"), ("公示", "H2")],
    ("意见建议", "C2"),
]


def everything_on_disk(folder: Path) -> bytes:
    """All files of the ledger and its key store, with what is still in their logs."""
    files = [path for path in folder.iterdir() if path.suffix != ".xlsx" and path.is_file()]
    assert {path.name for path in files} >= {"office.ledger", "office.ledger-wal", "office.keys"}
    return b"".join(path.read_bytes() for path in files)


def forms(secret: str) -> Iterator[bytes]:
    for encoding in ("utf-8", "utf-16-le", "gb18030"):
        yield secret.encode(encoding)
    yield secret.encode("ascii", "backslashreplace")


def said(event: object, *names: str) -> tuple[object, ...]:
    """What stands in some fields of an event."""
    return tuple(getattr(event, name) for name in names)


def test_nothing_personal_is_on_the_disk_in_the_clear(bring: Bring, tmp_path: Path) -> None:
    bring(NAMING)
    stored = everything_on_disk(tmp_path)
    assert "组织委员岗".encode() not in stored
    assert b"(sealed)" in stored
    assert [secret for secret in SECRETS for form in forms(secret) if form in stored] == []
    bring({**NAMING, "干部": [cadre(CODES[0], NAME + "甲", 手机="13987654321"), NAMING["干部"][1]]})
    stored = everything_on_disk(tmp_path)
    assert [secret for secret in (*SECRETS, "13987654321") for form in forms(secret) if form in stored] == []


def test_nothing_personal_is_in_a_report(bring: Bring) -> None:
    report = bring(NAMING)
    assert [secret for secret in SECRETS if secret in repr(report)] == []
    moved = [problem for problem in report.warnings if problem.code == "personal_text"]
    assert [(problem.sheet, problem.cell) for problem in moved] == SEALED_CELLS


def test_a_text_that_names_somebody_moves_to_the_note_that_is_locked(ledger: Ledger, bring: Bring) -> None:
    bring(NAMING)
    paid = next(recorded.event for recorded in ledger.history(CODES[0]) if recorded.event.wire == "dues.received/1")
    assert said(paid, "receipt", "collector", "note") == (
        *("(sealed)", "(sealed)"),
        f"{NOTES[0]}；收据号：S1/{PHONE}；经办人：{OTHER}",
    )
    visited = next(recorded.event for recorded in ledger.history(CODES[1]) if recorded.event.wire == "visit.made/1")
    assert said(visited, "group", "handler", "note") == (
        *("(sealed)", "(sealed)"),
        f"{NOTES[2]}；小组：{NAME}组；经办人：{OTHER}",
    )
    *_, remitted, returned, spent = (recorded.event for recorded in ledger.history("B1"))
    assert said(remitted, "document", "note") == ("(sealed)", f"{NOTES[2]}；依据：{NAME}送交")
    assert said(returned, "base_period", "note") == ("(sealed)", f"备注：{OTHER} 2021年")
    assert said(spent, "handler", "approver", "note") == (
        *("(sealed)", "(sealed)"),
        f"用途：看望{NAME}；{NOTES[4]}；经办人：欧阳 建国；审批人：{CODES[1]}",
    )


def test_a_text_that_names_somebody_moves_to_what_is_locked_in_every_register(ledger: Ledger, bring: Bring) -> None:
    bring(NAMING)
    told = {recorded.event.wire.partition("/")[0]: recorded.event for recorded in ledger.events()}
    assert said(told["activity.held"], "title", "organiser", "venue", "note") == (
        *["(sealed)"] * 3,
        f"{NOTES[0]}；名称：看望{NAME}；场地编号：{ADDRESS}；组织者：{OTHER}",
    )
    claims = [recorded.event for recorded in ledger.events() if recorded.event.wire == "wish.claimed/1"]
    assert [said(claim, "claimant", "note") for claim in claims] == [("(sealed)", f"认领人：{OTHER}")]
    assert said(told["team.founded"], "name", "leader", "note") == (
        *["(sealed)"] * 2,
        f"{NOTES[3]}；名称：{NAME}歌队；负责人：{OTHER}",
    )
    assert said(told["facility.listed"], "name", "area", "provider", "opening", "note") == (
        *["(sealed)"] * 4,
        f"{NOTES[0]}；名称：{NAME}书房；面积：{CODES[0]}；提供单位：{OTHER}；开放条件：电{PHONE}",
    )
    assert said(told["programme.worked"], "unit", "responsible", "basis", "text") == (
        *["(sealed)"] * 3,
        f"{NOTES[1]}；单位：{CODES[1]}；责任人：{NAME}；依据：{OTHER}来信",
    )
    assert said(told["suggestion.received"], "notice", "content") == ("(sealed)", f"{NOTES[2]}；期号：{CODES[0]}")
    assert said(told["suggestion.answered"], "answer") == (f"{NAME}已改",)


def test_what_has_no_place_for_a_name_leaves_it_out(ledger: Ledger, bring: Bring) -> None:
    report = bring(NAMING)
    told = {recorded.event.wire.partition("/")[0]: recorded for recorded in ledger.events()}
    for wire, names in (
        ("profile.stated", ("item", "value", "unit", "basis")),
        ("partner.joined", ("name", "kind", "support")),
        ("regulation.adopted", ("title",)),
        ("notice.proposed", ("sections", "proposer")),
        ("notice.reviewed", ("reviewer",)),
        ("notice.approved", ("approver",)),
    ):
        assert set(said(told[wire].event, *names)) == {"(sealed)"}
    assert told["profile.stated"].entry.source == "概况"
    lost = {problem.sheet for problem in report.warnings if "has no place for it" in problem.hint}
    assert lost == {"概况", "共建单位", "制度", "公示"}


def test_people_whose_names_are_sealed_are_not_taken_for_one(bring: Bring) -> None:
    assert "same_person" not in {problem.code for problem in bring(NAMING).warnings}
    same = [notice("1", "2021-02-08", "2021-01", "2021-01", 提出人=NAME, 审核人=NAME, 审批人=OTHER)]
    found = brief(bring({**NAMING, "公示": same}).warnings)
    assert [item for item in found if item[2] == "same_person"] == [("公示", "G2", "same_person")]


def test_another_name_in_the_same_place_is_seen_where_it_is_kept(ledger: Ledger, bring: Bring) -> None:
    bring(NAMING)
    changed = {
        **NAMING,
        "队伍": [{**NAMING["队伍"][0], "负责人": NAME}],
        "微心愿": [{**NAMING["微心愿"][0], "认领人": NAME}, NAMING["微心愿"][1]],
    }
    assert bring(changed).events == 3  # the team changed; a void, and the claim anew
    assert said(ledger.history("T1")[-1].event, "leader", "note") == (
        *("(sealed)", f"{NOTES[3]}；名称：{NAME}歌队；负责人：{NAME}"),
    )
    assert bring(changed).events == 0


def test_who_holds_a_post_is_locked_away_and_a_change_is_seen_all_the_same(ledger: Ledger, bring: Bring) -> None:
    bring(NAMING)
    branch = NAMING["支部"][0]
    bring({**NAMING, "支部": [{**branch, "名称": "新名"}]})
    assert wires(ledger, "B1").count("post.assigned") == 2
    report = bring({**NAMING, "支部": [{**branch, "名称": "新名", "书记": OTHER}]})
    assert report.events == 1
    last = ledger.history("B1")[-1].event
    assert said(last, "post", "holder", "note") == ("secretary", "(sealed)", f"书记：{OTHER}")


def test_a_short_number_or_an_ordinary_word_is_no_secret(ledger: Ledger, bring: Bring) -> None:
    rows = [dues(1, "2021-01-06", "12", "2021-01", 8.8, 收据号="S-12/2021", 经办人="组织委员岗")]
    report = bring({"支部": BRANCHES, "干部": [cadre("12", "岗", 手机="12", 所属支部="B1")], "党费": rows})
    assert report.warnings == ()
    assert said(ledger.history("12")[-1].event, "receipt") == ("S-12/2021",)


WRONG: Book = {
    "支部": [{**BRANCHES[0], "成立日期": NAME}],
    "干部": [
        cadre(CODES[0], NAME, 手机=PHONE, 住址=ADDRESS, 出生年月=PHONE, 性别=NAME, 党费基数=ADDRESS, 所属支部="B1"),
        cadre(CODES[0], OTHER, NAME, 智能手机=PHONE),
        cadre(CODES[1], OTHER, 转正日期=ADDRESS),
        cadre(f"{CODES[0]} {NAME}", OTHER),
    ],
    "党费": [
        dues(1, NAME, PHONE, ADDRESS, OTHER, 方式=NAME, 更正序号=PHONE, 备注=NOTES[0], 收据号=f"={NAME}"),
        dues(2, "2021-01-06", "QX0099", "2021-01", 8.8, 备注=f"={NOTES[1]}"),
        dues(3, "2021-01-06", CODES[1], "2021-01", 8.8, 备注=f"{NAME}作废"),
    ],
    "党费收支": [fund(1, NAME, PHONE, ADDRESS, 用途=NAME, 支部编号=CODES[0], 依据=f"@{NAME}")],
    "走访": [visit(1, PHONE, NAME, 方式=ADDRESS, 事由=OTHER, 小组=f"+{NAME}", 内容=NOTES[2])],
    "活动": [activity("H1", NAME, PHONE, 节目数=ADDRESS, 参加人数=OTHER, 备注=f"={NOTES[0]}")],
    "出勤": [attendance(CODES[0], "QX0099"), attendance("H9", CODES[1], NAME, 备注=f"={NOTES[1]}")],
    "微心愿": [wish("W1", "QX0099", PHONE, NAME, 内容=f"={NOTES[2]}", 件次=ADDRESS)],
    "创建工作": [step(1, NAME, OTHER, 内容=f"={NOTES[3]}", 责任人=f"={NAME}", 数量=PHONE, 关联序号=ADDRESS)],
    "公示": [notice("1", NAME, OTHER, PHONE, 提出人=f"={NAME}")],
}


def test_nothing_personal_is_in_an_error(bring: Bring) -> None:
    people = {"支部": BRANCHES, "干部": NAMING["干部"]}
    for rows in (WRONG, {**WRONG, **people}, {**NAMING, "党费": WRONG["党费"]}):
        with pytest.raises(IntakeError) as caught:
            bring(rows)
        error = caught.value
        assert len(error.problems) >= 5
        told = f"{error} {error.problems!r} {error.warnings!r}"
        registered = rows is not WRONG
        masked = SECRETS if registered else (*CODES, *NOTES)
        assert [secret for secret in (*masked, "QX0099") if secret in told] == []


# --- a key that was destroyed


def destroy_key(folder: Path, stream: str) -> None:
    with closing(sqlite3.connect(folder / "office.keys")) as keys, keys:
        assert keys.execute("DELETE FROM keys WHERE stream=?", (stream,)).rowcount == 1


def test_rows_about_somebody_whose_key_was_destroyed_are_known_and_left_out(
    ledger: Ledger, bring: Bring, tmp_path: Path
) -> None:
    bring(NAMING)
    figures, position = values(ledger), ledger.position
    destroy_key(tmp_path, ledger.stream_of(CODES[0]))
    report = bring(NAMING)
    assert (report.events, ledger.position, values(ledger)) == (0, position, figures)
    assert [found for found in brief(report.warnings) if found[2] == "row_erased"] == [
        ("干部", "A2", "row_erased"),
        ("党费", "D2", "row_erased"),
        ("党费", "D3", "row_erased"),
        ("出勤", "B2", "row_erased"),
        ("微心愿", "B2", "row_erased"),
    ]
    assert all(said.known == said.rows for said in report.sheets.values())


def test_nothing_more_is_recorded_about_somebody_whose_key_was_destroyed(
    ledger: Ledger, bring: Bring, tmp_path: Path
) -> None:
    bring(NAMING)
    position = ledger.position
    destroy_key(tmp_path, ledger.stream_of(CODES[0]))
    more = [
        dues(4, "2021-03-06", CODES[0], "2021-03", 8.8),
        dues(5, "2021-01-06", CODES[1], "2021-01", 8.8, 更正序号=1),
        dues(6, "2021-01-06", CODES[0], "2021-01", 8.8, 更正序号=1),
    ]
    changed = [{**NAMING["干部"][0], "住址": "别处"}, NAMING["干部"][1]]
    for rows, found in (
        (more[:1], [("党费", "D5", "unknown_person")]),
        (more[1:2], [("党费", "J5", "correction_not_standing")]),
        (more[2:], [("党费", "D5", "unknown_person")]),
    ):
        with pytest.raises(IntakeError) as caught:
            bring({**NAMING, "干部": changed, "党费": [*NAMING["党费"], *rows]})
        assert brief(caught.value.problems) == found
    assert ledger.position == position


def test_without_any_key_everything_about_people_is_known_and_left_out(
    ledger: Ledger, bring: Bring, tmp_path: Path
) -> None:
    bring(NAMING)
    position = ledger.position
    with closing(sqlite3.connect(tmp_path / "office.keys")) as keys, keys:
        keys.execute("DELETE FROM keys")
    report = bring(NAMING)
    assert (report.events, ledger.position) == (0, position)
    erased = [problem for problem in report.warnings if problem.code == "row_erased"]
    assert len(erased) == sum(len(NAMING[sheet]) for sheet in ("干部", "党费", "走访", "出勤", "微心愿"))

"""What is personal stays locked away: it is in no file, in no message and in no report."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.intake.office import BRANCHES, Book, brief, cadre, dues, fund, values, visit, wires

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
}
SEALED_CELLS = [
    *[("支部", "F2"), ("支部", "G2")],
    *[("党费", "H2"), ("党费", "I2")],
    *[("党费收支", "G2"), ("党费收支", "J3"), ("党费收支", "H4"), ("党费收支", "I4")],
    *[("走访", "D2"), ("走访", "I2")],
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
    assert len(erased) == sum(len(NAMING[sheet]) for sheet in ("干部", "党费", "走访"))

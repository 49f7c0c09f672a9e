"""The page asks nobody for anything, shows every number in plain words, and lets no text be more than text."""

import re
from base64 import b64encode
from datetime import date
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.disclosure.examples import HOSTILE, named
from tests.disclosure.ledgers import CATALOGUE, Book, snapshot_of

from cadreledger.disclosure import BreakdownRow, Snapshot, chinese, english, headings
from cadreledger.disclosure.adjusting import LATE_ENTRY, REPLACEMENT
from cadreledger.disclosure.breakdowns import divided
from cadreledger.disclosure.page import page
from cadreledger.events.void import VoidReason
from cadreledger.figures import Declaration
from cadreledger.values import Period, Qualifier, Quantity

pytest.importorskip("jinja2", reason="the page needs the extra: pip install 'cadreledger[disclosure]'")
pytest.importorskip("cn2an", reason="the page needs the extra: pip install 'cadreledger[disclosure]'")

VOID = {"meta", "rect", "img", "br", "link"}


class Seen(HTMLParser):
    """What a browser would make of a page: its tags with their attributes, and its text."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.open: list[str] = []
        self.text: list[tuple[str, str]] = []
        self.feed(data.decode())
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag, "tags are closed in order"

    def handle_data(self, data: str) -> None:
        self.text.append((self.open[-1] if self.open else "", data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [dict(attributes) for name, attributes in self.tags if name == tag]

    def words(self, *without: str) -> str:
        return "".join(data for tag, data in self.text if tag not in {"style", *without})


PLAIN = named("永兴社区")


def seen(snapshot: Snapshot = PLAIN) -> Seen:
    return Seen(page(snapshot))


# --- what is on it ---------------------------------------------------------------------------------------------------


def test_the_first_lines_say_whose_when_how_much_and_what() -> None:
    head = page(PLAIN).decode().partition("</header>")[0]
    words = Seen(head.encode()).words("title")
    for said in (
        "永兴社区 公示",
        "2021年1月至3月",
        "党费收缴 8.76 元捌元柒角陆分",
        "党费返还 0.00 元零元整",
        "党费支出 1409.50 元壹仟肆佰零玖元伍角",
        "上门走访 3 人次",
        "完成微心愿 2 件次",
        "集中学习 1 次",
        "主题党日 1 次",
        "可以核对",
        "2 处不同",
    ):
        assert said in words


def test_every_figure_is_there_with_who_can_check_it() -> None:
    words = seen().words()
    for row in PLAIN.figures:
        assert f"{row.zh}{chinese.mark(row)}" in words, row.key
    assert "图书公开可复核；其中 至少 1000 册未注明日期至少 1300 册至少 1300 册" in re.sub(r"\s*\n\s*", "", words)


def test_what_changed_since_a_notice_is_said_in_a_sentence() -> None:
    words = seen().words()
    assert "2021-1 号公示（2021年1月）党费收缴：当时公布 87.60 元，现为 8.76 元，差 −78.84 元；原因：更正" in words
    assert "2021-1 号公示（2021年1月）上门走访：当时公布 1 人次，现为 2 人次，差 +1 人次；原因：补记" in words
    assert "账本记录：第 10、11 条" in words  # leaves 9 and 10, as a history counts them


def test_of_many_records_the_first_are_named_and_all_are_counted() -> None:
    adjustment = attrs.evolve(PLAIN.adjustments[0], leaves=tuple(range(40)), reasons=("late_entry",) * 40)
    words = seen(attrs.evolve(PLAIN, adjustments=(adjustment,))).words()
    assert "账本记录：第 1、2、3、4、5、6、7、8、9、10、11、12 条等，共 40 条" in words


def test_a_flow_has_a_sum_and_a_stock_a_state() -> None:
    text = re.sub(r"\s+", "", seen().words())
    assert "2021年1月至3月项目本期历来合计党费收缴" in text
    assert "截至2021年3月底项目期末目前离休干部" in text
    flow, stock = (next(row for row in PLAIN.figures if row.kind == kind) for kind in ("flow", "stock"))
    mixed = [attrs.evolve(row, key=f"strange.{row.kind}", zh=f"别的{row.kind}") for row in (flow, stock)]
    text = re.sub(r"\s+", "", seen(attrs.evolve(PLAIN, figures=tuple(mixed), breakdowns=(), adjustments=())).words())
    assert "项目本期历来合计别的flow" in text
    assert "别的stock公开可复核；期末数，末列为目前数" in text


def test_it_says_when_the_last_record_was_made_and_whether_more_may_come() -> None:
    head = page(PLAIN).decode().partition("</header>")[0]
    assert "账本最后入账：2021年7月5日" in head
    assert "还没有记到本期以后" not in head
    assert (
        "账本还没有记到本期以后，数字可能还会增加"
        in page(named("永兴社区", "2021-01..2021-07")).decode().partition("</header>")[0]
    )


def test_it_says_what_the_money_was_spent_on() -> None:
    text = re.sub(r"\s+", "", seen().words())
    assert "支出用途项目本期党员教育培训1241.50元订阅购买资料设备168.00元合计1409.50元" in text
    assert "支出用途" not in seen(snapshot_of(Book())).words()


def test_words_that_are_not_plain_are_explained_under_their_table() -> None:
    words = seen().words()
    for section in headings.SECTIONS:
        assert section.note is None or section.note.zh in words
    assert "件次”与“个”不能相减" in words


def test_it_says_whom_to_ask() -> None:
    foot = page(PLAIN).decode().partition("<footer>")[2]
    assert "如有疑问，请向本社区查询" in foot
    assert f"账本第 1 至 {PLAIN.size} 条记录" in foot


def test_without_a_difference_and_without_a_notice_the_page_says_so() -> None:
    assert "账本里还没有以往的公示" in seen(snapshot_of(Book())).words()
    book = Book()
    book.notice("2021-1", "2021-01", date(2021, 2, 8))
    assert "数字都与公示当时相同" in seen(snapshot_of(book)).words()


def test_months_are_told_apart() -> None:
    words = re.sub(r"\s+", " ", seen().words("title"))
    assert "逐月（单位：元）" in words
    assert "1月8.76––1409.50" in words.replace(" ", "")
    assert "合计8.760.000.001409.50" in words.replace(" ", "")
    assert "逐月" not in seen(named("永兴社区", "2021-01")).words().partition("如何核对")[0].rpartition("账本里还有")[0]


def test_what_it_rests_on_is_there_in_full_and_what_is_missing_is_said() -> None:
    words = seen().words()
    for said in (PLAIN.origin, str(PLAIN.size), b64encode(PLAIN.root).decode(), PLAIN.catalogue, "没有电子签名"):
        assert said in words
    for line in PLAIN.checkpoint.splitlines():
        assert line in words
    for name, headers in PLAIN.uncounted:
        assert f"{chinese.header_type(name)}{name}{headers}" in words


def test_its_form_is_one_that_a_reading_program_can_follow() -> None:
    shown = seen()
    assert shown.open == []
    assert shown.all("html") == [{"lang": "zh-CN"}]
    assert len(shown.all("h1")) == 1
    levels = [int(tag[1]) for tag, _ in shown.tags if re.fullmatch("h[1-6]", tag)]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    tables = page(PLAIN).decode().split("<table")[1:]
    assert len(tables) > 12
    for table in tables:
        assert table.partition(">")[2].lstrip().startswith("<caption")
    assert {attributes.get("scope") for attributes in shown.all("th")} == {"col", "row"}
    ids = [attributes["id"] for _, pairs in shown.tags if "id" in (attributes := dict(pairs))]
    assert len(ids) == len(set(ids))
    for link in shown.all("a"):
        assert (link["href"] or "").removeprefix("#") in ids
    assert all(figure["role"] == "img" and figure["aria-label"] for figure in shown.all("svg"))


# --- what is not on it -----------------------------------------------------------------------------------------------


def test_it_asks_nobody_for_anything() -> None:
    text = page(PLAIN).decode()
    shown = Seen(text.encode())
    assert not {"link", "img", "iframe", "object", "embed", "form", "base"} & {tag for tag, _ in shown.tags}
    names = {name for _, attributes in shown.tags for name, _ in attributes}
    assert text.count("<script") == 1
    assert not {"src", "style", "srcset", "action", "background"} & names
    assert not any(name.startswith("on") for name in names)
    assert "url(" not in text
    assert "@import" not in text
    assert "://" not in text


def test_its_policy_allows_its_own_style_and_program_and_nothing_else() -> None:
    text = page(PLAIN).decode()
    style = text.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    script = text.partition("<script>")[2].partition("</script>")[0]
    allowed = b64encode(sha256(script.encode()).digest()).decode()
    (policy,) = [meta["content"] for meta in seen().all("meta") if meta.get("http-equiv")]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; script-src 'sha256-{allowed}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert "&" not in style
    assert "\r" not in style


def _but_for(name: str, shown: Seen) -> list[tuple[str, list[tuple[str, str]]]]:
    """The page's elements, with the English that names the community as if it did not."""
    said = chinese.visible(name)
    return [
        (tag, [(key, re.sub(f"^{re.escape(said)}  ?(?=— )", "", value or "")) for key, value in pairs])
        for tag, pairs in shown.tags
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text(name: str) -> None:
    shown = seen(named(name))
    assert _but_for(name, shown) == _but_for("永兴社区", seen())
    assert chinese.visible(name) in shown.words("title")
    assert not [char for char in page(named(name)).decode() if char != "\n" and chinese.visible(char) != char]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(str.strip))
def test_any_name_is_text(name: str) -> None:
    shown = seen(attrs.evolve(PLAIN, name=name))
    assert [tag for tag, _ in shown.tags] == [tag for tag, _ in seen().tags]
    assert chinese.visible(name) in shown.words("title")


def test_texts_of_a_foreign_catalogue_or_notice_are_text() -> None:
    rows = tuple(attrs.evolve(row, zh="<b>\u202e", unit="<i>") for row in PLAIN.figures)
    notice = attrs.evolve(PLAIN.notices[0], number="<u>")
    adjustment = attrs.evolve(PLAIN.adjustments[0], notice=notice, reasons=("<s>",))
    snapshot = attrs.evolve(
        PLAIN, figures=rows, notices=(notice,), adjustments=(adjustment,), uncounted=(("<q>", 1),), origin="<a>"
    )
    shown = seen(snapshot)
    assert not {"b", "i", "u", "s", "q"} & {tag for tag, _ in shown.tags}
    assert "<b>[U+202E]" in shown.words()


def test_no_person_is_on_it() -> None:
    assert "赵" not in page(PLAIN).decode()


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("figure", CATALOGUE.declarations, ids=lambda figure: figure.key)
def test_every_figure_has_a_place_and_a_measure_word(figure: Declaration) -> None:
    assert headings.section_of(figure.key) in headings.SECTIONS
    assert figure.unit in chinese.UNITS
    assert figure.unit in english.UNITS


def test_every_word_of_a_section_is_that_of_a_figure() -> None:
    words = {figure.key.partition(".")[0] for figure in CATALOGUE.declarations}
    keys = {figure.key for figure in CATALOGUE.declarations}
    listed = [word for section in headings.SECTIONS for word in section.words]
    assert sorted(listed) == sorted(words)
    shown = {key for section in headings.SECTIONS for key in (*section.by_month, section.bars) if key}
    assert shown | {*headings.SPENT, *headings.DONE} <= keys


def test_every_reason_and_every_type_that_no_figure_reads_has_a_word() -> None:
    assert set(chinese.REASONS) == {reason.value for reason in VoidReason} | {LATE_ENTRY, REPLACEMENT}
    read = {term.type for figure in CATALOGUE.declarations for term in (*figure.office, *figure.public)}
    read |= {name for check in CATALOGUE.checks for name in (check.type, check.counts)}
    assert set(chinese.HEADERS) == {header.name for header in CATALOGUE.schema} - read


def test_every_breakdown_and_every_word_of_it_has_a_name() -> None:
    by = {(figure.key, field) for figure in CATALOGUE.declarations for field in figure.by}
    assert set(chinese.BREAKDOWNS) == by
    words: dict[str, set[str]] = {}
    for figure in divided(CATALOGUE).declarations:
        _, field, word = figure.key.split(" ")
        words.setdefault(field, set()).add(word)
    schema = {(header.name, field.name): field.values for header in CATALOGUE.schema for field in header.fields}
    assert words == {"use": set(schema["fund.spent/1", "use"])}
    assert {field: set(names) for field, names in chinese.WORDS.items()} == words


def test_a_breakdown_of_a_foreign_catalogue_is_shown_by_its_own_words() -> None:
    foreign = (BreakdownRow("visits.made", "<mode>", "<b>", 3),)
    words = re.sub(r"\s+", "", seen(attrs.evolve(PLAIN, breakdowns=foreign)).words())
    assert "上门走访：<mode>项目本期<b>3人次合计3人次" in words


def test_figures_of_no_section_are_not_lost() -> None:
    strange = attrs.evolve(PLAIN.figures[0], key="strange.things", zh="别的", unit="things")
    words = seen(attrs.evolve(PLAIN, figures=(*PLAIN.figures, strange))).words()
    assert "其他" in words
    assert "876 things" in words


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2021-01", "2021年1月"),
        ("2021-01..2021-07", "2021年1月至7月"),
        ("2021", "2021年1月至12月"),
        ("2020-11..2021-02", "2020年11月至2021年2月"),
    ],
)
def test_periods_are_said_as_people_say_them(period: str, words: str) -> None:
    assert chinese.period_words(Period.parse(period)) == words


def test_vague_numbers_say_so() -> None:
    row = next(row for row in PLAIN.figures if row.key == "books.volumes")
    assert chinese.amount(row, Quantity.of(1300, Qualifier.AT_LEAST)) == "至少 1300 册"
    assert chinese.amount(row, Quantity.of(1300, Qualifier.ABOUT)) == "约 1300 册"
    assert chinese.amount(row, Quantity(-3)) == "−3 册"


def test_bars_are_drawn_only_where_they_say_something() -> None:
    assert len(seen().all("svg")) == 2
    book = Book()
    assert seen(snapshot_of(book)).all("svg") == []
    refund = {"payment": 1, "amount": 100, "decision": "d", "for_month": "2021-01"}
    book.add("dues.refunded/1", date(2021, 1, 8), None, refund)
    assert seen(snapshot_of(book)).all("svg") == []  # a month below zero
    assert "−1.00" in seen(snapshot_of(book)).words()

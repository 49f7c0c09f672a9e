"""The national policy against what the regulations say: every provision, in a table; a release stays as it is."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

import pytest

from cadreledger.errors import InputError
from cadreledger.rules import (
    NATIONAL_VERSION,
    RULES,
    Binding,
    Certainty,
    Provision,
    declared,
    national,
    national_text,
)
from cadreledger.sealing.canonical import canonical
from cadreledger.values import Month

DUES: Final = "中组发〔2008〕3号"
BRANCHES: Final = "《中国共产党支部工作条例（试行）》"
TRANSFERS: Final = "the rules on transfers of formal relations"
PRIVACY: Final = "《个人信息保护法》"
OWN: Final = "the ledger's own"
NONE: Final = "no rule found"
EMPLOYED: Final = "up to 3000.00: 0.5 %; up to 5000.00: 1 %; up to 10000.00: 1.5 %; above: 2 %"
USES: Final = "training, subscriptions, commendation, hardship_aid, disaster_aid, party_day, visits, venues"

MARKS: Final = MappingProxyType(
    {
        "C": Certainty.CONFIRMED,  # read in a document
        "K": Certainty.UNCONFIRMED,  # general knowledge
        "P": Certainty.PROPOSED,
    }
)
TABLE: Final = (
    # rule, in force from, what it says, where, how sure, what the ledger does with it
    ("dues.employed", "2008-04", EMPLOYED, f"{DUES} art. 1 and 2", "C", "compute"),
    ("dues.employed_base", "2008-04", "monthly_pay", f"{DUES} art. 1", "C", "compute"),
    ("dues.annual_salary_base", "2008-04", "received_that_month", f"{DUES} art. 3", "C", "compute"),
    ("dues.self_employed_base", "2008-04", "quarter_before", f"{DUES} art. 4", "C", "compute"),
    ("dues.retired", "2008-04", "up to 5000.00: 0.5 %; above: 1 %", f"{DUES} art. 5", "C", "compute"),
    ("dues.retired_base", "2008-04", "basic_pension", f"{DUES} art. 5, and a later ruling", "C", "compute"),
    ("dues.farmers", "2008-04", "0.20 to 1.00", f"{DUES} art. 6", "C", "refuse"),
    ("dues.fixed", "2008-04", "0.20", f"{DUES} art. 6", "C", "compute"),
    ("dues.relief_decided", "2008-04", "yes", f"{DUES} art. 7", "C", "refuse"),
    ("dues.probation_from_admission", "2008-04", "yes", f"{DUES} art. 8", "C", "compute"),
    ("dues.permit_pays_there", "2008-04", "yes", f"{DUES} art. 9", "C", "refuse"),
    ("dues.changed", "2008-04", "from_the_month", f"{DUES} art. 10", "C", "warn"),
    ("dues.changed", "2017-01", "next_year", f"组电明字〔2017〕5号, against {DUES} art. 10", "P", "warn"),
    ("dues.month_max", "2017-01", "1000.00", "组电明字〔2017〕5号", "C", "warn"),
    ("dues.voluntary_min", "2008-04", "1000.00", f"{DUES} art. 11", "C", "refuse"),
    ("dues.prepaid_months_max", "2008-04", "6", f"{DUES} art. 12", "C", "refuse"),
    ("dues.backpaid_months_max", "2008-04", "6", f"{DUES} art. 12", "C", "warn"),
    ("dues.topped_up", "2008-04", "yes", f"{DUES} art. 12", "C", "compute"),
    ("dues.unpaid_months_review", "2008-04", "6", f"{DUES} art. 13", "C", "compute"),
    ("dues.advanced", "2008-04", "no", f"{DUES} art. 14", "C", "note"),
    ("dues.handed_over", "2008-04", "yes", f"{DUES} art. 14, as we read it", "P", "note"),
    ("dues.rounding", "2008-04", "fen_half_up", NONE, "P", "compute"),
    ("dues.paid_once", "2008-04", "yes", f"{DUES} art. 12, as we read it", "P", "refuse"),
    ("dues.after_death", "2008-04", "no", NONE, "P", "compute"),
    ("fund.returned_rounding", "2008-04", "fen_half_up", NONE, "P", "compute"),
    ("fund.uses", "2008-04", USES, f"{DUES} art. 17 to 21, and later practice", "C", "refuse"),
    ("fund.decided", "2008-04", "yes", f"{DUES} art. 17 to 21", "C", "refuse"),
    ("fund.hands_apart", "2008-04", "yes", f"{DUES} art. 22 to 24", "C", "note"),
    ("fund.interest_is_income", "2008-04", "yes", f"{DUES} art. 24", "C", "compute"),
    ("fund.reported", "2008-04", "1 every year", f"{DUES} art. 25 to 28", "K", "note"),
    ("cash.variance_explained", "2008-04", "yes", OWN, "P", "refuse"),
    ("branch.members_min", "2018-10", "3", f"{BRANCHES} art. 4", "C", "note"),
    ("branch.members_max", "2018-10", "50", f"{BRANCHES} art. 4", "C", "warn"),
    ("branch.committee_from", "2018-10", "7", BRANCHES, "C", "note"),
    ("branch.committee_size", "2018-10", "3 to 5", BRANCHES, "C", "note"),
    ("branch.committee_max", "2018-10", "7", BRANCHES, "C", "note"),
    ("branch.term_years", "2018-10", "5", BRANCHES, "C", "note"),
    ("branch.temporary_approved", "2018-10", "yes", BRANCHES, "C", "warn"),
    ("branch.temporary_collects", "2018-10", "no", BRANCHES, "C", "refuse"),
    ("branch.temporary_admits", "2018-10", "no", BRANCHES, "C", "note"),
    ("meeting.general", "2018-10", "1 every quarter", BRANCHES, "C", "warn"),
    ("meeting.committee", "2018-10", "1 every month", BRANCHES, "C", "note"),
    ("meeting.group", "2018-10", "1 every month", BRANCHES, "C", "note"),
    ("meeting.lecture", "2018-10", "1 every quarter", BRANCHES, "K", "note"),
    ("meeting.party_day", "2018-10", "1 every month", BRANCHES, "C", "warn"),
    ("meeting.quorum", "2018-10", "0.5", BRANCHES, "C", "refuse"),
    ("meeting.majority", "2018-10", "0.5", BRANCHES, "C", "refuse"),
    ("meeting.frail_excused", "2018-10", "yes", BRANCHES, "C", "compute"),
    ("meeting.made_up_covers", "2018-10", "yes", OWN, "P", "compute"),
    ("member.letter_months_max", "2008-04", "3", TRANSFERS, "C", "refuse"),
    ("member.transfer_after_months", "2008-04", "6", TRANSFERS, "C", "note"),
    ("member.one_formal_relation", "2008-04", "yes", TRANSFERS, "C", "refuse"),
    ("member.medal_years", "2021-01", "50", "the notice on the medal of fifty years in the Party", "C", "refuse"),
    ("cadre.veteran_before", "1982-04", "1949-10-01", "国发〔1982〕62号", "C", "note"),
    ("visit.duplicate_waits", "2008-04", "yes", OWN, "P", "compute"),
    ("wish.months_open", "2008-04", "3", OWN, "P", "note"),
    ("facility.outside_school_hours", "2008-04", "yes", OWN, "P", "note"),
    ("notice.hands_apart", "2017-12", "yes", "《中国共产党党务公开条例（试行）》 art. 15", "C", "refuse"),
    ("notice.separate_consent", "2021-11", "yes", f"{PRIVACY} art. 25", "C", "note"),
    ("masking.name", "2008-04", "surname_mou", f"{OWN}, after {PRIVACY} art. 51 and 73", "P", "note"),
    ("masking.phone", "2008-04", "hidden", f"{OWN}, after {PRIVACY} art. 51 and 73", "P", "note"),
    ("masking.id_number", "2008-04", "hidden", f"{OWN}, after {PRIVACY} art. 51 and 73", "P", "note"),
)

UNSETTLED: Final = frozenset({"fund.returned_share"})
"""Rules that no national regulation answers: the share that comes back is for each place to say."""

REFUSED_THOUGH_UNSURE: Final = MappingProxyType(
    {
        "dues.paid_once": "or the same money would be credited twice; it is held on request, so nothing is lost",
        "cash.variance_explained": "a word of explanation is enough, and a closed month with a gap helps nobody",
    }
)
"""What the ledger refuses though no document says so, with the reason."""


def provisions() -> list[Provision[object]]:
    """Every provision, by rule in the order in which rules are declared, then by month."""
    return [each for name in RULES for each in national().provisions.get(name, ())]


def test_every_provision_says_what_the_regulation_says() -> None:
    marks = {certainty: mark for mark, certainty in MARKS.items()}
    found = [
        (
            each.rule,
            str(each.valid_from),
            RULES[each.rule].kind.said(each.value),
            each.citation,
            marks[each.certainty],
            each.binding.value,
        )
        for each in provisions()
    ]
    assert found == list(TABLE)


def test_every_rule_has_a_national_answer_but_those_that_are_for_a_place_to_settle() -> None:
    assert set(RULES) - set(national().provisions) == UNSETTLED
    assert set(national().provisions) <= set(RULES)


def test_nothing_is_refused_that_nobody_has_read() -> None:
    unsure = {each.rule for each in provisions() if each.certainty is not Certainty.CONFIRMED}
    refused = {each.rule for each in provisions() if each.binding is Binding.REFUSE}
    assert unsure & refused == set(REFUSED_THOUGH_UNSURE)
    assert all(REFUSED_THOUGH_UNSURE.values())


def test_every_provision_is_cited_and_told_in_two_languages() -> None:
    for each in provisions():
        assert each.version == NATIONAL_VERSION
        assert each.citation.strip()
        assert each.en.endswith("."), each.rule
        assert each.zh.endswith("。"), each.rule
        assert each.valid_until is None


def test_the_proposed_switch_of_2017_follows_the_article_that_it_is_against() -> None:
    before, after = (national().at(declared.CHANGED, month) for month in (Month(2016, 12), Month(2017, 1)))
    assert (before.value, after.value) == (declared.Changed.FROM_THE_MONTH, declared.Changed.NEXT_YEAR)
    assert (before.certainty, after.certainty) == (Certainty.CONFIRMED, Certainty.PROPOSED)


def test_nothing_was_in_force_before_it_was_issued() -> None:
    assert national().find(declared.PREPAID_MONTHS_MAX, Month(2008, 3)) is None
    assert national().find(declared.PREPAID_MONTHS_MAX, Month(2008, 4)) is not None
    assert national().find(declared.RETURNED_SHARE, Month(2021, 7)) is None
    with pytest.raises(InputError, match=r"nothing of fund\.returned_share then"):
        national().at(declared.RETURNED_SHARE, Month(2021, 7))


def test_a_released_national_policy_never_changes(golden: Callable[[str, bytes], None]) -> None:
    """One provision a line, as canonical JSON; what changes is a new file with a new version."""
    golden("rules/cn-2008-1.jsonl", b"".join(line(each) for each in provisions()))


def line(provision: Provision[object]) -> bytes:
    return (
        canonical(
            {
                "rule": provision.rule,
                "from": str(provision.valid_from),
                "value": RULES[provision.rule].kind.said(provision.value),
                "citation": provision.citation,
                "certainty": provision.certainty.value,
                "binding": provision.binding.value,
                "version": provision.version,
                "en": provision.en,
                "zh": provision.zh,
            }
        )
        + b"\n"
    )


@pytest.mark.parametrize("version", ["cn-2008/2", "cn-1900/1", "daan/1", "", "../secret", "cn-2008-1", "cn-2008/1\n"])
def test_a_version_that_is_not_shipped_is_refused(version: str) -> None:
    for ask in (national, national_text):
        with pytest.raises(InputError, match="no such national policy"):
            ask(version)

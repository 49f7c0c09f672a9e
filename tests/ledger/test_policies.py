"""Another place's policy, adopted: it works without a change to any program, from its month on, and leaves the rest."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from tests.rules.places import file_of, place, provision

from cadreledger import InputError, Ledger, Month, RuleError, fen, yuan
from cadreledger.audit import audit
from cadreledger.events.branch import FundReturned
from cadreledger.events.dues import DuesAssessed
from cadreledger.events.ledger import PolicyAdopted
from cadreledger.ledger import LedgerRecords
from cadreledger.rules import NATIONAL_VERSION, Binding, declared, national
from cadreledger.rules.reading import TEXT_BYTES_MAX

E = TypeVar("E")
BY = "office:policy"
JUNE, JULY, AUGUST = (Month(2021, month) for month in (6, 7, 8))
AS_OF = datetime(2022, 2, 1, tzinfo=UTC)
DAAN = file_of(
    [
        provision("fund.returned_share", '"0.60"', binding="refuse"),
        provision("dues.rounding", '"jiao_up"'),
        provision("fund.returned_rounding", '"jiao_up"'),
        provision("meeting.party_day", '{ times = 2, every = "month" }'),
        provision("dues.prepaid_months_max", "3"),
    ],
    "daan/1",
)


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = datetime(2022, 1, 10, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def town(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    """One formal branch, and 甲 who belongs to it."""
    with Ledger.create(tmp_path / "town.ledger", name="大安社区", clock=clock) as ledger:
        with ledger.transaction(by=BY) as tx:
            home = tx.branches.establish("B1", name="离退休干部党支部", kind="formal", on=date(2012, 6, 28))
            tx.cadres.register("甲", kind="retired", name="甲某", formal=home, on=date(2012, 6, 28))
        yield ledger


def adopt(ledger: Ledger, text: str = DAAN, valid_from: Month = JULY) -> int:
    return ledger.adopt_policy(text, valid_from=valid_from, by=BY).positions.start


def assessed(ledger: Ledger, base: str, valid_from: Month) -> DuesAssessed:
    with ledger.transaction(by=BY) as tx:
        tx.cadres["甲"].assess_dues(yuan(base), valid_from=valid_from, on=date(2021, 6, 1))
    return last(ledger, DuesAssessed)


def last(ledger: Ledger, kind: type[E]) -> E:
    """The last event of a class."""
    return [each.event for each in ledger.events() if isinstance(each.event, kind)][-1]


def pay(ledger: Ledger, for_month: Month, on: date) -> int:
    with ledger.transaction(by=BY) as tx:
        return tx.cadres["甲"].pay_dues(yuan("20.77"), for_month=for_month, on=on)


def findings(ledger: Ledger, path: Path) -> list[tuple[str, int]]:
    """Everything that an audit says, but that nothing is sealed."""
    with LedgerRecords.open(path) as records:
        report = audit(records, as_of=AS_OF)
    assert report.events == ledger.position
    return [(finding.code, finding.position) for finding in report.findings]


# --- what changes with a policy, and what does not --------------------------------------------------------------------


def test_dues_are_assessed_by_the_policy_of_their_month_which_the_assessment_names(town: Ledger) -> None:
    adopt(town)
    before, after = (assessed(town, "4153.00", month) for month in (JUNE, JULY))
    assert (before.owed, before.policy_version) == (fen(2077), NATIONAL_VERSION)  # 20.765, half up
    assert (after.owed, after.policy_version) == (fen(2080), "daan/1")  # up to a full jiao
    assert assessed(town, "5000.01", AUGUST).owed == yuan("50.10")


def test_the_share_returned_is_the_one_that_the_place_has_settled(town: Ledger) -> None:
    with pytest.raises(InputError, match="a return needs its amount"), town.transaction(by=BY) as tx:
        tx.branches["B1"].return_dues(base=yuan("549.61"), on=date(2021, 8, 2))
    adopt(town)
    with town.transaction(by=BY) as tx:
        tx.branches["B1"].return_dues(base=yuan("549.61"), on=date(2021, 8, 2))
    made = last(town, FundReturned)
    assert (made.share, made.amount, made.policy_version) == ("0.60", yuan("329.80"), "daan/1")
    with pytest.raises(RuleError) as caught, town.transaction(by=BY) as tx:
        tx.branches["B1"].return_dues(share="0.70", base=yuan("549.61"), on=date(2021, 8, 2))
    assert (caught.value.rule, caught.value.expected, caught.value.found) == ("another_share", "0.60", "0.70")
    with town.transaction(by=BY) as tx:  # before its month, any share that was agreed
        tx.branches["B1"].return_dues(share="0.70", base=yuan("100.00"), on=date(2021, 6, 30))
    assert last(town, FundReturned).policy_version == NATIONAL_VERSION


def test_party_days_are_due_twice_a_month_from_then_on(town: Ledger) -> None:
    adopt(town)
    with town.transaction(by=BY) as tx:
        for month in (JUNE, JULY, AUGUST):
            tx.branches["B1"].hold("party_day", code=f"D{month}", title="主题党日", on=date(2021, month.month, 1))
        tx.branches["B1"].hold("party_day", code="D2", title="主题党日", on=date(2021, 8, 20))
    kept = next(each for each in town.cadence("2021-06..2021-08") if each.rule == "meeting.party_day")
    assert [str(span) for span in kept.lacking] == ["2021-07"]
    assert kept.held == 4


def test_dues_are_paid_ahead_for_as_long_as_the_place_allows(town: Ledger) -> None:
    adopt(town)
    pay(town, Month(2021, 11), date(2021, 6, 3))  # six months with the current one: in June, the nation's rule
    pay(town, Month(2021, 9), date(2021, 7, 3))
    position = town.position
    with pytest.raises(RuleError) as caught:
        pay(town, Month(2021, 10), date(2021, 7, 3))
    assert town.position == position
    error = caught.value
    assert (error.rule, error.citation, error.policy_version) == (
        "prepaid_too_far",
        "an order of this place",
        "daan/1",
    )
    assert (error.expected, error.found) == ("2021-09 at the latest", "2021-10")


def test_a_refusal_says_in_words_what_it_rests_on_and_what_would_have_been_taken(town: Ledger) -> None:
    with pytest.raises(RuleError) as caught:
        pay(town, Month(2021, 12), date(2021, 6, 3))
    assert str(caught.value) == (
        "dues are paid too far ahead: expected 2021-11 at the latest, found 2021-12 "
        "[prepaid_too_far; 中组发〔2008〕3号 art. 12; policy cn-2008/1]"
    )


def test_a_rule_of_the_ledger_itself_names_no_policy(town: Ledger) -> None:
    with pytest.raises(RuleError) as caught, town.transaction(by=BY) as tx:
        tx.cadres["甲"].void(99)
    assert caught.value.policy_version == ""
    assert str(caught.value).endswith("[nothing_to_void]")


def test_in_the_transaction_that_adopts_it_a_policy_holds_at_once(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].assess_dues(yuan("4153.00"), valid_from=JULY, on=date(2021, 6, 1))
        tx.log.adopt_policy(DAAN, valid_from=JULY, on=date(2021, 6, 1))
        tx.cadres["甲"].assess_dues(yuan("4153.00"), valid_from=AUGUST, on=date(2021, 6, 1))
    events = [each.event for each in town.events()]
    versions = [event.policy_version for event in events if isinstance(event, DuesAssessed)]
    assert versions == [NATIONAL_VERSION, "daan/1"]


# --- what was decided before ------------------------------------------------------------------------------------------


def test_a_policy_adopted_later_changes_no_earlier_finding(town: Ledger, tmp_path: Path) -> None:
    """Four months ahead: right when it was paid, though the policy adopted since holds for that month, too."""
    assessed(town, "4153.00", JULY)
    pay(town, Month(2021, 10), date(2021, 7, 3))
    before = findings(town, tmp_path / "town.ledger")
    adopted = adopt(town, valid_from=Month(2021, 1))
    after = findings(town, tmp_path / "town.ledger")
    assert after == before
    rules = {"prepaid_too_far", "owed_otherwise"}
    assert not rules & {code for code, _ in after}
    with town.transaction(by=BY, lenient=True) as tx:  # as an import would: the same, decided now, is named
        tx.cadres["甲"].pay_dues(yuan("20.77"), for_month=Month(2021, 12), on=date(2021, 7, 3))
    late = [position for code, position in findings(town, tmp_path / "town.ledger") if code == "prepaid_too_far"]
    assert late == [adopted + 1]


def test_what_was_against_the_policy_of_then_stays_a_finding(town: Ledger, tmp_path: Path) -> None:
    with town.transaction(by=BY, lenient=True) as tx:
        tx.cadres["甲"].pay_dues(yuan("20.77"), for_month=Month(2022, 2), on=date(2021, 7, 3))
    adopt(town, place("dues.prepaid_months_max", "12", version="daan/1"), Month(2021, 1))
    assert "prepaid_too_far" in {code for code, _ in findings(town, tmp_path / "town.ledger")}
    pay(town, Month(2022, 3), date(2021, 7, 3))  # from now on, this is right


# --- policies one after another ---------------------------------------------------------------------------------------


def test_the_policy_of_a_ledger_is_the_nations_until_another_is_adopted(town: Ledger, clock: Clock) -> None:
    assert town.policy == national()
    position = town.position
    clock.now = datetime(2022, 1, 12, 4, tzinfo=UTC)
    adopt(town)
    assert [town.policy.version_at(month) for month in (JUNE, JULY)] == [NATIONAL_VERSION, "daan/1"]
    share = town.policy.at(declared.RETURNED_SHARE, JULY)
    assert (str(share.value), share.binding, share.version) == ("0.60", Binding.REFUSE, "daan/1")
    assert town.picture(as_known=position).policy == national()
    assert town.picture(as_known=datetime(2022, 1, 11, 4, tzinfo=UTC)).policy == national()
    assert town.picture().policy == town.policy
    assert town.picture(as_known=position + 1).policy == town.policy


def test_the_whole_text_stands_in_the_event(town: Ledger, tmp_path: Path) -> None:
    adopt(town)
    made = last(town, PolicyAdopted)
    assert (made.policy, made.adopted_version, made.valid_from) == (DAAN, "daan/1", JULY)
    assert made.occurred_on == date(2022, 1, 10), "decided today, in the ledger's zone"
    with Ledger.open(tmp_path / "town.ledger") as again:
        assert again.policy == town.policy


def test_a_second_policy_takes_the_place_of_the_first_from_its_month_on(town: Ledger) -> None:
    adopt(town)
    adopt(town, place("dues.fixed", '"0.50"', version="daan/2"), AUGUST)
    policy = town.policy
    assert [policy.version_at(month) for month in (JUNE, JULY, AUGUST)] == [NATIONAL_VERSION, "daan/1", "daan/2"]
    assert [policy.at(declared.PREPAID_MONTHS_MAX, month).value for month in (JUNE, JULY, AUGUST)] == [6, 3, 6]
    assert policy.find(declared.RETURNED_SHARE, AUGUST) is None


def test_a_ledger_goes_back_to_the_nations_policy_by_its_version_alone(town: Ledger) -> None:
    adopt(town)
    national_alone = f'version = "{NATIONAL_VERSION}"\n'
    adopt(town, national_alone, AUGUST)
    assert town.policy.at(declared.PREPAID_MONTHS_MAX, AUGUST).value == 6
    assert town.policy.version == NATIONAL_VERSION
    with pytest.raises(RuleError, match="adopted already"):
        adopt(town, national_alone, Month(2021, 9))
    adopt(town, national_alone, JULY)  # it means the same wherever it stands: so it may come to hold earlier
    assert town.policy.at(declared.PREPAID_MONTHS_MAX, JULY).value == 6


def test_the_nations_policy_is_in_force_from_the_start(town: Ledger) -> None:
    with pytest.raises(RuleError, match="adopted already"):
        adopt(town, f'version = "{NATIONAL_VERSION}"\n')


@pytest.mark.parametrize("valid_from", [JUNE, JULY, AUGUST])
@pytest.mark.parametrize("text", [DAAN, place("dues.fixed", '"0.50"', version="daan/1")])
def test_no_version_means_two_things(town: Ledger, text: str, valid_from: Month) -> None:
    adopt(town)
    position = town.position
    with pytest.raises(RuleError) as caught:
        adopt(town, text, valid_from)
    assert (caught.value.rule, caught.value.found) == ("policy_adopted_already", "daan/1")
    assert caught.value.hint == "Give the changed file a new version."
    assert town.position == position


def test_not_even_one_that_another_replaced_before_it_came_into_force(town: Ledger) -> None:
    adopt(town)
    adopt(town, place("dues.fixed", '"0.50"', version="daan/2"), JUNE)
    assert [version for _, version in town.policy.versions] == [NATIONAL_VERSION, "daan/2"]
    with pytest.raises(RuleError, match="adopted already"):
        adopt(town, place("dues.fixed", '"0.60"', version="daan/1"), AUGUST)


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "needs its version"),
        ("version: daan/1", "is not TOML"),
        (place("dues.fixed", "0.50"), "provision 1 \\(dues.fixed\\)"),
        (DAAN + "#" * TEXT_BYTES_MAX, "too long to stand in an event"),
        ('version = "daan/1"\nbased_on = "cn-2030/1"', "no such national policy"),
        (None, "a policy is not text"),
    ],
)
def test_what_cannot_be_read_is_not_adopted(town: Ledger, text: str, what: str) -> None:
    position = town.position
    with pytest.raises(InputError, match=what):
        adopt(town, text)
    assert town.position == position


def test_the_longest_policy_finds_room_in_an_event(town: Ledger) -> None:
    for number, filler in enumerate(['"', "党", "\\"]):
        text = place("dues.fixed", '"0.50"', version=f"daan/{number}") + "# "
        size = 2 if filler in '"\\' else len(filler.encode())
        room = TEXT_BYTES_MAX - len(text.encode()) - text.count("\n") - text.count('"') - 2
        adopt(town, text + filler * (room // size))
        assert town.policy.version == f"daan/{number}"


@pytest.mark.parametrize("valid_from", [None, "2021-07", date(2021, 7, 1)])
def test_a_policy_holds_from_a_month(town: Ledger, valid_from: Month) -> None:
    with pytest.raises(InputError, match="a month has a wrong type"):
        adopt(town, DAAN, valid_from)


def test_a_policy_is_not_decided_tomorrow(town: Ledger) -> None:
    with pytest.raises(InputError, match="in the future"):
        town.adopt_policy(DAAN, valid_from=JULY, on=date(2022, 1, 11), by=BY)
    town.adopt_policy(DAAN, valid_from=Month(2023, 1), on=date(2022, 1, 10), by=BY)  # though it may come to hold later


def test_what_is_adopted_is_not_taken_back(town: Ledger) -> None:
    adopt(town)
    with pytest.raises(RuleError, match="not taken back"), town.transaction(by=BY) as tx:
        tx.log.void(tx.log.version)

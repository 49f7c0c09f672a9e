"""One hierarchy of errors, whose fields survive a pickle and make a sentence."""

import copy
import inspect
import pickle
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadreledger import errors
from cadreledger.errors import (
    CadreLedgerError,
    ConflictError,
    DecodeError,
    ErasedError,
    ExtraMissingError,
    InputError,
    IntakeError,
    IntakeProblem,
    KeyStoreError,
    RuleError,
    StoreError,
    UnknownSubjectError,
    VerificationError,
)

CLASSES = [item for _, item in inspect.getmembers(errors, inspect.isclass) if issubclass(item, CadreLedgerError)]
each_error = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
PROBLEM = IntakeProblem(sheet="党费", cell="F12", code="not_a_number", found="…", expected="yuan", hint="Write 8.50.")
WHOLE: dict[str, object] = {
    "what": "an amount cannot be read",
    "expected": "yuan",
    "found": "text",
    "hint": "Write 8.50.",
    "rule": "dues.step",
    "citation": "中组发〔2008〕3号 article 1",
    "policy_version": "cn-2008/1",
    "stream": "branch:B1",
    "position": 7,
    "version": 3,
    "problems": (PROBLEM,),
    "warnings": (PROBLEM, PROBLEM),
}


def make(cls: type[CadreLedgerError]) -> CadreLedgerError:
    return cls(**{field.name: WHOLE[field.name] for field in fields(cls)})  # type: ignore[arg-type] # by name


@each_error
def test_an_error_keeps_its_fields(cls: type[CadreLedgerError]) -> None:
    error = make(cls)
    for again in (*(pickle.loads(pickle.dumps(error, protocol)) for protocol in range(6)), copy.copy(error)):
        assert type(again) is cls
        assert [getattr(again, field.name) for field in fields(cls)] == [WHOLE[field.name] for field in fields(cls)]
        assert str(again) == str(error)


def test_an_error_keeps_its_fields_however_they_were_given() -> None:
    again = pickle.loads(pickle.dumps(DecodeError("it broke", hint="Mend it.", position=7)))
    assert (again.what, again.expected, again.hint, again.position) == ("it broke", "", "Mend it.", 7)


@each_error
def test_an_error_says_what_for_and_starts_with_what(cls: type[CadreLedgerError]) -> None:
    assert [field.name for field in fields(cls)][:4] == ["what", "expected", "found", "hint"]
    assert cls.__doc__
    assert cls.__name__.endswith("Error")
    assert str(cls("it broke")) == "it broke"


@each_error
def test_an_error_is_caught_as_ours(cls: type[CadreLedgerError]) -> None:
    with pytest.raises(CadreLedgerError) as caught:
        raise make(cls)
    assert caught.value.__cause__ is None


def test_the_sentence_has_the_parts_that_there_are() -> None:
    assert str(InputError("it broke", "tea", "coffee", "Try tea.")) == "it broke: expected tea, found coffee. Try tea."
    assert str(InputError("it broke", "tea", "coffee")) == "it broke: expected tea, found coffee"
    assert str(InputError("it broke", "tea", hint="Try tea.")) == "it broke: expected tea. Try tea."
    assert str(InputError("it broke", found="coffee")) == "it broke: found coffee"
    assert str(InputError("it broke", hint="Try tea.")) == "it broke. Try tea."


def test_a_refusal_says_what_it_rests_on() -> None:
    refusal = RuleError("no", "tea", "coffee", "Try tea.", "drinks", "art. 1", "place/1")
    assert str(refusal) == "no: expected tea, found coffee. Try tea. [drinks; art. 1; policy place/1]"
    assert str(RuleError("no", rule="drinks")) == "no [drinks]"
    assert str(RuleError("no", rule="drinks", citation="art. 1")) == "no [drinks; art. 1]"
    assert str(RuleError("no")) == "no"


def test_the_hierarchy_is_the_documented_one() -> None:
    parents = {cls: cls.__bases__ for cls in CLASSES}
    assert parents == {
        CadreLedgerError: (Exception,),
        InputError: (CadreLedgerError,),
        UnknownSubjectError: (InputError,),
        ErasedError: (UnknownSubjectError,),
        ExtraMissingError: (CadreLedgerError,),
        RuleError: (CadreLedgerError,),
        ConflictError: (CadreLedgerError,),
        StoreError: (CadreLedgerError,),
        KeyStoreError: (StoreError,),
        DecodeError: (StoreError,),
        VerificationError: (CadreLedgerError,),
        IntakeError: (CadreLedgerError,),
    }


def test_the_module_offers_all_of_them() -> None:
    assert set(errors.__all__) == {cls.__name__ for cls in CLASSES} | {"IntakeProblem"}


def test_two_errors_are_two_even_if_they_say_the_same() -> None:
    one, other = InputError("it broke"), InputError("it broke")
    assert one != other
    assert {one, other} - {one} == {other}


@given(st.text(), st.text(), st.text(), st.text())
def test_any_words_make_a_sentence(what: str, expected: str, found: str, hint: str) -> None:
    said = str(RuleError(what, expected, found, hint, rule="r"))
    assert said.startswith(what)
    assert all(part in said for part in (expected, found, hint))


def test_a_problem_does_not_change() -> None:
    with pytest.raises(AttributeError):
        PROBLEM.cell = "F13"  # type: ignore[misc] # on purpose
    assert pickle.loads(pickle.dumps(PROBLEM)) == PROBLEM

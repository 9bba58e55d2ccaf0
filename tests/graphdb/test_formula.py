"""The language of formulas: what its texts mean, what is refused and where."""

from __future__ import annotations

import pytest

from graphdb.catalog.files import standard_catalog
from graphdb.catalog.formula import Call, FormulaError, Literal, Name, Operator, formula_of, names_in, parse
from graphdb.catalog.model import ObjectType, Property, PropertyType

DEAL = standard_catalog().by_name["deal"]
CONTACT = standard_catalog().by_name["contact"]


def _shown(text: str, object_type: ObjectType = CONTACT) -> str:
    def show(part: Literal | Name | Call) -> str:
        if isinstance(part, Literal):
            return repr(part.value)
        if isinstance(part, Name):
            return part.prop.name
        return f"({part.operator.value} {' '.join(show(inner) for inner in part.parts)})"

    return show(parse(text, object_type.by_name))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3 - 4", "(- (+ 1 (* 2 3)) 4)"),
        ("(1 + 2) * 3", "(* (+ 1 2) 3)"),
        ("1 - -2", "(- 1 -2)"),
        ("-age", "(negate age)"),
        ("age / 2", "(/ (to_number age) 2.0)"),
        ("score * age", "(* score (to_number age))"),
        ("not emailOptOut and age > 1 or true", "(or (and (not emailOptOut) (> age 1)) True)"),
        ('concat("a\\"b", " ", firstName)', "(concat 'a\"b' ' ' firstName)"),
        ("if(is_set(age), age, 2.5)", "(if (is_set age) (to_number age) 2.5)"),
        ("days_between(birthDate, createdAt)", "(days_between birthDate createdAt)"),
        ('lifecycleStage = "LEAD"', "(= lifecycleStage 'LEAD')"),
    ],
)
def test_what_binds_more_is_done_first_and_whole_numbers_become_others(text: str, expected: str) -> None:
    assert _shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount - 0.0001", "(- amount 1)"),
        ("amount >= 1250", "(>= amount 12500000)"),
        ("coalesce(amount, -1.5)", "(coalesce amount -15000)"),
        ("amount * 3", "(* amount 3)"),
        ("if(isWon, amount, 0)", "(if isWon amount 0)"),
    ],
)
def test_numbers_beside_amounts_are_amounts(text: str, expected: str) -> None:
    assert _shown(text, DEAL) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected a property, a value or a function at position 1, found the end"),
        ("age +", "expected a property, a value or a function at position 6, found the end"),
        ("age age", "expected an operator or the end at position 5, found age"),
        ("(age", "expected ')' at position 5, found the end"),
        ("shoeSize", "expected a property of the record at position 1, found shoeSize"),
        ("sqrt(age)", "expected a function"),
        ("round(score, age)", "expected how many places to keep, from 0 to 10, written out at position 14"),
        ("round(firstName, 1)", "expected a number at position 7, found a part of type string"),
        ("if(age, 1, 2)", "expected a condition at position 4, found a part of type integer"),
        ("if(true, 1)", "expected 3 arguments of if at position 1, found 2"),
        ("if(true, 1, firstName)", "expected parts of one type at position 10, found integer and string"),
        ("age and true", "expected a condition at position 1, found a part of type integer"),
        ("not age", "expected a condition at position 5, found a part of type integer"),
        ("firstName + lastName", "expected numbers or amounts around + at position 11, found a part of type string"),
        ("firstName < lastName", "expected = or != between parts of type string at position 11, found <"),
        ("age = firstName", "expected parts of one type at position 5, found integer and string"),
        ("1 < 2 < 3", "expected an operator or the end at position 7, found <"),
        ("-firstName", "expected a number or an amount at position 2"),
        (
            "buyingRole",
            "expected a property of one value at position 1, found buyingRole, which holds multi_enumeration",
        ),
        ("age ; 1", "expected a part of a formula at position 5, found ';'"),
        ('"open', "expected a part of a formula at position 1"),
        ("1234567890123456", "expected a whole number of at most 15 digits at position 1"),
        ("lower(age)", "expected text at position 7, found a part of type integer"),
        ("days_between(age, birthDate)", "expected a date or a point in time at position 14"),
        ("(" * 13 + "1" + ")" * 13, "expected at most 12 parts within parts at position"),
        ("-" * 13 + "age", "expected at most 12 parts within parts at position"),
        ("not " * 13 + "true", "expected at most 12 parts within parts at position"),
        ("1" + " + 1" * 13, "expected at most 12 operators in a row at position"),
        ("1" * 1_001, "expected at most 1,000 characters, found 1,001"),
    ],
)
def test_what_means_nothing_is_refused_with_its_position(text: str, expected: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text, CONTACT.by_name)
    assert str(caught.value).startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount * 1.5", "what is exact of an amount"),
        ("amount / 2", "what is exact of an amount"),
        ("amount * amount", "what is exact of an amount"),
        ("amount + probability", "parts of one type"),
        ("amount + 0.00001", "parts of one type"),
    ],
)
def test_amounts_stay_exact_or_are_refused(text: str, expected: str) -> None:
    with pytest.raises(FormulaError, match=expected):
        parse(text, DEAL.by_name)


def _calculated(text: str, kind: PropertyType) -> Property:
    return Property(name="x", type=kind, label="X", formula=text, read_only=True)


def test_a_formula_is_of_the_type_of_its_property() -> None:
    found = formula_of(CONTACT, _calculated("age", PropertyType.NUMBER))
    assert found == Call(Operator.TO_NUMBER, (Name(CONTACT.by_name["age"], PropertyType.INTEGER),), PropertyType.NUMBER)
    assert formula_of(CONTACT, _calculated("email", PropertyType.TEXT)).kind is PropertyType.STRING
    for text, kind in (("score", PropertyType.INTEGER), ("age", PropertyType.MONEY), ("age", PropertyType.JSON)):
        with pytest.raises(FormulaError, match="expected a"):
            formula_of(CONTACT, _calculated(text, kind))


def test_formulas_read_what_is_stored() -> None:
    known = {**CONTACT.by_name, "x": _calculated("age", PropertyType.NUMBER)}
    with pytest.raises(FormulaError, match="expected a property that is stored, for a formula reads no other"):
        parse("x + 1", known)


def test_the_names_in_a_formula_are_its_properties() -> None:
    """Neither functions, nor words of the language, nor what stands in quotes; also of a text with faults."""
    assert names_in('if(age > 1 and not optOut, concat("score", name), true) ; round') == {
        "age",
        "optOut",
        "name",
        "round",
    }

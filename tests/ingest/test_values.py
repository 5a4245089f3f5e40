"""Values in text, as tables of small input and output."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.values import contains_value, find_values, parse_date, same_value

SAME = [
    ("percent", "2.7", ["2,7 %", "2.7%", "2,7 procent", "2.7 percent", "2.7 per cent", "2,7\nprocent"]),
    ("percentpoint", "3", ["3 procentpunt", "3 percentage points", "drie procentpunten"]),
    ("amount", "3000", ["€ 3.000", "€3.000,-", "€ 3.000,00", "3000 euro", "3.000 euro", "EUR 3,000", "drieduizend euro", "€ 3 duizend"]),
    ("amount", "2800000", ["€ 2,8 miljoen", "2,8 mln. euro", "€ 2.800.000", "2.8 million euros", "€2.8 mln"]),
    ("amount", "25000000", ["25 miljoen euro", "vijfentwintig miljoen euro", "twenty-five million euros"]),
    ("number", "4500", ["4.500", "4,500", "4500", "4\u00a0500", "vierduizend vijfhonderd"]),
    ("number", "0.125", ["0,125", "0.125"]),
    ("number", "1", ["één", "een", "one", "1"]),
    ("number", "25", ["25", "vijfentwintig", "twenty-five", "twenty five"]),
    ("number", "105", ["105", "honderdvijf", "one hundred and five"]),
    ("number", "1.5", ["1,5", "anderhalf", "anderhalve"]),
    ("ordinal", "3", ["derde", "3e", "3de", "3rd", "third"]),
    (
        "date",
        "2025-07-04",
        ["4 juli 2025", "04-07-2025", "4-7-2025", "4/7/2025", "4 July 2025", "July 4, 2025", "2025-07-04", "4\njuli 2025"],
    ),
    ("date", "2025-07-01", ["1 juli 2025", "July 1st, 2025", "1st of July 2025", "1-7-25"]),
    ("date", "--07-04", ["4 juli", "July 4", "vrijdag 4/7"]),
    ("date", "2024-12", ["december 2024", "December, 2024", "dec. 2024"]),
    ("date", "--09", ["in september", "in September"]),
    ("date", "2025", ["2025", "eind 2025"]),
    ("quarter", "2027-Q1", ["Q1 2027", "Q1 van 2027", "2027-Q1", "eerste kwartaal van 2027", "1e kwartaal 2027", "first quarter of 2027"]),
    ("time", "10:30", ["10.30 uur", "10:30", "10:30 uur", "10.30 a.m."]),
    ("time", "15:00", ["3 pm", "15:00"]),
    ("kamerstuk", "32824-456", ["32 824, nr. 456", "32824 nr. 456", "32824-456", "32 824 Integratiebeleid\nNr. 456"]),
    ("kamerstuk", "36410-XV-12", ["36 410 XV, nr. 12", "36410-XV, nr. 12"]),
    ("reference", "TZ202309-035", ["TZ202309-035"]),
    ("reference", "B1", ["taalniveau B1"]),
]


@pytest.mark.parametrize(("kind", "canonical", "text"), [(kind, value, text) for kind, value, texts in SAME for text in texts])
def test_ways_to_write_one_value(kind: str, canonical: str, text: str) -> None:
    (value,) = find_values(text)
    assert (value.kind, str(value.value)) == (kind, canonical)
    assert text[value.start : value.end] == value.text


MANY = [
    ("3 tot 5 miljoen euro", [("amount", "3000000"), ("amount", "5000000")]),
    ("€ 3 miljoen tot € 5 miljoen", [("amount", "3000000"), ("amount", "5000000")]),
    ("10-20 %", [("percent", "10"), ("percent", "20")]),
    ("tussen de 10 en 20 procent", [("percent", "10"), ("percent", "20")]),
    ("leerjaar 2028–2029", [("date", "2028"), ("date", "2029")]),
    ("vergaderjaar 2023/24", [("date", "2023"), ("date", "2024")]),
    ("10 tot 12 maart 2025", [("date", "2025-03-10"), ("date", "2025-03-12")]),
    ("Q3 en Q4 2025", [("quarter", "Q3"), ("quarter", "2025-Q4")]),
    ("een op de vijf", [("number", "1"), ("number", "5")]),
    ("one in five", [("number", "1"), ("number", "5")]),
    ("8 proeven in 30 steden [2]", [("number", "8"), ("number", "30")]),
    ("Totaal 5 11,6 22", [("number", "5"), ("number", "11.6"), ("number", "22")]),
    ("2 mln. tot 3 mln. euro", [("amount", "2000000"), ("amount", "3000000")]),
    ("op 31-02-2025", [("number", "31"), ("number", "2"), ("date", "2025")]),
]


@pytest.mark.parametrize(("text", "expected"), MANY)
def test_more_values_in_one_text(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(value.kind, str(value.value)) for value in find_values(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "een nota",
        "ten behoeve van",
        "ten slotte",
        "no one knows",
        "of the may be",
        "zie [3]",
        "Staat<sup>7</sup>",
        "1. ",
        "a@b1.nl",
        "de achtertuin",
    ],
)
def test_what_is_no_value(text: str) -> None:
    assert find_values(text) == ()


@pytest.mark.parametrize(
    ("text", "value", "stated"),
    [
        ("op 4 juli 2025", "juli 2025", True),
        ("op 4 juli 2025", "4 juli", True),
        ("op 4 juli 2025", "2025", True),
        ("op 4 juli 2025", "juli", True),
        ("in juli 2025", "4 juli 2025", False),
        ("op 4 juli 2025", "4 juli 2024", False),
        ("op 4 juli 2025", "7 april", False),
        ("Q1 2027", "eerste kwartaal", True),
        ("Q1 2027", "2027", True),
        ("eerste kwartaal", "Q1 2027", False),
        ("60 procent", "60", False),
        ("60 deelnemers", "60 %", False),
        ("2.000 banen", "2000", True),
        ("12 van de 30", "twaalf", True),
    ],
)
def test_contains_value(text: str, value: str, stated: bool) -> None:
    (wanted,) = find_values(value)
    assert contains_value(find_values(text), wanted) is stated


@pytest.mark.parametrize(
    "text", ["€ 2,9 miljoen", "€ 2,9 mln", "4 juli", "4 juli 2025", "2,7 procent", "3.000 euro", "10.30 uur", "Q1 2027"]
)
def test_the_full_stop_is_not_part_of_a_value(text: str) -> None:
    assert [value.text for value in find_values(f"Dat was {text}. Klaar")] == [text]


def test_equality_ignores_place_and_spelling() -> None:
    percent, words = find_values("2,7 % of 2,7 procent")
    assert same_value(percent, words) and percent == words and hash(percent) == hash(words)
    assert percent.value == Decimal("2.7")
    assert percent != find_values("2,7")[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Den Haag, 3 maart 2026", date(2026, 3, 3)),
        ("Datum 02-12-2024", date(2024, 12, 2)),
        ("juli 2025, daarna 5 July 2025", date(2025, 7, 5)),
        ("in juli 2025", None),
        ("", None),
    ],
)
def test_parse_date(text: str, expected: date | None) -> None:
    assert parse_date(text) == expected


@given(st.text(alphabet="0123456789 .,-/%€:eniuvjf\n[]", max_size=60))
def test_spans_are_right_and_apart_for_any_text(text: str) -> None:
    values = find_values(text)
    assert all(text[v.start : v.end] == v.text and v.text for v in values)
    assert all(a.end <= b.start for a, b in pairwise(values))


@given(st.integers(min_value=1, max_value=9_999_999))
def test_dutch_and_english_thousands_agree(number: int) -> None:
    english = f"€ {number:,}"
    assert find_values(english) == find_values(english.replace(",", ".")) == find_values(f"{number} euro")

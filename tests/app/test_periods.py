"""Times in text as periods: table of phrases with the date of their document and the days that are meant."""

from datetime import date

import pytest

from app.periods import find_periods, is_past

SPRING, SUMMER, WINTER = date(2026, 3, 8), date(2025, 7, 4), date(2024, 12, 17)


@pytest.mark.parametrize(
    ("base", "text", "expected"),
    [
        (SPRING, "Op 9 maart 2026 vindt het overleg plaats.", [("2026-03-09", "2026-03-09")]),
        (SPRING, "De lijn gaat voor de zomer van dit jaar live.", [(None, "2026-06-30")]),
        (SPRING, "Na de zomer volgt een handreiking.", [("2026-09-01", None)]),
        (SPRING, "Dit voorjaar beginnen tien gemeenten.", [("2026-03-01", "2026-05-31")]),
        (SPRING, "Het stuk komt komende maand.", [("2026-03-08", "2026-04-08")]),
        (SPRING, "De resultaten zijn in september bekend.", [("2026-09-01", "2026-09-30")]),
        (SPRING, "Het bureau heeft in september een taal ontwikkeld.", [("2025-09-01", "2025-09-30")]),
        (SPRING, "In februari en maart 2026 zijn er bijeenkomsten.", [("2026-02-01", "2026-03-31")]),
        (SPRING, "Het loopt nog tot medio 2026.", [(None, "2026-07-31")]),
        (SPRING, "De regeling is verlengd tot en met 2029.", [(None, "2029-12-31")]),
        (SPRING, "Een afsluiting volgt begin 2027.", [("2027-01-01", "2027-03-31")]),
        (SUMMER, "(Start: Q3, doorlopend)", [("2025-07-01", "2025-09-30")]),
        (SUMMER, "De meting is klaar (afronding: Q2).", [("2025-04-01", "2025-06-30")]),
        (SUMMER, "(Start: Q4 en verder)", [("2025-10-01", None)]),
        (SUMMER, "(Start: binnen 6 maanden)", [("2025-07-04", "2026-01-04")]),
        (SUMMER, "(Start: tweede helft van dit jaar)", [("2025-07-01", "2025-12-31")]),
        (SUMMER, "Dit najaar en begin volgend jaar komt de aanbesteding.", [("2025-09-01", "2026-03-31")]),
        (SUMMER, "Uiterlijk voor het einde van het jaar volgt een brief.", [(None, "2025-12-31")]),
        (SUMMER, "In het leerjaar 2028–2029 begint de opleiding.", [("2028-09-01", "2029-08-31")]),
        (SUMMER, "Volgend jaar zomer informeer ik u.", [("2026-06-01", "2026-08-31")]),
        (SUMMER, "De komende vier jaar verandert dat.", [("2025-07-04", "2029-07-04")]),
        (SUMMER, "In maart van dit jaar is de motie aangenomen.", [("2025-03-01", "2025-03-31")]),
        (SUMMER, "U ontvangt dit plan vóór 1 juli 2026.", [(None, "2026-07-01")]),
        (WINTER, "In q1 volgt een onderzoek.", [("2025-01-01", "2025-03-31")]),
        (WINTER, "Oktober – november 2024", [("2024-10-01", "2024-11-30")]),
        (WINTER, "Q4 2024 – Q1 2025", [("2024-10-01", "2025-03-31")]),
        (WINTER, "25-29 november: aanpassen", [("2025-11-25", "2025-11-29")]),
        # no times: names of reports and plans, how long something takes
        (SUMMER, "Uit de Voorjaarsnota 2025 en het Jaarrapport 2020 blijkt dat.", []),
        (SUMMER, "Het Meerjarenplan 2022-2025 is geëvalueerd.", []),
        (SUMMER, "Een aanvraag kan binnen twee weken worden afgehandeld.", []),
        (SUMMER, "De waarde is 12 miljoen over acht jaar.", []),
    ],
)
def test_periods(base: date, text: str, expected: list[tuple[str | None, str | None]]) -> None:
    found = [(p.first and p.first.isoformat(), p.last and p.last.isoformat()) for p in find_periods(text, base)]
    assert found == expected


def test_the_words_of_a_period_are_those_of_the_text() -> None:
    text = "De regeling loopt tot en met 30 september 2025, en na de zomer van 2026 volgt een evaluatie."
    assert [text[p.start : p.end] for p in find_periods(text, SUMMER)] == ["tot en met 30 september 2025", "na de zomer van 2026"]


@pytest.mark.parametrize(
    ("text", "past"),
    [
        ("De commissie is dit jaar gestart en komt met advies.", True),
        ("Dit jaar wordt hieraan vervolg gegeven.", False),
        ("Zij hebben een uitkering ontvangen, waarmee zij dit jaar hun inzet zullen versterken.", False),
    ],
)
def test_what_has_happened_is_told_from_what_will(text: str, past: bool) -> None:
    (period,) = find_periods(text, SPRING)
    assert is_past(text, period) is past

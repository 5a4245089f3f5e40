"""Everything a reader sees, Dutch first; dates and roles in words."""

from datetime import date

MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december".split(),
    "en": "January February March April May June July August September October November December".split(),
}
TEXTS = {
    "nl": {
        "not_found": "Hierover staat geen antwoord in de stukken die ik mag doorzoeken.",
        "nearest": "Het dichtst in de buurt komt: {sections}.",
        "empty": "Stel een vraag over de stukken.",
        "redacted": "Dit is in het stuk weggelakt (niet openbaar).",
        "redacted_ground": "Dit is in het stuk weggelakt (niet openbaar), op grond van {ground}.",
        "cell": "{row}, {column}: {value}{unit}.",
        "total": "De losse posten voor {column} tellen op tot {sum}, maar het totaal in de tabel is {total} (berekend uit de tabel).",
        "total_right": "De losse posten voor {column} tellen op tot {sum}; dat is ook het totaal in de tabel (berekend uit de tabel).",
        "as_of": "Stand: {date}",
        "undated": "zonder datum",
        "older": "Ouder cijfer of stuk: {date}.",
        "conflict": "De stukken zijn niet gelijk: zie de datum bij elk citaat.",
        "uncertain_table": "Van deze tabel is niet zeker welke waarde bij welk jaar hoort.",
        "poor_scan": "De tekst van deze bladzijde is slecht leesbaar; controleer het origineel.",
        "withheld": "Een geformuleerd antwoord is achtergehouden, omdat het niet woord voor woord te controleren was.",
    },
    "en": {
        "not_found": "The documents I may search do not answer this.",
        "nearest": "The nearest is: {sections}.",
        "empty": "Ask a question about the documents.",
        "redacted": "This is blacked out in the document (gelakt).",
        "redacted_ground": "This is blacked out in the document (gelakt), on the ground of: {ground}.",
        "cell": "{row}, {column}: {value}{unit}.",
        "total": "The separate items for {column} add up to {sum}, but the total in the table is {total} (computed from the table).",
        "total_right": "The separate items for {column} add up to {sum}, as the total in the table says (computed from the table).",
        "as_of": "As of {date}",
        "undated": "no date",
        "older": "Older figure or document: {date}.",
        "conflict": "The documents differ: see the date of each quote.",
        "uncertain_table": "It is not certain which value of this table belongs to which year.",
        "poor_scan": "The text of this page is hard to read; check the original.",
        "withheld": "A phrased answer was withheld because it could not be checked word for word.",
    },
}


def say(language: str, key: str, **values: object) -> str:
    """The text with this key in the reader's language, filled in."""
    return TEXTS[language][key].format(**values)


def say_date(day: date | None, language: str = "nl") -> str:
    """'4 juli 2025', '4 July 2025', or that there is none."""
    return f"{day.day} {MONTHS[language][day.month - 1]} {day.year}" if day else TEXTS[language]["undated"]

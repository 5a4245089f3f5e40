"""When a badly worded statement becomes the sentence it comes from, and when nothing of it is shown; on texts of our own."""

import re

import pytest

from app.grammar import grammar
from app.mend import mend
from app.question import understand
from app.types import Citation, Statement, Turn
from app.verify import verify

QUOTES = {
    1: "De bibliotheek opent op 3 juni 2024 opnieuw. De verbouwing kostte € 1,4 miljoen, omdat het dak vervangen moest worden.",
    2: "Wethouder Smit heeft besloten het tarief niet te verhogen. Ledental 2022 5.200",
    3: "De drie filialen – Hoorn, Edam en Medemblik – blijven open.",
}


def mended(question: str, said: str, source: int = 1) -> str | None:
    asked = understand(Turn(question))
    found = mend(Statement(said, (source,)), QUOTES, asked, lambda each: verify(each, QUOTES, asked.text))
    return found.text if found else None


ROOF = "“De verbouwing kostte € 1,4 miljoen, omdat het dak vervangen moest worden.”"


@pytest.mark.parametrize(
    ("question", "said", "source", "shown"),
    [
        ("Wat kostte de verbouwing?", "De verbouwing kostte € 1,4 miljoen.", 1, "De verbouwing kostte € 1,4 miljoen."),
        ("Wanneer gaat de bieb open?", "3 juni 2024.", 1, "“De bibliotheek opent op 3 juni 2024 opnieuw.”"),  # too short to stand alone
        ("Wat kostte het opknappen?", "Ja, 1,4 miljoen aan opknappen.", 1, ROOF),  # badly worded
        ("Wat kostte het opknappen?", "Het opknappen kostte € 1,4 miljoen.", 2, ROOF),  # of another source
        ("Waarom was de verbouwing duur?", "De verbouwing kostte € 1,4 miljoen.", 1, ROOF),  # without the reason that was asked
        ("Welke filialen blijven open?", "Hoorn en Edam blijven open als filialen.", 3, f"“{QUOTES[3]}”"),  # part of a list
        ("Wat kostte de verbouwing?", "De verbouwing kostte € 1,6 miljoen.", 1, None),
        ("Wat kostte de verbouwing?", "De verbouwing kostte € 1,4 miljard.", 1, None),
        ("Wie besloot over het tarief?", "Jansen heeft besloten het tarief niet te verhogen.", 2, None),
        ("Wie besloot over het tarief?", "Smit heeft besloten het tarief te verhogen.", 2, None),
        ("Hoeveel leden waren er in 2022?", "5.200 leden.", 2, None),  # a row is no sentence
        ("Wanneer gaat de bieb open?", "3 juni 2024.", 9, None),
    ],
)
def test_what_is_shown_of_a_statement(question: str, said: str, source: int, shown: str | None) -> None:
    assert mended(question, said, source) == shown


def test_only_whole_sentences_count_as_verbatim() -> None:
    assert verify(Statement("“De bibliotheek opent op 3 juni 2024 opnieuw.”", (1,)), QUOTES, "") == ""
    assert verify(Statement("“Het tarief te verhogen.”", (2,)), QUOTES, "") != ""


def test_the_grammar_has_the_values_and_names_of_the_sources_and_no_other() -> None:
    cited = Citation(2, "d", "Brief", "2025-01-01", "f", 1, "", "Smit betaalde 60% van € 1,4 miljoen.", 0, 36)
    rules = dict(line.split(" ::= ") for line in grammar(understand(Turn("Wat betaalde Hoorn in 2023?")), [cited]).split("\n"))
    assert {"Smit", "Hoorn"} < set(re.findall(r'"([^"]+)"', rules["name"]))
    values = set(re.findall(r'"([^"]+)"', rules["value"]))
    assert {"60%", "€ 1,4 miljoen", "2023"} <= values and not {value for value in values if re.search(r"[5789]", value)}
    assert '("2")' in rules["s"] and not re.search(r"\d", rules["word"].replace("{0,30}", ""))

"""What is read from a question: its kind, language, years and cues, and a follow-up made to stand on its own."""

import pytest

from app.question import KINDS, understand
from app.types import Turn


@pytest.mark.parametrize(
    ("question", "language", "kind"),
    [
        ("Waarom komt er een Actieagenda?", "nl", "reason"),
        ("Met welk argument?", "nl", "reason"),
        ("Hoeveel procent van de deelnemers heeft werk?", "nl", "percentage"),
        ("Welk deel van de vrouwen werkt?", "nl", "percentage"),
        ("Hoeveel geld is er voor de taaleis?", "nl", "amount"),
        ("hoe hoog is het bedrag", "nl", "amount"),
        ("Hoeveel gemeenten deden mee?", "nl", "number"),
        ("Hoe lang duurt de subsidie?", "nl", "duration"),
        ("Wanneer begon de Nationale Dialoog?", "nl", "date"),
        ("Wie ondertekende de brief?", "nl", "person"),
        ("Welke organisatie beoordeelde SOWIS?", "nl", "organisation"),
        ("Wat is SOWIS?", "nl", "definition"),
        ("Welke moties worden afgedaan?", "nl", "list"),
        ("Noem de drie pijlers", "nl", "list"),
        ("Hoe worden werkgevers geholpen?", "nl", "manner"),
        ("Is er een meldpunt?", "nl", "yesno"),
        ("Vertel iets over taal", "nl", "other"),
        ("", "nl", "other"),
        ("Why was the letter delayed?", "en", "reason"),
        ("What percentage of refugees works?", "en", "percentage"),
        ("How much money is available?", "en", "amount"),
        ("How many municipalities took part?", "en", "number"),
        ("How long does it take?", "en", "duration"),
        ("When did the dialogue start?", "en", "date"),
        ("Who signed the letter?", "en", "person"),
        ("Which ministry leads?", "en", "organisation"),
        ("What is SOWIS?", "en", "definition"),
        ("List the pillars.", "en", "list"),
        ("How are employers helped?", "en", "manner"),
        ("Does it continue?", "en", "yesno"),
    ],
)
def test_kind_and_language(question: str, language: str, kind: str) -> None:
    understood = understand(Turn(question))
    assert (understood.language, understood.kind) == (language, kind)
    assert understood.kind in {*dict(KINDS), "other"}
    assert not understood.follow_up


@pytest.mark.parametrize(
    ("question", "cue"),
    [
        ("Wat schreef Nobel in de kantlijn?", "annotation"),
        ("Welk bedrag is zwartgelakt?", "redacted"),
        ("Wat staat er in de tabel over 2027?", "table"),
        ("Wat is de datum van de nota?", "metadata"),
        ("Wat zegt de voetnoot over het WRR-rapport?", "footnote"),
        ("Welke toezegging is gedaan?", "motion"),
        ("Hoe is dat veranderd ten opzichte van 2024?", "change"),
    ],
)
def test_cues(question: str, cue: str) -> None:
    assert cue in understand(Turn(question)).cues


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("Wat kwam er in 2025?", {"2025"}),
        ("Wat staat er tussen 4 juli 2025 en Q1 2026 gepland?", {"2025", "2026"}),
        ("Hoeveel van de 2.000 banen?", set()),
        ("Wat kwam er?", set()),
    ],
)
def test_years(question: str, years: set[str]) -> None:
    assert understand(Turn(question)).years == years


@pytest.mark.parametrize(
    ("question", "history", "text"),
    [
        ("En in 2029?", ("Hoeveel geld is er in 2028 voor de taaleis?",), "Hoeveel geld is er in 2029 voor de taaleis. En in 2029?"),
        ("En een jaar later?", ("Hoeveel was er in 2025?",), "Hoeveel was er in 2026. En een jaar later?"),
        ("En het jaar ervoor?", ("Hoeveel was er in 2025?",), "Hoeveel was er in 2024. En het jaar ervoor?"),
        ("En daarna?", ("  ", "Eerst dit?"), "Eerst dit. En daarna?"),
        ("En toen?", ("Eén?", "Twee?", "Drie?"), "Twee. Drie. En toen?"),
        ("Who  chairs\nit?", ("What is the desk?",), "What is the desk. Who chairs it?"),
        (
            "Wat doet Pharos met vrouwelijke genitale verminking?",
            ("Wat is SOWIS?",),
            "Wat doet Pharos met vrouwelijke genitale verminking?",
        ),
    ],
)
def test_a_follow_up_stands_on_its_own(question: str, history: tuple[str, ...], text: str) -> None:
    understood = understand(Turn(question, history))
    assert understood.text == text
    assert understood.follow_up == (understood.text != understood.asked)
    assert understood.asked == " ".join(question.split())


def test_a_follow_up_keeps_the_kind_and_language_of_what_it_follows() -> None:
    understood = understand(Turn("2027?", ("How much was it in 2025?",)))
    assert (understood.kind, understood.language, understood.years) == ("number", "en", {"2027"})

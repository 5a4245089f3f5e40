"""Which documents a question points at, on a made-up dossier of a park."""

import datetime as dt

import pytest

from app.mentions import mentioned
from app.question import understand
from app.types import Turn
from ingest.types import Document


def _document(
    name: str, kind: str, day: dt.date | None, title: str = "Park", recipient: str = "", estimated: dt.date | None = None
) -> Document:
    return Document(name, name, f"{name}.txt", title, kind, day, "", (0,), recipient=recipient, estimated=estimated)


DOSSIER = (
    _document("nota herfst", "nota", dt.date(2023, 10, 9), recipient="Staatssecretaris"),
    _document("nota december", "nota", dt.date(2023, 12, 2), "Concept-Kamerbrief Park", "Minister van Natuur"),
    _document("brief zomer", "kamerbrief", dt.date(2024, 7, 4)),
    _document("brief nieuw", "kamerbrief", None, estimated=dt.date(2025, 3, 8)),
    _document("bijlage", "bijlage", None),
    _document("feitenblad", "feitenblad", dt.date(2025, 4, 1), "Feitenblad: voortgangsbrief van 4 juli 2024"),
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Hoeveel bomen noemt de zomerbrief?", [{"brief zomer", "feitenblad"}]),
        ("Wat stond er in de brief van 2025 over banken?", [{"brief nieuw"}]),
        ("What does the July 2024 letter say about benches?", [{"brief zomer", "feitenblad"}]),
        ("Wat adviseert de nota van 2 december 2023?", [{"nota december"}]),
        ("Wat staat er in de decembernota over het hek?", [{"nota december"}]),
        ("Wie kreeg de eerste nota?", [{"nota herfst"}]),
        ("Wat staat er in de nota aan de minister?", [{"nota december"}]),
        ("Hoeveel kost het volgens de begrotingsbijlage?", [{"bijlage"}]),
        ("Welk jaar noemt de vorige brief?", [{"brief zomer", "feitenblad"}]),
        ("Wat staat er in de nieuwste brief?", [{"brief nieuw"}]),
        ("Hoeveel bomen gaf de brief van 2024 en hoeveel die van 2025?", [{"brief zomer", "feitenblad"}, {"brief nieuw"}]),
        ("Wat stond er in de conceptbrief over het hek?", [{"nota december"}]),
        ("Wat staat er in de brief?", []),
        ("Hoeveel geld gaf de Voorjaarsnota?", []),
        ("Hoeveel bomen komen er in 2025?", []),
        ("Wat staat er in de brief van 1999?", []),
    ],
)
def test_the_documents_a_question_points_at(question: str, expected: list[set[str]]) -> None:
    assert [set(ids) for ids in mentioned(understand(Turn(question)), DOSSIER)] == expected


def test_a_follow_up_keeps_the_document_of_the_turn_before_it() -> None:
    follow_up = understand(Turn("En hoeveel banken?", ("Hoeveel bomen noemt de zomerbrief?",)))
    assert [set(ids) for ids in mentioned(follow_up, DOSSIER)] == [{"brief zomer", "feitenblad"}]

"""Which sentences are quoted: how a quote grows, and what is left out. The windows are real, their scores are given by hand."""

from pathlib import Path

import numpy as np
import pytest

from app.compose import compose
from app.evidence import MARGIN, MAX_QUOTE_WORDS, MAX_WORDS, elsewhere, select
from app.question import understand
from app.retrieve import Ranked, Retrieved
from app.types import Turn
from ingest.library import Library
from ingest.pipeline import index
from ingest.settings import Settings
from tests.ingest.doubles import WordEncoder

SENTENCES = [f"Zin {number} noemt boom {number} met {'groene ' * number}blaadjes." for number in range(1, 8)]
ASKED = understand(Turn("Hoe staat het met de heg?"))
LONG = "Zin over de heg " + "en nog een struik met doornen " * 7 + "bij het hek."


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("stukken")
    (folder / "bomen.md").write_text("# Bomen\n\n" + " ".join(SENTENCES) + "\n", encoding="utf-8")
    perks = "".join(f"- Perk {number} langs de {number}e laan, dat {'veel ' * 12}water krijgt;\n" for number in range(1, 8))
    ponds = "- de grote vijver;\n- de kleine.\n"
    lists = f"Er komen zeven perken:\n\n{perks}\nEr komen twee vijvers:\n\n{ponds}"
    (folder / "lijst.md").write_text(f"# Lijst\n\nDit is de aanleg.\n\n{lists}", encoding="utf-8")
    beech, lime = "De beuk is oud. Hij wordt gesnoeid in mei. Dan is het droog.", "Het gaat goed. Wij snoeien de linde. De linde bloeit."
    (folder / "snoei.md").write_text(f"# Snoei\n\n{beech}\n\n# Linde\n\n{lime}\n", encoding="utf-8")
    (folder / "heg.md").write_text(f"# Heg\n\n{LONG} {LONG.replace('Zin', 'Regel')}\n", encoding="utf-8")
    place = tmp_path_factory.mktemp("index")
    index([folder], place, Settings(), WordEncoder())
    return Library(place, Settings(), "woorden")


def _retrieved(library: Library, scores: dict[str, float]) -> Retrieved:
    """Each window that begins with a given sentence, with its score."""
    found = []
    for span in library.spans.values():
        text = library.documents[library.passages[span.passage_id].document_id].text[span.start : span.stop]
        found += [Ranked(span, score, 0.0, 0.0, np.zeros(1), np.zeros(1)) for start, score in scores.items() if text.startswith(start)]
    assert len(found) == len(scores)
    return Retrieved(tuple(sorted(found, key=lambda window: -window.score)), (), np.zeros((1, 1)), np.zeros(1))


def test_windows_that_touch_become_one_quote_in_the_order_of_the_text(library: Library) -> None:
    (only,) = select(ASKED, _retrieved(library, {"Zin 2": 5.0, "Zin 1": 4.0, "Zin 4": 3.5}), library)
    assert only.text == " ".join(SENTENCES[:5]) and only.score == 5.0


def test_a_window_that_scores_far_lower_is_left_out(library: Library) -> None:
    chosen = select(ASKED, _retrieved(library, {"Zin 1": 5.0, "Zin 5": 5.0 - MARGIN - 0.1}), library)
    assert [e.text for e in chosen] == [" ".join(SENTENCES[:2])]


def test_what_stands_around_a_quote_and_tells_less_is_cited_and_not_shown(library: Library) -> None:
    (only,) = select(ASKED, _retrieved(library, {"Zin 2": 5.0, "Zin 1": 1.5, "Zin 6": 1.5}), library)
    assert only.text == " ".join(SENTENCES[:3])
    answer = compose(ASKED, (only,), library, ())
    assert answer.statements[0].text == f"“… {' '.join(SENTENCES[1:3])}”" and answer.citations[0].quote == only.text


def test_a_quote_that_points_back_has_what_it_points_at(library: Library) -> None:
    (only,) = select(ASKED, _retrieved(library, {"Hij wordt": 5.0}), library)
    assert only.text == "De beuk is oud. Hij wordt gesnoeid in mei. Dan is het droog." and not only.shown
    (only,) = select(ASKED, _retrieved(library, {"Wij snoeien": 5.0}), library)
    assert only.text == "Wij snoeien de linde. De linde bloeit."


def test_windows_apart_are_quotes_of_their_own_best_first(library: Library) -> None:
    chosen = select(ASKED, _retrieved(library, {"Zin 1": 4.0, "Zin 5": 5.0}), library)
    assert [e.text for e in chosen] == [" ".join(SENTENCES[4:6]), " ".join(SENTENCES[:2])]


def test_what_would_make_the_answer_too_long_is_left_out(library: Library) -> None:
    first, *rest = select(ASKED, _retrieved(library, {"Zin 1": 5.0, "Zin over": 4.9, "Zin 5": 4.8}), library)
    assert len(LONG.split()) > (MAX_WORDS - len(first.text.split())) / 2
    assert [first.text, *(e.text for e in rest)] == [" ".join(SENTENCES[:2]), " ".join(SENTENCES[4:6])]


def test_the_best_window_is_quoted_however_long(library: Library) -> None:
    first, *_ = select(ASKED, _retrieved(library, {"Zin over": 5.0, "Zin 1": 4.9}), library)
    assert first.text.startswith("Zin over") and len(first.text.split()) > MAX_QUOTE_WORDS


@pytest.mark.parametrize(("asked", "whole"), [("Welke vijvers komen er?", True), ("Hoe groot wordt de kleine vijver?", False)])
def test_a_part_of_a_list_is_the_whole_list_when_that_is_asked(library: Library, asked: str, whole: bool) -> None:
    (only,) = select(understand(Turn(asked)), _retrieved(library, {"de grote": 5.0}), library)
    assert (only.text == "Er komen twee vijvers:\n\nde grote vijver;\nde kleine.") == whole and only.text.endswith(
        "de grote vijver;\nde kleine."
    )


def test_of_a_long_list_every_item_is_shown_in_part_and_the_whole_is_cited(library: Library) -> None:
    question = understand(Turn("Welke perken komen er?"))
    (only,) = select(question, _retrieved(library, {"Perk 2": 5.0, "Perk 5": 4.9}), library)
    answer = compose(question, (only,), library, ())
    assert answer.text.startswith("“Er komen zeven perken: Perk 1 langs de 1e laan … Perk 2") and len(answer.text.split()) < MAX_WORDS
    assert answer.text.count("…") == 7 and answer.citations[0].quote.count("water krijgt") == 7
    document = library.documents[only.document_id]
    assert document.text[only.start : only.end] == answer.citations[0].quote


def test_nothing_found_is_nothing_quoted(library: Library) -> None:
    assert select(ASKED, _retrieved(library, {}), library) == ()


def test_another_document_that_says_the_same_is_found_and_one_with_another_figure_is_not(tmp_path: Path) -> None:
    for name, share in (("oud", 17), ("nieuw", 22), ("bijlage", 22), ("ver", 22)):
        text = f"# Stuk {name}\n\nIn de wijk staat bij {share} procent van de huizen een boom.\n"
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    index([tmp_path], tmp_path / "index", Settings(), WordEncoder())
    park = Library(tmp_path / "index", Settings(), "woorden")
    question = understand(Turn("Bij hoeveel procent van de huizen staat een boom?"))
    found = _retrieved(park, {"Stuk nieuw": 5.0, "Stuk oud": 4.9, "Stuk bijlage": 1.5, "Stuk ver": 0.5})
    first, older = select(question, found, park)
    assert "22 procent" in first.text and "17 procent" in older.text
    also = elsewhere(question, (first, older), found, park)
    assert [(place, park.documents[each.document_id].source_name) for place, each in also] == [(0, "bijlage.md")]
    second = elsewhere(question, (older, first), found, park)  # it is cited with the quote that it repeats
    assert second == ((1, also[0][1]),)
    assert [s.citations for s in compose(question, (older, first), park, (), also=second).statements] == [(1,), (2, 3)]
    far = elsewhere(question, (first,), _retrieved(park, {"Stuk nieuw": 5.0, "Stuk ver": 0.5}), park)
    assert [park.documents[each.document_id].source_name for _, each in far] == ["ver.md"]  # far below, but nearly the same
    answer = compose(question, (first, older), park, (), also=also)
    assert [s.citations for s in answer.statements] == [(1, 3), (2,)] and answer.text.count("22 procent") == 1
    assert elsewhere(question, (older,), _retrieved(park, {"Stuk oud": 4.9, "Stuk nieuw": 4.8}), park) == ()

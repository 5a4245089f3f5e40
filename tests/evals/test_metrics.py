"""Each measure on data that can be worked out by hand."""

import math
from dataclasses import replace

import pytest
from small_world import ANSWERABLE, UNANSWERABLE, WORLD, answered, honest, refused

from app.types import Answer, Citation
from evals.figures import figures, group
from evals.metrics import judge
from evals.text import covers, holds, states
from evals.types import Item, KnownFact, Snippet

COST, SHARE, CASUALTIES = ANSWERABLE[1], ANSWERABLE[2], ANSWERABLE[6]


@pytest.mark.parametrize(
    ("text", "alternative", "expected"),
    [
        ("Het gaat om **twaalf**\n tuinen [1].", "twaalf tuinen", True),
        ("Zeg ‘De Boer’", "'de boer'", True),
        ("2,7 procent van de bedrijven", "2.7%", True),
        ("3.000 euro per jaar", "€ 3.000", True),
        ("op 04-07-2025", "4 juli 2025", True),
        ("op 4 juli 2025", "juli 2025", True),
        ("in juli 2025", "4 juli 2025", False),
        ("60 deelnemers", "60%", False),
        ("in 30 plaatsen", "8 (", False),
        ("de derde", "3e", False),
        ("dertig plaatsen", "30", True),
        ("zie [12]", "12", False),
    ],
)
def test_states(text: str, alternative: str, expected: bool) -> None:
    assert states(text, alternative) is expected


@pytest.mark.parametrize(
    ("text", "snippet", "expected"),
    [
        ("| Jaar | 2026 |\n| Bedrag | 11,6 |", "Jaar 2026 Bedrag 11,6", True),
        ("segregatie in de wijk.19 Daarna", "segregatie in de wijk.", True),
        ("een *vrije* samenleving", "een vrije samenleving", True),
        ("vrije samenlevingen", "vrije samenleving", False),
    ],
)
def test_holds(text: str, snippet: str, expected: bool) -> None:
    assert holds(text, snippet) is expected


def test_covers_needs_six_in_ten_words() -> None:
    snippet = "een twee drie vier vijf zes zeven acht negen tien"
    assert covers("tien acht zes vijf drie een", snippet)
    assert not covers("tien acht zes vijf drie", snippet)


def test_correct_needs_all_facts_nothing_forbidden_and_at_most_120_words() -> None:
    good = honest(CASUALTIES)
    assert judge(CASUALTIES, good, WORLD.documents).correct
    half = replace(good, text="In 2024 vielen 45 gewonden [1]")
    score = judge(CASUALTIES, half, WORLD.documents)
    assert (score.correct, score.facts_found, score.shares["fact_recall"]) == (False, (True, False), (1, 2))
    assert judge(CASUALTIES, replace(good, text=good.text + " en" * (120 - len(good.text.split()))), WORLD.documents).correct
    assert not judge(CASUALTIES, replace(good, text=good.text + " en" * (121 - len(good.text.split()))), WORLD.documents).correct
    assert not judge(replace(CASUALTIES, forbidden=("ring",)), good, WORLD.documents).correct


def test_a_fact_said_in_a_refusal_is_not_said() -> None:
    answer = replace(honest(COST), status="not_found")
    score = judge(COST, answer, WORLD.documents)
    assert (score.correct, score.facts_found, score.shares["false_refusals"]) == (False, (False,), (1, 1))


def test_unanswerable_is_correct_when_refused_without_the_forbidden() -> None:
    king = UNANSWERABLE[0]
    assert judge(king, refused("?"), WORLD.documents).correct
    assert not judge(king, replace(refused("?"), text="Niet gevonden, maar het is Willem."), WORLD.documents).correct
    score = judge(king, honest(COST), WORLD.documents)
    assert (score.correct, score.shares["refused_unanswerable"]) == (False, (0, 1))


def test_citation_recall_and_precision() -> None:
    both = replace(COST, evidence=(COST.evidence[0], Snippet("fietsen", "Wethouder De Boer leidt het plan")))
    cost = honest(COST).citations[0]
    other = WORLD.cite(2, "tuinen-2025.md", "De eerste tuin opent op 4 juli 2025 in de wijk Oosterveld.")
    stray = replace(cost, source="fietsen-2026.md")
    score = judge(both, answered("?", "…", cost, other), WORLD.documents)
    assert score.shares["citation_recall"] == (1, 2)
    assert score.shares["citation_precision"] == (1, 2)
    assert judge(COST, answered("?", "…", stray), WORLD.documents).shares["citation_recall"] == (0, 1)


def test_a_quote_is_verbatim_at_its_own_offsets_in_its_own_document() -> None:
    cite = honest(COST).citations[0]
    wrong = [
        replace(cite, start=cite.start + 1),
        replace(cite, document="weg"),
        replace(cite, quote=cite.quote.upper()),
        replace(cite, quote=""),
    ]

    def share(citation: Citation) -> tuple[float, float]:
        return judge(COST, answered("?", "…", citation), WORLD.documents).shares["quotes_verbatim"]

    assert share(cite) == (1, 1)
    assert [share(each) for each in wrong] == [(0, 1)] * 4


@pytest.mark.parametrize(
    ("text", "quote", "ungrounded"),
    [
        ("Het kost 2.800.000 euro in 2025 [1].", "In 2025 is dat € 2,8 miljoen.", ()),
        ("Het kost € 2,9 miljoen.", "€ 2,8 miljoen", ("€ 2,9 miljoen",)),
        ("Het was 60 %.", "60 deelnemers", ("60 %",)),
        ("In juli 2025.", "op 4 juli 2025", ()),
        ("Op 4 juli 2025.", "in juli 2025", ("4 juli 2025",)),
        ("€ 11,9 miljoen in 2027", "(x 1 mln.) 2026 2027: 10,6 11,9", ()),
        ("€ 11,9 miljard in 2027", "(x 1 mln.) 2026 2027: 10,6 11,9", ("€ 11,9 miljard",)),
        ("17 procent", "% per groep: 17 22", ()),
        ("De tweede van twee", "er zijn twee", ()),
    ],
)
def test_numbers_grounded(text: str, quote: str, ungrounded: tuple[str, ...]) -> None:
    citation = Citation(1, "tuinen-2025.md", "", "", "tuinen-2025.md", 1, "", quote, 0, 1)
    assert judge(COST, answered("?", text, citation), WORLD.documents).ungrounded == ungrounded


def _item(fact: KnownFact, answer: Answer | None, seconds: float = 0.1) -> Item:
    plain = answer.to_json() if answer else None
    return Item(fact, plain, seconds, judge(fact, answer, WORLD.documents))


def test_retrieval_measures_by_hand() -> None:
    """Evidence at places 1, 3 and none: MRR (1 + 1/3 + 0) / 3, nDCG (1 + 1/log2(4) + 0) / 3."""
    first = honest(COST)
    hits = first.retrieved
    third = replace(first, retrieved=(hits[1], hits[2], hits[0], *hits[3:]))
    none = replace(first, retrieved=hits[1:])
    found = figures([_item(COST, first), _item(replace(COST, id="b"), third), _item(replace(COST, id="c"), none)])
    assert [found[f"recall@{k}"].value for k in (1, 3, 5, 10)] == pytest.approx([1 / 3, 2 / 3, 2 / 3, 2 / 3])
    assert found["mrr"].value == pytest.approx((1 + 1 / 3) / 3)
    assert found["ndcg@10"].value == pytest.approx((1 + 1 / math.log2(4)) / 3)


def test_ndcg_needs_all_snippets() -> None:
    """One of two snippets at place 1: 1 / (1 + 1/log2(3))."""
    both = replace(COST, evidence=(*COST.evidence, Snippet("fietsen", "staat nergens")))
    found = figures([_item(both, honest(COST))])
    assert found["ndcg@10"].value == pytest.approx(1 / (1 + 1 / math.log2(3)))
    assert found["recall@1"].value == 1


def test_a_missing_answer_never_raises_a_figure() -> None:
    wrong = replace(honest(COST), text="Geen idee", citations=(), retrieved=())
    answered_wrong = figures([_item(COST, wrong), _item(SHARE, honest(SHARE))])
    missing = figures([_item(COST, None), _item(SHARE, honest(SHARE))])
    for name in ("correct", "fact_recall", "citation_recall", "recall@10", "mrr"):
        assert missing[name].value == answered_wrong[name].value == 0.5, name
    assert missing["false_refusals"].value == 0.5
    assert missing["crashed"].value == 0.5


def test_intervals_hold_the_value_and_shrink_with_more_questions() -> None:
    def width(count: int) -> float:
        items = [_item(replace(COST, id=f"q{n}"), honest(COST) if n % 2 else None) for n in range(count)]
        figure = figures(items)["correct"]
        assert figure.low is not None and figure.high is not None and figure.value is not None
        assert figure.low <= figure.value <= figure.high
        return figure.high - figure.low

    assert width(10) > width(40) > width(160) > 0


def test_nothing_to_measure_is_not_zero() -> None:
    found = figures([_item(UNANSWERABLE[1], refused("?"))])
    assert found["recall@5"].value is None and found["citation_precision"].value is None
    assert found["refused_unanswerable"].value == 1


def test_latency_and_length() -> None:
    items = [_item(COST, honest(COST), seconds) for seconds in (0.1, 0.2, 0.9)]
    found = figures(items)
    assert found["latency_median"].value == 0.2
    assert found["latency_p95"].value == pytest.approx(0.83)
    assert found["words"].value == len(honest(COST).text.split())


def test_groups_cover_all_questions() -> None:
    items = [_item(fact, honest(fact)) for fact in ANSWERABLE]
    groups = group(items, lambda item: item.fact.category)
    assert sum(found["correct"].n for found in groups.values()) == len(items)
    assert list(groups) == ["fact", "number", "when", "who"]

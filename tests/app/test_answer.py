"""Question in, cited answer out, with the real model and a real Chroma: over corpus/, and over the originals where they are."""

import io
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
import yaml

from app.__main__ import main
from app.answer import Assistant
from app.types import Answer, Turn
from ingest.errors import IndexMismatch, IndexMissing
from ingest.settings import Settings

ROOT = Path(__file__).parents[2]
ORIGINALS = ROOT.parent / "shared" / "corpus"
GOLD = ROOT.parent / "shared" / "gold" / "actieagenda.yaml"
QUESTIONS = (
    "Hoeveel keerde SOWIS in 2025 uit?",
    "Wanneer begon de Nationale Dialoog?",
    "Wie ondertekende de voortgangsbrief van maart 2026?",
    "Hoeveel gemeenten deden mee aan de nulmeting van de gebedsoproep?",
    "Wat schreef Nobel in de kantlijn bij de derde pijler?",
    "Welk bedrag is er in 2030 voor de taaleis?",
    "Welk bedrag is zwartgelakt?",
    "Waarom is er een Actieagenda?",
    "How much did SOWIS pay out in 2025?",
    "Wat kost een treinkaartje naar Maastricht?",
    "xyzzy",
)


@pytest.fixture(scope="module")
def assistant(corpus_index: Path) -> Assistant:
    return Assistant(corpus_index)


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> list[Answer]:
    return [assistant.ask(Turn(question)) for question in QUESTIONS]


def holds_together(answer: dict[str, Any], assistant: Assistant) -> None:
    """What is true of every answer object, whatever is asked."""
    numbers = [c["number"] for c in answer["citations"]]
    assert numbers == list(range(1, len(numbers) + 1))
    for c in answer["citations"]:
        document = assistant.library.documents[c["document"]]
        assert document.text[c["start"] : c["end"]] == c["quote"] != ""
        assert (c["title"], c["source"]) == (document.title, document.source_name)
        assert c["page"] >= document.first_page
    for statement in answer["statements"]:
        assert statement["citations"] and set(statement["citations"]) <= set(numbers)
        assert " ".join(statement["text"].split()) in answer["text"]
    assert {int(n) for n in re.findall(r"\[(\d+)\]", answer["text"])} >= set(numbers)
    if answer["status"] == "answered":
        assert answer["statements"] and numbers
        assert len(numbers) <= 3 and len(answer["text"].split()) <= 120
    else:
        assert answer["status"] == "not_found"
        assert not answer["statements"] and not numbers
        assert not answer["retrieved"] or (answer["nearest"] and answer["nearest"][0] in answer["text"])
    assert len(answer["retrieved"]) <= 10
    scores = [hit["score"] for hit in answer["retrieved"]]
    assert scores == sorted(scores, reverse=True)
    for hit in answer["retrieved"]:
        assert hit["text"] and hit["source"] == assistant.library.documents[hit["document"]].source_name


def plain(text: str) -> list[str]:
    """The words of a text, without markup and the numbers of footnotes."""
    text = re.sub(r"<[^>]+>|[_*#|`]", " ", text)
    return re.findall(r"\w+", re.sub(r"(?<=[^\W\d])\d{1,2}\b", "", text))


@cache
def source_words(path: Path) -> str:
    """The words of a file, read without the loaders of ingest."""
    if path.suffix == ".docx":
        parts = []
        for item in docx.Document(str(path)).iter_inner_content():
            parts += [item.text] if hasattr(item, "text") else [cell.text for row in item.rows for cell in row.cells]
        text = "\n".join(parts)
    elif path.suffix == ".pdf":
        text = "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    else:
        text = path.read_text(encoding="utf-8")
    return f" {' '.join(plain(text))} "


def in_source(quote: str, path: Path) -> bool:
    """Word for word in the file, line by line; a footnote's number or one page border may come between the words."""
    source = source_words(path)
    for line in re.split(r"[\n\t]", quote):
        words = plain(line)
        if f" {' '.join(words)} " in source or not words:
            continue
        between = r" (?:\d{1,2} )?"
        splits = (between.join(words[:i]) + " .{0,3000}? " + between.join(words[i:]) for i in range(len(words) - 1, 0, -1))
        if not any(re.search(rf" {pattern} ", source) for pattern in (between.join(words), *splits)):
            return False
    return True


def test_every_answer_holds_together(answers: list[Answer], assistant: Assistant) -> None:
    for answer in answers:
        holds_together(answer.to_json("q"), assistant)
    assert {answer.status for answer in answers} == {"answered", "not_found"}


def test_every_quote_is_in_the_file(answers: list[Answer]) -> None:
    missing = [c for answer in answers for c in answer.citations if not in_source(c.quote, ROOT / "corpus" / c.source)]
    assert not missing


def test_an_answer_states_the_fact_and_where_it_stands(answers: list[Answer]) -> None:
    answer = answers[0]
    assert "2,8 miljoen euro" in answer.text
    first = answer.citations[0]
    assert first.source == "feitenblad-voortgangsbrief-2026.md"
    assert (first.date, first.page, first.section) == ("2026-03-15", 1, "Pijler 2: taal en werk > Werkgevers")
    assert answer.as_of and answer.as_of.isoformat() == "2026-03-15"
    assert answer.language == "nl" and answers[8].language == "en"


def test_the_same_question_gets_the_same_answer(assistant: Assistant, answers: list[Answer]) -> None:
    again = assistant.ask(Turn(QUESTIONS[0]))
    assert (again.text, again.citations, again.retrieved) == (answers[0].text, answers[0].citations, answers[0].retrieved)


def test_a_follow_up_is_read_in_its_conversation(assistant: Assistant) -> None:
    answer = assistant.ask(Turn("Tot en met welk jaar loopt die door?", ("Hoeveel keerde SOWIS in 2025 uit?",)))
    assert answer.question == "Tot en met welk jaar loopt die door?"
    assert answer.standalone.startswith("Hoeveel keerde SOWIS in 2025 uit.")
    assert "2029" in answer.text


def test_what_is_not_there_is_not_found_and_the_nearest_section_is_named(corpus_index: Path) -> None:
    strict = Assistant(corpus_index, Settings(refusal_threshold=1.0))
    answer = strict.ask(Turn("Wat kost een treinkaartje naar Maastricht?"))
    holds_together(answer.to_json(), strict)
    assert answer.status == "not_found"
    assert answer.text.startswith("Hierover staat geen antwoord in de stukken die ik mag doorzoeken. Het dichtst in de buurt komt: ")
    titles = {document.title for document in strict.library.documents.values()}
    assert any(title in answer.nearest[0] for title in titles)
    english = strict.ask(Turn("What is the price of a train ticket to Maastricht?"))
    assert english.text.startswith("The documents I may search do not answer this. The nearest is: ")


def test_levels_limit_what_is_searched(assistant: Assistant) -> None:
    answer = assistant.ask(Turn(QUESTIONS[0]), levels=("openbaar", "intern"))
    assert (answer.status, answer.citations, answer.retrieved) == ("not_found", (), ())
    assert assistant.ask(Turn(QUESTIONS[0]), levels=("vertrouwelijk",)).status == "answered"


def test_an_index_that_is_missing_or_of_another_model_is_refused(corpus_index: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match=r"Er is geen index in '.*'. Maak hem met: python -m ingest"):
        Assistant(tmp_path)
    with pytest.raises(IndexMismatch):
        Assistant(corpus_index, Settings(embedding_model="een-ander-model"))


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["ask", *arguments])
    out, err = capsys.readouterr()
    return status, out, err


def test_ask_prints_for_a_person_or_one_object(corpus_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = ask(capsys, "--index", str(corpus_index), QUESTIONS[0])
    assert status == 0
    said, _, sources = out.partition("Bronnen")
    assert "2,8 miljoen euro" in " ".join(said.split()) and said.rstrip().endswith("[1]")
    assert "[1] Feitenblad: voortgangsbrief Actieagenda" in sources and "blz. 1" in sources
    status, out, _ = ask(capsys, "--index", str(corpus_index), "--json", QUESTIONS[0])
    assert (status, out.count("\n")) == (0, 1)
    assert json.loads(out)["status"] == "answered"


def test_jsonl_keeps_order_and_ids_and_reports_errors_as_lines(
    corpus_index: Path, assistant: Assistant, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        json.dumps({"id": "eerst", "question": QUESTIONS[0]}),
        "dit is geen JSON",
        "",
        json.dumps({"id": 7, "question": "En tot wanneer loopt die?", "history": [QUESTIONS[0]]}),
        json.dumps({"id": "leeg"}),
        json.dumps(["geen", "object"]),
        json.dumps({"id": "laatst", "question": QUESTIONS[9], "history": None}),
    ]
    questions = tmp_path / "vragen.jsonl"
    questions.write_text("\n".join(lines) + "\n", encoding="utf-8")
    status, out, _ = ask(capsys, "--index", str(corpus_index), "--jsonl", str(questions))
    answers = [json.loads(line) for line in out.splitlines()]
    assert status == 1
    assert [answer["id"] for answer in answers] == ["eerst", "", "7", "leeg", "", "laatst"]
    assert [answer["status"] == "error" for answer in answers] == [False, True, False, True, True, False]
    for answer in answers:
        if answer["status"] == "error":
            assert answer["error"]
        else:
            holds_together(answer, assistant)
    monkeypatch.setattr("sys.stdin", io.StringIO(lines[0] + "\n"))
    status, out, _ = ask(capsys, "--index", str(corpus_index), "--jsonl", "-")
    assert (status, json.loads(out)["id"]) == (0, "eerst")


def test_exit_status_tells_a_failure_from_wrong_usage(corpus_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = ask(capsys, "--index", str(tmp_path / "leeg"), "Wat?")
    assert (status, out, err.count("\n")) == (1, "", 1)
    status, _, err = ask(capsys, "--index", str(corpus_index), "--jsonl", str(tmp_path / "nergens.jsonl"))
    assert (status, err.count("\n")) == (1, 1) and "nergens.jsonl" in err
    for wrong in ([], ["--jsonl", "x", "vraag"], ["vraag", "--mode", "gedroomd"]):
        with pytest.raises(SystemExit, match="2"):
            ask(capsys, *wrong)


def test_the_command_itself_answers(corpus_index: Path) -> None:
    command = [sys.executable, "-m", "app", "ask", "--index", str(corpus_index), QUESTIONS[0]]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (run.returncode, run.stderr) == (0, "")
    assert "2,8 miljoen euro" in run.stdout


def test_the_questions_about_the_originals(originals_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of the gold questions in one go: no error, in order, and every quote stands in its file. How good they are: evals."""
    if not GOLD.is_file():
        pytest.skip(f"the questions about the original documents are not here ({GOLD} is missing)")
    gold = yaml.safe_load(GOLD.read_text(encoding="utf-8"))
    questions = tmp_path / "vragen.jsonl"
    lines = (json.dumps({key: item[key] for key in ("id", "question", "history") if key in item}) for item in gold)
    questions.write_text("\n".join(lines), encoding="utf-8")
    status, out, _ = ask(capsys, "--index", str(originals_index), "--jsonl", str(questions))
    answers = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [answer["id"] for answer in answers] == [item["id"] for item in gold]
    originals = Assistant(originals_index)
    missing = []
    for answer in answers:
        holds_together(answer, originals)
        missing += [(answer["id"], c["quote"]) for c in answer["citations"] if not in_source(c["quote"], ORIGINALS / c["source"])]
    assert not missing

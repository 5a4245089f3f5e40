"""Judgements kept by the app, exported as known facts."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from small_world import ANSWERABLE, TEXTS, UNANSWERABLE, honest, refused

from app.feedback import read, record
from evals.check import check
from evals.feedback import from_feedback
from evals.known_facts import load, write
from ingest.errors import LoadError, SettingsError

COST, REASON = ANSWERABLE[1], ANSWERABLE[4]


def test_what_is_recorded_is_read_back(tmp_path: Path) -> None:
    database = tmp_path / "map" / "feedback.sqlite"
    first = record(database, honest(COST), "wrong", "Anna", " € 3 miljoen ")
    second = record(database, refused("Wie?"), "right")
    found = read(database)
    assert [each.id for each in found] == [first, second]
    assert (found[0].person, found[0].verdict, found[0].correct_answer) == ("Anna", "wrong", "€ 3 miljoen")
    assert found[0].answer == honest(COST).to_json()
    assert found[0].created.endswith("+00:00")


def test_many_write_at_once(tmp_path: Path) -> None:
    database = tmp_path / "f.sqlite"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: record(database, honest(COST), "right", str(number)), range(40)))
    assert {each.person for each in read(database)} == {str(number) for number in range(40)}


def test_errors_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="right, wrong, wrong_passage"):
        record(tmp_path / "f", honest(COST), "mooi")  # type: ignore[arg-type]
    with pytest.raises(LoadError, match="geen oordelen"):
        read(tmp_path / "weg")
    (tmp_path / "tekst").write_text("geen database, alleen tekst")
    with pytest.raises(LoadError):
        read(tmp_path / "tekst")
    with pytest.raises(LoadError):
        record(tmp_path / "tekst", honest(COST), "right")


def test_the_table_refuses_other_verdicts(tmp_path: Path) -> None:
    record(tmp_path / "f", honest(COST), "right")
    with sqlite3.connect(tmp_path / "f") as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("update feedback set verdict = 'mooi'")


def test_judgements_become_known_facts(tmp_path: Path) -> None:
    database = tmp_path / "f.sqlite"
    record(database, honest(COST), "right")
    record(database, honest(REASON), "right")
    record(database, refused(UNANSWERABLE[0].question), "right")
    record(database, refused("Wat doet de wethouder?"), "wrong", correct_answer="leidt het plan")
    record(database, honest(ANSWERABLE[5]), "wrong")
    record(database, honest(ANSWERABLE[6]), "wrong_passage", correct_answer="45 en 31")
    exported = from_feedback(read(database))
    write(exported.facts, tmp_path / "nieuw.yaml")
    facts = load(tmp_path / "nieuw.yaml")
    assert facts == exported.facts
    assert [fact.facts for fact in facts] == [
        (("€ 2,8 miljoen",),),
        ((honest(REASON).citations[0].quote,),),
        (),
        (("leidt het plan",),),
        (("45 en 31",),),
    ]
    assert [fact.answerable for fact in facts] == [True, True, False, True, True]
    assert facts[0].evidence[0].doc == "tuinen-2025.md"
    assert "vul het bewijs aan" in facts[3].note
    assert len(exported.skipped) == 1 and "zonder juist antwoord" in exported.skipped[0]
    assert check(facts, TEXTS, tmp_path / "nieuw.yaml") == ()


def test_the_last_judgement_of_a_question_counts(tmp_path: Path) -> None:
    database = tmp_path / "f.sqlite"
    record(database, honest(COST), "right")
    record(database, replace(honest(COST), question=COST.question.upper()), "wrong", correct_answer="3 miljoen")
    (fact,) = from_feedback(read(database)).facts
    assert fact.facts == (("3 miljoen",),)


def test_a_follow_up_is_asked_as_it_stands_by_itself(tmp_path: Path) -> None:
    record(tmp_path / "f", replace(honest(COST), question="En de kosten?", standalone="Wat kost de aanleg van tuinen?"), "right")
    assert from_feedback(read(tmp_path / "f")).facts[0].question == "Wat kost de aanleg van tuinen?"

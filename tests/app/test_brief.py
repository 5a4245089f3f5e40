"""Briefings on the fictional dossiers: what they hold, that every line is sourced, what may not be used, and how long they are."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from brief_documents import DOSSIERS, ROOT, brief_on, read, texts

from app.brief import brief
from app.brief_reading import Reading
from app.brief_subject import Subject
from app.brief_types import Request
from evals.briefing import wrong_quotes
from ingest.pipeline import index

READ_ON = date(2025, 6, 1)
ALL = Request(today=READ_ON)


@pytest.mark.parametrize("name", ["fietsmobiliteit", "jeugdzorg", "waterveiligheid"])
@pytest.mark.parametrize(
    "request_",
    [
        ALL,
        replace(ALL, length="one"),
        replace(ALL, length="three", language="en"),
        replace(ALL, since=date(2025, 3, 1)),
        replace(ALL, topic="doel"),
    ],
)
def test_every_line_has_a_source_and_every_quote_is_literal(name: str, request_: Request) -> None:
    documents, _ = read(DOSSIERS / name)
    made = brief_on(name, request_)
    assert made.chapters and made.citations
    assert wrong_quotes(made, {d.document_id: d for d in documents}) == ()
    assert sorted({n for c in made.chapters for x in (*c.lines, *c.tables) for n in x.citations}) == [c.number for c in made.citations]


def test_requested_decisions_advice_and_margin() -> None:
    made = brief_on("waterveiligheid", ALL)
    notas = texts(made, "notas")
    assert [text[:3] for text in notas[:3]] == ["“A)", "“B)", "“C)"]
    assert any("FEZ kan niet instemmen met variant 3" in text for text in notas[3:])
    margin = texts(made, "margin")
    assert any(text.startswith("Hoekzema, T.A. schreef: “Doe ik.") and "bij “C)" in text for text in margin)
    assert not any("Lakken op grond" in text for text in margin)


def test_motions_with_party_date_number_and_status() -> None:
    lines = {tuple(li.data["names"]): li.data for c in brief_on("waterveiligheid", ALL).chapters if c.key == "motions" for li in c.lines}
    terwiel = lines[("Terwiel",)]
    assert (terwiel["parties"], terwiel["date"], terwiel["status"]) == (["NM"], "2024-06-12", "afgedaan")
    farmers = lines[("De Graaf-Stam", "Brouns")]
    assert (farmers["parties"], farmers["date"], farmers["number"]) == (["LA", "VB"], "2025-06-25", "39417-27")
    assert lines[("Brouns",)]["status"] == "niet uitgevoerd"


def test_money_tables_stand_as_they_are_and_are_added_up() -> None:
    documents, passages = read(DOSSIERS / "fietsmobiliteit")
    made = brief(documents, passages, ALL)
    tables = [t for c in made.chapters if c.key == "money" for t in c.tables]
    assert ("Totaal", "63,5", "96,5", "123,5", "120,5", "95,5", "58,0") in [row for t in tables for row in t.rows]
    assert not [text for text in texts(made, "money") if "telt niet op" in text.lower()]


def test_what_is_coming_is_in_order_and_marked_when_passed() -> None:
    made = brief_on("waterveiligheid", ALL)
    lines = [li for c in made.chapters if c.key == "coming" for li in c.lines]
    lasts = [max((b or a for a, b in li.data["periods"]), default="") for li in lines]
    assert lasts == sorted(lasts)
    passed = {li.data["sentence"]: li.data["passed"] for li in lines}
    assert passed["In het voorjaar van 2025 komt er een landelijk beverprotocol."]
    assert not passed["Het eindrapport verschijnt in juni 2026."]


def test_a_subject_has_its_core_and_only_its_own_lines() -> None:
    made = brief_on("waterveiligheid", replace(ALL, topic="muskusratten"))
    assert 1 <= len(texts(made, "core")) <= 5
    assert {c.key for c in made.chapters} >= {"core", "state", "figures", "coming"}
    assert any("muskusratvrij" in text for text in texts(made, "changes"))
    assert not any("Zuidermeerdijk" in text for c in made.chapters for text in texts(made, c.key))


def test_an_unknown_subject_gives_nothing() -> None:
    made = brief_on("waterveiligheid", replace(ALL, topic="kernfusie"))
    assert made.chapters == () and made.citations == () and "zeggen hier niets over" in made.notice


def test_what_may_not_be_seen_is_not_used() -> None:
    documents, passages = read(DOSSIERS / "jeugdzorg")
    secret = next(d for d in documents if d.kind == "nota")
    levels = [replace(d, access="vertrouwelijk" if d is secret else "openbaar") for d in documents]
    made = brief(levels, passages, replace(ALL, levels=("openbaar",)))
    assert made.citations and secret.document_id not in {c.document for c in made.citations}
    assert "Wijnalda, E.:" not in json.dumps(made.to_json(), ensure_ascii=False)  # only the nota has her comments
    assert made.notice.count("3 stukken") == 1


def test_since_puts_newer_beside_older() -> None:
    made = brief_on("jeugdzorg", replace(ALL, since=date(2025, 3, 1)))
    (table,) = [t for c in made.chapters if c.key == "since" for t in c.tables]
    rows = {row[0]: row[1:] for row in table.rows}
    then, now = rows["3. Lijn B: kortere wachttijden"]
    assert "(18 april 2024)" in then and "(9 mei 2025)" in now
    assert len(table.row_citations) == len(table.rows) - 1 and all(table.row_citations)
    assert all("9 mei 2025" in text or "2025" in text for text in texts(made, "timeline"))


def test_two_documents_are_compared() -> None:
    documents, _ = read(DOSSIERS / "fietsmobiliteit")
    letters = sorted((d for d in documents if d.kind != "nota"), key=lambda d: d.as_of or date.min)
    made = brief_on("fietsmobiliteit", replace(ALL, between=(letters[0].document_id, letters[1].document_id)))
    assert [c.key for c in made.chapters] == ["since"]
    assert {c.document for c in made.citations} == {d.document_id for d in letters}


def test_dates_that_were_inferred_are_said_to_be_so() -> None:
    documents, passages = read(DOSSIERS / "jeugdzorg")
    guessed = next(d for d in documents if d.date is None and d.as_of)
    line = next(text for text in texts(brief(documents, passages, ALL), "timeline") if guessed.title in text)
    assert line.startswith("omstreeks ")


def test_english_has_english_words_around_dutch_quotes() -> None:
    made = brief_on("jeugdzorg", replace(ALL, language="en"))
    assert made.chapters[0].title == "What is this about?"
    assert any("(9 May 2025)" in text for text in texts(made, "about"))


@pytest.fixture(scope="module")
def bicycles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("fiets")
    index([DOSSIERS / "fietsmobiliteit"], directory)
    return directory


def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "app", "brief", *arguments], cwd=ROOT, capture_output=True, timeout=60)


def test_the_command_writes_each_form(bicycles: Path, tmp_path: Path) -> None:
    starts = {"md": b"# Briefing", "json": b"{", "docx": b"PK", "pdf": b"%PDF"}
    for form, start in starts.items():
        out = tmp_path / f"briefing.{form}"
        done = run("stallingen", "--format", form, "--out", str(out), "--index", str(bicycles), "--today", "2025-06-01")
        assert done.returncode == 0, done.stderr
        assert out.read_bytes().startswith(start)
    told = json.loads((tmp_path / "briefing.json").read_text(encoding="utf-8"))
    assert told["topic"] == "stallingen" and told["today"] == "2025-06-01"


def test_the_command_says_what_is_wrong(bicycles: Path) -> None:
    wrong = run("--since", "gisteren", "--index", str(bicycles))
    assert wrong.returncode == 1 and "jjjj-mm-dd" in wrong.stderr.decode()
    unknown = run("--between", "niets", "ook niets", "--index", str(bicycles))
    assert unknown.returncode == 1 and "niets" in unknown.stderr.decode()


def test_a_subject_says_what_it_is_first_and_lists_stay_whole() -> None:
    documents, passages = read(DOSSIERS / "waterveiligheid")
    made = brief(documents, passages, replace(ALL, topic="voorfinanciering"))
    core = texts(made, "core")
    assert any("plafond verhoogd van € 270 miljoen naar € 340 miljoen" in text for text in core)
    (table,) = [t for c in made.chapters if c.key == "changes" for t in c.tables]
    assert ("Voor de regeling geldt een plafond" in table.rows[2][1]) and "plafond verhoogd" in table.rows[2][2]
    assert any("FEZ kan niet instemmen" in text for text in texts(made, "notas"))


def test_a_sentence_that_points_back_comes_with_what_it_points_to() -> None:
    made = brief_on("waterveiligheid", replace(ALL, topic="Zuidermeerdijk"))
    money = texts(made, "money")
    assert any(text.startswith("“De Zuidermeerdijk kan een jaar eerder klaar zijn") and "€ 41 miljoen" in text for text in money)
    coming = texts(brief_on("waterveiligheid", ALL), "coming")
    assert any("G.J. Sietsma" in text and "Hij begint op 1 februari 2025" in text for text in coming)
    assert any(text.startswith("juni 2026 – Muskusratten en bevers: “Het eindrapport") for text in coming)
    assert "2028 – Oplevering nu: “Zuidermeerdijk” (‘2028’)" in coming


def test_a_word_within_another_is_not_the_subject() -> None:
    documents, passages = read(DOSSIERS / "jeugdzorg")
    subject = Subject(Reading(documents, passages), "gemeenten")
    assert subject.named_in("Vier gemeenten doen mee.") and subject.named_in("De gemeenteraad beslist.")
    assert not subject.named_in("De gemeenschap beslist.") and not subject.named_in("Het algemeen belang telt.")
    assert not subject.named_in("Op 3 mei is het Commissiedebat Gemeenten.")
    assert not Subject(Reading(documents, passages), "geld").named_in("Dit geldt voor iedereen, door middel van een pas.")


def test_a_compound_that_is_hardly_used_is_looked_for_by_its_parts() -> None:
    documents, passages = read(DOSSIERS / "jeugdzorg")
    subject = Subject(Reading(documents, passages), "pleegtarieven")
    assert not subject.named_in("De tarieven gaan omhoog.")
    assert Subject(Reading(documents, passages), "wachttijdcijfers").named_in("De cijfers over de wachttijd komen elke maand.")


def test_a_subject_that_is_a_chapter_gives_that_chapter() -> None:
    whole, money = brief_on("fietsmobiliteit", ALL), brief_on("fietsmobiliteit", replace(ALL, topic="geld"))
    tables = [[t.rows for c in made.chapters if c.key == "money" for t in c.tables] for made in (whole, money)]
    assert tables[0] == tables[1] and set(texts(whole, "money")) == set(texts(money, "money"))


def test_changes_are_what_changed() -> None:
    changed = texts(brief_on("waterveiligheid", ALL), "changes")
    assert any("niet in september 2026 maar in februari 2027" in text for text in changed)
    assert not any("er worden geen projecten geschrapt" in text for text in changed)


def test_people_are_one_entry_with_all_they_did() -> None:
    people = texts(brief_on("waterveiligheid", ALL), "people")
    (minister,) = [text for text in people if "Hoekzema" in text]
    assert "ondertekenaar of afzender, schreef in de kantlijn" in minister
    (director,) = [text for text in people if text.startswith("G.J. Sietsma")]
    assert "om gezondheidsredenen verlaten" in director
    assert any(text.startswith("Staalwaard: “De raamovereenkomst") for text in people)


def test_a_mention_with_the_date_and_one_with_the_number_are_one_motion() -> None:
    lines = {tuple(li.data["names"]): li.data for c in brief_on("waterveiligheid", ALL).chapters if c.key == "motions" for li in c.lines}
    assert lines[("Terwiel",)]["number"] == "39417-9" and lines[("Oudehinkel",)]["date"] == "2024-06-19"
    assert lines[("De Graaf-Stam", "Brouns")]["status"] == "in uitvoering"  # the sentence after it says so
    assert lines[("De Graaf-Stam",)]["date"] == "2024-07-03" and lines[("Yıldırım",)]["kind"] == "commitment"


def test_decimals_are_not_footnote_marks_and_a_numbered_gap_has_its_own_ground() -> None:
    documents, _ = read(DOSSIERS / "waterveiligheid")
    assert any("Zuidermeerdijk (9,2 kilometer), oplevering in 2029" in d.text for d in documents)
    assert "3.3 Vergunningen" in {s.heading for d in documents for s in d.sections}
    nota = next(d for d in documents if d.kind == "nota")
    grounds = [r.ground for r in nota.redactions if r.page == 2]
    assert grounds == ["financiële belangen van de Staat", "onevenredige benadeling", "financiële belangen van de Staat"]

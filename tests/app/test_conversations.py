"""Conversations of a person: kept, found after a reload, renamed, deleted, asked again, judged, saved; and nobody else's."""

import io
import re
from pathlib import Path

import docx
import pypdfium2 as pdfium
import pytest
from chat_page import Chat, Watched, watch
from playwright.sync_api import Browser, expect

from app.conversations import Conversations, restore
from app.feedback import read
from app.markup import answer_html
from app.types import Answer, Citation, Statement

SOWIS = "Hoeveel keerde SOWIS in 2025 uit?"
CALL = "Hoeveel gemeenten deden mee aan de nulmeting van de gebedsoproep?"


def answer(question: str = "Wat?") -> Answer:
    cited = Citation(1, "d", "Titel *van* [x](http://e.example)", "2026-03-15", "d.md", 1, "A > B", "Het is 3.", 0, 9)
    return Answer(question, "answered", "quoted", "“Het is 3.” [1]", (Statement("“Het is 3.”", (1,)),), (cited,))


def test_a_stored_answer_comes_back_whole() -> None:
    assert restore(answer().to_json()) == answer()


def test_nobody_reaches_a_conversation_of_someone_else(tmp_path: Path) -> None:
    store = Conversations(tmp_path / "chat.sqlite")
    mine = store.add(None, "ik", answer(), {})
    assert store.get(mine, "een ander") is None
    store.rename(mine, "een ander", "gestolen")
    store.cut(mine, "een ander", 0)
    store.delete(mine, "een ander")
    theirs = store.add(mine, "een ander", answer("Nog een?"), {})
    assert theirs != mine
    found = store.get(mine, "ik")
    assert found and found.title == "Wat?" and len(found.turns) == 1
    assert [title for title, _ in store.list("een ander")] == ["Nog een?"]


def test_kept_after_a_reload_renamed_and_deleted(watched: Watched) -> None:
    page = watched.page
    watched.ask(SOWIS)
    watched.ask(CALL)
    watched.reload()
    expect(page.locator(".answer")).to_have_count(2)
    expect(page.locator("#bron-2-1 mark")).to_contain_text("145 gemeenten")
    page.get_by_role("button", name="Nieuw gesprek").click()
    expect(page.locator(".answer")).to_have_count(0)
    watched.ask(CALL)
    expect(page.locator("#lijst input")).to_have_count(2)
    page.locator("#lijst").get_by_text(SOWIS).click()
    expect(page.locator(".answer")).to_have_count(2)
    page.locator("#beheer > button").click()
    page.get_by_label("Naam van dit gesprek").fill("Subsidie <b>SOWIS</b>")
    page.get_by_role("button", name="Wijzig de naam").click()
    expect(page.locator("#lijst")).to_contain_text("Subsidie <b>SOWIS</b>")
    page.get_by_role("button", name="Verwijder dit gesprek").click()
    expect(page.locator("#lijst input")).to_have_count(1)
    expect(page.locator(".answer")).to_have_count(0)


def test_ask_again_and_edit_the_question(watched: Watched) -> None:
    page = watched.page
    watched.ask(SOWIS)
    watched.renewed(page.get_by_role("button", name="Vraag dit opnieuw").click)
    expect(page.locator(".answer a.mark")).to_have_count(1)
    page.get_by_role("button", name="Bewerk deze vraag").click()
    page.locator("#gesprek textarea").fill(CALL)
    page.locator("#gesprek").get_by_role("button", name="Verstuur").click()
    expect(page.locator("#bron-1-1 mark")).to_contain_text("145 gemeenten")
    expect(page.locator("[data-testid=user]")).to_have_text([CALL])


def test_examples_come_from_the_dossier_and_are_answered(watched: Watched) -> None:
    page = watched.page
    example = page.get_by_role("button", name="Voorbeeldvraag 1")
    example.wait_for(timeout=60_000)
    example.click()
    page.locator("#bronnen-1 article.source").first.wait_for()
    expect(page.locator(".answer a.mark").first).to_be_visible()


def test_first_screen_says_what_is_indexed_and_that_an_ai_answers(watched: Watched) -> None:
    expect(watched.page.locator("header")).to_contain_text("5 stukken, mrt 2026")
    expect(watched.page.locator("header")).to_contain_text("AI-systeem")


def test_not_found_names_the_nearest_and_offers_questions_that_are_answered(browser: Browser, refusing_chat: Chat) -> None:
    refused = Answer("Wat?", "not_found", "quoted", "Hierover staat geen antwoord.", nearest=("A > B (Titel)",))
    offer = answer_html(refused, 1, "nl", ("Wie <b>?", "Waar?", "Wanneer?"))
    assert offer.count('class="question"') == 2 and "Wie &lt;b&gt;?" in offer
    with watch(browser, refusing_chat) as seen:
        seen.ask(CALL)
        expect(seen.page.locator(".not-found")).to_contain_text("geen antwoord")
        expect(seen.page.locator("#bronnen-1")).to_contain_text("Gebedsoproep")
        seen.page.evaluate("offer => document.querySelector('.not-found').insertAdjacentHTML('beforeend', offer)", offer)
        seen.page.get_by_role("link", name="Waar?").click()
        expect(seen.page.get_by_label("Uw vraag")).to_have_value("Waar?")


def test_feedback_is_in_the_store(watched: Watched, corpus_index: Path) -> None:
    page = watched.page
    watched.ask(SOWIS)
    page.locator("#oordeel > button").click()
    page.get_by_role("button", name="Verstuur oordeel").click()
    expect(page.locator("#oordeel-gedaan")).to_have_text("Kies eerst een oordeel.")
    page.get_by_label("Verkeerde passage").check()
    page.get_by_label("Het juiste antwoord").fill("2,8 miljoen <euro>")
    page.get_by_role("button", name="Verstuur oordeel").click()
    expect(page.locator("#oordeel-gedaan")).to_have_text("Dank u; uw oordeel is bewaard.")
    last = read(corpus_index.parent / "feedback.sqlite")[-1]
    assert (last.verdict, last.correct_answer, last.question) == ("wrong_passage", "2,8 miljoen <euro>", SOWIS)
    assert last.answer["citations"]


def test_export_has_quotes_and_sources(watched: Watched) -> None:
    page = watched.page
    watched.ask(SOWIS)
    page.locator("#beheer > button").click()
    saved = {}
    for form in ("MD", "DOCX", "PDF"):
        with page.expect_download() as download:
            page.get_by_role("link", name=form, exact=True).click()
        saved[form] = Path(download.value.path()).read_bytes()
    text = saved["MD"].decode()
    word = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(saved["DOCX"])).paragraphs)
    file = pdfium.PdfDocument(saved["PDF"])
    paper = " ".join(file[0].get_textpage().get_text_range().split())
    assert b"/StructTreeRoot" in saved["PDF"] and b"/Lang(nl" in saved["PDF"] and "pdfuaid" in saved["PDF"].decode("latin-1")
    for part in (SOWIS, "2,8 miljoen euro", "Feitenblad: voortgangsbrief Actieagenda van begin maart 2026", "15 maart 2026", "AI-systeem"):
        assert part in text.replace("\\", "") and part in word and part in paper


def test_export_of_someone_else_is_not_there(browser: Browser, chat: Chat, watched: Watched) -> None:
    watched.ask(SOWIS)
    watched.page.locator("#beheer > button").click()
    address = watched.page.locator("#beheer a").first.get_attribute("href")
    with watch(browser, chat) as other:
        assert other.page.request.get(chat.url + str(address)).status == 404


def test_a_pdf_takes_what_people_type_as_text(tmp_path: Path) -> None:
    from app.export import export_pdf

    typed = '#panic("x") *vet* $x$ @bron https://e.example \\ <img> 漢字 😀'
    store = Conversations(tmp_path / "chat.sqlite")
    found = store.get(store.add(None, "ik", answer(typed), {}), "ik")
    assert found
    text = pdfium.PdfDocument(export_pdf(found, "en"))[0].get_textpage().get_text_range()
    assert '#panic("x") *vet* $x$ @bron https://e.example \\ <img>' in " ".join(text.split())


def test_markdown_of_a_document_does_not_come_to_life(tmp_path: Path) -> None:
    from app.export import export_markdown

    store = Conversations(tmp_path / "chat.sqlite")
    found = store.get(store.add(None, "ik", answer("![x](http://e.example/a.png) <img src=y>"), {}), "ik")
    assert found
    text = export_markdown(found, "nl")
    assert "\\!\\[x\\](http" in text and not re.search(r"(?<!\\)(?<!\*\*)[<\[!]", text)


def test_narrowed_to_one_document_only_that_one_is_quoted(watched: Watched) -> None:
    page = watched.page
    page.locator("#keuze > button").click()
    page.locator("#keuze-stukken input").click()
    page.get_by_role("option", name="voortgangsbrief Actieagenda van 4 juli 2025").click()
    expect(page.locator("#gekozen")).to_have_text("Gezocht wordt in 1 van de 5 stukken.")
    watched.ask("Wat staat er over de subsidie SOWIS?")
    titles = page.locator("#bronnen-1 h4").all_inner_texts()
    assert titles and all("van 4 juli 2025" in title for title in titles)
    watched.reload()
    expect(page.locator("#gekozen")).to_have_text("Gezocht wordt in 1 van de 5 stukken.")


@pytest.mark.parametrize("path", ["/stuk/bestaat-niet", "/gesprek/bestaat-niet.md"])
def test_what_is_not_there_says_so(watched: Watched, chat: Chat, path: str) -> None:
    response = watched.page.request.get(chat.url + path)
    assert response.status == 404
    assert "is er niet" in response.text() or "staat niet" in response.text()

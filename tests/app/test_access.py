"""What someone may not read does not exist for them: not in an answer, a count, a list, an example or a saved conversation."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from birds import GROUPS, MARKERS, Site, World, hidden, leaks, without_echo
from doubles import WordEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from app.access import Visitor
from app.answer import Assistant
from app.choice import Chooser
from app.conversations import Conversations, recall, restore
from app.documents_tab import _table
from app.examples import examples
from app.export import export_markdown
from app.markup import answer_html, sources_html
from app.shelf import Shelf
from app.types import Turn
from ingest.access import LEVELS, allow_list, may_read
from ingest.pipeline import index, set_access
from ingest.settings import Settings

people = st.frozensets(st.sampled_from([*LEVELS, *GROUPS, "groep oost"]))
names = st.sampled_from(list(MARKERS))
questions = st.one_of(
    st.sampled_from(["Hoeveel kost het park?", "Wie besluit over het park?", "Noem alle diensten.", "Welke stukken zijn er?", "Why?"]),
    st.builds("Wat kost {}?".format, names),
    st.builds("Wat zegt {} over {} en hoeveel stukken zijn er?".format, names, names),
    st.text(max_size=40).filter(str.strip),
)


@pytest.fixture(scope="module")
def sites(world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Site]:
    """The chat behind a proxy that says who asks; and one that refuses every question."""
    given: dict[str, object] = {"trusted_header": "x-user", "trusted_groups_header": "x-groups", "questions_per_minute": 10**6}
    trusted = {"trusted_proxies": "testclient", **given}
    answering, refusing = (Site(world, tmp_path_factory.mktemp("site"), **trusted) for _ in range(2))
    refusing.desk._assistant = world.refuser
    return answering, refusing


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(people, questions, st.lists(questions, max_size=2), st.booleans())
def test_nothing_leaks_in_a_thousand_combinations(
    sites: tuple[Site, Site], groups: frozenset[str], question: str, history: list[str], refuses: bool
) -> None:
    """Chat, API, briefing of the dossier and of a subject, export, library and log, each as someone with these groups gets it."""
    site, levels, began = sites[refuses], allow_list(groups), datetime.now(UTC).isoformat(timespec="milliseconds")
    client = site.client(peer="testclient")
    client.headers = {"x-user": "iemand", "x-groups": ",".join(groups)}
    asked = " ".join((question, *history))
    answered = client.post("/api/ask", json={"question": question, "history": history})
    assert answered.status_code == 200, answered.text
    answer = restore(answered.json())
    assert leaks(without_echo(answer), levels) == []
    page = answer_html(answer, 1, "nl") + sources_html((answer,), site.desk.shelf.readable(levels), "nl")
    assert leaks(page, levels, asked) == []
    kept = site.conversations.add(None, "iemand", answer, {})
    saved = client.get(f"/gesprek/{kept}.md")
    assert saved.status_code == 200 and leaks(saved.text, levels, asked) == []
    for topic in ("", question):
        briefing = client.get("/briefing.md", params={"onderwerp": topic})
        assert briefing.status_code == 200 and leaks(briefing.text, levels, topic) == []
    shelf = site.desk.shelf.readable(levels)
    assert leaks(_table(shelf, "", "nl") + _table(shelf, question, "nl") + shelf.summary("nl"), levels) == []
    logged = list(site.desk.audit.entries(began))
    assert len(logged) == 4 and leaks(str([(e["documents"], e["result"]) for e in logged]), levels) == []


@pytest.mark.parametrize("groups", [(), ("intern",), ("vertrouwelijk",), (GROUPS[0],), ("intern", *GROUPS)])
def test_lists_counts_and_examples_are_made_of_what_may_be_read(world: World, groups: tuple[str, ...]) -> None:
    levels = allow_list(groups)
    shelf, count = world.shelf.readable(levels), len(MARKERS) - len(hidden(levels))
    table = _table(shelf, "", "nl")
    assert f"{count} stukken" in table and shelf.summary("nl").startswith(f"{count} stukken")
    told = [table, shelf.summary("nl")]
    told += examples(tuple(shelf.documents().values()), lambda turn: world.assistant.ask(turn, levels=levels), "nl")
    told += map(str, Chooser.show(chooser(world.shelf), {}, levels))
    assert leaks(" ".join(told), levels) == []
    secret = next(d for d in world.shelf.documents().values() if leaks(d.document_id, levels))
    assert shelf.document(secret.document_id) is None and shelf.passages(secret.document_id) == ()


def chooser(shelf: Shelf) -> Chooser:
    import gradio as gr

    with gr.Blocks():
        return Chooser(shelf, "nl")


@pytest.mark.parametrize("groups", [(), ("intern",), ("intern", GROUPS[1])])
def test_answers_are_those_of_an_index_that_never_held_the_rest(world: World, tmp_path: Path, groups: tuple[str, ...]) -> None:
    """Statistics of words, nearest sections, confidence: whatever an answer is made of, the hidden documents have no part in it."""
    levels = allow_list(groups)
    alone = World(tmp_path, [name for name in MARKERS if name not in hidden(levels)])

    def told(assistant: Assistant, question: str) -> dict[str, object]:
        answer = assistant.ask(Turn(question), levels=levels).to_json()
        citations = [{key: c[key] for key in ("title", "quote", "section", "start")} for c in answer["citations"]]
        texts = [(hit["text"], hit["score"]) for hit in answer["retrieved"]]
        return {"texts": texts, "citations": citations, **{key: answer[key] for key in ("text", "confidence", "nearest", "as_of")}}

    for question in ("Hoeveel kost het park?", "Wat zegt de nachtzwaluw?", "Wat vraagt Kwikstaart?", "Wanneer vliegt de trein?"):
        assert told(world.assistant, question) == told(alone.assistant, question)


def test_a_choice_of_documents_opens_nothing(world: World) -> None:
    every = frozenset(world.shelf.documents())
    answer = world.assistant.ask(Turn("Wat zegt de nachtzwaluw?"), levels=allow_list(()), documents=every)
    assert leaks(without_echo(answer), allow_list(())) == []
    secret = frozenset(i for i, d in world.shelf.documents().items() if d.access == "vertrouwelijk")
    assert world.assistant.ask(Turn("Wat zegt de nachtzwaluw?"), levels=allow_list(()), documents=secret).retrieved == ()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[World]:
    yield World(tmp_path, ["zilverreiger", "boomklever"])


def test_what_is_revoked_is_gone_with_the_next_question_also_from_kept_conversations(own: World, tmp_path: Path) -> None:
    levels, turn = allow_list(["intern"]), Turn("Wat kost Boomklever?")
    reader = Visitor("lezer", levels=levels)
    store = Conversations(tmp_path / "chat.sqlite")
    first = own.assistant.ask(turn, levels=levels)
    assert first.citations and "boomklever" in first.citations[0].document
    identity = store.add(None, reader.name, first, {})
    (document,) = [d for d in own.shelf.documents().values() if "boomklever" in d.document_id]
    set_access(document.source_id, "Vertrouwelijk", own.index)
    assert not leaks(without_echo(own.assistant.ask(turn, levels=levels)), levels)
    assert "boomklever" not in str(own.assistant.ask(turn, levels=levels).retrieved)
    kept = recall(store, identity, reader, own.shelf)
    assert kept and "miljoen" not in export_markdown(kept, "nl") and kept.turns[0].citations == () == kept.turns[0].retrieved
    set_access(document.source_id, "", own.index)
    assert own.assistant.ask(turn, levels=levels).citations == first.citations
    kept = recall(store, identity, reader, own.shelf)
    assert kept and kept.turns[0].citations == first.citations


def test_the_last_change_of_a_level_wins(own: World, tmp_path: Path) -> None:
    def access() -> dict[str, str]:
        return {d.source_name: d.access for d in own.shelf.documents().values()}

    (document,) = [d for d in own.shelf.documents().values() if "boomklever" in d.document_id]
    set_access(document.source_id, "openbaar", own.index)
    assert access()["boomklever.md"] == "openbaar"
    index([tmp_path / "stukken"], own.index, Settings(), WordEncoder())
    assert access()["boomklever.md"] == "openbaar"
    (tmp_path / "stukken" / "intern" / "boomklever.md.meta.yaml").write_text("access: vertrouwelijk\n", encoding="utf-8")
    index([tmp_path / "stukken"], own.index, Settings(), WordEncoder())
    assert access()["boomklever.md"] == "vertrouwelijk"


def test_a_folder_sidecar_names_a_group_and_a_faulty_one_is_named(own: World, tmp_path: Path) -> None:
    folder = tmp_path / "stukken" / "intern"
    folder.joinpath(".meta.yaml").write_text("access: Groep  Noord\n", encoding="utf-8")
    index([tmp_path / "stukken"], own.index, Settings(), WordEncoder())
    assert {d.access for d in own.shelf.documents().values()} == {"openbaar", "groep noord"}
    folder.joinpath(".meta.yaml").write_text("title: Plan\n", encoding="utf-8")
    report = index([tmp_path / "stukken"], own.index, Settings(), WordEncoder())
    assert report.failed == ("intern/.meta.yaml: onbekend veld 'title'; bekend zijn access.",)
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("groups", "allowed"),
    [
        ((), {"openbaar"}),
        (("intern",), {"openbaar", "intern"}),
        (("Vertrouwelijk ",), set(LEVELS)),
        (("groep noord",), {"openbaar", "groep noord"}),
    ],
)
def test_a_level_opens_those_below_it_and_no_group(groups: tuple[str, ...], allowed: set[str]) -> None:
    assert allow_list(groups) == allowed
    assert may_read("", allow_list(groups)) == ("vertrouwelijk" in allowed)

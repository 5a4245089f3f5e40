"""The library tab: the documents with what was understood of each, search, and for who may: add and remove."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import gradio as gr

from app.desk import Desk
from app.texts import TEXTS, say, say_date
from ingest.errors import DossierError
from ingest.pipeline import remove
from ingest.sources import TYPES
from ingest.types import Document

_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_COLUMNS = ("title", "kind", "date", "sender", "pages_short", "source_file", "remark")


def documents_tab(desk: Desk, language: str, manage: bool, blocks: gr.Blocks) -> None:
    """Put the tab's parts in the page."""
    uploads = desk.index.parent / "uploads"
    search = gr.Textbox(label=say(language, "search_list"), elem_id="zoek")
    table = gr.HTML(_table(desk, "", language))
    search.change(lambda words: _table(desk, words, language), search, table, **_QUIET)
    blocks.load(lambda words: _table(desk, words, language), search, table, **_QUIET)
    if not manage:
        return
    with gr.Row(equal_height=False):
        files = gr.UploadButton(say(language, "add_files"), file_count="multiple", file_types=list(TYPES), elem_id="toevoegen")
        doomed = gr.Dropdown(_sources(desk), label=say(language, "remove_file"), value=None, elem_id="verwijderen")
        away = gr.Button(say(language, "remove"))
    status = gr.HTML("", elem_id="bibliotheek-gedaan")

    def listed(text: str, words: str) -> tuple[Any, ...]:
        return _status(text), _table(desk, words, language), gr.Dropdown(choices=_sources(desk), value=None)

    def add(paths: list[str] | None, words: str) -> Iterator[tuple[Any, ...]]:
        if not paths:
            return
        uploads.mkdir(parents=True, exist_ok=True)
        kept = [shutil.copy(path, uploads / Path(path).name) for path in paths]
        # in a process of its own, so that questions are answered meanwhile
        command = [sys.executable, "-m", "ingest", *map(str, kept), "--index", str(desk.index)]
        start = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=Path(__file__).parents[1]) as run:
            while run.poll() is None:
                yield _status(say(language, "adding", seconds=round(time.monotonic() - start))), gr.skip(), gr.skip(), gr.skip()
                time.sleep(0.5)
            told = run.stdout.read() if run.stdout else ""
        yield *listed(told.strip(), words), None

    def take_away(source_id: str | None, words: str) -> tuple[Any, ...]:
        if not source_id:
            return listed(say(language, "remove_choose"), words)
        path = next((desk.shelf.path(d) for d in desk.shelf.documents().values() if d.source_id == source_id), None)
        try:
            remove(source_id, desk.index)
        except DossierError as error:
            return listed(str(error), words)
        if path and path.parent == uploads.resolve():
            path.unlink(missing_ok=True)
            return listed(say(language, "removed", name=path.name), words)
        return listed(say(language, "removed_kept", name=path.name if path else source_id), words)

    files.upload(add, [files, search], [status, table, doomed, files], **_QUIET)
    away.click(take_away, [doomed, search], [status, table, doomed], **_QUIET)


def _status(text: str) -> str:
    return f'<p role="status">{escape(text)}</p>'


def _sources(desk: Desk) -> list[tuple[str, str]]:
    return [(d.source_name, i) for i, d in {d.source_id: d for d in desk.shelf.documents().values()}.items()]


def _table(desk: Desk, searched: str | None, language: str) -> str:
    words = (searched or "").lower().split()
    found = [d for d in desk.shelf.documents().values() if all(w in _searched(d, language) for w in words)]
    head = "".join(f'<th scope="col">{say(language, column)}</th>' for column in _COLUMNS)
    rows = "".join(f"<tr>{_row(d, language)}</tr>" for d in found)
    caption = say(language, "listed", count=len(found))
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{say(language, "tab_documents")}">'
        f'<table class="library"><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _searched(document: Document, language: str) -> str:
    return " ".join((document.title, *_cells(document, language))).lower()


def _cells(document: Document, language: str) -> tuple[str, ...]:
    return (
        TEXTS[language].get(f"kind_{document.kind}", document.kind),
        say_date(document.date, language) if document.date else document.period or say_date(None, language),
        document.sender,
        str(len(document.page_starts)),
        document.source_name,
        "; ".join(filter(None, (document.access, document.status, document.date_note, *document.warnings))),
    )


def _row(document: Document, language: str) -> str:
    link = f'<a href="/stuk/{quote(document.document_id, safe="")}?taal={language}" target="_blank">{escape(document.title)}</a>'
    return f'<th scope="row">{link}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in _cells(document, language))

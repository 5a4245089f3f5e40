"""The library tab: the documents with what was understood of each, search, and for administrators: add, remove, set access."""

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

from app.access import visitor
from app.desk import Desk
from app.shelf import Shelf
from app.texts import TEXTS, say, say_date
from ingest.access import LEVELS
from ingest.errors import DossierError
from ingest.pipeline import remove, set_access
from ingest.sources import TYPES
from ingest.types import Document

_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_COLUMNS = ("title", "kind", "date", "sender", "pages_short", "source_file", "remark")


def documents_tab(desk: Desk, language: str, blocks: gr.Blocks) -> None:
    """Put the tab's parts in the page; what changes the library is shown to administrators, and works for them only."""
    uploads = desk.index.parent / "uploads"
    search = gr.Textbox(label=say(language, "search_list"), elem_id="zoek")
    table = gr.HTML("")
    with gr.Row(equal_height=False, visible=False) as managing:
        files = gr.UploadButton(say(language, "add_files"), file_count="multiple", file_types=list(TYPES), elem_id="toevoegen")
        doomed = gr.Dropdown([], label=say(language, "remove_file"), value=None, elem_id="verwijderen")
        away = gr.Button(say(language, "remove"))
    with gr.Row(equal_height=False, visible=False) as opening:
        subject = gr.Dropdown([], label=say(language, "access_file"), value=None, elem_id="toegang-bestand")
        level = gr.Dropdown(
            [(say(language, "access_disk"), ""), *((name, name) for name in LEVELS)],
            label=say(language, "access_level"),
            value="",
            allow_custom_value=True,
            elem_id="toegang-niveau",
        )
        give = gr.Button(say(language, "access_give"))
    status = gr.HTML("", elem_id="bibliotheek-gedaan")

    def shelf(request: gr.Request) -> Shelf:
        return desk.shelf.readable(visitor(request).levels)

    def found(words: str, request: gr.Request) -> str:
        return _table(shelf(request), words, language)

    def arrive(words: str, request: gr.Request) -> tuple[Any, ...]:
        row = gr.Row(visible=visitor(request).may("beheerder"))
        return _table(shelf(request), words, language), row, row, *_choices(shelf(request))

    def listed(text: str, words: str, request: gr.Request) -> tuple[Any, ...]:
        return _status(text), _table(shelf(request), words, language), *_choices(shelf(request))

    def add(paths: list[str] | None, words: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        if not paths or not visitor(request).may("beheerder"):
            return
        uploads.mkdir(parents=True, exist_ok=True)
        kept = [shutil.copy(path, uploads / Path(path).name) for path in paths]
        # in a process of its own, so that questions are answered meanwhile
        command = [sys.executable, "-m", "ingest", *map(str, kept), "--index", str(desk.index)]
        start = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=Path(__file__).parents[1]) as run:
            while run.poll() is None:
                yield _status(say(language, "adding", seconds=round(time.monotonic() - start))), *[gr.skip()] * 4
                time.sleep(0.5)
            told = run.stdout.read() if run.stdout else ""
        desk.audit.record(visitor(request), "library", ", ".join(Path(path).name for path in paths), result="added")
        yield *listed(told.strip(), words, request), None

    def chosen(source_id: str | None, request: gr.Request) -> Path | None:
        """The file that an administrator chose, of those that are in the index and may be read."""
        if not visitor(request).may("beheerder"):
            return None
        return next((shelf(request).path(d) for d in shelf(request).documents().values() if d.source_id == source_id), None)

    def take_away(source_id: str | None, words: str, request: gr.Request) -> tuple[Any, ...]:
        path = chosen(source_id, request)
        if not source_id or not path:
            return listed(say(language, "remove_choose"), words, request)
        try:
            remove(source_id, desk.index)
        except DossierError as error:
            return listed(str(error), words, request)
        desk.audit.record(visitor(request), "library", path.name, result="removed")
        if path.parent == uploads.resolve():
            path.unlink(missing_ok=True)
            return listed(say(language, "removed", name=path.name), words, request)
        return listed(say(language, "removed_kept", name=path.name), words, request)

    def set_level(source_id: str | None, named: str | None, words: str, request: gr.Request) -> tuple[Any, ...]:
        path = chosen(source_id, request)
        if not source_id or not path:
            return listed(say(language, "remove_choose"), words, request)
        try:
            set_access(source_id, named or "", desk.index)
        except DossierError as error:
            return listed(str(error), words, request)
        desk.audit.record(visitor(request), "library", path.name, result=f"access: {named or 'as on disk'}")
        return listed(say(language, "access_given", name=path.name, level=named or say(language, "access_disk")), words, request)

    search.change(found, search, table, **_QUIET)
    blocks.load(arrive, search, [table, managing, opening, doomed, subject], **_QUIET)
    files.upload(add, [files, search], [status, table, doomed, subject, files], **_QUIET)
    away.click(take_away, [doomed, search], [status, table, doomed, subject], **_QUIET)
    give.click(set_level, [subject, level, search], [status, table, doomed, subject], **_QUIET)


def _status(text: str) -> str:
    return f'<p role="status">{escape(text)}</p>'


def _choices(shelf: Shelf) -> tuple[gr.Dropdown, gr.Dropdown]:
    """The files that can be chosen, twice."""
    sources = [(d.source_name, i) for i, d in {d.source_id: d for d in shelf.documents().values()}.items()]
    return gr.Dropdown(choices=sources, value=None), gr.Dropdown(choices=sources, value=None)


def _table(shelf: Shelf, searched: str | None, language: str) -> str:
    words = (searched or "").lower().split()
    found = [d for d in shelf.documents().values() if all(w in _searched(d, language) for w in words)]
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

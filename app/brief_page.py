"""The briefing tab: subject, length, since when; the briefing on the page, with links to the same as a file."""

from collections.abc import Iterator
from datetime import date
from html import escape
from typing import Any
from urllib.parse import quote, urlencode

import gradio as gr

from app.access import visitor
from app.brief_routes import MAX_TOPIC, Length, brief_for, smoothed
from app.brief_types import Briefing, Line, Request, Table
from app.desk import Busy, Desk
from app.texts import say
from app.types import Citation
from ingest.errors import DossierError

_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def brief_tab(desk: Desk, language: str) -> None:
    """Put the tab's parts in the page."""
    lengths = [(say(language, f"brief_length_{length}"), length) for length in ("one", "three", "all")]
    with gr.Row(equal_height=False):
        topic = gr.Textbox(label=say(language, "brief_topic"), max_length=MAX_TOPIC, elem_id="onderwerp")
        since = gr.Textbox(label=say(language, "brief_since"), max_length=10, elem_id="sinds")
    length = gr.Radio(lengths, value="one", label=say(language, "brief_length"), elem_id="lengte")
    modes = [(say(language, "mode_quoted"), "quoted"), (say(language, "mode_written"), "written")]
    mode = gr.Radio(modes, value=desk.settings.mode, label=say(language, "brief_mode"), elem_id="wijze-kern")
    button = gr.Button(say(language, "brief_make"), variant="primary", elem_id="maak-briefing")
    shown = gr.HTML("", elem_id="briefing")

    def make(subject: str | None, size: Length, after: str | None, how: str, request: gr.Request) -> Iterator[str]:
        yield f'<p role="status">{say(language, "brief_busy")}</p>'
        try:
            day = date.fromisoformat(after.strip()) if after and after.strip() else None
        except ValueError:
            yield f'<p role="status">{say(language, "brief_bad_date")}</p>'
            return
        who = visitor(request)
        try:
            made = brief_for(desk, who, Request((subject or "").strip()[:MAX_TOPIC], size, language, since=day))
        except Busy as error:
            yield f'<p role="status">{escape(str(error))}</p>'
            return
        desk.audit.record(who, "briefing", made.topic, (c.document for c in made.citations), size)
        if how == "written" and made.chapters:
            yield f'<p role="status">{say(language, "brief_phrasing")}</p>{_html(made, day)}'
            try:
                made = smoothed(desk, who, made)
            except DossierError as error:
                yield f'<p role="status">{escape(str(error))}</p>{_html(made, day)}'
                return
        yield _html(made, day, how)

    gr.on([button.click, topic.submit], make, [topic, length, since, mode], shown, **_QUIET)


def _html(made: Briefing, since: date | None, mode: str = "quoted") -> str:
    citations = {c.number: c for c in made.citations}
    out = [f"<h2>{escape(made.title)}</h2><p>{escape(made.notice)}</p>", _files(made, since, mode) if made.chapters else ""]
    for chapter in made.chapters:
        out.append(f"<section><h3>{escape(chapter.title)}</h3>")
        out += [_table(table, citations, made.language) for table in chapter.tables]
        items: list[str] = []
        head = ""
        for line in chapter.lines:
            if line.head and line.head != head:
                out.append(_list(items))
                items = []
                out.append(f"<h4>{escape(line.head)}</h4>")
            head = line.head or head
            items.append(_item(line, citations, made.language))
        out.append(_list(items))
        if chapter.left_out:
            out.append(f"<p>{say(made.language, 'brief_left_out', count=chapter.left_out)}</p>")
        out.append("</section>")
    return f'<div class="briefing" lang="{made.language}">{"".join(out)}</div>'


def _list(items: list[str]) -> str:
    return f"<ul>{''.join(items)}</ul>" if items else ""


def _files(made: Briefing, since: date | None, mode: str) -> str:
    asked = {
        "onderwerp": made.topic,
        "lengte": made.length,
        "sinds": since.isoformat() if since else "",
        "taal": made.language,
        "wijze": mode,
    }
    address = escape(urlencode(asked))
    links = "".join(f'<li><a href="/briefing.{form}?{address}" download>{form.upper()}</a></li>' for form in ("docx", "pdf", "md"))
    return f'<p>{say(made.language, "brief_save")}</p><ul class="files">{links}</ul>'


def _item(line: Line, citations: dict[int, Citation], language: str) -> str:
    return f"<li>{escape(line.text)} {_marks(line.citations, citations, language)}</li>"


def _marks(numbers: tuple[int, ...], citations: dict[int, Citation], language: str) -> str:
    """Each [n] opens the document at the quote; pointing at it shows the quote."""
    out = []
    for number in numbers:
        c = citations[number]
        place = f"/stuk/{quote(c.document, safe='')}?van={c.start}&amp;tot={c.end}&amp;taal={language}#citaat"
        name = say(language, "whole_document_of", title=f"[{number}] {c.title}")
        words = " ".join(c.quote.split())
        shown = words if len(words) <= 300 else words[:300].rsplit(" ", 1)[0] + " …"
        out.append(f'<a class="bron" href="{place}" target="_blank" aria-label="{escape(name)}" title="{escape(shown)}">[{number}]</a>')
    return "".join(out)


def _table(table: Table, citations: dict[int, Citation], language: str) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.rows[0])
    rows = []
    for place, row in enumerate(table.rows[1:]):
        marks = _marks(table.row_citations[place], citations, language) if place < len(table.row_citations) else ""
        cells = [f'<th scope="row">{escape(row[0])}</th>', *(f"<td>{escape(cell)}</td>" for cell in row[1:])]
        if marks:
            cells[-1] = cells[-1].replace("</td>", f" {marks}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    marks = "" if table.row_citations else _marks(table.citations, citations, language)
    caption = f"<caption>{escape(table.caption)} {marks}</caption>"
    name = escape(table.caption)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{name}"><table class="library">{caption}'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )

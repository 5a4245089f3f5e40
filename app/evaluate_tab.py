"""The tab for evaluators: choose a set, run it, see the report beside an earlier run, and take it along."""

from collections.abc import Collection
from html import escape
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import gradio as gr
from fastapi import FastAPI, HTTPException
from fastapi.requests import Request
from fastapi.responses import FileResponse

from app.access import Visitor, visitor
from app.desk import Desk
from app.evaluations import TYPES, Evaluations, Progress
from app.texts import say
from ingest.errors import DossierError
from ingest.settings import settings

Language = Literal["nl", "en"]
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_FIRST = "feitenbladen.yaml"  # the set of the documents that ship


def evaluate_tab(desk: Desk, evaluations: Evaluations, language: str, blocks: gr.Blocks) -> None:
    """Put the tab in the page; it is shown to evaluators, works for them only, and is filled when it is opened."""
    with gr.Tab(say(language, "tab_evaluate"), id="evaluate", visible=False) as tab:
        _parts(desk, evaluations, language, tab)

    def arrive(request: gr.Request) -> gr.Tab:
        return gr.Tab(visible=_may(visitor(request)))

    blocks.load(arrive, None, tab, **_QUIET)


def _may(who: Visitor) -> bool:
    return who.may("beoordelaar")


def _parts(desk: Desk, evaluations: Evaluations, language: str, tab: gr.Tab) -> None:
    def told(key: str, **values: object) -> str:
        return say(language, f"evaluate_{key}", **values)

    gr.HTML(f"<p>{told('about')}</p>")
    with gr.Row(equal_height=False):
        names = list(evaluations.sets())
        chosen = gr.Dropdown(names, value=_FIRST if _FIRST in names else None, label=told("set"), elem_id="meten-set")
        upload = gr.UploadButton(told("upload"), file_types=list(TYPES), elem_id="meten-eigen")
        modes = [(say(language, f"mode_{mode}"), mode) for mode in ("quoted", "written")]
        mode = gr.Radio(modes, value=settings().mode, label=say(language, "mode"))
    with gr.Row():
        start = gr.Button(told("start"), variant="primary", elem_id="meten-start")
        stop = gr.Button(told("stop"), interactive=False, elem_id="meten-stop")
    status = gr.HTML("", elem_id="meten-stand")
    with gr.Row():
        run = gr.Dropdown([], label=told("result"), elem_id="meten-uitkomst")
        earlier = gr.Dropdown([(told("alone"), "")], value="", label=told("earlier"), elem_id="meten-eerder")
    shown = gr.HTML("", elem_id="meten-rapport")
    timer = gr.Timer(0.7, active=False)
    said = gr.State(Progress())

    def opened(name: str | None, other: str, request: gr.Request) -> tuple[Any, ...]:
        who = visitor(request)
        if not _may(who):
            return (gr.skip(),) * 6
        done, busy = evaluations.runs(language, *_rights(desk, who)), evaluations.progress.state == "busy"
        name = name or (done[0][1] if done else None)
        buttons = gr.Timer(active=busy), gr.Button(interactive=busy)
        return gr.Dropdown(choices=list(evaluations.sets())), *chooser(who, name, other), framed(name, other), *buttons

    def chooser(who: Visitor, name: str | None, other: str = "") -> tuple[Any, ...]:
        done = evaluations.runs(language, *_rights(desk, who))
        return gr.Dropdown(choices=done, value=name), gr.Dropdown(choices=[(told("alone"), ""), *done], value=other)

    def begin(name: str | None, asked: str, request: gr.Request) -> tuple[Any, ...]:
        who = visitor(request)
        if not _may(who):
            return (gr.skip(),) * 3
        if not name or name not in evaluations.sets():
            return _status(told("choose")), gr.skip(), gr.skip()
        if not evaluations.start(name, asked, who.levels):
            return _status(told("busy")), gr.Timer(active=True), gr.Button(interactive=True)
        desk.audit.record(who, "evaluation", name, result="begun")
        return standing(evaluations.progress), gr.Timer(active=True), gr.Button(interactive=True)

    def halt(request: gr.Request) -> None:
        if _may(visitor(request)):
            evaluations.stop()

    def tick(before: Progress, request: gr.Request) -> tuple[Any, ...]:
        who, now = visitor(request), evaluations.progress
        if now == before or not _may(who):
            return (gr.skip(),) * 7
        over = now.state != "busy"
        shows = now.state == "done" and now.run in (name for _, name in evaluations.runs(language, *_rights(desk, who)))
        result = (*chooser(who, now.run), framed(now.run, "")) if shows else (gr.skip(),) * 3
        return standing(now), *result, gr.Timer(active=not over), gr.Button(interactive=not over), now

    def standing(now: Progress) -> str:
        if now.state == "busy":
            counted = told("counted", done=now.done, total=now.total) if now.total else told("begun")
            bar = f'<progress max="{now.total}" value="{now.done}" aria-label="{told("progress")}"></progress>' if now.total else ""
            return f"<p>{escape(now.set)}: {counted} {bar}</p>"
        if now.state == "failed":
            lines = "".join(f"<li>{escape(line)}</li>" for line in now.error.splitlines())
            return f'<div role="alert"><p>{told("failed", set=escape(now.set))}</p><ul>{lines}</ul></div>'
        return _status(told(now.state, set=now.set)) if now.state != "idle" else ""

    def framed(name: str | None, other: str | None) -> str:
        if not name:
            return f"<p>{told('none')}</p>"
        address = f"/meting/{quote(name)}?taal={language}" + (f"&amp;naast={quote(other)}" if other else "")
        title = told("report", run=escape(name))
        return (
            f'<p><a href="{address}" target="_blank">{told("open")}</a> · <a href="{address}" download="{escape(name)}.html">'
            f'{told("download")}</a> · <a href="/meting/{quote(name)}/run.json" download="{escape(name)}.json">{told("json")}</a></p>'
            f'<iframe class="report" data-from="{address}" title="{title}"></iframe>'
        )

    def keep(path: str | None, request: gr.Request) -> tuple[Any, ...]:
        if not path or not _may(visitor(request)):
            return gr.skip(), gr.skip(), None
        try:
            name = evaluations.keep(Path(path))
        except DossierError as error:
            return gr.skip(), _status(str(error)), None
        return gr.Dropdown(choices=list(evaluations.sets()), value=name), _status(told("kept", set=name)), None

    tab.select(opened, [run, earlier], [chosen, run, earlier, shown, timer, stop], **_QUIET)
    start.click(begin, [chosen, mode], [status, timer, stop], **_QUIET)
    stop.click(halt, None, None, **_QUIET)
    upload.upload(keep, upload, [chosen, status, upload], **_QUIET)
    timer.tick(tick, said, [status, run, earlier, shown, timer, stop, said], **_QUIET)
    gr.on([run.input, earlier.input], framed, [run, earlier], shown, **_QUIET)


def add_reports(app: FastAPI, desk: Desk, evaluations: Evaluations) -> None:
    """Add the routes of reports and runs to an app."""

    def find(request: Request, run: str, earlier: str = "", language: Language = "nl") -> Path:
        who = visitor(request)
        if not _may(who):
            raise HTTPException(403, say(language, "not_allowed"))
        path = evaluations.report(run, *_rights(desk, who), earlier, language)
        desk.audit.record(who, "evaluation", run, result="report")
        return path

    @app.get("/meting/{run}", include_in_schema=False)
    def report(request: Request, run: str, naast: str = "", taal: Language = "nl") -> FileResponse:
        return FileResponse(find(request, run, naast, taal), media_type="text/html", headers={"cache-control": "no-store"})

    @app.get("/meting/{run}/run.json", include_in_schema=False)
    def numbers(request: Request, run: str) -> FileResponse:
        return FileResponse(find(request, run).with_name("run.json"), media_type="application/json", headers={"cache-control": "no-store"})


def _rights(desk: Desk, who: Visitor) -> tuple[frozenset[str] | None, Collection[str]]:
    """What someone may read: levels (None: everything), and the documents that are there now."""
    return who.levels, desk.shelf.readable(who.levels).documents()


def _status(text: str) -> str:
    return f'<p role="status">{escape(text)}</p>'

"""The web chat: a Gradio page inside a FastAPI app, with the sources beside the conversation."""

import os
import socket
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.desk import MAX_QUESTION, Desk, QuestionRefused
from app.markup import answer_html, sources_html
from app.texts import say
from app.types import Answer, Turn
from ingest.catalog import Catalog
from ingest.errors import DossierError, SettingsError

if TYPE_CHECKING:
    from fastapi import FastAPI

STATIC = Path(__file__).with_name("static")
Turns = list[Answer]


def serve(index: Path, host: str, port: int) -> int:
    """Serve the page until it is stopped. Raises IndexMissing, or SettingsError if the port cannot be had."""
    Catalog(index).close()
    door = _bind(host, port)
    app, desk = build(index)
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            print(f"Dossierwijzer staat klaar op http://{host}:{door.getsockname()[1]} (stoppen: Ctrl+C)", flush=True)
            desk.open()

    Server(uvicorn.Config(app, log_level="warning", access_log=False)).run([door])
    return 0


def build(index: Path) -> "tuple[FastAPI, Desk]":
    """The app with page and API, and its desk, which is still closed."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr
    from fastapi import FastAPI

    from app.api import add_api
    from app.guard import Guard

    desk = Desk(index)
    app = FastAPI(title="Dossierwijzer", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.add_middleware(Guard)
    add_api(app, desk)
    script = STATIC.joinpath("chat.js").read_text(encoding="utf-8").replace("LANGUAGE", "nl")
    gr.mount_gradio_app(
        app,
        _page(desk, "nl"),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        theme=_theme(),
        css_paths=STATIC / "chat.css",
        head=f"<script>{script}</script>",
    )
    return app, desk


def _page(desk: Desk, language: str) -> Any:
    import gradio as gr

    with gr.Blocks(title="Dossierwijzer", analytics_enabled=False, fill_width=True) as page:
        turns = gr.State([])
        gr.HTML(f'<header><h1>Dossierwijzer</h1><p>{say(language, "what")}</p><p>{say(language, "notice")}</p></header>', padding=False)
        with gr.Row(elem_id="desk", equal_height=False):
            with gr.Column(scale=3, min_width=300):
                chatbot = gr.Chatbot(
                    label=say(language, "conversation"),
                    show_label=False,
                    elem_id="gesprek",
                    height="60vh",
                    render_markdown=False,
                    buttons=["copy"],
                    feedback_options=None,
                    placeholder=say(language, "placeholder"),
                )
                box = gr.Textbox(
                    label=say(language, "your_question"),
                    elem_id="vraag",
                    max_length=MAX_QUESTION,
                    submit_btn=say(language, "send"),
                    autofocus=True,
                )
            with gr.Column(scale=2, min_width=300, elem_id="bronnen"):
                gr.HTML(f"<h2>{say(language, 'sources')}</h2>", padding=False)
                sources = gr.HTML(sources_html((), None, language), padding=False)

        def respond(question: str, before: Turns) -> Iterator[tuple[Any, ...]]:
            yield "", _messages(before, language, question, say(language, "searching" if desk.ready else "loading")), gr.skip(), before
            try:
                answer = desk.ask(Turn(question, tuple(a.question for a in before)), language=language)
            except DossierError as error:
                again = question if isinstance(error, QuestionRefused) else ""
                yield again, _messages(before, language, question, str(error)), gr.skip(), before
                return
            after = [*before, answer]
            yield "", _messages(after, language), sources_html(after, desk.assistant().library, language), after

        box.submit(
            respond, [box, turns], [box, chatbot, sources, turns], show_progress="hidden", concurrency_limit=4, api_visibility="private"
        )
        empty: tuple[Turns, str] = ([], sources_html((), None, language))
        chatbot.clear(lambda: empty, None, [turns, sources], show_progress="hidden", api_visibility="private")
    page.queue(max_size=100)
    return page


def _messages(turns: Sequence[Answer], language: str, asked: str = "", status: str = "") -> list[dict[str, Any]]:
    """The conversation as Gradio messages; `asked` is a question that has no answer yet, only a status."""
    import gradio as gr

    said: list[tuple[str, str]] = [(answer.question, answer_html(answer, number, language)) for number, answer in enumerate(turns, 1)]
    if status:
        said.append((asked, f'<div class="answer status"><p>{escape(status)}</p></div>'))
    # Gradio shows plain messages as HTML too, so the question is escaped
    pairs = (
        ({"role": "user", "content": escape(question, quote=False)}, {"role": "assistant", "content": gr.HTML(body, padding=False)})
        for question, body in said
    )
    return [message for pair in pairs for message in pair]


def _theme() -> Any:
    """Calm and official: the blue of the government's open design tokens, fonts of the reader's own system."""
    import gradio as gr

    blue = gr.themes.Color(
        "#eef4fa", "#dbe8f4", "#b8d0e8", "#8fb4d9", "#5b8fc3", "#2f6ba8", "#1d5592", "#154273", "#103459", "#0b2540", "#071829", name="lint"
    )
    sans = ("Verdana", "DejaVu Sans", "sans-serif")
    return gr.themes.Base(primary_hue=blue, secondary_hue=blue, neutral_hue="slate", font=sans, font_mono=("monospace",)).set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_text_color="white",
        body_text_color="*neutral_900",
        block_label_text_color="*neutral_700",
        block_title_text_color="*neutral_800",
        body_text_color_subdued="*neutral_600",
    )


def _bind(host: str, port: int) -> socket.socket:
    door = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
    except OSError as error:
        door.close()
        raise SettingsError(f"Poort {port} op {host} is niet te gebruiken ({error.strerror}). Kies een andere met --port.") from error
    return door

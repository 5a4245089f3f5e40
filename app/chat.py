"""The web chat: Gradio pages in Dutch and English inside a FastAPI app, with the API and the documents beside them."""

import json
import logging
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.accounts import Accounts
from app.desk import Desk
from app.gate import Gate
from app.lean import import_gradio
from app.monitor import configure
from app.retention import keep_forgetting
from app.texts import say
from ingest.errors import SettingsError
from ingest.settings import settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from app.conversations import Conversations

STATIC = Path(__file__).with_name("static")
_LOCAL = ("127.0.0.1", "localhost", "::1")
_PATIENCE = 30.0  # seconds that questions get to be answered when the server is stopped
_FIRST_LOOK = 1.0  # seconds that a page may load before the models do, which keep it waiting; unless something needs them
_UPLOAD = "50mb"  # as much as ingest reads
_PATHS = {"en": "/en", "nl": "/"}  # the longer path first, for it is matched first


def serve(index: Path, host: str, port: int) -> int:
    """Serve the page until it is stopped. Raises IndexMissing, or SettingsError if the port cannot be had, or if nobody
    could sign in to a page that others can reach.
    """
    desk = Desk(index)
    gate = Gate(Accounts(index.parent / "accounts.sqlite"), settings(), host in _LOCAL)
    if gate.closed and not gate.configured:
        raise SettingsError(
            f"Op {host} kunnen anderen erbij, en er zijn geen accounts. Maak er een (python -m app user add NAAM --role beheerder "
            f"--index {index}), stel een aanmelddienst in (zie README), of laat --host weg."
        )
    door = _bind(host, port)
    configure(settings().log_level)
    app = build(desk, gate)
    keep_forgetting(index.parent, settings().retention_days)
    import asyncio

    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            print(f"Dossierwijzer staat klaar op http://{host}:{door.getsockname()[1]} (stoppen: Ctrl+C)", flush=True)
            if not gate.closed:
                print("Er zijn geen accounts: de pagina is alleen op deze computer te bereiken, zonder aanmelden.", flush=True)
            asyncio.get_running_loop().call_later(_FIRST_LOOK, desk.open)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await asyncio.to_thread(desk.close, _PATIENCE)
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # pages that are still open are no news
            await super().shutdown(sockets)

    Server(
        uvicorn.Config(app, log_config=None, access_log=False, proxy_headers=False, server_header=False, timeout_graceful_shutdown=3)
    ).run([door])
    return 0


def build(desk: Desk, gate: Gate) -> "FastAPI":
    """The app with pages, documents and API, behind its guard."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import_gradio()
    import gradio as gr

    from app.conversations import Conversations
    from app.evaluate_tab import add_reports
    from app.evaluations import Evaluations, offered
    from app.page import page

    conversations = Conversations(desk.index.parent / "chat.sqlite")
    app = build_core(desk, gate, conversations)
    evaluations = Evaluations(desk.index) if offered() else None
    if evaluations:
        add_reports(app, desk, evaluations)
    script = STATIC.joinpath("chat.js").read_text(encoding="utf-8")
    for language, path in _PATHS.items():
        gr.mount_gradio_app(
            app,
            page(desk, conversations, language, evaluations),
            path=path,
            footer_links=[],
            run_history=False,
            show_error=False,
            ssr_mode=False,
            theme=_theme(),
            css_paths=STATIC / "chat.css",
            head=f"<script>{script.replace('LANGUAGE', language).replace('LABELS', _names(language))}</script>",
            max_file_size=_UPLOAD,
        )
    return app


def build_core(desk: Desk, gate: Gate, conversations: "Conversations") -> "FastAPI":
    """The app without its Gradio pages."""
    from fastapi import FastAPI

    from app.api import add_api
    from app.brief_routes import add_brief_routes
    from app.guard import Guard
    from app.operate import add_operations
    from app.password import add_password
    from app.routes import add_routes
    from app.signin import add_signin

    app = FastAPI(title="Dossierwijzer", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.add_middleware(Guard, gate=gate, metrics=desk.metrics)
    add_api(app, desk)
    add_routes(app, desk, conversations)
    add_brief_routes(app, desk)
    add_signin(app, desk, gate)
    add_password(app, desk, gate)
    add_operations(app, desk, gate)
    return app


def _names(language: str) -> str:
    """Gradio's names for the parts of a conversation, as it gives them to an English or a Dutch browser, and ours."""
    theirs = {
        "chatbot conversation": "conversation",
        "Copy message": "copy",
        "Edit": "edit",
        "Bewerken": "edit",
        "Retry": "retry",
        "Opnieuw proberen": "retry",
        "Submit": "send",
        "Verzenden": "send",
        "Cancel": "cancel",
        "Annuleren": "cancel",
        "Select example": "example",
    }
    return json.dumps({name: say(language, key) for name, key in theirs.items()})


def _theme() -> Any:
    """Calm and official: the blue of the government's open design tokens, fonts of the reader's own system."""
    import gradio as gr

    blue = gr.themes.Color(
        "#eef4fa", "#dbe8f4", "#b8d0e8", "#8fb4d9", "#5b8fc3", "#2f6ba8", "#1d5592", "#154273", "#103459", "#0b2540", "#071829", name="lint"
    )
    sans = ("Verdana", "DejaVu Sans", "sans-serif")
    return gr.themes.Base(primary_hue=blue, secondary_hue=blue, neutral_hue="slate", font=sans, font_mono=("monospace",)).set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_text_color="white",
        button_secondary_border_color="*neutral_400",
        body_text_color="*neutral_900",
        block_label_text_color="*neutral_700",
        block_title_text_color="*neutral_800",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        link_text_color="*primary_700",
        link_text_color_dark="*primary_300",
        link_text_color_hover_dark="*primary_200",
        link_text_color_visited_dark="*primary_300",
        link_text_color_active_dark="*primary_300",
        input_border_color="*neutral_500",
        checkbox_border_color="*neutral_500",
        input_placeholder_color="*neutral_600",
        input_placeholder_color_dark="*neutral_300",
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

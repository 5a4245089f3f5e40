"""A reader's verdict on the last answer: right, wrong or wrong passage, with room for the right answer."""

from typing import Any

import gradio as gr

from app.access import visitor
from app.conversations import Conversations, recall
from app.desk import Desk
from app.feedback import record
from app.texts import say
from ingest.errors import DossierError


def judge(desk: Desk, conversations: Conversations, chats: gr.Radio, language: str) -> gr.Accordion:
    """The panel, hidden until there is something to judge; verdicts go to `feedback.sqlite` beside the index."""
    database = desk.index.parent / "feedback.sqlite"
    with gr.Accordion(say(language, "judge"), open=False, visible=False, elem_id="oordeel") as panel:
        choices = [(say(language, f"verdict_{verdict}"), verdict) for verdict in ("right", "wrong", "wrong_passage")]
        verdict = gr.Radio(choices, label=say(language, "judge_last"))
        right = gr.Textbox(label=say(language, "right_answer"), lines=2, max_length=2000)
        send = gr.Button(say(language, "judge_send"))
        done = gr.HTML("", elem_id="oordeel-gedaan")

    def keep(identity: str | None, chosen: Any, answer: str, request: gr.Request) -> tuple[Any, ...]:
        who = visitor(request)
        found = recall(conversations, identity, who, desk.shelf)
        if not found or not found.turns or not chosen:
            return gr.skip(), gr.skip(), _status(say(language, "judge_choose"))
        try:
            record(database, found.turns[-1], chosen, who.name, answer)
        except DossierError as error:
            return gr.skip(), gr.skip(), _status(str(error))
        return None, "", _status(say(language, "judged"))

    send.click(keep, [chats, verdict, right], [verdict, right, done], show_progress="hidden", api_visibility="private")
    return panel


def _status(text: str) -> str:
    return f'<p role="status">{text}</p>'

"""One page in one language: conversations on the left, the conversation, and its sources on the right."""

from collections.abc import Iterator, Sequence
from html import escape, unescape
from typing import Any

import gradio as gr

from app.access import Visitor, visitor
from app.brief_page import brief_tab
from app.choice import Chooser
from app.conversations import Conversation, Conversations, recall
from app.desk import MAX_QUESTION, Desk, QuestionRefused
from app.documents_tab import documents_tab
from app.evaluate_tab import evaluate_tab
from app.evaluations import Evaluations
from app.judge import judge
from app.markup import answer_html, sources_html
from app.texts import say
from app.types import Answer, Turn
from ingest.errors import DossierError

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_FOCUS = "() => { document.querySelector('#vraag textarea').focus(); return []; }"
_KEEP_ADDRESS = "(id) => { history.replaceState(null, '', id ? '?gesprek=' + encodeURIComponent(id) : location.pathname); return []; }"


def page(desk: Desk, conversations: Conversations, language: str, evaluations: Evaluations | None = None) -> gr.Blocks:
    """The whole page. It is made once for everybody, so it says nothing of the documents until someone opens it.

    `evaluations`: with the tab for evaluators.
    """
    with gr.Blocks(title="Dossierwijzer", analytics_enabled=False, fill_width=True) as blocks:
        head = gr.HTML(_head(language, "…"))
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap"):
            with gr.Tab(say(language, "tab_ask"), id="ask"):
                _Talk(desk, conversations, language, blocks)
            with gr.Tab(say(language, "tab_documents"), id="documents"):
                documents_tab(desk, language, blocks)
            with gr.Tab(say(language, "tab_brief"), id="brief"):
                brief_tab(desk, language)
            if evaluations:
                evaluate_tab(desk, evaluations, language, blocks)

        def counted(request: gr.Request) -> str:
            who = visitor(request)
            desk.open()  # the page is there, and the first question will come
            return _head(language, desk.shelf.readable(who.levels).summary(language), who)

        blocks.load(counted, None, head, **QUIET)
    blocks.queue(max_size=100)
    return blocks


def _head(language: str, indexed: str, who: Visitor | None = None) -> str:
    other, path = ("en", "/en/") if language == "nl" else ("nl", "/")
    return (
        f'<header><h1>Dossierwijzer</h1><p>{say(language, "what", indexed=escape(indexed))}</p>'
        f'<p>{say(language, "notice")}</p><nav aria-label="{say(language, "also")}"><a href="{path}" hreflang="{other}" lang="{other}">'
        f'{say(other, "this_language")}</a> <a href="/toegankelijkheid?taal={language}">{say(language, "accessibility")}</a></nav>'
        f"{_who(language, who) if who else ''}</header>"
    )


def _who(language: str, who: Visitor) -> str:
    """Who is signed in and how to leave, or that nobody has to."""
    if not who.signed_in:
        return f'<p class="who">{say(language, "no_sign_in")}</p>'
    told = say(language, "signed_in", name=escape(who.name), role=say(language, f"role_{who.role}"))
    leave = f"<button>{say(language, 'sign_out')}</button>"
    change = f'<a href="/wachtwoord?taal={language}">{say(language, "password_change")}</a> ' if who.local else ""
    return f'<form class="who" method="post" action="/afmelden"><span>{told}</span> {change}{leave}</form>'


class _Talk:
    """The parts of the conversation tab and what they do. The store is the truth: each event reads and writes it."""

    def __init__(self, desk: Desk, conversations: Conversations, language: str, blocks: gr.Blocks) -> None:
        self.desk, self.store, self.language = desk, conversations, language
        with gr.Row(elem_id="desk", equal_height=False):
            with gr.Column(scale=2, min_width=220, elem_id="gesprekken"):
                self.new = gr.Button(self._say("new_conversation"), elem_id="nieuw")
                self.chats = gr.Radio([], label=self._say("conversations"), elem_id="lijst")
                with gr.Accordion(self._say("manage_conversation"), open=False, elem_id="beheer"):
                    self.name = gr.Textbox(label=self._say("name"), max_length=200, elem_id="naam")
                    self.rename = gr.Button(self._say("rename"), size="sm")
                    self.delete = gr.Button(self._say("delete"), size="sm")
                    self.exports = gr.HTML("")
            with gr.Column(scale=5, min_width=280):
                self.chooser = Chooser(desk.shelf, language)
                self.chatbot = gr.Chatbot(
                    label=self._say("conversation"),
                    show_label=False,
                    elem_id="gesprek",
                    height="max(18rem, calc(100vh - 34rem))",
                    render_markdown=False,
                    buttons=["copy"],
                    feedback_options=None,
                    editable="user",
                    placeholder=self._say("placeholder"),
                )
                self.chooser.mode.render()
                self.box = gr.Textbox(
                    label=self._say("your_question"), elem_id="vraag", max_length=MAX_QUESTION, submit_btn=self._say("send")
                )
                self.judging = judge(self.desk, self.store, self.chats, language)
            with gr.Column(scale=4, min_width=280, elem_id="bronnen"):
                gr.HTML(f"<h2>{self._say('sources')}</h2>")
                self.sources = gr.HTML(sources_html((), desk.shelf, language))
        self.timer = gr.Timer(1.0)  # until there are example questions
        self.shown = [self.chatbot, self.sources, self.chats, self.name, self.exports, self.judging]
        self._wire(blocks)

    def _say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)

    def _wire(self, blocks: gr.Blocks) -> None:
        """Which event does what."""
        chosen = self.chooser.parts
        asked: dict[str, Any] = {"outputs": [self.box, *self.shown], "concurrency_limit": 4, **QUIET}
        sent = gr.on([self.box.submit], self.respond, [self.box, self.chats, *chosen], **asked)
        picked = self.chatbot.example_select(self.example, [self.chats, *chosen], **asked)
        again = self.chatbot.retry(self.again, [self.chats, *chosen], **asked)
        edited = self.chatbot.edit(self.edited, [self.chats, *chosen], **asked)
        self.box.stop(self.stopped, self.chats, [self.box, *self.shown], cancels=[sent, picked, again, edited], **QUIET)
        opened: dict[str, Any] = {"outputs": [*self.shown, *chosen, self.chooser.line], **QUIET}
        self.chats.input(self.open, self.chats, **opened)
        self.new.click(self.anew, None, **opened).then(None, None, None, js=_FOCUS)
        blocks.load(self.arrive, None, **opened)
        gr.on([self.rename.click, self.name.submit], self.renamed, [self.chats, self.name], self.chats, **QUIET)
        self.delete.click(self.deleted, self.chats, **opened)
        self.chats.change(None, self.chats, None, js=_KEEP_ADDRESS)
        self.chooser.mode.input(self.chose, self.chooser.mode, None, **QUIET)
        self.timer.tick(self.suggest, self.chats, [self.chatbot, self.timer], **QUIET)

    def respond(self, question: str, identity: str | None, request: gr.Request, *choice: Any) -> Iterator[tuple[Any, ...]]:
        """Show the question at once, then its answer; `identity` is the conversation, None for a new one."""
        who = visitor(request)
        before = self._find(identity, who)
        turns = before.turns if before else ()
        chosen, mode = self.chooser.read(choice)
        slow = mode == "written" or not self.desk.ready
        waiting = self._say("searching" if self.desk.ready else "loading")
        box = gr.Textbox(value="", submit_btn=False, stop_btn=self._say("stop")) if slow else ""
        yield box, gr.Chatbot(self._messages(turns, who, question, waiting)), *[gr.skip()] * 5
        while not self.desk.wait(0.25):  # Gradio hears Stop between two yields only
            yield tuple(gr.skip() for _ in range(7))
        box = gr.Textbox(value="", submit_btn=self._say("send"), stop_btn=False) if slow else ""
        try:
            earlier = tuple(answer.question for answer in turns)
            allowed = chosen.among(self.desk.shelf.readable(who.levels).documents().values())
            steps = self.desk.stream(Turn(question, earlier), who, mode, allowed, self.language)
            answer = next(steps)
            identity = self.store.add(identity, who.name, answer, self.chooser.keep(choice))  # who stops or leaves now has the quotes
            if mode == "written" and answer.status == "answered":
                writing = gr.Textbox(submit_btn=False, stop_btn=self._say("stop"))
                yield writing, *self._shown(self._find(identity, who), who, self._say("writing"))
            for answer in steps:
                yield gr.skip(), gr.Chatbot(self._messages((*turns, answer), who, note=self._say("writing"))), *[gr.skip()] * 5
            if answer.timings.get("written"):
                self.store.cut(identity, who.name, len(turns))
                self.store.add(identity, who.name, answer, self.chooser.keep(choice))
        except DossierError as error:
            back = gr.Textbox(value=question if isinstance(error, QuestionRefused) else "", submit_btn=self._say("send"), stop_btn=False)
            yield back, gr.Chatbot(self._messages(turns, who, question, str(error))), *[gr.skip()] * 5
            return
        yield box, *self._shown(self._find(identity, who), who)

    def chose(self, mode: str) -> None:
        if mode == "written":
            self.desk.warm()

    def suggest(self, identity: str | None, request: gr.Request) -> tuple[Any, ...]:
        who = visitor(request)
        questions = self._examples(who)
        searching = not identity and self.desk.examples(self.language, who) is None
        return gr.skip() if identity or not questions else gr.Chatbot(examples=questions), gr.Timer(active=searching)

    def _examples(self, who: Visitor) -> list[dict[str, Any]]:
        return [{"text": question} for question in self.desk.examples(self.language, who) or ()]

    def _find(self, identity: str | None, who: Visitor) -> Conversation | None:
        return recall(self.store, identity, who, self.desk.shelf)

    def example(self, identity: str | None, request: gr.Request, data: gr.SelectData, *choice: Any) -> Iterator[tuple[Any, ...]]:
        yield from self.respond(data.value["text"], identity, request, *choice)

    def again(self, identity: str | None, request: gr.Request, data: gr.RetryData, *choice: Any) -> Iterator[tuple[Any, ...]]:
        yield from self._once_more(data.index, None, identity, choice, request)

    def edited(self, identity: str | None, request: gr.Request, data: gr.EditData, *choice: Any) -> Iterator[tuple[Any, ...]]:
        yield from self._once_more(data.index, unescape(str(data.value)), identity, choice, request)

    def _once_more(
        self, message: Any, question: str | None, identity: str | None, choice: Sequence[Any], request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """Ask a turn again, or what has been made of it; the later turns are dropped."""
        who = visitor(request)
        turn = (message if isinstance(message, int) else message[0]) // 2  # question and answer alternate
        kept = self._find(identity, who)
        if kept and turn < len(kept.turns):
            self.store.cut(identity, who.name, turn)
            yield from self.respond(question or kept.turns[turn].question, identity, request, *choice)

    def stopped(self, identity: str | None, request: gr.Request) -> tuple[Any, ...]:
        who = visitor(request)
        return gr.Textbox(submit_btn=self._say("send"), stop_btn=False), *self._shown(self._find(identity, who), who)

    def open(self, identity: str | None, request: gr.Request) -> tuple[Any, ...]:
        return self._open(identity, visitor(request))

    def anew(self, request: gr.Request) -> tuple[Any, ...]:
        return self._open(None, visitor(request))

    def arrive(self, request: gr.Request) -> tuple[Any, ...]:
        who = visitor(request)
        found = self._find(request.query_params.get("gesprek"), who)
        if found:
            return self._open(found.id, who)
        # Somebody may have asked something before the page heard this, so nothing of a conversation is touched, nor quotes or own words.
        kept = gr.Radio(choices=self.store.list(who.name))
        *narrowing, _, line = self.chooser.show({}, who.levels)
        return gr.skip(), gr.skip(), kept, gr.skip(), gr.skip(), gr.skip(), *narrowing, gr.skip(), line

    def _open(self, identity: str | None, who: Visitor) -> tuple[Any, ...]:
        found = self._find(identity, who)
        return *self._shown(found, who), *self.chooser.show(found.choice if found else {}, who.levels)

    def renamed(self, identity: str | None, name: str, request: gr.Request) -> Any:
        who = visitor(request).name
        self.store.rename(identity, who, name)
        return gr.Radio(choices=self.store.list(who), value=identity)

    def deleted(self, identity: str | None, request: gr.Request) -> tuple[Any, ...]:
        who = visitor(request)
        self.store.delete(identity, who.name)
        return self._open(None, who)

    def _shown(self, found: Conversation | None, who: Visitor, note: str = "") -> tuple[Any, ...]:
        """Values for `shown`: the conversation, its sources, the list, name, exports, and whether it can be judged."""
        turns = found.turns if found else ()
        examples = None if turns else self._examples(who)
        return (
            gr.Chatbot(self._messages(turns, who, note=note), examples=examples),
            sources_html(turns, self.desk.shelf.readable(who.levels), self.language),
            gr.Radio(choices=self.store.list(who.name), value=found.id if found else None),
            found.title if found else "",
            self._exports(found),
            gr.Accordion(visible=bool(turns)),
        )

    def _exports(self, found: Conversation | None) -> str:
        if not found:
            return ""
        address = f"/gesprek/{found.id}"
        links = (f'<li><a href="{address}.{form}?taal={self.language}" download>{form.upper()}</a></li>' for form in ("md", "docx", "pdf"))
        return f"<p>{self._say('export')}</p><ul>{''.join(links)}</ul>"

    def _messages(
        self, turns: Sequence[Answer], who: Visitor, asked: str = "", status: str = "", note: str = ""
    ) -> list[dict[str, Any]]:
        """The conversation as Gradio messages; `asked` is a question that has no answer yet, only a status; `note` says that
        the last answer is still being written."""
        other = self.desk.examples(self.language, who) or ()
        said = [(answer.question, answer_html(answer, number, self.language, other)) for number, answer in enumerate(turns, 1)]
        if note:
            said[-1] = said[-1][0], f'<p class="writing" role="status">{escape(note)}</p>{said[-1][1]}'
        if status:
            said.append((asked, f'<div class="answer status"><p>{escape(status)}</p></div>'))
        # Gradio shows plain messages as HTML too, so the question is escaped
        pairs = (
            ({"role": "user", "content": escape(question, quote=False)}, {"role": "assistant", "content": gr.HTML(body)})
            for question, body in said
        )
        return [message for pair in pairs for message in pair]

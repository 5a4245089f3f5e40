"""The page where someone with a local account changes the own password."""

from html import escape
from typing import Literal

from fastapi import FastAPI
from fastapi.requests import Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from app.access import Visitor
from app.accounts import LONGEST_PASSWORD, SHORTEST, Account, Refused
from app.desk import Desk
from app.gate import SESSION, Gate, Visit
from app.reader import frame
from app.signin import give_session
from app.texts import say

Language = Literal["nl", "en"]


def add_password(app: FastAPI, desk: Desk, gate: Gate) -> None:
    """Add the routes to an app."""

    def owner(visit: Visit) -> Account | None:
        """Who is signed in on this browser with a local account; a token of a program is not enough."""
        found = gate.accounts.session(visit.cookies.get(SESSION, ""))
        return found if found and found.origin == "local" and visit.visitor and visit.visitor.name == found.name else None

    def page(language: Language, told: str = "", status: int = 200, done: bool = False) -> HTMLResponse:
        shown = f'<p role="{"status" if done else "alert"}"><strong>{escape(told)}</strong></p>' if told else ""
        return HTMLResponse(frame(say(language, "password_change"), shown + ("" if done else _form(language)), language), status)

    @app.get("/wachtwoord", include_in_schema=False)
    def form(request: Request, taal: Language = "nl") -> Response:
        return page(taal) if owner(request.state.visit) else page(taal, say(taal, "password_elsewhere"), 403, done=True)

    @app.post("/wachtwoord", include_in_schema=False)
    async def change(request: Request, taal: Language = "nl") -> Response:
        fields = await request.form()
        return await run_in_threadpool(attempt, request, taal, *(str(fields.get(key, "")) for key in ("oud", "nieuw", "nogmaals")))

    def attempt(request: Request, language: Language, old: str, new: str, again: str) -> Response:
        visit: Visit = request.state.visit
        who: Visitor = request.state.visitor
        account = owner(visit)
        if account is None:
            return page(language, say(language, "password_elsewhere"), 403, done=True)
        if not SHORTEST <= len(new) <= LONGEST_PASSWORD:
            return page(language, say(language, "password_length", least=SHORTEST, most=LONGEST_PASSWORD), 422)
        if new != again or new == old:
            return page(language, say(language, "password_unequal" if new != again else "password_same"), 422)
        try:
            gate.accounts.sign_in(account.name, old, visit.address)  # counted and locked like any other guess
        except Refused as error:
            desk.metrics.refused("password")
            desk.audit.record(who, "password refused", result="wait" if error.wait else "wrong")
            told = say(language, "sign_in_wait", minutes=int(error.wait) // 60 + 1) if error.wait else say(language, "password_wrong")
            return page(language, told, 429 if error.wait else 401)
        gate.accounts.change(account.name, password=new)
        desk.audit.record(who, "password")
        return give_session(page(language, say(language, "password_changed"), done=True), gate, visit, account)


def _form(language: Language) -> str:
    def field(name: str, key: str, kind: str) -> str:
        given = f'name="{name}" type="password" autocomplete="{kind}" required'
        return f"<p><label>{say(language, key)}<br><input {given}></label></p>"

    return (
        f"<p>{say(language, 'password_about', least=SHORTEST)}</p>"
        f'<form method="post" action="/wachtwoord?taal={language}">{field("oud", "password_old", "current-password")}'
        f'{field("nieuw", "password_new", "new-password")}{field("nogmaals", "password_again", "new-password")}'
        f"<p><button>{say(language, 'password_change')}</button></p></form>"
    )

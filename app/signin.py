"""The pages to sign in and out: with a local account, or at the organisation's OpenID Connect provider."""

import secrets
import time
from collections import OrderedDict
from html import escape
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.requests import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from app.access import Visitor
from app.accounts import LONGEST, Account, Refused
from app.desk import Desk
from app.gate import SESSION, Gate, Visit
from app.oidc import Provider, ProviderError
from app.reader import frame
from app.texts import language_of, say

_TRIP = "dossierwijzer-reis"  # cookie of who is at the provider
_TRIP_SECONDS = 600
_TRIPS = 1000


def add_signin(app: FastAPI, desk: Desk, gate: Gate) -> None:
    """Add the routes to an app."""
    provider = Provider(gate.settings) if gate.settings.oidc_issuer else None
    trips: OrderedDict[str, tuple[float, str, dict[str, Any]]] = OrderedDict()

    def shown(wanted: str, told: str = "", status: int = 200, wait: float = 0.0) -> HTMLResponse:
        headers = {"retry-after": str(int(wait) + 1)} if wait else None
        return HTMLResponse(_page(gate, wanted, told, provider is not None), status, headers)

    def enter(visit: Visit, account: Account, wanted: str) -> Response:
        response = give_session(RedirectResponse(_local(wanted), 303), gate, visit, account)
        desk.audit.record(account.visitor, "sign-in", result=account.origin)
        return response

    def refuse(name: str, reason: str) -> None:
        desk.metrics.refused("sign-in")
        known = name if gate.accounts.find(name) else ""  # what is typed in the wrong box may be a password
        desk.audit.record(Visitor(known), "sign-in refused", result=reason)

    @app.get("/aanmelden", include_in_schema=False)
    def form(request: Request, naar: str = "/") -> Response:
        return RedirectResponse(_local(naar), 303) if request.state.visitor else shown(naar)

    @app.post("/aanmelden", include_in_schema=False)
    async def sign_in(request: Request) -> Response:
        fields = await request.form()
        name, password, wanted = (str(fields.get(key, "")) for key in ("naam", "wachtwoord", "naar"))
        return await run_in_threadpool(attempt, request, name.strip(), password, wanted)

    def attempt(request: Request, name: str, password: str, wanted: str) -> Response:
        visit: Visit = request.state.visit
        try:
            account = gate.accounts.sign_in(name, password, visit.address)
        except Refused as error:
            refuse(name, "wait" if error.wait else "wrong")
            if error.wait:
                told = say(language_of(wanted), "sign_in_wait", minutes=int(error.wait) // 60 + 1)
                return shown(wanted, told, 429, error.wait)
            return shown(wanted, say(language_of(wanted), "sign_in_wrong"), 401)
        return enter(visit, account, wanted)

    @app.post("/afmelden", include_in_schema=False)
    def sign_out(request: Request) -> Response:
        visit: Visit = request.state.visit
        if token := visit.cookies.get(SESSION):
            gate.accounts.close_session(token)
            desk.audit.record(request.state.visitor, "sign-out")
        response = RedirectResponse("/aanmelden", 303)
        response.delete_cookie(SESSION, path="/", secure=visit.secure, httponly=True, samesite="lax")
        return response

    if provider is None:
        return

    @app.get("/aanmelden/organisatie", include_in_schema=False)
    async def leave(request: Request, naar: str = "/") -> Response:
        visit: Visit = request.state.visit
        trip, session = secrets.token_urlsafe(24), dict[str, Any]()
        try:
            response = await provider.begin(request, _back(request), session)
        except ProviderError as error:
            return shown(naar, str(error), 502)
        trips[trip] = (time.monotonic(), naar, session)
        while len(trips) > _TRIPS:
            trips.popitem(last=False)
        # lax, for the browser comes back from another site
        response.set_cookie(_TRIP, trip, max_age=_TRIP_SECONDS, path="/aanmelden", secure=visit.secure, httponly=True, samesite="lax")
        return response

    @app.get("/aanmelden/terug", include_in_schema=False)
    async def come_back(request: Request) -> Response:
        visit: Visit = request.state.visit
        began, wanted, session = trips.pop(visit.cookies.get(_TRIP, ""), (0.0, "/", dict[str, Any]()))
        if time.monotonic() - began > _TRIP_SECONDS:
            session.clear()
        try:
            name, groups = await provider.finish(request, session)
            account = await run_in_threadpool(gate.accounts.know, name, "oidc", gate.named(groups))
        except (ProviderError, Refused) as error:
            await run_in_threadpool(refuse, "", "oidc")
            told = str(error) if isinstance(error, ProviderError) else say(language_of(wanted), "sign_in_wrong")
            return shown(wanted, told, 401)
        return await run_in_threadpool(enter, visit, account, wanted)


def give_session(response: Response, gate: Gate, visit: Visit, account: Account) -> Response:
    """The response, with the cookie of a new session of this account."""
    token = gate.accounts.open_session(account.name, gate.settings.session_minutes * 60)
    response.set_cookie(SESSION, token, max_age=LONGEST, path="/", secure=visit.secure, httponly=True, samesite="lax")
    return response


def _back(request: Request) -> str:
    return str(request.url_for("come_back"))


def _local(wanted: str) -> str:
    """A place on this site: nothing that a browser could take for another one."""
    return wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable() else "/"


def _page(gate: Gate, wanted: str, told: str, provider: bool) -> str:
    language = language_of(wanted)
    secret = 'name="wachtwoord" type="password" autocomplete="current-password" required'
    hidden = f'<input type="hidden" name="naar" value="{escape(_local(wanted))}">'
    local = (
        f'<form method="post" action="/aanmelden">{hidden}'
        f'<p><label>{say(language, "account_name")}<br><input name="naam" autocomplete="username" required autofocus></label></p>'
        f'<p><label>{say(language, "password")}<br><input {secret}></label></p>'
        f"<p><button>{say(language, 'sign_in')}</button></p></form>"
    )
    address = f"/aanmelden/organisatie?naar={quote(_local(wanted), safe='')}"
    elsewhere = f'<p><a href="{address}">{say(language, "sign_in_organisation")}</a></p>' if provider else ""
    status = f'<p role="alert"><strong>{escape(told)}</strong></p>' if told else ""
    nobody = f"<p>{say(language, 'no_accounts')}</p>" if not gate.configured else ""
    return frame(say(language, "sign_in"), f"<p>{say(language, 'notice')}</p>{status}{nobody}{elsewhere}{local}", language)

"""What every request passes: who makes it, a limit on its size, headers that keep the page to its own origin, and a line
in the log that names neither person nor question.
"""

import re
import secrets
import time
from collections import OrderedDict
from urllib.parse import parse_qs, quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.gate import BROWSER, Gate, Visit, known
from app.monitor import Metrics, log
from app.reader import frame
from app.texts import language_of, say

_LIMITS = ((re.compile(r"(?:/en)?/gradio_api/upload"), 256 * 2**20), (re.compile(r"/api/|/aanmelden|/wachtwoord"), 64 * 1024))
_LIMIT = 2**20  # bytes of a request to anything else
_PUBLIC = re.compile(r"/aanmelden(?:/.*)?|/toegankelijkheid|/health|/ready|/metrics")
# Of Gradio's routes only those that the page uses; its file routes would serve what others uploaded
_GRADIO = re.compile(
    r"(?:/en)?/(?:gradio_api/(?!queue/|heartbeat/|upload$|upload_progress$|startup-events$|cancel$|reset/?$|theme\.css$)"
    r"|login|logout|monitoring|dev/|custom_component/|file|proxy|pwa_icon|robots\.txt).*"
)
_STREAM = re.compile(r"(?:/en)?/gradio_api/queue/data")
_PARTS = ("/assets", "/static", "/svelte")  # of the page itself: not worth a line in the log
_PAGES = 10_000  # pages of which is remembered whose they are
_FROM_DOCUMENTS = ("text/html", "text/markdown", "text/event-stream", "application/json", "application/vnd.", "image/png")
_YEAR = 365 * 24 * 3600
# Gradio builds its templates with inline scripts and `new Function`
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with no-referrer a browser would not say that a form is ours
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class _TooLarge(Exception):
    pass


class Guard:
    """ASGI middleware; streams pass through it untouched."""

    def __init__(self, app: ASGIApp, gate: Gate, metrics: Metrics) -> None:
        self._app, self._gate, self._metrics = app, gate, metrics
        self._pages: OrderedDict[str, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":  # nothing here speaks over a websocket
            return await send({"type": "websocket.close", "code": 1008})
        began, request, status = time.perf_counter(), secrets.token_hex(8), 0
        visit = await run_in_threadpool(self._gate.meet, scope)
        visitor = known(visit, request)
        scope.setdefault("state", {}).update(visitor=visitor, visit=visit)
        scope["scheme"] = "https" if visit.secure else "http"

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"] = 413 if body.over else message["status"]
                self._seal(MutableHeaders(scope=message), visit, request)
            await send(message)

        limit = next((size for path, size in _LIMITS if path.match(scope["path"])), _LIMIT)
        body, response = _Body(receive, limit), self._refusal(scope, visit, limit)
        try:
            if response:
                await response(scope, receive, guarded)
            else:
                await self._app(scope, body.receive, guarded)
        except _TooLarge:
            if not status:
                await _said(scope, 413, "body_too_large", limit=limit // 1024)(scope, receive, guarded)
        finally:
            seconds = time.perf_counter() - began
            place = "/" + scope["path"].split("/")[1]  # no more, for the rest of a path can name a document
            self._metrics.requested(place, status or 500)
            tell = log.debug if place in _PARTS else log.info
            tell("request", request=request, method=scope["method"], path=place, status=status or 500, ms=round(seconds * 1000))
            log.debug("visitor", request=request, person=visitor.name if visitor else "", address=visit.address)

    def _refusal(self, scope: Scope, visit: Visit, limit: int) -> Response | None:
        """Why this request goes no further, if it does not."""
        path, headers = scope["path"], Headers(scope=scope)
        size = headers.get("content-length", "0")
        if not size.isdecimal() or int(size) > limit:
            return _said(scope, 413, "body_too_large", limit=limit // 1024)
        if visit.foreign:
            return _said(scope, 403, "foreign")
        if _GRADIO.fullmatch(path):
            return _said(scope, 404, "no_page")
        if visit.visitor is None:
            if _PUBLIC.fullmatch(path):
                return None
            if scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
                wanted = path + (f"?{scope['query_string'].decode('latin-1')}" if scope.get("query_string") else "")
                return RedirectResponse(f"/aanmelden?naar={quote(wanted, safe='')}", 303)
            return _said(scope, 401, "sign_in_first")
        if path.endswith("/gradio_api/upload") and not visit.visitor.may("beoordelaar"):  # documents, or a set of known facts
            return _said(scope, 403, "not_allowed")
        if _STREAM.fullmatch(path) and not self._own(scope, visit.visitor.name):
            return _said(scope, 403, "not_allowed")
        return None

    def _own(self, scope: Scope, name: str) -> bool:
        """Whether a page's stream of answers is asked for by who opened that page."""
        page = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("session_hash", [""])[0]
        owner = self._pages.setdefault(page, name)
        while len(self._pages) > _PAGES:
            self._pages.popitem(last=False)
        return owner == name

    def _seal(self, headers: MutableHeaders, visit: Visit, request: str) -> None:
        headers.update(_HEADERS)
        headers["x-request-id"] = request
        for name in [name for name in headers if name.startswith("access-control-")]:  # no page of another origin may read anything
            del headers[name]
        if visit.secure:
            headers["strict-transport-security"] = f"max-age={_YEAR}; includeSubDomains"
        kind = headers.get("content-type", "")
        if "cache-control" not in headers and kind.startswith(_FROM_DOCUMENTS):
            headers["cache-control"] = "no-store"  # what is revoked must not come back out of a browser
        if kind.startswith("text/html") and visit.visitor and not visit.visitor.name:
            secure = "; Secure" if visit.secure else ""
            name = secrets.token_urlsafe(24)
            headers.append("set-cookie", f"{BROWSER}={name}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Lax{secure}")


class _Body:
    """A body of at most `limit` bytes; `over` once there came more."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._left = receive, limit

    @property
    def over(self) -> bool:
        return self._left < 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self.over:
            raise _TooLarge
        return message


def _said(scope: Scope, status: int, key: str, **values: object) -> Response:
    """A refusal, as a page for a browser and as JSON for a program."""
    language = language_of(f"{scope['path']}?{scope.get('query_string', b'').decode('latin-1')}")
    text = say(language, key, **values)
    if "text/html" in Headers(scope=scope).get("accept", ""):
        return HTMLResponse(frame(text, "", language), status)
    return JSONResponse({"detail": text}, status)

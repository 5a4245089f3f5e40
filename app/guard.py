"""What every request passes: a limit on its size, headers that keep the page to its own origin, and a cookie with an
opaque name for the person, by which the own conversations are found again.
"""

import secrets
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.access import Visitor
from app.texts import say

MAX_API_BODY = 64 * 1024
COOKIE = "dossierwijzer"
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
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """ASGI middleware; streams pass through it untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        cookies = _cookies(scope)
        newcomer = COOKIE not in cookies
        name = "" if newcomer else cookies[COOKIE].value[:100]
        scope.setdefault("state", {})["visitor"] = Visitor(name, "beheerder", None)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                if newcomer and headers.get("content-type", "").startswith("text/html"):
                    secure = "; Secure" if scope.get("scheme") == "https" else ""
                    fresh = secrets.token_urlsafe(24)
                    headers.append("set-cookie", f"{COOKIE}={fresh}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Lax{secure}")
            await send(message)

        if scope["path"].startswith("/api/"):
            body = b""
            while True:
                message = await receive()
                body += message.get("body", b"")
                if len(body) > MAX_API_BODY:
                    response = JSONResponse({"detail": say("nl", "body_too_large", limit=MAX_API_BODY // 1024)}, 413)
                    return await response(scope, receive, guarded)
                if not message.get("more_body"):
                    break
            receive = _again(body, receive)
        await self._app(scope, receive, guarded)


def _again(body: bytes, receive: Receive) -> Receive:
    """A body that was read, to be read once more."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _cookies(scope: Scope) -> SimpleCookie:
    cookies = SimpleCookie()
    try:
        cookies.load("; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"))
    except CookieError:
        cookies.clear()
    return cookies

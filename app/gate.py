"""Who is at the door: the visitor of a request, by session, bearer token or the word of a trusted proxy.

Where nobody can sign in because there are no accounts and no provider, only this computer gets in, and may do all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from app.access import Visitor
from app.accounts import Accounts, Refused
from ingest.access import tidy
from ingest.settings import Settings

BROWSER = "dossierwijzer"  # cookie with an opaque name, for who has no account
SESSION = "dossierwijzer-sessie"
_LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Visit:
    """A request as it came in. `visitor` is None for who is not signed in; `address` is that of the person, not of a proxy."""

    visitor: Visitor | None
    address: str
    secure: bool
    cookies: Mapping[str, str]
    foreign: bool  # from a page of another site, or for a name that is not this computer's where nobody signs in


class Gate:
    """`local`: whether only this computer can reach the server, so that it may be used without signing in."""

    def __init__(self, accounts: Accounts, settings: Settings, local: bool) -> None:
        self.accounts, self.settings, self._local = accounts, settings, local
        self._proxies = {each.strip() for each in settings.trusted_proxies.split(",")} - {""}
        self._groups = {tidy(name): given for name, given in settings.groups.items()}

    @property
    def closed(self) -> bool:
        """Whether people have to sign in."""
        return not self._local or self.configured

    @property
    def configured(self) -> bool:
        """Whether there is a way to sign in."""
        return bool(self.settings.oidc_issuer or self.settings.trusted_header) or self.accounts.any()

    def meet(self, scope: Scope) -> Visit:
        """See who makes a request; behind a trusted proxy, address and scheme are those that the proxy names."""
        headers = Headers(scope=scope)
        peer = scope["client"][0] if scope.get("client") else ""
        address, scheme = peer, scope.get("scheme", "http")
        if peer in self._proxies:
            address = headers.get("x-forwarded-for", peer).rsplit(",", 1)[-1].strip() or peer
            scheme = headers.get("x-forwarded-proto", scheme).rsplit(",", 1)[-1].strip()
        cookies, closed = _cookies(headers), self.closed
        visitor = self._visitor(headers, cookies, peer) if closed else Visitor(cookies.get(BROWSER, "")[:100], "beheerder", None)
        host = urlsplit(f"//{headers.get('host', '')}")
        foreign = not closed and host.hostname not in _LOCAL
        if scope["method"] not in ("GET", "HEAD"):
            origin = headers.get("origin")
            foreign |= origin is not None and urlsplit(origin).netloc != host.netloc
            foreign |= headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
        return Visit(visitor, address, scheme == "https", cookies, foreign)

    def named(self, names: list[str]) -> list[str]:
        """What the names of groups at a provider or proxy give here: levels, groups and roles."""
        return [self._groups.get(tidy(name), name) for name in names]

    def _visitor(self, headers: Headers, cookies: Mapping[str, str], peer: str) -> Visitor | None:
        header = self.settings.trusted_header
        if header and peer in self._proxies and (name := headers.get(header, "").strip()):
            given = headers.get(self.settings.trusted_groups_header, "") if self.settings.trusted_groups_header else ""
            try:
                return self.accounts.know(name, "proxy", self.named(given.split(","))).visitor
            except Refused:
                return None
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        token = bearer.strip() if scheme.lower() == "bearer" else cookies.get(SESSION, "")
        found = self.accounts.session(token) if token else None
        return found.visitor if found else None


def known(visit: Visit, request: str) -> Visitor | None:
    """The visitor, with the id of the request."""
    return replace(visit.visitor, request=request) if visit.visitor else None


def _cookies(headers: Headers) -> dict[str, str]:
    cookies = SimpleCookie()
    try:
        cookies.load("; ".join(headers.getlist("cookie")))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in cookies.items()}

"""Sign-in with an organisation's OpenID Connect provider, through Authlib: authorization code with PKCE, state and nonce."""

from collections.abc import Mapping
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from ingest.errors import DossierError
from ingest.settings import Settings


class ProviderError(DossierError):
    """The provider cannot be reached, or what it or the browser brings back does not fit."""


class Provider:
    """The provider of the settings; it is not contacted before someone signs in."""

    def __init__(self, settings: Settings) -> None:
        self._claim = settings.oidc_groups_claim
        self._client: Any = OAuth().register(
            "provider",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "timeout": 10.0},
        )

    async def begin(self, request: Request, back: str, session: dict[str, Any]) -> Response:
        """Send the browser to the provider; `session` then holds what must come back. Raises ProviderError."""
        request.scope["session"] = session
        try:
            redirect: Response = await self._client.authorize_redirect(request, back)
        except Exception as error:  # whatever the HTTP client raises
            raise ProviderError(f"De aanmelddienst is niet te bereiken ({error.__class__.__name__}).") from error
        return redirect

    async def finish(self, request: Request, session: dict[str, Any]) -> tuple[str, list[str]]:
        """(name, groups) of who comes back; signature, issuer, audience, expiry and nonce have been checked. Raises ProviderError."""
        request.scope["session"] = session
        try:
            token = await self._client.authorize_access_token(request)
        except (OAuthError, JoseError) as error:
            raise ProviderError(f"De aanmelddienst gaf geen geldige aanmelding ({error.__class__.__name__}).") from error
        except Exception as error:
            raise ProviderError(f"De aanmelddienst is niet te bereiken ({error.__class__.__name__}).") from error
        claims: Mapping[str, Any] = token.get("userinfo") or {}
        name = str(claims.get("preferred_username") or claims.get("email") or claims.get("sub") or "").strip()
        if not name:
            raise ProviderError("De aanmelddienst noemde geen naam.")
        groups = claims.get(self._claim) or []
        return name[:100], [str(group) for group in ([groups] if isinstance(groups, str) else groups)]

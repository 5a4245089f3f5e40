"""The routes for who keeps it running: alive, ready, and figures."""

from fastapi import FastAPI
from fastapi.requests import Request
from fastapi.responses import JSONResponse, Response

from app.access import Visitor
from app.desk import Desk
from app.gate import Gate
from app.monitor import bearer


def add_operations(app: FastAPI, desk: Desk, gate: Gate) -> None:
    """Add the routes to an app; /health and /ready tell strangers no more than that."""

    @app.get("/health", include_in_schema=False)
    def health() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/ready", include_in_schema=False)
    def ready() -> JSONResponse:
        desk.open()
        return JSONResponse({"status": "ready"}) if desk.serving else JSONResponse({"status": "not ready"}, 503)

    @app.get("/metrics", include_in_schema=False)
    def metrics(request: Request) -> Response:
        who: Visitor | None = request.state.visitor
        if not (who and who.may("beheerder")) and not bearer(request.headers.get("authorization", ""), gate.settings.metrics_token):
            return JSONResponse({"detail": "Unauthorized"}, 401)
        return Response(desk.metrics.page(), media_type="text/plain; version=0.0.4; charset=utf-8")

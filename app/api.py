"""`POST /api/ask`: the answer object for other systems, described in /api/openapi.json."""

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.requests import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from app.desk import MAX_QUESTION, Desk, QuestionRefused
from app.texts import say
from app.types import Turn
from ingest.errors import DossierError


class Ask(BaseModel):
    """A question with the earlier questions of its conversation, oldest first."""

    question: str = Field(max_length=MAX_QUESTION, examples=["Hoeveel keerde SOWIS in 2025 uit?"])
    history: list[str] = Field(default_factory=list, max_length=100)
    id: str = Field("", max_length=200)


def add_api(app: FastAPI, desk: Desk) -> None:
    """Add the routes of the API to an app."""

    @app.post("/api/ask", summary="Eén vraag, één antwoord met citaten", responses={422: {"description": "De vraag is leeg of te lang"}})
    def ask(request: Ask) -> dict[str, Any]:
        return desk.ask(Turn(request.question, tuple(request.history))).to_json(request.id)

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, error: RequestValidationError) -> JSONResponse:
        return JSONResponse({"detail": say("nl", "question_unreadable", limit=MAX_QUESTION)}, 422)

    @app.exception_handler(DossierError)
    async def refused(request: Request, error: DossierError) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, 422 if isinstance(error, QuestionRefused) else 503)

"""`POST /api/ask`: the answer object for other systems, described in /api/openapi.json."""

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Header, HTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.requests import Request
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field

from app.access import Visitor, visitor
from app.desk import MAX_QUESTION, Busy, Desk, QuestionRefused
from app.reader import frame
from app.texts import language_of, say
from app.types import Turn
from ingest.errors import DossierError, LoadError


class Ask(BaseModel):
    """A question with the earlier questions of its conversation, oldest first."""

    question: str = Field(max_length=MAX_QUESTION, examples=["Hoeveel keerde SOWIS in 2025 uit?"])
    history: list[str] = Field(default_factory=list, max_length=100)
    id: str = Field("", max_length=200)
    mode: Literal["quoted", "written"] = "quoted"


def add_api(app: FastAPI, desk: Desk) -> None:
    """Add the routes of the API to an app."""

    @app.post(
        "/api/ask",
        summary="Eén vraag, één antwoord met citaten",
        description="Met 'Accept: text/event-stream' komen de uitspraken één voor één (event: statement), en dan het hele antwoord "
        "(event: answer) of wat er mis ging (event: error). Met mode 'written' komt eerst het antwoord in citaten (event: quoted).",
        responses={422: {"description": "De vraag is leeg of te lang"}, 503: {"description": "De index of het model is er niet"}},
        response_model=None,
    )
    def ask(asked: Ask, request: Request, accept: Annotated[str, Header()] = "") -> dict[str, Any] | Response:
        who = visitor(request)
        if "text/event-stream" in accept:
            return StreamingResponse(_events(desk, asked, who), media_type="text/event-stream", headers={"cache-control": "no-store"})
        return desk.ask(Turn(asked.question, tuple(asked.history)), who, asked.mode).to_json(asked.id)

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, error: RequestValidationError) -> Response:
        return _refusal(request, 422, say("nl", "question_unreadable", limit=MAX_QUESTION))

    @app.exception_handler(DossierError)
    async def refused(request: Request, error: DossierError) -> Response:
        status = error.status if isinstance(error, Busy) else {QuestionRefused: 422, LoadError: 404}.get(type(error), 503)
        return _refusal(request, status, str(error))

    @app.exception_handler(HTTPException)
    async def failed(request: Request, error: HTTPException) -> Response:
        return _refusal(request, error.status_code, str(error.detail))


def _events(desk: Desk, asked: Ask, who: Visitor) -> Iterator[str]:
    """An answer as server-sent events."""
    try:
        answer: dict[str, Any] = {}
        said = 0
        for step in desk.stream(Turn(asked.question, tuple(asked.history)), who, asked.mode):
            earlier, answer = answer, step.to_json(asked.id)
            if asked.mode == "written" and not earlier:
                yield _event("quoted", answer)
            elif step.mode == asked.mode:
                for statement in answer["statements"][said:]:
                    yield _event("statement", statement)
                said = len(answer["statements"])
    except DossierError as error:
        yield _event("error", {"detail": str(error)})
        return
    yield _event("answer", answer)


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _refusal(request: Request, status: int, text: str) -> Response:
    """What went wrong, as a page for a browser and as JSON for a program."""
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(frame(text, "", language_of(f"{request.url.path}?{request.url.query}")), status)
    return JSONResponse({"detail": text}, status)

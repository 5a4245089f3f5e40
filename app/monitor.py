"""What the people who keep it running see: structured logs, /health, /ready, and figures for Prometheus at /metrics."""

import hmac
import logging
import sys

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("dossierwijzer")


def configure(level: str) -> None:
    """One JSON object a line on standard error, of our own events and of those of the libraries."""
    shared: list[structlog.typing.Processor] = [structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    handler.addFilter(lambda record: record.name == "dossierwijzer" or record.levelno >= logging.WARNING)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("dossierwijzer").setLevel(level.upper())


class Metrics:
    """Counters that name no person, question or document."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter("dossierwijzer_requests", "Requests", ["path", "status"], registry=self._registry)
        self._answers = Histogram(
            "dossierwijzer_answer_seconds",
            "Seconds to an answer, waiting included",
            ["mode", "status"],
            buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
            registry=self._registry,
        )
        self._waiting = Gauge("dossierwijzer_questions_waiting", "Questions that are being answered or wait", registry=self._registry)
        self._refused = Counter("dossierwijzer_refused", "What was refused, by reason", ["reason"], registry=self._registry)
        self._paths: set[str] = set()

    def requested(self, path: str, status: int) -> None:
        if status == 404 or (path not in self._paths and len(self._paths) >= 100):
            path = "other"  # what strangers make up must not grow the list
        self._paths.add(path)
        self._requests.labels(path, status).inc()

    def answered(self, mode: str, status: str, seconds: float) -> None:
        self._answers.labels(mode, status).observe(seconds)

    def refused(self, reason: str) -> None:
        self._refused.labels(reason).inc()

    def waiting(self, number: int) -> None:
        self._waiting.set(number)

    def page(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self._registry)


def bearer(given: str, token: str) -> bool:
    """Whether an Authorization header holds this token; never where there is none."""
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())

"""All settings, read from the environment (prefix DOSSIER_) and nowhere else."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """See the README for what each does; every field is an environment variable `DOSSIER_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="DOSSIER_", extra="ignore")

    index: Path = Field(Path(".dossier/index"), description="directory of the index")
    cache: Path = Field(Path.home() / ".cache" / "dossierwijzer", description="converted models")
    embedding_model: str = Field("bundled", description="'bundled', or the name or folder of a sentence-transformers model")
    query_prefix: str = Field("query: ", description="put before a question by the embedding model")
    passage_prefix: str = Field("passage: ", description="put before a passage by the embedding model")
    threads: int = Field(0, ge=0, description="threads of the encoder; 0: all cores")
    chroma_url: str = Field("", description="http://host:port of a Chroma server; empty: the index directory")
    pdf_password: str = Field("", description="tried on encrypted PDF files")
    file_seconds: float = Field(30.0, gt=0, description="time limit for reading one file")
    file_memory_mib: int = Field(1024, ge=128, description="memory limit for reading one file")
    mode: Literal["quoted", "written"] = Field("quoted", description="which answer leads")
    llm_url: str = Field("", description="an OpenAI-compatible endpoint, ending in /v1; empty: the model that comes along")
    llm_model: str = Field("", description="the model that is asked of the endpoint")
    llm_key: SecretStr = Field(SecretStr(""), description="key of the endpoint")
    llm_seconds: float = Field(60.0, gt=0, description="time limit for one written answer")
    llm_at_once: int = Field(2, ge=1, description="requests to the endpoint at a time")
    llm_gguf: Path | None = Field(None, description="another model file for the server that comes along")
    refusal_threshold: float | None = Field(
        None, ge=0, le=1, description="overrides the calibrated threshold below which nothing is answered"
    )
    session_minutes: int = Field(60, ge=1, description="a session ends after this long without a request, and after 12 hours anyhow")
    questions_per_minute: int = Field(30, ge=1, description="questions that one signed-in person may ask in a minute")
    oidc_issuer: str = Field("", description="address of an OpenID Connect provider; empty: none")
    oidc_client_id: str = Field("", description="the name under which the provider knows this site")
    oidc_client_secret: str = Field("", description="the secret that goes with it")
    oidc_groups_claim: str = Field("groups", description="the claim that holds a person's groups")
    groups: dict[str, str] = Field({}, description="for names of groups at the provider or proxy: what each gives here")
    trusted_header: str = Field("", description="header in which a reverse proxy says who was signed in there; empty: off")
    trusted_groups_header: str = Field("", description="header in which it gives that person's groups, with commas between them")
    trusted_proxies: str = Field("127.0.0.1,::1", description="addresses of reverse proxies whose headers are believed")
    audit_text: Literal["text", "hash"] = Field("text", description="whether the audit log keeps questions or only their hashes")
    retention_days: int = Field(0, ge=0, description="days after which what people left behind is deleted; 0: never")
    log_level: Literal["debug", "info", "warning", "error"] = Field("warning", description="what is logged on standard error, as JSON")
    metrics_token: str = Field("", description="bearer token for /metrics where people sign in; empty: administrators only")


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()

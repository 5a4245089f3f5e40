"""All settings, read from the environment (prefix DOSSIER_) and nowhere else."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field
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
    refusal_threshold: float | None = Field(
        None, ge=0, le=1, description="overrides the calibrated threshold below which nothing is answered"
    )


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()

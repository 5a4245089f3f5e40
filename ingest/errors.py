"""Errors that a user can do something about; each message says what was found, what was expected and what to do.

DossierError
├── SettingsError      a setting or argument cannot be used
├── LoadError          a file cannot be read (named; the other files go on)
├── IndexMissing       there is no index where one is needed
├── IndexMismatch      the index was built with another model or version
├── IndexLocked        another process is writing to the index
└── ModelError         a model cannot be had or is not what it should be
"""


class DossierError(Exception):
    """Base of all errors that are shown to a user as one line."""


class SettingsError(DossierError):
    pass


class LoadError(DossierError):
    pass


class IndexMissing(DossierError):
    pass


class IndexMismatch(DossierError):
    pass


class IndexLocked(DossierError):
    pass


class ModelError(DossierError):
    pass


OUT_OF_MEMORY = "Te weinig geheugen. Wat klaar was, staat in de index; sluit andere programma's en start opnieuw."
_MEMORY = (
    *("allocate memory", "new thread", "failed to map segment", "create a primitive"),
    *("out of memory", "bad_alloc", "without exception set", "(os error 11)", "(os error 12)"),  # EAGAIN and ENOMEM as Rust says them
    *("Os { code: 11,", "Os { code: 12,"),
)


def out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, which libraries in C++ say in errors of their own."""
    return isinstance(error, MemoryError) or any(words in str(error) for words in _MEMORY)

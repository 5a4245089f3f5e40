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

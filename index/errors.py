"""Every error that Dateline raises on purpose; the command lines turn them into one line.

DatelineError                 anything a user can act on; exit status 1
├── UsageError                the call itself is wrong; exit status 2
├── SourceError               an article source cannot be read
│   └── FetchError            a web address cannot be read
├── LibraryError              the library cannot be used
│   ├── LibraryMissing        no library at that path
│   ├── LibraryMismatch       made by another encoder or a newer Dateline
│   ├── LibraryLocked         another process is writing to it
│   └── LibraryUnwritable     read-only folder, full disk
├── ModelError                weights or a model server cannot be used
├── Busy                      too many questions or changes are waiting
└── Cancelled                 the user no longer waits for the answer
"""


class DatelineError(Exception):
    """A problem; its message is one sentence that tells the user what to do next."""

    status = 1


class UsageError(DatelineError):
    """The call is wrong: empty question, bad date, unknown option value."""

    status = 2


class SourceError(DatelineError):
    """A file, folder or row holds no article that can be read."""


class FetchError(SourceError):
    """A web address cannot be fetched.

    `code` is what the server answered, `wait` the seconds that it asks for, and `passing` says
    that it may work later.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        wait: float | None = None,
        passing: bool = False,
    ) -> None:
        super().__init__(message)
        self.code, self.wait, self.passing = status, wait, passing


class LibraryError(DatelineError):
    """The library cannot serve this call."""


class LibraryMissing(LibraryError):
    """There is no library at the path given."""


class LibraryMismatch(LibraryError):
    """The library was made by another encoder or another format version."""


class LibraryLocked(LibraryError):
    """Another process is writing to the library."""


class LibraryUnwritable(LibraryError):
    """The folder is read-only or the disk is full; what was committed before stays."""


class ModelError(DatelineError):
    """A model file or model server is missing, damaged, unknown or does not answer."""


class Busy(DatelineError):
    """Too many questions, or changes of the library, are waiting already."""


class Cancelled(DatelineError):
    """The user who asked no longer waits for the answer."""

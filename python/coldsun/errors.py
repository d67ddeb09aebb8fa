"""One kind of error for bad input: a sentence that names the file, the key, the value and what is accepted."""

from __future__ import annotations

from contextlib import contextmanager


class InputError(ValueError):
    """Bad input from a person or a file; str() is one sentence for them, never a stack trace."""


@contextmanager
def engine_errors():
    """What the engine says of bad input, of files and of memory, as InputError."""
    from . import _engine

    try:
        yield
    except (_engine.InputError, _engine.FileError) as error:
        raise InputError(str(error)) from None
    except MemoryError:
        raise InputError("this needs more memory than there is; accepted: fewer members, or fewer hours at once") from None

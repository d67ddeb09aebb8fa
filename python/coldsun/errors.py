"""One kind of error for bad input: a sentence that names the file, the key, the value and what is accepted."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager

from . import _engine

InputError = _engine.InputError   # one class, whoever raises it
InputError.__doc__ = """Bad input from a person or a file, a ValueError; str() is one sentence for them, never a stack trace."""
InputError.__module__ = "coldsun"


class RecordWarning(UserWarning):
    """Part of a record cannot be used; what is sound of it was opened."""


class Stopped(KeyboardInterrupt):
    """SIGTERM or SIGHUP, as Ctrl-C: the open segment is closed, then this is raised. `number` is the signal's."""

    def __init__(self, number: int):
        super().__init__(signal.Signals(number).name)
        self.number = number


def stop_status(error: BaseException) -> int:
    """Exit status after a signal, as a shell counts: 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP."""
    return 128 + getattr(error, "number", signal.SIGINT)


_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ending_signals():
    """SIGTERM and SIGHUP end a command like Ctrl-C does. One that is ignored (nohup) or has a handler keeps it."""
    taken = []

    def stop(number, frame):
        raise Stopped(number)

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) == signal.SIG_DFL:
                signal.signal(number, stop)
                taken.append(number)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


class HeldSignals:
    """While in force, signals that would raise in the middle of a step are kept: `number` says which came; a second one raises at once.

    Only in the main thread, and only handlers that raise (Python's own for Ctrl-C, those of `ending_signals`) are replaced.
    """

    def __init__(self):
        self.number, self.before = 0, {}

    def __enter__(self):
        if threading.current_thread() is threading.main_thread():
            for number in _ENDING:
                handler = signal.getsignal(number)
                if callable(handler):
                    self.before[number] = handler
                    signal.signal(number, self._keep)
        return self

    def _keep(self, number, frame):
        if self.number:
            self.before[number](number, frame)
        self.number = number

    def __exit__(self, *_):
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def raise_kept(self) -> None:
        """Raise what came."""
        if self.number:
            raise KeyboardInterrupt if self.number == signal.SIGINT else Stopped(self.number)


@contextmanager
def engine_errors():
    """What the engine says of bad input, of files and of memory, as InputError."""
    try:
        yield
    except _engine.FileError as error:
        raise InputError(str(error)) from None
    except MemoryError:
        raise InputError("this needs more memory than there is; accepted: fewer members, or fewer hours at once") from None

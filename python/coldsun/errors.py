"""Errors and signals: one class for invalid input, whose text names file, key, value and accepted values; orderly stop of a run."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager

from . import _engine

InputError = _engine.InputError   # the same class for C++ and Python
InputError.__doc__ = """Invalid input from a user or a file; a ValueError whose text is one sentence: file, key, value and accepted values.

>>> import coldsun as cs
>>> try:
...     cs.Twin("small", members=0)
... except cs.InputError as error:
...     print(error)
members = 0; accepted: a whole number from 1 to 1000000
"""
InputError.__module__ = "coldsun"


class RecordWarning(UserWarning):
    """Warning: part of a record is damaged; `open_record` opened the segments before it.

    >>> import coldsun as cs, warnings
    >>> warnings.simplefilter("error", cs.RecordWarning)      # treat it as an error
    >>> warnings.simplefilter("default", cs.RecordWarning)
    """


class Stopped(KeyboardInterrupt):
    """SIGTERM or SIGHUP, handled as Ctrl-C: raised after the open segment is closed. `number`: number of the signal."""

    def __init__(self, number: int):
        super().__init__(signal.Signals(number).name)
        self.number = number


def stop_status(error: BaseException) -> int:
    """Exit status after a signal, by the shell's rule 128 + number: 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP."""
    return 128 + getattr(error, "number", signal.SIGINT)


_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ending_signals():
    """Context in which SIGTERM and SIGHUP end a command as Ctrl-C does; an ignored (nohup) or handled signal stays as it is."""
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
    """Context that delays signals to the end of a step: `number` is the first received; a second one raises at once.

    Only in the main thread; it replaces only handlers that raise (Python's for Ctrl-C, those of `ending_signals`).
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
        """Raise the delayed signal, if any."""
        if self.number:
            raise KeyboardInterrupt if self.number == signal.SIGINT else Stopped(self.number)


@contextmanager
def engine_errors():
    """Context that turns the engine's errors on files and memory into InputError."""
    try:
        yield
    except _engine.FileError as error:
        raise InputError(str(error)) from None
    except MemoryError:
        raise InputError("not enough memory; accepted: fewer members, or fewer hours") from None

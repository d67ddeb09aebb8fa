"""What still runs when the process ends is asked to end first: a thread that is torn out of the engine would abort the process."""

from __future__ import annotations

import atexit
import threading

PATIENCE = 60.0   # s that a step may take
_running: dict[int, tuple[object, threading.Event]] = {}


class Running:
    """While something with a method `stop` runs: at the process's end it is stopped and waited for."""

    def __init__(self, what):
        self.what, self.ended = what, threading.Event()

    def __enter__(self) -> Running:
        _running[id(self)] = (self.what, self.ended)
        return self

    def __exit__(self, *_) -> None:
        _running.pop(id(self), None)
        self.ended.set()


@atexit.register
def _end() -> None:
    running = list(_running.values())
    for what, _ in running:
        what.stop()
    for _, ended in running:
        ended.wait(PATIENCE)

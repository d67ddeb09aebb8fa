"""Stop running engines before the process ends: ending a thread inside the engine would abort the process."""

from __future__ import annotations

import atexit
import threading

PATIENCE = 60.0   # longest wait for the end of a step [s]
_running: dict[int, tuple[object, threading.Event]] = {}


class Running:
    """Context of a running object with a method `stop`; at the end of the process it is stopped and awaited."""

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

"""Progress of a run: a bar on a terminal or in a notebook, a line per 10 % elsewhere, a user's function, or nothing."""

from __future__ import annotations

import sys
import time


class Progress:
    """Context that yields a function of the number of steps done, or None where nothing is shown or called.

    Parameters
    ----------
    listener : bool or callable
        True: a bar or lines on standard error; False: nothing; or a function called with the share done [1].
    steps : int
        Number of steps of the whole run.
    opened : callable, optional
        Called once, before the first output.
    unit : str
        Name of what is counted.
    """

    def __init__(self, listener, steps: int, opened=None, unit: str = "steps"):
        self.begin = time.monotonic()
        self.listener, self.steps, self.unit, self.bar, self.opened, self.show = listener, max(1, steps), unit, None, opened, None

    def __enter__(self):
        return self._tell if self.listener or self.opened else None

    def _tell(self, done: int) -> None:
        if self.show is None:
            if self.opened:
                self.opened()
            self.show = self._shown()
        self.show(done)

    def _shown(self):
        if callable(self.listener):
            return lambda done: self.listener(done / self.steps)
        if not self.listener:
            return lambda done: None
        from .console import Console

        console = Console(stderr=True)
        return self._bar(console) if console.is_terminal or console.is_jupyter else self._lines()

    def _bar(self, console):
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        self.bar = Progress(TextColumn("{task.percentage:3.0f} %"), BarColumn(), TextColumn(f"{{task.completed:.0f}} of {{task.total:.0f}} {self.unit},"),
                            TimeElapsedColumn(), TextColumn("elapsed,"), TimeRemainingColumn(), TextColumn("remaining"), console=console)
        self.bar.start()
        task = self.bar.add_task("run", total=self.steps)
        return lambda done: self.bar.update(task, completed=done)

    def _lines(self):
        told = 0

        def tell(done: int) -> None:
            nonlocal told
            tenth = 10 * done // self.steps
            if tenth > told:
                told = tenth
                print(f"{10 * tenth:3d} % of {self.steps} {self.unit} after {time.monotonic() - self.begin:.0f} s", file=sys.stderr, flush=True)

        return tell

    def __exit__(self, *_):
        if self.bar is not None:
            self.bar.stop()

"""A feed without a broker: an emulated site in the same process, one step published for each that was followed."""

from __future__ import annotations

import json


class Direct:
    live, connected = False, True

    def __init__(self, emulator, ahead: int = 5):
        self.emulator, self.ahead = emulator, ahead

    def start(self, buffer, site: str) -> None:
        self.buffer = buffer
        for _ in range(self.ahead):
            self.acknowledge(0)

    def acknowledge(self, time_ns: int) -> None:
        e = self.emulator
        if e.step >= e.steps:
            self.buffer.over = True
            return
        at, said = e.next()
        for p, v in zip(e.points, said):
            self.buffer.put(p["topic"], json.dumps(dict(value=float(v), timestamp=e.stamp(at, e.step), quality=1)).encode())

    def stop(self) -> None:
        pass

"""Publishers that were away and tell at once what they kept: late, and no clock of theirs, nor anybody else's, is taken to be off."""

from __future__ import annotations

import numpy as np
import pytest

from test_clocks import Wall, buffer, put, take


def follow(monkeypatch, said, n: int):
    """A buffer of `n` points that hears `said` (instant of the wall clock, point, stamp) in order, each value its true time; misdated readings."""
    wall, b, end, wrong = Wall(monkeypatch), buffer(n), 10.0, 0
    begin = wall.at
    for at, k, stamp, true in said:
        wall.at = begin + at
        put(b, k, stamp, value=true)
        while (frame := take(b, end)) is not None:
            here = frame[np.isfinite(frame)]
            wrong += int(((here <= end - 10.0 - 1e-6) | (here > end + 1e-6)).sum())
            end += 10.0
    return b, wrong, end


@pytest.mark.parametrize("n, gone, every", [(10, 3, 10.0), (10, 3, 5.0), (10, 3, 1.0), (61, 6, 10.0), (10, 6, 10.0)])
def test_a_backlog_told_at_once_moves_no_time(monkeypatch, n, gone, every):
    """Three of ten are away for 900 s: the source's clock was "-810 s off" and 7,453 of 8,676 later readings were misdated."""
    said, away, back = [], 400.0, 1300.0
    for t in np.arange(every, 1600.0, every):
        if t == back:
            said += [(t + 5e-4 * j, k, s, s) for j, (s, k) in enumerate((s, k) for s in np.arange(away + every, t, every) for k in range(gone))]
        said += [(t + 0.5, k, t, t) for k in range(n) if k >= gone or not away < t < back]
    b, wrong, end = follow(monkeypatch, said, n)
    assert wrong == 0 and not any(b.clocks.off) and b.offset == 0 and b.alarms == []
    refused = sum(b.counts.by_reason.values())
    assert set(b.counts.by_reason) <= {"late", "clock"} and b.counts.by_reason["clock"] <= gone and end > 1550.0
    assert 0.9 < refused / (gone * round((back - away) / every)) <= 1.0


@pytest.mark.parametrize("rate, off", [(5.0, -900.0), (5.0, 900.0)])
def test_a_publisher_that_speaks_much_does_not_silence_the_rest(monkeypatch, rate, off):
    """Five words a second and a wrong clock, beside nine of one in ten seconds: it was told as the source's clock, and right again, in turns."""
    said = [(t, 0, t + (off if t >= 300.0 else 0.0), t) for t in np.arange(1.0 / rate, 600.0, 1.0 / rate)]
    said += [(t, k, t, t) for t in np.arange(10.0, 600.0, 10.0) for k in range(1, 10)]
    b, wrong, _ = follow(monkeypatch, sorted(said), 10)   # no transport: an offset is known to a second
    assert wrong == 0 and b.offset == 0 and [k for k, o in enumerate(b.clocks.off) if o] == [0]
    assert b.alarms == [f"the clock of Rack x/0 is {off:+.0f} s off what most publishers say; its stamps are corrected by that"]


def test_clocks_of_most_set_back_beside_the_wall_clock_are_still_the_sources(monkeypatch):
    """What goes on with the wall clock is no backlog: corrected, and nothing is lost."""
    said = [(t + 0.01 * k, k, t + (-3600.0 if t >= 200.0 else 0.0), t) for t in np.arange(10.0, 400.0, 10.0) for k in range(10)]
    b, wrong, end = follow(monkeypatch, said, 10)
    assert wrong == 0 and end > 350.0 and b.offset == -3_600_000_000_000 and not b.counts.by_reason
    assert b.alarms == ["the source's clock is -3600 s off; its stamps are corrected by that"]

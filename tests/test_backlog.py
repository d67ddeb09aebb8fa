"""Publishers that return and send their backlog at once: its readings are late, and no clock is corrected."""

from __future__ import annotations

import numpy as np
import pytest

from test_clocks import Wall, buffer, put, take


def follow(monkeypatch, said, n: int):
    """Buffer of `n` points after readings (wall clock, point, time stamp, true time as value) in order; number of misdated readings; end."""
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
def test_a_backlog_sent_at_once_changes_no_clock(monkeypatch, n, gone, every):
    """Three of ten were away for 900 s. Regression: the source's clock was "-810 s off" and 7,453 of 8,676 later readings were misdated."""
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
def test_a_frequent_publisher_with_a_wrong_clock_does_not_outvote_the_others(monkeypatch, rate, off):
    """Five readings per second beside nine points with one in ten seconds. Regression: it alternated as the source's clock and right again."""
    said = [(t, 0, t + (off if t >= 300.0 else 0.0), t) for t in np.arange(1.0 / rate, 600.0, 1.0 / rate)]
    said += [(t, k, t, t) for t in np.arange(10.0, 600.0, 10.0) for k in range(1, 10)]
    b, wrong, _ = follow(monkeypatch, sorted(said), 10)   # no transport: an offset is known to a second
    assert wrong == 0 and b.offset == 0 and [k for k, o in enumerate(b.clocks.off) if o] == [0]
    assert b.alarms == [f"the clock of Rack x/0 is {off:+.0f} s off the majority of publishers; its time stamps are corrected"]


def test_clocks_of_most_points_set_back_are_corrected_without_loss(monkeypatch):
    """They run with the wall clock, so that they are no backlog."""
    said = [(t + 0.01 * k, k, t + (-3600.0 if t >= 200.0 else 0.0), t) for t in np.arange(10.0, 400.0, 10.0) for k in range(10)]
    b, wrong, end = follow(monkeypatch, said, 10)
    assert wrong == 0 and end > 350.0 and b.offset == -3_600_000_000_000 and not b.counts.by_reason
    assert b.alarms == ["the source's clock is -3600 s off; its time stamps are corrected"]

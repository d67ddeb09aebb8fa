"""Quality control of readings: a small shadow experiment with faults, and recovery of a refused domain."""

from __future__ import annotations

import sys
import threading

import numpy as np

from coldsun.frames import Buffer
from coldsun.monitor import N_NIS, POINT, POINT_ODDS, Monitor, decay
from coldsun.quality import Counts, Quality


def eight_plates(use_stuck: bool, use_gate: bool, joint: bool, faults: bool, hours: float = 4.0) -> dict:
    """Eight junctions over one coolant, T = 300 + tim r P, P in steps; interface of plate 3 grows by half; a flow meter 8 % high.

    A reduced form of the shadow-twin experiment: the members differ in their interfaces and the meter's gain, and are corrected by Kalman's
    update of each scalar. Spikes of 40 and 200 K in 1 % of the readings, and sensor 5 stuck for two fifths of the time.
    """
    chance, n, steps = np.random.default_rng(5), 64, round(360 * hours)
    noise = np.full(9, 0.5)
    noise[8] = 0.01
    q = Quality(noise, np.full(9, -1e3), np.full(9, 1e3), np.ones(9, bool), use_stuck=use_stuck, use_gate=use_gate)
    counts = Counts()
    log_tim = 0.3 * chance.standard_normal((n, 8)) if joint else np.zeros((n, 8))
    gain = np.exp(0.1 * chance.standard_normal(n)) if joint else np.ones(n)
    power, rise, square, false, caught, injected, stuck_value = np.full(8, 0.7), 0.04, [], 0, 0, 0, None
    extra = 0.3 * chance.standard_normal((n, 8))   # state of a filter without parameters
    for k in range(steps):
        change = chance.random(8) < 0.01
        power = np.where(change, chance.uniform(0.2, 1.0, 8), power)
        tim = np.ones(8)
        tim[2] = 1.0 + 0.5 * k / steps
        truth = 300.0 + 1000.0 * rise * tim * power
        y = np.append(truth + 0.5 * chance.standard_normal(8), 1.08 + 0.01 * chance.standard_normal())
        bad = np.zeros(9, bool)
        if faults:
            spike = chance.random(9) < 0.01
            y = np.where(spike, y + chance.choice([-40.0, 40.0, 200.0], 9), y)
            bad |= spike
            if 0.3 * steps < k < 0.7 * steps:
                stuck_value = y[4] if stuck_value is None else stuck_value
                y[4], bad[4] = stuck_value, True
        members = np.column_stack([300.0 + 1000.0 * rise * np.exp(log_tim) * power + (0.0 if joint else extra), gain])
        use = q.check(y, members, counts)
        injected, caught, false = injected + bad.sum(), caught + (bad & ~use).sum(), false + (~bad & ~use).sum()
        if k > steps // 4:
            square.append((members[:, :8].mean(0) - truth) ** 2)
        wide = q.widening(y, members, np.arange(9))
        for j in range(9):
            x = (log_tim[:, j] if joint else extra[:, j]) if j < 8 else gain
            h, mean = members[:, j], x.mean()
            if use[j]:
                p, s = (x - mean) @ (h - h.mean()) / (n - 1), h.var(ddof=1) + noise[j] ** 2
                shrink = 1.0 / (1.0 + np.sqrt(noise[j] ** 2 / s))
                moved = mean + p / s * (y[j] - h.mean()) + (x - mean) - shrink * p / s * (h - h.mean())
            else:
                moved = x
            moved = moved.mean() + (moved - moved.mean()) * wide.get(j, 1.0)
            moved = moved + (0.003 if j < 8 else 1e-4) * chance.standard_normal(n)
            if j == 8:
                gain = moved
            elif joint:
                log_tim[:, j] = moved
            else:
                extra[:, j] = moved
        q.after(np.column_stack([300.0 + 1000.0 * rise * np.exp(log_tim) * power + (0.0 if joint else extra), gain]))
    return dict(rmse=float(np.sqrt(np.mean(square))), false=int(false), caught=caught / max(1, injected), gain=float(gain.mean()),
                tim=float(np.exp(log_tim[:, 2]).mean()), truth=float(tim[2]), counts=counts)


def test_joint_estimation_of_state_and_parameters_beats_state_alone():
    """With a growing interface resistance and a wrong flow meter."""
    alone, joint = (eight_plates(True, True, j, faults=False) for j in (False, True))
    assert joint["rmse"] < 0.35 and alone["rmse"] > 3.0 * joint["rmse"]
    assert abs(joint["tim"] / joint["truth"] - 1.0) < 0.05 and abs(joint["gain"] - 1.08) < 0.02
    assert joint["false"] == 0


def test_gate_and_stuck_test_are_both_needed():
    both, gate, stuck, none = (eight_plates(s, g, True, faults=True) for s, g in ((True, True), (False, True), (True, False), (False, False)))
    assert both["rmse"] < 0.5
    assert both["caught"] > 0.97 and both["false"] < 20
    for worse in (gate, stuck, none):
        assert worse["rmse"] > 1.5 * both["rmse"]
    assert both["counts"].by_point["stuck"].keys() == {4}


def test_a_domain_refused_at_the_gate_recovers():
    """Members with a small spread, 20 noises off: the gate refuses twelve readings, then the spread is widened until they fit."""
    chance = np.random.default_rng(1)
    q, counts = Quality([0.5], [-1e3], [1e3], [True]), Counts()
    x = 10.0 + 0.01 * chance.standard_normal(64)
    for k in range(60):
        y = np.array([20.0 + 0.5 * chance.standard_normal()])
        use = q.check(y, x[:, None], counts)
        wide = q.widening(y, x[:, None], np.array([0]))
        if use[0]:
            p = x.var(ddof=1)
            x = x.mean() + p / (p + 0.25) * (y[0] - x.mean()) + (x - x.mean()) * np.sqrt(0.25 / (p + 0.25))
        x = x.mean() + (x - x.mean()) * wide.get(0, 1.0)
        q.after(x[:, None])
        if k == 11:
            assert counts.by_reason["gate"] == 12
    assert abs(x.mean() - 20.0) < 1.0 and counts.by_reason["gate"] < 30


def test_widening_of_a_domain_ends_after_ten_attempts():
    """A meter with an offset that no parameter of its domain explains."""
    q = Quality([0.1], [-100.0], [100.0], [True])
    forecast, counts = np.linspace(-1e-3, 1e-3, 8)[:, None], Counts()
    tries = 0
    for k in range(200):
        value = np.array([5.0 + 0.1 * np.sin(k)])
        assert not q.check(value, forecast, counts).any()
        q.after(forecast)
        tries += bool(q.widening(value, forecast, np.array([0])))
    assert tries == Quality.n_widen and counts.by_reason["gate"] == 200


def test_readings_outside_their_limits_widen_no_domain():
    """Refused at the gate, then far outside the limits: a temperature channel that repeats the watts of another channel."""
    q = Quality([0.5], [-40.0], [80.0], [True])
    forecast, counts = np.linspace(19.9, 20.1, 8)[:, None], Counts()
    for k in range(12):
        q.check(np.array([60.0 + np.sin(k)]), forecast, counts)
        q.after(forecast)
    assert q.widening(np.array([60.5]), forecast, np.array([0]))
    for k in range(20):
        watts = np.array([5000.0 + k])
        assert not q.check(watts, forecast, counts).any() and not q.widening(watts, forecast, np.array([0]))


def test_counts_can_be_read_while_another_thread_adds():
    """Regression: a terminal view ended a live shadow, "dictionary changed size during iteration"."""
    counts, done, before = Counts(), threading.Event(), sys.getswitchinterval()

    def receive():
        try:
            for k in range(30_000):
                counts.add(f"reason {k % 100}", k)
        finally:
            done.set()

    sys.setswitchinterval(1e-6)
    try:
        thread = threading.Thread(target=receive)
        thread.start()
        while not done.is_set():
            counts.__getstate__()
        thread.join()
    finally:
        sys.setswitchinterval(before)
    assert counts.snapshot() == counts.__getstate__() and sum(counts.snapshot()["by_reason"].values()) == 30_000


def test_alarms_of_a_feed_raised_while_they_are_read_are_kept():
    """Regression: alarms between reading and emptying of the list were lost."""
    b = Buffer([], Counts(), dt=10.0)
    b.alarms.append("first")
    told, feed = b.told(), b.alarms
    feed.append("second")
    assert told == ["first"] and b.told() == ["second"] and b.told() == []


def test_the_probability_of_a_white_point_outside_its_range_is_the_stated_one():
    """400 points for 5,000 steps: counted 1 in 41,000 and 1 in 12,000 per step; 30 consecutive ones did not occur."""
    m, chance, none = Monitor(400, ["q"] * 400, np.ones(400, bool)), np.random.default_rng(7), np.zeros(400, bool)
    beyond, steps = np.zeros(2), 5000
    for _ in range(steps):
        m.step(chance.standard_normal(400), none)
        white = m.steps / np.maximum(m.n_steps, 1e-9)
        full = m.weight > 0.9 / (1.0 - decay(N_NIS))
        beyond += (full & (white < POINT[0])).sum(), (full & (white > POINT[1])).sum()
        assert not m.wrong_noise_at().any()
    odds = beyond / (400 * steps)
    assert (0.4 * np.array(POINT_ODDS) < odds).all() and (odds < 2.5 * np.array(POINT_ODDS)).all(), odds

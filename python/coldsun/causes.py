"""Sentences of alarms: point, deviation, likely cause."""

from __future__ import annotations

import pandas as pd

from .diagnose import Finding, Site

UNIT_SLIPS = (1e3, 1e6, 1e-3, 1e-6)


def _clock(ns: int) -> str:
    return f"{pd.Timestamp(ns, unit='ns'):%H:%M:%S}"


def _amount(p: dict, si: float) -> str:
    """A difference (SI) as text in the published unit of the point."""
    unit = {"degC": "K", "degF": "degF"}.get(p["unit"], p["unit"])
    return f"{si / p['scale']:+.3g} {unit}"


def sentence(site: Site, f: Finding, meter: float, since: int) -> tuple[str, str, list[str]]:
    """Text, cause and point names of a finding; `meter`: estimated gain of the node's power meter so far; `since`: start [ns since 1970]."""
    k, at = f.points[0], f" since {_clock(since)}"
    p = site.points[k]
    names = [site.points[j]["name"] for j in f.points]
    if f.kind == "sensor":
        what = "meter" if p["quantity"] in ("flow", "p_pv", "p_battery", "p_grid", "soc", "p_it", "p_aux") else "sensor"
        return (f"{p['name']} is {_amount(p, f.amount)} off its forecast{at}, and no other point confirms it; likely cause: the {what} itself", what, names)
    if f.kind == "interface":
        return (f"{p['name']} is {_amount(p, f.amount)} off its forecast{at}, the node's coolant outlet is not; likely cause: the interface of the plate, "
                "or the sensor", "interface", names)
    if f.kind == "node_flow":
        return (f"{site.node[f.node]}: outlet and junction temperatures changed together{at}; likely cause: the node's coolant flow, now about "
                f"{100 * f.flow:.0f} % of its previous value", "node flow", names)
    if f.kind in ("node_power", "power"):
        if f.kind == "power":
            share, who, names = 1.0 / max(1.0 + f.amount, 1e-9), "the node power meters (all)", [n + " p_node" for n in site.node.values()]
        else:
            true = max(site.power[f.node] + f.amount, 1e-9)
            share, who, names = max(site.power[f.node], 0.0) / true, site.node[f.node] + " p_node", [site.node[f.node] + " p_node", *names]
        share *= meter
        slip = next((x for x in UNIT_SLIPS if abs(share / x - 1.0) < 0.3), None)
        if abs(share - 1.0) < 0.03:
            return f"{who}: coolant and junction temperatures agree with its readings again{at}", "right again", names
        if slip:
            return (f"{who}: the heat in the coolant is {1 / slip:g} times its readings{at}; likely cause: the unit of the power meter", "unit", names)
        return (f"{who}: by coolant, junctions and electrical balance it reads {share:.3f} of the true power{at}; likely cause: the power meter",
                "power meter", names)
    if f.kind == "flow":
        return (f"{p['name'].split(' ')[0].split('/')[0]}: all outlet and the return temperatures changed together{at}; likely cause: the loop's coolant flow, "
                f"now about {100 * f.flow:.0f} % of its previous value", "flow", names)
    return (f"{p['name']} is {_amount(p, f.amount * site.mean[k])} off its forecast{at}, and the battery power confirms it; likely cause: an irradiance "
            "sensor, or soiling of the modules", "irradiance", names)


def slow_cause(judge, k: int, z: float, d: float) -> tuple[str, str]:
    """Text and cause of a point whose innovations keep one sign; `z`: mean normalised innovation, `d`: mean innovation [SI]."""
    p = judge.points[k]
    text = f"{p['name']} stays {_amount(p, d)} {'above' if d > 0 else 'below'} its forecast (mean normalised innovation {z:+.2f}); likely cause: "
    text = text.replace("+", "", 1) if d > 0 else text.replace("-", "", 1)
    likely = {
        "t_hall": ("the share of heat to the coolant, or the cooling of the hall air", "heat share"),
        "t_facility": ("the air temperature sensor, or the dry cooler", "air temperature"),
        "t_supply": ("the CDU, or the flow on either side of it", "cdu"),
        "t_return": ("the share of heat to the coolant, or the coolant flow", "heat share"),
        "soc": ("the battery capacity, or the battery's own estimate of its charge", "battery capacity"),
        "p_pv": ("an irradiance sensor, or soiling of the modules", "irradiance"),
        "p_battery": ("the node power meters, or the auxiliaries: the electrical balance does not close", "power balance"),
        "p_grid": ("the node power meters, or the auxiliaries: the electrical balance does not close", "power balance"),
        "t_junction": ("an interface that changes faster than its prior, or sensor drift", "interface"),
        "t_outlet": ("a change of its coolant flow, or sensor drift", "node flow"),
        "flow": ("drift of the flow meter", "meter"),
    }.get(p["quantity"], ("the model", "model"))
    if likely[1] == "power balance":
        who = judge.doubtful_meter(p["site"], d)
        if who:
            return text + f"the power meter {who}: the estimated flow of its node deviates as much as the balance", "power meter"
    return text + likely[0], likely[1]

"""Array functions: inputs broadcast as in NumPy, pandas or xarray; one call of a kernel; results in the form of the inputs.

A kernel takes a list of flat columns (one number, or one per point) and the number of points, and returns a list of flat columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from .errors import InputError

Kernel = Callable[[list[np.ndarray], int], list[np.ndarray]]


def real_array(name: str, value) -> np.ndarray:
    """The value as an array of float64; InputError where it holds no real numbers."""
    try:
        array = np.asarray(value)
        if np.iscomplexobj(array) or array.dtype.kind in "mMSU":
            raise TypeError
        return np.asarray(array, dtype=float)
    except (TypeError, ValueError):
        raise InputError(f"{name} holds {type(value).__name__} {str(value)[:40]!r}; accepted: real numbers, alone or in arrays of one shape") from None


def require(name: str, value, holds: Callable[[np.ndarray], np.ndarray], accepted: str) -> None:
    """Raise InputError unless all numbers of a parameter satisfy `holds`; NaN is accepted."""
    array = real_array(name, value)
    bad = ~(holds(array) | np.isnan(array))
    if bad.any():
        raise InputError(f"{name} = {array[bad].flat[0]:g}; accepted: {accepted}")


def positive(**parameters) -> None:
    """Raise InputError unless all parameters are above 0; NaN is accepted."""
    for name, value in parameters.items():
        require(name, value, lambda a: a > 0.0, "numbers above 0")


def not_negative(**parameters) -> None:
    """Raise InputError where a parameter is below 0; NaN is accepted."""
    for name, value in parameters.items():
        require(name, value, lambda a: a >= 0.0, "numbers of 0 and more")


def evaluate(kernel: Kernel, inputs: dict[str, object], n_out: int) -> list:
    """Columns of the kernel in the form of the inputs: DataArray if one input is a DataArray, Series if one is a Series, else arrays or floats."""
    names, values = list(inputs), list(inputs.values())
    if any(isinstance(v, xr.DataArray) for v in values):
        def call(*arrays):
            out = _on_arrays(kernel, names, arrays)
            return tuple(out) if n_out > 1 else out[0]

        out = xr.apply_ufunc(call, *values, output_core_dims=[[]] * n_out)
        return list(out) if n_out > 1 else [out]
    series = [v for v in values if isinstance(v, pd.Series)]
    if not series:
        return _on_arrays(kernel, names, values)
    index = series[0].index
    for other in series[1:]:   # union of the indices, as pandas adds two Series
        if not other.index.equals(index):
            index = index.union(other.index)
    values = [v.reindex(index) if isinstance(v, pd.Series) and not v.index.equals(index) else v for v in values]
    return [pd.Series(np.broadcast_to(column, len(index)), index=index) for column in _on_arrays(kernel, names, values)]


def _on_arrays(kernel: Kernel, names: Sequence[str], values: Sequence) -> list:
    arrays = [real_array(name, value) for name, value in zip(names, values)]
    try:
        shape = np.broadcast_shapes(*(a.shape for a in arrays))
    except ValueError:
        shapes = ", ".join(f"{name} {a.shape}" for name, a in zip(names, arrays) if a.shape)
        raise InputError(f"shapes do not broadcast: {shapes}; accepted: shapes that NumPy broadcasts") from None
    n = int(np.prod(shape))
    flat = [a.reshape(1) if a.size == 1 else np.ascontiguousarray(np.broadcast_to(a, shape)).reshape(n) for a in arrays]
    out = [column.reshape(shape) for column in kernel(flat, n)]
    return [column[()] for column in out]   # numbers where all inputs are numbers


def table(columns: dict[str, object]):
    """Columns in one object, as in pvlib: a DataFrame of Series, a Dataset of DataArrays, else a dict."""
    first = next(iter(columns.values()))
    if isinstance(first, pd.Series):
        return pd.DataFrame(columns)
    if isinstance(first, xr.DataArray):
        return xr.Dataset(columns)
    return columns

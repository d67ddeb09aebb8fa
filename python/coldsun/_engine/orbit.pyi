"""
Kernels of orbits over catalogues, used by coldsun.orbit
"""
from __future__ import annotations
import collections.abc
import numpy
import numpy.typing
import typing
__all__: list[str] = ['Catalogue', 'Places', 'Span', 'from_elements', 'parse_tle', 'read_catalogue']
class Places:
    """
    Stations: latitude, longitude [degrees], altitude [m], elevation mask [degrees], a list each
    """
    def __init__(self, latitude: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], longitude: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], altitude: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], mask: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]) -> None:
        ...
class Span:
    """
    Time span from start to stop [ns since 1970 UTC], with UT1 - UTC [s]
    """
    def __init__(self, start_ns: typing.SupportsInt | typing.SupportsIndex, stop_ns: typing.SupportsInt | typing.SupportsIndex, dut1: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class Catalogue:
    """
    Element sets that SGP4 can propagate
    """
    def __len__(self) -> int:
        ...
    def deep(self) -> int:
        """
        How many sets have a period of 225 min and more
        """
    def elements(self) -> numpy.typing.NDArray[numpy.float64]:
        """
        Elements of every set (satellite, 7): bstar, ecco, argpo, inclo, mo, no_kozai [rad/min], nodeo
        """
    def epochs_ns(self) -> numpy.typing.NDArray[numpy.int64]:
        """
        Epoch of every set [ns since 1970 UTC]
        """
    def looks(self, time_ns: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], place: Places, dut1: typing.SupportsFloat | typing.SupportsIndex) -> tuple:
        """
        Azimuth, elevation [degrees], slant range [m], range rate [m/s] (time, satellite)
        """
    def names(self) -> list[str]:
        """
        OBJECT_NAME of every set
        """
    def norad_cat_ids(self) -> numpy.typing.NDArray[numpy.int64]:
        """
        NORAD_CAT_ID of every set
        """
    def serving(self, places: Places, span: Span, strategy: typing.SupportsInt | typing.SupportsIndex) -> dict:
        """
        Serving satellite of every 15-s slot as columns (station x slot)
        """
    def states(self, time_ns: typing.Annotated[numpy.typing.ArrayLike, numpy.int64]) -> tuple:
        """
        Position [m], velocity [m/s] in TEME (component, time, satellite), error code (time, satellite)
        """
    def windows(self, places: Places, span: Span) -> dict:
        """
        Contact windows as columns, sorted by station and AOS
        """
    @property
    def remarks(self) -> list[str]:
        """
        Sentences on records that are not used, or used with a remark, one per reason
        """
def from_elements(elements: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], epochs_ns: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], norad_cat_ids: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], names: collections.abc.Sequence[str], flying: bool) -> Catalogue:
    """
    Catalogue of elements in the order of `elements`; flying: without the sets that SGP4 cannot propagate
    """
def parse_tle(text: str) -> Catalogue:
    """
    TLE text whose every set is kept; InputError at the first fault
    """
def read_catalogue(text: str, file: str) -> Catalogue:
    """
    Catalogue of TLE text, or of OMM as CSV, JSON, XML or KVN; InputError where it has no record
    """

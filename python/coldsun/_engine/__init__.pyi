"""
The coldsun engine. Use the package coldsun; this module is its C++ side.
"""
from __future__ import annotations
import collections.abc
import numpy
import numpy.typing
import typing
import typing_extensions
from . import electrical
from . import sky
from . import thermal
from . import orbit
__all__: list[str] = ['Engine', 'FileError', 'InputError', 'KeyPrior', 'Network', 'Plan', 'Planner', 'Shadow', 'Study', 'bin_edges', 'build_info', 'check_segment', 'device_available', 'electrical', 'flag_text', 'is_fatal', 'job_table', 'key_page', 'key_table', 'look_offsets', 'max_threads', 'n_gene', 'orbit', 'parameters', 'plan', 'plan_defaults', 'plan_lines', 'planner', 'seal', 'set_threads', 'sky', 'thermal', 'weather_table']
class InputError(ValueError):
    """
    Bad input from a person or a file; str() is one sentence for them.
    """
class FileError(OSError):
    """
    A file cannot be read or written; the text is one sentence.
    """
class Network:
    """
    A network of sites, read from its files
    """
    def __getstate__(self) -> tuple[str, str, list[tuple[str, bool | int | float | str | list[float] | list[str]]]]:
        ...
    @typing.overload
    def __init__(self, name: str, data: str) -> None:
        """
        Reads a shipped network or site by name, or a file by path; data: folder of the shipped files; InputError where the file is missing or invalid
        """
    @typing.overload
    def __init__(self, other: Network) -> None:
        """
        A copy
        """
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _network(self) -> typing_extensions.CapsuleType:
        """
        For the other bindings
        """
    def _repr_html_(self) -> str:
        """
        Short view for notebooks: one line per site.
        """
    def check(self) -> None:
        """
        Raises InputError where changed keys violate a relation between keys
        """
    def describe(self, whole: bool = False) -> str:
        """
        Ratings and counts of assumed values as text; whole: all values with their sources
        """
    def doubts(self) -> list[str]:
        """
        Sentences on values outside their usual range
        """
    def element_epochs_ns(self) -> list[int]:
        """
        Epochs of the element sets of the data satellites [ns since 1970 UTC]
        """
    def figures(self) -> dict:
        """
        Figures of each site and all values with their sources, as dicts and lists; units stand in the names
        """
    def get(self, site: str, path: str) -> bool | int | float | str | list[float] | list[str]:
        """
        Value of a key [SI], such as "cooling.cdu.ua"; site: name, empty for the first, "." for the network's own keys
        """
    def remarks(self, start_ns: typing.SupportsInt | typing.SupportsIndex, stop_ns: typing.SupportsInt | typing.SupportsIndex, most: typing.SupportsInt | typing.SupportsIndex = 8) -> list[str]:
        """
        Sentences on element sets that a run over this time span [ns since 1970 UTC] does not use, or uses with a remark: one per file and reason, with the names of at most `most` satellites
        """
    def set(self, key: str, value: bool | typing.SupportsInt | typing.SupportsIndex | typing.SupportsFloat | typing.SupportsIndex | str | collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] | collections.abc.Sequence[str]) -> None:
        """
        Sets a key [SI] of every site, of one: "masdar/cooling.cdu.ua", or of the network: "./link[0].latency"; n_field: number of resolved plates; t_supply: constant coolant supply temperature [K]
        """
    def toml(self, site: str = '') -> str:
        """
        The site as TOML text
        """
    def values(self, site: str = '') -> dict:
        """
        All keys with their values [SI]
        """
    def without_work(self) -> Network:
        """
        A copy without jobs
        """
    def write(self, path: str) -> None:
        """
        Writes the network as TOML, and its changed sites, plates and modules beside it
        """
    @property
    def inputs_text(self) -> str:
        """
        All values that were read, one per line
        """
    @property
    def name(self) -> str:
        """
        Name of the network
        """
    @property
    def sites(self) -> list:
        """
        Facts of each site as dicts: location [degrees, m], ratings, counts, prices; SI
        """
    @property
    def start_ns(self) -> int:
        """
        Start of the demo day [ns since 1970 UTC]
        """
    @property
    def title(self) -> str:
        """
        Title of a single site, or name of the network
        """
class Engine:
    """
    A twin: System, State and Inputs of a network, and their steps; InputError where an argument is invalid
    """
    def __init__(self, network: Network, *, members: typing.SupportsInt | typing.SupportsIndex, first_member: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex, start_ns: typing.SupportsInt | typing.SupportsIndex, hours: typing.SupportsFloat | typing.SupportsIndex, dt: typing.SupportsFloat | typing.SupportsIndex, device: str, paths_off: collections.abc.Sequence[str], weather: typing.Any) -> None:
        ...
    def _twin(self) -> typing_extensions.CapsuleType:
        """
        For the other bindings
        """
    def fields(self) -> dict:
        """
        Units, axes, meaning, kind and writer of every field, by group and name
        """
    def hash(self) -> list[str]:
        """
        Hash of each member's state, 16 hexadecimal digits
        """
    def restore(self, path: str) -> None:
        """
        Reads the State from a file of `save` or from a segment of a record
        """
    def run(self, steps: typing.SupportsInt | typing.SupportsIndex, folder: str, first_segment: typing.SupportsInt | typing.SupportsIndex, per_segment: typing.SupportsInt | typing.SupportsIndex, attributes: collections.abc.Mapping[str, str], fields: bool, internals: bool, tell: typing.Any, hook: typing.Any = None, also: collections.abc.Sequence[str] = []) -> int:
        """
        Runs steps with a record in `folder`; tell(steps done) after each 16th; returns the number of steps done
        """
    def save(self, path: str) -> None:
        """
        Writes the State to an HDF5 file
        """
    def state(self) -> dict:
        """
        Zero-copy views of the fields of the State, by group and name; they keep the engine alive
        """
    def step(self, n: typing.SupportsInt | typing.SupportsIndex = 1) -> None:
        """
        Runs steps without a record; Ctrl-C ends them after a whole step
        """
    def stop(self) -> None:
        """
        Ends `run` and `step` after a whole step; callable from any thread
        """
    @property
    def device(self) -> str:
        """
        Device of the State: cpu or cuda
        """
    @property
    def span_ns(self) -> list[int]:
        """
        Start and end of the inputs [ns since 1970 UTC]
        """
    @property
    def time_ns(self) -> int:
        """
        Time of the State [ns since 1970 UTC]
        """
class Plan:
    """
    A plan and its task
    """
    def alternatives(self) -> list:
        """
        The next best plans of the search, each as `decision`
        """
    def decision(self) -> dict:
        """
        Score and cost by line and scenario of the plan and of the common rules; prices of the lines
        """
    def expected(self) -> dict:
        """
        Nodes kept for jobs not yet submitted: site, number, start, end [ns since 1970 UTC]
        """
    def follow_scenario(self, scenario: typing.SupportsInt | typing.SupportsIndex) -> None:
        """
        Sets the weather of the twin to a scenario of the plan
        """
    def outlook(self) -> dict:
        """
        Forecast of the planner by plan slot: irradiance, PV power, contact windows, carbon intensity, price
        """
    def price(self, keys: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> dict:
        """
        Schedules, costs and scores of the plans with these keys (plan, gene of a job)
        """
    def rows(self) -> dict:
        """
        Columns of the plan's jobs: site, start, end, cap, ...; times [ns since 1970 UTC]
        """
    def rows_of(self, arg0: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> dict:
        """
        Columns of the jobs of the plan with these keys
        """
    def tell(self) -> None:
        """
        Sends the plan to the sites of the twin, over their links
        """
    def tell_keys(self, keys: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> None:
        """
        Sends the plan with these keys to the sites of the twin
        """
    @property
    def effect_ns(self) -> int:
        """
        Earliest time in force [ns since 1970 UTC]
        """
    @property
    def keys(self) -> numpy.typing.NDArray[numpy.float64]:
        """
        Keys of the plan (gene of a job)
        """
    @property
    def made_ns(self) -> int:
        """
        Time of the decision [ns since 1970 UTC]
        """
    @property
    def n_row(self) -> int:
        """
        Number of rows of the task
        """
    @property
    def wall_time(self) -> float:
        """
        Measured duration of the decision [s]
        """
class Planner:
    """
    Planner of a run: plans at intervals and after surprises
    """
    def _hook(self) -> typing_extensions.CapsuleType:
        """
        For Engine.run
        """
class Shadow:
    """
    An ensemble corrected by the readings of a site
    """
    def __init__(self, network: typing.Any, engine: typing.Any) -> None:
        ...
    def analyse(self, value: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], use: typing.Annotated[numpy.typing.ArrayLike, numpy.int8], inflation: collections.abc.Mapping[typing.SupportsInt | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex], reopen: collections.abc.Mapping[typing.SupportsInt | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex] = {}) -> list[int]:
        """
        Corrects the members by the readings (point) [SI] where use is 1; inflation: factor by domain; reopen: spread to add by column; returns the domains whose analysis failed
        """
    def drive(self, value: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], known: typing.Annotated[numpy.typing.ArrayLike, numpy.int8]) -> None:
        """
        Sets the drive of the members to the readings of inputs (point) [SI] where known is 1
        """
    def estimate(self) -> numpy.typing.NDArray[numpy.float64]:
        """
        Estimated parameters of the members after the last analysis (member, column)
        """
    def fork(self, engine: typing.Any) -> None:
        """
        Copies the members to another engine
        """
    def observe(self) -> numpy.typing.NDArray[numpy.float64]:
        """
        Forecast of the readings by the members (member, point) [SI]
        """
    def run(self, steps: typing.SupportsInt | typing.SupportsIndex, folder: str, first_segment: typing.SupportsInt | typing.SupportsIndex, per_segment: typing.SupportsInt | typing.SupportsIndex, attributes: collections.abc.Mapping[str, str], variables: collections.abc.Sequence[typing.Annotated[collections.abc.Sequence[str], "FixedSize(3)"]], judge: collections.abc.Callable, after: collections.abc.Callable) -> int:
        """
        Runs steps with a record; judge() returns the values of `variables` per step, after(steps done) corrects the members and returns False to end the run
        """
    def scale_heat_share(self, factor: typing.SupportsFloat | typing.SupportsIndex) -> None:
        """
        Multiplies the share of node power to the coolant of an emulated site
        """
    def sense(self) -> list[float]:
        """
        Readings of an emulated site with instrument noise (point) [SI]
        """
    def set_noise(self, noise: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> None:
        """
        Sets the standard deviation of each point's error (point) [SI]
        """
    @property
    def columns(self) -> list:
        """
        Estimated parameters as dicts: name, whether the filter takes the logarithm, prior spread
        """
    @property
    def points(self) -> list:
        """
        Published points of the site as dicts: topic, name, quantity, unit, noise, limits
        """
class Study:
    """
    Members with outages, each with its reference twin without
    """
    def __init__(self, network: Network, *, members: typing.SupportsInt | typing.SupportsIndex, first_member: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex, start_ns: typing.SupportsInt | typing.SupportsIndex, hours: typing.SupportsFloat | typing.SupportsIndex, dt: typing.SupportsFloat | typing.SupportsIndex, device: str, paths: collections.abc.Sequence[collections.abc.Sequence[str]], limit: typing.SupportsFloat | typing.SupportsIndex, trace_every: typing.SupportsInt | typing.SupportsIndex, priors: bool, weather: typing.Any) -> None:
        ...
    def results(self) -> dict:
        """
        Results by name, each a dict of values, axes, units and meaning
        """
    def run(self, steps: typing.SupportsInt | typing.SupportsIndex, tell: typing.Any = None) -> None:
        """
        Runs steps; tell(steps done) after each
        """
    @property
    def groups(self) -> list[str]:
        """
        Names of the groups of nodes and coolant temperatures
        """
    @property
    def time_ns(self) -> int:
        """
        Time of the members [ns since 1970 UTC]
        """
class KeyPrior:
    """
    A key of a study's site and the prior that it is drawn from, once a draw.
    """
    def __init__(self, network: Network, key: str, distribution: str, low: typing.SupportsFloat | typing.SupportsIndex | None, high: typing.SupportsFloat | typing.SupportsIndex | None, centre: typing.SupportsFloat | typing.SupportsIndex, spread: typing.SupportsFloat | typing.SupportsIndex, priors: bool) -> None:
        """
        Refused with the sentence of the reader where a number is outside the key's range
        """
    def draw(self, network: Network, seed: typing.SupportsInt | typing.SupportsIndex, draw: typing.SupportsInt | typing.SupportsIndex) -> float:
        """
        The value in that draw [SI]
        """
    @property
    def key(self) -> str:
        """
        Path of the key
        """
    @property
    def unit(self) -> str:
        """
        Symbol of the key's SI unit
        """
def bin_edges() -> list[float]:
    """
    Edges of the bins of the drift [K]
    """
def build_info() -> dict:
    """
    Version, commit, compiler, processor and libraries of this build
    """
def check_segment(arg0: str) -> None:
    """
    Raises FileError unless the file is an undamaged segment
    """
def device_available(word: str) -> bool:
    """
    Whether this build and machine have the device cpu or cuda
    """
def flag_text(arg0: typing.SupportsInt | typing.SupportsIndex) -> str:
    """
    Meaning of flag bits as text
    """
def is_fatal(arg0: typing.SupportsInt | typing.SupportsIndex) -> bool:
    """
    Whether flag bits freeze a member
    """
def job_table(engine: typing.Any) -> dict:
    """
    The jobs of a run, (member, job)
    """
def key_page() -> str:
    """
    Reference of all keys as Markdown text
    """
def key_table() -> list:
    """
    All keys of sites and networks as dicts: table, key, unit, accepted, meaning
    """
def look_offsets() -> list[float]:
    """
    Times after the start of an outage at which its drift is sampled [s]
    """
def max_threads() -> int:
    """
    Number of threads of parallel loops
    """
def parameters() -> list:
    """
    Parameters that may have a prior, as dicts: name, units, meaning
    """
def plan(engine: typing.Any, network: typing.Any, member: typing.SupportsInt | typing.SupportsIndex, options: dict) -> Plan:
    """
    Plan of one member of a twin
    """
def plan_defaults() -> dict:
    """
    Default settings of the planner; times in seconds
    """
def plan_lines() -> dict:
    """
    Lines of a plan's bill and their units
    """
def planner(engine: typing.Any, network: typing.Any, every: typing.SupportsFloat | typing.SupportsIndex, surprise_share: typing.SupportsFloat | typing.SupportsIndex, options: dict) -> Planner:
    """
    Planner with an interval [s]; surprise_share: share of a site's nodes whose jobs arrive or end early
    """
def seal(arg0: str) -> None:
    """
    Appends the checksum to a file of another tool
    """
def set_threads(n: typing.SupportsInt | typing.SupportsIndex) -> None:
    """
    Sets the number of threads of parallel loops
    """
def weather_table(engine: typing.Any) -> dict:
    """
    The weather of a run, (site, knot), as it is: what is written there is what the twin will meet
    """
n_gene: int = 4

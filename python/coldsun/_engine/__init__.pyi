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
__all__: list[str] = ['Engine', 'FileError', 'InputError', 'Network', 'Plan', 'Planner', 'Shadow', 'Study', 'bin_edges', 'build_info', 'check_segment', 'device_available', 'electrical', 'flag_text', 'is_fatal', 'job_table', 'key_page', 'key_table', 'look_offsets', 'max_threads', 'n_gene', 'orbit', 'parameters', 'plan', 'plan_defaults', 'plan_lines', 'planner', 'seal', 'set_threads', 'sky', 'thermal', 'weather_table']
class InputError(ValueError):
    """
    Bad input from a person or a file; str() is one sentence for them.
    """
class FileError(OSError):
    """
    A file that cannot be read or written; str() is one sentence.
    """
class Network:
    """
    A network of sites as read from its files.
    """
    def __getstate__(self) -> tuple[str, str, list[tuple[str, bool | int | float | str | list[float] | list[str]]]]:
        ...
    @typing.overload
    def __init__(self, name: str, data: str) -> None:
        """
        Reads a shipped network or site by name, or a file by path; data: the folder of what is shipped
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
        Relations between keys, where some were changed; raises InputError with the sentence of the reader
        """
    def describe(self, whole: bool = False) -> str:
        """
        What a person wants to know of it; whole: every value with its origin
        """
    def doubts(self) -> list[str]:
        """
        Values outside their usual range, one sentence each
        """
    def element_epochs_ns(self) -> list[int]:
        """
        Epochs of the data satellites' element sets, ns since 1970 UTC
        """
    def figures(self) -> dict:
        """
        Figures of each site and every value with where it comes from, as dicts and lists; units stand in the names
        """
    def get(self, site: str, path: str) -> bool | int | float | str | list[float] | list[str]:
        """
        SI value of a key, "cooling.cdu.ua"; site: a name, empty for the only one, "." for the network's own keys
        """
    def remarks(self, start_ns: typing.SupportsInt | typing.SupportsIndex, stop_ns: typing.SupportsInt | typing.SupportsIndex, most: typing.SupportsInt | typing.SupportsIndex = 8) -> list[str]:
        """
        Element sets that a run over this span does not use, or uses with a word; one sentence per file and reason, naming `most` satellites
        """
    def set(self, key: str, value: bool | typing.SupportsInt | typing.SupportsIndex | typing.SupportsFloat | typing.SupportsIndex | str | collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] | collections.abc.Sequence[str]) -> None:
        """
        Sets a key [SI]: of every site, "masdar/cooling.cdu.ua" of one, "./link[0].latency" of the network; n_field and t_supply [K] as studies do
        """
    def toml(self, site: str = '') -> str:
        """
        The site's file
        """
    def values(self, site: str = '') -> dict:
        """
        Every key and its SI value
        """
    def without_work(self) -> Network:
        """
        The same network with no jobs of its own
        """
    def write(self, path: str) -> None:
        """
        Writes the network as TOML with the sites, plates and modules that are not shipped as they are
        """
    @property
    def inputs_text(self) -> str:
        """
        Every value that was read, one per line
        """
    @property
    def name(self) -> str:
        """
        Name in its file
        """
    @property
    def sites(self) -> list:
        """
        Facts of each site as dicts: place, ratings, counts, prices; SI, latitude and longitude in degrees
        """
    @property
    def start_ns(self) -> int:
        """
        First instant of the demo day, ns since 1970 UTC
        """
    @property
    def title(self) -> str:
        """
        Title of the one site, or the network's name
        """
class Engine:
    """
    System, State and Inputs of a network, and what moves them
    """
    def __init__(self, network: Network, *, members: typing.SupportsInt | typing.SupportsIndex, first_member: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex, start_ns: typing.SupportsInt | typing.SupportsIndex, hours: typing.SupportsFloat | typing.SupportsIndex, dt: typing.SupportsFloat | typing.SupportsIndex, device: str, paths_off: collections.abc.Sequence[str], weather: typing.Any) -> None:
        ...
    def _twin(self) -> typing_extensions.CapsuleType:
        """
        For the other bindings
        """
    def fields(self) -> dict:
        """
        Units, axes, meaning and kind of every field by group
        """
    def hash(self) -> list[str]:
        """
        A hash of every member's state, 16 hexadecimal digits
        """
    def restore(self, path: str) -> None:
        """
        Reads the State from a file that `save` or a record wrote
        """
    def run(self, steps: typing.SupportsInt | typing.SupportsIndex, folder: str, first_segment: typing.SupportsInt | typing.SupportsIndex, per_segment: typing.SupportsInt | typing.SupportsIndex, attributes: collections.abc.Mapping[str, str], fields: bool, internals: bool, tell: typing.Any, hook: typing.Any = None, also: collections.abc.Sequence[str] = []) -> int:
        """
        Steps with a record in `folder`; returns the steps done
        """
    def save(self, path: str) -> None:
        """
        Writes the State to a file
        """
    def state(self) -> dict:
        """
        Zero-copy views of the State by group and field; they keep the engine alive
        """
    def step(self, n: typing.SupportsInt | typing.SupportsIndex = 1) -> None:
        """
        Steps without a record; Ctrl-C ends them after a whole step
        """
    def stop(self) -> None:
        """
        Ends `run` and `step`, in whatever thread they go, after a whole step
        """
    @property
    def device(self) -> str:
        """
        cpu or cuda
        """
    @property
    def span_ns(self) -> list[int]:
        """
        First and last instant of the inputs, ns since 1970 UTC
        """
    @property
    def time_ns(self) -> int:
        """
        Time of the State, ns since 1970 UTC
        """
class Plan:
    """
    A decision and the task that it answers.
    """
    def alternatives(self) -> list:
        """
        Other plans of the search, as `decision`
        """
    def decision(self) -> dict:
        """
        Score and cost of the decision by line and scenario, beside the usual rules; the weights
        """
    def expected(self) -> dict:
        """
        Where and when the decision puts jobs that have not come yet
        """
    def follow_scenario(self, scenario: typing.SupportsInt | typing.SupportsIndex) -> None:
        """
        Gives the twin the weather of one of the plan's scenarios
        """
    def outlook(self) -> dict:
        """
        What was foreseen: sky, PV, contacts, carbon, price by slot
        """
    def price(self, keys: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> dict:
        """
        Prices other plans by their keys (plan, gene of a job): schedules, costs, scores
        """
    def rows(self) -> dict:
        """
        Columns of the plan's jobs: place, start, end, cap, ...; times in ns since 1970 UTC
        """
    def rows_of(self, arg0: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> dict:
        """
        The rows that one plan's keys stand for
        """
    def tell(self) -> None:
        """
        Tells the plan to the twin, over the link
        """
    def tell_keys(self, keys: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> None:
        """
        Tells the plan that these keys stand for
        """
    @property
    def effect_ns(self) -> int:
        """
        From when it holds, ns since 1970 UTC
        """
    @property
    def keys(self) -> numpy.typing.NDArray[numpy.float64]:
        """
        Keys of the decision
        """
    @property
    def made_ns(self) -> int:
        """
        When it was made, ns since 1970 UTC
        """
    @property
    def n_row(self) -> int:
        """
        Jobs of the problem
        """
    @property
    def wall_time(self) -> float:
        """
        Measured time of the decision [s]
        """
class Planner:
    """
    Plans again while a twin runs
    """
    def _hook(self) -> typing_extensions.CapsuleType:
        """
        For Engine.run
        """
class Shadow:
    """
    An ensemble that is corrected by what a site publishes.
    """
    def __init__(self, network: typing.Any, engine: typing.Any) -> None:
        ...
    def analyse(self, value: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], use: typing.Annotated[numpy.typing.ArrayLike, numpy.int8], inflation: collections.abc.Mapping[typing.SupportsInt | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex], reopen: collections.abc.Mapping[typing.SupportsInt | typing.SupportsIndex, typing.SupportsFloat | typing.SupportsIndex] = {}) -> list[int]:
        """
        Corrects the members by value where use is 1; inflation by domain, spread to add by column; returns the domains in trouble
        """
    def drive(self, value: typing.Annotated[numpy.typing.ArrayLike, numpy.float64], known: typing.Annotated[numpy.typing.ArrayLike, numpy.int8]) -> None:
        """
        Gives the members the readings that are inputs, where known is 1
        """
    def estimate(self) -> numpy.typing.NDArray[numpy.float64]:
        """
        The members (member, column) after the last analysis
        """
    def fork(self, engine: typing.Any) -> None:
        """
        Copies the members to another engine
        """
    def observe(self) -> numpy.typing.NDArray[numpy.float64]:
        """
        What the members would read at each point (point, member)
        """
    def run(self, steps: typing.SupportsInt | typing.SupportsIndex, folder: str, first_segment: typing.SupportsInt | typing.SupportsIndex, per_segment: typing.SupportsInt | typing.SupportsIndex, attributes: collections.abc.Mapping[str, str], variables: collections.abc.Sequence[typing.Annotated[collections.abc.Sequence[str], "FixedSize(3)"]], judge: collections.abc.Callable, after: collections.abc.Callable) -> int:
        """
        Steps with a record; judge() gives each step's variables, after(steps) corrects the members, false ends it
        """
    def scale_heat_share(self, factor: typing.SupportsFloat | typing.SupportsIndex) -> None:
        """
        For an emulated site: heat to the coolant per node power over the file's
        """
    def sense(self) -> list[float]:
        """
        What the one member of an emulated site reads at each point
        """
    def set_noise(self, noise: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> None:
        """
        Standard deviation of each point's error from now on [SI]
        """
    @property
    def columns(self) -> list:
        """
        What the filter estimates: name, whether by its logarithm, spread at the start
        """
    @property
    def points(self) -> list:
        """
        The site's published points as dicts: topic, quantity, unit, noise, limits
        """
class Study:
    """
    Members with an event, each beside its own twin without it.
    """
    def __init__(self, network: Network, *, members: typing.SupportsInt | typing.SupportsIndex, first_member: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex, start_ns: typing.SupportsInt | typing.SupportsIndex, hours: typing.SupportsFloat | typing.SupportsIndex, dt: typing.SupportsFloat | typing.SupportsIndex, device: str, paths: collections.abc.Sequence[collections.abc.Sequence[str]], limit: typing.SupportsFloat | typing.SupportsIndex, trace_every: typing.SupportsInt | typing.SupportsIndex, priors: bool, weather: typing.Any) -> None:
        ...
    def results(self) -> dict:
        """
        Every result as dict of values, axes, units and meaning
        """
    def run(self, steps: typing.SupportsInt | typing.SupportsIndex, tell: typing.Any = None) -> None:
        """
        Steps; tell(steps done) after each
        """
    @property
    def groups(self) -> list[str]:
        """
        Names of the groups of nodes
        """
    @property
    def time_ns(self) -> int:
        """
        Time of the members, ns since 1970 UTC
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
    Edges of the histogram's bins
    """
def build_info() -> dict:
    """
    Version, commit, compiler, processor and libraries of this build
    """
def check_segment(arg0: str) -> None:
    """
    Raises FileError unless the file is whole and holds what a segment may hold
    """
def device_available(word: str) -> bool:
    """
    Whether this build and machine have the device: cpu or cuda
    """
def flag_text(arg0: typing.SupportsInt | typing.SupportsIndex) -> str:
    """
    Flag bits in words
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
    The page of all keys, Markdown
    """
def key_table() -> list:
    """
    Every key of a site: table, key, unit, accepted, meaning
    """
def look_offsets() -> list[float]:
    """
    When a window's traces are looked at, after the event [s]
    """
def max_threads() -> int:
    """
    Threads that loops may use
    """
def parameters() -> list:
    """
    What priors can be given to: name, units, meaning
    """
def plan(engine: typing.Any, network: typing.Any, member: typing.SupportsInt | typing.SupportsIndex, options: dict) -> Plan:
    """
    Decides for one member of a twin
    """
def plan_defaults() -> dict:
    """
    The planner's settings where none are given; times in seconds
    """
def plan_lines() -> dict:
    """
    Lines of a plan's bill and their units
    """
def planner(engine: typing.Any, network: typing.Any, every: typing.SupportsFloat | typing.SupportsIndex, surprise_share: typing.SupportsFloat | typing.SupportsIndex, options: dict) -> Planner:
    """
    A planner that decides every so many seconds, and out of turn when a share of the members is surprised
    """
def seal(arg0: str) -> None:
    """
    Seals a file that another tool wrote
    """
def set_threads(n: typing.SupportsInt | typing.SupportsIndex) -> None:
    """
    Sets the threads that loops may use
    """
def weather_table(engine: typing.Any) -> dict:
    """
    The weather of a run, (site, knot), as it is: what is written there is what the twin will meet
    """
n_gene: int = 4

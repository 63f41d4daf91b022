"""How something is measured: in turns with what it is compared to, as medians with their spread."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Sample:
    """One thing that is done again and again: milliseconds each, and its queries once."""

    name: str
    act: Callable[[], object]
    aim: str = ""
    queries: int | None = None
    times: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median, in milliseconds."""
        return statistics.median(self.times)

    @property
    def spread(self) -> tuple[float, float]:
        """The tenth and the ninetieth percentile, in milliseconds."""
        tenths = statistics.quantiles(self.times, n=10, method="inclusive")
        return tenths[0], tenths[-1]

    def take(self, times: int) -> None:
        """Do it so many times in a row, on the clock, as a server does that has been running.

        It is done once before: after another page its own lies far from the processor. The garbage
        of what was measured before is not its own.
        """
        gc.collect()
        self.act()
        for _number in range(times):
            start = time.perf_counter()
            self.act()
            self.times.append((time.perf_counter() - start) * 1000)


def in_turns(samples: list[Sample], turns: int, in_a_row: int) -> None:
    """Take the samples one after the other, turn for turn: noise falls on all alike."""
    for _turn in range(turns):
        for sample in samples:
            sample.take(in_a_row)


def show(samples: list[Sample]) -> None:
    """Print a row a sample."""
    for sample in samples:
        low, high = sample.spread
        queries = "" if sample.queries is None else f"{sample.queries} queries"
        print(
            f"  {sample.name:<44}{sample.median:8.1f} ms  ({low:.1f} … {high:.1f})"
            f"  {queries:<11} {sample.aim}"
        )

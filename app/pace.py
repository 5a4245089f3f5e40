"""How often one person may do something: so many times in any minute."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

_PEOPLE = 10_000  # of whom the last minute is remembered


class Pace:
    """A sliding minute for each name."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._clock = per_minute, clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str) -> float:
        """0 if this time is within the limit, and then it counts; else the seconds to wait."""
        now = self._clock()
        with self._lock:
            times = self._times.setdefault(name, deque())
            self._times.move_to_end(name)
            while times and times[0] <= now - 60:
                times.popleft()
            if len(times) >= self._limit:
                return times[0] + 60 - now
            times.append(now)
            while len(self._times) > _PEOPLE:
                self._times.popitem(last=False)
            return 0.0

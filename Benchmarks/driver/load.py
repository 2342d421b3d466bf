"""Load with wrk: files of requests, rounds, medians."""

import json
import os
import signal
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass

CONNECTIONS = 64
THREADS = 2
SCRIPT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "wrk", "replay.lua")


class Invalid(Exception):
    """A round that did not measure what it should."""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    token: str = ""
    body: str = ""
    # Its Idempotency-Key.
    key: str = ""

    @property
    def line(self):
        return f"{self.method}\t{self.path}\t{self.token}\t{self.body}\t{self.key}\n"


@dataclass(frozen=True)
class Outcome:
    """What a round, or the median of rounds, came to."""

    per_second: float
    p50_ms: float
    p99_ms: float
    requests: int = 0

    @staticmethod
    def median(outcomes):
        def of(name):
            return statistics.median(getattr(outcome, name) for outcome in outcomes)

        return Outcome(of("per_second"), of("p50_ms"), of("p99_ms"), sum(outcome.requests for outcome in outcomes))


class Load:
    """Requests in a file, ready to be sent."""

    def __init__(self, server, requests, directory, repeats=True):
        self._server = server
        self._repeats = repeats
        self.count = len(requests)
        handle, self._file = tempfile.mkstemp(suffix=".requests", dir=directory)
        with os.fdopen(handle, "w") as file:
            file.writelines(request.line for request in requests)

    def run(self, seconds):
        """Sends for so long.

        Raises Invalid when an answer was not 2xx, or when requests that must not repeat ran out.
        """
        done = json.loads(self._start(seconds).communicate()[0].splitlines()[-1])
        if done["refused"] or done["broken"]:
            raise Invalid(f"{done['refused']} of {done['requests']} requests refused, {done['broken']} broken")
        if not self._repeats and done["requests"] > self.count * 0.8:
            raise Invalid(f"{self.count} requests were too few for {seconds} s")
        return Outcome(done["requests"] / done["seconds"], done["p50_ms"], done["p99_ms"], done["requests"])

    def run_once(self, seconds_max=900):
        """Sends every request once. Answers that refuse are answers."""
        markers = [f"{self._file}.{thread}" for thread in range(THREADS)]
        process = self._start(seconds_max, "once", self._file)
        end = time.time() + seconds_max
        # wrk sleeps for as long as it was told to, whatever its threads do.
        while process.poll() is None and not all(map(os.path.exists, markers)) and time.time() < end:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        done = json.loads(process.communicate()[0].splitlines()[-1])
        for marker in filter(os.path.exists, markers):
            os.remove(marker)
        if done["broken"] or done["requests"] < self.count:
            raise Invalid(f"{done['requests']} of {self.count} requests answered, {done['broken']} broken")
        return Outcome(done["requests"] / done["seconds"], done["p50_ms"], done["p99_ms"], done["requests"])

    def run_until(self, is_done, seconds_max=900):
        """Sends every request once, then stops when `is_done()` says so."""
        process = self._start(seconds_max, "once")
        end = time.time() + seconds_max
        while process.poll() is None and not is_done() and time.time() < end:
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        process.communicate()

    def _start(self, seconds, *arguments):
        command = [
            "wrk", f"--threads={THREADS}", f"--connections={CONNECTIONS}", f"--duration={seconds}s", "--timeout=30s",
            f"--script={SCRIPT}", self._server.url, "--", self._file, *arguments,
        ]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env={**os.environ, "WRK_THREADS": str(THREADS)}
        )


@dataclass(frozen=True)
class Pace:
    """How long and how often."""

    seconds: int = 5
    warm_up_seconds: int = 2
    rounds: int = 3

    def compare(self, reference, ours):
        """Alternating rounds of two measurements after a warm-up of each: the medians.

        Each is called with the seconds it shall take and returns an Outcome.
        """
        for measure in (reference, ours):
            measure(self.warm_up_seconds)
        outcomes = [(reference(self.seconds), ours(self.seconds)) for _ in range(self.rounds)]
        return Outcome.median([pair[0] for pair in outcomes]), Outcome.median([pair[1] for pair in outcomes])

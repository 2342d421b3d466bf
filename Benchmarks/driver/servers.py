"""The processes that are measured: started on ports of their own, stopped by their ids."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time


class Stopped(Exception):
    """A server that ended, or never answered."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A server on 127.0.0.1. It is ready when it answers `probe` with 200, or without one, when it accepts."""

    def __init__(self, command, port, probe=None, environment=None, log=None):
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._log = open(log, "ab") if log else subprocess.DEVNULL
        start = time.perf_counter()
        self._process = subprocess.Popen(
            command, env={**os.environ, **(environment or {})}, stdout=self._log, stderr=self._log
        )
        self._await(probe)
        self.seconds_to_ready = time.perf_counter() - start

    @property
    def pid(self):
        return self._process.pid

    def _await(self, probe, seconds=60):
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            if self._process.poll() is not None:
                raise Stopped(f"{self._process.args[0]} ended with status {self._process.returncode}")
            try:
                if self._answers(probe):
                    return
            except OSError:
                pass
            time.sleep(0.002)
        raise Stopped(f"{self._process.args[0]} does not answer")

    def _answers(self, probe):
        if probe:
            return self.request("GET", probe)[0] == 200
        socket.create_connection(("127.0.0.1", self.port), timeout=30).close()
        return True

    def request(self, method, path, token=None, body=None, key=None):
        """One request on a connection of its own: (status, headers, body)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            if key:
                headers["Idempotency-Key"] = key
            if body is not None:
                headers["Content-Type"] = "application/json"
            connection.request(method, path, body=json.dumps(body) if body is not None else None, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def json(self, method, path, token=None, body=None):
        status, _, answer = self.request(method, path, token, body)
        if status >= 300:
            raise Stopped(f"{method} {path} answered {status}: {answer[:300]!r}")
        return json.loads(answer)

    def send(self, request):
        """What a request that writes is answered."""
        status, _, answer = self.request(
            request.method, request.path, request.token, json.loads(request.body), request.key)
        if status >= 300:
            raise Stopped(f"{request.method} {request.path} answered {status}: {answer[:300]!r}")
        return json.loads(answer)

    def memory_megabytes(self, field):
        """VmRSS, or VmHWM for the most it ever was."""
        return resident_megabytes(self.pid, field)

    def stop(self):
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._log is not subprocess.DEVNULL:
            self._log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def resident_megabytes(pid, field="VmRSS"):
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
    return 0.0


class Plaza:
    """The release binary."""

    # Load comes from one address and few accounts.
    UNLIMITED = {f"PLAZA_RATE_{name}": "0" for name in ("READ", "WRITE", "CREDENTIALS", "SEARCH")}

    def __init__(self, binary):
        self.binary = binary

    def serve(self, directory, probe="/readyz"):
        port = free_port()
        return Process(
            [self.binary, "serve", "--data-dir", directory, "--listen", f"127.0.0.1:{port}"],
            port, probe, environment=self.UNLIMITED, log=directory.rstrip("/") + ".log",
        )

    def serve_bench(self, directory):
        """Plaza with one thing more: channels of `bench:`, where what one publishes is told to all."""
        port = free_port()
        return Process(
            [self.binary, "bench", "realtime", "--data-dir", directory, "--listen", f"127.0.0.1:{port}"],
            port, "/readyz", environment={**self.UNLIMITED, "PLAZA_REALTIME_COMMANDS_PER_SECOND": "1000000"},
            log=directory.rstrip("/") + ".log")

    def run(self, *arguments):
        """A command: its standard output."""
        done = subprocess.run([self.binary, *arguments], stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout

    def watch(self, *arguments):
        """A command: seconds it took, and its memory in MiB every so often as it went."""
        start = time.perf_counter()
        process = subprocess.Popen([self.binary, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        samples = []
        while process.poll() is None:
            try:
                samples.append(resident_megabytes(process.pid))
            except OSError:
                pass
            time.sleep(0.02)
        elapsed = time.perf_counter() - start
        if process.returncode:
            raise Stopped(f"plaza {' '.join(arguments)} ended with status {process.returncode}")
        # A process that has ended and not been waited for has no memory.
        return elapsed, [sample for sample in samples if sample > 0]


def reference_server(binary, sizes):
    """Bare Hummingbird that answers GET /SIZE with so many bytes."""
    port = free_port()
    return Process([binary, str(port), *map(str, sizes)], port, f"/{sizes[0]}")

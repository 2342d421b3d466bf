"""What the figures were taken on."""

import os
import platform
import re
import statistics
import subprocess
import time


def described(directory):
    """Lines of (what, value) for the report."""
    return [
        ("processor", f"{os.cpu_count()} × {_field('/proc/cpuinfo', 'model name')}"),
        ("memory", f"{int(_field('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.1f} GiB"),
        ("kernel", platform.release()),
        ("disk", f"{_disk(directory)}; 4 KiB written and synced in {sync_milliseconds(directory):.2f} ms (median)"),
        ("Swift", _first_line(["swift", "--version"])),
        ("SQLite", _first_line(["sqlite3", "--version"]).split(" ")[0]),
        ("wrk", _first_line(["wrk", "-v"]).split(" [")[0]),
        ("Plaza", _first_line(["git", "describe", "--always", "--dirty"])),
        ("load average at the start", f"{os.getloadavg()[0]:.2f}"),
    ]


def sync_milliseconds(directory):
    """What one durable write costs at the least."""
    path = os.path.join(directory, "sync-probe")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        times = []
        for _ in range(200):
            start = time.perf_counter()
            os.write(descriptor, bytes(4096))
            os.fdatasync(descriptor)
            times.append(time.perf_counter() - start)
        return statistics.median(times) * 1_000
    finally:
        os.close(descriptor)
        os.unlink(path)


def _field(path, name):
    with open(path) as file:
        for line in file:
            match = re.match(rf"{name}\s*:\s*(.+)", line)
            if match:
                return match.group(1).strip()
    return "unknown"


def _first_line(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return (done.stdout.splitlines() or ["unknown"])[0].strip()


def _disk(directory):
    return _first_line(["findmnt", "--noheadings", "--output", "SOURCE,FSTYPE", "--target", directory])

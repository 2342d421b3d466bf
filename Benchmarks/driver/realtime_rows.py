"""The rows about sockets: what one costs, how fast many hear one message, what many leaving do to the others."""

import statistics

from .realtime_servers import Echo, Nchan, UWebSockets
from .rows import Figure
from .sockets import Sockets

BYTES = 128


class Yard:
    """What the rows of sockets share: the load, the servers, and how many sockets there are."""

    def __init__(self, bench, load_binary, python, forum):
        self._bench = bench
        self._load = Sockets(load_binary)
        self.plaza = forum
        self.nchan, self.uwebsockets, self.echo = Nchan(), UWebSockets(python), Echo(bench.reference_binary)
        self.rounds = bench.pace.rounds
        self.seconds = bench.pace.seconds
        self.is_quick = bench.is_quick

    @staticmethod
    def sockets(is_quick):
        return 2_000 if is_quick else 19_000

    def run(self, mode, server, speech, **options):
        """A run against a server that has just started: what an earlier load left behind is not measured."""
        with server.start() as process:
            return self._load.run(mode, process, speech, **options)

    def in_turns(self, *measurements):
        """Rounds of several measurements, one after the other: for each, what it gave in all rounds."""
        rounds = [[measure() for measure in measurements] for _ in range(self.rounds)]
        return zip(*rounds)


def middle(reports, *names):
    """The median over rounds of a member of the reports."""
    def of(report):
        for name in names:
            report = report[name]
        return report
    return statistics.median(of(report) for report in reports)


def connecting(bench):
    yard = bench.yard
    count = yard.sockets(bench.is_quick)

    def connect(server, speech):
        return lambda: yard.run("connect", server, speech, sockets=count)

    stock, lean, ours = yard.in_turns(
        connect(yard.echo, yard.echo.talk), connect(yard.uwebsockets, yard.uwebsockets.two_channels),
        connect(yard.plaza, yard.plaza.two_channels))
    reference, figure = middle(stock, "per_second"), middle(ours, "per_second")
    yield Figure(
        "sockets: connect, upgrade, authenticate, subscribe to 2 channels", f"{figure:,.0f}/s",
        f"{reference:,.0f}/s (stock NIO, connect and upgrade; uWebSockets {middle(lean, 'per_second'):,.0f}/s)",
        figure / reference, "≥ 8,000/s", figure >= 8_000)


def socket_cost(bench):
    yard = bench.yard
    count = yard.sockets(bench.is_quick)
    # Two heartbeats of 25 s.
    hold = 2 if bench.is_quick else 50
    messages = 5 if bench.is_quick else 100
    ours = yard.run("connect", yard.plaza, yard.plaza.two_channels, sockets=count, hold=hold, messages=messages)
    others = [
        (server, yard.run("connect", server, speech, sockets=count))
        for server, speech in (
            (yard.nchan, yard.nchan.two_channels), (yard.echo, yard.echo.talk),
            (yard.uwebsockets, yard.uwebsockets.two_channels))
    ]
    idle, nchan = ours["bytes_per_socket_idle"], others[0][1]["bytes_per_socket_idle"]
    yield Figure(
        f"memory of an idle socket, signed in, on 2 channels, one of {count:,}", kilobytes(idle),
        ", ".join(f"{server.name} {kilobytes(report['bytes_per_socket_idle'])}" for server, report in others),
        idle / nchan, "≤ 3.5 KB", idle <= 3_500)
    active = ours["bytes_per_socket_active"]
    yield Figure(
        f"the same after each has sent and received {messages} messages", kilobytes(active), "", None, "≤ 4.5 KB",
        active <= 4_500)
    cpu = ours["cpu_microseconds_per_socket_second"]
    yield Figure(
        f"processor time of an idle socket, over {hold} s", f"{cpu:.1f} µs/s", "", None, "≤ 2 µs/s", cpu <= 2)


def broadcast(bench):
    yard = bench.yard
    count = 1_000 if bench.is_quick else 10_000

    def run(server):
        return lambda: yard.run(
            "broadcast", server, server.one_channel, sockets=count, seconds=yard.seconds, bytes=BYTES)

    nchan, uwebsockets, ours = yard.in_turns(run(yard.nchan), run(yard.uwebsockets), run(yard.plaza))
    slow, fast, figure = (middle(reports, "per_second") for reports in (nchan, uwebsockets, ours))
    p99 = middle(ours, "latency", "p99_ms")
    yield Figure(
        f"one message of {BYTES} bytes to {count:,} subscribers, repeated",
        f"{figure:,.0f} deliveries/s, p99 {p99:.0f} ms",
        f"{slow:,.0f}/s (Nchan, p99 {middle(nchan, 'latency', 'p99_ms'):.0f} ms; uWebSockets {fast:,.0f}/s, "
        f"p99 {middle(uwebsockets, 'latency', 'p99_ms'):.0f} ms)",
        figure / slow, "≥ Nchan, ≥ 0.8 of uWebSockets, p99 ≤ 250 ms",
        figure >= slow and figure >= 0.8 * fast and p99 <= 250)


def room(bench):
    yard = bench.yard
    sockets, rate = 200, 5_000

    def run(server, **options):
        return lambda: yard.run(
            "room", server, server.one_channel, sockets=sockets, rate=rate, seconds=yard.seconds, bytes=BYTES, **options)

    # One socket of Plaza's may have 32 commands under way, and each publisher hears the room as well.
    nchan, uwebsockets, ours = yard.in_turns(
        run(yard.nchan), run(yard.uwebsockets), run(yard.plaza, publishers=10))
    figure, reference = middle(ours, "per_second"), middle(uwebsockets, "per_second")
    lost, disordered = (sum(report[name] for report in ours) for name in ("lost", "out_of_order"))
    yield Figure(
        f"{sockets} sockets, {rate:,} messages/s of {BYTES} bytes into one room",
        f"{figure:,.0f} deliveries/s, p99 {middle(ours, 'latency', 'p99_ms'):.1f} ms, {lost} lost, "
        f"{disordered} out of order",
        f"{reference:,.0f}/s (uWebSockets, p99 {middle(uwebsockets, 'latency', 'p99_ms'):.1f} ms; "
        f"Nchan {middle(nchan, 'per_second'):,.0f}/s, p99 {middle(nchan, 'latency', 'p99_ms'):.0f} ms)",
        figure / reference, f"{sockets * rate:,} deliveries/s, none lost",
        # As many as were published came; the clock of a round is good to half a percent.
        figure >= sockets * rate * 0.995 and lost == disordered == 0)


def round_trips(bench):
    yard = bench.yard

    def run(server):
        return lambda: yard.run("roundtrip", server, server.talk, seconds=yard.seconds)

    reference, ours = yard.in_turns(run(yard.echo), run(yard.plaza))
    figure, bare = middle(ours, "per_second"), middle(reference, "per_second")
    yield Figure(
        "round trips on 64 sockets, a command and its reply",
        f"{figure:,.0f}/s, p99 {middle(ours, 'latency', 'p99_ms'):.1f} ms",
        f"{bare:,.0f}/s (bare NIO echo, p99 {middle(reference, 'latency', 'p99_ms'):.1f} ms)", figure / bare,
        "≥ 0.6 of it", figure >= 0.6 * bare)


def sockets_dropped(bench):
    yard = bench.yard
    count = yard.sockets(bench.is_quick)
    for how, what in (("reset", "with resets"), ("finish", "in good order")):
        # A channel outlives those who heard it by a minute or two; then memory is given back once more.
        ours = yard.run("drop", yard.plaza, yard.plaza.two_channels, sockets=count, how=how, settle=180)
        bare = yard.run("drop", yard.echo, yard.echo.talk, sockets=count, how=how, settle=1)
        p99, ratio = ours["latency_during"]["p99_ms"], ours["resident_memory_ratio"]
        yield Figure(
            f"{count:,} sockets dropped at once, {what}: the other 64, and memory",
            f"p99 {p99:.0f} ms, {megabytes(ours['memory_full'])} full, {megabytes(ours['memory_after'])} "
            f"{ours['seconds_until_returned']:.0f} s later, {ratio:.2f} of its start",
            f"p99 {bare['latency_during']['p99_ms']:.0f} ms (stock NIO, memory {bare['resident_memory_ratio']:.1f})",
            None, "p99 ≤ 250 ms, memory within 10 % of its start", p99 <= 250 and ratio <= 1.1)


def kilobytes(count):
    return f"{count / 1_000:.2f} KB"


def megabytes(memory):
    return f"{memory['resident_kib'] / 1_024:.0f} MiB"


# In order; every run has a server of its own.
ON_FORUM = [connecting, socket_cost, broadcast, room, round_trips, sockets_dropped]

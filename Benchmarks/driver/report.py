"""The report: docs/BENCHMARKS.md."""

import datetime


def markdown(machine, figures, command, notes):
    lines = [
        "# Benchmarks",
        "",
        f"Measured by `{command}` on {datetime.date.today().isoformat()}, against the release build. "
        "`make bench` makes this page anew.",
        "",
        "| what | measured | reference in the same run | ratio | promised | reached |",
        "|---|---|---|---|---|---|",
    ]
    lines += [f"| {' | '.join(_cells(figure))} |" for figure in figures]
    lines += ["", "## The machine", "", "| | |", "|---|---|"]
    lines += [f"| {what} | {value} |" for what, value in machine]
    lines += ["", "## How", ""]
    lines += [f"- {note}" for note in notes]
    return "\n".join(lines) + "\n"


def _cells(figure):
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}" if figure.ratio < 10 else f"{figure.ratio:.0f}"
    reached = {True: "yes", False: "**no**", None: ""}[figure.is_reached]
    return figure.what, figure.ours, figure.reference, ratio, figure.reach, reached


def notes(pace, lastfm, size):
    graph = (
        "The graph is Last.fm's (HetRec 2011: 1,892 people, 25,434 edges) and engagement is drawn from its plays."
        if lastfm
        else "Last.fm's data was not there: **the graph and popularity are made up** (1,892 people who follow 14 each)."
    )
    return [
        "Server, reference and load share the machine's processors, and nothing is pinned. The reference is Hummingbird "
        "as it comes, answering fixed bytes as many as Plaza's mean answer (`Benchmarks/Sources/reference-server`); "
        "requests carry the same headers.",
        f"Load is `wrk` with 2 threads and 64 connections (`Benchmarks/wrk/replay.lua`): after a warm-up of "
        f"{pace.warm_up_seconds} s each, {pace.rounds} rounds of {pace.seconds} s of reference and Plaza in turns. "
        "Figures are medians. A round with any answer that is not 2xx does not count.",
        f"{graph} On it {size.posts:,} posts were published over HTTP, with {size.comments:,} comments; a crowd of "
        f"{size.crowd:,} people beside them likes and watches, of whom {size.star_followers:,} follow one star.",
        "Sessions are real but were written by the script: as many passwords would hash for hours. Rate limits are off "
        "(`PLAZA_RATE_…=0`); everything else is as it comes, with durable commits.",
        "Events of an engagement batch are 70 % views, 25 % watches and 5 % shares; folding them into the posts' counters "
        "goes on meanwhile. Only events that are found in the table afterwards count.",
        "Sockets: `Benchmarks/Sources/socket-bench`, one thread that drives all of them from many loopback addresses. "
        "Each run has a server of its own, just started. Memory of a socket is the growth of the server's own memory "
        "(`Pss_Anon` and `Pss_Shmem` of `smaps_rollup`) over the number of sockets; the kernel's buffers are no part of "
        "it. The next message of a broadcast leaves when the last has reached everybody, which is looked for every half "
        "millisecond. Nchan has a worker for each processor; uWebSockets runs on one thread.",
        "Jobs: `plaza bench jobs`. Follows: `plaza import follows`, from a file in the order of Last.fm's, by follower, "
        "into an empty directory. "
        "Fan-out: from the answer to `POST /v1/posts` to the last follower's row in `feed_entry`, looked for every 2 ms.",
    ]

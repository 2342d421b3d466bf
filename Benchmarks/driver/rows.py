"""The rows of the table: what each measures and against what."""

import itertools
import json
import os
import random
import shutil
import statistics
import subprocess
import time
import urllib.parse
from dataclasses import dataclass, field

from . import publishing as publishing_load
from .load import Load, Outcome, Request
from .servers import reference_server, resident_megabytes
from .town import SEED, public_id


@dataclass
class Figure:
    """One line of the report. `is_reached` is nil when nothing was promised."""

    what: str
    ours: str
    reference: str = ""
    ratio: float | None = None
    reach: str = ""
    is_reached: bool | None = None


@dataclass
class Bench:
    """What the rows share."""

    plaza: object
    reference_binary: str
    storage_binary: str
    references_python: str
    pace: object
    directory: str
    is_quick: bool
    say: object
    town: object = None
    bazaar: object = None
    yard: object = None
    server: object = None
    # Engagement and likes count once per person and post, so each round continues where the last one ended.
    used: dict = field(default_factory=dict)

    def take(self, name, count, limit=None):
        """The next `count` numbers of a name's own sequence."""
        start = self.used.get(name, 0)
        self.used[name] = start + count
        return range(start, start + count)

    def compare_with_bytes(self, requests, size):
        """Plaza's answers to the requests, and as many fixed bytes from bare Hummingbird, in turns."""
        with reference_server(self.reference_binary, [size]) as reference:
            fixed = [Request("GET", f"/{size}", request.token) for request in requests]
            loads = [Load(reference, fixed, self.directory), Load(self.server, requests, self.directory)]
            return self.pace.compare(loads[0].run, loads[1].run)

    def answer_size(self, requests):
        """The mean size of an answer."""
        sizes = [
            len(self.server.request(request.method, request.path, request.token)[2]) for request in requests[:64]
        ]
        return round(statistics.mean(sizes))

    def alone(self, *arguments):
        """A figure of SQLite alone."""
        done = subprocess.run([self.storage_binary, *map(str, arguments)], stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)["per_second"]


# Reading


def page_row(bench, what, requests, ratio_min, p99_max=None):
    size = bench.answer_size(requests)
    reference, ours = bench.compare_with_bytes(requests, size)
    ratio = ours.per_second / reference.per_second
    reach = f"≥ {ratio_min} of it" + (f", p99 ≤ {p99_max} ms" if p99_max else "")
    return Figure(
        what, f"{rate(ours)}, p99 {ours.p99_ms:.1f} ms", f"{rate(reference)} (bare Hummingbird, {size} bytes)", ratio,
        reach, ratio >= ratio_min and (p99_max is None or ours.p99_ms <= p99_max))


def home(bench):
    requests = [Request("GET", "/v1/feed?kind=home&limit=20", token) for token in bench.town.readers()]
    yield page_row(bench, "home feed, 20 posts, signed in", requests, 0.6, 15)


def explore(bench):
    requests = [Request("GET", "/v1/feed?kind=explore&limit=20", token) for token in bench.town.readers()]
    yield page_row(bench, "explore feed, 20 posts, signed in", requests, 0.6)


def post(bench):
    chosen = random.Random(SEED).choices(bench.town.commented, k=512)
    readers = itertools.cycle(bench.town.readers())
    requests = [Request("GET", f"/v1/posts/{public_id('pst', number)}", next(readers)) for number in chosen]
    yield page_row(bench, "one post with its first comments", requests, 0.5)


def deep_page(bench):
    pages = 20 if bench.is_quick else 1_000
    tokens = bench.town.readers()
    path = "/v1/feed?kind=explore&limit=20"
    cursor = None
    for _ in range(pages - 1):
        page = bench.server.json("GET", path + (f"&cursor={cursor}" if cursor else ""), tokens[0])
        cursor = urllib.parse.quote(page["next"])
    first = [Request("GET", path, token) for token in tokens]
    deep = [Request("GET", f"{path}&cursor={cursor}", token) for token in tokens]
    reference, ours = bench.pace.compare(
        Load(bench.server, first, bench.directory).run, Load(bench.server, deep, bench.directory).run)
    ratio = ours.per_second / reference.per_second
    yield Figure(
        f"page {pages:,} of explore", f"{rate(ours)}, p99 {ours.p99_ms:.1f} ms", f"{rate(reference)} (its page 1)",
        ratio, "≥ 0.9 of it", ratio >= 0.9)


def search(bench):
    queries = os.path.join(bench.directory, "queries")
    with open(queries, "w") as file:
        file.writelines(query + "\n" for query in bench.town.queries)
    def searches(texts):
        return [
            Request("GET", f"/v1/search/posts?limit=20&query={urllib.parse.quote_plus(text)}", token)
            for text, token in zip(texts, itertools.cycle(bench.town.readers()))
        ]

    requests = searches(bench.town.queries)

    def alone(seconds, threads=1):
        return Outcome(bench.alone("search", bench.town.database, queries, seconds, threads), 0, 0)

    reference, ours = bench.pace.compare(alone, Load(bench.server, requests, bench.directory).run)
    both = alone(bench.pace.seconds, threads=os.cpu_count())
    ratio = ours.per_second / reference.per_second
    yield Figure(
        f"text search over HTTP, two words, {len(bench.town.posts):,} posts",
        f"{rate(ours)}, p99 {ours.p99_ms:.1f} ms",
        f"{rate(reference)} (SQLite alone, one thread; {rate(both)} with {os.cpu_count()} and no HTTP)",
        ratio, "≥ 0.5 of it, p99 ≤ 10 ms", ratio >= 0.5 and ours.p99_ms <= 10)
    fresh = Load(
        bench.server, searches(bench.town.new_queries(15_000 * bench.pace.seconds)), bench.directory, repeats=False
    ).run(bench.pace.seconds)
    yield Figure(
        "the same, each text searched for the first time", f"{rate(fresh)}, p99 {fresh.p99_ms:.1f} ms",
        f"{rate(reference)} (SQLite alone, one thread)", fresh.per_second / reference.per_second)


# Writing


def engagement(bench):
    draw = bench.town.popular_posts()
    chosen = random.Random(SEED)
    people = bench.town.crowd
    kinds = ["view"] * 70 + ["watch"] * 25 + ["share"] * 5

    def batch():
        events = {}
        while len(events) < 100:
            post, kind = public_id("pst", draw()), chosen.choice(kinds)
            events[post, kind] = {"post": post, "type": kind, **({"watched_ms": 4_000} if kind == "watch" else {})}
        return json.dumps({"events": list(events.values())}, separators=(",", ":"))

    batches = [batch() for _ in range(500 if bench.is_quick else 4_000)]

    def ours(seconds):
        requests = [
            Request(
                "POST", "/v1/engagements", bench.town.token(people[number % len(people)]),
                batches[number % len(batches)])
            for number in bench.take("engagement", 4_000 * seconds)
        ]
        before = recorded(bench)
        outcome = Load(bench.server, requests, bench.directory, repeats=False).run(seconds)
        bench.used["engagement"] -= len(requests) - outcome.requests
        # An event that was seen before is not recorded again, and must not count here either.
        share = min(1, (recorded(bench) - before) / (outcome.requests * 100))
        return Outcome(outcome.per_second * 100 * share, outcome.p50_ms, outcome.p99_ms, outcome.requests)

    def one_by_one(seconds):
        scratch = os.path.join(bench.directory, "inserts.sqlite")
        for suffix in ("", "-wal", "-shm"):
            remove(scratch + suffix)
        return Outcome(bench.alone("inserts", bench.town.database, scratch, 1_000 * seconds), 0, 0)

    reference, measured = bench.pace.compare(one_by_one, ours)
    yield Figure(
        "engagement in batches of 100, durable", f"{measured.per_second:,.0f} events/s, p99 {measured.p99_ms:.0f} ms",
        f"{rate(reference)} (one INSERT per transaction)", measured.per_second / reference.per_second,
        "≥ 100,000 events/s", measured.per_second >= 100_000)


def recorded(bench):
    database = bench.town.open_database()
    try:
        # A watch brings a view along, which is no event of its own. Where both have been sent, this counts one.
        return database.execute(
            """
            SELECT COALESCE(SUM(count), 0)
            FROM engagement
            WHERE kind <> 0 OR NOT EXISTS (
                SELECT 1
                FROM engagement AS watch
                WHERE watch.account_id = engagement.account_id AND watch.post_id = engagement.post_id
                    AND watch.kind = 3)
            """).fetchone()[0]
    finally:
        database.close()


def likes(bench):
    people = bench.town.crowd
    chosen = random.Random(SEED)
    tokens = [bench.town.token(account) for account in people]
    Load(bench.server, [Request("GET", "/v1/me", token) for token in tokens], bench.directory).run(
        2 if bench.is_quick else 8)

    def like(posts):
        def run(seconds):
            post = posts()
            requests = [
                Request("PUT", f"/v1/posts/{public_id('pst', post or chosen.choice(bench.town.posts))}/like", token)
                for token in tokens
            ]
            return Load(bench.server, requests, bench.directory, repeats=False).run(seconds)
        return run

    # As many seconds as the crowd has likes for: everybody likes a post once.
    pace = type(bench.pace)(min(bench.pace.seconds, 2), 1, bench.pace.rounds)
    spread, one = pace.compare(like(lambda: None), like(lambda: chosen.choice(bench.town.posts)))
    yield Figure(
        "likes over HTTP, one each, durable, spread", f"{rate(spread)}, p99 {spread.p99_ms:.1f} ms", "", None,
        "≥ 8,000/s", spread.per_second >= 8_000)
    ratio = one.per_second / spread.per_second
    yield Figure(
        "the same, all on one post", f"{rate(one)}, p99 {one.p99_ms:.1f} ms", f"{rate(spread)} (spread)", ratio,
        "≥ 0.8 of it", ratio >= 0.8)


def publishing(bench):
    reference, ours, followers = publishing_load.compare(bench, bench.references_python)
    ratio = ours.per_second / reference.per_second
    yield Figure(
        f"posts by one author with {followers} followers, durable, fan-out and index running",
        f"{rate(ours)}, p99 {ours.p99_ms:.1f} ms",
        f"PocketBase {rate(reference)}, p99 {reference.p99_ms:.1f} ms (not safe from power loss)", ratio,
        "≥ 5,000/s, p99 ≤ 40 ms", ours.per_second >= 5_000 and ours.p99_ms <= 40)


def fan_out(bench):
    database = bench.town.open_database()
    star = bench.town.star
    count, last = database.execute(
        "SELECT COUNT(*), MAX(follower_id) FROM follow WHERE followee_id = ?", (star,)).fetchone()
    times = []
    for number in range(3 if bench.is_quick else 11):
        post = bench.server.json(
            "POST", "/v1/posts", bench.town.token(star), {"caption": f"For everybody who follows, number {number}"})
        start = time.perf_counter()
        identity = internal_id(post["id"])
        # Timelines are written in the order of the followers' ids; whether all have it is looked at afterwards.
        while not database.execute(
                "SELECT 1 FROM feed_entry WHERE account_id = ? AND post_id = ?", (last, identity)).fetchone():
            time.sleep(0.002)
        elapsed = time.perf_counter() - start
        written = database.execute(
            "SELECT COUNT(*) FROM follow JOIN feed_entry ON account_id = follower_id AND post_id = ?"
            " WHERE followee_id = ?", (identity, star)).fetchone()[0]
        if written != count:
            raise RuntimeError(f"{written} of {count} timelines had the post when the last had it")
        times.append(elapsed * 1_000)
        time.sleep(0.2)
    database.close()
    # The first meets cold caches.
    median = statistics.median(times[1:])
    yield Figure(
        f"a post to {count:,} followers, until the last timeline has it",
        f"{median:.0f} ms (median of {len(times) - 1}; worst {max(times[1:]):.0f})", "", None, "≤ 250 ms",
        median <= 250)


def memory(bench):
    most = bench.server.memory_megabytes("VmHWM")
    yield Figure(
        "memory after start", f"{bench.used['memory after start']:.0f} MiB", "", None, "≤ 60 MB",
        bench.used["memory after start"] * 1.048576 <= 60)
    yield Figure(
        "memory, the most under all loads above", f"{most:.0f} MiB", "", None, "≤ 300 MB", most * 1.048576 <= 300)


# Beside the server


def jobs(bench):
    count = 10_000 if bench.is_quick else 100_000
    figures = [
        json.loads(bench.plaza.run("bench", "jobs", "--json", "--count", str(count)))["completed_per_second"]
        for _ in range(bench.pace.rounds)
    ]
    figure = statistics.median(figures)
    yield Figure(
        "jobs claimed and completed", f"{figure:,.0f}/s", "BullMQ 1,973/s, procrastinate 487/s on such a machine", None,
        "≥ 15,000/s", figure >= 15_000)


def follows(bench):
    rows = 100_000 if bench.is_quick else 5_000_000
    file = follows_file(bench.directory, rows)
    directory = os.path.join(bench.directory, "followers")
    shutil.rmtree(directory, ignore_errors=True)
    seconds, samples = bench.plaza.watch("import", "follows", file, "--data-dir", directory)
    shutil.rmtree(directory)
    early, late = max(samples[: max(1, len(samples) // 5)]), max(samples)
    figure = rows / seconds
    yield Figure(
        f"import of {rows:,} follows among {rows // 50:,} people",
        f"{figure:,.0f} rows/s; {early:.0f} MiB after a fifth, {late:.0f} MiB at most", "", None,
        "≥ 100,000 rows/s, flat memory", figure >= 100_000 and late <= early * 1.25)


def follows_file(directory, rows):
    """Everybody follows fifty others, in the order of Last.fm's file: by follower, then by followee."""
    path = os.path.join(directory, f"follows-{rows}.csv")
    if not os.path.exists(path):
        people = rows // 50
        chosen = random.Random(SEED)
        with open(path + ".part", "w") as file:
            file.write("follower,followee\n")
            for person in range(people):
                others = sorted(chosen.sample(range(people - 1), 50))
                # Nobody follows themselves.
                file.writelines(f"{person},{other + (other >= person)}\n" for other in others)
        os.rename(path + ".part", path)
    return path


def start(bench):
    posts = 10_000 if bench.is_quick else 1_000_000
    directory = os.path.join(bench.directory, "archive")
    if not os.path.exists(directory + ".done"):
        bench.say(f"building an archive of {posts:,} posts")
        shutil.rmtree(directory, ignore_errors=True)
        bench.plaza.run(
            "demo", "--bare", "--people", str(posts // 100), "--posts", str(posts), "--seed", "1", "--data-dir", directory)
        open(directory + ".done", "w").close()
    times = []
    for _ in range(bench.pace.rounds + 2):
        with bench.plaza.serve(directory) as server:
            times.append(server.seconds_to_ready)
            resident = resident_megabytes(server.pid)
    median = statistics.median(times)
    yield Figure(
        f"from start to ready, {posts:,} posts", f"{median * 1_000:.0f} ms, {resident:.0f} MiB", "", None, "≤ 1 s",
        median <= 1)


# In order; the first list asks the same server, whose memory is read at its end.
ON_TOWN = [home, explore, post, deep_page, search, likes, engagement, fan_out, publishing, memory]
ALONE = [jobs, follows, start]


def name_of(row):
    return row.__name__.replace("_", "-")


def rate(outcome):
    return f"{outcome.per_second:,.0f}/s"


def internal_id(text):
    value = 0
    for digit in text.split("_")[1]:
        value = value << 5 | "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(digit)
    return value


def remove(path):
    if os.path.exists(path):
        os.unlink(path)

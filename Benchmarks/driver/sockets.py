"""Load with socket-bench: a run is one process, and what it came to one JSON object."""

import json
import subprocess

from .load import Invalid


class Sockets:
    def __init__(self, binary):
        self._binary = binary

    def run(self, mode, server, speech, **options):
        """Measures a server: `speech` and `options` are socket-bench's, with underscores for hyphens.

        Raises Invalid when a socket was refused, a message lost that the mode waits for, or an answer missing.
        """
        command = [self._binary, mode, "--port", str(server.port), "--pids", str(server.pid)]
        for name, value in {**speech, **options}.items():
            command += ["--" + name.replace("_", "-"), str(value)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise Invalid(done.stderr.strip()[:300])
        return json.loads(done.stdout)

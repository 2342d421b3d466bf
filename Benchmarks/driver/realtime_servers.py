"""Hubs that Plaza's is measured against: how each is started, and how socket-bench speaks with it."""

import os
import shutil
import tempfile

from .servers import Process, Stopped, free_port

REFERENCES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "references")
NCHAN_MODULE = "/usr/lib/nginx/modules/ngx_nchan_module.so"


class Nchan:
    """Debian's nginx with its Nchan, a worker for each processor, in a directory of its own."""

    name = "Nchan"
    two_channels = {"dialect": "plain", "path": "/sub/two", "publisher_path": "/pub"}
    one_channel = {"dialect": "plain", "path": "/sub/one", "publisher_path": "/pub"}

    def start(self):
        if not shutil.which("nginx") or not os.path.exists(NCHAN_MODULE):
            raise Stopped("nginx with Nchan is missing: make setup-bench")
        directory = tempfile.mkdtemp(prefix="plaza-nchan-")
        port = free_port()
        names = {
            "MODULE": NCHAN_MODULE, "DIRECTORY": directory, "PROCESSORS": str(os.cpu_count()), "PORT": str(port),
        }
        with open(os.path.join(REFERENCES, "nchan.conf")) as file:
            text = file.read()
        for name, value in names.items():
            text = text.replace(name, value)
        path = os.path.join(directory, "nginx.conf")
        with open(path, "w") as file:
            file.write(text)
        # Workers that are not root could not write into a directory of root's.
        os.chmod(directory, 0o755)
        log = os.path.join(directory, "error.log")
        return Scratch(["nginx", "-p", directory, "-c", path, "-e", log], port, directory)


class UWebSockets:
    """uWebSockets behind PyPI's socketify, in the environment that `make setup-bench` makes."""

    name = "uWebSockets"
    two_channels = one_channel = {"dialect": "plain", "path": "/channels", "publisher_path": "/publish"}

    def __init__(self, python):
        self._python = python

    def start(self):
        if not os.path.exists(self._python):
            raise Stopped("socketify is missing: make setup-bench")
        port = free_port()
        return Process([self._python, os.path.join(REFERENCES, "uwebsockets.py"), str(port)], port, "/")


class Echo:
    """NIO's stock HTTP and WebSocket handlers, which accept four connections a turn."""

    name = "stock NIO"
    talk = {"dialect": "plain", "path": "/"}

    def __init__(self, binary):
        self._binary = binary

    def start(self):
        port = free_port()
        return Process([self._binary, "echo", str(port)], port)


class Scratch(Process):
    """A server whose directory goes with it."""

    def __init__(self, command, port, directory):
        self._directory = directory
        try:
            super().__init__(command, port, "/")
        except Stopped:
            shutil.rmtree(directory, ignore_errors=True)
            raise

    def stop(self):
        super().stop()
        shutil.rmtree(self._directory, ignore_errors=True)

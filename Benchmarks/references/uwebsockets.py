"""uWebSockets, through its Python binding: two topics to hear, one to publish to, and an echo.

`uwebsockets.py PORT`. The binding hands Python only what is published or echoed; deliveries are uWebSockets' own.
"""

import sys

from socketify import App, CompressOptions

LIMITS = {
    "compression": CompressOptions.DISABLED,
    "max_payload_length": 65_536,
    "max_backpressure": 1_048_576,
    "idle_timeout": 60,
}


def main():
    app = App()

    def subscribe(socket):
        socket.subscribe("first")
        socket.subscribe("second")

    def echo(socket, message, opcode):
        socket.send(message, opcode)

    def publish(_, message, opcode):
        app.publish("first", message, opcode)

    app.ws("/channels", {**LIMITS, "open": subscribe, "message": echo})
    app.ws("/publish", {**LIMITS, "message": publish})
    app.ws("/echo", {**LIMITS, "message": echo})
    app.get("/", lambda response, _: response.end("ready"))
    app.listen(int(sys.argv[1]), lambda _: None)
    app.run()


main()

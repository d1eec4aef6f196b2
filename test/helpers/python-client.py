"""A WebSocket client that is driven by lines of JSON, for tests of the server in TypeScript.

python3 python-client.py ADDRESS: each line of stdin is sent as a text message, and the end of stdin
closes. Prints {"event": "open"}, {"event": "message", "text": ...} and {"event": "closed", "code": ...}.
"""

import asyncio
import json
import sys

import websockets

MAX_MESSAGE_SIZE = 2**24


def tell(event, **details):
    print(json.dumps({"event": event, **details}), flush=True)


async def send_lines(web_socket):
    reader = asyncio.StreamReader(limit=MAX_MESSAGE_SIZE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        await web_socket.send(line.decode().rstrip("\n"))
    await web_socket.close()


async def main(address):
    async with websockets.connect(address, max_size=MAX_MESSAGE_SIZE) as web_socket:
        tell("open")
        sending = asyncio.create_task(send_lines(web_socket))
        try:
            async for text in web_socket:
                tell("message", text=text)
        except websockets.exceptions.ConnectionClosed:
            pass
        tell("closed", code=web_socket.close_code)
        sending.cancel()


asyncio.run(main(sys.argv[1]))

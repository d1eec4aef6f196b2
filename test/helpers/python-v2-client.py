"""A client of version 2, written from PROTOCOL-V2.md alone: Debian's python3-cryptography and python3-websockets.

python3 python-v2-client.py, with one line of JSON on stdin: address, pattern, and what the pattern needs
(authKey, serverPublicKey, identity). Authenticates, has three messages echoed in one record and one more
after 1,100 records (a rekey in each direction), says goodbye, and prints what it got as one line of JSON.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import sys

import websockets
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SUBPROTOCOL = "nestjs-sockets.v2"
PATTERNS = {
    "NNpsk0": (1, False, ["psk", "e"], ["e", "ee"]),
    "NKpsk0": (2, True, ["psk", "e", "es"], ["e", "ee"]),
    "NK": (3, True, ["e", "es"], ["e", "ee"]),
    "IK": (4, True, ["e", "es", "s", "ss"], ["e", "ee", "se"]),
}


def hkdf(salt, ikm, info, length):
    """RFC 5869."""
    key = hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()
    output, block, count = b"", b"", 1
    while len(output) < length:
        block = hmac.new(key, block + info + bytes([count]), hashlib.sha256).digest()
        output += block
        count += 1
    return output[:length]


def to_text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_text(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_of(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


class Cipher:
    def __init__(self, key):
        self.key = key
        self.count = 0

    def nonce(self):
        number = self.count
        self.count += 1
        return bytes(4) + number.to_bytes(8, "big")

    def seal(self, plaintext, data=b""):
        return AESGCM(self.key).encrypt(self.nonce(), plaintext, data)

    def open(self, sealed, data=b""):
        return AESGCM(self.key).decrypt(self.nonce(), sealed, data)

    def rekey_if_due(self):
        if self.count % 1024 == 0:
            self.key = AESGCM(self.key).encrypt(bytes(4) + b"\xff" * 8, bytes(32), b"")[:32]


class Handshake:
    def __init__(self, name, prologue, psk, static, server_public):
        protocol = f"Noise_{name}_25519_AESGCM_SHA256".encode()
        self.hash = protocol.ljust(32, b"\0") if len(protocol) <= 32 else hashlib.sha256(protocol).digest()
        self.chaining_key = self.hash
        self.cipher = None
        self.psk, self.static, self.server_public = psk, static, server_public
        self.is_psk = "psk" in name
        self.mix_hash(prologue)
        if server_public:
            self.mix_hash(server_public)

    def mix_hash(self, data):
        self.hash = hashlib.sha256(self.hash + data).digest()

    def mix_key(self, data):
        output = hkdf(self.chaining_key, data, b"", 64)
        self.chaining_key, self.cipher = output[:32], Cipher(output[32:])

    def mix_key_and_hash(self, data):
        output = hkdf(self.chaining_key, data, b"", 96)
        self.chaining_key = output[:32]
        self.mix_hash(output[32:64])
        self.cipher = Cipher(output[64:])

    def seal(self, plaintext):
        sealed = self.cipher.seal(plaintext, self.hash) if self.cipher else plaintext
        self.mix_hash(sealed)
        return sealed

    def open(self, sealed):
        plaintext = self.cipher.open(sealed, self.hash) if self.cipher else sealed
        self.mix_hash(sealed)
        return plaintext

    def mix_ephemeral(self, public):
        self.mix_hash(public)
        if self.is_psk:
            self.mix_key(public)

    def mix_token(self, token):
        if token == "psk":
            return self.mix_key_and_hash(self.psk)
        own = self.ephemeral if token[0] == "e" else self.static
        other = self.server_ephemeral if token[1] == "e" else self.server_public
        secret = own.exchange(X25519PublicKey.from_public_bytes(other))
        assert secret != bytes(32)
        self.mix_key(secret)

    def write(self, tokens):
        message = b""
        for token in tokens:
            if token == "e":
                self.ephemeral = X25519PrivateKey.from_private_bytes(os.urandom(32))
                message += public_of(self.ephemeral)
                self.mix_ephemeral(public_of(self.ephemeral))
            elif token == "s":
                message += self.seal(public_of(self.static))
            else:
                self.mix_token(token)
        return message + self.seal(b"")

    def read(self, tokens, message):
        for token in tokens:
            if token == "e":
                self.server_ephemeral, message = message[:32], message[32:]
                self.mix_ephemeral(self.server_ephemeral)
            else:
                self.mix_token(token)
        return self.open(message)

    def split(self):
        output = hkdf(self.chaining_key, b"", b"", 64)
        return Cipher(output[:32]), Cipher(output[32:])


class Session:
    def __init__(self, web_socket, sending, receiving):
        self.web_socket, self.sending, self.receiving = web_socket, sending, receiving

    async def send_plaintext(self, plaintext):
        await self.web_socket.send(b"\0" + self.sending.seal(plaintext))
        self.sending.rekey_if_due()

    async def send(self, *messages):
        await self.send_plaintext(b"\0" + b"\n".join(json.dumps(message).encode() for message in messages))

    async def receive(self):
        record = await self.web_socket.recv()
        assert record[0] == 0
        plaintext = self.receiving.open(record[1:])
        self.receiving.rekey_if_due()
        assert plaintext[0] == 0
        return [json.loads(line) for line in plaintext[1:].split(b"\n") if line]

    async def replies(self, count):
        messages = []
        while len(messages) < count:
            messages += await self.receive()
        return [message["response"] for message in sorted(messages, key=lambda message: message["id"])]


async def main(task):
    name = task["pattern"]
    number, knows_server, first, second = PATTERNS[name]
    key_id, psk = "", None
    if "psk" in name:
        global_key = hashlib.scrypt(task["authKey"].encode(), salt=b"stonyx-sockets", n=16384, r=8, p=1, dklen=32)
        psk = hkdf(b"", global_key, b"nestjs-sockets.v2 psk", 32)
        key_id = to_text(hkdf(b"", global_key, b"nestjs-sockets.v2 key id", 8))
    head = bytes([number, len(key_id)]) + key_id.encode()
    server_public = from_text(task["serverPublicKey"]) if knows_server else None
    static = X25519PrivateKey.from_private_bytes(from_text(task["identity"])) if name == "IK" else None
    handshake = Handshake(name, SUBPROTOCOL.encode() + b"\0" + head, psk, static, server_public)
    hello = "hello." + to_text(head + handshake.write(first))
    async with websockets.connect(task["address"], subprotocols=[SUBPROTOCOL, hello]) as web_socket:
        settings = json.loads(handshake.read(second, await web_socket.recv()))
        session = Session(web_socket, *handshake.split())
        data = {"authKey": task["authKey"]} if psk else {}
        await session.send({"request": "auth", "id": 0, "data": data})
        authenticated = await session.replies(1)
        await session.send(*({"request": "echo", "id": id, "data": f"\u265e{id}"} for id in range(3)))
        echoes = await session.replies(3)
        for id in range(1100):
            await session.send({"request": "echo", "id": id, "data": id})
            last = await session.replies(1)
        await session.send_plaintext(b"\x02" + (1000).to_bytes(2, "big"))
        print(json.dumps({"settings": settings, "auth": authenticated, "echoes": echoes, "last": last}))


asyncio.run(main(json.loads(sys.stdin.readline())))

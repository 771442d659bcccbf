"""python3 client.py URL CODEC: the SDK for Python, told on the standard input what to do.

CODEC is json or protobuf. Each command and each event is a line; see OtherSdksIT.
"""

import asyncio
import json
import sys

from centrifuge import Client, ClientEventHandler, DeltaType, ReplyError, SubscriptionEventHandler

URL = sys.argv[1]
PROTOBUF = sys.argv[2] == "protobuf"


def tell(*words):
    print(*[str(word).lower() if isinstance(word, bool) else word for word in words], flush=True)


def encoded(text):
    return text.encode() if PROTOBUF else json.loads(text)


def decoded(data):
    return data.decode() if PROTOBUF else json.dumps(data, separators=(",", ":"), ensure_ascii=False)


class ClientEvents(ClientEventHandler):
    async def on_connected(self, ctx):
        tell("connected")

    async def on_connecting(self, ctx):
        tell("connecting", ctx.code)

    async def on_disconnected(self, ctx):
        tell("disconnected", ctx.code, ctx.reason)


class RoomEvents(SubscriptionEventHandler):
    def __init__(self, room):
        self.room = room

    async def on_subscribed(self, ctx):
        tell("subscribed", self.room, bool(ctx.was_recovering), bool(ctx.recovered))

    async def on_unsubscribed(self, ctx):
        tell("unsubscribed", self.room, ctx.code)

    async def on_publication(self, ctx):
        tell("publication", self.room, ctx.pub.offset, decoded(ctx.pub.data))

    async def on_join(self, ctx):
        tell("join", self.room, ctx.info.user)

    async def on_leave(self, ctx):
        tell("leave", self.room, ctx.info.user)


class Driver:
    client = None
    subscriptions = {}

    async def connect(self, *given):
        tokens = list(given)

        async def next_token():
            tell("token")
            return tokens.pop(0) if len(tokens) > 1 else tokens[0]

        self.client = Client(
            URL,
            events=ClientEvents(),
            token=tokens.pop(0) if tokens else "",
            get_token=next_token if tokens else None,
            use_protobuf=PROTOBUF,
            max_reconnect_delay=0.5,
        )
        await self.client.connect()

    async def subscribe(self, room, token=""):
        subscription = self.client.new_subscription(
            room,
            RoomEvents(room),
            token=token,
            join_leave=True,
            recoverable=True,
            delta=DeltaType.FOSSIL if room.startswith("delta:") else None,
        )
        self.subscriptions[room] = subscription
        await subscription.subscribe()

    async def publish(self, room, data):
        await self.client.publish(room, encoded(data))
        tell("published", room)

    async def history(self, room, limit):
        history = await self.client.history(room, limit=int(limit))
        tell("history", " ".join(f"{one.offset}:{decoded(one.data)}" for one in history.publications))

    async def presence(self, room):
        clients = (await self.client.presence(room)).clients.values()
        stats = await self.client.presence_stats(room)
        tell("presence", stats.num_clients, stats.num_users, ",".join(sorted(one.user for one in clients)))


async def main():
    driver = Driver()
    loop = asyncio.get_running_loop()
    tell("ready")
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        name, *words = line.rstrip("\n").split(" ", 2)
        words = words if name == "publish" else line.split()[1:]
        try:
            await getattr(driver, name)(*words)
        except ReplyError as error:
            tell("error", error.code)


asyncio.run(main())

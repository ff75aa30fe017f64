"""Rooms: who is there, and what they say to each other.  runcast serve examples/presence.py"""

from fastapi import WebSocket

from runcast import ConnectionManager, Runcast, SocketUser, texts

app = Runcast()
rooms = ConnectionManager()


@app.websocket("/rooms/{room}")
async def talk(websocket: WebSocket, room: str, user: SocketUser) -> None:
    """Tell everyone in the room who comes, what is said, and who leaves."""
    async with rooms.connected(websocket, room):
        await rooms.broadcast({"joined": user.name}, room)
        async for text in texts(websocket):
            await rooms.broadcast({"from": user.name, "text": text}, room)
    await rooms.broadcast({"left": user.name}, room)

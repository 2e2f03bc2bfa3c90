"""One conversation in the Debug Adapter Protocol: framed JSON over a pair of streams.

`Connection.request` sends and waits with a time limit, `on_event` is called for each event in order. The other end is
untrusted: messages are bounded, what does not parse closes the conversation.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Callable
from itertools import count
from typing import Any, Final, cast

MESSAGE_LIMIT: Final = 32 * 2**20
"""bytes of one message; a capture is held far below it"""

Body = dict[str, Any]
EventHandler = Callable[[str, Body], None]


class WireError(Exception):
    """The other end refused a request, or the conversation is over."""

    def __init__(self, text: str, *, said: str = "") -> None:
        super().__init__(text)
        self.said = said
        """the other end's whole words"""


class NoAnswer(WireError):
    """No answer came within the time limit."""


class Connection:
    """One end of a conversation."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        on_event: EventHandler | None = None,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._seq = count(1)
        self._waiting: dict[int, asyncio.Future[Body]] = {}
        self.on_event: EventHandler = on_event or (lambda _name, _body: None)
        self.on_closed: Callable[[], None] = lambda: None
        self.closed = asyncio.Event()
        _send_at_once(writer)
        # not create_task: an eager one (3.12 on) would hand events over before the caller has said to whom
        self._pump_task = asyncio.Task(self._pump())

    async def request(self, command: str, arguments: Body | None = None, *, limit: float = 10.0) -> Body:
        """The body of the answer; raises `NoAnswer` after `limit` seconds, `WireError` when refused."""
        if self.closed.is_set():
            raise WireError(f"{command}: the connection is closed")
        seq = next(self._seq)
        answer: asyncio.Future[Body] = asyncio.get_running_loop().create_future()
        self._waiting[seq] = answer
        self._send({"seq": seq, "type": "request", "command": command, "arguments": arguments or {}})
        try:
            message = await asyncio.wait_for(answer, limit)
        except asyncio.TimeoutError:
            raise NoAnswer(f"{command}: no answer in {limit:g} s") from None
        finally:
            self._waiting.pop(seq, None)
        if not message.get("success"):
            said = str(message.get("message"))
            raise WireError(f"{command}: {said[:500]}", said=said)
        return _object(message.get("body"))

    def hang_up(self) -> None:
        """Close our end without waiting."""
        self._writer.close()

    async def close(self) -> None:
        """End the conversation; waiting requests fail."""
        self._pump_task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._pump_task

    def _send(self, message: Body) -> None:
        data = json.dumps(message).encode()
        self._writer.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)

    async def _pump(self) -> None:
        try:
            while (message := await self._read()) is not None:
                self._dispatch(message)
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the end of the conversation, told by `closed`
        finally:
            self.closed.set()
            self.on_closed()
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(WireError("the connection was closed"))
            self._writer.close()

    async def _read(self) -> Body | None:
        length = 0
        while True:
            line = await self._reader.readline()
            if not line:
                return None
            if line in {b"\r\n", b"\n"}:
                break
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                length = int(value)
        if not 0 < length <= MESSAGE_LIMIT:
            raise ValueError("message too long")
        message = json.loads(await self._reader.readexactly(length))
        return _object(message)

    def _dispatch(self, message: Body) -> None:
        kind = message.get("type")
        if kind == "response":
            waiting = self._waiting.get(message.get("request_seq", -1))
            if waiting is not None and not waiting.done():
                waiting.set_result(message)
        elif kind == "event":
            self.on_event(str(message.get("event")), _object(message.get("body")))
        elif kind == "request":
            # nothing that the program's side asks for is done
            answer = {"type": "response", "request_seq": message.get("seq"), "success": False}
            self._send({**answer, "seq": next(self._seq), "command": message.get("command")})


def _object(found: object) -> Body:
    return cast("Body", found) if isinstance(found, dict) else {}


def _send_at_once(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    if sock is not None and sock.family in {socket.AF_INET, socket.AF_INET6}:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

"""The local AWS as an ASGI application: the words for it, and how to ask it something in-process.

It runs inside `.venv-aws`: standard library only.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Coroutine[Any, Any, None]]


async def request(
    app: Application, method: str, path: str, headers: Mapping[str, str], body: bytes
) -> tuple[int, bytes]:
    """The status and the body of the answer, as a server would have them on its port."""
    unread = [{"type": "http.request", "body": body, "more_body": False}]
    answer: list[Message] = []

    async def receive() -> Message:
        return unread.pop() if unread else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        answer.append(message)

    scope: Message = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
    }
    await app(scope, receive, send)
    return status_and_body(answer)


def status_and_body(answer: list[Message]) -> tuple[int, bytes]:
    """Of an answer that was collected: its start, then its body in parts."""
    return answer[0]["status"], b"".join(message.get("body", b"") for message in answer[1:])

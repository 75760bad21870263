"""The server of git-plan, tried with the Model Context Protocol's own Python client.

Two sessions work on one plan at the same time; what each records is there afterwards, and every answer is of the form
that the tool's schema and the protocol promise, since the client checks that.
"""

import asyncio
import os
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

PROGRAM, REPOSITORY = sys.argv[1:]


def server():
    return stdio_client(StdioServerParameters(command=PROGRAM, args=["mcp"], cwd=REPOSITORY, env=dict(os.environ)))


async def call(session, tool, failing=False, **arguments):
    result = await session.call_tool(tool, arguments)
    failed = getattr(result, "is_error", None) or getattr(result, "isError", False)
    text = result.content[0].text
    assert bool(failed) == failing, f"{tool} {arguments}: {text}"
    return text


async def worker(name, count):
    async with server() as streams, ClientSession(*streams) as session:
        await session.initialize()
        for number in range(count):
            await call(session, "record", kind="note", text=f"{name} {number}", why="to see that nothing is lost")


async def main():
    async with server() as streams, ClientSession(*streams) as session:
        await session.initialize()
        tools = (await session.list_tools()).tools
        assert len(tools) <= 8 and all(tool.description and tool.annotations for tool in tools), "few, and explained"
        await call(session, "run", words=["new", "Trial", "--objective", "Try the server"])
        await call(session, "step", do="add", texts=["One", "Two"])
        assert "One" in await call(session, "next")
        assert "completed: One" in await call(session, "step", do="done", steps=["1"], evidence=["seen"])
        assert "hint:" in await call(session, "step", failing=True, do="done", steps=["7"]), "errors say what to do"
        resources = (await session.list_resources()).resources
        assert [str(resource.uri) for resource in resources] == ["plan://trial"]
        view = (await session.read_resource(resources[0].uri)).contents[0].text
        assert "1. [x] One" in view, view
        prompts = (await session.list_prompts()).prompts
        assert [prompt.name for prompt in prompts] == ["start", "resume", "hand-over", "review"]
        for prompt in prompts:
            message = (await session.get_prompt(prompt.name, {"plan": "trial"})).messages[0]
            assert "Try the server" in message.content.text, "each has the brief of the plan"
        await asyncio.gather(worker("left", 8), worker("right", 8))
        view = (await session.read_resource(resources[0].uri)).contents[0].text
        missing = [f"{name} {number}" for name in ("left", "right") for number in range(8) if f"{name} {number}" not in view]
        assert not missing, f"both sessions' notes are in the plan, but for {missing}"
    print("the Python client agrees")


asyncio.run(main())

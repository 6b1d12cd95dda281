"""The controller's own machine, as a target: the same agent, without ssh."""

from __future__ import annotations

from assible.agent import bootstrap
from assible.exceptions import ConnectionLostError, InterpreterError
from assible.transport import payload
from assible.transport.agent_connection import AgentConnection
from assible.transport.connection import Target
from assible.transport.process import AgentProcess

#: What starting an agent may take on top of reaching the host: a slow login, a slow disk.
START_SECONDS = 30.0


async def open_local(target: Target) -> AgentConnection:
    """Start an agent on this machine, as the same user.

    Raises:
        InterpreterError: None of the target's interpreters works.
    """
    source, _ = payload.first_stage()
    script = bootstrap.shell_script(target.interpreters, len(source))
    process = AgentProcess(target.name, ("/bin/sh", "-c", script), None, target.silence_seconds)
    try:
        link, greeting = await process.open(target.timeout_seconds + START_SECONDS)
    except ConnectionLostError as error:
        raise interpreter_error(target, await process.exit_code(), process.stderr) from error
    return AgentConnection(link, greeting, shut=lambda: process.close(link))


def interpreter_error(target: Target, code: int, stderr: str) -> InterpreterError:
    """Return the error for a target on which no interpreter started the agent."""
    tried = ", ".join(target.interpreters)
    if code == bootstrap.NO_INTERPRETER:
        text = f"no usable Python was found on {target.name} (tried: {tried})"
        hint = "set ansible_python_interpreter to the path of a Python 3.6 or later"
    else:
        text = f"Python on {target.name} ended with exit code {code} before the agent started"
        hint = "look at what the interpreter said"
    return InterpreterError(text, hint=f"{hint}; stderr: {stderr[-2000:]}" if stderr else hint)

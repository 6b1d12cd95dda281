"""The linear strategy: all hosts run a task before any runs the next."""

from __future__ import annotations

from assible.engine.play_run import PlayRun


async def run_linear(play: PlayRun) -> None:
    """Run a batch task by task; hosts that stand elsewhere (a rescue, an include) take turns in playbook order."""
    while True:
        active = play.active()
        if not active:
            return
        order = min(host.position.order for host in active if host.position is not None)
        await play.step([host for host in active if host.position is not None and host.position.order == order])

"""Long jobs that outlive the agent and the controller: ``async``.

The job's state is a JSON file with the keys that ``async_status`` reads: ``started``, ``finished``, ``ansible_job_id``,
``results_file``; when the job ends, the module's own result joins them.
"""

import json
import os
import time

from assible.agent import current, processes, runner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List

POLL_SECONDS = 0.2


def launch(detach: "Dict[str, Any]", module: "Callable[[], int]", tmp: str) -> int:
    """Start the job as a daemon, and report that it has started.

    Args:
        detach: ``jid``, ``dir`` for the state files, ``timeout`` in seconds (none: no limit).
        module: What runs.
        tmp: A directory to remove when the job has ended; may be empty.
    """
    directory = os.path.expanduser(detach["dir"])
    os.makedirs(directory, 0o700, exist_ok=True)
    path = os.path.join(directory, detach["jid"])
    begun = {"started": 1, "finished": 0, "ansible_job_id": detach["jid"], "results_file": path}
    _write_state(path, begun)
    if os.fork() == 0:
        _daemon(begun, path, module, detach.get("timeout"), tmp)
    os.write(current.result_fd or 1, json.dumps(begun).encode("ascii"))
    return 0


def _daemon(begun: "Dict[str, Any]", path: str, module: "Callable[[], int]", timeout: "Any", tmp: str) -> None:
    """Watch over the job, write its result, and never return."""
    try:
        os.setsid()
        _let_go()
        outputs = [path + suffix for suffix in (".out", ".err", ".res")]
        pid = os.fork()
        if pid == 0:
            _run(module, outputs)
        problem = _wait(pid, timeout)
        result = _result(begun, outputs, problem)
        _write_state(path, result)
        for output in outputs:
            runner.remove_tree(output)
        if tmp:
            runner.remove_tree(tmp)
    finally:
        os._exit(0)


def _let_go() -> None:
    """Give up the agent's pipes, so that the request that started the job is over."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    if current.result_fd is not None:
        os.close(current.result_fd)
        current.result_fd = None


def _run(module: "Callable[[], int]", outputs: "List[str]") -> None:
    code = 1
    try:
        os.setsid()
        descriptors = [os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600) for path in outputs]
        os.dup2(descriptors[0], 1)
        os.dup2(descriptors[1], 2)
        current.result_fd = descriptors[2]
        code = module()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # foreign code may raise anything; its traceback becomes part of the job's result
        runner._print_traceback()
    finally:
        try:
            runner.flush()
        except (OSError, ValueError, AttributeError):
            pass
        os._exit(code & 0xFF)


def _wait(pid: int, timeout: "Any") -> str:
    end = time.monotonic() + float(timeout) if timeout else None
    while True:
        if os.waitpid(pid, os.WNOHANG if end else 0)[0]:
            return ""
        if end is not None and time.monotonic() > end:
            processes.kill_tree(pid)
            os.waitpid(pid, 0)
            return "the job was ended because it ran longer than {} seconds".format(timeout)
        time.sleep(POLL_SECONDS)


def _result(begun: "Dict[str, Any]", outputs: "List[str]", problem: str) -> "Dict[str, Any]":
    texts = []
    for path in outputs:
        with open(path, "rb") as stream:
            texts.append(stream.read(runner.DEFAULT_OUTPUT_LIMIT).decode("utf-8", "replace"))
    job = {"started": 1, "finished": 1, "ansible_job_id": begun["ansible_job_id"]}
    if problem:
        return dict(job, failed=True, msg=problem, stdout=texts[0], stderr=texts[1])
    text = texts[2] or texts[0]
    try:
        result = json.loads(text[text.index("{") : text.rindex("}") + 1])
    except ValueError:
        return dict(job, failed=True, msg="the module gave no result", outdata=texts[0], stderr=texts[1])
    if texts[1] and "stderr" not in result:
        result["stderr"] = texts[1]
    return dict(result, **job)


def _write_state(path: str, state: "Dict[str, Any]") -> None:
    """Write the state in one step: a reader sees the old one or the new one."""
    draft = path + ".tmp"
    with open(draft, "w") as stream:
        json.dump(state, stream)
    os.rename(draft, path)

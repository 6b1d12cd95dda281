"""The pages about the API: every example runs, and the list of classic names is what is there."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import runpy
import sys
from pathlib import Path

import pytest

import assible

ROOT = Path(__file__).resolve().parents[2]
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
INVENTORY = {"all": {"hosts": {"web1": LOCAL, "web2": LOCAL}}}
SITE = """
- name: site
  hosts: all
  gather_facts: false
  tasks:
    - name: say
      debug: msg="{{ release | default('none') }}"
      tags: [deploy]
    - name: run
      command: echo done
"""


def blocks(page: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", (ROOT / "docs" / page).read_text(), re.M | re.S)


@pytest.fixture
def names(tmp_path, monkeypatch):
    """What the examples of a page have to begin with."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site.yml").write_text(SITE)
    return {"inventory": INVENTORY, "assible": assible, "__name__": "example"}


def run_block(text: str, title: str, names: dict) -> None:
    exec(compile(text, title, "exec", dont_inherit=True), names)


@pytest.mark.parametrize("page", ["getting-started-api.md", "events.md", "threads-and-asyncio.md"])
def test_the_examples_of_a_page_run_one_after_the_other(page, names, capsys):
    for number, text in enumerate(blocks(page), 1):
        run_block(text, f"{page}, example {number}", names)
    assert number >= 4


def recipes() -> list[tuple[str, str]]:
    text = (ROOT / "docs" / "cookbook.md").read_text()
    return re.findall(r"^## (.*?)\n.*?^```python\n(.*?)^```", text, re.M | re.S)


@pytest.mark.parametrize(("title", "text"), [recipe for recipe in recipes() if "fastapi" not in recipe[1]])
def test_a_recipe_runs(title, text, names, capsys):
    run_block(text, title, names)


def test_the_recipe_of_a_progress_bar_draws_every_step(names, capsys):
    (text,) = [text for title, text in recipes() if "progress" in title]
    run_block(text, "progress", names)
    told = capsys.readouterr().err
    assert "] 1/6 web1: drain" in told
    assert "[##############################] 6/6 web2: check" in told


def test_the_recipe_for_fastapi_answers_and_streams(names):
    pytest.importorskip("fastapi")
    (text,) = [text for title, text in recipes() if "FastAPI" in title]
    run_block(text, "fastapi", names)
    uptime, lines = asyncio.run(asked(names["app"]))
    assert set(uptime) == {"web1", "web2"}
    kinds = [json.loads(line)["kind"] for line in lines]
    assert (kinds[0], kinds[-1]) == ("run_started", "run_stats")


async def asked(app) -> tuple[dict, list[str]]:
    """Call an ASGI application as a server would: start it, ask twice, and end it."""
    async with app.router.lifespan_context(app):
        return json.loads(await call(app, "GET", "/uptime")), (await call(app, "POST", "/deploy/1.4")).splitlines()


async def call(app, method: str, path: str) -> str:
    body: list[bytes] = []
    never = asyncio.Event()

    async def receive() -> dict:
        if not body and not receive.asked:
            receive.asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await never.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200
        body.append(message.get("body", b""))

    receive.asked = False
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path, "scheme": "http",
        "raw_path": path.encode(), "query_string": b"", "headers": [], "root_path": "", "client": None, "server": None,
    }  # fmt: skip
    await app(scope, receive, send)
    return b"".join(body).decode()


# -- the examples that are files


@pytest.fixture
def hosts_file(tmp_path):
    path = tmp_path / "hosts.ini"
    path.write_text(
        f"[all:vars]\nansible_connection=local\nansible_python_interpreter={sys.executable}\n[web]\nweb1\nweb2\n"
    )
    return str(path)


@pytest.mark.parametrize("example", ["uptime", "uptime_classic"])
def test_an_example_asks_every_host(example, hosts_file, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [example, hosts_file])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "examples" / f"{example}.py"), run_name="__main__")
    assert ended.value.code == 0
    assert sorted(line.split(":")[0] for line in capsys.readouterr().out.splitlines()) == ["web1", "web2"]


def test_the_classic_example_runs_under_the_name_ansible_too(hosts_file, tmp_path, monkeypatch, capsys):
    if importlib.util.find_spec("ansible") is not None and "assible" not in importlib.import_module("ansible").__name__:
        pytest.skip("ansible-core is installed here")
    text = (ROOT / "examples" / "uptime_classic.py").read_text()
    (tmp_path / "program.py").write_text(text.replace("from assible", "from ansible"))
    monkeypatch.setattr(sys, "argv", ["program", hosts_file])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(tmp_path / "program.py"), run_name="__main__")
    assert ended.value.code == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


# -- the list of classic names


def test_the_list_of_classic_names_is_what_is_there():
    spec = importlib.util.spec_from_file_location("classic_names", ROOT / "docs" / "classic_names.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text() == module.page(), "run `python docs/classic_names.py` and commit what it writes"

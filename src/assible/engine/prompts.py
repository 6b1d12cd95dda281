"""``vars_prompt``: ask for variables before a play begins."""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING, Any, Final

from assible.engine.variables import PlayVariables
from assible.exceptions import UsageError
from assible.model.play import Play, Prompt
from assible.model.text import is_templated, source_text
from assible.templating.scope import Scope

if TYPE_CHECKING:
    from assible.engine.run import Run

SALT_CHARACTERS: Final = string.ascii_letters + string.digits + "./"


def ask_prompts(run: Run, play: Play, variables: PlayVariables) -> None:
    """Ask for what ``vars_prompt`` names, unless an extra variable says it already.

    Raises:
        UsageError: There is nobody to ask, and no default.
    """
    answers: dict[str, Any] = {}
    for prompt in play.vars_prompt:
        if prompt.name in variables.extra:
            continue
        answers[prompt.name] = _answer(run, prompt, variables)
    if answers:
        variables.prompts = answers


def _answer(run: Run, prompt: Prompt, variables: PlayVariables) -> Any:
    default = run.render_play_value(prompt.default, variables) if is_templated(prompt.default) else prompt.default
    text = run.render_play_value(prompt.prompt, variables) if is_templated(prompt.prompt) else prompt.prompt
    shown = str(text) if text else f"{prompt.name}"
    if default is not None:
        shown += f" [{default}]"
    answer = _ask(run, prompt, shown + ": ", default)
    if prompt.encrypt:
        answer = _encrypted(run, prompt, answer)
    return str(answer) if prompt.unsafe or not isinstance(answer, str) else source_text(answer)


def _ask(run: Run, prompt: Prompt, text: str, default: Any) -> Any:
    if run.services.ask is None:
        if default is None:
            raise UsageError(f"vars_prompt asks for '{prompt.name}', but nobody can be asked", hint="give it with -e")
        return default
    while True:
        answer = run.services.ask(text, prompt.private)
        if not prompt.confirm or answer == run.services.ask("confirm " + text, prompt.private):
            return answer if answer else (default if default is not None else answer)
        run.warn("the two entries did not match; once more")


def _encrypted(run: Run, prompt: Prompt, answer: Any) -> str:
    salt = prompt.salt
    if salt is None and prompt.salt_size:
        salt = "".join(secrets.choice(SALT_CHARACTERS) for _ in range(prompt.salt_size))
    values = {"value": str(answer), "kind": prompt.encrypt, "salt": salt}
    arguments = "kind, salt=salt" if salt else "kind"
    return str(run.services.templar.evaluate(f"value | password_hash({arguments})", Scope((values,))))

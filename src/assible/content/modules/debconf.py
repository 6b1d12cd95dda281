"""Answer debconf's questions ahead (documented as ``ansible.builtin.debconf``).

Answers reach debconf by its standard input alone, and a password that it knows is read the same way: none is ever among
a program's arguments or in the result.
"""

from assible.agent.toolkit import debian
from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

KINDS = ("boolean", "error", "multiselect", "note", "password", "seen", "select", "string", "text", "title")
SPEC: "Dict[str, Dict[str, Any]]" = {
    "name": {"type": "str", "required": True, "aliases": ["pkg"]},
    "question": {"type": "str", "aliases": ["selection", "setting"]},
    "vtype": {"type": "str", "choices": list(KINDS)},
    "value": {"type": "raw", "aliases": ["answer"]},
    "unseen": {"type": "bool", "default": False},
}
TOGETHER = [["question", "vtype", "value"]]
OMITTED = "(password omitted)"


def main() -> None:
    """Tell the answers of a package, or see that one of them is as asked for."""
    module = Module(argument_spec=SPEC, supports_check_mode=True, required_together=TOGETHER)
    params = module.params
    answers = read_answers(module)
    question = params["question"]
    if question is None:
        module.exit_json(changed=False, msg="", current=answers)
    if params["vtype"] == "password" and params["value"]:
        module.no_log_values.add(str(params["value"]))
    try:
        wanted = answer_text(params["vtype"], params["value"])
    except ValueError as error:
        module.fail_json(msg="'value' of {}: {}".format(question, error))
    if is_answered(params["vtype"], params["value"], wanted, present_answer(module, answers)):
        module.exit_json(changed=False, msg="", current=answers)
    told = "" if module.check_mode else set_answer(module, wanted)
    before = {question: answers[question]} if question in answers else dict(answers, **{question: ""})
    current = {question: OMITTED if params["vtype"] == "password" else wanted}
    result: "Dict[str, Any]" = {"current": current, "previous": before}
    if module._diff:
        result["diff"] = {"before": before, "after": dict(before, **current)}
    module.exit_json(changed=True, msg=told, **result)


def read_answers(module: Module) -> "Dict[str, str]":
    """Ask debconf for all answers of the package, passwords left out."""
    argv = [module.get_bin_path("debconf-show", True) or "debconf-show", module.params["name"]]
    rc, stdout, stderr = debian.run(module, argv)
    if rc != 0:
        module.fail_json(msg="debconf cannot be read: {}".format(stderr.strip()), rc=rc, stdout=stdout, stderr=stderr)
    return parse_answers(stdout)


def parse_answers(text: str) -> "Dict[str, str]":
    """Return question -> answer, of lines such as ``* locales/default: C``; a star says that it was shown."""
    found = {}
    for line in text.splitlines():
        question, colon, answer = line.lstrip("*").strip().partition(":")
        if colon:
            found[question] = answer.strip()
    return found


def answer_text(kind: str, value: "Any") -> str:
    """Return an answer as debconf writes it.

    Raises:
        ValueError: The value is none of this kind.
    """
    if isinstance(value, list):
        if kind != "multiselect":
            raise ValueError("only an answer of the type 'multiselect' may be a list")
        return ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        raise ValueError("an answer is no mapping")
    text = str(value)
    return text.lower() if kind in ("boolean", "seen") and text.lower() in ("true", "false") else text


def is_answered(kind: str, value: "Any", wanted: str, present: "Optional[str]") -> bool:
    """Tell whether debconf has the answer; the order of a list that was given as one does not count."""
    if present is None:
        return False
    if kind == "multiselect" and isinstance(value, list):
        return sorted(str(one) for one in value) == sorted(one.strip() for one in present.split(",") if one.strip())
    return present == wanted


def present_answer(module: Module, answers: "Dict[str, str]") -> "Optional[str]":
    """Return what debconf has where the answer belongs: the value, or the flag that it was seen."""
    params = module.params
    question = params["question"]
    if params["vtype"] == "password":
        return communicate(module, "GET {}".format(question)) if question in answers else None
    if params["vtype"] == "seen":
        return communicate(module, "FGET {} seen".format(question))
    return answers.get(question)


def communicate(module: Module, command: str) -> "Optional[str]":
    """Return the answer to a command of debconf's own protocol; None where it has none."""
    argv = [module.get_bin_path("debconf-communicate", True) or "debconf-communicate", module.params["name"]]
    _, stdout, _ = module.run_command(argv, data=command, environ_update=debian.ENVIRONMENT)
    code, _, text = stdout.partition("\n")[0].partition(" ")
    return text if code == "0" else None


def set_answer(module: Module, wanted: str) -> str:
    """Give debconf the answer; return what it says."""
    params = module.params
    argv = [module.get_bin_path("debconf-set-selections", True) or "debconf-set-selections"]
    argv += ["--unseen"] if params["unseen"] else []
    line = " ".join([params["name"], params["question"], params["vtype"], wanted])
    rc, stdout, stderr = module.run_command(argv, data=line, environ_update=debian.ENVIRONMENT)
    if rc != 0:
        module.fail_json(msg="the answer was not taken: {}".format(stderr.strip()), rc=rc, stdout=stdout, stderr=stderr)
    return str(stderr)


if __name__ == "__main__":
    main()

"""Answer, to show that a target can be used (documented as ``ansible.builtin.ping``)."""

from assible.agent.toolkit.module import Module

KEEPS_CLEAN = True
SPEC = {"data": {"type": "str", "default": "pong"}}


def main() -> None:
    """Return ``ping: pong``, or the text that was given."""
    module = Module(argument_spec=SPEC, supports_check_mode=True)
    if module.params["data"] == "crash":
        raise Exception("boom")
    module.exit_json(ping=module.params["data"])


if __name__ == "__main__":
    main()

"""Ask hosts how long they have been up, with Assible's own API.

python examples/uptime.py web1,web2
python examples/uptime.py hosts.ini
"""

from __future__ import annotations

import sys

import assible


def main(inventory: str) -> int:
    """Print a line for each host; return 1 where one could not be asked."""
    result = assible.run_module("command", "uptime", hosts="all", inventory=inventory)
    for answer in result.results():
        text = answer.data.get("stdout") or answer.data.get("msg", "")
        print(f"{answer.host}: {answer.status}: {text.strip()}")
    return 0 if result.ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "localhost,"))

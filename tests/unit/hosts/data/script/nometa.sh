#!/bin/sh
case "$1" in
--list) echo '{"web": {"hosts": ["h1:2222", "h2"]}, "db": ["h3"], "empty": {}}' ;;
--host) if [ "$2" = h2 ]; then echo "oops" >&2; echo '{"a": 2, "who": "'$2'"}'; else echo "{}"; fi ;;
esac

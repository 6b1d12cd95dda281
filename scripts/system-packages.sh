#!/bin/sh
# Install what is missing of the system's packages: as root with apt-get, else say what to do.
#   system-packages.sh WHAT...    venv: to make a Python environment; ssh: an OpenSSH server and sudo; test: what tests try
set -eu

missing=""
need() { # PROGRAM PACKAGE
    command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || missing="$missing $2"
}

for what in "$@"; do
    case $what in
    venv) "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv" ;;
    ssh)
        need sshd openssh-server
        need ssh openssh-client
        need sudo sudo
        ;;
    test)
        need file file
        need git git
        need crontab cron
        need iptables iptables
        need unzip unzip
        need zstd zstd
        need xz xz-utils
        need bzip2 bzip2
        need openssl openssl
        need unshare util-linux
        [ -x /lib/systemd/systemd ] || missing="$missing systemd"
        ;;
    *)
        echo "unknown: $what" >&2
        exit 2
        ;;
    esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086  # a list of package names
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "these packages are missing:$missing" >&2
    echo "install them first, e.g.: sudo apt-get install$missing" >&2
    exit 1
fi

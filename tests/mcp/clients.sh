#!/bin/sh
# Tries `git plan mcp` with clients that others wrote: the Python SDK and the Inspector, which it installs below target/.
# Usage: tests/mcp/clients.sh PROGRAM PYTHON
set -eu
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
python=$2
here=$(cd "$(dirname "$0")" && pwd)
tools=$(cd "$here/../.." && pwd)/target/mcp

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.org
export GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.org
git init --quiet "$scratch"

"$python" "$here/python_client.py" "$program" "$scratch"

mkdir -p "$tools"
npm install --silent --no-audit --no-fund --prefix "$tools" @modelcontextprotocol/inspector@0.15.0
cd "$scratch"
inspect() { "$tools/node_modules/.bin/mcp-inspector" --cli "$program" mcp "$@"; }
expect() { case $1 in *"$2"*) ;; *) printf 'clients: expected %s in:\n%s\n' "$2" "$1" >&2; exit 1 ;; esac; }
expect "$(inspect --method tools/list)" '"readOnlyHint": true'
expect "$(inspect --method tools/call --tool-name step --tool-arg do=add --tool-arg 'texts=["By the Inspector"]')" 'By the Inspector'
expect "$(inspect --method tools/call --tool-name read --tool-arg what=view)" 'By the Inspector'
expect "$(inspect --method resources/read --uri plan://trial)" 'By the Inspector'
expect "$(inspect --method prompts/list)" '"hand-over"'
echo "the Inspector agrees"

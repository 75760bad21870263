#!/bin/sh
# Builds and installs git-plan, then plays a day with a plan in a scratch repository: a Markdown plan is taken in, two
# agents work on it at once, a decision gives way to a better one, and the path to it is read back. Nothing is left.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

command -v git >/dev/null || { echo "demo: git is needed" >&2; exit 1; }
command -v cargo >/dev/null || { echo "demo: cargo is needed" >&2; exit 1; }
cargo install --quiet --locked --path "$here/crates/cli" ${GIT_PLAN_ROOT:+--root "$GIT_PLAN_ROOT"}
PATH="${GIT_PLAN_ROOT:-${CARGO_INSTALL_ROOT:-${CARGO_HOME:-$HOME/.cargo}}}/bin:$PATH"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.org
export GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.org
git init --quiet .

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() { printf '\033[36m$ %s\033[0m\n' "$*"; "$@"; }
[ -t 1 ] || { say() { printf '\n%s\n' "$*"; }; run() { printf '$ %s\n' "$*"; "$@"; }; }

say "1. Take in a plan that somebody wrote as Markdown"
run git plan import --slug limits "$here/docs/examples/rate-limits.md"

say "2. Start the next step, and record what was decided, and why"
run git plan step start 3 -m "The bucket is tested"
run git plan decide "Keep the buckets in Redis" --because "Three servers must agree on a client's rate" \
    --trade-off "One more round trip for each request"

say "3. Two agents write at the same time, ten events each"
agent() { for i in 1 2 3 4 5 6 7 8 9 10; do GIT_PLAN_AGENT=$1 git plan note --label "$1" "observation $i" >/dev/null; done; }
before=$(git rev-list --count refs/plans/limits)
agent scout & agent builder & wait
after=$(git rev-list --count refs/plans/limits)
echo "$((after - before)) of 20 events are in the plan"
[ "$((after - before))" = 20 ] || { echo "demo: events were lost" >&2; exit 1; }

say "4. A measurement turns a decision over; the old one stays on record"
run git plan discover "Redis adds 9 ms to each request" --evidence "p50 of 10,000 requests"
run git plan decide "Keep the buckets in memory and divide the limit by three" \
    --because "The balancer spreads clients evenly" --supersedes 2 --caused-by "discovery 2"
run git plan step done 3

say "5. Where it stands"
run git plan status

say "6. How it came to this: the decisions, and the path that led to one"
run git plan decisions --no-pager
run git plan why "decision 3" --no-pager

say "7. The same in the Markdown"
git plan show --raw | sed -n '/^## Decision Log/,/^## Outcomes/p' | sed '$d'

say "8. It is all in git"
run git --no-pager log --oneline -5 plans/limits
run git fsck --strict --no-dangling --no-progress
run git plan verify
echo
echo "Try it: git plan new \"My plan\" in a repository of yours, then git plan --help."

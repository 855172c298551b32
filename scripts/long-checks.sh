#!/usr/bin/env bash
# The check before a release: minutes to an hour, all in release mode. Needs only cargo.
#   KTH-SP2-1996-2.1-cln.swf.gz (Parallel Workloads Archive) in $XPUSIM_TRACES, or in its folder swf, is replayed whole.
set -euo pipefail
exec </dev/null
cd "$(dirname "$0")/.."

heading() { printf '\n== %s\n' "$*"; }

cargo build --release
xpusim="$PWD/target/release/xpusim"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

heading 'theory: 60 replications of 500,000 tasks'
"$xpusim" verify --replications 60 --tasks 500000

heading 'memory must not grow with the number of tasks'
cat >"$scratch/many.json" <<'JSON'
{"name": "many",
 "cluster": {"nodes": [{"name": "n", "units": [{"device": "gpu-generic", "count": 100}]}]},
 "workload": [{"source": "synthetic", "count": 1000000,
   "arrivals": {"process": "poisson", "rate": 80},
   "tasks": [{"runs_on": ["gpu"], "duration": {"dist": "exponential", "mean": 1}}]}]}
JSON
peak() { # tasks -> bytes, as the run's own manifest tells
  "$xpusim" run "$scratch/many.json" --quiet --summary-only --set "workload.0.count=$1" --out "$scratch/many-$1"
  sed -n 's/.*"peak_memory_bytes": \([0-9]*\).*/\1/p' "$scratch/many-$1/manifest.json"
}
million="$(peak 1000000)"
ten_million="$(peak 10000000)"
if [ -z "$million" ] || [ -z "$ten_million" ]; then
  echo 'this system does not tell how much memory a process used: skipped'
else
  echo "1e6 tasks: $million bytes, 1e7 tasks: $ten_million bytes"
  # A tenth more is noise of the allocator; ten times more is what we look for.
  if [ "$ten_million" -gt $((million + million / 10)) ]; then
    echo 'memory grows with the number of tasks' >&2
    exit 1
  fi
fi

heading 'a whole log, every scheduler with reservations, invariants checked'
name='KTH-SP2-1996-2.1-cln.swf.gz'
log=''
for folder in "${XPUSIM_TRACES:-}" "${XPUSIM_TRACES:-}/swf"; do
  if [ -n "${XPUSIM_TRACES:-}" ] && [ -f "$folder/$name" ]; then log="$folder/$name"; fi
done
if [ -z "$log" ]; then
  echo "$name is not in \$XPUSIM_TRACES: skipped"
else
  for scheduler in fifo easy easy-sjbf conservative; do
    "$xpusim" replay "$log" --format swf --scheduler "$scheduler" --check --quiet --summary-only --out "$scratch/$scheduler"
    "$xpusim" replay "$log" --format swf --scheduler "$scheduler" --jobs 1 --quiet --summary-only --out "$scratch/$scheduler-again"
    cmp "$scratch/$scheduler/summary.json" "$scratch/$scheduler-again/summary.json"
    echo "$scheduler: invariants hold, and again the same bytes"
  done
fi

heading 'benches'
cargo bench

heading 'all good'

#!/usr/bin/env bash
# The check before a release: minutes to an hour, all in release mode. Needs only cargo.
#   Logs of the Parallel Workloads Archive in $XPUSIM_TRACES, or in its folder swf, are replayed whole: KTH-SP2, SDSC-SP2,
#   CTC-SP2, SDSC-BLUE.
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

heading 'shipped results are what their commands give'
scripts/results.sh --check

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

heading 'whole logs to the end, invariants checked on the first'
find_log() { # name -> path, or nothing
  if [ -n "${XPUSIM_TRACES:-}" ]; then
    for folder in "$XPUSIM_TRACES" "$XPUSIM_TRACES/swf"; do
      if [ -f "$folder/$1" ]; then echo "$folder/$1"; return; fi
    done
  fi
}
count() { # folder status -> how many tasks
  awk -v name="\"tasks.$2\":" '$1 == name { getline; gsub(/[^0-9.]/, "", $2); print int($2); exit }' "$1/summary.json"
}
kth='KTH-SP2-1996-2.1-cln.swf.gz'
for name in "$kth" sdsc-sp2-sc15.swf.gz ctc-sp2-sc15.swf.gz sdsc-blue-sc15.swf.gz; do
  log="$(find_log "$name")"
  if [ -z "$log" ]; then
    echo "$name is not in \$XPUSIM_TRACES: skipped"
    continue
  fi
  for scheduler in fifo sjf fifo-greedy sjf-greedy easy easy-sjbf conservative; do
    check=''
    if [ "$name" = "$kth" ]; then check='--check'; fi
    # shellcheck disable=SC2086 # no word, or one
    "$xpusim" replay "$log" --format swf --scheduler "$scheduler" $check --quiet --summary-only --out "$scratch/$scheduler"
    came="$(count "$scratch/$scheduler" submitted)"
    ended=$(($(count "$scratch/$scheduler" completed) + $(count "$scratch/$scheduler" killed)))
    if [ "$came" -eq 0 ] || [ "$came" -ne "$ended" ]; then
      echo "$name under $scheduler: $came jobs came, $ended were completed or killed" >&2
      exit 1
    fi
    echo "$name under $scheduler: all $came jobs completed or killed"
    if [ "$name" = "$kth" ]; then
      "$xpusim" replay "$log" --format swf --scheduler "$scheduler" --jobs 1 --quiet --summary-only --out "$scratch/$scheduler-again"
      cmp "$scratch/$scheduler/summary.json" "$scratch/$scheduler-again/summary.json"
    fi
  done
done

heading 'benches'
cargo bench

heading 'all good'

#!/usr/bin/env bash
# Makes the shipped results again, by the commands in results/commands.txt; of each folder git keeps summaries and charts.
# With --check it makes them elsewhere, and tells what is no longer what its command gives (exit 1).
set -euo pipefail
cd "$(dirname "$0")/.."

check=''
case "${1:-}" in
  '') ;;
  --check) check=yes ;;
  *) echo "usage: $0 [--check]" >&2; exit 2 ;;
esac

cargo build --release </dev/null
xpusim="$PWD/target/release/xpusim"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

shipped() { # folder -> the files in it that git keeps
  (cd "$1" && find . -type f \( -name summary.json -o -name comparison.json -o -path './plots/*' \) ! -name '*.tmp' | LC_ALL=C sort)
}

differs=0
compare_folders() { # name command: shipped files with those just made
  local file
  for file in $( (shipped "results/$1"; shipped "$scratch/$1") | LC_ALL=C sort -u); do
    if ! cmp -s "results/$1/$file" "$scratch/$1/$file"; then
      echo "results/$1/${file#./} is not what its command gives: xpusim $2" >&2
      differs=1
    fi
  done
}

while read -r folder arguments; do
  case "$folder" in ''|'#'*) continue ;; esac
  if [ -n "$check" ]; then
    out="$scratch/$folder"
  else
    out="results/$folder"
    # A chart that is no longer drawn must not stay.
    rm -rf "$out/plots"
  fi
  # shellcheck disable=SC2086 # words, without blanks inside
  "$xpusim" $arguments --quiet --force --out "$out" </dev/null
  if [ -n "$check" ]; then compare_folders "$folder" "$arguments"; fi
done <results/commands.txt

if [ -n "$check" ]; then
  if [ "$differs" -ne 0 ]; then
    echo 'scripts/results.sh makes all of them anew' >&2
    exit 1
  fi
  echo 'all shipped results are what their commands give'
fi

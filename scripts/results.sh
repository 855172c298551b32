#!/usr/bin/env bash
# Makes the shipped results again: for each scenario a comparison, of which summaries and charts are kept.
set -euo pipefail
exec </dev/null
cd "$(dirname "$0")/.."

cargo build --release
xpusim="$PWD/target/release/xpusim"

compare() { # scenario key=values
  "$xpusim" compare "scenarios/$1.json" --vary "$2" --quiet --force
}
compare dvfs-inference policies.power=performance,ondemand,conservative,schedutil,powersave,energy-optimal
compare power-cap-training cluster.power_cap.share=uniform,proportional,water-filling,priority,marginal
compare llm-memory memory.oom.action=wait,kill,retry
compare edge-burst policies.cloud=never,always,threshold,faster-wins,deadline-aware,spot-then-on-demand
"$xpusim" run scenarios/thermal-day.json --quiet --force

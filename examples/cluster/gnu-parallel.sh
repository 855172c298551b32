#!/usr/bin/env bash
# All shards of a sweep by GNU parallel, on this machine or on others with the same folder and program:
#   gnu-parallel.sh DIR SHARDS [HOSTS]     HOSTS: a file with a host a line, as --sshloginfile takes it
set -euo pipefail
folder="$(cd "${1:?which folder}" && pwd)" shards="${2:?how many shards}"
hosts=()
[ $# -lt 3 ] || hosts=(--sshloginfile "$3")
# A shard that was told to stop, or lost its host, is tried again.
seq 0 $((shards - 1)) | parallel --will-cite --retries 3 --line-buffer "${hosts[@]}" \
  "${XPUSIM:-xpusim}" sweep run "$(printf %q "$folder")" --shard {} --of "$shards" --jobs 1

#!/usr/bin/env bash
# A throw-away Slurm cluster of two nodes on this machine, for tests. It has its own key, its own ports and its own folder,
# wants neither systemd nor control groups, and touches nothing else.
#
#   slurm-test-cluster.sh start DIR [OWNER]   brings it up; it goes down when the process OWNER has gone
#   slurm-test-cluster.sh crash DIR NODE      kills a node (a or b): its daemon, then whatever runs on it
#   slurm-test-cluster.sh repair DIR NODE     the node comes back
#   slurm-test-cluster.sh stop DIR            takes all processes down
#
# Between start and stop: export SLURM_CONF=DIR/slurm.conf
# Debian: apt-get install --no-install-recommends slurmctld slurmd slurm-client munge
set -euo pipefail
PATH="$PATH:/usr/sbin:/sbin"
[ $# -ge 2 ] || { sed -n '2,11p' "$0" >&2; exit 2; }
action="$1"
script="$(cd "$(dirname "$0")" && pwd)/$(basename "$0")"
dir="$(mkdir -p "$2" && cd "$2" && pwd)"
export SLURM_CONF="$dir/slurm.conf"
nodes=(a b)
# Names the cluster's own jobs in their environment.
cluster="test$(printf '%s' "$dir" | cksum | cut -d ' ' -f 1)"

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The first of three ports in a row that nobody listens on.
three_ports() {
  local port
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 10000))
    if is_free "$port" && is_free $((port + 1)) && is_free $((port + 2)); then echo "$port"; return; fi
  done
  echo 'no free ports' >&2
  return 1
}

configure() {
  local port host user
  port="$(three_ports)" host="$(hostname -s)" user="$(id -un)"
  # Short times: a lost node is noticed, and its job queued again, within seconds. RequeueExit brings back shards that
  # were told to stop.
  cat >"$SLURM_CONF" <<CONF
ClusterName=$cluster
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket,cred_expire=5
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
SlurmdParameters=config_overrides
SlurmctldTimeout=60
SlurmdTimeout=10
ReturnToService=2
JobRequeue=1
RequeueExit=75
KillWait=10
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool-%n
SlurmctldPidFile=$dir/controller.pid
SlurmdPidFile=$dir/node-%n.pid
SlurmctldLogFile=$dir/controller.log
SlurmdLogFile=$dir/node-%n.log
CONF
  local i=0 node
  for node in "${nodes[@]}"; do
    i=$((i + 1))
    mkdir -p "$dir/spool-$node"
    echo "NodeName=$node NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + i)) CPUs=1 RealMemory=500" >>"$SLURM_CONF"
  done
  echo "PartitionName=all Nodes=ALL Default=YES State=UP" >>"$SLURM_CONF"
  # From 23.11 on slurmd looks for control groups unless it is told not to; older ones do not know the word.
  case "$(slurmd -V)" in
    'slurm 2'[0-2].* | 'slurm-wlm 2'[0-2].*) ;;
    *) echo 'CgroupPlugin=disabled' >"$dir/cgroup.conf" ;;
  esac
}

ready_nodes() { sinfo --noheader --Node --format %t 2>/dev/null | grep -c -x -E 'idle|mix|alloc' || true; }

start() {
  chmod 755 "$dir"
  mkdir -p "$dir/state"
  configure
  (umask 077 && head -c 128 /dev/urandom >"$dir/munge.key")
  munged --force --socket="$dir/munge.socket" --key-file="$dir/munge.key" --pid-file="$dir/munge.pid" \
    --log-file="$dir/munge.log" --seed-file="$dir/munge.seed" --num-threads=2 >>"$dir/start.log" 2>&1
  # Daemons keep what they are given: whoever reads our output would wait for their end.
  slurmctld -c >>"$dir/start.log" 2>&1
  local node
  for node in "${nodes[@]}"; do slurmd -N "$node" >>"$dir/start.log" 2>&1; done
  # In a session of its own: what kills the owner's whole group must not kill who cleans up.
  if [ -n "${1:-}" ]; then setsid "$BASH" "$script" watch "$dir" "$1" </dev/null >/dev/null 2>&1 & fi
  for _ in $(seq 120); do
    [ "$(ready_nodes)" -lt 2 ] || return 0
    sleep 0.5
  done
  echo 'the nodes did not come up' >&2
  tail -n 5 "$dir"/*.log >&2
  return 1
}

# Goes on until the owner has gone or somebody else has stopped the cluster.
watch_over() {
  while kill -0 "$1" 2>/dev/null && [ -e "$dir/munge.pid" ]; do sleep 1; done
  stop
}

# Processes of jobs of this cluster, on one node where it is given, with the daemons that started them.
job_processes() {
  local entry pid parent
  for entry in /proc/[0-9]*/environ; do
    pid="${entry#/proc/}" pid="${pid%/environ}"
    has "$entry" "SLURM_CLUSTER_NAME=$cluster" || continue
    [ -z "${1:-}" ] || has "$entry" "SLURMD_NODENAME=$1" || continue
    parent="$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$pid/status" 2>/dev/null || true)"
    if [ -n "$parent" ] && grep -q slurmstepd "/proc/$parent/comm" 2>/dev/null; then echo "$parent"; fi
    echo "$pid"
  done
}

# Whether a process that may be gone by now has a variable.
has() { grep -s -q -z -x -F -e "$2" "$1"; }

crash() {
  local pid victims=''
  # A job must run there. Whom to kill is asked before the first of them falls.
  for _ in $(seq 100); do
    victims="$(job_processes "$1")"
    [ -z "$victims" ] || break
    sleep 0.1
  done
  [ -n "$victims" ] || { echo "no job runs on node $1" >&2; return 1; }
  kill -KILL "$(cat "$dir/node-$1.pid")"
  for pid in $victims; do kill -KILL "$pid" 2>/dev/null || true; done
  rm -f "$dir/node-$1.pid"
}

stop() {
  local file pid pids=()
  for file in "$dir"/node-*.pid "$dir/controller.pid" "$dir/munge.pid"; do
    [ -s "$file" ] && pids+=("$(cat "$file")")
  done
  pids+=($(job_processes))
  [ ${#pids[@]} -gt 0 ] || return 0
  kill "${pids[@]}" 2>/dev/null || true
  for _ in $(seq 20); do
    kill -0 "${pids[@]}" 2>/dev/null || break
    sleep 0.25
  done
  for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  rm -f "$dir"/*.pid
}

case "$action" in
  start) start "${3:-}" || { stop; exit 1; } ;;
  crash) crash "${3:?which node}" ;;
  repair) slurmd -N "${3:?which node}" >>"$dir/start.log" 2>&1 ;;
  stop) stop ;;
  watch) watch_over "${3:?whom}" ;; # for `start` itself
  *) echo "unknown: $action" >&2; exit 2 ;;
esac

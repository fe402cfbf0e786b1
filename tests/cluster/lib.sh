# shellcheck shell=bash
# Sourced by the scripts here: where a cluster lives, what its things are called, how its processes are started, recorded and stopped.
#
# A cluster NAME owns: network namespaces km-NAME-cp and km-NAME-n1.., cgroups km-NAME-n1.., and the directory $KSTATE/NAME.
# Its subnets may equal another cluster's, since nothing connects them; give others (KM_*) to clusters that are to reach each other.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
KCACHE=${KCACHE:-/var/cache/nodemesh-kube}       # sources, toolchain, binaries and images; kept between runs
KSTATE=${KSTATE:-/var/tmp/nodemesh-clusters}     # not /tmp: etcd's and containerd's data may outgrow a tmpfs
export KCACHE KSTATE PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

fail() { echo "cluster: $*" >&2; exit 1; }

# select_cluster NAME: sets D and the names and subnets, from the cluster's own record when there is one.
select_cluster() {
    NAME=$1
    [[ $NAME =~ ^[a-z0-9][a-z0-9-]{0,30}$ ]] || fail "the name '$NAME' must be lower-case letters, digits and dashes"
    D=$KSTATE/$NAME PREFIX=km-$NAME
    if [ -f "$D/env" ]; then . "$D/env"; return; fi
    KM_NODE_NET=${KM_NODE_NET:-10.77.0}          # control plane is .1, node I is .1I
    KM_POD_NET=${KM_POD_NET:-10.78}              # node I has .I.0/24
    KM_SERVICE_NET=${KM_SERVICE_NET:-10.96}      # .0.1 is the API server, .0.10 is DNS
    KM_NODES=${KM_NODES:-0} KM_CONTROLLERS=${KM_CONTROLLERS:-}
}

write_env() {
    printf '%s=%q\n' KM_NODE_NET "$KM_NODE_NET" KM_POD_NET "$KM_POD_NET" KM_SERVICE_NET "$KM_SERVICE_NET" KM_NODES "$KM_NODES" \
        KM_CONTROLLERS "$KM_CONTROLLERS" >"$D/env"
}

# A process id alone may have been given to somebody else since; with its start time it is one process for ever.
start_time() { local s; { read -r s <"/proc/$1/stat"; } 2>/dev/null || return 0; s=${s##*) }; set -- $s; echo "${20}"; }
record() { echo "$2 $(start_time "$2")" >"$D/pids/$1"; }
alive() { local p t; [ -f "$1" ] || return 1; read -r p t <"$1" || return 1; [ -n "$t" ] && [ "$(start_time "$p")" = "$t" ] && ! grep -q '^State:.Z' "/proc/$p/status" 2>/dev/null; }

# gone PIDFILE: the recorded process has certainly ended: a process that exists but cannot be read just now has not.
gone() { local p t now; [ -f "$1" ] || return 1; read -r p t <"$1" || return 1; [ -d "/proc/$p" ] || return 0; now=$(start_time "$p"); [ -n "$now" ] && [ -n "$t" ] && [ "$now" != "$t" ]; }

# launch NAME NETNS COMMAND...: nsenter becomes the command, so the recorded id is its own.
launch() {
    local name=$1 ns=$2; shift 2
    setsid nsenter --net="/run/netns/$ns" "$@" >"$D/log/$name.log" 2>&1 </dev/null 9>&- &
    record "$name" $!
}

# A script that outlives the one that called it (kill -9) must not go on starting things: `down` stops it like any other process.
record_self() { record "script-$1" $$; trap 'rm -f "$D/pids/script-'"$1"'"' EXIT; }

# stop PIDFILE...: TERM, and KILL after 3 s (the API server drains open watches for a minute otherwise).
stop() {
    local f p t left i
    for f in "$@"; do alive "$f" && read -r p t <"$f" && kill "$p" 2>/dev/null || true; done
    for i in $(seq 30); do
        left=; for f in "$@"; do if alive "$f"; then left=1; fi; done
        [ -n "$left" ] || break
        sleep 0.1
    done
    for f in "$@"; do alive "$f" && read -r p t <"$f" && kill -9 "$p" 2>/dev/null || true; done
    for i in $(seq 50); do
        left=; for f in "$@"; do if alive "$f"; then left=1; fi; done
        [ -n "$left" ] || break
        sleep 0.1
    done
    rm -f "$@"
}

in_cp() { nsenter --net="/run/netns/$PREFIX-cp" "$@"; }
kubectl_admin() { in_cp kubectl --kubeconfig "$D/pki/admin.kubeconfig" "$@"; }
api() { in_cp curl -sf --max-time 5 --cacert "$D/pki/ca.crt" --cert "$D/pki/admin.crt" --key "$D/pki/admin.key" "https://$KM_NODE_NET.1:6443$1"; }

# until_true SECONDS COMMAND...: runs it every 0.1 s until it succeeds.
until_true() { local end=$((SECONDS + $1)); shift; until "$@" >/dev/null 2>&1; do [ "$SECONDS" -lt "$end" ] || return 1; sleep 0.1; done; }

# Nodes get a directory in every hierarchy of control groups. The machine's own mounts serve where they are hybrid (version 1, and version 2 at unified);
# where they are not, as in containers, we mount the hierarchies ourselves, elsewhere. Where version 2 has taken the controllers, that is refused.
CGROUPS=/sys/fs/cgroup
CONTROLLERS="cpuset cpu cpuacct memory devices freezer blkio pids"
find_cgroups() {
    [ -w /sys/fs/cgroup/memory/cgroup.procs ] && [ -w /sys/fs/cgroup/unified/cgroup.procs ] && return 0
    CGROUPS=$KSTATE/.cgroup
}
mount_cgroups() {
    local c
    [ "$CGROUPS" != /sys/fs/cgroup ] || return 0
    mkdir -p "$CGROUPS"
    for c in $CONTROLLERS; do
        mountpoint -q "$CGROUPS/$c" && continue
        mkdir -p "$CGROUPS/$c"
        mount -t cgroup -o "$c" cgroup "$CGROUPS/$c" 2>/dev/null || { rmdir "$CGROUPS/$c"; fail "the control groups of version 1 cannot be mounted ($c): kubelet 1.20 needs them. Version 2 has that controller here (boot with systemd.unified_cgroup_hierarchy=0), or this container may not mount (run it privileged)"; }
    done
    mountpoint -q "$CGROUPS/systemd" || { mkdir -p "$CGROUPS/systemd" && mount -t cgroup -o none,name=systemd cgroup "$CGROUPS/systemd"; }
    mountpoint -q "$CGROUPS/unified" || { mkdir -p "$CGROUPS/unified" && mount -t cgroup2 cgroup2 "$CGROUPS/unified"; }
}
# What we mounted goes with the last cluster. Under the lock of `up`, which makes a cluster's directory before it looks at the mounts.
release_cgroups() {
    local c
    [ "$CGROUPS" != /sys/fs/cgroup ] && [ -d "$CGROUPS" ] || return 0
    {
        flock 6
        if ! compgen -G "$KSTATE/*/" >/dev/null; then
            for c in "$CGROUPS"/*/; do umount "$c" 2>/dev/null || true; rmdir "$c" 2>/dev/null || true; done
            rmdir "$CGROUPS" 2>/dev/null || true
        fi
    } 6>"$KSTATE/.lock"
}
find_cgroups

# can_run_nodes: says why not, where this machine cannot run a node.
can_run_nodes() {
    [ "$(id -u)" -eq 0 ] || { echo "nodes need root"; return 1; }
    [ "$(uname -m)" = x86_64 ] || { echo "nodes need x86_64"; return 1; }
    command -v apt-get >/dev/null || { echo "nodes need Debian's packages (apt-get)"; return 1; }
    local reason
    reason=$(unshare --mount --net --pid --uts --ipc --cgroup --fork --propagation private true 2>&1) || { echo "namespaces cannot be made here, which takes CAP_SYS_ADMIN: $reason"; return 1; }
    if ! reason=$( (mount_cgroups) 2>&1 ); then echo "${reason#cluster: }"; release_cgroups; return 1; fi
    release_cgroups
}

# need_packages PACKAGE...: installs what is missing, without starting a daemon.
need_packages() {
    local p missing=() made=
    for p in "$@"; do dpkg -s "$p" >/dev/null 2>&1 || missing+=("$p"); done
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$(id -u)" -eq 0 ] || fail "missing packages: ${missing[*]} (run as root)"
    echo "installing ${missing[*]}"
    # Debian starts a daemon when its package is installed, where there is an init system; this file forbids it.
    [ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d; made=1; }
    {
        flock 7
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    } 7>/tmp/apt.lock
    [ -z "$made" ] || rm -f /usr/sbin/policy-rc.d
}

# need_binaries COMPONENT...: builds what the cache lacks; one build at a time, low priority.
need_binaries() {
    local c missing=()
    mkdir -p "$KCACHE/bin"
    for c in "$@"; do [ -x "$KCACHE/bin/$c" ] || missing+=("$c"); done
    [ ${#missing[@]} -gt 0 ] || return 0
    need_packages dpkg-dev debian-archive-keyring
    {
        flock 8
        for c in "${missing[@]}"; do
            [ -x "$KCACHE/bin/$c" ] || nice -n 10 "$HERE/build-kubernetes" "$KCACHE/src" "$KCACHE/bin" "$c"
        done
    } 8>"$KCACHE/lock" 9>&-
}

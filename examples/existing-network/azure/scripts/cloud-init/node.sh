#!/bin/sh
# The node program: makes this machine what its facts say, and keeps it so. Runs from boot to shutdown.
#   in:     $1, a JSON text, the facts (docs/node-facts.md)
#   out:    a line a change on standard output (console and journal); http://127.0.0.1:8765/health
#   needs:  jq, curl, systemd; apt for what an image lacks
# Each step looks first, so all of it may be cut anywhere and run again. It waits as long as the machine lives, and never
# forces. A token or key is never printed, never an argument: it goes through files of mode 0600 on a tmpfs. No value
# becomes code. Sections: saying and asking; secrets; packages; scripts; access; disk; share; engine; swarm; stack; care.
set -u
umask 077
export no_proxy='*' LC_ALL=C DEBIAN_FRONTEND=noninteractive
keep=/var/lib/swarmgen run=/run/swarmgen
mkdir -p "$keep/done" "$run/done"
cd "$run" || exit 1
cp "$1" facts || exit 1
step=facts attempt=0 since=0 why='' said='' # what is done now; since: seconds of uptime

# ---- saying and asking

uptime() { cut -d. -f1 /proc/uptime; }
fact() { jq -r ".$1 // empty" facts; } # a value is never false or null where this is used
debug=$(fact debug)

# say TEXT: a line, unless it was the last one; what health shows as the reason
say() {
    case $* in *SWMTKN*) set -- 'a line with a token was not printed' ;; esac
    why=$*
    echo "$why" >why # for what runs in a subshell
    [ "$said" = "$step $why" ] || echo "node: $(uptime) s: $step: $why"
    said="$step $why"
}
note() { [ "$debug" != true ] || echo "node: $(uptime) s: $step: $*"; }

# report STATE: what the endpoint answers
report() {
    jq -n --arg state "$1" --arg step "$step" --arg why "$why" --argjson attempt "$attempt" --argjson since "$since" \
        '{ApplicationHealthState: $state, step: $step, attempt: $attempt, since: $since, message: $why}' >health.new &&
        mv health.new health
}

pause() { sleep "$1.$(($$ % 10))"; } # not all nodes in the same moment

# ask FILE CURL_ARGUMENT…: one request, its answer to FILE; sets $status (000: none)
ask() {
    file=$1
    shift
    status=$(curl -sS --connect-timeout 5 -m 120 -o "$file" -w '%{http_code}' "$@" 2>error) || status=000
    for url; do :; done
    note "$status ${url%%\?*}"
}

# metadata FILE PATH: asks until it answers; what waiting cannot mend (400) is asked for rarely
metadata() {
    for wait in 2 6 14 30 30 30; do
        ask "$1" -H 'Metadata: true' "http://169.254.169.254/metadata/$2"
        [ "$status" = 200 ] && return
        say "metadata ${2%%\?*}: $status"
        case $status in 404 | 410 | 429 | 5?? | 000) pause $wait ;; *) pause 30 ;; esac
    done
    return 1
}

# ---- secrets

# vault METHOD SECRET: answer in ./secret, for PUT of ./body; sets $status. A secret that holds '-' is not there yet: 404
vault() {
    [ -n "$2" ] || { status=404; return; }
    if [ "$(cat expires 2>/dev/null || echo 0)" -lt $(($(date +%s) + 300)) ]; then
        metadata token "identity/oauth2/token?api-version=2018-02-01&$(jq -r \
            '"resource=\(.vault.resource | @uri)" + (if .clientId then "&client_id=\(.clientId | @uri)" else "" end)' facts)" || return
        jq -r '"Authorization: Bearer \(.access_token)"' token >bearer
        jq -r .expires_on token >expires
        rm -f token
    fi
    case $2 in https://*) url=$2 ;; *) url=$(fact vault.uri)secrets/$2 ;; esac
    case $1 in
    GET) ask secret --header @bearer "$url?api-version=7.4" ;;
    PUT) ask secret --header @bearer -H 'Content-Type: application/json' -X PUT --data-binary @body "$url?api-version=7.4" ;;
    esac
    [ "$status" = 401 ] && rm -f expires
    [ "$status" = 200 ] && jq -e '.value == "-"' secret >/dev/null 2>&1 && status=404
    [ "$status" = 200 ] || say "vault $1 $2: $status $(jq -r '.error | .innererror.code // .code // empty' secret 2>/dev/null)"
}

forget() { rm -f secret body answer header bearer expires token share-key; }

# ---- packages

apt() { (umask 022; apt-get -qq -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 "$@" >apt.log 2>&1 </dev/null); }

# need COMMAND PACKAGE: has the package installed if the command is not there
need() {
    command -v "$1" >/dev/null && return
    say "installing $2"
    apt update
    apt install -y --no-install-recommends "$2" || { say "installing $2: $(tail -n 1 apt.log)"; return 1; }
}

# key_of URL FINGERPRINT FILE: the key of a package repository, only if it is the one key that is expected
key_of() {
    [ -s "$3" ] && return
    need gpg gpg || return
    ask key -L --proto '=https' "$1"
    [ "$status" = 200 ] || { say "key of packages: $status"; return 1; }
    [ "$(gpg --batch --show-keys --with-colons key 2>/dev/null | awk -F: '/^pub/ {p = 1} p && /^fpr/ {print $10; p = 0}')" = "$2" ] ||
        { say "the key at $1 is not the one expected"; return 1; }
    install -D -m 644 key "$3"
}

# repository NAME URL SUITE PART: a source of packages, signed by NAME.asc
repository() {
    echo "deb [arch=$(dpkg --print-architecture) signed-by=/etc/apt/keyrings/$1.asc] $2 $3 $4" >source
    cmp -s source "/etc/apt/sources.list.d/$1.list" || install -m 644 source "/etc/apt/sources.list.d/$1.list"
    apt update || { say "lists of packages: $(tail -n 1 apt.log)"; return 1; }
}

# ---- own scripts

# script: the one in ./own, to its file $own; by its text, or from the web if it has the right SHA-256
script() {
    if jq -e .text own >/dev/null; then
        jq -j .text own >"$own"
        return
    fi
    : >header
    auth=$(jq -r '.authorization // empty' own)
    if [ -n "$auth" ]; then
        vault GET "$auth"
        [ "$status" = 200 ] || return
        jq -r '"Authorization: \(.value)"' secret >header
    fi
    ask "$own" --proto '=https' --header @header "$(jq -r .url own)"
    rm -f header secret
    [ "$status" = 200 ] || { say "$name: $status"; return 1; }
    echo "$(jq -r .sha256 own)  $own" | sha256sum -c --status || { say "$name: its SHA-256 is not the one described"; return 1; }
}

# scripts STAGE: runs them in order; each once in this life, or at this boot; a failure stops only what says so
scripts() {
    for i in $(jq -r ".scripts.$1 // [] | keys[]" facts); do
        jq ".scripts.$1[$i]" facts >own
        mark=$1-$i-$(jq -cS '[.text, .sha256]' own | sha256sum | cut -c1-16) name="script $1 $i"
        if [ -e "$run/done/$mark" ] || { [ -e "$keep/done/$mark" ] && jq -e '.run == "once"' own >/dev/null; }; then continue; fi
        own=$keep/script
        script || return
        chmod 700 "$own"
        case $(head -c 2 "$own") in '#!') set -- "$1" "$own" ;; *) set -- "$1" /bin/sh "$own" ;; esac
        say "$name runs"
        first=again
        [ -e "$keep/done/$mark" ] || first=first
        if (stage=$1 && shift && cd / && umask 022 && SWARM_STAGE=$stage SWARM_BOOT=$first SWARM_NAME=$(jq -r .swarm "$run/facts") \
            SWARM_ROLE=$(jq -r .role "$run/facts") SWARM_POOL=$(jq -r '.pool // ""' "$run/facts") \
            SWARM_INDEX=$(jq -r '.index // ""' "$run/facts") SWARM_FACTS=$run/facts "$@" </dev/null 2>&1); then
            touch "$keep/done/$mark"
        else
            say "$name failed: $?"
            jq -e '.stop == true' own >/dev/null && return 1
        fi
        touch "$run/done/$mark"
    done
    rm -f "$keep/script"
}

# ---- access

# access: SSH with keys only; the operators' keys beside those that the machine was born with
access() {
    admin=$(fact admin)
    [ -n "$admin" ] && [ -d /etc/ssh/sshd_config.d ] || return 0
    printf '%s\n' 'PasswordAuthentication no' 'KbdInteractiveAuthentication no' 'PermitRootLogin no' \
        'AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/swarmgen/%u' >sshd
    if ! cmp -s sshd /etc/ssh/sshd_config.d/00-swarmgen.conf; then
        install -m 644 sshd /etc/ssh/sshd_config.d/00-swarmgen.conf
        mkdir -p /run/sshd
        if sshd -t 2>error; then
            systemctl try-reload-or-restart ssh
        else
            say "sshd refuses its settings: $(head -n 1 error)"
            rm -f /etc/ssh/sshd_config.d/00-swarmgen.conf
        fi
    fi
    vault GET "$(fact secrets.operatorKeys)"
    case $status in 200) jq -r .value secret >keys ;; 404) : >keys ;; *) return ;; esac
    install -d -m 755 /etc/ssh/swarmgen
    cmp -s keys "/etc/ssh/swarmgen/$admin" && return
    install -m 644 keys "/etc/ssh/swarmgen/$admin"
    say "$(grep -c . keys) keys of operators"
}

# ---- disk

# device LUN: the data disk, on machine sizes with SCSI and with NVMe (there its namespace is LUN + 2)
device() {
    for link in "/dev/disk/azure/data/by-lun/$1" "/dev/disk/azure/scsi1/lun$1"; do
        [ -b "$link" ] && readlink -f "$link" && return
    done
    for model in /sys/class/nvme/nvme*/model; do
        grep -qs '^MSFT NVMe Accelerator' "$model" || continue
        controller=${model%/model}
        link=/dev/${controller##*/}n$(($1 + 2))
        [ -b "$link" ] && echo "$link" && return
    done
    return 1
}

# disk: Docker's disk at /var/lib/docker; formatted only if it is blank, refused if it is somebody else's
disk() {
    lun=$(fact dataDisk.lun)
    [ -z "$lun" ] || mountpoint -q /var/lib/docker && return
    dev=$(device "$lun") || { say "no disk at LUN $lun yet"; return 1; }
    label=$(blkid -p -o value -s LABEL "$dev")
    case $?,$label in
    2,) # nothing known is on it
        cmp -s -n 1048576 "$dev" /dev/zero || { say "the disk at LUN $lun is not blank: a person must decide"; return 1; }
        say "formatting $dev"
        mkfs.ext4 -q -m 0 -L swarm-docker "$dev" 2>error || { say "formatting: $(tail -n 1 error)"; return 1; } ;;
    0,swarm-docker) ;;
    *) say "the disk at LUN $lun holds something else: a person must decide"; return 1 ;;
    esac
    stop_engine
    install -d -m 711 /var/lib/docker
    mount -o noatime "$dev" /var/lib/docker 2>error || { say "mounting $dev: $(tail -n 1 error)"; return 1; }
    resize2fs "$dev" >/dev/null 2>&1 # if it was made larger
    say "$dev is Docker's disk"
}

# ---- share

# attach FROM TO OPTIONS: mounts a folder of the share; nothing can be written below while it is not there
attach() {
    mountpoint -q "$2" && return
    mkdir -p "$2" && chattr +i "$2" 2>/dev/null
    mount -t cifs "$1" "$2" -o "$way,vers=3.1.1,serverino,nosharesock,mfsymlinks,actimeo=30,$3" 2>error ||
        { say "mounting $1: $(head -n 1 error)"; return 1; }
    say "$2 is the share"
}

# tickets: what a mount by identity needs (a package of Microsoft, for Ubuntu); sets $way
tickets() {
    if ! command -v azfilesauthmanager >/dev/null; then
        # shellcheck source=/dev/null
        . /etc/os-release
        key_of https://packages.microsoft.com/keys/microsoft.asc BC528686B50D79E339D3721CEB3E94ADBE1229CF \
            /etc/apt/keyrings/microsoft.asc || return
        repository microsoft "https://packages.microsoft.com/$ID/$VERSION_ID/prod" "$VERSION_CODENAME" main || return
        need azfilesauthmanager azfilesauth || return
    fi
    azfilesauthmanager set "https://$(fact share.host)" --imds-client-id "$(fact clientId)" >ticket 2>&1 ||
        { say "ticket for the share: $(tail -n 1 ticket)"; return 1; }
    systemctl enable -q --now azfilesrefresh
    way=sec=krb5,cruid=$(awk '/USER_UID/ {print $NF}' /etc/azfilesauth/config.yaml),username=$(fact clientId)
}

# share: the share of all nodes, and for Traefik's certificates a part of it with modes that it accepts
share() {
    certificates=$keep/traefik path=$(fact share.path)
    if [ -z "$path" ]; then
        mkdir -p "$certificates"
        return
    fi
    serves=$(jq -r 'if .role == "manager" and .stack then 1 else empty end' facts)
    mountpoint -q "$path" && { [ -z "$serves" ] || mountpoint -q "$certificates"; } && return
    need mount.cifs cifs-utils || return
    if ! modprobe -q cifs; then # Ubuntu's kernel for Azure has it in a package of its own
        say 'installing the module cifs'
        apt update
        apt install -y "linux-modules-extra-$(uname -r)" || { say "installing cifs: $(tail -n 1 apt.log)"; return 1; }
    fi
    from=//$(fact share.host)/$(fact share.name)
    if [ "$(fact share.kind)" = identity ]; then
        tickets || return
    else
        vault GET "$(fact secrets.shareKey)"
        [ "$status" = 200 ] || return
        jq -r --slurpfile facts facts '"username=\($facts[0].share.account)\npassword=\(.value)"' secret >share-key
        way=credentials=$run/share-key
    fi
    attach "$from" "$path" dir_mode=0755,file_mode=0755 &&
        { [ -z "$serves" ] || { mkdir -p "$path/traefik" && attach "$from/traefik" "$certificates" dir_mode=0700,file_mode=0600; }; }
    set -- $?
    rm -f share-key secret
    return "$1"
}

# ---- engine

# engine METHOD PATH: sends ./body (GET: nothing), answer in ./answer; sets $status
engine() {
    [ "$1" = GET ] && : >body
    ask answer -X "$1" --unix-socket /run/docker.sock -H 'Content-Type: application/json' --data-binary @body "http://engine/v1.44$2"
}

stop_engine() {
    systemctl stop docker.service docker.socket containerd.service 2>/dev/null
    return 0
}

# install_engine: the engine of the image if its API is new enough (Docker 25), else the one described, from its vendor
install_engine() {
    have=$(dockerd --version 2>/dev/null | sed -n 's/^Docker version \([0-9]*\).*/\1/p')
    [ "${have:-0}" -lt 25 ] || return 0
    [ -z "$have" ] || { say "the image's engine is version $have, too old"; stop_engine; }
    want=$(fact engine.version)
    # shellcheck source=/dev/null
    . /etc/os-release
    key_of "https://download.docker.com/linux/$ID/gpg" 9DC858229FC7DD38854AE2D88D81803C0EBFCD88 /etc/apt/keyrings/docker.asc || return
    repository docker "https://download.docker.com/linux/$ID" "$VERSION_CODENAME" stable || return
    full=$(apt-cache madison docker-ce | awk -v want="5:$want-" 'index($3, want) == 1 {print $3; exit}')
    [ -n "$full" ] || { say "Docker $want is not among the packages for $ID $VERSION_CODENAME"; return 1; }
    say "installing Docker $want"
    apt install -y --no-install-recommends --allow-downgrades "docker-ce=$full" "docker-ce-cli=$full" containerd.io ||
        { say "installing Docker: $(tail -n 1 apt.log)"; return 1; }
    stop_engine # it started without its settings
    apt-mark -qq hold docker-ce docker-ce-cli containerd.io >/dev/null
}

# settings: daemon.json, checked before it is used. A node's labels travel in it; managers read them there
settings() {
    install -d -m 755 /etc/docker
    [ -s /etc/docker/daemon.json ] || echo '{}' >/etc/docker/daemon.json
    jq --slurpfile facts facts '. + {"log-driver": (."log-driver" // "local"),
        labels: ([.labels // [] | .[] | select(startswith("swarmgen.") | not)] + ($facts[0] |
            (.labels // {}) + (if .pool then {pool: .pool} else {} end) + (if .index != null then {manager: "\(.index)"} else {} end) |
            to_entries | map("swarmgen.label.\(.key)=\(.value)")))} | del(."live-restore")' /etc/docker/daemon.json >daemon.json ||
        { say 'daemon.json of the image is not JSON'; return 1; }
    cmp -s daemon.json /etc/docker/daemon.json && return
    dockerd --validate --config-file daemon.json >error 2>&1 || { say "the engine refuses its settings: $(tail -n 1 error)"; return 1; }
    install -m 600 daemon.json /etc/docker/daemon.json
    [ -S /run/docker.sock ] && systemctl reload docker 2>/dev/null
    return 0
}

# guard: containers cannot reach the machine's identity (169.254.169.254), nor Azure's host agent
guard() {
    command -v iptables >/dev/null || return 0
    iptables -w -N DOCKER-USER 2>/dev/null
    for rule in '169.254.169.254' '168.63.129.16 -p tcp -m multiport --dports 80,32526'; do
        # shellcheck disable=SC2086 # several words
        iptables -w -C DOCKER-USER -d $rule -j REJECT 2>/dev/null || iptables -w -I DOCKER-USER -d $rule -j REJECT 2>error ||
            { say "containers are not kept from $rule: $(head -n 1 error)"; return 1; }
    done
}

# start_engine: never before disk and share: so systemd does not start it, this does
start_engine() {
    install_engine || return
    need docker docker-cli || return
    ! systemctl is-enabled -q docker.service 2>/dev/null || systemctl disable -q docker.service docker.socket
    printf '%s\n' '[Unit]' "RequiresMountsFor=/var/lib/docker $(fact share.path)" >unit
    if ! cmp -s unit /run/systemd/system/docker.service.d/swarmgen.conf; then
        install -D -m 644 unit /run/systemd/system/docker.service.d/swarmgen.conf
        systemctl daemon-reload
    fi
    settings && guard || return
    engine GET /_ping
    [ "$status" = 200 ] || systemctl start docker
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        engine GET /_ping
        [ "$status" = 200 ] && guard && return
        sleep 0.5
    done
    say 'the engine does not answer'
    return 1
}

# ---- swarm

# state: sets $state (none: no engine) and $id
state() {
    state=none id=''
    engine GET /info
    [ "$status" = 200 ] && state=$(jq -r .Swarm.LocalNodeState answer) && id=$(jq -r .Swarm.NodeID answer)
}

others() { jq -r --arg me "$me" '.managers[] | select(. != $me)' facts; }

# answers ADDRESS: does anything listen on 2377? curl ends with 7 or 28 if not, with a TLS or HTTP error if so
answers() {
    curl -sk --connect-timeout 2 -m 4 -o /dev/null "https://$1:2377/"
    case $? in 7 | 28) return 1 ;; esac
}

# join: through the first manager that answers, with the token in ./secret
join() {
    for manager in $(others); do
        answers "$manager" || continue
        say "joining through $manager"
        jq --arg to "$manager:2377" --arg me "$me" \
            '{ListenAddr: "0.0.0.0:2377", AdvertiseAddr: $me, RemoteAddrs: [$to], JoinToken: .value}' secret >body
        engine POST /swarm/join
        rm -f body secret
        [ "$status" = 200 ] && return
        say "join through $manager: $status $(jq -r .message answer)"
        return 1
    done
    say 'no manager answers'
    return 1
}

# begin: a new swarm; only the first manager of the facts, only after the vault said that there is none
begin() {
    for manager in $(others); do
        answers "$manager" && say "$manager answers, but the vault holds no token: waiting" && return 1
    done
    jq --arg me "$me" '{ListenAddr: "0.0.0.0:2377", AdvertiseAddr: $me,
        DefaultAddrPool: [.addressPool // "10.10.0.0/16"], SubnetSize: (.subnetSize // 24)}' facts >body
    engine POST /swarm/init
    [ "$status" = 200 ] || { say "new swarm: $status $(jq -r .message answer)"; return 1; }
    say 'a new swarm'
}

# store: makes the vault hold this swarm's tokens, each with the swarm's ID as its tag (one write, so never one without
# the other). The managers' token comes last: while it is missing, no swarm was begun. Fails if something is left to do.
store() {
    engine GET /swarm
    [ "$status" = 200 ] || { say "swarm: $status $(jq -r .message answer)"; return 1; }
    mv answer swarm
    for kind in Worker Manager; do
        name=$(fact "secrets.$(echo $kind | tr WM wm)Token")
        vault GET "$name"
        case $status in 200) ;; 404) echo '{}' >secret ;; *) rm -f swarm; return 1 ;; esac
        case $(jq -rs --arg kind "$kind" '.[0] as $have | .[1] | if ($have.tags.cluster // .ID) != .ID then "foreign"
            elif $have.value == .JoinTokens[$kind] and $have.tags.cluster then "same" else "old" end' secret swarm) in
        same) continue ;;
        foreign) say 'the vault knows another swarm: a person must decide'; rm -f swarm; return 1 ;;
        esac
        jq --arg kind "$kind" '{value: .JoinTokens[$kind], contentType: "join token of the swarm", tags: {cluster: .ID}}' swarm >body
        vault PUT "$name"
        rm -f body
        [ "$status" = 200 ] || { rm -f swarm; return 1; }
        say "stored $name"
    done
    rm -f swarm secret
}

# twins: a manager that was rebuilt has a dead one of the same name, which counts for the quorum: it goes
twins() {
    engine GET /nodes
    [ "$status" = 200 ] || { say "nodes: $status"; return 1; }
    for twin in $(jq -r --arg id "$id" 'map(select(.ID == $id))[0].Description.Hostname as $name |
        .[] | select(.Description.Hostname == $name and .ID != $id) | .ID' answer); do
        docker node demote "$twin" >/dev/null 2>&1
        docker node rm --force "$twin" >/dev/null 2>&1 || { say "$twin, which was this machine before, is still there"; return 1; }
        say "removed $twin, which was this machine before"
    done
}

# member: one look and one deed; fails until this machine is a member and, as a manager, the vault knows the swarm
pending=0
member() {
    state
    [ "$state" = pending ] || pending=0
    case $state in
    active)
        [ "$role" != manager ] || { store && twins; }
        return ;;
    inactive)
        token=$(fact "secrets.${role}Token")
        vault GET "$token"
        case $status,$role,$(fact index) in
        200,*) join && again=1 ;;
        404,manager,0) begin && again=1 ;;
        esac ;;
    pending) # without an ID: a join that timed out and refuses every later one. With one: a member that waits for a
        # quorum, or was removed; the engine tells them apart only in its log, so wait long. Never forced: a manager
        # without quorum must keep its data
        pending=$((pending + 1)) limit=15
        [ -n "$id" ] && limit=300
        say "pending${id:+, member $id waits for a quorum}"
        : >body
        [ $pending -le $limit ] || { engine POST /swarm/leave; say "pending too long, leave: $status"; } ;;
    *) say "the engine says: $state" ;;
    esac
    return 1
}

joined() {
    until again='' && member; do
        [ "$state" = none ] && return 1
        report Unhealthy
        [ -n "$again" ] || pause 2
        attempt=$((attempt + 1))
    done
}

# ---- stack

leads() { engine GET "/nodes/$id" && jq -e '.ManagerStatus.Leader == true' answer >/dev/null 2>&1; }

# named KIND NAME VERSION FILE: has Docker's secret or config NAME-VERSION made of FILE; names it to the compose files
named() {
    docker "$1" inspect "$2-$3" >/dev/null 2>&1 || docker "$1" create -l swarmgen=stack "$2-$3" "$4" >/dev/null 2>error ||
        { say "$1 $2: $(tail -n 1 error)"; return 1; }
    export "STACK_$(echo "$1_$2" | tr 'a-z-' 'A-Z_')=$2-$3"
}

# deploy: in a subshell, since its environment holds values
deploy() {
    for kind in config secret; do # those of earlier deployments; what is in use stays
        # shellcheck disable=SC2046 # several words
        docker $kind rm $(docker $kind ls -q -f label=swarmgen=stack) >/dev/null 2>&1
    done
    for key in $(jq -r '.stack.settings // {} | keys[] | select(test("^STACK_[A-Z0-9_]+$"))' facts); do
        export "$key=$(jq -r --arg key "$key" '.stack.settings[$key]' facts)"
    done
    for key in $(jq -r '.stack.secretSettings // {} | keys[] | select(test("^STACK_[A-Z0-9_]+$"))' facts); do
        vault GET "$(jq -r --arg key "$key" '.stack.secretSettings[$key]' facts)"
        [ "$status" = 200 ] || return
        export "$key=$(jq -r .value secret)"
    done
    for key in $(jq -r '.stack.configs // {} | keys[] | select(test("^[a-z0-9-]+$"))' facts); do
        jq -cS --arg key "$key" '.stack.configs[$key]' facts >config
        named config "$key" "$(sha256sum config | cut -c1-12)" config || return
    done
    for key in $(jq -r '.stack.secrets // {} | keys[] | select(test("^[a-z0-9-]+$"))' facts); do
        vault GET "$(jq -r --arg key "$key" '.stack.secrets[$key]' facts)"
        [ "$status" = 200 ] || return
        version=$(jq -r '.id | split("/")[-1][0:12]' secret)
        jq -j .value secret >value
        named secret "$key" "$version" value || return
    done
    rm -f secret value
    set --
    for i in $(jq -r '.stack.compose | keys[]' facts); do
        jq -j ".stack.compose[$i]" facts >"compose-$i.yml"
        set -- "$@" -c "compose-$i.yml"
    done
    docker stack deploy --detach --prune --resolve-image changed "$@" swarm >stack.log 2>&1 || { say "stack: $(tail -n 1 stack.log)"; return 1; }
    say 'the stack is deployed'
}

# stack: the managers' leader deploys it, when it comes to lead
deployed=
stack() {
    jq -e .stack facts >/dev/null || return 0
    leads || { deployed=''; return 0; }
    [ -z "$deployed" ] || return 0
    (deploy) && deployed=1
    rm -f secret value
    [ -n "$deployed" ] || { why=$(cat why); return 1; }
}

# ---- care

# sign_in: at each registry, once a boot; docker keeps it in root's config.json (0600)
sign_in() {
    for i in $(jq -r '.registries // [] | keys[]' facts); do
        server=$(fact "registries[$i].server")
        [ -e "$run/done/registry-$i" ] && continue
        vault GET "$(fact "registries[$i].secret")"
        [ "$status" = 200 ] || return
        jq -j .value secret | docker login -u "$(fact "registries[$i].username")" --password-stdin "$server" >/dev/null 2>error ||
            { say "sign-in at $server: $(tail -n 1 error)"; return 1; }
        touch "$run/done/registry-$i"
    done
}

pull() {
    for image in $(jq -r '.images // [] | .[]' facts); do
        [ -e "$run/done/images" ] || docker image inspect "$image" >/dev/null 2>&1 && continue
        docker pull -q "$image" >/dev/null 2>pull.log || { say "image $image: $(tail -n 1 pull.log)"; return 1; }
    done
    touch "$run/done/images"
}

# evict: unused images, the oldest first, while Docker's disk is fuller than described
full() { [ "$(df --output=pcent /var/lib/docker | tr -dc 0-9)" -ge "$1" ]; }
evict() {
    limit=$(fact evictImagesAt)
    [ -n "$limit" ] && full "$limit" || return 0
    docker image prune -f >/dev/null 2>&1
    for image in $(docker image ls --format '{{.Repository}}:{{.Tag}}' | grep -v '<none>' | tac); do
        full "$limit" || return 0
        jq -e --arg image "$image" '.images // [] | index($image)' facts >/dev/null ||
            { docker image rm "$image" >/dev/null 2>&1 && say "removed image $image, the disk is full"; }
    done
}

# labels: the leader copies what nodes say in their engines' labels, and removes what it once copied and is gone; it removes
# a worker that is down and whose name another, living one has: it was rebuilt
labels() {
    leads || return 0
    engine GET /nodes
    [ "$status" = 200 ] || return 0
    mv answer nodes
    jq -c '.[] | ((.Spec.Labels // {}) as $have | (.Description.Engine.Labels // {} | with_entries(select(.key | startswith("swarmgen.label.")) | .key |= .[15:])) as $want |
        ($have["swarmgen.labels"] // "" | split(",")) as $copied | ($have | with_entries(select(.key as $key | $copied | index($key) | not)) | del(.["swarmgen.labels"])) + $want
        + (if $want == {} then {} else {"swarmgen.labels": ($want | keys | join(","))} end) | select(. != $have)) as $labels |
        {ID, version: .Version.Index, spec: (.Spec + {Labels: $labels})}' nodes >updates
    while read -r update; do
        printf '%s\n' "$update" | jq .spec >body
        node=$(printf '%s\n' "$update" | jq -r .ID)
        engine POST "/nodes/$node/update?version=$(printf '%s\n' "$update" | jq -r .version)"
        [ "$status" = 200 ] && say "labels of $node"
    done <updates
    for ghost in $(jq -r '. as $all | .[] | select(.Spec.Role == "worker" and .Status.State == "down") | . as $old |
        select(any($all[]; .Description.Hostname == $old.Description.Hostname and .ID != $old.ID and .Status.State == "ready")) | .ID' nodes); do
        docker node rm "$ghost" >/dev/null 2>&1 && say "removed $ghost, a worker that was rebuilt"
    done
    rm -f nodes updates body
}

# schedulable: a manager that runs nothing is drained; only what this drained is made active again
schedulable() {
    [ "$role" = manager ] || return 0
    if jq -e '.schedulable == false' facts >/dev/null; then
        [ -e "$keep/drained" ] || { docker node update --availability drain "$id" >/dev/null 2>&1 && touch "$keep/drained"; }
    elif [ -e "$keep/drained" ]; then
        docker node update --availability active "$id" >/dev/null 2>&1 && rm "$keep/drained"
    fi
}

# leaving: Azure is about to delete this machine: a worker leaves at once, so that its tasks start elsewhere
leaving() {
    ask events -m 4 -H 'Metadata: true' 'http://169.254.169.254/metadata/scheduledevents?api-version=2020-07-01'
    [ "$status" = 200 ] || return 0
    event=$(jq -r --slurpfile instance instance '[.Events[]? | select((.EventType == "Terminate" or .EventType == "Preempt")
        and (.Resources | index($instance[0].compute.name))) | .EventId][0] // empty' events)
    [ -n "$event" ] && [ "$role" = worker ] || return 0
    say 'Azure deletes this machine'
    report Unhealthy
    : >body
    engine POST /swarm/leave
    jq -n --arg id "$event" '{StartRequests: [{EventId: $id}]}' >body
    ask answer -X POST -H 'Metadata: true' --data-binary @body 'http://169.254.169.254/metadata/scheduledevents?api-version=2020-07-01'
    sleep 600
}

# serve: the endpoint; a unit of systemd answers each request with what ./health says, unless it is old
serve() {
    cat >answer-health <<'EOF'
#!/bin/sh
while read -r line && [ ${#line} -gt 1 ]; do :; done
cd /run/swarmgen || exit
health=$(find health -mmin -10 -exec cat {} + 2>/dev/null)
[ -n "$health" ] || health='{"ApplicationHealthState": "Unhealthy", "message": "the node program does not run"}'
printf 'HTTP/1.0 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n%s\n' "$health"
EOF
    printf '%s\n' '[Unit]' 'Description=swarmgen health' '[Socket]' 'ListenStream=127.0.0.1:8765' 'Accept=yes' \
        >/run/systemd/system/swarmgen-health.socket
    printf '%s\n' '[Unit]' 'Description=swarmgen health' '[Service]' 'ExecStart=/bin/sh /run/swarmgen/answer-health' \
        'StandardInput=socket' 'StandardError=null' >/run/systemd/system/swarmgen-health@.service
    systemctl daemon-reload
    systemctl --no-block start swarmgen-health.socket
}

# ---- the life cycle

# do_step NAME COMMAND…: one step; what it says shows in health
do_step() {
    [ "$step" = "$1" ] || attempt=0 since=$(uptime)
    step=$1 attempt=$((attempt + 1))
    why=
    shift
    report Unhealthy
    "$@" && return
    report Unhealthy
    return 1
}

converge() {
    do_step access access
    do_step 'scripts before' scripts before || return
    if [ "$role" != jumpbox ]; then
        do_step disk disk && do_step share share && do_step engine start_engine && do_step swarm joined || return
        [ "$role" != manager ] || do_step stack stack || return
    fi
    do_step 'scripts after' scripts after
}

# tend: what may change while a node lives; a part that fails is shown, and tried again
tend() {
    [ $((tick % 20)) != 0 ] || access
    [ "$role" != jumpbox ] || return 0
    leaving
    guard
    state
    [ "$state" = active ] || return
    [ -z "$path" ] || timeout 20 mountpoint -q "$path" || return
    if [ $((tick % 4)) = 0 ] && sign_in; then
        if [ ! -e "$run/done/images" ] && ! kill -0 "$puller" 2>/dev/null; then
            pull &
            puller=$!
        fi
        evict
    fi
    if [ "$role" = manager ]; then
        [ $((tick % 20)) != 0 ] || store || return
        schedulable
        labels
        stack || return
    fi
    forget
}

role=$(fact role)
[ "$(fact version)" = 1 ] || { say 'these facts are of a version that this program does not know'; serve; report Unhealthy; exit 1; }
serve
until metadata instance 'instance?api-version=2021-02-01'; do report Unhealthy; done
me=$(jq -r '.network.interface[0].ipv4.ipAddress[0].privateIpAddress' instance)
path=$(fact share.path) puller=none
while :; do
    until converge; do pause 3; done
    forget
    step=ready attempt=1 since=$(uptime) tick=0
    say "$role"
    while why='' && tend; do
        report Healthy
        tick=$((tick + 1))
        sleep 15
    done
done

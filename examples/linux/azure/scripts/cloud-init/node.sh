#!/bin/sh
# The node program: makes this machine what its facts say, and keeps it so.
#   in:     $1, a JSON text, the facts (docs/node-facts.md)
#   out:    a line a change on standard output (console and journal); http://127.0.0.1:8765/health
#   needs:  jq, curl, systemd; apt for what an image lacks
# Each step looks first, so all of it may be cut anywhere and run again. It waits as long as the machine lives, and never
# forces. A token or key is never printed, never an argument: it goes through files of mode 0600 on a tmpfs. No value
# becomes code. States, waits and lines: docs/node-lifecycle.md.
# shellcheck disable=SC1091,SC2016 # no file to follow; jq's variables
set -u
umask 077
export no_proxy='*' LC_ALL=C DEBIAN_FRONTEND=noninteractive
keep=/var/lib/swarmgen run=/run/swarmgen data=/var/lib/docker imds=http://169.254.169.254/metadata json='Content-Type: application/json'
mkdir -p $keep/done $run/done
cd $run || exit 1
cp "$1" facts || exit 1
rm -f ./*/pid ./*/why said-* why-*
condition=Unhealthy step=facts attempt=1 since=0 why='' stuck=''

# ---- saying and asking

uptime() { cut -d. -f1 /proc/uptime; }
fact() { jq -r ".$1 // empty" $run/facts; } # a value is never false or null where this is used
debug=$(fact debug)

# say TEXT: a line, unless the step said it just before; health's reason
say() {
  case $* in *SWMTKN* | *eyJ*) set -- 'a line with a token was not printed' ;; esac
  why=$(echo "$*" | paste -sd ' ' -)
  echo "$why" >why # for what runs in a subshell
  tail -n 3 "said-$step" 2>/dev/null | grep -qxF -e "$why" || echo "node: $(uptime) s: $step: $why"
  echo "$why" >>"said-$step"
  [ $condition = Healthy ] || report
}
no() { say "$@"; return 1; }
ok() { [ "$status" = 200 ]; }
quiet() { "$@" >/dev/null 2>&1; }
try() { "$@" >/dev/null 2>error; }
is() { quiet jq -e "$@"; }
each() { # COMMAND WORDS: all of them, even if one fails
  bad=''
  for word in $2; do "$1" "$word" || bad="$bad${bad:+; }$why"; done
  [ -z "$bad" ] || no "$bad"
}
last() { tail -n 1 "${1:-error}"; } # line of what a program said
note() { [ "$debug" != true ] || echo "node: $(uptime) s: $step: $*"; }

# report: what the endpoint answers; a step that is only passed does not hide the one that failed
report() {
  case $stuck in '' | "$step") ;; *) return ;; esac
  jq -n --arg ApplicationHealthState "$condition" --arg step "$step" --argjson attempt "$attempt" --argjson since "$since" --arg message "$why" \
    '$ARGS.named' >health.new && mv health.new health
}

# pause SECONDS: more or less, so that not all nodes ask in the same moment
pause() { sleep "$(shuf -n 1 -i $(($1 * 800))-$(($1 * 1200)))e-3"; }

# backoff: at most 30 s
backoff() { pause $((attempt < 72 ? attempt / 3 + 1 : 25)); }

# aside NAME COMMAND...: in the background, once at a time, in a folder of its own
aside() {
  ! kill -0 "$(cat "$1/pid" 2>/dev/null || echo none)" 2>/dev/null || return 0
  mkdir -p "$1"
  ln -sf ../facts ../instance "$1"
  (cd "$1" && step=$1 condition=Healthy && shift && if "$@"; then rm -f why said-*; fi; forget) &
  echo $! >"$1/pid"
}

# put MODE FROM TO: whole or not at all
put() { { install -D -m "$1" "$2" "$3.new" && mv "$3.new" "$3"; } 2>error || no "writing $3: $(last)"; }

# ask FILE CURL_ARGUMENT...: one request, its answer to FILE; sets $status (000: none)
ask() {
  file=$1
  shift
  status=$(curl -sS --connect-timeout 5 -m 60 -D headers -o "$file" -w '%{http_code}' "$@" 2>error) || status=000
  for url; do :; done
  note "$status ${url%%\?*}"
  [ "$status" != 429 ] || { say "${url%%\?*}: 429"; sleep "0$(sed -nE 's/^retry-after: ([0-9]{1,2}).*/\1/Ip' headers)"; }
}

# because FILE: why the last request failed
because() {
  [ "$status" != 000 ] || { head -n 1 error; return; }
  echo "$status $(jq -r '(.error.innererror.code)? // (.error.code)? // .error? // .errors[0].code? // .message? // empty' "$1" 2>/dev/null | head -c 300)"
}

# sane FILE FILTER: else it is no answer
sane() { ! ok || is "$2" "$1" || { status=000; echo 'an answer without sense' >error; }; }

# metadata FILE PATH FILTER: one request
metadata() {
  ask "$1" -H 'Metadata: true' "$imds/$2"
  sane "$1" "$3"
  ok || no "metadata ${2%%\?*}: $(because "$1")"
}

# about: what Azure says of this machine (else what it said before), and whether the clock is right
about() {
  ip='.network.interface[0].ipv4.ipAddress[0].privateIpAddress'
  if metadata new 'instance?api-version=2021-02-01' "$ip"; then
    jq 'del(.compute.userData)' new >about
    mv about instance
    cp instance $keep/instance
    theirs=$(sed -n 's/^date: //Ip' headers | tr -d '\r')
    off=$(($(date +%s) - $(date -d "${theirs:-now}" +%s)))
    [ ${off#-} -lt 300 ] || no "the clock is $off s off: waiting until it is set (timedatectl)" || return
  else
    cp $keep/instance instance 2>/dev/null || return
  fi
  me=$(jq -r "$ip" instance)
}

# ---- secrets

# bearer NAME RESOURCE: has in ./bearer-NAME the header with a token of this machine's identity for RESOURCE
bearer() {
  [ "$(cat "expires-$1" 2>/dev/null || echo 0)" -lt $(($(date +%s) + 300)) ] || return 0
  metadata token "identity/oauth2/token?api-version=2018-02-01&$(jq -r --arg resource "$2" \
    '"resource=\($resource | @uri)" + (if .clientId then "&client_id=\(.clientId | @uri)" else "" end)' facts)" '.expires_on | tonumber' || return
  jq -r '"Authorization: Bearer \(.access_token)"' token >"bearer-$1"
  jq -r .expires_on token >"expires-$1"
  rm -f token
}

# vault METHOD SECRET: sends ./body (not GET), answer in ./secret; sets $status. A secret that holds '-' is not there yet: 404
vault() {
  [ "$2" ] || { status=404; return; }
  bearer vault "$(fact vault.resource)" || { status=000; return 1; } # a 404 here is not that of a secret
  case $2 in https://*) url=$2 ;; *) url=$(fact vault.uri)secrets/$2 ;; esac
  method=$1 name=$2
  case $1 in GET) set -- ;; *) set -- -X "$1" -H "$json" --data-binary @body ;; esac
  ask secret --header @bearer-vault "$@" "$url?api-version=7.4"
  sane secret .id
  [ "$status" = 401 ] && rm -f expires-vault
  ok && is '.value == "-"' secret && status=404
  ok || no "vault $method $name: $(because secret)"
}

forget() { rm -f swarm secret body answer header bearer-* expires-* token share-key key value*; }

# ---- packages

apt() { (umask 022; apt-get -qq -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 "$@" >apt.log 2>&1 </dev/null); }

apt_install() {
  say "installing $1"
  apt install -y --no-install-recommends "$@" || no "installing $1: $(last apt.log)"
}

# need COMMAND PACKAGE: has it installed if the command is not there
need() { command -v "$1" >/dev/null || { apt update; apt_install "$2"; }; }

# repository NAME KEY FINGERPRINT URL SUITE PART: of packages, signed by the one expected key
repository() {
  list=/etc/apt/sources.list.d/$1.list sign=/etc/apt/keyrings/$1.asc
  if [ ! -s "$sign" ]; then
    need gpg gpg || return
    ask key -L --proto '=https' "$2"
    ok || no "$2: $(because key)" || return
    [ "$(gpg --batch --show-keys --with-colons key 2>/dev/null | awk -F: '/^pub/ {p = 1} p && /^fpr/ {print $10; p = 0}')" = "$3" ] ||
      no "the key at $2 is not the one expected" || return
    put 644 key "$sign" || return
  fi
  echo "deb [arch=$(dpkg --print-architecture) signed-by=$sign] $4 $5 $6" >source
  cmp -s source "$list" || put 644 source "$list" || return
  apt update || no "lists of packages: $(last apt.log)"
}

# ---- own scripts

# script: the one in ./own, to its file $own; by its text, or from the web if it has the right SHA-256
script() {
  if is .text own; then
    jq -j .text own >"$own"
    return
  fi
  : >header
  auth=$(jq -r '.authorization // empty' own)
  [ -z "$auth" ] || { vault GET "$auth" && jq -r '"Authorization: \(.value)"' secret >header; } || return
  ask "$own" --proto '=https' --header @header "$(jq -r .url own)"
  rm -f header secret
  ok || no "$what: $(because "$own")" || return
  echo "$(jq -r .sha256 own)  $own" | sha256sum -c --status || no "$what: its SHA-256 is not the one described"
}

# scripts STAGE: each once in this life, or at this boot; only some failures stop the node
scripts() {
  for i in $(jq -r ".scripts.$1 // [] | keys[]" facts); do
    jq ".scripts.$1[$i]" facts >own
    mark=$1-$i-$(jq -cS '[.text, .sha256]' own | sha256sum | cut -c1-16) what="script $1 $i"
    if [ -e "$run/done/$mark" ] || { [ -e "$keep/done/$mark" ] && is '.run == "once"' own; }; then continue; fi
    own=$keep/script
    script || return
    chmod 700 "$own"
    case $(head -c 2 "$own") in '#!') set -- "$1" "$own" ;; *) set -- "$1" /bin/sh "$own" ;; esac
    say "$what runs"
    first=again
    [ -e "$keep/done/$mark" ] || first=first
    if (stage=$1 && shift && cd / && umask 022 && SWARM_STAGE=$stage SWARM_BOOT=$first SWARM_NAME=$(fact swarm) \
      SWARM_ROLE=$role SWARM_POOL=$(fact pool) SWARM_INDEX=$(fact index) SWARM_FACTS=$run/facts "$@" </dev/null 2>&1); then
      touch "$keep/done/$mark"
    else
      say "$what failed: $?"
      is '.stop == true' own && return 1
    fi
    touch "$run/done/$mark"
  done
  rm -f $keep/script
}

# ---- access

# access: SSH with keys only; the operators' keys beside those that the machine was born with
access() {
  admin=$(fact admin) conf=/etc/ssh/sshd_config.d/00-swarmgen.conf
  [ "$admin" ] && [ -d ${conf%/*} ] || return 0
  printf '%s\n' 'PasswordAuthentication no' 'KbdInteractiveAuthentication no' 'PermitRootLogin no' \
    'AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/swarmgen/%u' >sshd
  if ! cmp -s sshd $conf; then
    put 644 sshd $conf || return
    mkdir -p /run/sshd
    if try sshd -t; then
      systemctl try-reload-or-restart ssh
    else
      say "sshd refuses its settings: $(last)"
      rm -f $conf
      looked=''
    fi
  fi
  vault GET "$(fact secrets.operatorKeys)"
  case $status in 200) jq -r .value secret >keys ;; 404) : >keys ;; *) looked='' && return 1 ;; esac
  install -d -m 755 /etc/ssh/swarmgen
  cmp -s keys "/etc/ssh/swarmgen/$admin" && return
  put 644 keys "/etc/ssh/swarmgen/$admin" && say "$(grep -c . keys) keys of operators"
}

# ---- disk

# device LUN: the data disk, on SCSI or NVMe (namespace LUN + 2)
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

# disk: Docker's; formatted only if it is blank, refused if it is somebody else's
disk() {
  lun=$(fact dataDisk.lun)
  [ "$lun" ] || return 0
  dev=$(device "$lun") || no "no disk at LUN $lun yet" || return
  ! quiet findmnt -S "$dev" -M $data || return 0 # an engine may have mounted the folder on itself
  label=$(blkid -p -o value -s LABEL "$dev")
  case $?,$label in
  2,) # nothing known is on it
    [ -e $keep/formats ] || cmp -s -n 1048576 "$dev" /dev/zero || no "the disk at LUN $lun is not blank: a person must decide" || return
    say "formatting $dev"
    touch $keep/formats # may be cut
    sync
    try mkfs.ext4 -q -m 0 -L swarm-docker "$dev" || no "formatting: $(last)" || return ;;
  0,swarm-docker) ;;
  *) no "the disk at LUN $lun holds something else: a person must decide" || return ;;
  esac
  stop_engine
  install -d -m 711 $data
  try mount -o noatime "$dev" $data || no "mounting $dev: $(last)" || return
  rm -f $keep/formats
  quiet resize2fs "$dev"
  say "$dev is Docker's disk"
}

# ---- share

# attach FROM TO OPTIONS: mounts a folder of the share; nothing can be written below while it is not there
attach() {
  mountpoint -q "$2" && return
  mkdir -p "$2" && chattr +i "$2" 2>/dev/null
  mount -t cifs "$1" "$2" -o "$way,vers=3.1.1,serverino,nosharesock,mfsymlinks,actimeo=30,$3" 2>error ||
    no "mounting $1: $(last)" || return
  say "$2 is the share"
}

# tickets: what a mount by identity needs (a package of Microsoft, for Ubuntu); sets $way
tickets() {
  if ! command -v azfilesauthmanager >/dev/null; then
    . /etc/os-release
    repository microsoft https://packages.microsoft.com/keys/microsoft.asc BC528686B50D79E339D3721CEB3E94ADBE1229CF \
      "https://packages.microsoft.com/$ID/$VERSION_ID/prod" "$VERSION_CODENAME" main || return
    need azfilesauthmanager azfilesauth || return
  fi
  azfilesauthmanager set "https://$(fact share.host)" --imds-client-id "$(fact clientId)" >ticket 2>&1 ||
    no "ticket for the share: $(last ticket)" || return
  systemctl enable -q --now azfilesrefresh
  way=sec=krb5,cruid=$(awk '/USER_UID/ {print $NF}' /etc/azfilesauth/config.yaml),username=$(fact clientId)
}

# share: and, for Traefik's certificates, a part of it with modes that it accepts
share() {
  certificates=$keep/traefik
  if [ -z "$path" ]; then
    mkdir -p "$certificates"
    return
  fi
  serves=$(jq -r 'if .role == "manager" and .stack then 1 else empty end' facts)
  mountpoint -q "$path" && { [ -z "$serves" ] || mountpoint -q "$certificates"; } && return
  need mount.cifs cifs-utils || return
  modprobe -q cifs || { apt update; apt_install "linux-modules-extra-$(uname -r)"; } || return # Ubuntu's has it in there
  from=//$(fact share.host)/$(fact share.name)
  if [ "$(fact share.kind)" = identity ]; then
    tickets || return
  else
    vault GET "$(fact secrets.shareKey)" || return
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

# engine METHOD PATH: sends ./body (not GET), answer in ./answer; sets $status
engine() {
  [ "$1" = GET ] && : >body
  ask answer -X "$1" --unix-socket /run/docker.sock -H "$json" --data-binary @body "http://engine/v1.44$2"
}

# stop_engine: also the start by systemd that may be to come
stop_engine() { for verb in disable stop; do quiet systemctl $verb docker.service docker.socket; done; }

# install_engine: the engine of the image if its API is new enough (Docker 25), else the one described, from its vendor
install_engine() {
  have=$(dockerd --version 2>/dev/null | sed -n 's/^Docker version \([0-9]*\).*/\1/p')
  [ "${have:-0}" -lt 25 ] || return 0
  [ -z "$have" ] || { say "the image's engine is version $have, too old"; stop_engine; }
  want=$(fact engine.version) from=https://download.docker.com/linux
  . /etc/os-release
  repository docker "$from/$ID/gpg" 9DC858229FC7DD38854AE2D88D81803C0EBFCD88 "$from/$ID" "$VERSION_CODENAME" stable || return
  full=$(apt-cache madison docker-ce | awk -v want="5:$want-" 'index($3, want) == 1 {print $3; exit}')
  [ "$full" ] || no "Docker $want is not among the packages for $ID $VERSION_CODENAME" || return
  apt_install "docker-ce=$full" "docker-ce-cli=$full" containerd.io --allow-downgrades || return
  stop_engine
  quiet apt-mark hold docker-ce docker-ce-cli containerd.io
}

# wish WHY WHAT: tells the managers what this node wants: leave, reboot, turn, or '' for nothing
wish() {
  [ "$(cat "$run/wish-$1" 2>/dev/null)" != "$2" ] || return 0
  echo "$2" >"$run/wish-$1"
  settings
}

# settings: daemon.json, checked before it is used; in its labels a node says to managers what it is
settings() {
  file=/etc/docker/daemon.json
  install -d -m 755 ${file%/*}
  [ -s $file ] || echo '{}' >$file
  jq --slurpfile facts facts --slurpfile instance instance --arg wish "$(cat $run/wish-* 2>/dev/null | grep -m 1 .)" '. + {"log-driver": (."log-driver" // "local"),
    labels: ([.labels // [] | .[] | select(startswith("swarmgen.") | not)] + ($facts[0] |
      (.labels // {}) + ({pool, manager: .index} | with_entries(select(.value != null))) |
      to_entries | map("swarmgen.label.\(.key)=\(.value)")) + [$instance[0].compute | select((.vmScaleSetName // "") != "") |
      "swarmgen.set=/subscriptions/\(.subscriptionId)/resourceGroups/\(.resourceGroupName)/providers/Microsoft.Compute/virtualMachineScaleSets/\(.vmScaleSetName)"]
      + [$wish | select(. != "") | "swarmgen.wants=\(.)"])} | del(."live-restore")' $file >settings || no 'daemon.json of the image is not JSON' || return
  cmp -s settings $file && return
  dockerd --validate --config-file settings >error 2>&1 || no "the engine refuses its settings: $(last)" || return
  put 600 settings $file || return
  [ -S /run/docker.sock ] && systemctl reload docker 2>/dev/null
  return 0
}

# guard: containers reach neither the machine's identity nor Azure's host agent
guard() {
  command -v iptables >/dev/null || return 0
  quiet iptables -w -N DOCKER-USER
  for rule in 169.254.169.254 '168.63.129.16 -p tcp -m multiport --dports 80,32526'; do
    # shellcheck disable=SC2086 # several words
    quiet iptables -w -C DOCKER-USER -d $rule -j REJECT || try iptables -w -I DOCKER-USER -d $rule -j REJECT ||
      no "containers are not kept from $rule: $(last)" || return
  done
}

# networks: an engine cut while it made one may never make it again. Then it forgets its own, not the swarm's, and makes them anew
networks() {
  kv=$data/network/files/local-kv.db
  engine GET /networks/docker_gwbridge
  half=$(journalctl -u docker -n 99 | grep -oP 'with network \K\w+(?=.* same bridge)' | tail -n 1)
  ! ok && [ "$half" ] && grep -qs "$half" $kv || return 0
  space || return
  stop_engine
  mv $kv $keep
  no 'the engine has half a network of before: it makes its networks anew'
}

# start_engine: never before disk and share: so systemd does not start it, this does
start_engine() {
  install_engine || return
  need docker docker-cli || return
  ! systemctl is-enabled -q docker.service 2>/dev/null || systemctl disable -q docker.service docker.socket
  conf=/run/systemd/system/docker.service.d/swarmgen.conf
  printf '%s\n' '[Unit]' "RequiresMountsFor=$data $path" >unit
  cmp -s unit $conf || { put 644 unit $conf && systemctl daemon-reload; } || return
  settings && guard || return
  thaw
  engine GET /_ping
  ok || systemctl start docker
  for _ in $(seq 20); do
    engine GET /_ping
    ok && guard && return
    sleep 0.5
  done
  networks && space && no 'the engine does not answer'
}

# ---- swarm

# state: sets $id and $state (none: no engine; foreign: a swarm with other managers; demoted: a manager made a worker)
state() {
  state=none id=''
  engine GET /info
  ok && id=$(jq -r .Swarm.NodeID answer) && state=$(jq -r --slurpfile facts facts '.Swarm | if .LocalNodeState == "active"
    and .RemoteManagers and all(.RemoteManagers[].Addr; split(":")[0] as $is | $facts[0].managers | index($is) | not)
    then "foreign" elif $facts[0].role == "manager" and .ControlAvailable == false and .LocalNodeState == "active" then "demoted" else .LocalNodeState end' answer)
}

others() { jq -r --arg me "$me" '.managers[] | select(. != $me)' facts; }

# answers ADDRESS: does anything listen on 2377? If not, curl ends with 7 or 28
answers() {
  curl -sk --connect-timeout 2 -m 4 -o /dev/null "https://$1:2377/"
  case $? in 7 | 28) return 1 ;; esac
}

# join: through the first manager that answers, with the token in ./secret
join() {
  for manager in $(others); do
    answers "$manager" || continue
    jq --arg to "$manager:2377" --arg me "$me" \
      '{ListenAddr: "0.0.0.0:2377", AdvertiseAddr: $me, RemoteAddrs: [$to], JoinToken: .value}' secret >body
    engine POST /swarm/join
    rm -f body secret
    ok || no "join through $manager: $(because answer)" || return
    say "joined through $manager"
    return
  done
  no 'no manager answers, but there is a swarm: the vault holds its token'
}

# begin: a new swarm; only the first manager, only after the vault said that there is none
begin() {
  for manager in $(others); do
    ! answers "$manager" || no "$manager answers, but the vault holds no token: waiting" || return
  done
  jq --arg me "$me" '{ListenAddr: "0.0.0.0:2377", AdvertiseAddr: $me,
    DefaultAddrPool: [.addressPool // "10.10.0.0/16"], SubnetSize: (.subnetSize // 24)}' facts >body
  engine POST /swarm/init
  ok || no "new swarm: $(because answer)" || return
  say 'a new swarm'
  touch $keep/began
}

# store: has the vault hold this swarm's tokens, each with the swarm's ID as its tag (one write, so never one without the
# other). The managers' token comes last and says which swarm is the right one: while it is missing, none was begun
foreign=''
store() {
  foreign=''
  engine GET /swarm
  ok || no "no quorum? A person must decide: $(because answer)" || return
  mv answer swarm
  vault GET "$(fact secrets.managerToken)"
  case $status in
  200) is -s '.[1].ID == (.[0].tags.cluster // .[1].ID)' secret swarm || foreign=1 ;;
  404) ;;
  *) return 1 ;;
  esac
  [ -z "$foreign" ] || { alone || say 'the vault knows another swarm: a person must decide'; return 1; }
  for kind in Worker Manager; do
    token=$(fact "secrets.$(echo $kind | tr WM wm)Token")
    vault GET "$token"
    case $status in 200) ;; 404) echo '{}' >secret ;; *) return 1 ;; esac
    is -s --arg kind "$kind" '.[0].tags.cluster == .[1].ID and .[0].value == .[1].JoinTokens[$kind]' secret swarm && continue
    jq -s --arg kind "$kind" '.[1] as $swarm | {value: $swarm.JoinTokens[$kind], tags: (.[0].tags // {} | . + {cluster: $swarm.ID})}' secret swarm >body
    vault PUT "$token" || return
    rm -f body
    say "stored $token"
  done
  rm -f swarm secret
}

leave() { : >body; engine POST "/swarm/leave${1:-}"; }

# alone: of two swarms begun in the same moment, the one that the vault does not know ends while nobody else is in it
alone() {
  [ -e $keep/began ] && engine GET /nodes && ok && is 'length == 1' answer || return
  leave '?force=true'
  rm -f $keep/began
  say 'gives way to another new swarm'
}

# twins: a rebuilt manager removes what it was before, which still counts for the quorum
twins() {
  engine GET /nodes
  ok || no "nodes: $status" || return
  for twin in $(jq -r --arg id "$id" 'map(select(.ID == $id))[0].Description.Hostname as $name |
    .[] | select(.Description.Hostname == $name and .ID != $id) | .ID' answer); do
    quiet docker node demote "$twin"
    quiet docker node rm --force "$twin" || no "cannot remove $twin, which this machine was before" || return
    say "removed $twin, which this machine was before"
  done
}

# lasts SECONDS: leaves if it was so for longer; never forced
lasts() {
  pending=${pending:-$(uptime)}
  [ $(($(uptime) - pending)) -le "$1" ] || { leave; say "leaves: $status"; }
}

# lost: is a worker's swarm gone? Then what answers at its managers' addresses shows certificates of another root
lost() {
  [ "$role" = worker ] || return
  set -- 1
  for manager in $(others); do
    curl -s -o /dev/null --connect-timeout 2 -m 4 --cacert "$data/swarm/certificates/swarm-root-ca.crt" --connect-to "::$manager:" https://swarm-manager:2377
    case $? in 60) set -- 0 ;; 7 | 28 | 35 | 77) ;; *) return 1 ;; esac
  done
  return "$1"
}

# member: fails until this machine is a member and, as a manager, the vault knows the swarm
pending=''
member() {
  find $run/going -mmin +15 -delete 2>/dev/null
  [ ! -e $run/going ] || no 'Azure deletes this machine: it has left the swarm' || return
  state
  [ "$state" != active ] || ! lost || state=lost
  case $state in pending | error | demoted | lost) ;; *) pending='' ;; esac
  case $state in
  active)
    [ "$role" = manager ] || return 0
    store && twins ;;
  inactive)
    vault GET "$(fact "secrets.${role}Token")"
    case $status,$role,$(fact index) in
    200,*) join && member ;;
    404,manager,0) begin && member && pause 3 && store ;;
    *) return 1 ;;
    esac ;;
  pending | error) # without an ID: a join that failed and refuses every later one. With one: waits for a quorum, or was removed;
    # only the engine's log tells them apart, so wait long
    [ "$id" ] || { lasts 30; no "$state"; } || return
    lasts 600
    no "$state, member $id waits for a quorum" ;;
  demoted)
    lasts 60
    no 'made a worker: leaves, to join as a manager' ;;
  lost)
    lasts 60
    no 'the managers are of another swarm: leaves, to join it' ;;
  foreign)
    no "a member of another swarm, that of $(jq -r '[.Swarm.RemoteManagers[].Addr] | join(", ")' answer): a person must decide" ;;
  *) no "the engine says: $state" ;;
  esac
}

# ---- stack

leads() { engine GET "/nodes/$id" && is '.ManagerStatus.Leader == true' answer; }

# named KIND NAME VERSION FILE: makes Docker's secret or config NAME-VERSION; names it to the compose files
named() {
  quiet docker "$1" inspect "$2-$3" || try docker "$1" create -l swarmgen=stack "$2-$3" "$4" ||
    no "$1 $2: $(last)" || return
  export "STACK_$(echo "$1_$2" | tr 'a-z-' 'A-Z_')=$2-$3"
}

# keys_of PROPERTY PATTERN; of PROPERTY KEY FILE: its value
keys_of() { jq -r --arg pattern "$2" ".$1 // {} | keys[] | select(test(\$pattern))" stack; }
of() { jq -r --arg key "$2" ".$1[\$key]" "$3"; }

# deploy: what the vault says now, if it is not what was deployed; in a subshell, since its environment holds values
deploy() {
  vault GET "$(fact stack)" || return
  jq -r .value secret >stack
  is -s 'length == 1 and (.[0].compose | length > 0)' stack || no 'what the vault holds is no stack' || return
  jq -r .id secret >versions
  for key in $(keys_of settings '^STACK_[A-Z0-9_]+$'); do
    export "$key=$(of settings "$key" stack)"
  done
  for key in $(keys_of secretSettings '^STACK_[A-Z0-9_]+$'); do
    vault GET "$(of secretSettings "$key" stack)" || return
    export "$key=$(jq -r .value secret)"
    jq -r .id secret >>versions
  done
  for key in $(keys_of secrets '^[a-z0-9-]+$'); do
    vault GET "$(of secrets "$key" stack)" || return
    jq -r .id secret >>versions
    mv secret "value-$key"
  done
  ! cmp -s versions deployed || return 0
  for kind in config secret; do # those of earlier deployments; what is in use stays
    # shellcheck disable=SC2046 # several words
    quiet docker $kind rm $(docker $kind ls -q -f label=swarmgen=stack)
  done
  for key in $(keys_of configs '^[a-z0-9-]+$'); do
    jq -cS --arg key "$key" '.configs[$key]' stack >config
    named config "$key" "$(sha256sum config | cut -c1-12)" config || return
  done
  for key in $(keys_of secrets '^[a-z0-9-]+$'); do
    jq -j .value "value-$key" >value
    named secret "$key" "$(jq -r '.id | split("/")[-1][0:12]' "value-$key")" value || return
  done
  set --
  for i in $(jq -r '.compose | keys[]' stack); do
    jq -j ".compose[$i]" stack >"compose-$i.yml"
    set -- "$@" -c "compose-$i.yml"
  done
  try docker stack deploy --detach --prune --resolve-image changed "$@" swarm || no "stack: $(last)" || return
  mv versions deployed
  say 'the stack is deployed'
}

# stack: the managers' leader deploys it, when it comes to lead and when it changed
stack() {
  [ "$(fact stack)" ] || return 0
  leads || { rm -f deployed; return 0; }
  (deploy)
  set -- $?
  rm -f secret value*
  why=$(cat why 2>/dev/null)
  return "$1"
}

# ---- the leader's care: of ./nodes, the engine's list and short names: host, up, sure (a manager: reachable), says (its
# engine's labels), wish

# window: is the maintenance window open?
window() {
  is --argjson now "$(date +%s)" '.updates | select(.) | (.from | split(":") | map(tonumber) | .[0] * 3600 + .[1] * 60) as $from | .hours as $hours
    | .days as $days | ($now - $now % 86400) as $today | any($today, $today - 86400; . + $from <= $now and $now < . + $from + $hours * 3600
    and (strftime("%A") as $day | $days | index($day) != null))' facts
}

# turns: one node at a time may reboot in the window: $turn, its ID. It is a tag of the workers' token, which all nodes may
# read: 'ID SECONDS', over after an hour
turns() {
  turn=''
  next=$(jq -r --arg me "$id" 'map(select(.wish == "turn" and .up)) | sort_by(.ID == $me)[0].ID // empty' nodes)
  [ "$next" ] || return 0
  vault GET "$(fact secrets.workerToken)" || return
  turn=$(jq -r --argjson now "$(date +%s)" --slurpfile nodes nodes '.tags.turn // "" | split(" ") | select(length == 2 and (.[1] | tonumber) > $now - 3600)[0]
    | select(. as $id | $nodes[0] | any(.[]; .ID == $id and .wish == "turn"))' secret)
  [ -z "$turn" ] || return 0
  busy=$(jq -r '[.[] | select((.up and .sure | not) or .Spec.Labels["swarmgen.drained"]) | .host][0] // empty' nodes)
  [ -z "$busy" ] || no "no node may reboot while $busy is down or drained" || return
  window || return 0
  jq --arg turn "$next $(date +%s)" '{tags: ((.tags // {}) + {turn: $turn})}' secret >body
  vault PATCH "$(jq -r .id secret)" || return
  turn=$next
  say "$turn may reboot"
}

# change NODE: as ./changes says
change() {
  jq --arg id "$1" 'select(.ID == $id).spec' changes >body
  engine POST "/nodes/$1/update?version=$(jq -r --arg id "$1" 'select(.ID == $id).version' changes)"
  ok || no "$1: $(because answer)" || return
  say "$1: $(jq -r '"\(.Availability), labels \(.Labels | keys | join(" "))"' body)"
}

# labels: copies labels that nodes say, removes those they say no more; drains who wants to leave, to reboot at once, or has
# the turn, and makes it active again when it is back without a wish
labels() {
  jq -c --arg turn "$turn" '.[] | . as $node | (.Spec.Labels // {}) as $have | (.says | with_entries(select(.key | startswith("swarmgen.label.")) | .key |= .[15:])) as $want |
    ($have["swarmgen.labels"] // "" | split(",")) as $copied |
    (($have | with_entries(select(.key as $key | $copied | index($key) | not)) | del(.["swarmgen.labels"])) + $want
    + (if $want == {} then {} else {"swarmgen.labels": ($want | keys | join(","))} end)) as $labels |
    if (.wish == "leave" or .wish == "reboot" or (.wish == "turn" and .ID == $turn)) and .Spec.Availability == "active"
    then {Availability: "drain", Labels: ($labels + {"swarmgen.drained": "1"})}
    elif .wish == "" and $have["swarmgen.drained"] and .up then {Availability: "active", Labels: ($labels | del(.["swarmgen.drained"]))}
    else {Labels: $labels} end | $node.Spec + . | select(. != $node.Spec + {Labels: $have}) | {ID: $node.ID, version: $node.Version.Index, spec: .}' nodes >changes
  each change "$(jq -r .ID changes)"
}

# gone SET NAME: is the machine certainly not in its scale set any more?
gone() {
  is -n --arg set "$1" '$set | test("^/subscriptions(/[\\w.()-]+){7}$")' && bearer resources "$(fact resources.resource)" || return
  uri=$(fact resources.uri)
  url="$uri$1/virtualMachines?api-version=2024-07-01"
  : >machines
  while [ "$url" ]; do
    case $url in "$uri/"* | "$uri:443/"*) ;; *) return 1 ;; esac
    ask page --header @bearer-resources "$url"
    [ "$status" != 404 ] || { is '.error.code | test("NotFound$")' page; return; }
    if [ "$status" != 200 ] || ! jq -r '.value[] | .properties.osProfile.computerName' page >>machines; then
      rm -f expires-resources
      doubt="in doubt about $2: $(because page)"
      return 1
    fi
    url=$(jq -r '.nextLink // empty' page)
  done
  ! grep -qixF -e "$2" machines
}

# reaper: removes workers that are down for good, and nodes without a name, of a join that was cut; none while the managers
# are in doubt
reaper() {
  [ $led -gt 4 ] && is 'all(.[]; .sure)' nodes || return 0
  jq -r '. as $all | .[] | select(if .host then .Spec.Role == "worker" and .Status.State == "down"
      else (.CreatedAt | sub("\\..*"; "Z") | fromdate) < now - 60 end)
    | . as $old | "\(.ID) \(if .host | not then "cut" elif any($all[]; .host == $old.host and .ID != $old.ID and .up) then "rebuilt"
    elif .wish == "leave" then "left" else "gone" end) \(.Spec.Role) \(.host // "-") \(.says["swarmgen.set"] // "")"' nodes >down
  doubt=''
  while read -r node how as host set; do
    [ "$how" != gone ] || { [ "$set" ] && gone "$set" "$host"; } || continue
    quiet docker node rm "$node" && say "removed $as $host ($node): $how"
  done <down
  [ -z "$doubt" ] || no "$doubt"
}

# user_secret NAME: as a Docker secret; while it is in use it cannot be replaced
user_secret() {
  vault GET "$(of dockerSecrets "$1" facts)" || return
  version=$(jq -r '.id | split("/")[-1]' secret)
  if have=$(docker secret inspect -f '{{index .Spec.Labels "swarmgen.version"}}' "$1" 2>/dev/null); then
    [ "$have" != "$version" ] || return 0
    [ "$have" ] || no "secret $1 was made by somebody else" || return
    try docker secret rm "$1" || no "secret $1 has a new value: $(last)" || return
  fi
  jq -j .value secret >value
  try docker secret create -l "swarmgen.version=$version" "$1" value || no "secret $1: $(last)" || return
  say "made secret $1"
}

secrets() { each user_secret "$(jq -r '.dockerSecrets // {} | keys[]' facts)"; }

# managers: fails if there is no quorum, or if the vault knows another swarm
led=0 turn=''
every() { [ $((tick % $1)) = 0 ]; }
managers() {
  ! every 20 || part tokens store
  [ -z "$foreign" ] || no 'the vault knows another swarm: a person must decide' || return
  engine GET /nodes
  ok || no "no quorum? $(because answer)" || return
  jq 'map(. + {host: .Description.Hostname, up: (.Status.State == "ready"), says: (.Description.Engine.Labels // {}),
    sure: ((.ManagerStatus.Reachability // "reachable") == "reachable")} | .wish = (.says["swarmgen.wants"] // ""))' answer >nodes
  schedulable
  ! every 4 || aside backup backup
  is --arg id "$id" 'any(.[]; .ID == $id and .ManagerStatus.Leader)' nodes || { led=0; rm -f deployed why-*; return 0; }
  led=$((led + 1))
  part turns turns
  part labels labels
  ! every 4 || part reaper reaper
  if every 20 || [ ! -e deployed ]; then part stack stack; fi
  ! every 20 || part secrets secrets
}

# ---- the node's care

# sign_in_at NUMBER: at a registry, every hour; docker keeps it in root's config.json (0600)
sign_in_at() {
  [ -z "$(find "$run/done/registry-$1" -mmin -60 2>/dev/null)" ] || return 0
  server=$(fact "registries[$1].server") user=$(fact "registries[$1].username")
  if [ "$(fact "registries[$1].kind")" = identity ]; then
    user=00000000-0000-0000-0000-000000000000
    bearer registries "$(fact registryResource)" || return
    sed 's/^Authorization: Bearer //' bearer-registries | tr -d '\n' >value
    ask secret --proto '=https' -d grant_type=access_token --data-urlencode "service=$server" --data-urlencode access_token@value "https://$server/oauth2/exchange"
    ok || no "sign-in at $server: $(because secret)" || return
    jq -j .refresh_token secret >value
  else
    vault GET "$(fact "registries[$1].secret")" || return
    jq -j .value secret >value
  fi
  try docker login -u "$user" --password-stdin "$server" <value || no "sign-in at $server: $(last)" || return
  touch "$run/done/registry-$1"
}

sign_in() { each sign_in_at "$(jq -r '.registries // [] | keys[]' facts)"; }

pull() {
  for image in $(jq -r '.images // [] | .[]' facts); do
    quiet docker image inspect "$image" && continue
    try docker pull -q "$image" || no "image $image: $(last)" || return
  done
  touch $run/done/images
}

full() { [ "$(df --output=pcent "${2:-$data}" | tr -dc 0-9)" -ge "$1" ]; }
space() {
  for folder in / $data; do
    ! full 95 "$folder" || no "the disk of $folder is full" || return
  done
}

# evict: unused images, the oldest first
evict() {
  limit=$(fact evictImagesAt)
  [ "$limit" ] && full "$limit" || return 0
  quiet docker image prune -f
  for image in $(docker image ls --format '{{.Repository}}:{{.Tag}}' | grep -v '<none>' | tac); do
    full "$limit" || return 0
    is --arg image "$image" '.images // [] | index($image)' facts ||
      { quiet docker image rm "$image" && say "removed image $image, the disk is full"; }
  done
}

# schedulable: false drains a manager; only what this drained is made active again
schedulable() {
  if is '.schedulable == false' facts; then
    [ -e $keep/drained ] || { quiet docker node update --availability drain "$id" && touch $keep/drained; }
  elif [ -e $keep/drained ]; then
    quiet docker node update --availability active "$id" && rm $keep/drained
  fi
}

# emptied: waits until no task is left here, a minute at most
emptied() {
  for _ in $(seq 12); do
    sleep 5
    [ "$(docker ps -q -f is-task=true)" ] || return 0
  done
}

# events: what Azure is about to do with this machine; it empties itself first
events_url="$imds/scheduledevents?api-version=2020-07-01"
events() {
  limit=120 # the first answer may take two minutes
  while kill -0 $$ 2>/dev/null; do
    ask events -m $limit -H 'Metadata: true' "$events_url"
    if ok && jq -r --slurpfile instance instance '($instance[0].compute.name | ascii_downcase) as $me | .Events[]?
      | select(any(.Resources[]; ascii_downcase == $me)) | "\(.EventType) \(.EventStatus) \(.EventId)"' events >mine; then
      limit=10
      grep -q '^[RT]' mine || { wish event ''; rm -f why; } # Reboot, Redeploy, Terminate
      while read -r type when event; do happens; done <mine
    fi
    sleep 5
  done
}

# happens: one event, $type $when $event. Only a worker leaves
happens() {
  state
  case $type,$when in
  Freeze,Scheduled) ;;
  Reboot,Scheduled | Redeploy,Scheduled)
    say "Azure is about to do this: $type"
    [ "$state" != active ] || { wish event reboot; emptied; } ;;
  Terminate,* | Preempt,*)
    if [ ! -e $run/going ]; then
      say "Azure is about to do this: $type"
      [ "$state,$type" != active,Terminate ] || { wish event leave; emptied; }
      if [ "$role" = worker ]; then
        touch $run/going
        leave
      fi
    fi ;;
  *) return ;;
  esac
  [ "$when" = Scheduled ] || return
  jq -n --arg id "$event" '{StartRequests: [{EventId: $id}]}' >body
  ask answer -X POST -H 'Metadata: true' --data-binary @body "$events_url"
}

# unattended: security updates; not of the engine, whose restart would stop containers
unattended() {
  need unattended-upgrade unattended-upgrades || return
  printf '%s\n' 'APT::Periodic::Update-Package-Lists "1";' 'APT::Periodic::Unattended-Upgrade "1";' 'Unattended-Upgrade::Automatic-Reboot "false";' \
    'Unattended-Upgrade::Package-Blacklist {"docker"; "containerd"; "runc";};' >settings
  put 644 settings /etc/apt/apt.conf.d/52swarmgen || return
  systemctl enable -q --now apt-daily.timer apt-daily-upgrade.timer
  touch $run/done/updates
}

# reboots: if updates want it, in the window, when it is this node's turn
reboots() {
  [ -e /run/reboot-required ] || { wish turn ''; return 0; }
  window || { wish turn ''; no 'updates need a reboot: waiting for the maintenance window'; } || return
  wish turn turn
  say 'updates need a reboot: waiting for the turn'
  vault GET "$(fact secrets.workerToken)" || return
  have=$(jq -r --arg id "$id" --argjson now "$(date +%s)" '.tags.turn // "" | select(startswith($id + " ") and $now - (split(" ")[1] | tonumber) < 3600)' secret)
  [ "$have" ] && [ "$have" != "$(cat $keep/turn 2>/dev/null)" ] || return
  echo "$have" >$keep/turn
  emptied
  say 'reboots, since updates need it'
  systemctl reboot
  sleep 300
}

thaw() { kill -CONT "$(cat /run/docker.pid 2>/dev/null)" 2>/dev/null; }

# backup: the swarm's state, encrypted to the share, from one manager, if possible not the leader. The engine stands still
# while a few MB are copied
backup() {
  hours=$(fact backup.hours) copy=$path/backup/$(fact swarm) new=$path/backup/$me cipher='enc -aes-256-cbc -pbkdf2 -iter 600000 -pass file:key'
  [ "$hours" ] && [ "$path" ] && [ "$id" = "$(jq -r 'map(select(.ManagerStatus and .sure)) | sort_by(.says["swarmgen.label.manager"])
    | (map(select(.ManagerStatus.Leader | not)) + .)[0].ID' ../nodes)" ] || return 0
  mkdir -p "$path/backup"
  [ -z "$(find "$path/backup" -name '*.tar.enc' -mmin "-$((hours * 60))")" ] || return 0
  need openssl openssl && vault GET "$(fact backup.key)" || return
  jq -r .value secret >key
  quiet docker node update "$id" # changes nothing; but the engine notes that a change is certain only with the next one
  sleep 2
  kill -STOP "$(cat /run/docker.pid)" && tar -C $data -cf swarm.tar swarm 2>error
  set -- $?
  thaw
  # shellcheck disable=SC2086 # several words
  [ "$1" = 0 ] && sha256sum swarm.tar >swarm.tar.sha256 && tar -c swarm.tar swarm.tar.sha256 | openssl $cipher -salt -out "$new" 2>error &&
    openssl $cipher -d -in "$new" 2>error | tar -xO swarm.tar | cmp -s - swarm.tar && mv "$new" "$copy-$(date -u +%Y%m%dT%H%M%SZ).tar.enc"
  set -- $?
  rm -f swarm.tar*
  [ "$1" = 0 ] || no "backup: $(last)" || return
  say "wrote a backup of the swarm's state"
  set -- "$copy"-[0-9]*Z.tar.enc
  while [ $# -gt "$(fact backup.keep)" ]; do
    rm -f "$1"
    shift
  done
}

# serve: a unit of systemd answers each request with ./health, unless that is old
serve() {
  cat >answer-health <<'EOF'
#!/bin/sh
while read -r line && [ ${#line} -gt 1 ]; do :; done
cd /run/swarmgen || exit
printf 'HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n'
find health -mmin -10 -exec cat {} + 2>/dev/null | grep . || echo '{"ApplicationHealthState": "Unhealthy", "message": "the node program does not run"}'
EOF
  printf '%s\n' '[Socket]' 'ListenStream=127.0.0.1:8765' 'Accept=yes' \
    >/run/systemd/system/swarmgen-health.socket
  printf '%s\n' '[Service]' 'ExecStart=/bin/sh /run/swarmgen/answer-health' \
    'StandardInput=socket' 'StandardError=null' >/run/systemd/system/swarmgen-health@.service
  systemctl daemon-reload
  systemctl --no-block start swarmgen-health.socket
}

# ---- the life cycle

# do_step NAME COMMAND...: its attempts are counted until it succeeds
do_step() {
  step=$1 why=''
  shift
  if [ "$step" = "$stuck" ]; then attempt=$((tries + 1)) since=$began; else attempt=1 since=$(uptime); fi
  report
  if "$@"; then
    [ "$step" != "$stuck" ] || stuck=''
    rm -f "said-$step"
    return
  fi
  stuck=$step tries=$attempt began=$since
  report
  return 1
}

# part NAME COMMAND...: its failure is shown, but the node stays healthy
part() {
  step=$1
  shift
  rm -f why
  if "$@"; then rm -f "said-$step" "why-$step"; else mv why "why-$step" 2>/dev/null; fi
  step=ready
}

# keys: every few minutes, also while a step waits
looked=''
keys() {
  [ -z "$looked" ] || [ $(($(uptime) - looked)) -ge 300 ] || return 0
  looked=$(uptime)
  part access access
}

converge() {
  do_step facts about || return
  keys
  do_step 'scripts before' scripts before || return
  if [ "$role" != jumpbox ]; then
    aside events events
    do_step disk disk && do_step share share && do_step engine start_engine && do_step swarm member || return
    [ "$role" != manager ] || do_step stack stack || return
  fi
  do_step 'scripts after' scripts after
}

# tend: what may change while a node lives. Fails if the node is not well any more
tend() {
  keys
  [ -e $run/done/updates ] || ! every 20 || aside updates unattended
  [ "$role" != jumpbox ] || return 0
  aside events events
  part guard guard
  state
  [ "$state" = active ] && [ ! -e $run/going ] || return
  ! every 8 || ! lost || return
  ! every 4 || networks || return
  [ -z "$path" ] || timeout 20 mountpoint -q "$path" || return
  part space space
  if every 4; then
    part registries sign_in
    [ -e $run/done/images ] || aside images pull
    part images evict
  fi
  [ "$role" != manager ] || managers || return
  part reboot reboots
  forget
  why=''
  for file in why-* */why; do
    name=${file#why-}
    [ ! -e "$file" ] || why="$why${why:+; }${name%/why}: $(cat "$file")"
  done
}

role=$(fact role)
[ "$(fact version)" = 1 ] || { say 'these facts are of a version that this program does not know'; serve; report; exit 1; }
path=$(fact share.path)
serve
while :; do
  condition=Unhealthy
  until converge; do backoff; done
  forget
  step=ready attempt=1 since=$(uptime) tick=0
  say "$role"
  condition=Healthy
  while tend; do
    report
    tick=$((tick + 1))
    sleep 15
  done
done

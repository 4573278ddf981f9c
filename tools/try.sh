#!/bin/sh
# Builds an example, says what was made, and deploys it to a local Resource Manager.
# SWARMGEN: the program; SPEED: how many times faster than Azure.
set -eu
cd "$(dirname "$0")/.."
example=${1:-examples/linux}
swarmgen=${SWARMGEN:-build/release/swarmgen}
echo
echo "$example/swarm.yaml:"
echo
sed 's/^/    /' "$example/swarm.yaml"
echo
"$swarmgen" build --quiet "$example"
echo "became $example/azure/:"
echo
(cd "$example/azure" && find . -type f ! -name '.*' | sort | while read -r file; do
    printf '    %-40s %6s lines  %8s bytes\n' "${file#./}" "$(wc -l <"$file")" "$(wc -c <"$file")"
done)

scratch=$(mktemp -d)
emulator=
leave() {
    if [ "$emulator" ]; then kill "$emulator" 2>/dev/null || true; fi
    rm -rf "$scratch"
}
trap leave EXIT
"$swarmgen" emulate --quiet --port 0 --speed "${SPEED:-20}" --ready "$scratch/ready" 2>"$scratch/log" &
emulator=$!
tries=0
while [ ! -s "$scratch/ready" ]; do
    tries=$((tries + 1))
    if [ $tries -gt 200 ]; then
        cat "$scratch/log" >&2
        exit 1
    fi
    sleep 0.05
done
told() {
    sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" "$scratch/ready"
}
AZURE_TENANT_ID=$(told tenant) AZURE_CLIENT_ID=$(told client) AZURE_CLIENT_SECRET=$(told secret)
AZURE_SUBSCRIPTION_ID=$(told subscription) SSL_CERT_FILE=$(told certificate)
export AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_CLIENT_SECRET AZURE_SUBSCRIPTION_ID SSL_CERT_FILE
export XDG_CACHE_HOME="$scratch" # how long this takes says nothing of Azure
unset AZURE_FEDERATED_TOKEN_FILE AZURE_CLIENT_CERTIFICATE_PATH AZURE_AUTHORITY_HOST AZURE_TOKEN_CREDENTIALS
if ! ls "${HOME:-/}"/.ssh/*.pub >/dev/null 2>&1; then # a key that nobody has
    SWARM_SSH_KEY='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA nobody'
    export SWARM_SSH_KEY
fi
echo
echo "A local Resource Manager takes the place of Azure, ${SPEED:-20} times faster:"
echo
echo "    swarmgen deploy $example --group acme --location westeurope --yes"
echo
"$swarmgen" deploy "$example" --cloud "$(told url)" --group acme --location westeurope --yes
cat <<END

To Azure, from a copy of your own:   swarmgen deploy FOLDER --group NAME --location REGION
Read $example/azure/main.bicep: it says what was deployed, and why. docs/swarm-yaml.md lists every setting, docs/deploy.md what deploy does.
END

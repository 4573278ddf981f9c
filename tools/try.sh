#!/bin/sh
# Builds an example and says what was made. Needs build/release/swarmgen.
set -eu
cd "$(dirname "$0")/.."
example=${1:-examples/linux}
echo
echo "$example/swarm.yaml:"
echo
sed 's/^/    /' "$example/swarm.yaml"
echo
build/release/swarmgen build --quiet "$example"
echo "became $example/azure/:"
echo
(cd "$example/azure" && find . -type f ! -name '.*' | sort | while read -r file; do
    printf '    %-40s %6s lines  %8s bytes\n' "${file#./}" "$(wc -l <"$file")" "$(wc -c <"$file")"
done)
echo
echo "with these resources:"
echo
grep -o "^resource [A-Za-z0-9_]* '[^'@]*" "$example/azure/main.bicep" | awk '{ sub(/^\047/, "", $3); printf "    %-28s %s\n", $2, $3 }'
cat <<END

Read $example/azure/main.bicep: it says what will be deployed, and why. To deploy it into a resource group of your own:

    az deployment group create --resource-group NAME --template-file $example/azure/azuredeploy.json \\
      --parameters $example/azure/azuredeploy.parameters.json --parameters sshKey="\$(cat ~/.ssh/id_ed25519.pub)"

Next: copy the example, change swarm.yaml (docs/swarm-yaml.md lists every setting), and run
    build/release/swarmgen build FOLDER
END

#!/bin/sh
# Packages come through the proxy of the house.
set -eu
printf 'Acquire::http::Proxy "http://proxy.globex.example:3128";\n' >/etc/apt/apt.conf.d/80-proxy

#!/bin/sh
# Builds the image of the service from this repository, after `npm ci && npm run build`.
#
#   deploy/container/build-image.sh                              provisioning:latest, on Debian's image
#   BASE=debian-trixie:local deploy/container/build-image.sh     on an image of Debian that is here already
#   IMAGE=registry.example.com/provisioning:1 DOCKER=podman deploy/container/build-image.sh
set -eu

here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT

cd "$root"
for built in core/cli/bundle/provisioning.cjs platform/orchestrator/bundle/main.cjs; do
  if [ ! -f "$built" ]; then
    echo "$built is missing: build first, with npm run build" >&2
    exit 1
  fi
done
mkdir "$context/platform"
cp "$here/Dockerfile" "$context/"

# The workspaces as links, as npm made them, and the libraries without those that only the work on the code needs.
libraries=$(npm ls --omit=dev --all --parseable 2>/dev/null | sed -n "s|^$root/\(node_modules/.*\)|\1|p")
links=$(find node_modules/@provisioning -maxdepth 1 -type l)
printf '%s\n' $libraries $links | tar -cf - --exclude='*/.cache' -T - | tar -xf - -C "$context/platform"
tar -cf - --exclude=node_modules --exclude='*.test.ts' --exclude='*.tsbuildinfo' --exclude='core/*/src' --exclude='platform/*/src' --exclude='core/cli/one-file' \
  package.json LICENSE config core docs/user extensions kcl platform scripts templates | tar -xf - -C "$context/platform"

"${DOCKER:-docker}" build --tag "${IMAGE:-provisioning:latest}" ${BASE:+--build-arg "BASE=$BASE"} "$context"

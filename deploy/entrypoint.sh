#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Take settings that are given as files (/run/secrets/KOMMUNE3_…) into the environment, then run the command.
set -eu
for file in "${KOMMUNE3_SECRETS_FOLDER:-/run/secrets}"/KOMMUNE3_*; do
    if [ -f "$file" ]; then
        export "$(basename "$file")=$(cat "$file")"
    fi
done
exec "$@"

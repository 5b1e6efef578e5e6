#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Run once by the image of PostgreSQL, when the database is made: the role the platform runs as. It owns no table and
# cannot pass row-level security; 'kommune3 row_security --role kommune3_run' gives it what it needs, at each start.
set -eu
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 \
    --set password="$(cat /run/secrets/RUNNING_PASSWORD)" <<'END'
CREATE ROLE kommune3_run LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'password';
END

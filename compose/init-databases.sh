#!/bin/bash
# One-shot, safe to run again, so that the next start finishes a first one that was killed: a login role that owns exactly the two
# databases of the Temporal server, and nothing else. Passwords are never arguments: those every process of the host may read.
set -euo pipefail
export PASSWORD_FILE=${DB_PASSWORD_FILE:-/run/secrets/temporal_db_password}
PGPASSWORD=$(cat "${SUPERUSER_PASSWORD_FILE:-/run/secrets/postgres_password}")
export PGPASSWORD
[ -s "$PASSWORD_FILE" ] # psql takes a file that is missing for an empty one
psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 <<'SQL'
\set pw `cat "$PASSWORD_FILE"`
SELECT format('CREATE ROLE temporal LOGIN PASSWORD %L NOSUPERUSER NOCREATEDB NOCREATEROLE', :'pw')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'temporal') \gexec
SELECT format('CREATE DATABASE %I OWNER temporal', wanted) FROM unnest(ARRAY['temporal', 'temporal_visibility']) AS all_of (wanted)
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = wanted) \gexec
REVOKE CONNECT ON DATABASE temporal, temporal_visibility FROM PUBLIC;
SQL
echo "databases are there"

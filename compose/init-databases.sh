#!/bin/bash
# Runs once, when the data volume is empty (docker-entrypoint-initdb.d): a login role that owns exactly the two databases of the
# Temporal server, and nothing else.
set -euo pipefail
password=$(cat "${DB_PASSWORD_FILE:-/run/secrets/temporal_db_password}")
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" -v pw="$password" <<'SQL'
CREATE ROLE temporal LOGIN PASSWORD :'pw' NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE temporal, temporal_visibility FROM PUBLIC;
SQL

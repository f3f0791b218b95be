#!/bin/bash
# docker compose exec postgres bash /scripts/set-password.sh: tells the database the password that "secrets rotate" has made.
set -euo pipefail
export PASSWORD_FILE=${DB_PASSWORD_FILE:-/run/secrets/temporal_db_password}
[ -s "$PASSWORD_FILE" ] # psql takes a file that is missing for an empty one
psql --no-psqlrc -v ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
\set pw `cat "$PASSWORD_FILE"`
ALTER ROLE temporal PASSWORD :'pw';
SQL

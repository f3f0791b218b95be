#!/bin/bash
# docker compose exec postgres bash /scripts/set-password.sh: tells the database the password that "secrets rotate" has made.
set -euo pipefail
password=$(cat "${DB_PASSWORD_FILE:-/run/secrets/temporal_db_password}")
psql -v ON_ERROR_STOP=1 --username postgres --dbname postgres -v pw="$password" <<'SQL'
ALTER ROLE temporal PASSWORD :'pw';
SQL

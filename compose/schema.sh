#!/bin/sh
# One-shot, safe to run again: brings both databases to the schema of this version of the tool.
set -eu
SQL_PASSWORD=$(cat "${DB_PASSWORD_FILE:-/run/secrets/temporal_db_password}")
export SQL_PASSWORD
for pair in temporal:postgresql/v12/temporal temporal_visibility:postgresql/v12/visibility; do
  database=${pair%%:*}
  schema=${pair#*:}
  temporal-sql-tool --db "$database" setup-schema --version 0.0
  temporal-sql-tool --db "$database" update-schema --schema-name "$schema"
done
echo "schema is up to date"

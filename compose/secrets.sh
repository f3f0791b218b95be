#!/bin/sh
# One-shot, safe to run again: puts every secret where the one container that needs it finds it, for its user alone.
#
# What stands in ./secrets is taken; the two passwords of the database, and the token of the alarms' hook, are made up where nobody
# gave one. Runs as root without a network, with two capabilities: to read files of the host's users, and to give copies away.
#
# "rotate" replaces the password of the database in the volume; docs/operating.md says what else that needs.
set -eu
umask 077

root=${SECRETS_ROOT:-} # empty, but in the test of this file
given=$root/given
given() { [ -s "$given/$1" ] && tr -d '\r\n' <"$given/$1"; }
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; } # hex: the server puts it between quotes in a YAML file

# keep FILE OWNER MODE: the text on stdin, at once and for its owner alone
keep() {
  rm -f "$1.new" # of a run that was killed: it belongs to FILE's owner by now, and only he may change its mode
  cat >"$1.new"
  chmod "$3" "$1.new" # before it is given away: afterwards that takes one capability more
  chown "$2" "$1.new"
  mv "$1.new" "$1"
}

# password FILE NAME OWNER MODE
password() {
  if [ ! -s "$1" ] || [ "${rotate:-no}" = yes ]; then
    { given "$2" || random; } | keep "$1" "$3" "$4"
    echo "$2: set"
  elif [ -s "$given/$2" ] && [ "$(given "$2")" != "$(cat "$1")" ]; then
    echo "secrets/$2 differs from the password that the database was made with; docs/operating.md says how to change it" >&2
    exit 1
  fi
}

[ "${1:-}" != rotate ] || rotate=yes
password "$root/postgres/temporal_db_password" temporal_db_password 999:999 0400
keep "$root/temporal/temporal_db_password" 1000:1000 0400 <"$root/postgres/temporal_db_password"
rotate=no
password "$root/postgres/postgres_password" postgres_password 999:999 0400

# Those of the roles, by the names that switchyard.yaml gives them; what has gone from ./secrets goes, and nothing else is away even
# for a moment: workers read them while this runs.
for role in deploy sync docs gateway; do
  for file in "$given/$role"/*; do
    [ -f "$file" ] || continue
    keep "$root/roles/$role/${file##*/}" 10001:10001 0400 <"$file"
    echo "$role: ${file##*/}"
  done
  for file in "$root/roles/$role"/*; do
    name=${file##*/}
    [ ! -f "$file" ] || [ -f "$given/$role/$name" ] || [ "$name" = alertmanager-hook ] || rm -f "$file"
  done
done
hook=$root/roles/gateway/alertmanager-hook
[ -s "$hook" ] || random | keep "$hook" 10001:10001 0400

#!/bin/sh
# Starts PostgreSQL with an empty table of messages: postgres.sh PORT DIRECTORY. It refuses to run as root, so root becomes postgres.
set -eu
port=$1 data=$2
as=
if [ "$(id -u)" = 0 ]; then
  chown postgres "$data"
  as="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
chmod 700 "$data"
bin=$(echo /usr/lib/postgresql/*/bin)
$as "$bin/initdb" --pgdata "$data" --auth trust --username postgres > /dev/null
echo "CREATE TABLE messages (id bigserial PRIMARY KEY, room text NOT NULL, text text NOT NULL)" |
  $as "$bin/postgres" --single -D "$data" postgres > /dev/null
# shellcheck disable=SC2086
exec $as "$bin/postgres" -D "$data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=120

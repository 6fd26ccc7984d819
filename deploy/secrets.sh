#!/bin/sh
# Makes the secrets that compose.yaml needs, once, in the folder secrets beside this file.
set -eu
cd "$(dirname "$0")"
if [ -e secrets ]; then
    echo "There is a folder $(pwd)/secrets already. Nothing was changed." >&2
    exit 1
fi
umask 022
mkdir -m 0700 secrets.new

fresh() { od -A n -N 32 -t x1 /dev/urandom | tr -d ' \n'; }
keep() { printf '%s\n' "$2" >"secrets.new/$1"; }

synapse=$(fresh)
kinkeeper=$(fresh)
registration=$(fresh)

keep .gitignore '*'
keep postgres_synapse "$synapse"
keep postgres_kinkeeper "$kinkeeper"
keep kinkeeper_database_url "postgres://kinkeeper:$kinkeeper@postgres/kinkeeper"
keep kinkeeper_password "$(fresh)"
keep kinkeeper_registration_secret "$registration"
keep synapse.yaml "registration_shared_secret: $registration
macaroon_secret_key: $(fresh)
form_secret: $(fresh)
database:
  name: psycopg2
  args: {user: synapse, password: $synapse, host: postgres, dbname: synapse, cp_min: 5, cp_max: 10}"

# All at once, so that an interrupted run leaves nothing half made.
mv secrets.new secrets
# Each container reads its own of these under a user that this machine does not know. So the files can be
# read by all, and the folder, which only its owner can enter, keeps everybody else here away from them.
echo "Made $(pwd)/secrets. Keep a copy where you keep such things."

# The frame of a program: scratch folder, signals, the lock of the server.

# begin SCRATCH_PARENT
begin() {
  umask 022
  [ -d "$1" ] && [ -w "$1" ] && parent=$1 || parent=${TMPDIR:-/tmp}
  T=$(mktemp -d "$parent/provisioning-program.XXXXXX") || exit 75
  trap 'clean_up' EXIT
  trap 'interrupted' HUP INT TERM PIPE
}

clean_up() {
  trap - EXIT
  command -v package_allow_starts >/dev/null 2>&1 && package_allow_starts
  [ -z "${T-}" ] || rm -rf -- "$T"
}

interrupted() {
  trap '' HUP INT TERM PIPE
  clean_up
  exit 143
}

# lock FILE shared|exclusive WAIT_SECONDS: one program at a time on a server, whoever sent it.
lock() {
  mkdir -p -- "${1%/*}" 2>/dev/null
  command exec 9>>"$1" || die LOCK_UNAVAILABLE "The lock file $1 cannot be opened."
  flags=-x
  [ "$2" = shared ] && flags=-s
  flock -n $flags 9 && return
  log "Another program is working on this server; waiting for up to $3 seconds."
  flock -w "$3" $flags 9 || die LOCK_HELD "Another program has been working on this server for more than $3 seconds."
}

# Takes away what a killed program left behind.
recover() {
  for old in "${T%/*}"/provisioning-program.??????; do
    [ "$old" = "$T" ] || rm -rf -- "$old"
  done
  command -v package_allow_starts >/dev/null 2>&1 && package_allow_starts
  :
}

# script_file CONTENT_FUNCTION USER: writes a script that only its runner can read and prints the file's name.
script_file() {
  chmod 0711 "$T"
  (umask 077; "$1" >"$T/$1") && chown -- "${2:-root}" "$T/$1" && printf %s "$T/$1"
}

# as_user USER WORD...: with the user's own home, or programs would look for their files in root's.
as_user() {
  as=$1
  shift
  HOME=$(getent passwd "$as" | cut -d: -f6) USER=$as LOGNAME=$as
  export HOME USER LOGNAME
  runuser -u "$as" -- "$@"
}

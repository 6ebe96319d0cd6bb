# script_file CONTENT_FUNCTION USER: writes a script that only its runner can read and prints the file's name.
script_file() {
  chmod 0711 "$T"
  (umask 077; "$1" >"$T/$1") && chown -- "${2:-root}" "$T/$1" && printf %s "$T/$1"
}

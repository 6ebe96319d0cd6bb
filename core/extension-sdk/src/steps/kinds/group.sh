# group_look NAME GID [absent]
group_look() {
  entry=$(getent group "$1") || { [ -n "$3" ]; return; }
  [ -z "$3" ] || return 1
  entry=${entry#*:*:}
  case $2 in '' | "${entry%%:*}") ;; *) return 1 ;; esac
}

# group_change NAME GID [absent] [system]
group_change() {
  if [ -n "$3" ]; then groupdel -- "$1"; return; fi
  if getent group "$1" >/dev/null; then groupmod -g "$2" -- "$1"; return; fi
  name=$1 gid=$2 system=$4
  set --
  [ -z "$gid" ] || set -- "$@" -g "$gid"
  [ -z "$system" ] || set -- "$@" -r
  groupadd "$@" -- "$name"
}

# user_look NAME UID GROUP GROUPS HOME SHELL COMMENT
user_look() {
  look_user "$1" || return 1
  case $2 in '' | "$a_uid") ;; *) return 1 ;; esac
  case $5 in '' | "$a_home") ;; *) return 1 ;; esac
  case $6 in '' | "$a_shell") ;; *) return 1 ;; esac
  case $7 in '' | "$a_comment") ;; *) return 1 ;; esac
  [ -z "$3$4" ] && return
  primary=$(id -gn "$1" 2>/dev/null) || return 1
  case $3 in '' | "$primary" | "$a_gid") ;; *) return 1 ;; esac
  [ -z "$(user_groups_missing "$1" "$4")" ]
}

# The groups of a comma list that a user is not in, as a comma list.
user_groups_missing() {
  member=" $(id -Gn "$1" 2>/dev/null) " missing=
  old_ifs=$IFS IFS=,
  for group in $2; do
    case $member in *" $group "*) ;; *) missing="$missing${missing:+,}$group" ;; esac
  done
  IFS=$old_ifs
  printf %s "$missing"
}

user_diff() {
  if ! look_user "$1"; then echo "create the user $1"; return; fi
  case $2 in '' | "$a_uid") ;; *) echo "number: $a_uid -> $2" ;; esac
  case $5 in '' | "$a_home") ;; *) echo "home: $a_home -> $5" ;; esac
  case $6 in '' | "$a_shell") ;; *) echo "shell: $a_shell -> $6" ;; esac
  case $7 in '' | "$a_comment") ;; *) echo "comment: $a_comment -> $7" ;; esac
  primary=$(id -gn "$1" 2>/dev/null)
  case $3 in '' | "$primary" | "$a_gid") ;; *) echo "group: $primary -> $3" ;; esac
  missing=$(user_groups_missing "$1" "$4")
  [ -z "$missing" ] || echo "add to groups: $missing"
}

# user_change NAME UID GROUP GROUPS HOME SHELL COMMENT SYSTEM CREATE_HOME
user_change() {
  DIRTY=1
  name=$1 uid=$2 group=$3 groups=$4 home=$5 shell=$6 comment=$7 system=$8 create_home=$9
  if look_user "$name"; then verb=usermod; else verb=useradd; fi
  set --
  [ -z "$uid" ] || set -- "$@" -u "$uid"
  [ -z "$home" ] || set -- "$@" -d "$home"
  [ -z "$shell" ] || set -- "$@" -s "$shell"
  [ -z "$comment" ] || set -- "$@" -c "$comment"
  if [ -n "$group" ]; then
    set -- "$@" -g "$group"
  elif [ "$verb" = useradd ]; then
    if getent group "$name" >/dev/null; then set -- "$@" -g "$name"; else set -- "$@" -U; fi
  fi
  [ -z "$groups" ] || set -- "$@" -G "$groups"
  if [ "$verb" = usermod ]; then
    [ -z "$groups" ] || set -- "$@" -a
    [ $# = 0 ] || usermod "$@" -- "$name"
    return
  fi
  [ -z "$system" ] || set -- "$@" -r
  if [ -n "$create_home" ]; then set -- "$@" -m; else set -- "$@" -M; fi
  useradd "$@" -- "$name"
}

user_remove() {
  if [ -n "$2" ]; then userdel -r -- "$1" 2>&1 | grep -v 'mail spool' || :; else userdel -- "$1"; fi
}

# user_keys_look NAME DIGEST
user_keys_look() {
  look_user "$1" || return 1
  keys_digest=$(sha256sum <"$a_home/.ssh/authorized_keys" 2>/dev/null) || return 1
  [ "${keys_digest%% *}" = "$2" ]
}

# Written as the user, so that links in a home cannot lead root elsewhere. user_keys_change NAME CONTENT_FUNCTION
user_keys_change() {
  look_user "$1"
  [ -d "$a_home" ] || fail HOME_MISSING "The home folder $a_home of $1 does not exist."
  "$2" | runuser -u "$1" -- sh -c 'umask 077; mkdir -p "$0/.ssh" && cat >"$0/.ssh/.authorized_keys.new" && mv -f "$0/.ssh/.authorized_keys.new" "$0/.ssh/authorized_keys"' "$a_home"
}

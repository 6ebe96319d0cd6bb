# Regular files with an exact content.

# file_look PATH DIGEST MODE OWNER GROUP [create_only]
file_look() {
  look_path "$1" || return 1
  case $p_type in 'regular file' | 'regular empty file') ;; *) return 1 ;; esac
  [ "$p_mode" = "$3" ] && owned_by "$4" "$5" || return 1
  if [ -n "$6" ] || [ -z "$2" ]; then return 0; fi
  look_digest "$1" && [ "$digest" = "$2" ]
}

# parent_of PATH MAKE: the folder of a path in $parent, made when asked.
parent_of() {
  parent=${1%/*}
  [ -n "$parent" ] || parent=/
  [ -d "$parent" ] && return
  [ -n "$2" ] || fail PARENT_MISSING "The folder $parent does not exist. Add a directory step before this one, or set make_parents."
  mkdir -p -- "$parent"
}

# A fresh file beside PATH that nobody else can read or have prepared, in $temporary. Under the server's lock its name is free; one
# that a killed program left is replaced.
temporary_beside() {
  temporary=$parent/.${1##*/}.provisioning
  rm -rf -- "$temporary"
}

# put_in_place PATH MODE OWNER GROUP: owner and mode first, then one atomic rename. A mount point (containers mount /etc/hosts) cannot
# be renamed over and is written in place.
put_in_place() {
  chown -- "$3:$4" "$temporary" && chmod -- "$2" "$temporary" || { rm -f -- "$temporary"; return 1; }
  error=$(mv -fT -- "$temporary" "$1" 2>&1) && return
  if [ -d "$1" ] && [ ! -L "$1" ]; then
    rm -f -- "$temporary"
    fail PATH_IS_DIRECTORY "$1 is a directory."
  fi
  case $error in *busy*) ;; *) rm -f -- "$temporary"; echo "$error" >&2; return 1 ;; esac
  cat -- "$temporary" >"$1" && chown -- "$3:$4" "$1" && chmod -- "$2" "$1" && rm -f -- "$temporary"
}

# file_change CONTENT_FUNCTION PATH DIGEST MODE OWNER GROUP [make_parents] [create_only]
file_change() {
  parent_of "$2" "$7"
  if [ -f "$2" ] && [ ! -L "$2" ]; then
    if [ -n "$8" ] || [ -z "$3" ] || { DIRTY=1; look_digest "$2" && [ "$digest" = "$3" ]; }; then
      chown -- "$5:$6" "$2" && chmod -- "$4" "$2"
      return
    fi
  fi
  if [ -d "$2" ] && [ ! -L "$2" ]; then fail PATH_IS_DIRECTORY "$2 is a directory."; fi
  temporary_beside "$2"
  (umask 077; set -C; "$1" >"$temporary") || { rm -f -- "$temporary"; return 1; }
  put_in_place "$2" "$4" "$5" "$6"
}

# file_diff CONTENT_FUNCTION PATH DIGEST MODE OWNER GROUP [sensitive] [create_only]
file_diff() {
  if ! look_path "$2"; then
    echo "create $2 ($4 ${5:-root}:${6:-root})"
    [ -n "$7" ] || "$1" | diff -u -L /dev/null -L "$2" /dev/null - || :
    return 0
  fi
  case $p_type in 'regular file' | 'regular empty file') ;; *) echo "replace the $p_type $2 by a file"; return 0 ;; esac
  [ "$p_mode" = "$4" ] || echo "mode of $2: $p_mode -> $4"
  owned_by "$5" "$6" || echo "owner of $2: $p_user:$p_group -> $5:$6"
  if [ -n "$8" ] || [ -z "$3" ]; then return 0; fi
  if look_digest "$2" && [ "$digest" = "$3" ]; then return 0; fi
  if [ -n "$7" ]; then echo "content of $2 changes (not shown: it holds secrets)"; return 0; fi
  "$1" | diff -u -L "$2" -L "$2" "$2" - || :
}

absent_look() { ! look_path "$1"; }
absent_diff() { echo "remove $1"; }

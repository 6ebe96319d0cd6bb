# directory_look PATH MODE OWNER GROUP [recurse]
directory_look() {
  look_path "$1" && [ "$p_type" = directory ] && [ "$p_mode" = "$2" ] && owned_by "$3" "$4" || return 1
  [ -z "$5" ] || [ -z "$(find "$1" -xdev ! \( -user "$3" -group "$4" \) -print -quit 2>/dev/null || echo unknown)" ]
}

# directory_change PATH MODE OWNER GROUP [recurse] [make_parents]
directory_change() {
  if [ ! -d "$1" ] || [ -L "$1" ]; then
    if [ -e "$1" ] || [ -L "$1" ]; then fail PATH_IS_FILE "$1 exists and is no directory."; fi
    parent_of "$1" "$6"
    mkdir -m 0700 -- "$1"
  fi
  chown -- "$3:$4" "$1" && chmod -- "$2" "$1"
  [ -z "$5" ] || chown -RhP -- "$3:$4" "$1"
}

directory_diff() {
  if ! look_path "$1"; then
    echo "create $1 ($2 $3:$4)"
  elif [ "$p_type" != directory ]; then
    echo "$1 is a $p_type and would have to be a directory"
  else
    [ "$p_mode" = "$2" ] || echo "mode of $1: $p_mode -> $2"
    owned_by "$3" "$4" || echo "owner of $1: $p_user:$p_group -> $3:$4"
    [ -z "$5" ] || echo "owner of files below $1 -> $3:$4"
  fi
}

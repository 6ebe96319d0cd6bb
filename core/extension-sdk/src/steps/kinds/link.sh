# link_look PATH TARGET [absent]. `absent` looks at the path itself: a file of that name is not our link and stays.
link_look() {
  if [ -n "$3" ]; then [ ! -L "$1" ]; return; fi
  [ -L "$1" ] && [ "$(readlink -- "$1")" = "$2" ]
}

# link_change PATH TARGET [absent] [force] [make_parents]
link_change() {
  if [ -n "$3" ]; then rm -f -- "$1"; return; fi
  parent_of "$1" "$5"
  if [ -d "$1" ] && [ ! -L "$1" ]; then fail PATH_IS_DIRECTORY "$1 is a directory."; fi
  if [ -e "$1" ] && [ ! -L "$1" ] && [ -z "$4" ]; then fail PATH_IS_FILE "$1 exists and is no link. Set force to replace it."; fi
  temporary_beside "$1"
  ln -s -- "$2" "$temporary"
  mv -fT -- "$temporary" "$1"
}

link_diff() {
  if [ -n "$3" ]; then echo "remove the link $1"; return; fi
  if [ -L "$1" ]; then echo "$1: -> $(readlink -- "$1") becomes -> $2"; else echo "link $1 -> $2"; fi
}

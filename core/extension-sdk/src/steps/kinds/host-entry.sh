# Lines end with a mark that names their step, so that a changed address replaces its line.

# The line with a mark in $entry, empty when there is none. Reads without starting a process.
host_entry_find() {
  entry=
  while IFS= read -r host_line || [ -n "$host_line" ]; do
    case $host_line in *" $1") entry=$host_line; return ;; esac
  done 2>/dev/null </etc/hosts
}

# host_entry_look MARK LINE [absent]
host_entry_look() {
  host_entry_find "$1"
  if [ -n "$3" ]; then [ -z "$entry" ]; else [ "$entry" = "$2" ]; fi
}

host_entry_diff() {
  host_entry_find "$1"
  [ -z "$entry" ] || echo "-$entry"
  [ -n "$3" ] || echo "+$2"
}

host_entry_change() {
  parent_of /etc/hosts
  temporary_beside /etc/hosts
  (
    set -C
    [ ! -e /etc/hosts ] || MARK=" $1" awk 'BEGIN { mark = ENVIRON["MARK"] } { n = length($0) - length(mark); if (n < 0 || substr($0, n + 1) != mark) print }' /etc/hosts >"$temporary"
  ) || { rm -f -- "$temporary"; return 1; }
  [ -n "$3" ] || printf '%s\n' "$2" >>"$temporary"
  put_in_place /etc/hosts 644 root root
}

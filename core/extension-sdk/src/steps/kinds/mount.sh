# What /etc/fstab says of a mount point, fields joined by single blanks, in $entry; and whether something is mounted there.
mount_find() {
  entry=
  while read -r m_source m_path m_type m_options m_dump m_pass rest; do
    case $m_source in '#'*) continue ;; esac
    if [ "$m_path" = "$1" ]; then entry="$m_source $m_path $m_type $m_options ${m_dump:-0} ${m_pass:-0}"; fi
  done 2>/dev/null </etc/fstab
}

mount_is_there() {
  while read -r m_source m_path rest; do
    [ "$m_path" != "$1" ] || return 0
  done </proc/mounts
  return 1
}

# mount_look PATH LINE STATE
mount_look() {
  mount_find "$1"
  if [ "$3" = absent ]; then [ -z "$entry" ] || return 1; else [ "$entry" = "$2" ] || return 1; fi
  case $3 in
    mounted) mount_is_there "$1" ;;
    absent | unmounted) ! mount_is_there "$1" ;;
  esac
}

mount_diff() {
  mount_find "$1"
  if [ "$3" = absent ]; then
    [ -z "$entry" ] || echo "-$entry"
  elif [ "$entry" != "$2" ]; then
    [ -z "$entry" ] || echo "-$entry"
    echo "+$2"
  fi
  case $3 in
    mounted) mount_is_there "$1" || echo "mount $1" ;;
    absent | unmounted) ! mount_is_there "$1" || echo "unmount $1" ;;
  esac
}

# mount_change PATH LINE STATE [make_directory]
mount_change() {
  case $3 in absent | unmounted) ! mount_is_there "$1" || umount -- "$1" ;; esac
  mount_find "$1"
  if [ "$3" = absent ] && [ -n "$entry" ] || [ "$3" != absent ] && [ "$entry" != "$2" ]; then
    parent_of /etc/fstab
    temporary_beside /etc/fstab
    (set -C; [ -e /etc/fstab ] || : >/etc/fstab; awk -v path="$1" '/^[ \t]*#/ || $2 != path' /etc/fstab >"$temporary")
    [ "$3" = absent ] || printf '%s\n' "$2" >>"$temporary"
    put_in_place /etc/fstab 644 root root
    [ ! -d /run/systemd/system ] || systemctl daemon-reload
  fi
  [ "$3" = mounted ] || return 0
  if [ -n "$4" ]; then mkdir -p -- "$1"; fi
  if mount_is_there "$1"; then timeout 60 mount -o remount -- "$1"; else timeout 120 mount -- "$1"; fi
}

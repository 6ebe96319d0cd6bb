# systemd has read the files of this unit since they changed. Without systemd there is nobody to tell.
unit_is_loaded() {
  look_unit "$1" || return 0
  [ "$u_reload" != yes ]
}

# systemd_unit_remove PATH UNIT: the unit is stopped and disabled first, or its links and processes would stay.
systemd_unit_remove() {
  [ -z "$2" ] || systemctl disable --now --quiet -- "$2" 2>/dev/null || :
  rm -f -- "$1"
  case ${1%/*} in *.d) rmdir -- "${1%/*}" 2>/dev/null || : ;; esac
  systemctl daemon-reload
  [ -z "$2" ] || systemctl reset-failed -- "$2" 2>/dev/null || :
}

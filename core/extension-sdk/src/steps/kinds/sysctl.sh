# The running value of a setting in $value, white space as single blanks. Dots separate unless the name has slashes.
sysctl_read() {
  case $1 in */*) setting=/proc/sys/$1 ;; *) setting=/proc/sys/$(printf %s "$1" | tr . /) ;; esac
  value=$(tr -s '\t\n ' ' ' <"$setting" 2>/dev/null) || return 1
  value=${value% }
}

# sysctl_look NAME VALUE...
sysctl_look() {
  while [ $# -gt 0 ]; do
    sysctl_read "$1" && [ "$value" = "$2" ] || return 1
    shift 2
  done
}

sysctl_diff() {
  while [ $# -gt 0 ]; do
    if ! sysctl_read "$1"; then echo "$1: not known to this kernel"; elif [ "$value" != "$2" ]; then echo "$1: $value -> $2"; fi
    shift 2
  done
}

sysctl_change() {
  while [ $# -gt 0 ]; do
    sysctl_read "$1" || fail SYSCTL_UNKNOWN "The kernel of this server has no setting $1."
    if [ "$value" != "$2" ]; then
      (printf '%s\n' "$2" >"$setting") 2>"$T/sysctl" || {
        cat -- "$T/sysctl"
        fail SYSCTL_REFUSED "The kernel refuses $1 = $2 (in a container such settings belong to the host)."
      }
    fi
    shift 2
  done
}

# Looking at the server. Before the first step everything the program asks for is looked up in bulk, one process for each sort of
# thing. The answers hold until the first change (DIRTY); from then on each look asks for itself.
DIRTY='' PATHS='' DIGESTS='' PACKAGES='' UNITS='' USERS=''

bulk_paths() {
  for path; do
    shift
    if [ -e "$path" ] || [ -L "$path" ]; then set -- "$@" "$path"; fi
  done
  PATHS=$NL
  [ $# = 0 ] || PATHS="$NL$(stat -c "%n$TAB%F|%a|%U|%G|%u|%g" -- "$@" 2>/dev/null)$NL"
}

# What is at a path, itself and not where a link leads: p_type p_mode p_user p_group p_uid p_gid. Status 1 when nothing is there.
look_path() {
  if [ -n "$DIRTY" ]; then
    p=$(stat -c '%F|%a|%U|%G|%u|%g' -- "$1" 2>/dev/null) || return 1
  else
    case $PATHS in *"$NL$1$TAB"*) ;; *) return 1 ;; esac
    p=${PATHS#*"$NL$1$TAB"}
    p=${p%%"$NL"*}
  fi
  p_type=${p%%|*} p=${p#*|}
  p_mode=${p%%|*} p=${p#*|}
  p_user=${p%%|*} p=${p#*|}
  p_group=${p%%|*} p=${p#*|}
  p_uid=${p%%|*} p_gid=${p#*|}
}

# Compares with what look_path found; an empty wish is met by anything. owned_by USER GROUP
owned_by() {
  case $1 in '' | "$p_user" | "$p_uid") ;; *) return 1 ;; esac
  case $2 in '' | "$p_group" | "$p_gid") ;; *) return 1 ;; esac
}

bulk_digests() {
  for path; do
    shift
    if [ -f "$path" ] && [ ! -L "$path" ]; then set -- "$@" "$path"; fi
  done
  DIGESTS=$NL
  [ $# = 0 ] || DIGESTS="$NL$(sha256sum -- "$@" 2>/dev/null)$NL"
}

# SHA-256 of a regular file in $digest.
look_digest() {
  digest=
  if [ -z "$DIRTY" ]; then
    case $DIGESTS in *"  $1$NL"*) digest=${DIGESTS%%"  $1$NL"*} digest=${digest##*"$NL"}; return 0 ;; esac
  fi
  digest=$(sha256sum <"$1" 2>/dev/null) || return 1
  digest=${digest%% *}
}

bulk_packages() {
  PACKAGES="$NL$(dpkg-query -W -f '${Package}|${db:Status-Abbrev}|${Version}\n' -- "$@" 2>/dev/null)$NL"
}

# State of a package: p_status ("ii ", "rc ", empty when unknown) and p_version.
look_package() {
  [ -z "$DIRTY" ] || bulk_packages "$1"
  p_status='' p_version=''
  case $PACKAGES in *"$NL${1%%:*}|"*) ;; *) return 1 ;; esac
  p=${PACKAGES#*"$NL${1%%:*}|"}
  p=${p%%"$NL"*}
  p_status=${p%%|*} p_version=${p#*|}
}

# Lines "unit<TAB>load|active|file|needs-reload". systemctl answers in the order asked; a name that does not fit is left out.
bulk_units() {
  UNITS=$NL
  shown=$(systemctl show -p Names,LoadState,ActiveState,UnitFileState,NeedDaemonReload -- "$@" 2>/dev/null)
  names='' load='' active='' file='' reload=''
  while IFS= read -r property; do
    case $property in
      Names=*) names=${property#*=} ;;
      LoadState=*) load=${property#*=} ;;
      ActiveState=*) active=${property#*=} ;;
      UnitFileState=*) file=${property#*=} ;;
      NeedDaemonReload=*) reload=${property#*=} ;;
      '')
        case " $names " in *" ${1-} "*) UNITS="$UNITS$1$TAB$load|$active|$file|$reload$NL" ;; esac
        names='' load='' active='' file='' reload=''
        [ $# = 0 ] || shift
        ;;
    esac
  done <<SHOWN
$shown

SHOWN
}

# State of a unit: u_load u_active u_file u_reload.
look_unit() {
  [ -z "$DIRTY" ] || bulk_units "$1"
  u_load='' u_active='' u_file='' u_reload=''
  case $UNITS in *"$NL$1$TAB"*) ;; *) return 1 ;; esac
  u=${UNITS#*"$NL$1$TAB"}
  u=${u%%"$NL"*}
  u_load=${u%%|*} u=${u#*|}
  u_active=${u%%|*} u=${u#*|}
  u_file=${u%%|*} u_reload=${u#*|}
}

bulk_users() { USERS="$NL$(getent passwd "$@" 2>/dev/null)$NL"; }

# The passwd entry of a user: a_uid a_gid a_comment a_home a_shell. Status 1 when there is none.
look_user() {
  [ -z "$DIRTY" ] || bulk_users "$1"
  case $USERS in *"$NL$1:"*) ;; *) return 1 ;; esac
  a=${USERS#*"$NL$1:"}
  a=${a%%"$NL"*} a=${a#*:}
  a_uid=${a%%:*} a=${a#*:}
  a_gid=${a%%:*} a=${a#*:}
  a_comment=${a%%:*} a=${a#*:}
  a_home=${a%%:*} a_shell=${a#*:}
}

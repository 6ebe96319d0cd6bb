# Packages by dpkg and apt.
LISTS_MAX_AGE_MINUTES=1440
POLICY=/usr/sbin/policy-rc.d

# version_fits INSTALLED WANTED: exact, or a prefix when the wish ends with "*".
version_fits() {
  case $2 in
    '') return 0 ;;
    *\*) case $1 in "${2%\*}"*) return 0 ;; esac; return 1 ;;
    *) [ "$1" = "$2" ] ;;
  esac
}

# package_look VERSION NAME...
package_look() {
  wanted=$1
  shift
  for name; do
    look_package "$name" && [ "$p_status" = 'ii ' ] && version_fits "$p_version" "$wanted" || return 1
  done
}

package_diff() {
  wanted=$1
  shift
  for name; do
    if look_package "$name" && [ "$p_status" = 'ii ' ]; then
      version_fits "$p_version" "$wanted" || echo "$name $p_version -> $wanted"
    else
      echo "install $name${wanted:+ $wanted}"
    fi
  done
}

# package_absent_look PURGE NAME...
package_absent_look() {
  purge=$1
  shift
  for name; do
    look_package "$name" || continue
    case $p_status in
      ?n*) ;;
      ?c*) [ -z "$purge" ] || return 1 ;;
      *) return 1 ;;
    esac
  done
}

package_absent_diff() {
  purge=$1
  shift
  for name; do
    package_absent_look "$purge" "$name" || echo "remove $name $p_version${purge:+ with its configuration}"
  done
}

# apt COMMAND...: never asks, waits for another package manager, keeps configuration files that we wrote.
apt() {
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l timeout -k 30 3600 apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

# Finishes what an interrupted dpkg left.
package_repair() {
  for left in /var/lib/dpkg/updates/[0-9]*; do
    [ -e "$left" ] && break
    left=
  done
  if [ -n "$left" ] || [ -n "$(dpkg --audit 2>/dev/null)" ]; then
    echo 'Finishing an interrupted installation first.'
    # What was cut off while it was unpacked cannot be configured, only be got again.
    DEBIAN_FRONTEND=noninteractive dpkg --force-confdef --force-confold --configure -a || :
    apt --fix-broken --reinstall install $(dpkg-query -W -f '${db:Status-Eflag} ${binary:Package}\n' | sed -n 's/^reinstreq //p')
  fi
}

# Refreshes the lists, at most once in a program.
package_refresh() {
  [ ! -e "$T/apt-refreshed" ] || return 0
  apt -o APT::Update::Error-Mode=any update || return 1
  : >"$T/apt-refreshed"
  mkdir -p -- "$STATE" && : >"$STATE/apt-refreshed"
}

lists_are_old() {
  for lists in /var/lib/apt/lists/*_Packages* /var/lib/apt/lists/*_*Release; do
    [ -e "$lists" ] || continue
    [ -z "$(find /var/lib/apt/lists "$STATE/apt-refreshed" -maxdepth 1 -type f -mmin "-$LISTS_MAX_AGE_MINUTES" -print -quit 2>/dev/null)" ]
    return
  done
  return 0
}

# What the lists do not offer, in $unknown. packages_unknown VERSION NAME...
packages_unknown() {
  version=$1 unknown=
  shift
  offered=$(apt-cache policy -- "$@" 2>/dev/null | awk '/^[^ ]/ { name = $1; sub(/:$/, "", name) } $1 == "Candidate:" && $2 != "(none)" { print name }')
  for name; do
    case "$NL$offered$NL" in *"$NL$name$NL"*) ;; *) unknown="$unknown${unknown:+ }$name" ;; esac
  done
  if [ -n "$version" ] && [ -z "$unknown" ]; then
    for offer in $(apt-cache madison -- "$1" 2>/dev/null | awk -F '|' '{ gsub(/ /, "", $2); print $2 }'); do
      ! version_fits "$offer" "$version" || return 0
    done
    unknown="$1 in version $version"
  fi
}

# package_install VERSION START RECOMMENDS NAME...
package_install() {
  wanted=$1 start=$2 recommends=$3
  shift 3
  command -v apt-get >/dev/null || fail UNSUPPORTED_SYSTEM 'This server has no apt-get; packages need Debian or a relative of it.'
  if [ -z "$start" ]; then
    trap package_allow_starts EXIT
    package_forbid_starts
  fi
  package_repair
  refreshed=
  if lists_are_old; then
    if package_refresh; then refreshed=1; else echo 'The package lists could not be refreshed; going on with the old ones.'; fi
  fi
  packages_unknown "$wanted" "$@"
  if [ -n "$unknown" ] && [ -z "$refreshed" ]; then
    package_refresh
    packages_unknown "$wanted" "$@"
  fi
  [ -z "$unknown" ] || fail PACKAGE_NOT_FOUND "No repository of this server offers: $unknown"
  [ -z "$wanted" ] || set -- "$1=$wanted"
  package_get "$recommends" "$@"
}

# Lists that are a little old can name files that the mirror has replaced: refreshed once more, then tried again.
package_get() {
  if [ -n "$1" ]; then recommends=--install-recommends; else recommends=--no-install-recommends; fi
  shift
  apt install "$recommends" --allow-downgrades --allow-change-held-packages -- "$@" >"$T/apt" 2>&1 && { cat -- "$T/apt"; return 0; }
  code=$?
  cat -- "$T/apt"
  grep -q '404 *Not Found\|Hash Sum mismatch' "$T/apt" && [ ! -e "$T/apt-refreshed" ] || return "$code"
  package_refresh && apt install "$recommends" --allow-downgrades --allow-change-held-packages -- "$@"
}

# package_remove PURGE AUTOREMOVE NAME...
package_remove() {
  if [ -n "$1" ]; then verb=purge; else verb=remove; fi
  autoremove=$2
  shift 2
  package_repair
  for name; do
    shift
    look_package "$name" && set -- "$@" "$name"
  done
  if [ -n "$autoremove" ]; then apt "$verb" --auto-remove -- "$@"; else apt "$verb" -- "$@"; fi
}

# Services must not start during an installation. The rule is bound to this very process: if it is killed, the rule no longer counts, and
# the next program takes it away.
package_forbid_starts() {
  package_allow_starts
  if [ -e "$POLICY" ]; then mv -f -- "$POLICY" "$POLICY.provisioning-saved"; fi
  read -r _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ started _ <"/proc/$$/stat"
  cat >"$POLICY.provisioning" <<RULE
#!/bin/sh
# written by provisioning for process $$; void when that has ended
if read -r _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ started _ 2>/dev/null </proc/$$/stat && [ "\$started" = "$started" ]; then exit 101; fi
[ -x $POLICY.provisioning-saved ] && exec $POLICY.provisioning-saved "\$@"
exit 0
RULE
  chmod 0755 "$POLICY.provisioning"
  mv -f -- "$POLICY.provisioning" "$POLICY"
}

package_allow_starts() {
  if [ -e "$POLICY" ] && grep -q '^# written by provisioning ' "$POLICY"; then rm -f -- "$POLICY"; fi
  if [ -e "$POLICY.provisioning-saved" ]; then mv -f -- "$POLICY.provisioning-saved" "$POLICY"; fi
}

# Runs steps: look, and only if something differs, change; then look again. One report line for each.
failed_sections=' ' count_ok=0 count_changed=0 count_would_change=0 count_failed=0 count_skipped=0

# section TASKSERV REQUIRED_TASKSERV...
section() {
  taskserv=$1 stopped= section_changes=
  shift
  for required; do
    case $failed_sections in *" $required "*) stop_section REQUIREMENT_FAILED; return ;; esac
  done
}

stop_section() {
  stopped=$1
  failed_sections="$failed_sections$taskserv "
}

# fail CODE TEXT: ends a change with a reason.
fail() {
  printf '%s' "$1" >"$T/reason"
  printf '%s\n' "$2" >&2
  exit 1
}

# mark TASKSERV/STEP REACTION: remembers, before a change and beyond a crash, that a step has to react to it.
mark() {
  mkdir -p -- "$STATE/pending/${1%/*}"
  : >"$STATE/pending/$1.$2"
}

# pending TASKSERV/STEP REACTION SOURCE_INDEX...
pending() {
  [ -e "$STATE/pending/$1.$2" ] && return 0
  [ "$MODE" = check ] || return 1
  shift 2
  for index; do
    eval "[ -z \"\${would_$index-}\" ]" || return 0
  done
  return 1
}

unmark() { rm -f -- "$STATE/pending/$1.restart" "$STATE/pending/$1.reload" "$STATE/pending/$1.run"; }

# step INDEX ID [passive] [skip_in_check]
step() {
  if [ -n "$stopped" ]; then
    skip "$2" "$stopped"
    return
  fi
  tick
  began=$clock
  if "s${1}_look"; then
    tick
    count_ok=$((count_ok + 1))
    report "{\"type\":\"step\",\"taskserv\":\"$taskserv\",\"step\":\"$2\",\"status\":\"ok\",\"ms\":$((clock - began))}"
    return
  fi
  if [ "$MODE" = check ]; then would_change "$@"; else change "$@"; fi
}

skip() {
  count_skipped=$((count_skipped + 1))
  report "{\"type\":\"step\",\"taskserv\":\"$taskserv\",\"step\":\"$1\",\"status\":\"skipped\",\"ms\":0,\"reason\":\"$2\"}"
}

would_change() {
  if [ -n "$4" ]; then
    skip "$2" CHECK
    return
  fi
  eval "would_$1=1"
  section_changes=1
  "s${1}_diff" >"$T/diff" 2>/dev/null
  : >"$T/out"
  count_would_change=$((count_would_change + 1))
  finish "$2" would_change
}

change() {
  "s${1}_diff" >"$T/diff" 2>/dev/null
  rm -f -- "$T/reason"
  (set -e; "s${1}_change") >"$T/out" 2>&1 3>&- 9>&-
  code=$?
  [ -n "$3" ] || DIRTY=1
  if [ "$code" = 0 ] && ! "s${1}_verify"; then
    code=1
    [ -e "$T/reason" ] || printf NOT_CONVERGED >"$T/reason"
    echo 'The change ended without an error, but the server is not as asked.' >>"$T/out"
  fi
  if [ "$code" != 0 ]; then
    count_failed=$((count_failed + 1))
    finish "$2" failed
    stop_section EARLIER_STEP_FAILED
  elif [ -n "$3" ]; then
    : >"$T/diff"
    count_ok=$((count_ok + 1))
    finish "$2" ok
  else
    count_changed=$((count_changed + 1))
    finish "$2" changed
  fi
}

# finish ID STATUS
finish() {
  tick
  line="{\"type\":\"step\",\"taskserv\":\"$taskserv\",\"step\":\"$1\",\"status\":\"$2\",\"ms\":$((clock - began))"
  [ -s "$T/diff" ] && line="$line,\"diff\":$(json_file "$T/diff" 4096)"
  [ -s "$T/out" ] && line="$line,\"output\":$(json_file "$T/out" 16384 tail)"
  if [ "$2" = failed ]; then
    classify "$code"
    line="$line,\"exit\":$code,\"reason\":\"$reason\""
  fi
  report "$line}"
}

# The cause of a failure as a code in $reason: what the step said itself, else what its output is known to mean. classify EXIT
classify() {
  if [ -s "$T/reason" ]; then
    reason=$(cat -- "$T/reason")
    return
  fi
  case $(tail -c 8192 -- "$T/out" 2>/dev/null | tr -d '\000') in
    *'No space left on device'* | *'Disk quota exceeded'* | *'have enough free space in'*) reason=DISK_FULL ;;
    *'Unable to locate package'* | *'has no installation candidate'* | *"Version '"*"' was not found"*) reason=PACKAGE_NOT_FOUND ;;
    *'Could not get lock'* | *'Unable to acquire the dpkg frontend lock'*) reason=PACKAGE_MANAGER_BUSY ;;
    *'Temporary failure resolving'* | *'Could not resolve'* | *'Could not connect'* | *'Network is unreachable'* | *'onnection timed out'* | \
      *'Unable to connect'* | *'onnection refused'* | *'No route to host'* | *'Failed to fetch'* | *'Name or service not known'*) reason=NETWORK_UNREACHABLE ;;
    *'Read-only file system'*) reason=READ_ONLY ;;
    *'ermission denied'* | *'Operation not permitted'*) reason=PERMISSION_DENIED ;;
    *)
      case $1 in
        124) reason=TIMEOUT ;;
        126 | 127) reason=COMMAND_NOT_FOUND ;;
        *) reason=COMMAND_FAILED ;;
      esac
      ;;
  esac
}

# health INDEX ID TRIES INTERVAL_SECONDS [mutates]: a failing one stops what requires this taskserv.
health() {
  if [ -n "$stopped" ]; then
    health_line "$2" skipped "\"ms\":0,\"attempts\":0,\"reason\":\"$stopped\""
    return
  fi
  tries=$3
  if [ "$MODE" = check ]; then
    tries=1
    if [ -n "$5" ]; then health_line "$2" skipped '"ms":0,"attempts":0,"reason":"CHECK"'; return; fi
    if [ -n "$section_changes" ]; then health_line "$2" skipped '"ms":0,"attempts":0,"reason":"WOULD_CHANGE"'; return; fi
  fi
  tick
  began=$clock attempt=1
  while :; do
    rm -f -- "$T/reason"
    ("h$1") >"$T/out" 2>&1 3>&- 9>&-
    code=$?
    [ "$code" != 0 ] && [ "$attempt" -lt "$tries" ] || break
    attempt=$((attempt + 1))
    sleep "$4"
  done
  tick
  result="\"ms\":$((clock - began)),\"attempts\":$attempt"
  if [ "$code" = 0 ]; then
    health_line "$2" ok "$result"
    return
  fi
  classify "$code"
  unhealthy=$((unhealthy + 1))
  [ -s "$T/out" ] && result="$result,\"output\":$(json_file "$T/out" 16384 tail)"
  health_line "$2" failed "$result,\"exit\":$code,\"reason\":\"$reason\""
  failed_sections="$failed_sections$taskserv "
}
unhealthy=0

health_line() { report "{\"type\":\"health\",\"taskserv\":\"$taskserv\",\"check\":\"$1\",\"status\":\"$2\",$3}"; }

summary() {
  tick
  report "{\"type\":\"summary\",\"ok\":$count_ok,\"changed\":$count_changed,\"wouldChange\":$count_would_change,\"failed\":$count_failed,\"skipped\":$count_skipped,\"unhealthy\":$unhealthy,\"ms\":$((clock - program_began))}"
  [ "$count_failed" = 0 ] && [ "$unhealthy" = 0 ]
}

# Judge the output of a health check so far.
expect_text() {
  grep -qF -e "$1" "$T/out" && return
  printf UNEXPECTED_OUTPUT >"$T/reason"
  echo "(the output does not contain: $1)"
  return 1
}

expect_pattern() {
  grep -qE -e "$1" "$T/out" && return
  printf UNEXPECTED_OUTPUT >"$T/reason"
  echo "(no line of the output matches: $1)"
  return 1
}

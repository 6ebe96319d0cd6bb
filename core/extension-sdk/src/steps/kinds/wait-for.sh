# wait_until LOOK_FUNCTION TIMEOUT_SECONDS INTERVAL_SECONDS SENTENCE
wait_until() {
  read -r wait_clock _ </proc/uptime
  wait_end=$((${wait_clock%.*} + $2))
  while ! "$1"; do
    read -r wait_clock _ </proc/uptime
    [ "${wait_clock%.*}" -lt "$wait_end" ] || fail TIMEOUT "$4"
    sleep "$3"
  done
}

# port_answers HOST PORT. Debian's bash, always there, can connect by itself.
port_answers() {
  if command -v bash >/dev/null; then
    timeout 3 bash -c ': 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null
  else
    timeout 3 nc -z "$1" "$2" 2>/dev/null
  fi
}

# Larger values belong in files of their own.
OUTPUT_MAX_BYTES=65536

# output_emit READ_FUNCTION TASKSERV ID NAME [secret]: a line of its own; status 1 when the value cannot be had now.
output_emit() {
  (umask 077; "$1" >"$T/output" 2>"$T/output-error") 3>&- 9>&- || return 1
  [ "$(wc -c <"$T/output")" -le "$OUTPUT_MAX_BYTES" ] || return 1
  secret=false
  [ -z "$5" ] || secret=true
  report "{\"type\":\"output\",\"taskserv\":\"$2\",\"step\":\"$3\",\"name\":\"$4\",\"secret\":$secret,\"value\":$(json_file "$T/output" 10000000)}"
  rm -f -- "$T/output"
}

# Says why there is no value; nothing of the value itself.
output_fail() {
  [ ! -e "$T/output-error" ] || cat -- "$T/output-error"
  if [ -e "$T/output" ] && [ "$(wc -c <"$T/output")" -gt "$OUTPUT_MAX_BYTES" ]; then
    fail OUTPUT_TOO_LARGE "The value is larger than $OUTPUT_MAX_BYTES bytes."
  fi
  fail OUTPUT_UNAVAILABLE 'The value could not be read.'
}

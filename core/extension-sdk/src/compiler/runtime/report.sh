# Reporting: one JSON line on descriptor 3 for everything that happens. Everything else a command prints goes elsewhere.
NL='
'
TAB='	'

report() { printf '%s\n' "$1" >&3; }

# Milliseconds since boot in $clock, to 10 ms, without starting a process.
tick() {
  if read -r clock rest </proc/uptime 2>/dev/null; then clock=${clock%.*}${clock#*.}0; else clock=$(date +%s)000; fi
}

# A file as JSON text. Lines are kept whole or left out, so that a secret is never cut into an unrecognisable half.
# json_file FILE LIMIT_BYTES [tail]
json_file() {
  if [ "$3" = tail ]; then tail -n 20 -- "$1"; else cat -- "$1"; fi 2>/dev/null | tr -d '\000' | LC_ALL=C awk -v limit="$2" '
    BEGIN {
      for (i = 1; i < 32; i++) escaped[sprintf("%c", i)] = sprintf("\\u%04x", i)
      escaped["\t"] = "\\t"; escaped["\r"] = "\\r"; escaped["\""] = "\\\""; escaped["\\"] = "\\\\"
      printf "\""
    }
    {
      if (length($0) > limit / 2) $0 = "(a line of " length($0) " bytes)"
      used += length($0) + 1
      if (used > limit) { printf "%s(cut: more follows)", separator; exit }
      text = ""
      count = length($0)
      for (i = 1; i <= count; i++) { c = substr($0, i, 1); text = text ((c in escaped) ? escaped[c] : c) }
      printf "%s%s", separator, text
      separator = "\\n"
    }
    END { printf "\"" }'
}

# A short text as JSON in $json; starts a process only for unusual characters.
json_text() {
  case $1 in
    *[!A-Za-z0-9\ ._:/@+,=~-]*) json=$(printf '%s' "$1" | json_file - 4096) ;;
    *) json="\"$1\"" ;;
  esac
}

# log TEXT: something for people that is no result.
log() { json_text "$1"; report "{\"type\":\"log\",\"text\":$json}"; }

# die CODE TEXT: the program as a whole cannot go on.
die() {
  json_text "$2"
  report "{\"type\":\"error\",\"reason\":\"$1\",\"message\":$json}"
  clean_up
  exit 75
}

# fetch FILE SHA256 TIMEOUT_SECONDS URL...: the first URL that answers with the right bytes. What fetches: curl, wget, or apt's own helper, which
# every Debian has.
fetch() {
  fetch_file=$1 fetch_digest=$2 fetch_timeout=$3
  shift 3
  wrong=
  for fetch_url; do
    rm -f -- "$fetch_file"
    echo "Fetching $fetch_url"
    if fetch_one "$fetch_url" </dev/null; then
      actual=$(sha256sum <"$fetch_file")
      [ "${actual%% *}" != "$fetch_digest" ] || return 0
      wrong="$fetch_url has the SHA-256 ${actual%% *}, not $fetch_digest."
      echo "$wrong"
    fi
  done
  rm -f -- "$fetch_file"
  [ -z "$wrong" ] || fail CHECKSUM_MISMATCH "$wrong"
  ! grep -qi 'no space left' "$T/out" || fail DISK_FULL 'The disk is full.'
  fail DOWNLOAD_FAILED 'No URL could be fetched.'
}

fetch_one() {
  if command -v curl >/dev/null; then
    timeout -k 5 "$fetch_timeout" curl -fsSL --retry 2 --connect-timeout 20 -o "$fetch_file" -- "$1"
  elif command -v wget >/dev/null; then
    timeout -k 5 "$fetch_timeout" wget -q --tries=3 --timeout=60 -O "$fetch_file" -- "$1"
  elif [ -x /usr/lib/apt/apt-helper ]; then
    timeout -k 5 "$fetch_timeout" /usr/lib/apt/apt-helper -o APT::Sandbox::User=root -o Acquire::Retries=2 download-file "$1" "$fetch_file"
  else
    fail DOWNLOADER_MISSING 'This server has neither curl nor wget. Add a package step with curl.'
  fi
}

# download_change PATH SHA256 MODE OWNER GROUP MAKE_PARENTS TIMEOUT_SECONDS URL...
download_change() {
  path=$1 wanted=$2 mode=$3 owner=$4 group=$5 make=$6 seconds=$7
  shift 7
  parent_of "$path" "$make"
  if [ -d "$path" ] && [ ! -L "$path" ]; then fail PATH_IS_DIRECTORY "$path is a directory."; fi
  temporary_beside "$path"
  DIRTY=1
  if [ -f "$path" ] && [ ! -L "$path" ] && look_digest "$path" && [ "$digest" = "$wanted" ]; then
    chown -- "$owner:$group" "$path" && chmod -- "$mode" "$path"
    return
  fi
  fetch "$temporary" "$wanted" "$seconds" "$@"
  put_in_place "$path" "$mode" "$owner" "$group"
}

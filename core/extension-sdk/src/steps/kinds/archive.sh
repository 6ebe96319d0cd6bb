# What was unpacked is remembered by digest once it is complete; an interrupted step does it again.

# archive_look TASKSERV/STEP IDENTITY PRESENT_PATH
archive_look() {
  unpacked=
  read -r unpacked 2>/dev/null <"$STATE/archives/$1" || :
  [ "$unpacked" = "$2" ] && [ -e "$3" ]
}

archive_remember() {
  mkdir -p -- "$STATE/archives/${1%/*}"
  printf '%s\n' "$2" >"$STATE/archives/$1.new"
  mv -f -- "$STATE/archives/$1.new" "$STATE/archives/$1"
}

archive_forget() { rm -f -- "$STATE/archives/$1"; }

# archive_change FOLDER SHA256 FORMAT STRIP OWNER GROUP SOURCE TIMEOUT_SECONDS URL...; $members: one on a line
archive_change() {
  folder=$1 wanted=$2 format=$3 strip=$4 owner=$5 group=$6 file=$7 seconds=$8
  shift 8
  made=
  if [ ! -d "$folder" ]; then mkdir -p -- "$folder"; made=1; fi
  parent=$folder
  temporary_beside "$folder/unpacked"
  staging=$temporary
  mkdir -m 0700 -- "$staging"
  if [ -n "$file" ]; then
    actual=$(sha256sum <"$file")
    [ "${actual%% *}" = "$wanted" ] || fail CHECKSUM_MISMATCH "$file has the SHA-256 ${actual%% *}, not $wanted."
  else
    file=$staging/.archive
    fetch "$file" "$wanted" "$seconds" "$@"
  fi
  mkdir -- "$staging/tree"
  archive_unpack "$file" "$staging/tree" || { rm -rf -- "$staging"; [ -z "$made" ] || rmdir -- "$folder"; return 1; }
  chown -RhP -- "$owner:$group" "$staging/tree"
  [ -z "$made" ] || chown -- "$owner:$group" "$folder"
  (cd "$staging/tree" && find . -mindepth 1 -maxdepth 1 -exec cp -a --remove-destination -t "$folder" -- {} +)
  rm -rf -- "$staging"
}

archive_unpack() {
  set -f
  old_ifs=$IFS IFS=$NL
  set -- "$1" "$2" $members
  IFS=$old_ifs
  set +f
  unpack_file=$1 unpack_to=$2
  shift 2
  case $format in
    zip)
      command -v unzip >/dev/null || fail UNPACKER_MISSING 'This server has no unzip. Add a package step with unzip.'
      unzip -q -o "$unpack_file" "$@" -d "$unpack_to" || return 1
      while [ "$strip" -gt 0 ]; do
        mkdir -- "$unpack_to.strip" && find "$unpack_to" -mindepth 2 -maxdepth 2 -exec mv -t "$unpack_to.strip" -- {} + && rm -rf -- "$unpack_to" && mv -- "$unpack_to.strip" "$unpack_to" || return 1
        strip=$((strip - 1))
      done
      return
      ;;
    tar.gz) filter=--gzip program=gzip ;;
    tar.xz) filter=--xz program=xz ;;
    tar.bz2) filter=--bzip2 program=bzip2 ;;
    tar.zst) filter=--zstd program=zstd ;;
    *) filter= program=tar ;;
  esac
  command -v "$program" >/dev/null || fail UNPACKER_MISSING "This server has no $program. Add a package step for it."
  tar -x $filter --no-same-owner --strip-components="$strip" -C "$unpack_to" -f "$unpack_file" -- "$@"
}

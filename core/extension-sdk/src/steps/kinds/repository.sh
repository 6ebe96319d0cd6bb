# Fetches the lists of one repository only. A new one that cannot be fetched is taken away again: it would break every later refresh.
# repository_fetch SOURCES_FILE KEY_FILE; $had: the file was there before
repository_fetch() {
  apt -o APT::Update::Error-Mode=any -o Dir::Etc::sourcelist="$1" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 update && return
  failure=$?
  [ -n "$had" ] || rm -f -- "$1" "$2"
  return "$failure"
}

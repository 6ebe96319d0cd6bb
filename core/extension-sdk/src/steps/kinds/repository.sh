# Fetches the lists of one repository only. repository_fetch SOURCES_FILE
repository_fetch() {
  apt -o APT::Update::Error-Mode=any -o Dir::Etc::sourcelist="$1" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 update
}

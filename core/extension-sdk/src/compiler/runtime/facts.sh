# What the server is. Reads files where it can: the whole costs four processes.

facts() {
  os_id='' os_version=''
  while IFS='=' read -r key value; do
    value=${value#[\"\']} value=${value%[\"\']}
    case $key in ID) os_id=$value ;; VERSION_ID) os_version=$value ;; VERSION_CODENAME) os_codename=$value ;; esac
  done 2>/dev/null </etc/os-release
  kernel=$(uname -rm)
  cpus=$(nproc 2>/dev/null || echo 0)
  memory=0
  while read -r key value rest; do
    case $key in MemTotal:) memory=$((value / 1024)); break ;; esac
  done 2>/dev/null </proc/meminfo
  disk=$(df -Pk / 2>/dev/null)
  disk=${disk#*"$NL"}
  set -f; set -- $disk; set +f
  disk_total=$((${2:-0} / 1024)) disk_free=$((${4:-0} / 1024))
  read -r host </proc/sys/kernel/hostname 2>/dev/null || host=$(uname -n)
  addresses=''
  for address in $(hostname -I 2>/dev/null || ip -o addr show scope global 2>/dev/null | awk '{ sub("/.*", "", $4); print $4 }'); do
    addresses="$addresses${addresses:+,}\"$address\""
  done
  init=other
  [ -d /run/systemd/system ] && init=systemd
  json_text "$os_id"; facts="\"osId\":$json"
  json_text "$os_version"; facts="$facts,\"osVersion\":$json"
  json_text "${os_codename-}"; facts="$facts,\"osCodename\":$json"
  json_text "${kernel#* }"; facts="$facts,\"architecture\":$json"
  json_text "${kernel%% *}"; facts="$facts,\"kernel\":$json"
  json_text "$host"; facts="$facts,\"hostname\":$json"
  report "{\"type\":\"facts\",$facts,\"cpus\":$cpus,\"memoryMiB\":$memory,\"diskTotalMiB\":$disk_total,\"diskFreeMiB\":$disk_free,\"addresses\":[$addresses],\"init\":\"$init\"}"
}

# Loaded, or a part of the kernel itself. /sys writes every hyphen as an underscore.
kernel_module_look() {
  module=$(printf %s "$1" | tr - _)
  [ -d "/sys/module/$module" ] || grep -q "/$module\.ko" "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null
}

kernel_module_change() {
  command -v modprobe >/dev/null || fail KERNEL_MODULE_UNAVAILABLE "The module $1 is not loaded, and this server has no modprobe."
  modprobe -- "$1" || fail KERNEL_MODULE_UNAVAILABLE "The kernel of this server cannot load the module $1 (in a container that is the host's business)."
}

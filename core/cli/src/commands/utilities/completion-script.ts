/** `completions`: the scripts are stubs that ask `provisioning __complete`, so every shell proposes the same. */

import type { CliContext } from "../../cli-context.js";

export type Shell = "bash" | "zsh" | "fish" | "nushell";

export function scriptFor(shell: Shell): (this: CliContext) => void {
  return function () {
    this.process.stdout.write(SCRIPTS[shell]);
  };
}

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# Completion of provisioning for bash
_provisioning() {
  local word words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    COMPREPLY+=("$word")
  done < <("\${COMP_WORDS[0]}" __complete -- "\${words[@]}" 2>/dev/null)
  [[ \${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
# --output=json is one word.
COMP_WORDBREAKS=\${COMP_WORDBREAKS//=}
complete -o filenames -F _provisioning provisioning
`,
  zsh: `#compdef provisioning
# Completion of provisioning for zsh
_provisioning() {
  local -a proposals
  local word brief
  while IFS=$'\\t' read -r word brief; do
    proposals+=("\${word//:/\\\\:}\${brief:+:$brief}")
  done < <("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#proposals} )); then _describe 'provisioning' proposals; else _files; fi
}
if [ "$funcstack[1]" = "_provisioning" ]; then _provisioning "$@"; else compdef _provisioning provisioning; fi
`,
  fish: `# Completion of provisioning for fish
function __provisioning_complete
    set -l words (commandline -opc) (commandline -ct)
    provisioning __complete -- $words[2..-1] 2>/dev/null
end
complete -c provisioning -f -a '(__provisioning_complete)'
complete -c provisioning -F -n 'test (count (__provisioning_complete)) -eq 0'
`,
  nushell: `# Completion of provisioning for nushell
do --env {
  let others = $env.config?.completions?.external?.completer?
  $env.config.completions.external.completer = {|words: list<string>|
    if ($words | first | path basename) == "provisioning" {
      let typed = $words | skip 1 | str trim --char '"' | str trim --char "'" | str trim --char '\`'
      let proposals = ^($words | first) __complete -- ...$typed
        | complete
        | get stdout
        | lines
        | each {|line| $line | split row "\\t" | {value: $in.0, description: ($in.1? | default "")} }
      # Nothing makes nushell propose files.
      if ($proposals | is-not-empty) { $proposals }
    } else if $others != null {
      do $others $words
    }
  }
}
`,
};

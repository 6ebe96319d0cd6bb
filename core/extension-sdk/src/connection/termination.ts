/**
 * Ends a program with everything it started. Its session is the handle: process groups change (timeout(1) makes its own), a session
 * stays. What moved to another session on purpose, like a service, lives on.
 */

/** A program that ends all processes of a session: asked first, killed after two seconds. */
export function terminationProgram(session: number): string {
  return [
    "exec >/dev/null 2>&1",
    `session=${Math.trunc(session)}`,
    "signal_session() {",
    "  found=1",
    "  for stat in /proc/[0-9]*/stat; do",
    '    IFS= read -r line <"$stat" || continue',
    '    pid=${line%% *} line=${line##*") "}',
    "    set -- $line",
    '    [ "$4" = "$session" ] || continue',
    "    case $1 in Z) continue ;; esac",
    "    found=0",
    '    kill "-$signal" "$pid"',
    "  done",
    "  return $found",
    "}",
    "signal=TERM",
    "signal_session || exit 0",
    "signal=0",
    "for wait in 1 2 3 4 5 6 7 8 9 10; do sleep 0.2; signal_session || exit 0; done",
    "signal=KILL",
    "signal_session",
    "exit 0",
    "",
  ].join("\n");
}

const START = /^\{"type":"start","pid":(\d+),"session":(\d+)\}$/;

/** The session a program said it runs in. Sessions 0 and 1 belong to the system. */
export function sessionOf(line: string): number | undefined {
  const session = Number(START.exec(line)?.[2] ?? 0);
  return session > 1 ? session : undefined;
}

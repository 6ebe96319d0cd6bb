/**
 * Ends a program with everything it started. Its session is the handle: process groups change (timeout(1) makes its own), a session
 * stays. What moved to another session on purpose, like a service, lives on.
 */

/**
 * A program that ends all processes of a session, and ends when they are gone. All are asked first. After two seconds what does not listen
 * is killed, but not the leader: a shell that waited for it comes to take its temporary files away. After another second the leader is, too.
 */
export function terminationProgram(session: number): string {
  return [
    "exec >/dev/null 2>&1",
    `session=${Math.trunc(session)}`,
    "spared=",
    "signal_session() {",
    "  found=1",
    "  for stat in /proc/[0-9]*/stat; do",
    '    IFS= read -r line <"$stat" || continue',
    '    pid=${line%% *} line=${line##*") "}',
    "    set -- $line",
    '    [ "$4" = "$session" ] || continue',
    "    case $1 in Z) continue ;; esac",
    "    found=0",
    '    [ "$pid" = "$spared" ] || kill "-$signal" "$pid"',
    "  done",
    "  return $found",
    "}",
    "# await_end TRIES: five in a second.",
    "await_end() {",
    "  signal=0 left=$1",
    "  while signal_session; do",
    '    [ "$left" -gt 0 ] || return 1',
    "    sleep 0.2",
    "    left=$((left - 1))",
    "  done",
    "}",
    "signal=TERM",
    "signal_session || exit 0",
    "await_end 10 && exit 0",
    "signal=KILL spared=$session",
    "signal_session",
    "await_end 5 && exit 0",
    "signal=KILL spared=",
    "signal_session",
    "await_end 5",
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

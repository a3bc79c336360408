/** How a process knows that it is one of a fleet. Loaded by every command: it imports nothing. */

/** Tells a process its number. */
export const MEMBER_VARIABLE = "SKEIN_PROCESS";
/** Set when the sockets that systemd has handed to the first process are for each of them. */
export const SOCKETS_VARIABLE = "SKEIN_SOCKETS";

let id: number | undefined;

/** To be called before anything is loaded that looks at the environment. */
export function becomeMember(): void {
  const { [MEMBER_VARIABLE]: number, [SOCKETS_VARIABLE]: sockets } = process.env;
  // What this process starts is not of the fleet.
  delete process.env[MEMBER_VARIABLE];
  delete process.env[SOCKETS_VARIABLE];
  if (number === undefined || process.send === undefined) return;
  id = Number(number);
  if (sockets !== undefined) process.env["LISTEN_PID"] = String(process.pid);
}

/** The number of this process in its fleet; undefined for one that is of none. */
export function memberId(): number | undefined {
  return id;
}

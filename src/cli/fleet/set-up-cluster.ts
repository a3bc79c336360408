import cluster from "node:cluster";
import { SOCKETS_VARIABLE } from "./membership.ts";

/** Systemd's sockets begin behind the standard descriptors. */
const FIRST_DESCRIPTOR = 3;
/** More than anybody has sockets. */
const SOCKETS_MAX = 1000;

/**
 * Says how the processes of the fleet are to be started: by the command line of this one, with
 * outputs that come here, and with the sockets that systemd has handed to this one, if any.
 */
export function setUpCluster(): void {
  const sockets = socketsHandedOver();
  const theirs = Array.from({ length: sockets }, (_, i) => FIRST_DESCRIPTOR + i);
  cluster.setupPrimary({
    exec: process.argv[1] as string,
    args: process.argv.slice(2),
    // The channel comes behind the sockets: the numbers of these are what systemd has said.
    stdio: ["ignore", "pipe", "pipe", ...theirs, "ipc"],
  });
  if (sockets > 0) process.env[SOCKETS_VARIABLE] = String(sockets);
}

function socketsHandedOver(): number {
  const { LISTEN_FDS = "", LISTEN_PID } = process.env;
  if (LISTEN_PID !== String(process.pid) || !/^\d{1,4}$/.test(LISTEN_FDS)) return 0;
  return Math.min(Number(LISTEN_FDS), SOCKETS_MAX);
}

import { spawnSync } from "node:child_process";

export const PYTHON = "/usr/bin/python3";

/** Whether Debian's Twisted is there to be a peer; says so if it is not. */
export function hasTwisted(): boolean {
  const { status } = spawnSync(PYTHON, ["-c", "import twisted"]);
  if (status !== 0) console.log("Twisted is not installed (python3-twisted): left out.\n");
  return status === 0;
}

/** The package node-pty, which opens pseudo-terminals: Node itself cannot. */

/** What is used of it: the calls of the system, as it has streams and ends of its own. */
export interface NodePTY {
  /** Opens a pseudo-terminal, both sides of it. @throws without saying why. */
  open(columns: number, rows: number): { master: number; slave: number; pty: string };
  resize(master: number, columns: number, rows: number): void;
}

const TOOLS = "compiling it needs python3, make and a C++ compiler";

let loading: Promise<NodePTY> | undefined;

/** Loads it, once. Rejects with what to do, where it is not there. */
export function nodePTY(): Promise<NodePTY> {
  loading ??= load().catch((error: unknown) => {
    // It may be installed by the time of the next attempt.
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<NodePTY> {
  if (process.platform === "win32") throw new Error("there are none on Windows");
  // No literal: bundlers would look for it.
  const name = "node-pty";
  let module: { native?: Partial<NodePTY> | null };
  try {
    module = (await import(/* @vite-ignore */ name)) as typeof module;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const missing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
    const why = missing
      ? `that needs the package node-pty: npm install node-pty (${TOOLS})`
      : `the package node-pty is not compiled for this machine: npm rebuild node-pty (${TOOLS})`;
    throw new Error(why, { cause });
  }
  const { native } = module;
  if (typeof native?.open === "function" && typeof native.resize === "function") {
    return native as NodePTY;
  }
  throw new Error("this version of the package node-pty is not known: npm install node-pty@1");
}

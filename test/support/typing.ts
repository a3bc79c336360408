import { spawn } from "node:child_process";
import { type Ending, LIFETIME_MS, observe, type Running } from "./command.ts";

/** A program that somebody types into: telnet, or netcat. */
export interface Typing extends Running {
  type(text: string): void;
  hangUp(): Promise<Ending>;
}

export function typing(command: string, ...args: readonly string[]): Typing {
  const child = spawn(command, args, { timeout: LIFETIME_MS });
  const running = observe(child);
  return {
    ...running,
    type: (text) => void child.stdin.write(text),
    hangUp() {
      child.stdin.end();
      return running.ended;
    },
  };
}

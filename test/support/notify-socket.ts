/** Systemd's end of NOTIFY_SOCKET: a UNIX socket of datagrams. Node cannot open one; Python can. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const PROGRAM = `
import socket, sys
name = sys.argv[1]
listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listening.bind("\\0" + name[1:] if name.startswith("@") else name)
print("listening", flush=True)
while True:
    data, ancillary, flags, _ = listening.recvmsg(4096, 256)
    # A barrier: systemd-notify waits until its descriptor is closed.
    import array, os
    for level, kind, content in ancillary:
        for fd in array.array("i", content[:len(content) - len(content) % 4]):
            os.close(fd)
    text = data.decode().strip().replace("\\n", " ")
    if text != "BARRIER=1":
        print(text, flush=True)
`;

export interface NotifySocket {
  /** What was sent, each message in a line, as it came. */
  readonly messages: string[];
  /** Settles when so many have come. */
  received(count: number): Promise<void>;
  close(): void;
}

/** @param name a path, or a name that begins with "@": an abstract one. */
export async function openNotifySocket(name: string): Promise<NotifySocket> {
  const child: ChildProcess = spawn("/usr/bin/python3", ["-c", PROGRAM, name], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 20_000,
    killSignal: "SIGKILL",
  });
  const messages: string[] = [];
  const lines = createInterface(child.stdout as NodeJS.ReadableStream);
  await once(lines, "line");
  lines.on("line", (line) => messages.push(line));
  return {
    messages,
    async received(count) {
      while (messages.length < count) await once(lines, "line");
    },
    close: () => void child.kill("SIGKILL"),
  };
}

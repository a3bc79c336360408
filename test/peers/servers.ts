/** How each of the real servers is started: nothing of the system's configuration is read. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  findCommand,
  freePort,
  type PrivateServer,
  serverFolder,
  startServer,
} from "./private-server.ts";

/** A kind of server. */
export interface ServerKind {
  /** Debian's package. */
  readonly package: string;
  /** Whether it is installed. */
  readonly found: boolean;
  start(): Promise<PrivateServer>;
}

export const PASSWORD = "two cups";

const POSTGRES_VERSIONS = "/usr/lib/postgresql";

/** With a user "ada", who authenticates by SCRAM-SHA-256, and a database "tea". */
export const postgres: ServerKind = {
  package: "postgresql",
  found: postgresFolder() !== undefined,
  async start() {
    const bin = postgresFolder() as string;
    const folder = serverFolder("postgres");
    const data = join(folder, "data");
    const port = await freePort();
    // It refuses to run as root.
    const user = process.getuid?.() === 0 ? { uid: idOf("-u"), gid: idOf("-g") } : undefined;
    if (user !== undefined) chownSync(folder, user.uid, user.gid);
    const passwordFile = join(folder, "password");
    writeFileSync(passwordFile, PASSWORD);
    const settings = ["--no-sync", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"];
    const owner = ["--username=ada", `--pwfile=${passwordFile}`];
    execFileSync(join(bin, "initdb"), [...settings, ...owner, "-D", data], {
      ...user,
      cwd: folder,
      stdio: "pipe",
    });
    const one = ["--single", "-D", data, "postgres"];
    const input = "CREATE DATABASE tea\n";
    execFileSync(join(bin, "postgres"), one, { ...user, cwd: folder, input, stdio: "pipe" });
    const here = ["-h", "127.0.0.1", "-p", String(port), "-k", folder, "-D", data];
    return startServer({
      folder,
      port,
      command: join(bin, "postgres"),
      args: [...here, "-c", "fsync=off"],
      options: { ...user, cwd: folder },
      // Its port is open before it has looked after its files.
      ready: () => succeeds(join(bin, "pg_isready"), ["-h", "127.0.0.1", "-p", String(port)]),
    });
  },
};

export const redis: ServerKind = {
  package: "redis-server",
  found: findCommand("redis-server") !== undefined,
  async start() {
    const folder = serverFolder("redis");
    const port = await freePort();
    const place = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
    return startServer({
      folder,
      port,
      command: findCommand("redis-server") as string,
      // Every write is kept: what was answered survives a kill.
      args: [...place, "--save", "", "--appendonly", "yes"],
    });
  },
};

/** With a user "ada". */
export const mosquitto: ServerKind = {
  package: "mosquitto",
  found: findCommand("mosquitto") !== undefined,
  async start() {
    const folder = serverFolder("mosquitto");
    const port = await freePort();
    const passwords = join(folder, "passwords");
    const makePassword = findCommand("mosquitto_passwd") as string;
    execFileSync(makePassword, ["-b", "-c", passwords, "ada", PASSWORD], { stdio: "pipe" });
    const configuration = [
      `listener ${port} 127.0.0.1`,
      "allow_anonymous false",
      `password_file ${passwords}`,
      // It would leave root's rights for a user who may not read them.
      ...(process.getuid?.() === 0 ? ["user root"] : []),
    ];
    const file = join(folder, "mosquitto.conf");
    writeFileSync(file, configuration.join("\n"));
    const command = findCommand("mosquitto") as string;
    return startServer({ folder, port, command, args: ["-c", file] });
  },
};

const RABBITMQ = "/usr/lib/rabbitmq/bin/rabbitmq-server";

/** With a user "ada", and a name daemon of its own. */
export const rabbitmq: ServerKind = {
  package: "rabbitmq-server",
  found: findCommand("rabbitmq-server") !== undefined && findCommand("epmd") !== undefined,
  async start() {
    const folder = serverFolder("rabbitmq");
    const [port, distributionPort, namesPort] = await Promise.all([
      freePort(),
      freePort(),
      freePort(),
    ]);
    const configuration = join(folder, "rabbitmq.conf");
    const lines = [
      `listeners.tcp.1 = 127.0.0.1:${port}`,
      "default_user = ada",
      `default_pass = ${PASSWORD}`,
      "loopback_users = none",
    ];
    writeFileSync(configuration, `${lines.join("\n")}\n`);
    writeFileSync(join(folder, "enabled_plugins"), "[].\n");
    writeFileSync(join(folder, "env.conf"), "");
    mkdirSync(join(folder, "log"));
    const env = {
      PATH: process.env.PATH,
      // Of the secret file that its nodes share.
      HOME: folder,
      ERL_EPMD_PORT: String(namesPort),
      ERL_EPMD_ADDRESS: "127.0.0.1",
      RABBITMQ_CONF_ENV_FILE: join(folder, "env.conf"),
      RABBITMQ_CONFIG_FILE: configuration,
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
      RABBITMQ_MNESIA_BASE: join(folder, "data"),
      RABBITMQ_LOG_BASE: join(folder, "log"),
      RABBITMQ_PID_FILE: join(folder, "pid"),
      RABBITMQ_NODENAME: `skein${port}@localhost`,
      RABBITMQ_DIST_PORT: String(distributionPort),
      // It runs as the shell's own process then.
      RUNNING_UNDER_SYSTEMD: "true",
    };
    // Else the node would start one that outlives it.
    const names = spawn(findCommand("epmd") as string, ["-port", String(namesPort)], {
      env,
      stdio: "ignore",
    });
    await once(names, "spawn");
    const options = { env, cwd: folder };
    const after = (): void => void names.kill("SIGKILL");
    return startServer({ folder, port, command: RABBITMQ, args: [], options, after });
  },
};

/** For the user that we are, who has the key. */
export const openssh: ServerKind & { readonly key: () => string } = {
  package: "openssh-server",
  found: findCommand("sshd") !== undefined,
  key: () => sshKey,
  async start() {
    const folder = serverFolder("openssh");
    const port = await freePort();
    const [host, user] = [join(folder, "host"), join(folder, "user")];
    for (const file of [host, user]) {
      const quiet = ["-q", "-t", "ed25519", "-N", "", "-f", file];
      execFileSync(findCommand("ssh-keygen") as string, quiet, { stdio: "pipe" });
    }
    sshKey = readFileSync(user, "utf8");
    // Where it wants to be locked in, which Debian makes as the service starts.
    if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
    const lines = [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${host}`,
      `AuthorizedKeysFile ${user}.pub`,
      "PidFile none",
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "PermitRootLogin prohibit-password",
    ];
    const file = join(folder, "sshd_config");
    writeFileSync(file, `${lines.join("\n")}\n`);
    const command = findCommand("sshd") as string;
    return startServer({ folder, port, command, args: ["-D", "-e", "-f", file] });
  },
};

let sshKey = "";

/** The newest that is installed. */
function postgresFolder(): string | undefined {
  try {
    const versions = readdirSync(POSTGRES_VERSIONS).map(Number);
    const newest = String(Math.max(...versions));
    return join(POSTGRES_VERSIONS, newest, "bin");
  } catch {
    return undefined;
  }
}

function idOf(flag: "-u" | "-g"): number {
  return Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
}

function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    spawn(command, args, { stdio: "ignore" }).on("close", (status) => resolve(status === 0));
  });
}

import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { spawn } from "node:child_process";
import { emptyFolder } from "../support/command-folder.ts";
import { expectMisuse, LIFETIME_MS, reactor } from "../support/command.ts";
import { needsCommand } from "../support/needs-command.ts";

/** What is written, and some of what is offered then; `not` is what must not be. */
const CASES: readonly {
  readonly words: readonly string[];
  readonly offered: readonly string[];
  readonly not?: readonly string[];
}[] = [
  { words: ["--log-"], offered: ["--log-level", "--log-format", "--log-file"] },
  { words: ["--log-level", ""], offered: ["debug", "info", "warn", "error"], not: ["echo"] },
  { words: ["--backend", "cl"], offered: ["clock"], not: ["libuv", "chat"] },
  { words: ["--backend", "clock", "ec"], offered: ["echo"], not: ["clock"] },
  { words: ["--watch", "i"], offered: ["irc"] },
  { words: ["comp"], offered: ["completions"] },
  { words: ["completions", ""], offered: ["bash", "zsh", "fish"], not: ["echo", "--backend"] },
  { words: ["--log-file", "tea"], offered: ["tea.log"] },
  { words: ["--pidfile", "te"], offered: ["tea.log"] },
  { words: ["echo", "--b"], offered: [], not: ["--backend"] },
];

describe("reactor: completions", () => {
  const temporary = emptyFolder();
  const script = async (shell: string): Promise<string> => {
    const { status, stdout, stderr } = await reactor("completions", shell);
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    writeFileSync(temporary("script"), stdout);
    mkdirSync(temporary("here"));
    writeFileSync(temporary("here", "tea.log"), "");
    return temporary("script");
  };
  const check = (title: string, offered: readonly string[], wanted: (typeof CASES)[0]): void => {
    expect(offered, title).to.include.members([...wanted.offered]);
    expect(offered, title).not.to.include.members(wanted.not?.length ? [...wanted.not] : ["\0"]);
  };

  it("bash offers what can follow", async function () {
    needsCommand(this, spawnSync("bash", ["--version"]), "bash", "bash");
    const path = await script("bash");
    for (const wanted of [
      ...CASES,
      // As bash takes it apart.
      { words: ["--backend", "=", "cl"], offered: ["clock"] },
      { words: ["--backend", "="], offered: ["libuv", "clock"] },
      { words: ["--backend", "=", "clock", "ec"], offered: ["echo"], not: ["clock"] },
    ]) {
      const code = `
        source "$1"; shift
        COMP_WORDS=(reactor "$@"); COMP_CWORD=$#
        _reactor
        printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr } = spawnSync("bash", ["-c", code, "bash", path, ...wanted.words], {
        cwd: temporary("here"),
        encoding: "utf8",
      });
      expect(stderr).to.equal("");
      check(wanted.words.join(" "), stdout.split("\n"), wanted);
    }
  });

  it("fish offers what can follow", async function () {
    needsCommand(this, spawnSync("fish", ["--version"]), "fish", "fish");
    const path = await script("fish");
    for (const wanted of CASES) {
      const line = ["reactor", ...wanted.words].join(" ");
      const code = `source ${path}; complete -C '${line}'`;
      const { stdout, stderr } = spawnSync("fish", ["--no-config", "-c", code], {
        cwd: temporary("here"),
        encoding: "utf8",
        env: { ...process.env, HOME: temporary() },
      });
      expect(stderr).to.equal("");
      const offered = stdout.split("\n").map((each) => each.split("\t")[0] as string);
      check(line, offered, wanted);
    }
  });

  it("zsh completes what is written", async function () {
    this.timeout(30_000);
    needsCommand(this, spawnSync("zsh", ["--version"]), "zsh", "zsh");
    const path = await script("zsh");
    const lines: [written: string, completed: string][] = [
      ["--log-le", "--log-level="],
      ["--backend cl", "--backend clock "],
      ["--backend=cl", "--backend=clock "],
      ["--watch ec", "--watch echo "],
      ["completions fi", "completions fish "],
      ["--log-file te", "--log-file tea.log "],
    ];
    // A widget writes down what the line has become, behind the completion.
    const setUp = `
      PS1= ; cd ${temporary("here")}
      autoload -Uz compinit; compinit -u -D; source ${path}
      show() { print -r -- "$BUFFER" >> ${temporary("out")}; BUFFER=; }
      zle -N show; bindkey '^O' show; bindkey '^I' expand-or-complete`;
    writeFileSync(temporary("rc"), setUp);
    const keys = lines.map(([written]) => `zpty -n -w z $'reactor ${written}\\t\\x0f'`);
    const drive = `
      zmodload zsh/zpty
      zpty -b z zsh -f -i
      zpty -w z 'source ${temporary("rc")}'
      ${keys.join("\n")}
      for i in {1..2000}; do zpty -r -t z line > /dev/null; sleep 0.01; done`;
    const child = spawn("zsh", ["-f", "-c", drive], { timeout: LIFETIME_MS * 2 });
    const completed = (): string[] =>
      existsSync(temporary("out")) ? readFileSync(temporary("out"), "utf8").split("\n") : [];
    while (completed().length <= lines.length && child.exitCode === null) await sleep(20);
    child.kill("SIGKILL");
    expect(completed().slice(0, -1)).to.deep.equal(lines.map(([, line]) => `reactor ${line}`));
  });

  const name = "name a shell to complete in: reactor completions bash|zsh|fish";
  const misuses: [args: string[], sentence: string][] = [
    [[], name],
    [["bash", "zsh"], name],
    [["fsih"], 'completions needs one of bash, zsh, fish, not "fsih"; did you mean fish?'],
  ];
  for (const [args, sentence] of misuses) {
    it(`is used wrongly: ${args.join(" ")}`, () =>
      expectMisuse(["completions", ...args], sentence));
  }
});

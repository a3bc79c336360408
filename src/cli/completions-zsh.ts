import type { Completes } from "./options.ts";
import type { Vocabulary } from "./completions.ts";

/** For `eval "$(reactor completions zsh)"` after compinit, or a file `_reactor` in $fpath. */
export function zshScript({ options, commands, daemons }: Vocabulary): string {
  const specs = options.map(({ flag, value, help, completes }) =>
    value === undefined
      ? `'${flag}[${help}]'`
      : `'*${flag}=[${help}]:${value.replaceAll(":", "")}:${action(completes)}'`,
  );
  const alone = commands.filter(({ word }) => word.startsWith("-"));
  const words = commands.filter(({ word }) => !word.startsWith("-"));
  const named: (readonly [string, string])[] = [
    ...words.map(({ word, help }) => [word, help] as const),
    ...daemons,
  ];
  return `#compdef reactor
# Completions of the reactor command for zsh.
_reactor_daemons() {
  local -a named=(
${named.map(([name, help]) => `    '${name}:${help}'`).join("\n")}
  )
  _describe 'daemon or command' named
  _files
}
_reactor_behind() {
  case $words[1] in
${words.map(({ word, completes }) => `    ${word}) ${behind(completes)} ;;`).join("\n")}
    *) _files ;;
  esac
}
_reactor() {
  _arguments -A '-*' \\
${[...specs, ...alone.map(({ word, help }) => `'(- *)${word}[${help}]'`)]
  .map((spec) => `    ${spec} \\`)
  .join("\n")}
    '1: :_reactor_daemons' \\
    '*:: :_reactor_behind'
}
if [[ $funcstack[1] == _reactor ]]; then _reactor "$@"; else compdef _reactor reactor; fi`;
}

function action(completes: Completes): string {
  if (completes === "files") return "_files";
  if (completes === "folders") return "_files -/";
  return completes.length > 0 ? `(${completes.join(" ")})` : " ";
}

function behind(completes: Completes): string {
  if (completes === "files") return "_files";
  if (completes === "folders") return "_files -/";
  return `compadd -- ${completes.join(" ")}`;
}

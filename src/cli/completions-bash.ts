import type { Completes } from "./options.ts";
import type { Vocabulary } from "./completions.ts";

/** For `eval "$(reactor completions bash)"`, or a file in bash-completion's folder. */
export function bashScript({ options, commands, daemons }: Vocabulary): string {
  const withValue = options.filter(({ value }) => value !== undefined);
  const first = [
    ...options.map(({ flag }) => flag),
    ...commands.map(({ word }) => word),
    ...daemons.map(([name]) => name),
  ];
  return `# Completions of the reactor command for bash.
_reactor() {
  local cur=\${COMP_WORDS[COMP_CWORD]} option= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${withValue.map(({ flag }) => flag).join("|")})
        option=\${COMP_WORDS[i]}
        ((i++))
        # bash takes --option=value apart.
        [[ \${COMP_WORDS[i]} == = ]] && ((i++))
        ((i < COMP_CWORD)) && option= ;;
      -*) ;;
${commands
  .filter(({ completes }) => completes.length > 0)
  .map(({ word, completes }) => `      ${word}) ${reply(completes)}; return ;;`)
  .join("\n")}
      *) ${reply("files")}; return ;;
    esac
  done
  [[ $cur == = ]] && cur=
  case $option in
    '') ${reply(first, true)} ;;
${withValue
  .filter(({ completes }) => completes.length > 0)
  .map(({ flag, completes }) => `    ${flag}) ${reply(completes)} ;;`)
  .join("\n")}
  esac
}
complete -o filenames -F _reactor reactor`;
}

function reply(completes: Completes, andFiles = false): string {
  if (completes === "files") return 'mapfile -t COMPREPLY < <(compgen -f -- "$cur")';
  if (completes === "folders") return 'mapfile -t COMPREPLY < <(compgen -d -- "$cur")';
  const words = `compgen -W "${completes.join(" ")}" -- "$cur"`;
  const all = andFiles ? `${words}; compgen -f -- "$cur"` : words;
  return `mapfile -t COMPREPLY < <(${all})`;
}

import type { Completes } from "./options.ts";
import type { Vocabulary } from "./completions.ts";

/** For `reactor completions fish | source`, or a file in fish's folder of completions. */
export function fishScript({ options, commands, daemons }: Vocabulary): string {
  const withValue = options.filter(({ value }) => value !== undefined);
  const first = "-n __reactor_first";
  const named: (readonly [string, string])[] = [
    ...commands
      .filter(({ word }) => !word.startsWith("-"))
      .map(({ word, help }) => [word, help] as const),
    ...daemons,
  ];
  return [
    `# Completions of the reactor command for fish.
# Prints the first word that is neither an option nor the value of one.
function __reactor_word
    set -l words (commandline -opc)
    set -e words[1]
    set -l skip 0
    for word in $words
        if test $skip = 1
            set skip 0
        else if contains -- $word ${withValue.map(({ flag }) => flag).join(" ")}
            set skip 1
        else if not string match -q -- '-*' $word
            echo $word
            return 0
        end
    end
    return 1
end
function __reactor_first
    not __reactor_word >/dev/null
end
function __reactor_behind
    test (__reactor_word; or echo) = $argv[1]
end`,
    ...options.map(
      ({ flag, value, help, completes }) =>
        `complete -c reactor ${first} -l ${flag.slice(2)}` +
        `${value === undefined ? "" : values(completes)} -d '${help}'`,
    ),
    ...commands
      .filter(({ word }) => word.startsWith("-"))
      .map(({ word, help }) => `complete -c reactor ${first} -l ${word.slice(2)} -d '${help}'`),
    ...named.map(([name, help]) => `complete -c reactor ${first} -a ${name} -d '${help}'`),
    ...commands
      .filter(({ completes }) => completes.length > 0)
      .map(
        ({ word, completes }) =>
          `complete -c reactor -n '__reactor_behind ${word}'${values(completes)}`,
      ),
  ].join("\n");
}

function values(completes: Completes): string {
  if (completes === "files") return " -r -F";
  if (completes === "folders") return " -x -a '(__fish_complete_directories)'";
  return completes.length > 0 ? ` -x -a '${completes.join(" ")}'` : " -x";
}

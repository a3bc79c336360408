/** What is in the way of opening sockets of any kind, and what to do about it. */

/** By the system's codes. */
export const NO_DESCRIPTOR: Readonly<Record<string, string>> = {
  EMFILE: "too many files are open; raise the limit (ulimit -n)",
  ENFILE: "the whole system has too many files open",
};

export const NO_PERMISSION_FOR_PORT =
  "no permission; ports below 1024 need privileges: get them, or choose another port";

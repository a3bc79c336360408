/** Where the sender and the receivers of the example meet: for private use, and of nobody else. */
export const GROUP = "239.83.75.18";

export const GROUP_OPTIONS = {
  port: { type: "integer", default: 7218, help: "the port of the group" },
  interface: {
    type: "string",
    default: "127.0.0.1",
    help: "an address of this machine; its network is the one that is used",
  },
} as const;

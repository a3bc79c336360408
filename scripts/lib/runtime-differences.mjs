/**
 * What is known not to work on a runtime, and why: with what the tests are called that fail for it,
 * from the file's name on. A failure that none of these is about is news.
 */
export const DIFFERENCES = {
  node: [],
  bun: [
    [/fifo\.test|memory\.test/, "The tests call V8's garbage collector, of which Bun has none."],
    [
      /crossing\.test.*no text of it/,
      "An Error whose name is a Symbol throws where its stack is read.",
    ],
    [
      new RegExp(
        "debugging\\.test.*names the code|(?:ending|react-process|loading)\\.test|" +
          "backends\\.test.*says where",
      ),
      "Stacks and the messages of modules that cannot be loaded are written in another way: " +
        "with the lines of the source before them, and without the function that called.",
    ],
    [
      /promises-aplus\.test.*2\.2\.5/,
      "The suite looks at `this` in functions that are not strict, which Bun makes strict.",
    ],
    [
      /(?:filesystem-lock|systemd-endpoint)\.test/,
      "Their processes are started with options of Node's.",
    ],
    [/manhole\.test/, "Its engine words errors of syntax in another way."],
    [
      /process-endpoint\.test.*(behind|cut off)/,
      "A pipe does not tell that its reader has stopped reading.",
    ],
    [/(?:kinds|services-over-endpoints)\.test.*clock/, "As below: a run on clock ends too early."],
    [/kit\/runners\.test/, "The runners of Node's tests are started with options of Node's."],
    [/kit\/passing\.test.*stands still/, "It is not told whether a file is being read."],
    [/rxjs\/virtual\.test.*globals/, "Virtual globals are made for Node's."],
    [/adopting\.test/, "No descriptor of a server is handed to another process by its handle."],
    [/few-descriptors\.test/, "The test limits a process with options of Node's."],
    [/clock\.test.*setImmediate|\(clock\)/, "It is not told whether a setImmediate is left."],
    [/shared-reads\.test/, "Sockets have no `onread`: each read has a buffer of its own."],
    [/watchdog\.test/, "There is no inspector session between threads: no stack is told."],
    [/libuv-datagrams\.test/, "Sending fails without the system's code, or is not told at all."],
    [/libuv-names\.test/, "`dns.Resolver` cannot be cancelled."],
    [/contract\.test.*tcp: what arrived before a reset/, "A reset takes along what was not read."],
    [/contract\.test.*backlog/, "There is no limit to the connections that wait to be taken."],
    [
      /contract\.test.*(producers|closing|process: )/,
      "A socket or pipe does not tell that its peer has stopped reading, or tells another error.",
    ],
    [/contract\.test.*SNI/, "`SNICallback` is not called."],
    [
      /bridged\.test|undici\.test|http2\.test|smtp\.test|ssh2\.test|tls\.test|ws\.test|pg\.test/,
      "Bun has its own undici, http and tls in place of those that run over any Duplex.",
    ],
  ],
  deno: [
    [
      /log-file\.test.*(?:disk is|it) full/,
      "Errors of files have their code, but not in their message.",
    ],
    [
      /kit\/passing\.test.*stands still/,
      "`process.getActiveResourcesInfo()` tells nothing: nobody knows that a file is being read.",
    ],
    [/rxjs\/virtual\.test.*globals/, "Virtual globals are made for Node's."],
    [/systemd-endpoint\.test/, "Its processes are started with options of Node's."],
    [/kit\/runners\.test/, "The runners of Node's tests are started with options of Node's."],
    [/filesystem-lock\.test/, "The test hides Node's modules, which Deno does not let go."],
    [/adopting\.test/, "No descriptor of a server is handed to another process by its handle."],
    [
      /few-descriptors\.test|inspect\.test/,
      "The process that the test starts does not answer; why was not looked into.",
    ],
    [/libuv-datagrams\.test/, "What is open cannot be asked, and errors have other codes."],
    [/libuv-names\.test/, "`dns.Resolver` asks other servers than it is told to."],
    [/shared-reads\.test/, "Sockets have no `onread`: each read has a buffer of its own."],
    [/watchdog\.test/, "There is no inspector session between threads: no stack is told."],
    [/contract\.test.*half-close/, "A stream that was cut short ends as if it were whole."],
    [/contract\.test.*closing/, "A socket that has ended in one direction is not cut off."],
    [/contract\.test.*udp/, "Connected UDP ports hear strangers, and are not told of refusals."],
    [/contract\.test.*multicast/, "To join a group twice is no error."],
    [/contract\.test.*tls/, "Client certificates are not asked for; alerts have other texts."],
    [
      /react-process\.test|loading\.test|ending\.test|signals\.test/,
      "A process of its own is started in another way, and errors have other texts.",
    ],
    [/threads\/(dying|missing)\.test/, "Errors of workers have other texts."],
    [/bridged\.test/, "Sockets are no asynchronous resources that a hook is told of."],
    [/http\.test|undici\.test/, "A connection to the server is not used for the next request."],
  ],
};

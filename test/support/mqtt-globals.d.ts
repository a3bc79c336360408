/** What the types of mqtt take for granted, of browsers: this project is compiled without them. */
interface MessagePort {}
interface Worker {}
type Transferable = ArrayBuffer | MessagePort;
declare function addEventListener(type: string, listener: (event: unknown) => void): void;
declare function removeEventListener(type: string, listener: (event: unknown) => void): void;
declare function postMessage(message: unknown): void;

import { expect } from "chai";
import { MissingPackageError } from "skein/websocket";
import { loadWs, wsPackage } from "../../src/web/websocket/ws-package.ts";

function failing(code: string): (name: string) => never {
  return (name) => {
    throw Object.assign(new Error(`cannot load ${name}`), { code });
  };
}

describe("the package ws", () => {
  it("is taken from where skein is installed", () => {
    const { WebSocket, WebSocketServer } = wsPackage();
    expect([typeof WebSocket, typeof WebSocketServer]).to.deep.equal(["function", "function"]);
  });

  it("is asked for by name when it is not installed", () => {
    const missing = loadWs(failing("MODULE_NOT_FOUND"));
    expect(missing).to.throw(MissingPackageError, "WebSockets need the package ws: npm install ws");
  });

  it("fails as itself when it is there and cannot be loaded", () => {
    expect(loadWs(failing("ERR_DLOPEN_FAILED"))).to.throw("cannot load ws");
  });
});

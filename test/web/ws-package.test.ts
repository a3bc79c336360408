import { expect } from "chai";
import { MissingPackageError } from "skein/websocket";
import { wsPackage } from "../../src/web/websocket/ws-package.ts";

function failing(code: string): (name: string) => never {
  return (name) => {
    throw Object.assign(new Error(`cannot load ${name}`), { code });
  };
}

describe("the package ws", () => {
  it("is taken from where skein is installed", () => {
    expect(wsPackage()).to.include.keys("WebSocket", "WebSocketServer");
  });

  it("is asked for by name when it is not installed", () => {
    expect(() => wsPackage(failing("MODULE_NOT_FOUND"))).to.throw(
      MissingPackageError,
      "WebSockets need the package ws: npm install ws",
    );
  });

  it("fails as itself when it is there and cannot be loaded", () => {
    expect(() => wsPackage(failing("ERR_DLOPEN_FAILED"))).to.throw("cannot load ws");
  });
});

import { expect } from "chai";
import fc from "fast-check";
import { type ClientEndpoint, EndpointParser, quoteStringArgument } from "skein/endpoints";
import { createReactor } from "skein/reactor";
import { endpointStrings, readAll } from "../support/endpoint-strings.ts";

describe("endpoint strings, whatever is in them", () => {
  const reactor = createReactor("clock");
  const endpoint: ClientEndpoint = { connect: () => expect.fail("nobody connects here") };
  const given: string[] = [];
  const parser = new EndpointParser({
    values: {
      client: {
        parameters: ["…values"],
        make: ({ rest }) => {
          given.push(...rest);
          return endpoint;
        },
      },
    },
    named: {
      client: {
        options: ["value", "endpoint"],
        make: (args) => {
          if (args.has("endpoint")) return args.endpoint("endpoint");
          given.push(args.text("value"));
          return endpoint;
        },
      },
    },
  });
  beforeEach(() => {
    given.length = 0;
  });
  const values = fc.string({ unit: "binary" });

  it("come back as they were quoted: values in their order", () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 1 }), (texts) => {
        given.length = 0;
        parser.client(reactor, `values:${texts.map(quoteStringArgument).join(":")}`);
        expect(given).to.deep.equal(texts);
      }),
      { numRuns: 1000 },
    );
  });

  it("come back as they were quoted: a value by its name, at any depth of nesting", () => {
    fc.assert(
      fc.property(
        values.filter((text) => text !== ""),
        fc.integer({ min: 0, max: 5 }),
        (text, depth) => {
          given.length = 0;
          let string = `named:value=${quoteStringArgument(text)}`;
          for (let i = 0; i < depth; i++) string = `named:endpoint=${quoteStringArgument(string)}`;
          parser.client(reactor, string);
          expect(given).to.deep.equal([text]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("are read, or refused with the place of what is wrong, and never anything else", () => {
    let taken = 0;
    fc.assert(
      fc.property(endpointStrings, (string) => {
        taken += readAll(string);
      }),
      { numRuns: 5000 },
    );
    expect(taken, "some of them are good").to.be.above(20);
  });
});

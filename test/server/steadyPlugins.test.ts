import type { GraphQLRequestContext } from "@apollo/server";
import { describe, expect, it } from "vitest";
import type { Context } from "../../src/graphql/context.js";
import { joinSteady, SteadyPlugin } from "../../src/server/steadyPlugins.js";

type Told = Parameters<NonNullable<SteadyPlugin["hears"]["willSendResponse"]>>[0];

const request = { source: "{ a }" } as GraphQLRequestContext<Context> as Told;

/** A plugin that notes when it is told, and is done when `until` is. */
const noting = (name: string, notes: string[], until: Promise<void> = Promise.resolve()) =>
  new SteadyPlugin({
    willSendResponse: async ({ source }) => {
      notes.push(`${name} ${source}`);
      await until;
      notes.push(`${name} done`);
    },
  });

const joinedOf = (...plugins: SteadyPlugin[]): SteadyPlugin =>
  joinSteady(plugins)[0] as SteadyPlugin;

describe("joined plugins", () => {
  it("are all told at once, in their order, and waited for", async () => {
    const notes: string[] = [];
    let finish = (): void => undefined;
    const later = new Promise<void>((resolve) => (finish = resolve));
    const joined = joinedOf(noting("first", notes, later), noting("second", notes));
    const told = joined.hears.willSendResponse?.(request).then(() => notes.push("all done"));
    await new Promise(setImmediate);
    expect(notes).toEqual(["first { a }", "second { a }", "second done"]);
    finish();
    await told;
    expect(notes.slice(3)).toEqual(["first done", "all done"]);
  });

  it("pass on what one of them refuses, and still tell the others", async () => {
    const notes: string[] = [];
    const refusing = new SteadyPlugin({
      willSendResponse: async () => {
        throw new Error("No.");
      },
    });
    const joined = joinedOf(refusing, noting("second", notes));
    await expect(joined.hears.willSendResponse?.(request)).rejects.toThrow("No.");
    expect(notes[0]).toBe("second { a }");
  });

  it("do not listen where none of them does", () => {
    const { hears } = joinedOf(noting("first", []), noting("second", []));
    expect(hears.didResolveOperation).toBeUndefined();
    expect(hears.didEncounterErrors).toBeUndefined();
  });

  it("stand before the plugins that are not steady, which stay as they are", async () => {
    const other = { requestDidStart: async () => undefined };
    const another = { serverWillStart: async () => undefined };
    const [joined, ...others] = joinSteady([other, noting("first", []), another]);
    expect(joined).toBeInstanceOf(SteadyPlugin);
    expect(others).toEqual([other, another]);
  });
});

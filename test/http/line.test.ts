import { describe, expect, test } from "vitest";
import { Line, type Leave } from "../../src/http/admission.js";
import { settle } from "./fakeClock.js";

const patiently = (turn: Promise<void>): Promise<void> => turn;
const enter = async (line: Line): Promise<Leave> => line.enter() ?? line.wait(patiently);

describe("a line of one place", () => {
  test("lets the first caller in at once, and the others in order", async () => {
    const line = new Line(1);
    const came: number[] = [];
    const turns = [1, 2, 3].map(async (n) => {
      const turn = await enter(line);
      came.push(n);
      return turn;
    });
    await settle();
    expect(came).toEqual([1]);
    expect(line.length).toBe(3);
    (await turns[0])?.();
    await settle();
    expect(came).toEqual([1, 2]);
    (await turns[1])?.();
    (await turns[2])?.();
    expect(line.length).toBe(0);
    (await enter(line))();
  });

  test("is left only once, however often a caller leaves", async () => {
    const line = new Line(1);
    const first = await enter(line);
    const waiting = [enter(line), enter(line)];
    first();
    first();
    await waiting[0];
    expect(line.length).toBe(2);
  });

  test("forgets a caller that gave up", async () => {
    const line = new Line(1);
    const first = await enter(line);
    const impatient = line.wait(() => Promise.reject(new Error("gave up")));
    const last = enter(line);
    await expect(impatient).rejects.toThrow("gave up");
    expect(line.length).toBe(2);
    first();
    (await last)();
    expect(line.length).toBe(0);
  });

  test("passes on a turn that came while its caller gave up", async () => {
    const line = new Line(1);
    const first = await enter(line);
    const impatient = line.wait(async (turn) => {
      await turn;
      throw new Error("gave up");
    });
    const last = enter(line);
    first();
    await expect(impatient).rejects.toThrow("gave up");
    (await last)();
    expect(line.length).toBe(0);
  });
});

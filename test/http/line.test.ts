import { describe, expect, test } from "vitest";
import { Line, type Turn } from "../../src/http/line.js";
import { settle } from "./fakeClock.js";

const patiently = (turn: Promise<void>): Promise<void> => turn;
const enter = async (line: Line): Promise<Turn> => line.enter() ?? line.stand(patiently);

describe("a line", () => {
  test("lets the first one come at once, and the others in order", async () => {
    const line = new Line();
    const came: number[] = [];
    const turns = [1, 2, 3].map(async (n) => {
      const turn = await enter(line);
      came.push(n);
      return turn;
    });
    await settle();
    expect(came).toEqual([1]);
    expect(line.length).toBe(3);
    (await turns[0])?.leave();
    await settle();
    expect(came).toEqual([1, 2]);
    (await turns[1])?.leave();
    (await turns[2])?.leave();
    expect(line.length).toBe(0);
    (await enter(line)).leave();
  });

  test("is left once only, however often one leaves", async () => {
    const line = new Line();
    const first = await enter(line);
    const waiting = [enter(line), enter(line)];
    first.leave();
    first.leave();
    await waiting[0];
    expect(line.length).toBe(2);
  });

  test("forgets one who gave up", async () => {
    const line = new Line();
    const first = await enter(line);
    const impatient = line.stand(() => Promise.reject(new Error("gave up")));
    const last = enter(line);
    await expect(impatient).rejects.toThrow("gave up");
    expect(line.length).toBe(2);
    first.leave();
    (await last).leave();
    expect(line.length).toBe(0);
  });

  test("passes on a turn that came in the moment of giving up", async () => {
    const line = new Line();
    const first = await enter(line);
    const impatient = line.stand(async (turn) => {
      await turn;
      throw new Error("gave up");
    });
    const last = enter(line);
    first.leave();
    await expect(impatient).rejects.toThrow("gave up");
    (await last).leave();
    expect(line.length).toBe(0);
  });
});

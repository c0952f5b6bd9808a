import type { Row } from "../../domain/row.js";
import { beijingInstantOf } from "../beijingTime.js";
import { requiredBy, textOf } from "../texts.js";
import { refused } from "./refusals.js";

/** Region names from before API 3.0. API 2.0 accepts both these and the current names. */
const OLD_REGIONS: Readonly<Record<string, string>> = {
  bj: "ap-beijing",
  cd: "ap-chengdu",
  cq: "ap-chongqing",
  gz: "ap-guangzhou",
  hk: "ap-hongkong",
  sg: "ap-singapore",
  sh: "ap-shanghai",
  jp: "ap-tokyo",
};

/** The current name of a region. */
export const regionOf = (name: string): string =>
  Object.hasOwn(OLD_REGIONS, name) ? (OLD_REGIONS[name] ?? name) : name;

/** @throws {CloudRefusal} 11201 if the parameter is absent. */
export const requiredText = requiredBy((name) => refused("11201", `${name} is required`));

/** @throws {CloudRefusal} 11201 unless the value is a whole number of at least `least`. */
export function wholeNumber(params: Row, name: string, least: number): number {
  const text = requiredText(params, name);
  const value = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (value < least) throw refused("11201", `${name} is not valid`);
  return value;
}

/** A time in UTC+8 without a zone. @throws {CloudRefusal} 11201 for any other form. */
export function timeOf(params: Row, name: string): number | null {
  const text = textOf(params, name);
  if (text === null) return null;
  const at = beijingInstantOf(text);
  if (at === null) throw refused("11201", `${name} is not valid`);
  return at;
}

import type { Row } from "../../domain/row.js";
import { beijingInstantOf } from "../beijingTime.js";
import { refused } from "./refusals.js";

/** Names of regions before API 3.0, which API 2.0 takes as well as today's. */
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

/** Today's name of a region. */
export const regionOf = (name: string): string =>
  Object.hasOwn(OLD_REGIONS, name) ? (OLD_REGIONS[name] ?? name) : name;

/** A text parameter; null where it is absent or empty. */
export function textOf(params: Row, name: string): string | null {
  const value = params[name];
  return typeof value === "string" && value !== "" ? value : null;
}

/** @throws {CloudRefusal} 11201 where the parameter is absent. */
export function requiredText(params: Row, name: string): string {
  const value = textOf(params, name);
  if (value === null) throw refused("11201", `${name} is required`);
  return value;
}

/** @throws {CloudRefusal} 11201 for what is no whole number of `least` or more. */
export function wholeNumber(params: Row, name: string, least: number): number {
  const text = requiredText(params, name);
  const value = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (value < least) throw refused("11201", `${name} is not valid`);
  return value;
}

/** A zone-less time of UTC+8. @throws {CloudRefusal} 11201 for another form. */
export function timeOf(params: Row, name: string): number | null {
  const text = textOf(params, name);
  if (text === null) return null;
  const at = beijingInstantOf(text);
  if (at === null) throw refused("11201", `${name} is not valid`);
  return at;
}

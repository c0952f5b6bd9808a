/** The public interface: nothing else of this folder is imported from outside. See README.md. */
export {
  bytesOfDocument,
  compile,
  type Executed,
  type Plan,
  type ValidOperation,
} from "./compile.js";
export { TextCache, type TextCacheOptions } from "./shortcuts.js";
export * from "./collectFields.js";

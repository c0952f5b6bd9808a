/** Files that Vite imports as text. */
declare module "*.graphql?raw" {
  const text: string;
  export { text as default };
}

// SPDX-License-Identifier: MPL-2.0
// dkfds ships its components as untyped modules; these are the parts that main.ts uses.
declare module "@dkfds-js/*" {
  const Component: new (element: Element) => { init(): void; show(): void; hide(): void };
  export default Component;
}
declare module "*.css?inline" {
  const text: string;
  export default text;
}
declare module "*.mjs?url" {
  const url: string;
  export default url;
}

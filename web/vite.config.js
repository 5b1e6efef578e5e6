// SPDX-License-Identifier: MPL-2.0
// Builds the front end to dist/, where Django finds it as static files through dist/manifest.json (django-vite).
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vite";

const here = import.meta.dirname;
const dkfds = resolve(here, "node_modules/dkfds");

/** One SVG file with the icons named in src/icons.json: pages refer to `icons.svg#name`. */
function iconSprite() {
  return {
    name: "kommune3-icon-sprite",
    generateBundle() {
      const names = JSON.parse(readFileSync(resolve(here, "src/icons.json"), "utf8"));
      const symbols = names.map((name) => {
        const svg = readFileSync(resolve(dkfds, `dist/img/svg-icons/${name}.svg`), "utf8");
        const [, viewBox] = /viewBox="([^"]+)"/.exec(svg);
        const inner = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
        return `<symbol id="${name}" viewBox="${viewBox}">${inner.trim()}</symbol>`;
      });
      const source = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
      this.emitFile({ type: "asset", fileName: "icons.svg", source });
    },
  };
}

export default defineConfig({
  base: "./",
  publicDir: "public",
  plugins: [iconSprite()],
  resolve: {
    alias: {
      "@dkfds-js": resolve(dkfds, "src/js/components"),
      "@dkfds-img": resolve(dkfds, "dist/img"),
      "@dkfds-fonts": resolve(dkfds, "dist/fonts/IBMPlexSans/split/woff2"),
      // dkfds calls this one-line package but does not ship it.
      "array-foreach": resolve(here, "src/array-foreach.js"),
    },
  },
  css: {
    preprocessorOptions: { scss: { loadPaths: [resolve(dkfds, "dist/scss")], quietDeps: true } },
  },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    // Nothing as data: URLs, so that img-src and font-src in the content security policy stay at 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      checks: { pluginTimings: false },
      input: Object.fromEntries(
        ["main", "map", "chart", "timeline", "progress", "care-board", "care-route"].map((name) => [name, resolve(here, `src/${name}.ts`)]),
      ),
    },
  },
});

// Bundles what the Python package ships: the widget as one ES module and one style sheet, what few visits need as a
// second script, and the page of a snapshot.

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, context, transform } from "esbuild";
import { minify } from "terser";

const js = dirname(fileURLToPath(import.meta.url));
const src = join(js, "src");
const out = join(js, "../src/spanglass/explorer/static");

const usual = {
  bundle: true,
  target: "es2022",
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  logLevel: "warning",
};

/** The names that the first script shares with the second, by module, as `shared.ts` says them. */
async function sharedNames() {
  const { outputFiles } = await build({
    ...usual,
    entryPoints: [join(src, "shared.ts")],
    format: "esm",
    platform: "node",
    write: false,
  });
  const address = `data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`;
  const { shared } = await import(address);
  return Object.entries(shared).map(([name, held]) => [name, Object.keys(held)]);
}

/** Has the second script take the shared modules from the first one instead of holding them again. */
const fromFirst = {
  name: "from-first",
  async setup(plugin) {
    const names = new Map(await sharedNames());
    plugin.onResolve({ filter: /./ }, async ({ path, importer, resolveDir, pluginData, kind }) => {
      if (pluginData === "asked" || kind === "entry-point") return undefined;
      if (names.has(path)) return { path, namespace: "shared" };
      const found = await plugin.resolve(path, { importer, resolveDir, kind, pluginData: "asked" });
      const ours = relative(src, found.path).replace(/\.tsx?$/, "");
      return names.has(ours) ? { path: ours, namespace: "shared" } : found;
    });
    plugin.onLoad({ filter: /./, namespace: "shared" }, ({ path }) => ({
      contents: `export const { ${names.get(path).join(", ")} } = shared[${JSON.stringify(path)}];`,
    }));
  },
};

// The second script brings its styles along as text, in which it is smallest.
const stylesAsText = {
  name: "styles-as-text",
  setup(plugin) {
    plugin.onLoad({ filter: /[\\/]more[\\/].*\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), { loader: "css", minify: true });
      return { contents: code, loader: "text" };
    });
  },
};

// A script of its own: a function that makes its parts of what it is given.
const more = {
  ...usual,
  entryPoints: { more: join(src, "more/index.ts") },
  outdir: out,
  minify: true,
  format: "cjs",
  plugins: [fromFirst, stylesAsText],
  banner: { js: "export default (shared) => { const module = { exports: {} };" },
  footer: { js: "return module.exports; };" },
};

const widget = {
  ...usual,
  entryPoints: { widget: join(src, "widget.tsx") },
  outdir: out,
  minify: true,
  format: "esm",
};

const snapshot = {
  ...usual,
  entryPoints: { snapshot: join(src, "snapshot.tsx") },
  outdir: out,
  minify: true,
  format: "iife",
  plugins: [stylesAsText],
};

// esbuild gives each variable of the bundle a name of its own; terser gives the same few again and again, which
// packs 2 kB smaller.
async function smaller(name) {
  const script = join(out, name);
  const { code } = await minify(readFileSync(script, "utf8"), {
    module: true,
    ecma: 2020,
    compress: { passes: 3 },
  });
  writeFileSync(script, code);
}

function weigh(title, names) {
  const texts = names.map((name) => readFileSync(join(out, name)));
  const sum = (sizes) => (sizes.reduce((all, size) => all + size, 0) / 1000).toFixed(1);
  const plain = sum(texts.map((text) => text.length));
  console.log(`${title}: ${plain} kB, ${sum(texts.map((text) => gzipSync(text).length))} kB gzip`);
}

if (process.argv.includes("--watch")) {
  for (const options of [more, snapshot, widget]) await (await context(options)).watch();
} else {
  // The widget last: what is newer than it has not been built yet.
  await build(more);
  await smaller("more.js");
  await build(snapshot);
  await smaller("snapshot.js");
  await build(widget);
  await smaller("widget.js");
  weigh("widget", ["widget.js", "widget.css"]);
  weigh("more", ["more.js"]);
  weigh("snapshot", ["snapshot.js", "snapshot.css"]);
}

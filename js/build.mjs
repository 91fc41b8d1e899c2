// Bundles the widget into one ES module and one style sheet, which the Python package ships.

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { context } from "esbuild";
import { minify } from "terser";

const js = dirname(fileURLToPath(import.meta.url));
const out = join(js, "../src/spanglass/explorer/static");

const build = await context({
  entryPoints: { widget: join(js, "src/widget.tsx") },
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  logLevel: "warning",
});

if (process.argv.includes("--watch")) {
  await build.watch();
} else {
  await build.rebuild();
  await build.dispose();
  // esbuild gives each variable of the bundle a name of its own; terser gives the same few again and again, which
  // packs 2 kB smaller.
  const script = join(out, "widget.js");
  const { code } = await minify(readFileSync(script, "utf8"), {
    module: true,
    ecma: 2020,
    compress: { passes: 3 },
  });
  writeFileSync(script, code);
  let all = 0;
  let zipped = 0;
  for (const file of ["widget.js", "widget.css"]) {
    const bytes = readFileSync(join(out, file));
    all += bytes.length;
    zipped += gzipSync(bytes).length;
  }
  console.log(`widget: ${(all / 1000).toFixed(1)} kB, ${(zipped / 1000).toFixed(1)} kB gzip`);
}

// Bundles the client into dist, or its tests into dist-test.
import { rmSync, readdirSync } from "node:fs";
import { build } from "esbuild";

const forTests = process.argv.includes("--test");
const outdir = forTests ? "dist-test" : "dist";
rmSync(outdir, { recursive: true, force: true });

if (forTests) {
  await build({
    entryPoints: readdirSync("test", { recursive: true }).filter(f => f.endsWith(".test.ts")).map(f => `test/${f}`),
    bundle: true,
    platform: "node",
    format: "esm",
    outdir,
    outExtension: { ".js": ".mjs" },
    logLevel: "warning",
  });
} else {
  await build({
    entryPoints: { app: "src/app.ts", page: "src/page.ts", cron: "src/cron.ts", tandem: "src/lib/tandem.ts", theme: "src/theme.ts", style: "src/styles/style.css" },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: ["es2022"],
    chunkNames: "chunk-[hash]",
    outdir,
    legalComments: "none",
    logLevel: "warning",
  });
}

/**
 * Bundles each widget's page side into compexp_widgets/widgets/static, one module and one style sheet a widget:
 * anywidget imports from a Blob URL, where relative imports do not resolve.
 *
 * With --check nothing is written; the command fails when a committed bundle is not what the sources give.
 */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const destination = path.join(here, "..", "compexp_widgets", "widgets", "static");
const rooms = path.join(destination, "..");
// A widget is a folder whose page has an entry of the same name.
const entries = (await readdir(rooms, { recursive: true })).filter((file) => /^(\w+)[\\/]page[\\/]\1\.(js|css)$/.test(file)).sort();
const checking = process.argv.includes("--check");

const { outputFiles } = await build({
  entryPoints: entries.map((file) => path.join(rooms, file)),
  outdir: destination,
  entryNames: "[name]",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
  write: false,
});

if (checking) {
  const stale = [];
  for (const { path: file, text } of outputFiles) {
    const committed = await readFile(file, "utf8").catch(() => "");
    // Git may check text out with CRLF on Windows; the bundle itself has none.
    if (committed.replaceAll("\r\n", "\n") !== text) stale.push(path.basename(file));
  }
  if (stale.length > 0) {
    console.error(`Not what the sources give: ${stale.join(", ")}. Run: npm --prefix js run build`);
    process.exitCode = 1;
  }
} else {
  const { mkdir, writeFile } = await import("node:fs/promises");
  await mkdir(destination, { recursive: true });
  for (const { path: file, contents } of outputFiles) {
    await writeFile(file, contents);
    console.log(`${path.relative(process.cwd(), file)}  ${(contents.length / 1024).toFixed(1)} kB`);
  }
}

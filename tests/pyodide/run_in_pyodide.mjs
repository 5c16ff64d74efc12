// Run a pytest suite inside Pyodide: node run_in_pyodide.mjs <runtime folder> <suite zip> <inside.py> <report.json>
// Pytest's own output goes to this process's output; the report says what ran and what failed.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, suite, inside, report] = process.argv.slice(2).map((path) => resolve(path));
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")).href);
const pyodide = await loadPyodide({ indexURL: folder + "/", env: { CONVOSCOPE_TEST_PROFILE: "pyodide", HOME: "/home" } });
await pyodide.loadPackage("numpy", { messageCallback() {} });
pyodide.unpackArchive(new Uint8Array(readFileSync(suite)), "zip", { extractDir: "/suite" });
writeFileSync(report, pyodide.runPython(readFileSync(inside, "utf8")));
process.exit(0); // Pyodide keeps Node's loop busy

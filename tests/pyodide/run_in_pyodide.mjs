// Run a program inside Pyodide: node run_in_pyodide.mjs <runtime folder> <archives folder> <suite zip> <inside.py> <report.json>
// It starts as the page does, with the archive of the start; what is imported later is read from the others.
// The program's own output goes to this process's output; the report is what its last line gives.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, archives, suite, inside, report] = process.argv.slice(2).map((path) => resolve(path));
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")).href);
const read = (name) => new Uint8Array(readFileSync(join(archives, name)));
const env = { CONVOSCOPE_TEST_PROFILE: "pyodide", HOME: "/home" };
const pyodide = await loadPyodide({ indexURL: folder + "/", stdLibURL: join(archives, "start.zip"), env });
pyodide.pyimport("convoscope_later").install(read);
pyodide.unpackArchive(new Uint8Array(readFileSync(suite)), "zip", { extractDir: "/suite" });
writeFileSync(report, pyodide.runPython(readFileSync(inside, "utf8")));
process.exit(0); // Pyodide keeps Node's loop busy

// Say which modules Python has imported when the page has started, and which more when each view has been opened:
//   node record_imports.mjs <pyodide folder> <archive with everything> <data folder> <out.json> <view> ...
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, archive, data, target] = process.argv.slice(2, 6).map((path) => resolve(path));
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")).href);
const pyodide = await loadPyodide({ indexURL: folder + "/", stdLibURL: archive });
const names = () => pyodide.runPython("import sys; sys.modules.keys()").toJs();
pyodide.runPython("import convoscope_later; convoscope_later.install()");
const answerer = pyodide.pyimport("convoscope.views.answer").Answerer();
const record = { start: [...names()] };
pyodide.runPython("import numpy.random");
record.random = [...names()];
for (const view of process.argv.slice(6)) {
  const event = JSON.stringify({ view, name: "reset" });
  for (let path = answerer.needs(event); path; path = answerer.needs(event)) {
    answerer.put(path, new Uint8Array(readFileSync(join(data, path))));
  }
}
record.views = [...names()];
writeFileSync(target, JSON.stringify(record));
process.exit(0); // Pyodide keeps Node's loop busy

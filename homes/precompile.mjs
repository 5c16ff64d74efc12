// Compile the Python files of one zip with the Python of Pyodide itself:
//   node precompile.mjs <pyodide folder> <in> <out>
// Docstrings and assertions are left out.
// Sourceless .pyc that are never checked against a source: the loader only has to unmarshal.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const COMPILE = `
import importlib._bootstrap_external as loader, importlib.util, zipfile

KEPT = {"numpy/_core/multiarray.py"}  # whose docstrings NumPy hands on while it is imported

with zipfile.ZipFile("/in.zip") as source, zipfile.ZipFile("/out.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
    for name in sorted(source.namelist()):
        data = source.read(name)
        if name.endswith(".py"):
            code = compile(data, name, "exec", dont_inherit=True, optimize=0 if name in KEPT else 2)
            data = loader._code_to_hash_pyc(code, importlib.util.source_hash(data), checked=False)
            name += "c"
        entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        out.writestr(entry, data)
`;

const [folder, source, target] = process.argv.slice(2, 5).map((path) => resolve(path));
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")).href);
const pyodide = await loadPyodide({ indexURL: folder + "/", env: { PYTHONHASHSEED: "0" } });
pyodide.FS.writeFile("/in.zip", new Uint8Array(readFileSync(source)));
pyodide.runPython(COMPILE);
writeFileSync(target, pyodide.FS.readFile("/out.zip"));
process.exit(0); // Pyodide keeps Node's loop busy

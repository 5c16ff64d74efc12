// Our engine in Pyodide; contestant.py holds the Python that it runs.
let python;

async function start({ pyodide, engine, code, shards, trainShards, testShards }) {
  const { loadPyodide } = await import(pyodide + "pyodide.mjs");
  python = await loadPyodide({ indexURL: pyodide, packages: ["numpy"] });
  python.unpackArchive(await (await fetch(engine)).arrayBuffer(), "zip", { extractDir: "/lib/engine" });
  python.runPython("import sys; sys.path.insert(0, '/lib/engine')");
  python.runPython(await (await fetch(code)).text());
  const read = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());
  const add = python.globals.get("add_shard");
  for (const url of trainShards) add("train", await read(url));
  for (const url of testShards) add("test", await read(url));
}

self.onmessage = async ({ data: { id, command, settings } }) => {
  try {
    if (command === "start") await start(settings);
    else {
      const result = python.globals.get(command)(JSON.stringify(settings ?? {}));
      self.postMessage({ id, result: JSON.parse(result) });
      return;
    }
    self.postMessage({ id, result: null });
  } catch (error) {
    self.postMessage({ id, error: String(error.message ?? error) });
  }
};

/** Pyodide, `import numpy`, and nothing else. */

self.onmessage = async ({ data: folder }) => {
  const { loadPyodide } = await import(`${folder}pyodide.mjs`);
  const python = await loadPyodide({ indexURL: folder, packages: ["numpy"] });
  python.runPython("import numpy");
  self.postMessage("ready");
};

// TensorFlow.js through its core operations, batches of NHWC images, Adadelta. Its wasm backend has no gradient of a
// convolution, so there only the forward pass can be timed.
"use strict";
importScripts("common.js");

const NETWORKS = {
  convnetjs_mnist: { side: 24, convolutions: [[1, 8, "same", 2], [8, 16, "same", 3]], dense: [256, 10] },
  lenet5: { side: 28, convolutions: [[1, 6, "same", 2], [6, 16, "valid", 2]], dense: [400, 120, 84, 10] },
};

let network, batchSize, parameters, optimiser, train, pixels;

function logits(x) {
  let next = 0;
  let out = x;
  for (const [, , padding, pool] of network.convolutions) {
    out = tf.add(tf.conv2d(out, parameters[next], 1, padding), parameters[next + 1]);
    out = tf.maxPool(tf.relu(out), pool, pool, "valid");
    next += 2;
  }
  out = tf.reshape(out, [x.shape[0], -1]);
  for (let i = 1; i < network.dense.length; i += 1) {
    out = tf.add(tf.matMul(out, parameters[next]), parameters[next + 1]);
    out = i + 1 < network.dense.length ? tf.relu(out) : out;
    next += 2;
  }
  return out;
}

function batch() {
  const labels = new Int32Array(batchSize);
  const { side } = network;
  for (let n = 0; n < batchSize; n += 1) {
    const i = pick(train.count);
    cut(train, i, side, pick(29 - side), pick(29 - side), pixels, n * side * side);
    labels[n] = train.labels[i];
  }
  return [tf.tensor4d(pixels, [batchSize, side, side, 1]), tf.oneHot(tf.tensor1d(labels, "int32"), 10)];
}

answer({
  async start({ library, wasmLibrary, wasmFolder, backend, trainShards }) {
    importScripts(library);
    if (backend === "wasm") {
      importScripts(wasmLibrary);
      tf.wasm.setWasmPaths(wasmFolder);
    }
    await tf.setBackend(backend);
    await tf.ready();
    train = await readDigits(trainShards);
  },
  prepare({ network: name, batch: size }) {
    if (parameters) parameters.forEach((parameter) => parameter.dispose());
    [network, batchSize] = [NETWORKS[name], size];
    pixels = new Float32Array(size * network.side * network.side);
    const random = (shape, fan) => tf.variable(tf.randomNormal(shape, 0, Math.sqrt(2 / fan)));
    const zeros = (count) => tf.variable(tf.zeros([count]));
    parameters = network.convolutions.flatMap(([from, to]) => [random([5, 5, from, to], 25 * from), zeros(to)]);
    for (let i = 1; i < network.dense.length; i += 1) {
      parameters.push(random([network.dense[i - 1], network.dense[i]], network.dense[i - 1]), zeros(network.dense[i]));
    }
    optimiser = tf.train.adadelta(1.0, 0.95, 1e-6);
  },
  async turn({ seconds, forwardOnly }) {
    const start = performance.now();
    let seen = 0;
    while (performance.now() - start < seconds * 1000) {
      const [x, labels] = tf.tidy(() => batch());
      if (forwardOnly) tf.tidy(() => logits(x).dataSync());
      else tf.tidy(() => optimiser.minimize(() => tf.losses.softmaxCrossEntropy(labels, logits(x)), true).dataSync());
      tf.dispose([x, labels]);
      seen += batchSize;
    }
    return { examples: seen, seconds: (performance.now() - start) / 1000, forward: null };
  },
});

// ConvNetJS: one example at a time, gradients added up over a batch, Adadelta.
"use strict";
self.window = self; // its last lines look for a window
importScripts("common.js");

const LAYERS = {
  convnetjs_mnist: [
    { type: "input", out_sx: 24, out_sy: 24, out_depth: 1 },
    { type: "conv", sx: 5, filters: 8, stride: 1, pad: 2, activation: "relu" },
    { type: "pool", sx: 2, stride: 2 },
    { type: "conv", sx: 5, filters: 16, stride: 1, pad: 2, activation: "relu" },
    { type: "pool", sx: 3, stride: 3 },
    { type: "softmax", num_classes: 10 },
  ],
  lenet5: [
    { type: "input", out_sx: 28, out_sy: 28, out_depth: 1 },
    { type: "conv", sx: 5, filters: 6, stride: 1, pad: 2, activation: "relu" },
    { type: "pool", sx: 2, stride: 2 },
    { type: "conv", sx: 5, filters: 16, stride: 1, pad: 0, activation: "relu" },
    { type: "pool", sx: 2, stride: 2 },
    { type: "fc", num_neurons: 120, activation: "relu" },
    { type: "fc", num_neurons: 84, activation: "relu" },
    { type: "softmax", num_classes: 10 },
  ],
};

let side, net, trainer, volume, train, test;

function load(digits, i, shift) {
  const margin = 28 - side;
  const [top, left] = shift ? [pick(margin + 1), pick(margin + 1)] : [margin / 2, margin / 2];
  cut(digits, i, side, top, left, volume.w, 0);
}

answer({
  async start({ library, trainShards, testShards }) {
    importScripts(library);
    [train, test] = [await readDigits(trainShards), await readDigits(testShards)];
  },
  prepare({ network, batch }) {
    side = LAYERS[network][0].out_sx;
    net = new convnetjs.Net();
    net.makeLayers(LAYERS[network]);
    trainer = new convnetjs.SGDTrainer(net, { method: "adadelta", eps: 1e-6, batch_size: batch, l2_decay: 0.001 });
    volume = new convnetjs.Vol(side, side, 1, 0.0);
  },
  turn({ seconds, examples = Infinity }) {
    const start = performance.now();
    let seen = 0;
    let forward = 0;
    while (seen < examples && performance.now() - start < seconds * 1000) {
      const i = pick(train.count);
      load(train, i, true);
      forward += trainer.train(volume, train.labels[i]).fwd_time;
      seen += 1;
    }
    return { examples: seen, seconds: (performance.now() - start) / 1000, forward: forward / 1000 };
  },
  accuracy() {
    let right = 0;
    for (let i = 0; i < test.count; i += 2) {
      load(test, i, false);
      net.forward(volume);
      right += net.getPrediction() === test.labels[i];
    }
    return right / (test.count / 2);
  },
});

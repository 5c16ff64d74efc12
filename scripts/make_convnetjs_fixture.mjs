// Makes tests/engine/fixtures/convnetjs_snapshot.json: a snapshot that ConvNetJS 0.3.0 itself wrote of its MNIST
// network, one image, and the probabilities that ConvNetJS computes for it.
//
//     npm install --prefix FOLDER convnetjs@0.3.0
//     node scripts/make_convnetjs_fixture.mjs FOLDER/node_modules/convnetjs/build/convnet.js
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";

globalThis.window = globalThis;
const require = createRequire(import.meta.url);
const convnetjs = require(process.argv[2]);

const net = new convnetjs.Net();
net.makeLayers([
  { type: "input", out_sx: 24, out_sy: 24, out_depth: 1 },
  { type: "conv", sx: 5, filters: 8, stride: 1, pad: 2, activation: "relu" },
  { type: "pool", sx: 2, stride: 2 },
  { type: "conv", sx: 5, filters: 16, stride: 1, pad: 2, activation: "relu" },
  { type: "pool", sx: 3, stride: 3 },
  { type: "softmax", num_classes: 10 },
]);
let k = 0;
for (const layer of net.layers.filter((found) => found.filters)) {
  for (const volume of [...layer.filters, layer.biases]) {
    for (let i = 0; i < volume.w.length; i += 1) volume.w[i] = Math.round(300 * Math.sin(1.7 * (k += 1) ** 1.5)) / 1000;
  }
}
const image = new convnetjs.Vol(24, 24, 1, 0);
for (let i = 0; i < 576; i += 1) image.w[i] = Math.round(500 * Math.sin(2.3 * (i + 1) ** 1.5)) / 1000;
const probabilities = Array.from(net.forward(image).w);
const record = { snapshot: JSON.stringify(net.toJSON()), image: Array.from(image.w), probabilities };
writeFileSync(new URL("../tests/engine/fixtures/convnetjs_snapshot.json", import.meta.url), JSON.stringify(record));
console.log(probabilities);

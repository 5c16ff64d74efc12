// What the JavaScript contestants share: reading digits, cutting 24×24 or 28×28 crops, answering the page.
"use strict";

async function readShard(url) {
  const stream = (await fetch(url)).body.pipeThrough(new DecompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const count = new DataView(bytes.buffer).getUint32(4);
  const labels = 16 + count * 784 + 8;
  return { count, pixels: bytes.subarray(16, 16 + count * 784), labels: bytes.subarray(labels, labels + count) };
}

async function readDigits(urls) {
  const shards = await Promise.all(urls.map(readShard));
  const count = shards.reduce((sum, shard) => sum + shard.count, 0);
  const digits = { count, pixels: new Uint8Array(count * 784), labels: new Uint8Array(count) };
  let start = 0;
  for (const shard of shards) {
    digits.pixels.set(shard.pixels, start * 784);
    digits.labels.set(shard.labels, start);
    start += shard.count;
  }
  return digits;
}

// Writes digit i, cut to side × side at (top, left) and scaled to −0.5..0.5, into target from offset on.
function cut(digits, i, side, top, left, target, offset) {
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const pixel = digits.pixels[i * 784 + (row + top) * 28 + column + left];
      target[offset + row * side + column] = pixel / 255 - 0.5;
    }
  }
}

function answer(commands) {
  self.onmessage = async ({ data: { id, command, settings } }) => {
    try {
      self.postMessage({ id, result: await commands[command](settings) });
    } catch (error) {
      self.postMessage({ id, error: String(error && error.message ? error.message : error) });
    }
  };
}

const pick = (count) => Math.floor(Math.random() * count);

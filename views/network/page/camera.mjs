/**
 * The camera of the scene, as views/network/world.py has it: while the scene is turned, the page sees the same world from
 * elsewhere until Python has answered. It draws places; every number stays Python's.
 */

/** @typedef {{x: ArrayLike<number>, y: ArrayLike<number>, z: ArrayLike<number>}} Points */

const turn = (degrees) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];

export class Camera {
  /** @param {Record<string, number>} eye the constants of the scene @param {{yaw: number, pitch: number, zoom: number}} angles */
  constructor(eye, { yaw, pitch, zoom }) {
    Object.assign(this, { eye, zoom });
    [this.cos, this.sin] = turn(yaw);
    [this.flat, this.steep] = turn(pitch);
  }

  /** World to picture. @param {Points} points @returns {{x: Float32Array, y: Float32Array, scale: Float32Array}} */
  project({ x, y, z }) {
    const { cos, sin, flat, steep, zoom } = this;
    const { distance, filled, aspect, radius } = this.eye;
    const seen = { x: new Float32Array(x.length), y: new Float32Array(x.length), scale: new Float32Array(x.length) };
    for (let i = 0; i < x.length; i++) {
      const deep = x[i] * sin - z[i] * cos;
      const scale = (zoom * filled * distance) / (distance * radius + deep * flat - y[i] * steep);
      seen.x[i] = 0.5 + (x[i] * cos + z[i] * sin) * scale;
      seen.y[i] = 0.5 + (y[i] * flat + deep * steep) * scale * aspect;
      seen.scale[i] = scale;
    }
    return seen;
  }

  /** How wide and how high a length of 1 appears on a sheet, where things appear as large as they are. */
  get sides() {
    const { aspect, thinnest } = this.eye;
    return [Math.max(Math.abs(this.sin), thinnest), Math.max(Math.abs(this.flat), thinnest) * aspect];
  }

  /** The sheets by number, the farthest first. @param {ArrayLike<number>} places their x */
  order(places) {
    const eye = -this.eye.distance * this.eye.radius * this.flat * this.sin;
    return Array.from(places, (_, n) => n).sort((a, b) => Math.abs(places[b] - eye) - Math.abs(places[a] - eye));
  }
}

/**
 * Events that wait for their answers, the same in every home: each has a number, each has a deadline, and each is
 * answered. What was under way when Python was lost is asked again once, because it may be what Python died of.
 *
 * @typedef {{event: object, resolve: Function, reject: Function, isRebuilding: boolean, losses: number, isPosted?: boolean,
 *   timer?: number}} Request
 */

const MOST_LOSSES = 2; // of Python while it answered the same event

export class Requests {
  /**
   * @param {number} deadline milliseconds for one answer
   * @param {(id: number, event: object) => void} post hands an event over
   * @param {(id: number) => void} late is called when an answer does not come in time
   */
  constructor(deadline, post, late) {
    Object.assign(this, { deadline, post, late });
    this.isOpen = false;
    this.nextId = 0;
    /** @type {Map<number, Request>} */
    this.waiting = new Map();
  }

  /** @param {object} event @returns {Promise<ArrayBuffer>} the packet that answers it */
  send(event, isRebuilding = false) {
    return new Promise((resolve, reject) => {
      const id = ++this.nextId;
      this.waiting.set(id, { event, resolve, reject, isRebuilding, losses: 0 });
      if (this.isOpen) this.#post(id);
    });
  }

  /** Python is there: it gets what brings it to the page's state, then everything that waits. @param {object[]} rebuilding */
  open(rebuilding = []) {
    this.isOpen = true;
    const waiting = [...this.waiting.keys()];
    for (const event of rebuilding) this.send(event, true).catch(() => {}); // what it could not take, the next answer shows
    for (const id of waiting) this.#post(id);
  }

  /** Python is gone. What waits stays, unless Python was lost with it before. */
  close() {
    this.isOpen = false;
    for (const [id, request] of this.waiting) {
      clearTimeout(request.timer);
      if (request.isPosted) request.losses += 1;
      request.isPosted = false;
      if (request.isRebuilding) this.waiting.delete(id); // the next one is rebuilt anew
      else if (request.losses >= MOST_LOSSES) this.refuse(id, "The answer to this change was lost twice.");
    }
  }

  /** An answer has come: a packet, or a sentence why there is none. */
  answer(id, packet, sentence) {
    if (!packet) return this.refuse(id, sentence);
    this.#take(id)?.resolve(packet);
  }

  /** @param {string} sentence why there will be no answer */
  refuse(id, sentence) {
    this.#take(id)?.reject(new Error(sentence));
  }

  /** Nothing will be answered any more. */
  refuseAll(sentence) {
    this.isOpen = false;
    for (const id of [...this.waiting.keys()]) this.refuse(id, sentence);
  }

  /** What waits may take its time anew: the bytes of a file that it needs are coming. */
  extend() {
    for (const [id, request] of this.waiting) if (request.isPosted) this.#time(id, request);
  }

  #post(id) {
    const request = this.waiting.get(id);
    request.isPosted = true;
    this.#time(id, request);
    this.post(id, request.event);
  }

  #time(id, request) {
    clearTimeout(request.timer);
    request.timer = setTimeout(() => this.late(id), this.deadline);
  }

  #take(id) {
    const request = this.waiting.get(id);
    clearTimeout(request?.timer);
    this.waiting.delete(id);
    return request;
  }
}

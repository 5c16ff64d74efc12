/**
 * Watches a worker while nobody asks it anything: about two pings a second, which its event loop answers. A worker that has
 * said that it computes cannot answer meanwhile, so it gets longer. Beats are counted instead of milliseconds: a page
 * that was busy or asleep itself has missed no answer.
 */

const BEAT = 450; // milliseconds between two pings
const MOST_MISSED = 5; // beats without a sign of life
const MOST_MISSED_AT_WORK = 20; // while it computes

export class Watchdog {
  /** @param {() => void} ping asks the worker for a sign of life @param {(why: string) => void} bark nothing came */
  constructor(ping, bark) {
    Object.assign(this, { ping, bark });
  }

  /** Python is ready: from now on it is heard, or lost. */
  begin() {
    this.end();
    Object.assign(this, { missed: 0, isWorking: false });
    this.timer = setInterval(() => this.#beat(), BEAT);
    this.ping();
  }

  /** Anything came from the worker. */
  heard() {
    this.missed = 0;
  }

  /** A computation begins, or has ended. @param {boolean} yes */
  working(yes) {
    this.isWorking = yes;
  }

  end() {
    clearInterval(this.timer);
  }

  #beat() {
    this.missed += 1;
    if (this.missed <= (this.isWorking ? MOST_MISSED_AT_WORK : MOST_MISSED)) return this.ping();
    this.bark(`it has not responded for ${Math.round((this.missed * BEAT) / 1000)} seconds`);
  }
}

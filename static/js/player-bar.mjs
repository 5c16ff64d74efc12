/** The buttons, the scrubber and the keys of one player. */

const KEYS = {
  " ": (player) => player.toggle(),
  ",": (player) => back(player),
  ".": (player) => forward(player),
  ArrowLeft: (player) => back(player),
  ArrowRight: (player) => forward(player),
  Home: (player) => jump(player, 0),
  End: (player) => jump(player, player.length - 1),
};

function back(player) {
  jump(player, player.step - 1);
}

function forward(player) {
  jump(player, player.step + 1);
}

function jump(player, step) {
  if (player.playing) player.pause();
  player.go(step);
}

export class PlayerBar {
  /** @param {HTMLElement} bar @param {import("./player.mjs").Player} player */
  constructor(bar, player) {
    this.player = player;
    this.part = (name) => bar.querySelector(`[data-part=${name}]`);
    const does = { play: () => player.toggle(), back: () => back(player), forward: () => forward(player) };
    const jumps = { first: () => jump(player, 0), last: () => jump(player, player.length - 1) };
    for (const [name, action] of Object.entries({ ...does, ...jumps })) this.part(name).addEventListener("click", action);
    this.part("step").addEventListener("input", ({ target }) => jump(player, Number(target.value)));
    this.part("speed").addEventListener("change", ({ target }) => player.setSpeed(Number(target.value)));
  }

  /** Show where the player is. Before the first trace nothing would move, so until then the page has all of it disabled. */
  show() {
    const { step, length, playing } = this.player;
    const play = this.part("play");
    play.ariaLabel = playing ? "Pause" : "Play";
    play.dataset.playing = playing;
    play.disabled = false;
    this.part("first").disabled = this.part("back").disabled = step === 0;
    this.part("last").disabled = this.part("forward").disabled = step === length - 1;
    const slider = this.part("step");
    slider.disabled = false;
    slider.max = length - 1;
    slider.value = step;
    slider.ariaValueText = `step ${step + 1} of ${length}`;
    slider.style.setProperty("--done", length > 1 ? step / (length - 1) : 1);
    this.part("count").textContent = `${step + 1} / ${length}`;
  }
}

/**
 * Let the keys of the page drive the player, except where a field needs them itself.
 * @param {() => import("./player.mjs").Player} current the player of the view that is shown
 */
export function listenToKeys(current) {
  document.addEventListener("keydown", (event) => {
    const action = KEYS[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest("input, select, textarea, summary, a");
    const slider = field?.type === "range";
    if ((field && !slider) || (event.key === " " && event.target.closest("button"))) return;
    event.preventDefault();
    action(current());
  });
}

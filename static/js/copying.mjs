/** Copying: a text goes to the clipboard, or, where the browser forbids that, it is selected; either way that is said. */

/**
 * @param {string} text
 * @param {HTMLElement} shown an element with that text, or a field that will hold it
 * @param {HTMLElement} said where to say what happened
 */
export async function copy(text, shown, said) {
  try {
    await navigator.clipboard.writeText(text); // there is no clipboard on plain http, and none in some iframes
    said.textContent = "Copied.";
  } catch {
    select(shown, text);
    said.textContent = "This browser lets no page copy here. The text is selected: press Ctrl+C, or ⌘C on a Mac.";
  }
}

function select(shown, text) {
  if (shown instanceof HTMLInputElement) {
    Object.assign(shown, { value: text, hidden: false });
    shown.focus();
    shown.select();
  } else {
    getSelection().selectAllChildren(shown);
  }
}
